"""A run as a page draws it: all of it, or up to a step while it is replayed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dashboard.jobs import Run
from dashboard.widgets import server
from dashboard.widgets.live import wire

Array = np.ndarray


@dataclass(frozen=True)
class Shown:
    """A run as the page draws it: all of it, or up to step `at` while it is replayed."""

    run: Run
    at: int | None = None

    # A poll reads the store once for each thing, however many pictures are made of it.
    @cached_property
    def _curves(self) -> dict[str, tuple[Array, Array]]:
        columns = server.store().snapshot(self.run.id, points=wire.WHOLE - 1).columns  # and the result at its end
        if self.at is None:
            return dict(columns)
        return {name: (s[s <= self.at], v[s <= self.at]) for name, (s, v) in columns.items()}

    @cached_property
    def _pictures(self) -> dict[str, dict[str, Array] | None]:
        return {}

    def curves(self) -> dict[str, tuple[Array, Array]]:
        """Name → (steps, values), decimated to at most 500 points each."""
        return dict(self._curves)

    def curve(self, name: str) -> tuple[Array, Array]:
        """The steps and values of one curve; empty where it is not there."""
        return self._curves.get(name, (np.empty(0), np.empty(0)))

    def last(self, name: str) -> float | None:
        """The latest value of a curve."""
        _, values = self.curve(name)
        return float(values[-1]) if len(values) else None

    def picture(self, name: str) -> dict[str, Array] | None:
        """The latest arrays of a picture, asked for now so that the worker sends the next."""
        if name not in self._pictures:
            if self.run.active:  # a paused worker draws what it is asked for, too
                server.client().watch(self.run.id, [name])
            # Empty: does not apply to these data.
            self._pictures[name] = server.store().view(self.run.id, name, self.at) or None
        return self._pictures[name]

    def expects(self, name: str, told_by: str = "") -> bool:
        """Whether a curve or picture that is not there yet may still come, so that its place is kept free. told_by: the
        curve whose first point comes with the first of this one, where the data allow it."""
        if not self.run.active or self.at is not None:
            return False
        open_ = not self.run.step or bool(told_by and told_by not in self._curves)
        return open_ or name in self.run.views or name in self._curves

    def parameter(self, name: str) -> Any:
        """A parameter of the run's method, as its own spec has it; None where the method has none of that name."""
        return self.run.spec.parameters.get(name) if self.run.spec else None

    @cached_property
    def result(self) -> dict[str, Any]:
        """What a finished run has to say; empty before, and while it is replayed."""
        return (server.store().result(self.run.id) or {}) if self.at is None else {}
