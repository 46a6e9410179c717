"""The mutual information of a few learned features: what is left of many columns where neighbours are near again."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn

from core import device, neighbours
from core.estimators._closed import ClosedFormEstimate
from core.estimators._critic.folds import Blocks
from core.estimators._critic.interval import from_folds
from core.estimators._critic.rows import Rows
from core.estimators._features import KINDS, log_det_mi
from core.estimators._marginal_transforms import Mapped, columns_as
from core.evaluation.trust import Finding, Names, assess_trust, folds_disagree, interval_of, most, stopped
from core.learning import best
from core.learning.layers import one_stream
from core.learning.schedules import cosine
from core.learning.training import SMALL, Training
from core.method import Array, Checkpoint, MIEstimator, Source, Step
from core.params import Field, Range
from core.sentences import Sentence

_LOOKED_AT = 1_000  # held-out rows of a fold at a look
_DECAY = 0.05


class _Scored(NamedTuple):
    local: Array  # (n,), NaN for rows that no fold holds out
    folds: list[float]

    @property
    def mi(self) -> float:
        return float(np.mean(self.folds))


@dataclass(eq=False, repr=False, kw_only=True)
class LearnedFeatures(MIEstimator):
    """KSG of features f(x), g(y) that ascend ½ ln det C_ff + ½ ln det C_gg − ½ ln det C, on rows that they never saw.

    I(f(X); g(Y)) ≤ I(X; Y) for any f and g, so what the features lose makes the figure too small and never too large. It is
    for many columns whose dependence is neither Gaussian nor in a few of them: spirals, rotations, mixtures of directions.
    There are as many features as the smaller side has columns, at most `n_features`; with more than two the determinant
    follows heavy tails instead of dependence.

    References: Andrew et al. (2013), Deep Canonical Correlation Analysis, ICML; Kraskov et al. (2004),
    arXiv:cond-mat/0305641.
    """

    title: ClassVar[str] = "Learned features"
    looks: ClassVar[int] = 20  # at validation and held-out rows, a run
    rank: ClassVar[int] = 26
    reference: ClassVar[str] = "Andrew et al., 2013, Deep Canonical Correlation Analysis, ICML"

    encoder: Annotated[
        Literal["network", "by norm"],
        "Each side's map: a linear one with a network beside it, or a mixture of linear ones that the norm weighs.",
    ] = "network"
    n_features: Annotated[int, Range(1, 8), Field("Features"), "Of each side, at most."] = 2
    hidden: Annotated[int, Range(1, 1024, log=True), "Units in each hidden layer of the network."] = 64
    learning_rate: Annotated[float, Range(1e-5, 1.0, log=True), "Step size of Adam; it falls with a cosine."] = 5e-3
    batch_size: Annotated[int, Range(16, 100_000, log=True), "Rows of a training step, for each fold."] = 500
    iterations: Annotated[int, Range(1, 100_000, log=True), "Optimisation steps."] = 800
    folds: Annotated[int, Range(2, 20), "Parts of the rows: each is scored by features learned from the others."] = 4
    scored: Annotated[
        int | None,
        Range(1, 20),
        Field("Folds scored"),
        "How many of the folds are learned and scored; empty is all of them. One is a quick look.",
    ] = None
    k: Annotated[int, Range(1, 100, log=True), Field("Neighbours k"), "Of KSG, among the features."] = 5
    blocks: Blocks = "where rows are in series"
    margins: Mapped = "normal scores"

    @property
    def total(self) -> int:
        return self.iterations

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Steps with "loss" and "mi" (the training batch's log-determinant, nats), now and then "mi_held_out": KSG of
        held-out rows' features, at the last step `mi_`."""
        self._run = run = _Learning(self, source)
        yield from run.training.iterate(run.update, self.total, start)

    def checkpoint(self) -> Checkpoint:
        return self._under_way().training.checkpoint()

    def found(self) -> ClosedFormEstimate:
        """What the best features so far give. The interval reaches on upwards by what their training rows show more than
        others: features that lost nothing lie between the two."""
        run = self._under_way()
        scored, beyond = run.scored(), run.beyond()
        local = scored.local[np.isfinite(scored.local)]
        half = max(1.96 * float(local.std()) / math.sqrt(len(local)), from_folds(scored.folds))
        findings = (stopped(run.training.index, self.total), folds_disagree(scored.folds), _overfitted(beyond))
        return ClosedFormEstimate(scored.mi, (scored.mi - half, scored.mi + half + beyond), findings)

    def finish(self) -> Self:
        """Set `mi_`, `interval_` (95 %), `folds_` and `trust_` from the best weights so far."""
        run, found = self._under_way(), self.found()
        (x, y), names = run.rows.given, Names.of(run.source)
        self.mi_, self.folds_ = min(found.mi, most(x, y, names)), run.scored().folds
        self.interval_ = interval_of(self.mi_, found.interval, x, y, names)
        self.trust_ = assess_trust(x, y, found.mi, interval=self.interval_, extra=found.diagnostics, names=names)
        return self

    def local(self) -> Array:
        """Every row's contribution in nats, (n,), NaN for rows of folds that were left out."""
        return self._under_way().scored().local

    def result(self) -> dict[str, Any]:
        """mi, interval, trust and reasons, the folds' estimates, rows, steps."""
        run = self._under_way()
        return self.estimated() | {"folds": self.folds_, "rows": len(run.source), "steps": run.training.index}


