"""One session of a run, in a worker's process: pull steps, obey orders, keep checkpoints, and say how it ended."""

from __future__ import annotations

import contextlib
import queue
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import files, sentences
from core.sentences import Sentence
from dashboard.jobs import saving
from dashboard.jobs.progress import Frames, Progress

if TYPE_CHECKING:
    from core.method import Checkpoint, Method, Source, Step
    from core.spec import Spec

SAVE = 8.0  # seconds between checkpoints, at most; 1, 2 and 4 s at the start, so that an early end loses little
Orders = queue.SimpleQueue[tuple[str, dict[str, Any]]]


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


class RunSession:
    """A run from its start, or from its checkpoint, until it is done, stopped, or asked to leave."""

    def __init__(self, pipe: Connection, job: Job, orders: Orders) -> None:
        self.job, self.orders = job, orders
        self.progress = Progress(pipe, job.seconds)
        self.method: Method
        self.frames: Frames
        self.steps_left = job.steps
        self.next_save = 0.0
        self.save_after = 1.0

    def go(self) -> None:
        """The whole session."""
        spec, source, start = self._prepare()
        self.progress.run()
        self.next_save = time.monotonic() + self.save_after
        steps = self.method.steps(source, start)
        how = self._pull(steps)
        if how in ("left", "interrupted"):
            self.progress.say(how)
            return
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
        self.frames = Frames(self.method, self.progress)
        source = spec.source()
        path = Path(self.job.checkpoint)
        start = Checkpoint.load(path) if self.job.resume and path.exists() else None
        at = start.index if start else 0
        self.progress.begin(at)
        notices += source.notices
        self.progress.say("started", at=at, total=self.method.total, views=list(self.method.views), notices=notices)
        return spec, source, start

    def _pull(self, steps: Iterator[Step]) -> str:
        """Pull until the end or an order; how it ended."""
        for step in steps:
            self.progress.add(step)
            now = time.monotonic()
            if now >= self.progress.next_batch:
                self.publish(now)
            if now >= self.next_save:
                self.save()
            self.frames.snapshot()
            if self.frames and now >= self.frames.next:
                self.frames.show()
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
            self.progress.say("acknowledged")
            return "stopped"
        if order == "leave":
            self.save()
            return "interrupted"
        if order == "watch":
            self.frames.watch(details["names"])
        if order == "pause":
            return self._wait()
        if order == "resume":
            self.steps_left = None
        elif order == "step" and self.steps_left is not None:
            self.steps_left += details["n"]
        return None

    def _wait(self) -> str | None:
        """Paused: everything is on the disk, nothing is computed; a word when the session ends."""
        self.save()
        self.progress.rest()
        self.progress.say("paused")
        self.frames.show()  # pictures may take seconds, and whoever pressed Pause should not wait for them
        while True:
            order, details = self.orders.get()
            if order == "watch":
                self.frames.watch(details["names"])
                self.frames.show()
            elif order == "stop":
                self.progress.say("acknowledged")
                return "stopped"
            elif order == "leave":
                return "left"
            elif order in ("resume", "step"):
                self.steps_left = details["n"] if order == "step" else None
                if order == "resume":
                    self.progress.say("running")
                self.progress.run()
                return None

    def publish(self, now: float | None = None) -> None:
        """Send the steps since the last batch."""
        self.progress.publish(self.method.total, now)

    def save(self) -> None:
        """Write a checkpoint; a full disk leaves the last one as it was, and is told."""
        self.publish()  # the curve must never end before the checkpoint
        try:
            index = saving.save(self.method.checkpoint(), Path(self.job.checkpoint))
        except (OSError, saving.SafetensorError) as error:
            said = "The checkpoint at step {step} could not be written: {error}."
            self.progress.notice(Sentence(said, step=self.progress.step, error=error))
        else:
            if index is not None:
                self.progress.say("saved", at=index)
        self.save_after = min(2 * self.save_after, SAVE)
        self.next_save = time.monotonic() + self.save_after

    def _finish(self, spec: Spec, source: Source, how: str) -> None:
        """The result, the last frames, and only then the last status."""
        progress = self.progress
        progress.rest()
        progress.say("finishing")  # a stop that comes from here on waits for the result
        self.method.finish()
        self.frames.show(every=True)
        for sentence in saving.learned(self.method, source, spec, self.job.id, progress.step, progress.epoch):
            progress.notice(sentence)
        result = self.method.result() | {"steps": progress.step, "seconds": progress.elapsed()}
        if spec.family == "estimators":
            result |= saving.estimate(self.method)  # the same fields for all, however each writes its own
        message = Sentence("Stopped at step {step}; the result is of what was trained until then.", step=progress.step)
        progress.say("ended", status=how, message=message if how == "stopped" else "", result=files.plain(result))

    def fail(self, error: BaseException) -> None:
        """One sentence for the viewer, the traceback for the log."""
        with contextlib.suppress(OSError):
            Path(self.job.log).parent.mkdir(parents=True, exist_ok=True)
            Path(self.job.log).write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        with contextlib.suppress(Exception):
            self.publish()
        # Arithmetic goes wrong again from the same weights: the same seed draws the same batches.
        again = not isinstance(error, ArithmeticError)
        self.progress.say("ended", status="failed", message=_sentence(error), result=None, again=again)


def _sentence(error: BaseException) -> str:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Sentence("There was not enough memory; take fewer rows, a smaller batch or a smaller network.")
    if isinstance(error, (ValueError, ArithmeticError)):
        return sentences.of(error) or type(error).__name__
    return Sentence(
        "This run ended by an internal error ({name}: {error}).",
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
