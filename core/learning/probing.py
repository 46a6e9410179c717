"""An encoder watched through labels that it never sees: probes of its features, with plain ones beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.evaluation import probes
from core.method import Array, Source

Encode = Callable[[Array], Array]
ROWS = 2_000  # that a probe is fitted on, and scored on: a fraction of a second; the same in a run and at its end


class Probing:
    """Fits on rows that the encoder trains on; scores on test rows, or else on those that it holds out.

    plain: raw rows as numbers on one scale.
    """

    def __init__(self, source: Source, train: Array, held: Array, plain: Encode, d: int, seed: int) -> None:
        self.plain, self.d, self.seed = plain, d, seed
        self.on_test = source.test is not None and source.test.labels is not None
        apart: Any = source.test if self.on_test else source
        # In random order: the halves of MNIST's test set, for one, come from different writers.
        rows = np.random.default_rng(0).permutation(len(apart.x)) if self.on_test else held
        self.parts = (source.x, np.asarray(source.labels), train), (apart.x, np.asarray(apart.labels), rows)

    @property
    def possible(self) -> bool:
        """Whether there is something to tell apart."""
        _, labels, rows = self.parts[0]
        return len(np.unique(labels[rows[:ROWS]])) > 1

    def linear(self, encode: Encode) -> float:
        """The linear probe's accuracy."""
        return self._score(self._by(encode), ["linear"])["linear"].test

    def beside(self, encode: Encode) -> dict[str, float]:
        """The linear probe's accuracy on the untrained features and on plain ones."""
        found = {"probe_random": self.linear(encode)}
        for name, pair in self._plain().items():
            found[f"probe_{name}"] = self._score(pair, ["linear"])["linear"].test
        return found

    def table(self, encoders: Mapping[str, Encode], stages: Mapping[str, Encode] | None = None) -> dict[str, Any]:
        """Every probe on each encoder's features and on plain ones, and the linear one on further stages of a network:
        {"features": {"linear": {"train", "test", "low", …}}, …}."""
        sides = self._plain() | {name: self._by(encode) for name, encode in encoders.items()}
        found = {name: self._kinds(pair, probes.KINDS) for name, pair in sides.items()}
        return found | {name: self._kinds(self._by(encode), ["linear"]) for name, encode in (stages or {}).items()}

    def _by(self, encode: Encode) -> tuple[Array, Array]:
        train, test = (encode(x) for x, _ in self._take())
        return train, test

    def _kinds(self, pair: Sequence[Array], kinds: Sequence[str]) -> dict[str, Any]:
        return {kind: asdict(score) for kind, score in self._score(pair, kinds).items()}

    def _plain(self) -> dict[str, tuple[Array, Array]]:
        train, test = (self.plain(x) for x, _ in self._take())
        return probes.baselines(train, test, self.d, self.seed)

    def _score(self, pair: Sequence[Array], kinds: Sequence[str]) -> dict[str, probes.Score]:
        labels = [labels for _, labels in self._take()]
        return probes.probe(pair[0], labels[0], pair[1], labels[1], kinds, self.seed)

    def _take(self) -> list[tuple[Array, Array]]:
        """Rows and labels of both parts, the first `ROWS` of each; the rows are in random order."""
        return [(x[rows[:ROWS]], labels[rows[:ROWS]]) for x, labels, rows in self.parts]
