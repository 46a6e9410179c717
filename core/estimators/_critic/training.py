"""One run of a critic: cross-fitted on fixed rows, all folds as one batched network, or on fresh draws.

Fixed rows: fold k's critic trains on the other folds, keeps the weights that were best on a validation part of them,
and scores fold k alone, so every row is scored by a critic that never saw it. Fresh draws: one critic, a new batch
every step; the source's own rows are held out.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor

from core import device
from core.estimators._critic.objective import Objective
from core.estimators._critic.rows import Rows
from core.estimators._critic.scores import Scores
from core.learning import best, bounds, critics
from core.learning.layers import clip_each
from core.learning.schedules import cosine
from core.learning.training import SMALL, Training
from core.method import Array, Checkpoint, Source, Step

_LOOKS = 30  # at validation and held-out rows, a run
_VALIDATED = 1_000, 20_000  # rows of each fold and pairs that a look judges the weights by
_LOOKED_AT = 50_000, 100_000  # held-out rows and pairs of a look
_PAIRS = 500_000  # for the result
_MANY = 50  # times as many pairs where a method wants many for each row; short of the result of fewer rows then
_LARGEST_NORM = 5.0  # of a fold's gradient: exp T makes single batches explode


class Scored(NamedTuple):
    """A moment of a run: after how many steps, the best critics by then, their scores of all held-out rows."""

    at: int
    critic: critics.Critic
    scores: Scores
    folds: tuple[float, ...]  # their estimates

    @property
    def mi(self) -> float:
        """Nats: the result if the run ends here, and the last point of its line."""
        return float(np.mean(self.folds))


class CriticTraining:
    """The state of a run and what can be asked of it at any moment."""

    looks: ClassVar[int] = _LOOKS
    pairs: ClassVar[int] = _PAIRS
    least: ClassVar[int] = 1  # other rows that each is scored with

    def __init__(self, method: Objective, source: Source, start: Checkpoint | None = None) -> None:
        self.method, self.source, self.history = method, source, list[Step]()
        self.device = device.resolve(method.device)
        # A run without a seed drew one, and its folds follow from it.
        self.seed = start.meta.get("meta", {}).get("seed", method.seed()) if start else method.seed()
        self.rows = rows = self._rows()
        self.x, self.y, self.train, self.validation, self.test = rows.x, rows.y, rows.train, rows.validation, rows.test
        self.every = max(1, method.total // self.looks)
        generator = device.generator(self.seed, self.device)
        self.critic = critics.make(
            method.critic,
            len(self.test),
            self.x.shape[1],
            self.y.shape[1],
            hidden=method.hidden,
            layers=method.layers,
            activation=method.activation,
            generator=generator,
        )
        optimiser = torch.optim.Adam(self.critic.parameters(), lr=method.learning_rate)
        self.training = Training(self.critic, optimiser, generator, meta={"stale": 0, "seed": self.seed, "looks": []})
        self.training.threads = 1 if method.hidden <= SMALL else None
        k, b = len(self.test), rows.batch
        self.training.extras = {"order": torch.zeros(k, b, dtype=torch.long, device=self.device)}
        for name, first in (("best_loss", math.inf), ("validation", -math.inf), ("held_out", -math.inf)):
            self.training.extras[name] = torch.full((k,), first, device=self.device)
        self._scored: Scored | None = None
        if start is not None:
            self.training.restore(start)

    def _rows(self) -> Rows:
        return Rows(self.method, self.source, self.seed, self.device)

    def iterate(self) -> Iterator[Step]:
        """Train on; a Step each optimisation step."""
        for step in self.training.iterate(self._update, self.method.total, None):
            self.history.append(step)
            yield step

    def _update(self, index: int) -> dict[str, float]:
        method, training = self.method, self.training
        factor = cosine(index, method.total) if method.schedule == "cosine" else 1.0
        training.set_rate(method.learning_rate * factor)
        # The order of a batch is random, so its first shifts are as random as any.
        negatives = method.shuffled(training.extras["held_out"].mean().item())
        shifts = range(1, min(negatives, self.rows.batch - 1) + 1)
        scores = self._score(self.critic, *self._batch(index), shifts)
        training.optimiser.zero_grad()
        objective, report = method.both(scores)
        (-method.ascend(scores, objective, training.extras)).sum().backward()
        clip_each(self.critic, _LARGEST_NORM)
        training.optimiser.step()
        shown = torch.stack([-objective.mean(), report.mean()]).tolist()
        info = dict(zip(("loss", "mi"), shown, strict=True))
        if (index + 1) % self.every == 0 or index + 1 == method.total:
            info["mi_held_out"] = self._look(index + 1)
        return info

    def _batch(self, index: int) -> tuple[Tensor, Tensor]:
        """(k, b, d) rows that all differ, so that any shift pairs a row with another one."""
        if self.source.draw is not None:
            return self.rows.drawn(index)
        (k, t), batch = self.train.shape, self.rows.batch
        position = index % max(1, t // batch)
        if position == 0:  # a new epoch, a new order
            keys = torch.rand(k, t, generator=self.training.generator, device=self.device)
            self.training.extras["order"] = self.train.gather(1, keys.argsort(1))
        rows = self.training.extras["order"][:, position * batch : (position + 1) * batch]
        return self.x[rows], self.y[rows]

    def _look(self, step: int) -> float:
        """Keep each fold's weights where validation improved, end where none did for long; the held-out estimate.

        It is of the rows that the result is of, with fewer pairs; at the last step it is the result.
        """
        extras, meta = self.training.extras, self.training.meta
        loss, bound, better = self._validate()
        extras["best_loss"], extras["validation"] = (
            torch.where(better, new, extras[name]) for name, new in (("best_loss", loss), ("validation", bound))
        )
        best.keep(self.training, better)
        meta["looks"].append([step, extras["validation"].mean().item()])
        meta["stale"] = 0 if better.any() else meta["stale"] + 1
        self.training.done = 0 < self.method.patience <= meta["stale"]
        if self.training.done or step == self.method.total:
            return self.scored(step).mi
        if better.any():  # the others are what they were
            folds = better.nonzero().flatten()
            extras["held_out"][folds] = self.method.report(self._held_out(folds))
        return extras["held_out"].mean().item()

    def _validate(self) -> tuple[Tensor, Tensor, Tensor]:
        """Loss, reported bound, and whether it is the best so far, of each fold's present weights, (k,) each."""
        rows, pairs = _VALIDATED
        objective, report = self.method.both(self.score(self.critic, self.validation[:, :rows], pairs))
        return -objective, report, -objective < self.training.extras["best_loss"]

    def best(self, folds: Tensor | None = None) -> critics.Critic:
        """The critics, all or those of some folds, with the weights that validation found best, the present ones included.

        Asking changes nothing: a run that is looked at goes on as if it had not been.
        """
        looks = self.training.meta["looks"]
        fresh = looks and looks[-1][0] >= self.training.index
        better = torch.zeros_like(self.training.extras["best_loss"], dtype=torch.bool) if fresh else self._validate()[2]
        weights, critic = best.merged(self.training, better), copy.deepcopy(self.critic)
        for name, weight in critic.named_parameters():
            weight.data = weights[name] if folds is None else weights[name][folds]
        return critic

    def learned_rows(self) -> Tensor:
        """As many rows of each fold's training as it is tested on."""
        return self.train[:, : self.test.shape[1]]

    @property
    def is_scored(self) -> bool:
        """Whether a result was asked for of where the run stands."""
        return self._scored is not None and self._scored.at == self.training.index

    def gain(self) -> float:
        """Nats by which the bound of the validation rows rose in the second half of the run; 0 where it came to rest."""
        looks = self.training.meta["looks"]
        if self.training.done or not looks:
            return 0.0
        early = [bound for step, bound in looks if 2 * step <= self.training.index]
        return looks[-1][1] - (early[-1] if early else 0.0)

    def scored(self, step: int | None = None) -> Scored:
        """All held-out rows by the best critics so far: once for each moment, however often it is asked for."""
        at = self.training.index if step is None else step
        if self._scored is None or self._scored.at != at:
            critic = self.best()
            scores = self.score(critic, self.test, self.pairs, whole=True)
            self._scored = Scored(at, critic, scores, tuple(self.method.report(scores).tolist()))
        return self._scored

    def _held_out(self, folds: Tensor) -> Scores:
        """Scores of the held-out rows of some folds by their best critics, cheap enough for every look."""
        k, (rows, pairs) = len(self.test), _LOOKED_AT
        return self.score(self.best(folds), self.test[folds, : max(2, rows // k)], pairs * len(folds) // k)

    @torch.no_grad()
    def score(self, critic: critics.Critic, rows: Tensor, pairs: int, *, whole: bool = False) -> Scores:
        """Scores of the given rows (k, n), each also with other rows of its fold: about `pairs` such pairs in all.

        Where the method wants many others for each, only the first rows are scored, unless the whole is asked for.
        """
        (k, n), pairs = rows.shape, pairs * self.rows.sources
        estimate = math.inf if whole else self.training.extras["held_out"].mean().item()
        s = self.method.partners(n, max(self.least, pairs // rows.numel()), self.test.numel(), estimate)
        scored = n if whole else min(n, max(2, _MANY * pairs // (k * s)))
        # The order of the rows of a fold is random too.
        return self._score(critic, self.x[rows[:, :scored]], self.y[rows], range(1, s + 1))

    def _score(self, critic: critics.Critic, x: Tensor, y: Tensor, shifts: Sequence[int]) -> Scores:
        f, g = critic.encode(x, y)
        joint = critic.combine(f, g[:, : f.shape[1]])
        if len(shifts) == g.shape[1] - 1 and (matrix := critic.product(f, g)) is not None:
            return Scores(joint, None, shifts, matrix)
        return Scores(joint, critic.shifted(f, g, shifts), shifts)

    @torch.no_grad()
    def pointwise(self, critic: critics.Critic, x: Tensor, y: Tensor) -> Tensor:
        """Learned pointwise MI (k, n) at mapped x (k, n, dx) and y: T less its log-partition log E_q[exp T]."""
        if not self.method.by_row:
            marginal = self.score(critic, self.test[:, :2_000], pairs=50_000).marginal
            return critic(x, y) - bounds.log_mean_exp(marginal.flatten(1))[:, None]
        # A contrast of candidates leaves T free up to a function of x: each x has a partition of its own.
        against = self.y[self.test[:, :500]]
        return critic(x, y) - bounds.log_mean_exp(critic.matrix(x, against))

    def surface(self, x: Array, y: Array, critic: critics.Critic) -> Array:
        """Learned pointwise MI (len(y), len(x)) on a grid, for one column each; mean of the folds."""
        grid = self.rows.tensors(*(g.reshape(-1, 1) for g in np.meshgrid(x, y)))
        learned = self.pointwise(critic, *(side.expand(len(self.test), -1, -1) for side in grid))
        return learned.mean(0).reshape(len(y), len(x)).cpu().numpy()
