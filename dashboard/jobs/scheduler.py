"""The workers and their slots: what each order does, who starts next, who takes too long."""

from __future__ import annotations

import json
import secrets
import string
import time
from multiprocessing.connection import wait
from typing import Any

from core.sentences import Sentence
from dashboard.jobs.processes import Processes
from dashboard.jobs.queue import FairQueue
from dashboard.jobs.recorder import FINISH, RunRecorder, Slot
from dashboard.jobs.records import JobsError, QueueFull
from dashboard.jobs.run_session import Job
from dashboard.jobs.writer import Writer

LIMIT = 20  # runs that wait or train
ACKNOWLEDGE = 0.7  # seconds that a stopped worker has to say that it heard, between two steps; then it is killed
STEPS, LONGEST = 3, 10.0  # a training has as long as so many of its steps, each taken for at most so many seconds
PICTURES = 10.0  # seconds that it has at least: between two steps pictures are made, for seconds on a busy machine
LEAVE = 2.0  # seconds for last checkpoints when the server is gone
_ALPHABET = string.ascii_lowercase + string.digits


class Scheduler:
    """Queue, slots and recorder. The orders are `submit` … `delete`; `poll` and `dispatch` are called in the loop."""

    def __init__(self, writer: Writer, workers: int, threads: int, paused: float) -> None:
        self.writer, self.workers, self.threads, self.paused = writer, workers, threads, paused
        self.queue = FairQueue()
        self.slots: dict[str, Slot] = {}
        self.plans: dict[str, tuple[int | None, bool]] = {}  # of queued runs: steps to do, and whether to stop then
        self.places: dict[str, int | None] = {}
        self.recorder = RunRecorder(writer)
        self._take_over()
        self.processes = Processes()

    # Orders: as `Client` describes them.

    def submit(self, spec: str, viewer: str, steps: int | None = None) -> str:
        """A new run at the end of its viewer's line."""
        self._room()
        id = "".join(secrets.choice(_ALPHABET) for _ in range(12))
        self.writer.add(id, spec, viewer)
        self._enqueue(id, viewer, (steps, False))
        return id

    def pause(self, id: str) -> None:
        status = self._status(id)
        if id in self.slots and status == "running":
            self.slots[id].tell("pause")
        elif status == "queued":
            self.queue.remove(id)
            self.writer.update(id, status="paused", place=None)
        elif status != "paused":
            raise JobsError(Sentence("This run is {status} and cannot be paused.", status=status))

    def resume(self, id: str) -> None:
        self._go_on(id, (None, False))

    def step(self, id: str, n: int = 1) -> None:
        if (status := self._status(id)) not in ("paused", "interrupted"):
            raise JobsError(Sentence("This run is {status}; pause it to go on step by step.", status=status))
        if n < 1:
            raise JobsError(Sentence("n={n} is not at least 1.", n=n))
        self._go_on(id, (n, False))

    def stop(self, id: str) -> None:
        status, slot = self._status(id), self.slots.get(id)
        if slot and not (slot.leaving or slot.ended):
            slot.tell("stop")
            if not slot.stopping:
                slot.patience = FINISH if slot.acknowledged else _patience(slot)
                slot.stopping, slot.deadline = True, time.monotonic() + slot.patience
        elif status in ("queued", "paused", "interrupted") and not self.recorder.saved(id):
            self.queue.remove(id)
            self.writer.end(id, status="stopped", message=Sentence("Stopped before there was anything to keep."))
        elif status in ("queued", "paused", "interrupted"):
            # The result is computed where the method lives: one more step from the checkpoint, then its finish.
            self.queue.remove(id)
            self._go_on(id, (1, True), force=True)
        elif status != "stopped":
            raise JobsError(Sentence("This run is {status} already.", status=status))

    def watch(self, id: str, names: list[str]) -> None:
        if id in self.slots:
            self.slots[id].tell("watch", names=names)

    def delete(self, id: str) -> None:
        status = self._status(id)
        if id in self.slots and not self.slots[id].ended:
            raise JobsError(Sentence("This run is {status}; stop it before you delete it.", status=status))
        self.queue.remove(id)
        self.writer.delete(id)

    # The loop.

    def busy(self) -> bool:
        """Whether somebody must be looked after soon."""
        return bool(self.slots or len(self.queue)) or not self.recorder.flush()

    def waitables(self) -> list[Any]:
        """What wakes the loop: messages, deaths, and once that workers can be had."""
        pipes = [slot.pipe for slot in self.slots.values()]
        sentinels = [slot.process.sentinel for slot in self.slots.values()]
        return pipes + sentinels + ([] if self.processes.warm else [self.processes.ready])

    def poll(self) -> None:
        """Read what the workers say, reap those that died, end what takes too long."""
        self.recorder.flush()
        for slot in list(self.slots.values()):
            dead = not slot.process.is_alive()  # asked before reading: what it said before it died is all there
            self.recorder.read(slot, limit=None if dead else 50)
            if dead:
                self._bury(slot)
            elif time.monotonic() > slot.deadline:
                slot.process.kill()
            elif slot.paused and not slot.leaving and time.monotonic() - slot.paused > self.paused:
                slot.leaving = True
                slot.tell("leave")

    def dispatch(self) -> None:
        """Give free slots to those who wait, and tell the others their place."""
        while self.processes.warm and len(self.queue) and len(self.slots) < self.workers:
            id = str(self.queue.pop())
            self._start(id, *self.plans.pop(id))
        places: dict[str, int | None] = {str(id): place for place, id in enumerate(self.queue.order(), 1)}
        for id in self.places.keys() | places.keys():
            if self.places.get(id) != places.get(id):
                self.recorder.write(self.writer.update, id, place=places.get(id))
        self.places = places

    def close(self) -> None:
        """The server is gone: last checkpoints, no worker left, every run says how it stands."""
        deadline = time.monotonic() + LEAVE
        for slot in self.slots.values():
            slot.leaving = True
            slot.tell("leave")
        while self.slots and time.monotonic() < deadline:
            wait(self.waitables(), timeout=0.1)
            self.poll()
        for slot in list(self.slots.values()):
            slot.process.kill()
            slot.process.join(1.0)
            self.recorder.read(slot)
            self._bury(slot)
        self.recorder.flush()

    def _take_over(self) -> None:
        """What an earlier supervisor left: what trained is interrupted, what waited waits again, in the same order."""
        rows = self.writer.all("SELECT id, status, viewer FROM runs ORDER BY no")
        for id, status, viewer in rows:
            if status in ("running", "paused"):
                self.recorder.interrupt(id)
            elif status == "queued":
                self._enqueue(id, viewer, (None, False))

    def _status(self, id: str) -> str:
        row = self.writer.one("SELECT status FROM runs WHERE id = ?", id)
        if row is None:
            raise JobsError(Sentence("There is no run {id!r} in this data folder.", id=id))
        return str(row[0])

    def _room(self) -> None:
        if len(self.queue) + len(self.slots) >= LIMIT:
            raise QueueFull(
                Sentence(
                    "The queue is full: {limit} runs wait or train, which is its limit; try again when one has ended.",
                    limit=LIMIT,
                )
            )

    def _go_on(self, id: str, plan: tuple[int | None, bool], force: bool = False) -> None:
        status, slot = self._status(id), self.slots.get(id)
        if status == "finished":
            raise JobsError(Sentence("This run is finished; start a new one."))
        if status in ("failed", "stopped") and self.recorder.saved(id) is None:
            raise JobsError(Sentence("This run left nothing that Resume could go on from; start it again."))
        if slot and (slot.leaving or slot.ended):
            slot.again = plan
        elif slot and status == "paused":
            if plan[0] is None:
                self.writer.update(id, status="running")
                slot.tell("resume")
            else:
                slot.tell("step", n=plan[0])
            slot.paused = None
        elif force or not (slot or status == "queued"):
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
        files = str(self.writer.checkpoint(id)), str(self.writer.log(id))
        job = Job(id, row[0], *files, threads, row[1] > 0, steps, then_stop, row[2])
        try:
            process, ours = self.processes.start(job)
        except (OSError, EOFError) as error:
            message = Sentence("No process could be started for it: {error}.", error=error)
            self.recorder.write(self.writer.end, id, status="failed", message=message)
            return
        self.slots[id] = Slot(id, process, ours)
        self.recorder.write(self.writer.update, id, status="running", started=time.time(), place=None, phase="loading")

    def _bury(self, slot: Slot) -> None:
        """Its slot is free."""
        del self.slots[slot.id]
        slot.process.join(1.0)
        self.recorder.reap(slot)
        self.recorder.write(self.writer.update, slot.id, phase="")
        if slot.ended and slot.again:
            self._go_on(slot.id, slot.again, force=True)
        slot.pipe.close()
        slot.process.close()


def _patience(slot: Slot) -> float:
    """Seconds in which a run should come between two steps: a training soon, at its own pace, or at the longest that it took
    where its steps differ; a closed form may never."""
    if not (slot.step and slot.total > 1):
        return ACKNOWLEDGE
    return max(PICTURES, STEPS * min(max(slot.pace, slot.longest), LONGEST))
