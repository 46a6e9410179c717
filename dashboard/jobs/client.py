"""The server's side of the jobs: starts the supervisor, hands it orders, starts it again when it has died."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import files
from core.paths import VARIABLE, data_folder
from core.sentences import Sentence
from dashboard.jobs.records import JobsError, QueueFull, check_id

if TYPE_CHECKING:
    from core.spec import Spec

ANSWER = 20.0  # seconds: the wait for a folder that another server is just leaving, and a slow disk
ROOT = Path(__file__).parents[2]


class Client:
    """Orders to the supervisor of one data folder. Thread-safe; `connect` gives the one of this process.

    `workers` runs train at once (default: the cores, at most 2), each with `threads` threads unless its spec says more
    (default: the cores shared out, at most 4); a run that is paused for `paused` seconds gives its slot back. Errors of
    every method: JobsError, one sentence, when the order cannot be carried out, the run does not exist, or another
    server works with this data folder (reading works all the same).
    """

    def __init__(self, workers: int | None = None, threads: int | None = None, paused: float = 60.0) -> None:
        cores = os.cpu_count() or 1
        self.workers = min(workers or 2, cores)
        self.threads = threads or max(1, min(4, cores // self.workers))
        self.folder = data_folder()
        self.paused = paused
        self._lock = threading.RLock()
        self._numbers = count(1)
        self._waiting: dict[int, Future[Any]] = {}
        self._looked: dict[tuple[str, tuple[str, ...]], float] = {}
        self._closed = False
        self._started = 0.0
        self._start()

    def submit(self, spec: Spec, viewer: str = "", steps: int | None = None) -> str:
        """Queue a run, fair between viewers; with `steps` it does that many and waits paused. Returns the id.

        Errors: QueueFull, which tells the limit (20 waiting or training).
        """
        return str(self._ask("submit", spec=spec.stamped(self.threads).to_json(), viewer=viewer, steps=steps))

    def pause(self, id: str) -> None:
        """Stop pulling steps and write a checkpoint; after a minute the slot goes to the next in the queue."""
        self._ask("pause", id=check_id(id))

    def resume(self, id: str) -> None:
        """Go on: paused or interrupted, or stopped or failed with a checkpoint; without a slot it queues again."""
        self._ask("resume", id=check_id(id))

    def step(self, id: str, n: int = 1) -> None:
        """While paused: do n steps, then wait paused again."""
        self._ask("step", id=check_id(id), n=n)

    def stop(self, id: str) -> None:
        """End it where it stands and keep the partial result; the status becomes "stopped"."""
        self._ask("stop", id=check_id(id))

    def watch(self, id: str, names: Iterable[str]) -> None:
        """Somebody is looking at these pictures: for about 3 s they are published, at most twice a second.

        Does not wait, and costs nothing when said more often than once a second.
        """
        said, now = (check_id(id), tuple(names)), time.monotonic()
        with self._lock:
            if now - self._looked.get(said, float("-inf")) < 1.0:
                return
            self._looked = {key: at for key, at in self._looked.items() if now - at < 10.0} | {said: now}
            self._send("watch", id=id, names=list(names))

    def delete(self, id: str) -> None:
        """Remove the run, its curves, pictures and files. Errors: JobsError while it trains."""
        self._ask("delete", id=check_id(id))

    def close(self) -> None:
        """End the supervisor and its workers; running runs become "interrupted", with a checkpoint."""
        with self._lock:
            self._closed = True
            process = self._process
        if process.stdin and not process.stdin.closed:
            with contextlib.suppress(OSError):  # it was dead already
                process.stdin.close()
        try:
            process.wait(10.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask(self, do: str, **details: Any) -> Any:
        future = self._send(do, **details)
        try:
            return future.result(ANSWER)
        except TookTooLong:
            raise JobsError(
                Sentence("The supervisor of the runs does not answer; look at the machine's load and disk.")
            ) from None

    def _send(self, do: str, **details: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with self._lock:
            if self._closed:
                raise JobsError(Sentence("The server is shutting down."))
            no = next(self._numbers)
            line = json.dumps({"no": no, "do": do, "details": details}).encode() + b"\n"
            for attempt in (1, 2):
                if self._process.poll() is not None:
                    self._start()
                try:
                    self._waiting[no] = future
                    self._process.stdin.write(line)  # type: ignore[union-attr]
                    self._process.stdin.flush()  # type: ignore[union-attr]
                    break
                except OSError:
                    self._process.wait()
                    if attempt == 2:
                        raise JobsError(
                            Sentence("The supervisor of the runs cannot be started; its log says why.")
                        ) from None
        return future

    def _start(self) -> None:
        logs = self.folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        log = logs / "jobs.log"
        if log.exists() and log.stat().st_size > 2**22:
            log.replace(logs / "jobs.old.log")
        # Streamlit puts only the script's folder on the path, and a relative folder must stay the same one.
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = os.environ | {"PYTHONPATH": path, VARIABLE: str(self.folder)}
        command = [sys.executable, "-m", "dashboard.jobs.supervisor"]
        command += ["--workers", str(self.workers), "--threads", str(self.threads), "--paused", str(self.paused)]
        with log.open("ab") as written:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                env=environment,
                start_new_session=True,  # Ctrl+C ends the server; the supervisor then leaves everything in order
            )
        self._started = time.monotonic()
        self._waiting = {}  # each process has its own: an old one's end must not fail the orders of the next
        threading.Thread(target=self._listen, args=(self._process, self._waiting), daemon=True).start()

    def _listen(self, process: subprocess.Popen[bytes], waiting: dict[int, Future[Any]]) -> None:
        for line in process.stdout or ():
            said = files.from_json(line)
            with self._lock:
                future = waiting.pop(said["no"], None)
            if future and "error" in said:
                kind = QueueFull if said["kind"] == "QueueFull" else JobsError
                future.set_exception(kind(said["error"]))
            elif future:
                future.set_result(said["value"])
        process.wait()
        with self._lock:
            # At once, so that its runs say "interrupted" now; not in a circle when it cannot live at all.
            if not self._closed and self._process is process and time.monotonic() - self._started > 2.0:
                self._start()
        for future in list(waiting.values()):
            future.set_exception(JobsError(Sentence("The supervisor of the runs ended unexpectedly; try again.")))


_clients: dict[Path, Client] = {}
_connecting = threading.Lock()


def connect(workers: int | None = None, threads: int | None = None) -> Client:
    """The one client of this server process and data folder, started when first asked for."""
    with _connecting:
        folder = data_folder()
        if folder not in _clients or _clients[folder]._closed:
            _clients[folder] = Client(workers, threads)
        return _clients[folder]
