"""Processes for the workers, forked from one that has everything loaded, or spawned where forking is not safe."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import threading
from multiprocessing.connection import Connection, Pipe
from typing import Any

from dashboard.jobs import worker
from dashboard.jobs.run_session import Job


class Processes:
    """`ready` can be read once the first worker would start at once."""

    def __init__(self) -> None:
        method = "forkserver" if sys.platform == "linux" else "spawn"  # elsewhere forking after torch is not safe
        self.context: Any = multiprocessing.get_context(method)
        if method == "forkserver":
            self.context.set_forkserver_preload(["dashboard.jobs.preload"])
        self.ready, said_ready = Pipe(duplex=False)
        self._warm = False
        threading.Thread(target=self._warm_up, args=(said_ready,), daemon=True).start()

    @property
    def warm(self) -> bool:
        """Whether a worker starts at once."""
        self._warm = self._warm or self.ready.poll()
        return self._warm

    def start(self, job: Job) -> tuple[Any, Connection]:
        """A worker's process, and the pipe to it. Errors: OSError, EOFError."""
        ours, theirs = multiprocessing.Pipe()
        process = self.context.Process(target=worker.main, args=(theirs, job), daemon=False)
        try:
            process.start()
        finally:
            theirs.close()
        return process, ours

    def _warm_up(self, said_ready: Connection) -> None:
        # Starting a first process waits for the preloading, which would keep orders waiting if the loop did it.
        try:
            process = self.context.Process(target=_nothing)
            process.start()
            process.join()
        finally:
            said_ready.close()
        with contextlib.suppress(OSError, EOFError):  # at the end of the server
            self.context.Process(target=_compile, daemon=True).start()


def _nothing() -> None:
    """The first process: when it has ended, the preloading is done."""


def _compile() -> None:
    """Where nothing is compiled yet it takes seconds, for which the first matrix need not wait."""
    worker.be_nice()
    with contextlib.suppress(ImportError, RuntimeError):  # as in `neighbours.compile_search`
        import core.plane  # noqa: F401
