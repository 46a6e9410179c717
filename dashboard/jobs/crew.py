"""The workers and their slots: what each order does, what each message of a worker changes in the store."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import secrets
import signal
import sqlite3
import string
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any

from dashboard.jobs import worker
from dashboard.jobs.queue import FairQueue
from dashboard.jobs.records import JobsError, QueueFull
from dashboard.jobs.worker import Job
from dashboard.jobs.writer import Writer

LIMIT = 20  # runs that wait or train
ACKNOWLEDGE = 0.7  # seconds that a stopped worker has to say that it heard, between two steps; then it is killed
FINISH = 20.0  # seconds that it has from there to its partial result
LEAVE = 2.0  # seconds for last checkpoints when the server is gone
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(eq=False)
class Seat:
    """A worker process in a slot."""

    id: str
    process: Any
    pipe: Connection
    step: int = 0
    paused: float | None = None  # since when, monotonic
    leaving: bool = False
    total: int = 0
    stopping: bool = False
    heard: bool = False  # it has begun to end
    deadline: float = float("inf")  # of an order that must not take for ever
    ended: bool = False  # it has said its last word
    again: tuple[int | None, bool] | None = None  # resumed while leaving: what to do next

    def tell(self, order: str, **details: Any) -> None:
        """An order to the worker; a dead one is found by its sentinel."""
        with contextlib.suppress(OSError):
            self.pipe.send((order, details))


class Crew:
    """Queue, seats and pen. The orders are `submit` … `delete`; `attend` and `fill` are called in the loop."""

    def __init__(self, writer: Writer, workers: int, threads: int, paused: float) -> None:
        self.writer, self.workers, self.threads, self.paused = writer, workers, threads, paused
        self.queue = FairQueue()
        self.seats: dict[str, Seat] = {}
        self.plans: dict[str, tuple[int | None, bool]] = {}  # of queued runs: steps to do, and whether to stop then
        self.places: dict[str, int | None] = {}
        self.debts: deque[tuple[Callable[..., None], tuple[Any, ...], dict[str, Any]]] = deque()
        self._take_over()
        method = "forkserver" if sys.platform == "linux" else "spawn"  # elsewhere forking after torch is not safe
        self.context: Any = multiprocessing.get_context(method)
        if method == "forkserver":
            self.context.set_forkserver_preload(["dashboard.jobs.preload"])
        self.ready, said_ready = Pipe(duplex=False)
        self.warm = False
        threading.Thread(target=self._warm_up, args=(said_ready,), daemon=True).start()

    # — orders —

    def submit(self, spec: str, viewer: str, steps: int | None = None) -> str:
        """A new run at the end of its viewer's line."""
        self._room()
        id = "".join(secrets.choice(_ALPHABET) for _ in range(12))
        self.writer.add(id, spec, viewer)
        self._enqueue(id, viewer, (steps, False))
        return id

    def pause(self, id: str) -> None:
        status = self._status(id)
        if id in self.seats and status == "running":
            self.seats[id].tell("pause")
        elif status == "queued":
            self.queue.remove(id)
            self.writer.update(id, status="paused", place=None)
        elif status != "paused":
            raise JobsError(f"This run is {status} and cannot be paused.")

    def resume(self, id: str) -> None:
        self._go_on(id, (None, False))

    def step(self, id: str, n: int = 1) -> None:
        if (status := self._status(id)) not in ("paused", "interrupted"):
            raise JobsError(f"This run is {status}; pause it to go on step by step.")
        if n < 1:
            raise JobsError(f"n={n} is not at least 1.")
        self._go_on(id, (n, False))

    def stop(self, id: str) -> None:
        status, seat = self._status(id), self.seats.get(id)
        if seat and not (seat.leaving or seat.ended):
            seat.tell("stop")
            if not seat.stopping:
                # A training is between two steps in no time, if the machine is not too busy; a closed form may never be.
                patience = FINISH if seat.heard else ACKNOWLEDGE * (3 if seat.step and seat.total > 1 else 1)
                seat.stopping, seat.deadline = True, time.monotonic() + patience
        elif status in ("queued", "paused", "interrupted") and not self._saved(id):
            self.queue.remove(id)
            self.writer.end(id, status="stopped", message="Stopped before there was anything to keep.")
        elif status in ("queued", "paused", "interrupted"):
            # The result is computed where the method lives: one more step from the checkpoint, then its finish.
            self.queue.remove(id)
            self._go_on(id, (1, True), force=True)
        elif status != "stopped":
            raise JobsError(f"This run is {status} already.")

    def look(self, id: str, names: list[str]) -> None:
        if id in self.seats:
            self.seats[id].tell("look", names=names)

    def delete(self, id: str) -> None:
        status = self._status(id)
        if id in self.seats and not self.seats[id].ended:
            raise JobsError(f"This run is {status}; stop it before you delete it.")
        self.queue.remove(id)
        self.writer.delete(id)

    # — the loop —

    def busy(self) -> bool:
        """Whether somebody must be looked after soon."""
        return bool(self.seats or self.debts or len(self.queue))

    def waitables(self) -> list[Any]:
        """What wakes the loop: messages, deaths, and once that workers can be had."""
        pipes = [seat.pipe for seat in self.seats.values()]
        sentinels = [seat.process.sentinel for seat in self.seats.values()]
        return pipes + sentinels + ([] if self.warm else [self.ready])

    def attend(self) -> None:
        """Read what the workers say, bury the dead, end what takes too long."""
        if not self.warm and self.ready.poll():
            self.warm = True
        self._pay_debts()
        for seat in list(self.seats.values()):
            dead = not seat.process.is_alive()  # asked before reading: what it said before it died is all there
            self._read(seat, limit=None if dead else 50)
            if dead:
                self._bury(seat)
            elif time.monotonic() > seat.deadline:
                seat.process.kill()
            elif seat.paused and not seat.leaving and time.monotonic() - seat.paused > self.paused:
                seat.leaving = True
                seat.tell("leave")

    def fill(self) -> None:
        """Give free slots to those who wait, and tell the others their place."""
        while self.warm and len(self.queue) and len(self.seats) < self.workers:
            id = str(self.queue.pop())
            if id in self.seats:  # still on its way out
                break
            self._start(id, *self.plans.pop(id))
        places = {str(id): place for place, id in enumerate(self.queue.order(), 1)}
        for id in self.places.keys() | places.keys():
            if self.places.get(id) != places.get(id):
                self._write(self.writer.update, id, place=places.get(id))
        self.places = places

    def close(self) -> None:
        """The server is gone: last checkpoints, no worker left, every run says how it stands."""
        deadline = time.monotonic() + LEAVE
        for seat in self.seats.values():
            seat.leaving = True
            seat.tell("leave")
        while self.seats and time.monotonic() < deadline:
            multiprocessing.connection.wait(self.waitables(), timeout=0.1)
            self.attend()
        for seat in list(self.seats.values()):
            seat.process.kill()
            seat.process.join(1.0)
            self._read(seat)
            self._bury(seat)
        self._pay_debts()

    # — inside —

    def _take_over(self) -> None:
        """What an earlier supervisor left: what trained is interrupted, what waited waits again, in the same order."""
        rows = self.writer.all("SELECT id, status, viewer, checkpoint FROM runs ORDER BY no")
        for id, status, viewer, checkpoint in rows:
            if status in ("running", "paused"):
                self.writer.end(id, status="interrupted", message=_interrupted(checkpoint))
            elif status == "queued":
                self._enqueue(id, viewer, (None, False))

    def _warm_up(self, said_ready: Connection) -> None:
        # Starting a first process waits for the preloading, which would keep orders waiting if the loop did it.
        try:
            process = self.context.Process(target=_nothing)
            process.start()
            process.join()
        finally:
            said_ready.close()

    def _status(self, id: str) -> str:
        row = self.writer.one("SELECT status FROM runs WHERE id = ?", id)
        if row is None:
            raise JobsError(f"There is no run {id!r} in this data folder.")
        return str(row[0])

    def _saved(self, id: str) -> int | None:
        """The step of its checkpoint."""
        return self.writer.one("SELECT checkpoint FROM runs WHERE id = ?", id)[0]

    def _room(self) -> None:
        if len(self.queue) + len(self.seats) >= LIMIT:
            raise QueueFull(
                f"The queue is full: {LIMIT} runs wait or train, which is its limit; try again when one has ended."
            )

    def _go_on(self, id: str, plan: tuple[int | None, bool], force: bool = False) -> None:
        status, seat = self._status(id), self.seats.get(id)
        if status == "finished":
            raise JobsError("This run is finished; start a new one.")
        if status in ("failed", "stopped") and not self._saved(id):
            raise JobsError(f"This run {status} before its first checkpoint; start it again.")
        if seat and (seat.leaving or seat.ended):
            seat.again = plan
        elif seat and status == "paused":
            if plan[0] is None:
                self.writer.update(id, status="running")
                seat.tell("resume")
            else:
                seat.tell("step", n=plan[0])
            seat.paused = None
        elif force or not (seat or status == "queued"):
            if not force:
                self._room()
            self.writer.update(id, status="queued", message="", ended=None, result=None)
            self._enqueue(id, self.writer.one("SELECT viewer FROM runs WHERE id = ?", id)[0], plan)

    def _enqueue(self, id: str, viewer: str, plan: tuple[int | None, bool]) -> None:
        self.plans[id] = plan
        self.queue.add(id, viewer)

    def _start(self, id: str, steps: int | None, then_stop: bool) -> None:
        row = self.writer.one("SELECT spec, step, saved_seconds FROM runs WHERE id = ?", id)
        threads = json.loads(row[0]).get("threads") or self.threads
        job = Job(id, row[0], str(self.writer.checkpoint(id)), str(self.writer.log(id)), threads, row[1] > 0, steps,
                  then_stop, row[2])  # fmt: skip
        ours, theirs = multiprocessing.Pipe()
        process = self.context.Process(target=worker.main, args=(theirs, job), daemon=False)
        try:
            process.start()
        except (OSError, EOFError) as error:
            self._write(self.writer.end, id, status="failed", message=f"No process could be started for it: {error}.")
            return
        finally:
            theirs.close()
        self.seats[id] = Seat(id, process, ours)
        self._write(self.writer.update, id, status="running", started=time.time(), place=None)

    def _read(self, seat: Seat, limit: int | None = None) -> None:
        count = 0
        try:
            while seat.pipe.poll() and (limit is None or count < limit):
                kind, details = seat.pipe.recv()
                count += 1
                seat.step = details["step"]
                getattr(self, f"_on_{kind}")(seat, details)
        except (EOFError, OSError):
            pass  # its sentinel follows

    def _on_started(self, seat: Seat, said: dict[str, Any]) -> None:
        seat.total = said["total"]
        self._write(self.writer.go_back, seat.id, said["at"])
        self._write(self.writer.update, seat.id, total=said["total"], views=said["views"], step=said["at"])
        for sentence in said["notices"]:
            self._write(self.writer.notice, seat.id, sentence)

    def _on_steps(self, seat: Seat, said: dict[str, Any]) -> None:
        now = {"step": said["step"], "seconds": said["seconds"], "rate": said["rate"], "info": said["info"]}
        self._write(self.writer.batch, seat.id, said["first"], said["last"], said["batch"], **now)

    def _on_frame(self, seat: Seat, said: dict[str, Any]) -> None:
        self._write(self.writer.frame, seat.id, said["name"], said["at"], said["arrays"])

    def _on_saved(self, seat: Seat, said: dict[str, Any]) -> None:
        self._write(self.writer.update, seat.id, checkpoint=said["at"], saved_seconds=said["seconds"])

    def _on_notice(self, seat: Seat, said: dict[str, Any]) -> None:
        self._write(self.writer.notice, seat.id, said["sentence"])

    def _on_paused(self, seat: Seat, said: dict[str, Any]) -> None:
        seat.paused = time.monotonic()
        self._write(self.writer.update, seat.id, status="paused", seconds=said["seconds"])

    def _on_running(self, seat: Seat, said: dict[str, Any]) -> None:
        seat.paused = None
        self._write(self.writer.update, seat.id, status="running")

    def _on_heard(self, seat: Seat, said: dict[str, Any]) -> None:
        seat.heard = True
        if seat.stopping:
            seat.deadline = time.monotonic() + FINISH

    def _on_left(self, seat: Seat, said: dict[str, Any]) -> None:
        seat.ended = True

    def _on_interrupted(self, seat: Seat, said: dict[str, Any]) -> None:
        seat.ended = True
        self._end_interrupted(seat)

    def _on_ended(self, seat: Seat, said: dict[str, Any]) -> None:
        seat.ended = True
        seat.deadline = time.monotonic() + 5.0
        result = None if said["result"] is None else json.dumps(said["result"])
        columns = {"step": said["step"], "seconds": said["seconds"], "message": said["message"], "result": result}
        self._write(self.writer.end, seat.id, status=said["status"], **columns)

    def _bury(self, seat: Seat) -> None:
        """Its slot is free; a run whose worker died without a word says why."""
        del self.seats[seat.id]
        seat.process.join(1.0)
        if not seat.ended and seat.leaving:
            self._end_interrupted(seat)
        elif not seat.ended and seat.stopping:
            message = "Stopped in the middle of a long step or of its end; there is no partial result."
            self._write(self.writer.end, seat.id, status="stopped", message=message)
        elif not seat.ended:
            self._write(self.writer.end, seat.id, status="failed", message=self._why(seat))
        elif seat.again:
            self._go_on(seat.id, seat.again, force=True)
        seat.pipe.close()
        seat.process.close()

    def _end_interrupted(self, seat: Seat) -> None:
        self._write(self.writer.end, seat.id, status="interrupted", message=_interrupted(self._saved(seat.id)))

    def _why(self, seat: Seat) -> str:
        code = seat.process.exitcode
        saved = self._saved(seat.id)
        on = "Start it again." if saved is None else f"Resume goes on from step {saved}."
        if code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            cause = "; most often the memory was not enough" if name == "SIGKILL" else ""
            return f"The process of this run was ended by the system ({name}) at step {seat.step}{cause}. {on}"
        return f"The process of this run ended by itself (exit code {code}) at step {seat.step}. {on}"

    def _write(self, change: Callable[..., None], *values: Any, **columns: Any) -> None:
        """Change the store; on a full disk remember what is owed, in order, and try again."""
        self.debts.append((change, values, columns))
        self._pay_debts()

    def _pay_debts(self) -> None:
        while self.debts:
            change, values, columns = self.debts[0]
            try:
                change(*values, **columns)
            except (sqlite3.OperationalError, OSError) as error:
                print(f"the store cannot be written: {error}", file=sys.stderr, flush=True)
                if len(self.debts) > 5000:  # hours of a full disk: old pictures and batches are given up
                    self.debts.popleft()
                return
            self.debts.popleft()


def _nothing() -> None:
    """The first process: when it has ended, the preloading is done."""


def _interrupted(checkpoint: int | None) -> str:
    on = "Resume starts it anew." if checkpoint is None else f"Resume goes on from step {checkpoint}."
    return f"The server ended before this run did. {on}"
