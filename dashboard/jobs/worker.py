"""One session of a run in a process of its own: pull steps, publish batches, keep checkpoints, obey orders."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import files, sentences
from core.sentences import Sentence
from dashboard.jobs import packing, saving

if TYPE_CHECKING:
    from core.method import Checkpoint, Method, Source, Step
    from core.spec import Spec

BATCH = 0.1  # seconds between batches of steps, at least
PICTURE = 0.5  # seconds between two frames of a picture, at least
MEAN = 30.0  # seconds of steps of which a speed is the mean: steps that also look or save take longer than others
WATCH = 3.0  # seconds for which one look keeps a picture coming
NICE = 5  # a third of what a process of nice 0 gets: clicks go first, and a run beside two busy processes still moves
SAVE = 8.0  # seconds between checkpoints, at most; 1, 2 and 4 s at the start, so that an early end loses little


@dataclass(frozen=True)
class Job:
    """What a worker needs to know. `steps`: do so many, then wait paused, or stop where `then_stop`."""

    id: str
    spec: str
    checkpoint: str
    log: str
    threads: int
    resume: bool
    steps: int | None = None
    then_stop: bool = False
    seconds: float = 0.0


def main(pipe: Connection, job: Job) -> None:
    """The process: everything it has to say goes through the pipe; it ends when the other end is gone."""
    faulthandler.enable()
    be_nice()
    orders: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
    signal.signal(signal.SIGTERM, lambda *_: orders.put(("leave", {})))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_listen, args=(pipe, orders), daemon=True).start()
    session = RunSession(pipe, job, orders)
    try:
        session.go()
    except BaseException as error:
        session.fail(error)
    pipe.close()
    # Threads of libraries must not keep a finished worker; everything is written and sent.
    os._exit(0)


def be_nice() -> None:
    """The server's clicks go first; said again where workers are spawned and inherit nothing."""
    if hasattr(os, "nice") and (now := os.nice(0)) < NICE:
        os.nice(NICE - now)


def _listen(pipe: Connection, orders: queue.SimpleQueue[tuple[str, dict[str, Any]]]) -> None:
    """Hand on the orders; when the supervisor is gone nobody wants this run here any more."""
    while True:
        try:
            orders.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)