class _Learning:
    """A run: k folds' features side by side."""

    def __init__(self, method: LearnedFeatures, source: Source) -> None:
        self.method, self.source = method, source
        where, seed = device.resolve(method.device), method.seed()
        self.rows = rows = Rows(method, source, seed, where)
        self.k = min(method.scored or len(rows.test), len(rows.test))
        m = min(method.n_features, rows.x.shape[1], rows.y.shape[1])
        generator = device.generator(seed, where)
        draw, kind = one_stream(self.k, generator), KINDS[method.encoder]
        self.pair = pair = nn.ModuleList(kind(side.shape[1], m, method.hidden, draw) for side in (rows.x, rows.y))
        optimiser = torch.optim.AdamW(pair.parameters(), lr=method.learning_rate, weight_decay=_DECAY, fused=True)
        self.training = Training(pair, optimiser, generator)
        self.training.threads = 1 if method.hidden <= SMALL else None
        self.training.extras = {"best": torch.full((self.k,), -math.inf, device=where)}
        self.every = max(1, method.total // method.looks)
        self._scored: _Scored | None = None
        self._looked = 0.0

    def update(self, index: int) -> dict[str, float]:
        """One step of all folds, and a look now and then."""
        method, training = self.method, self.training
        training.set_rate(method.learning_rate * cosine(index, method.total))
        mi = log_det_mi(*self._features(self.pair, *self._batch(index)))
        training.optimiser.zero_grad()
        (-mi.sum()).backward()
        training.optimiser.step()
        shown = float(mi.detach().mean())
        info, last = {"loss": -shown, "mi": shown}, index + 1 == method.total
        if (index + 1) % self.every == 0 or last:
            better = self._better()
            if better.any():
                best.keep(training, better)
                self._scored, self._looked = None, 0.0 if last else self._look()
            info["mi_held_out"] = self.scored().mi if last else self._looked
        return info

    def _batch(self, index: int) -> tuple[Tensor, Tensor]:
        if self.source.draw is not None:
            return self.rows.drawn(index)
        train, training = self.rows.train[: self.k], self.training
        size = (self.k, self.rows.batch)
        at = torch.randint(train.shape[1], size, generator=training.generator, device=train.device)
        rows = train.gather(1, at)
        return self.rows.x[rows], self.rows.y[rows]

    def _features(self, pair: nn.ModuleList, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return pair[0](x), pair[1](y)

    @torch.no_grad()
    def _better(self) -> Tensor:
        rows, extras = self.rows.validation[: self.k], self.training.extras
        found = log_det_mi(*self._features(self.pair, self.rows.x[rows], self.rows.y[rows]))
        better = found > extras["best"]
        extras["best"] = torch.where(better, found, extras["best"])
        return better

    def _look(self) -> float:
        return float(np.mean([local.mean() for local in self._contributions(_LOOKED_AT)]))

    def scored(self) -> _Scored:
        """All held-out rows by the best features so far: once for each."""
        if self._scored is None or not best.kept(self.training):
            each, local = self._contributions(None), np.full(len(self.source), np.nan)
            for rows, values in zip(self.rows.test[: self.k].cpu().numpy(), each, strict=True):
                local[rows] = values
            self._scored = _Scored(local, [float(values.mean()) for values in each])
        return self._scored

    @torch.no_grad()
    def beyond(self) -> float:
        """By how many nats the log-determinant of training rows lies above that of the held-out ones, 0 or more."""
        pair, most = self._best(), self.rows.test.shape[1]
        train, test = (
            float(log_det_mi(*self._features(pair, self.rows.x[rows], self.rows.y[rows])).mean())
            for rows in (self.rows.train[: self.k, :most], self.rows.test[: self.k])
        )
        return max(0.0, train - test)

    def _best(self) -> nn.ModuleList:
        pair = copy.deepcopy(self.pair)
        if weights := best.kept(self.training):
            pair.load_state_dict(weights)
        return pair

    @torch.no_grad()
    def _contributions(self, most: int | None) -> list[Array]:
        pair, rows = self._best(), self.rows.test[: self.k, :most]
        f, g = (side.cpu().double().numpy() for side in self._features(pair, self.rows.x[rows], self.rows.y[rows]))
        k = min(self.method.k, rows.shape[1] - 1)
        scores = ((columns_as(a, "normal scores"), columns_as(b, "normal scores")) for a, b in zip(f, g, strict=True))
        return [neighbours.ksg(a, b, k)[0] for a, b in scores]


def _overfitted(beyond: float) -> Finding | None:
    if beyond <= 0.1:
        return None
    return Finding(
        "amber",
        Sentence(
            "The features show {beyond:.2f} nats more on the rows they learned from than on others: more rows would find more.",
            beyond=beyond,
        ),
    )
