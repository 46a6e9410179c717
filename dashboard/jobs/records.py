"""What a reader of the store gets: a run, its curves, and the errors of the jobs in one sentence each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.sentences import Sentence

if TYPE_CHECKING:
    from core.spec import Spec

STATUSES = ("queued", "running", "paused", "finished", "stopped", "failed", "interrupted")
ACTIVE = ("queued", "running", "paused")  # may still change by themselves or go on at once


class JobsError(ValueError):
    """An order that cannot be carried out, in one sentence for the viewer."""


class QueueFull(JobsError):
    """The queue has reached its limit; the message tells it."""


@dataclass(frozen=True, eq=False)
class Run:
    """One run as the store knows it at this moment.

    `step` of `total` are done (`total` is the most there can be; 0 until the worker knows it). `seconds` is the time
    spent in training, over all sessions, from a clock that cannot be set; `created`, `started`, `ended` are wall-clock
    times in seconds since 1970, for display only. `info` holds the last value of every plotted scalar, `views` the
    pictures that this run can show. `resumable` says whether `Client.resume` would go on from a checkpoint, and
    `checkpoint` its step. `queue_place` is 1 for the next to start, None when not waiting. `phase` is what its process does:
    "loading", "training" or "finishing"; empty where it has none, and then it holds no place.
    """

    id: str
    spec_json: str
    status: str
    message: str = ""
    viewer: str = ""
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    seconds: float = 0.0
    step: int = 0
    total: int = 0
    steps_per_second: float = 0.0
    queue_place: int | None = None
    checkpoint: int | None = None
    phase: str = ""
    info: Mapping[str, float] = field(default_factory=dict)
    views: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @cached_property
    def spec(self) -> Spec | None:
        """The parsed spec (imports its method), or None where it cannot be parsed any more; `spec_fault` says why."""
        return self._parsed[0]

    @property
    def spec_fault(self) -> str:
        """Why `spec` is None, in one sentence; empty otherwise."""
        return self._parsed[1]

    @cached_property
    def spec_dict(self) -> dict[str, Any]:
        """The spec as it was written, without looking whether it can still be run; imports nothing."""
        return json.loads(self.spec_json)

    @property
    def active(self) -> bool:
        """Queued, running or paused."""
        return self.status in ACTIVE

    @property
    def resumable(self) -> bool:
        """Whether `Client.resume` will take it."""
        if self.status in ("paused", "interrupted"):
            return True
        return self.status in ("stopped", "failed") and self.checkpoint is not None

    @property
    def progress(self) -> float:
        """The share of the steps that are done, 0 to 1."""
        return 1.0 if self.status == "finished" else min(self.step / self.total, 1.0) if self.total else 0.0

    @property
    def eta(self) -> float | None:
        """Seconds to the last step, at the mean speed of late; None when not training or not yet known."""
        if self.status != "running" or self.phase == "finishing" or not self.steps_per_second or not self.total:
            return None
        return max(self.total - self.step, 0) / self.steps_per_second

    @cached_property
    def _parsed(self) -> tuple[Spec | None, str]:
        from core.spec import Spec  # here, because the supervisor reads this module and needs no pydantic

        try:
            return Spec.parse(self.spec_json), ""
        except (ValueError, ImportError) as error:  # the method's file is gone, or its parameters have changed
            return None, Sentence("The settings of this run can no longer be read: {error}", error=error)


@dataclass(frozen=True, eq=False)
class Curve:
    """Every plotted scalar against the step: `columns[name]` is (steps int64, values float64), finite values only.

    Columns are sparse: each has its own steps. `last` is for reading on: `store.curve(id, after=curve.last)` gives what
    came since. After a resume, new batches can begin at or before steps that were read (the run went back to its
    checkpoint): `joined` drops the old ones.
    """

    columns: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    last: int = 0

    def joined(self, later: Curve) -> Curve:
        """This curve continued by a later reading, which wins where they overlap."""
        if not later.columns:
            return self if later.last <= self.last else Curve(self.columns, later.last)
        cut = min(int(steps[0]) for steps, _ in later.columns.values())
        columns = {}
        for name in [*self.columns, *(n for n in later.columns if n not in self.columns)]:
            parts = (
                [(s[:k], v[:k]) for s, v in [self.columns[name]] for k in [np.searchsorted(s, cut)]]
                if (name in self.columns)
                else []
            )
            parts += [later.columns[name]] if name in later.columns else []
            steps, values = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
            columns[name] = steps, values
        return Curve(columns, max(self.last, later.last))


_ID = re.compile(r"[a-z0-9]{12}")


def check_id(id: str) -> str:
    """The id, if it is one that a server makes: nothing else becomes part of a path. Errors: JobsError."""
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise JobsError(Sentence("There is no run of this id: an id is 12 letters and digits."))
    return id