class RunSession:
    """A run from its start, or from its checkpoint, until it is done, stopped, or asked to leave."""

    def __init__(self, pipe: Connection, job: Job, orders: queue.SimpleQueue[tuple[str, dict[str, Any]]]) -> None:
        self.pipe, self.job, self.orders = pipe, job, orders
        self.method: Method
        self.step = 0
        self.steps_left = job.steps
        self.pending: list[Step] = []
        self.looks: dict[str, float] = {}
        self.epoch: float | None = None
        self.shown: dict[str, int] = {}
        self.speed: deque[tuple[float, int]] = deque()
        self.seconds = job.seconds  # the stopwatch: what is counted,
        self.since: float | None = None  # and since when it runs
        self.next_batch = self.next_picture = self.next_save = 0.0
        self.save_after = 1.0

    def go(self) -> None:
        """The whole session."""
        spec, source, start = self._prepare()
        self.since = now = time.monotonic()
        self.next_save = now + self.save_after
        steps = self.method.steps(source, start)
        how = self._pull(steps)
        if how in ("left", "interrupted"):
            self.say(how)
            return
        self.publish()
        self.save()
        steps.close()  # type: ignore[attr-defined]
        self._finish(spec, source, how)

    def _prepare(self) -> tuple[Spec, Source, Checkpoint | None]:
        from core import discover
        from core.method import Checkpoint
        from core.spec import Spec

        discover.forget()  # files may have been added since the preloading
        spec = Spec.parse(self.job.spec)
        _use_threads(self.job.threads)
        spec, notices = _on_a_device_that_is_here(spec)
        self.method = spec.build()
        source = spec.source()
        path = Path(self.job.checkpoint)
        start = Checkpoint.load(path) if self.job.resume and path.exists() else None
        self.step = start.index if start else 0
        if not start:
            self.seconds = 0.0
        notices += source.notices
        self.say("started", at=self.step, total=self.method.total, views=list(self.method.views), notices=notices)
        return spec, source, start

    def _pull(self, steps: Iterator[Step]) -> str:
        """Pull until the end or an order; how it ended."""
        for step in steps:
            self.pending.append(step)
            self.step = step.index
            now = time.monotonic()
            if now >= self.next_batch:
                self.publish(now)
            if now >= self.next_save:
                self.save()
            if self.looks and now >= self.next_picture:
                self.show(now)
            if self.steps_left is not None:
                self.steps_left -= 1
                if self.steps_left <= 0 and (how := "stopped" if self.job.then_stop else self._wait()):
                    return how
            if not self.orders.empty() and (how := self._obey(*self.orders.get())):
                return how
        return "finished"

    def _obey(self, order: str, details: dict[str, Any]) -> str | None:
        """An order while training; a word when the session ends."""
        if order == "stop":
            self.say("acknowledged")
            return "stopped"
        if order == "leave":
            self.publish()
            self.save()
            return "interrupted"
        if order == "watch":
            self._look(details["names"])
        if order == "pause":
            return self._wait()
        if order == "resume":
            self.steps_left = None
        elif order == "step" and self.steps_left is not None:
            self.steps_left += details["n"]
        return None

    def _wait(self) -> str | None:
        """Paused: everything is on the disk, nothing is computed; a word when the session ends."""
        self.publish()
        self.save()
        self.seconds, self.since = self._elapsed(), None
        self.show(time.monotonic())
        self.say("paused")
        while True:
            order, details = self.orders.get()
            if order == "watch":
                self._look(details["names"])
                self.show(time.monotonic())
            elif order == "stop":
                self.say("acknowledged")
                return "stopped"
            elif order == "leave":
                return "left"
            elif order in ("resume", "step"):
                self.steps_left = details["n"] if order == "step" else None
                if order == "resume":
                    self.say("running")
                self.since = time.monotonic()
                self.speed.clear()
                return None

    def publish(self, now: float | None = None) -> None:
        """Send the steps since the last batch."""
        now = time.monotonic() if now is None else now
        self.next_batch = now + BATCH
        if not self.pending:
            return
        info: dict[str, float] = {}
        for step in self.pending:
            info |= {name: float(value) for name, value in step.info.items()}
        self.epoch = info.get("epoch", self.epoch)
        self.speed.append((now, self.step))
        while now - self.speed[0][0] > MEAN and len(self.speed) > 2:
            self.speed.popleft()
        (begin, first), (end, last) = self.speed[0], self.speed[-1]
        rate = (last - first) / (end - begin) if end > begin else 0.0
        batch = packing.pack_steps(self.pending)
        # Only a run that has begun knows for certain how many steps it takes.
        said = {"info": files.plain(info), "rate": rate, "total": max(self.method.total, self.step)}
        self.say("steps", first=self.pending[0].index, last=self.step, batch=batch, **said)
        self.pending.clear()

    def save(self) -> None:
        """Write a checkpoint; a full disk leaves the last one as it was, and is told."""
        self.publish()  # the curve must never end before the checkpoint
        try:
            index = saving.save(self.method.checkpoint(), Path(self.job.checkpoint))
        except (OSError, saving.SafetensorError) as error:
            self.say(
                "notice",
                sentence=Sentence(
                    "The checkpoint at step {step} could not be written: {error}.", step=self.step, error=error
                ),
            )
        else:
            if index is not None:
                self.say("saved", at=index)
        self.save_after = min(2 * self.save_after, SAVE)
        self.next_save = time.monotonic() + self.save_after

    def show(self, now: float, every: bool = False) -> None:
        """Send the pictures that somebody looks at, or every one, if they are not there yet for this step."""
        self.next_picture = now + PICTURE
        self.looks = {name: until for name, until in self.looks.items() if until > now}
        for name in self.method.views if every else list(self.looks):
            if not self.step or (self.shown.get(name) == self.step and not every):
                continue
            try:
                arrays = self.method.view(name)
                if arrays:
                    self.say("frame", name=name, at=self.step, arrays=packing.pack(arrays))
            except Exception as error:  # a picture that fails must not end the training
                self.looks.pop(name, None)
                self.say(
                    "notice", sentence=Sentence("The picture {name} cannot be drawn: {error}", name=name, error=error)
                )
            self.shown[name] = self.step

    def _look(self, names: list[str]) -> None:
        until = time.monotonic() + WATCH
        self.looks |= {name: until for name in names if name in self.method.views}

    def _finish(self, spec: Spec, source: Source, how: str) -> None:
        """The result, the last frames, and only then the last status."""
        self.seconds, self.since = self._elapsed(), None
        self.say("finishing")  # a stop that comes from here on waits for the result
        self.method.finish()
        self.show(time.monotonic(), every=True)
        self._keep(spec, source)
        result = self.method.result() | {"steps": self.step, "seconds": self.seconds}
        if spec.family == "estimators":
            result |= saving.estimate(self.method)  # the same fields for all, however each writes its own
        message = Sentence("Stopped at step {step}; the result is of what was trained until then.", step=self.step)
        self.say("ended", status=how, message=message if how == "stopped" else "", result=files.plain(result))

    def _keep(self, spec: Spec, source: Source) -> None:
        """What was learned stays beside the run: the model, and the features of its rows."""
        from core import saved
        from core.data.features import Features
        from core.paths import run_folder

        folder = run_folder(self.job.id)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            saved.save(self.method, folder / saved.FILE)
        except OSError as error:  # the result is worth more than the model
            self.say("notice", sentence=Sentence("The model could not be written: {error}.", error=error))
        told = {"data": spec.data.model_dump(exclude_none=True), "seed": spec.seed}
        try:
            learned = Features.learned(self.method, source, **told, step=self.step, epoch=self.epoch)
            if learned is not None:
                learned.save(self.job.id)
        except Exception as error:  # a plug-in may fail in any way, and the result is worth more than its features
            self.say("notice", sentence=Sentence("The features could not be kept: {error}.", error=error))
        else:
            for sentence in () if learned is None else learned.notices():
                self.say("notice", sentence=sentence)

    def fail(self, error: BaseException) -> None:
        """One sentence for the viewer, the traceback for the log."""
        with contextlib.suppress(OSError):
            Path(self.job.log).parent.mkdir(parents=True, exist_ok=True)
            Path(self.job.log).write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        with contextlib.suppress(Exception):
            self.publish()
        self.say("ended", status="failed", message=_sentence(error, self.step + 1), result=None)

    def say(self, kind: str, **details: Any) -> None:
        """A message to the supervisor, with where the run stands."""
        self.pipe.send((kind, {"step": self.step, "seconds": self._elapsed(), **details}))

    def _elapsed(self) -> float:
        return self.seconds + (time.monotonic() - self.since if self.since is not None else 0.0)


def _sentence(error: BaseException, step: int) -> str:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Sentence(
            "There was not enough memory at step {step}; take fewer rows, a smaller batch or a smaller network.",
            step=step,
        )
    if isinstance(error, (ValueError, ArithmeticError)):
        return sentences.of(error) or type(error).__name__
    return Sentence(
        "This run ended by an internal error at step {step} ({name}: {error}).",
        step=step,
        name=type(error).__name__,
        error=error,
    )


def _use_threads(n: int) -> None:
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(n)
    threadpool_limits(n)


def _on_a_device_that_is_here(spec: Spec) -> tuple[Spec, list[str]]:
    from core import device

    try:
        device.resolve(spec.device)
    except ValueError as error:
        return spec.model_copy(update={"device": "cpu"}), [
            Sentence("{error}. This run goes on the CPU instead.", error=error)
        ]
    return spec, []
