"""What a worker says while it trains: where the run stands, its steps in batches, and the pictures that are looked at."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from core import files
from core.sentences import Sentence
from dashboard.jobs import packing

if TYPE_CHECKING:
    from core.method import Method, Step

BATCH = 0.1  # seconds between batches of steps, at least
PICTURE = 0.5  # seconds between two frames of a picture, at least
SNAPSHOTS = 12  # frames of a run that are kept at even distances though nobody looks
MEAN = 30.0  # seconds of steps of which a speed is the mean: steps that also look or save take longer than others
WATCH = 3.0  # seconds for which one look keeps a picture coming


class Progress:
    """Every message to the supervisor carries the step and the seconds spent in training."""

    def __init__(self, pipe: Connection, seconds: float) -> None:
        self.pipe = pipe
        self.step = 0
        self.epoch: float | None = None
        self.next_batch = 0.0
        self._pending: list[Step] = []
        self._rates: deque[tuple[float, int]] = deque()
        self._seconds = seconds  # the stopwatch: what is counted,
        self._since: float | None = None  # and since when it runs

    def say(self, kind: str, **details: Any) -> None:
        """A message, with where the run stands."""
        self.pipe.send((kind, {"step": self.step, "seconds": self.elapsed(), **details}))

    def notice(self, sentence: Sentence) -> None:
        """Something that the run's pages show."""
        self.say("notice", sentence=sentence)

    def begin(self, step: int) -> None:
        """The run stands at this step; one that begins anew has spent no time."""
        self.step = step
        if not step:
            self._seconds = 0.0

    def run(self) -> None:
        """Start the stopwatch; the speed is of what follows."""
        self._since = time.monotonic()
        self._rates.clear()

    def rest(self) -> None:
        """Stop the stopwatch."""
        self._seconds, self._since = self.elapsed(), None

    def elapsed(self) -> float:
        """Seconds spent in training, over all sessions."""
        return self._seconds + (time.monotonic() - self._since if self._since is not None else 0.0)

    def add(self, step: Step) -> None:
        """A step to be sent with the next batch."""
        self._pending.append(step)
        self.step = step.index

    def publish(self, total: int, now: float | None = None) -> None:
        """Send the steps since the last batch."""
        now = time.monotonic() if now is None else now
        self.next_batch = now + BATCH
        if not self._pending:
            return
        info: dict[str, float] = {}
        for step in self._pending:
            info |= {name: float(value) for name, value in step.info.items()}
        self.epoch = info.get("epoch", self.epoch)
        batch = packing.pack_steps(self._pending)
        # Only a run that has begun knows for certain how many steps it takes.
        now_at = {"info": files.plain(info), "rate": self._rate(now), "total": max(total, self.step)}
        self.say("steps", first=self._pending[0].index, last=self.step, batch=batch, **now_at)
        self._pending.clear()

    def _rate(self, now: float) -> float:
        """Steps a second, over the last half minute."""
        self._rates.append((now, self.step))
        while now - self._rates[0][0] > MEAN and len(self._rates) > 2:
            self._rates.popleft()
        (begin, first), (end, last) = self._rates[0], self._rates[-1]
        return (last - first) / (end - begin) if end > begin else 0.0


class Frames:
    """Pictures of a method, sent while somebody looks at them, and a few of what its `snapshots` name in any case."""

    def __init__(self, method: Method, progress: Progress) -> None:
        self.method, self.progress = method, progress
        self.next = 0.0
        self._next_snapshot = 0
        self._until: dict[str, float] = {}
        self._shown: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._until)

    def watch(self, names: Sequence[str]) -> None:
        """Somebody looks at these."""
        until = time.monotonic() + WATCH
        self._until |= {name: until for name in names if name in self.method.views}

    def show(self, every: bool = False) -> None:
        """Send the pictures that somebody looks at, or every one, if they are not there yet for this step."""
        now = time.monotonic()
        self.next = now + PICTURE
        self._until = {name: until for name, until in self._until.items() if until > now}
        self._send(self.method.views if every else tuple(self._until), every)

    def snapshot(self) -> None:
        """Send the pictures that are kept at even distances, where the next is due."""
        if self.method.snapshots and self.progress.step >= self._next_snapshot:
            self._next_snapshot = self.progress.step + max(1, self.method.total // SNAPSHOTS)
            self._send(self.method.snapshots)

    def _send(self, names: Sequence[str], every: bool = False) -> None:
        """Send these pictures if they are not there yet for this step, or `every` one all the same."""
        step = self.progress.step
        for name in names:
            if not step or (self._shown.get(name) == step and not every):
                continue
            try:
                arrays = self.method.view(name)
                if arrays:
                    self.progress.say("frame", name=name, at=step, arrays=packing.pack(arrays))
            except Exception as error:  # a picture that fails must not end the training
                self._until.pop(name, None)
                self.progress.notice(Sentence("The picture {name} cannot be drawn: {error}", name=name, error=error))
            self._shown[name] = step
