"""Owns the queue, the worker processes and the store's one pen: `python -m dashboard.jobs.supervisor`.

A process of its own, because workers forked from a page would run the page again, and because it can then outlive a
server that was killed for the few seconds that it takes to leave everything in order. Orders come as JSON lines on
standard input, answers go to standard output; the end of the input is the end of the server.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, TextIO

from core import files, sentences
from core.paths import VARIABLE, data_folder
from core.sentences import Sentence
from dashboard.jobs.lock import FolderLock
from dashboard.jobs.records import JobsError
from dashboard.jobs.scheduler import Scheduler
from dashboard.jobs.writer import Writer

PATIENCE = 6.0  # seconds to wait for the folder: the supervisor of a server that was just killed needs at most five


def main() -> None:
    """Serve until the input ends."""
    options = argparse.ArgumentParser()
    options.add_argument("--workers", type=int, required=True)
    options.add_argument("--threads", type=int, required=True)
    options.add_argument("--paused", type=float, required=True)
    chosen = options.parse_args()
    inbox, answers = _take_over_the_standard_streams()
    folder = data_folder()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    writer, held = _open(folder, inbox, answers)
    scheduler = Scheduler(writer, chosen.workers, chosen.threads, chosen.paused)
    try:
        for order in held:
            _answer(order, answers, _carry_out(scheduler))
        _serve(scheduler, inbox, answers)
    finally:
        scheduler.close()
        writer.close()


def _serve(scheduler: Scheduler, inbox: Connection, answers: TextIO) -> None:
    while True:
        ready = wait([inbox, *scheduler.waitables()], timeout=0.2 if scheduler.busy() else 5.0)
        scheduler.poll()
        if inbox in ready:
            for order in _orders(inbox):
                if order is None:
                    return
                _answer(order, answers, _carry_out(scheduler))
        scheduler.dispatch()


def _orders(inbox: Connection) -> Iterator[dict[str, Any] | None]:
    """The orders that have arrived; None when there will be no more."""
    while inbox.poll():
        try:
            yield json.loads(inbox.recv_bytes())
        except EOFError:
            yield None
            return


_DOES = ("submit", "pause", "resume", "step", "stop", "watch", "delete")


def _answer(order: dict[str, Any], answers: TextIO, carry_out: Callable[..., Any]) -> None:
    try:
        if order["do"] not in _DOES:
            raise JobsError(Sentence("there is no order {order!r}", order=order["do"]))
        said = {"value": carry_out(order["do"], **order["details"])}
    except JobsError as error:
        said = {"error": sentences.of(error), "kind": type(error).__name__}
    except (sqlite3.Error, OSError) as error:
        said = {
            "error": Sentence(
                "The store cannot be written: {error}. Make room on the disk and try again.", error=error
            ),
            "kind": "",
        }
    except Exception:  # one faulty order must not end the runs of everybody
        traceback.print_exc()
        said = {
            "error": Sentence("This order failed by an internal error; the log in the data folder has the details."),
            "kind": "",
        }
    try:
        answers.write(files.to_json({"no": order["no"], **said}) + "\n")
        answers.flush()
    except OSError:
        pass  # the server is gone; the end of the input follows


def _open(folder: Path, inbox: Connection, answers: TextIO) -> tuple[Writer, list[dict[str, Any]]]:
    """The store, once the folder is ours, and the orders that came meanwhile; after a while they are refused."""
    why: str = Sentence(
        "Another Infoscope server works with the data folder {name}: start, pause and stop runs there, or give "
        "this one a folder of its own by {variable}; looking at runs works here too.",
        name=folder.name,
        variable=VARIABLE,
    )
    lock, patience = FolderLock(folder), time.monotonic() + PATIENCE
    held: list[dict[str, Any]] = []
    while True:
        if lock.take():
            try:
                return Writer(folder), held
            except (JobsError, sqlite3.Error, OSError) as error:
                why, patience = sentences.of(error), 0.0
        if wait([inbox], timeout=0.2):
            for order in _orders(inbox):
                if order is None:
                    sys.exit(0)
                held.append(order)
        if time.monotonic() > patience:
            for order in held:
                _answer(order, answers, _refuse(why))
            held.clear()


def _carry_out(scheduler: Scheduler) -> Callable[..., Any]:
    return lambda do, **details: getattr(scheduler, do)(**details)


def _refuse(why: str) -> Callable[..., Any]:
    def refuse(do: str, **details: Any) -> None:
        raise JobsError(why)

    return refuse


def _take_over_the_standard_streams() -> tuple[Connection, TextIO]:
    """Input and output become private, so that nothing a worker prints or reads can get between."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    inbox, hand = Pipe(duplex=False)  # `wait` takes a pipe on every system, a standard input only on some

    def pass_on() -> None:
        for line in orders:
            hand.send_bytes(line)
        hand.close()

    threading.Thread(target=pass_on, daemon=True).start()
    return inbox, answers


if __name__ == "__main__":
    main()
