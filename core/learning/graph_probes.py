"""What the features of nodes are worth: many logistic probes side by side, on the published division or on random ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy import sparse
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from core.data.graphs.source import GraphSource
from core.method import Array

RUNS, AT_ONCE = 50, 10
CHOOSING = 3  # runs of a division that choose the penalty for all of them
PER_CLASS = 20  # nodes of a class that a probe is fitted on where no division is published, as in those that are
SCORED = 5_000  # nodes that a probe is scored on at most
WIDEST = 4_000  # columns of raw features that are probed: beyond, a probe has more weights than memory
PENALTIES = (3e-4, 1e-3, 3e-3, 1e-2)  # half of it times the squared weights is added to the loss
_PASSES, _RATE = 100, 0.01  # of Adam, as in DGI's own experiments


_Score = tuple[float, float, float]  # shares of right answers on the nodes to choose by, to score on and to fit on


class Parts(NamedTuple):
    """Numbers of the nodes that a probe is fitted on, whose accuracy chooses its penalty, and that it is scored on."""

    fit: Array
    choose: Array
    score: Array


_Scores = Callable[[list[Parts], float], list[_Score]]


@dataclass(frozen=True)
class Spread:
    """Shares of right answers over runs: mean and standard deviation on scored nodes, mean on fitted ones."""

    test: float
    sd: float
    train: float
    n: int
    runs: int

    def said(self) -> dict[str, float]:
        """As a table of probes has it: "low" and "high" are a standard deviation below and above."""
        ends = {"low": max(0.0, self.test - self.sd), "high": min(1.0, self.test + self.sd)}
        return {"train": self.train, "test": self.test, "sd": self.sd, "n": self.n, "runs": self.runs, **ends}


def divisions(source: GraphSource, runs: int, seed: int) -> list[Parts]:
    """The published division, the same in every run, or random ones: `PER_CLASS` nodes of each class, at most a third of
    it, to fit on, a quarter of the others (at most 500) to choose by, and the rest. Empty where there are not two classes.
    """
    labels = np.asarray(source.labels) if source.labels is not None else np.empty(0, int)
    if len(np.unique(labels[labels >= 0])) < 2:
        return []
    if source.split:
        return [Parts(*(source.split[part] for part in ("train", "validation", "test")))] * runs
    rng = np.random.default_rng(seed)
    found = [_division(labels, rng) for _ in range(runs)]
    return found if len(found[0].choose) else []


def _division(labels: Array, rng: np.random.Generator) -> Parts:
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels[labels >= 0])]
    fitted = [rows[: min(PER_CLASS, -(-len(rows) // 3))] for rows in members]
    others = rng.permutation(np.concatenate([rows[len(part) :] for rows, part in zip(members, fitted, strict=True)]))
    choosing = min(500, len(others) // 4)
    return Parts(np.concatenate(fitted), *map(np.sort, (others[:choosing], others[choosing:][:SCORED])))


def probe(features: Any, labels: Array, parts: list[Parts], seed: int) -> Spread:
    """Logistic regression from another first weight in each run, on the CPU. features: (n, d), dense or sparse.

    The penalty is the one with the best accuracy on a division's validation nodes; those that it scores choose nothing.
    """
    generator = torch.Generator().manual_seed(seed)
    # Only labels that a probe is fitted on: the others count as wrong, whatever it says.
    codes = np.unique(np.concatenate([labels[p.fit] for p in parts]))
    labels = np.where(np.isin(labels, codes), np.searchsorted(codes, labels), -1)
    choose = _once if parts[0] is parts[-1] else _each
    groups = [parts[i : i + AT_ONCE] for i in range(0, len(parts), AT_ONCE)]
    found = choose(lambda some, penalty: list(_scores(features, labels, some, penalty, generator)), groups)
    _, test, train = np.array(found).T
    return Spread(float(test.mean()), float(test.std()), float(train.mean()), len(parts[0].score), len(parts))


def _once(scores: _Scores, groups: list[list[Parts]]) -> list[_Score]:
    """Runs of one division: some of them choose the penalty of all."""
    few = groups[0][:CHOOSING]
    tried = [np.mean([score[0] for score in scores(few, penalty)]) for penalty in PENALTIES]
    best = PENALTIES[int(np.argmax(tried))]
    return [score for group in groups for score in scores(group, best)]


def _each(scores: _Scores, groups: list[list[Parts]]) -> list[_Score]:
    """Runs of different divisions: what one chooses by, another is scored on, so each chooses for itself alone."""
    return [
        max(run, key=lambda score: score[0])
        for group in groups
        for run in zip(*(scores(group, penalty) for penalty in PENALTIES), strict=True)
    ]


def _scores(
    features: Any, codes: Array, parts: list[Parts], penalty: float, generator: torch.Generator
) -> Iterator[_Score]:
    """Of each run; they are trained together."""
    x = torch.stack([_rows(features, p.fit) for p in parts])
    y = torch.stack([torch.as_tensor(codes[p.fit]) for p in parts])
    weight, bias = _fitted(x, y, int(codes.max()) + 1, penalty, generator)
    for k, part in enumerate(parts):
        told = [
            (_rows(features, rows) @ weight[k] + bias[k]).argmax(1).numpy() == codes[rows]
            for rows in (part.choose, part.score, part.fit)
        ]
        yield tuple(float(right.mean()) for right in told)  # type: ignore[misc]


def _fitted(x: Tensor, y: Tensor, k: int, penalty: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Weights (r, d, k) and biases (r, 1, k) of r probes on x (r, m, d), y (r, m)."""
    r, m, d = x.shape
    first = (6 / (d + k)) ** 0.5 * (2 * torch.rand(r, d, k, generator=generator) - 1)
    weight, bias = first.requires_grad_(), torch.zeros(r, 1, k, requires_grad=True)
    adam = torch.optim.Adam([weight, bias], lr=_RATE)
    with torch.enable_grad():
        for _ in range(_PASSES):
            adam.zero_grad()
            # Sums over probes: none has a part in the gradient of another.
            loss = cross_entropy((x @ weight + bias).flatten(0, 1), y.flatten(), reduction="sum") / m
            (loss + 0.5 * penalty * weight.square().sum()).backward()  # type: ignore[no-untyped-call]
            adam.step()
    return weight.detach(), bias.detach()


def _rows(features: Any, rows: Array) -> Tensor:
    """Some rows, each of length 1: what a probe learns in its passes does not depend on the scale of the features."""
    taken = features[rows]
    dense = torch.as_tensor(taken.toarray() if sparse.issparse(taken) else np.asarray(taken), dtype=torch.float32)
    return normalize(dense)
