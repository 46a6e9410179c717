"""The staircase of Song and Ermon: the mutual information is raised in steps while critics train, to see where each ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np

from core import discover, params
from core.analysis.estimate import estimator_class
from core.distributions import to_dict
from core.learning.training import Diverged
from core.method import Array, Checkpoint, MIEstimator, Source, Step, Sweep, TaskSource
from core.params import Field, Range
from core.sentences import Sentence
from core.sweeps._cells import check_methods

_ROWS = 64  # that an estimator is given at the start; it trains on fresh draws alone
_STRONGEST = 0.9999
_WINDOW = 50  # steps of a running mean
_HELD_OUT = 10_000  # rows of the single run that a level opens


class _Raised:
    """A distribution whose ρ is such that its MI is `level` nats: the same columns, more and more dependent."""

    def __init__(self, joint: Any, levels: tuple[float, ...]) -> None:
        """Errors: ValueError for a distribution without a correlation, and for a level that it cannot reach."""
        self.joints = [_with_mi(joint, level) for level in levels]
        self.stage = 0

    def draw(self, n: int, seed: int) -> tuple[Array, Array]:
        """n pairs as the stage has them."""
        x, y = self.joints[self.stage].sample(n, seed)
        return x, y


@dataclass
class _Board:
    raised: _Raised
    rows: dict[str, list[list[float]]] = field(default_factory=dict)  # method → what each stage's batches said


@dataclass(eq=False, repr=False, kw_only=True)
class Staircase(Sweep):
    """Critics train on fresh pairs of a distribution with a correlation ρ, which is raised so that the MI goes up in steps.

    At each step every method trains on one new batch and says what it estimates of that batch, which it has never seen
    before. A bound that cannot follow ends below the stairs, one of high variance leaves them. `rows_` has a row for each
    level and method: mean, spread and bias over the second half of the level's steps, or the sentence that says where it ended.

    References: Song & Ermon (2020), Understanding the Limitations of Variational Mutual Information Estimators,
    arXiv:1910.06222, section 6.1; Poole et al. (2019), arXiv:1905.06922.
    """

    title: ClassVar[str] = "Staircase of mutual information"
    reference: ClassVar[str] = (
        "Song and Ermon, 2020, Understanding the Limitations of Variational MI Estimators, arXiv:1910.06222"
    )
    takes: ClassVar[tuple[str, ...]] = ("rows",)

    methods: Annotated[tuple[Any, ...], "The estimators that train, by the names of their files."] = (
        "infonce",
        "nwj",
        "smile",
        "mine",
    )
    levels: Annotated[tuple[Any, ...], "The mutual information of each step of the stairs, in nats."] = (
        2.0,
        4.0,
        6.0,
        8.0,
        10.0,
    )
    every: Annotated[int, Range(10, 20_000, log=True), Field("Steps a level"), "Training steps at each level."] = 500
    batch_size: Annotated[
        int, Range(8, 1024, log=True), "Pairs in a training step; all others of the batch are negatives."
    ] = 64
    critic: Annotated[
        Literal["separable", "concat", "bilinear"],
        "How the critic sees a pair; the separable one is by far the fastest.",
    ] = "separable"
    hidden: Annotated[int, Range(1, 1024, log=True), "Units in each of two hidden layers of the critic."] = 256
    learning_rate: Annotated[float, Range(1e-5, 1.0, log=True), "Step size of Adam."] = 1e-3

    def check_parameters(self) -> None:
        """Also that the methods train critics, and that levels are numbers. Errors: ValueError in one sentence."""
        super().check_parameters()
        check_methods(self.methods)
        known = trained()
        for method in self.methods:
            if method not in known:
                raise ValueError(
                    Sentence("method={method!r} trains no critic; use {names}", method=method, names=", ".join(known))
                )
        if not 1 <= len(self.levels) <= 20:
            raise ValueError(Sentence("levels has {count} entries; give 1 to 20", count=len(self.levels)))
        level = params.Param("levels", float, 1.0, "", Range(0.0, 50.0))
        for value in self.levels:
            level.check(value)

    def steps(  # type: ignore[override]  # it draws for itself
        self, source: TaskSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step for each training step: "truth", "mi.<method>" of a fresh batch, and "mean.<method>" of the last 50 of this
        level, in nats. A method whose numbers leave the finite ones says nothing more."""
        self.check_parameters()
        if not isinstance(source, TaskSource):
            raise ValueError(Sentence("a staircase is of a distribution whose mutual information is known"))
        self._run = board = _Board(_Raised(source.tasks[0][1], tuple(map(float, self.levels))))
        board.rows = {method: [[] for _ in self.levels] for method in self.methods}
        running = {method: self._begun(method, board.raised) for method in self.methods}
        for index in range(self.total):
            board.raised.stage = index // self.every
            info = {"truth": board.raised.joints[board.raised.stage].true_mi}
            for method, steps in list(running.items()):
                said = board.rows[method][board.raised.stage]
                try:
                    said.append(next(steps).info["mi"])
                except Diverged:
                    del running[method]
                else:
                    info |= {f"mi.{method}": said[-1], f"mean.{method}": float(np.mean(said[-_WINDOW:]))}
            yield Step(index + 1, info)

    def _begun(self, method: str, raised: _Raised) -> Iterator[Step]:
        estimator: Any = estimator_class(method)(**self._shared(), random_state=self.seed(), device=self.device)
        return iter(estimator.steps(Source(*raised.draw(_ROWS, self.seed()), draw=raised.draw)))

    def _shared(self) -> dict[str, Any]:
        """How every method trains."""
        own = {name: getattr(self, name) for name in ("critic", "hidden", "learning_rate", "batch_size")}
        fixed = {"activation": "relu", "schedule": "constant", "patience": 0, "margins": "raw"}
        return own | fixed | {"negatives": self.batch_size - 1, "iterations": self.total}

    @property
    def total(self) -> int:
        """Training steps of each method."""
        return self.every * len(self.levels)

    def finish(self) -> Self:
        """Set `rows_`, of the levels that were reached. Errors: ValueError where the run did not begin."""
        board = self._under_way()
        self.rows_ = [
            self._row(method, joint.true_mi, said) | {"run": self._single(method, joint)}
            for method, stages in board.rows.items()
            for joint, said in zip(board.raised.joints, stages, strict=True)
            if said
        ]
        return self

    def _row(self, method: str, truth: float, said: list[float]) -> dict[str, Any]:
        row: dict[str, Any] = {"method": method, "truth": truth, "mi": None, "spread": None, "bias": None}
        if len(said) < self.every:  # stopped, or its numbers left the finite ones
            template = "ended at step {n} of {every} of this level, and has no mean"
            return row | {"error": Sentence(template, n=len(said), every=self.every)}
        late = said[len(said) // 2 :]
        mean = float(np.mean(late))
        return row | {"mi": mean, "spread": float(np.std(late)), "bias": mean - truth, "error": None}

    def _single(self, method: str, joint: Any) -> dict[str, Any]:
        """One level by itself as a run: the method from the start on fresh draws, its estimate on rows held out."""
        data = {"distribution": to_dict(joint), "n": _HELD_OUT, "fresh": True}
        parameters = self._shared() | {"iterations": self.every}
        family = MIEstimator.family
        return {"family": family, "method": method, "parameters": parameters, "data": data, "seed": self.seed()}

    def result(self) -> dict[str, Any]:
        """Methods, levels, and the rows, each with the single run of its level."""
        return {"methods": list(self.methods), "levels": list(self.levels), "rows": self.rows_}


def trained() -> list[str]:
    """The estimators that train a critic on batches of pairs."""
    classes, _ = discover.importable(MIEstimator.family)
    return [name for name, cls in classes.items() if {"critic", "negatives", "margins"} <= set(params.parameters(cls))]


def _with_mi(joint: Any, level: float) -> Any:
    """The distribution, or what it maps, with another ρ."""
    if (inner := getattr(joint, "of", None)) is not None:
        return replace(joint, of=_with_mi(inner, level))
    if not hasattr(joint, "rho"):
        raise ValueError(
            Sentence("{title} has no correlation ρ that could be raised; take a Gaussian", title=Sentence(joint.title))
        )
    low, high = 0.0, _STRONGEST
    if (most := replace(joint, rho=high).true_mi) < level:
        template = "levels={level:g} is above {most:.2f} nats, the most that ρ = 0.9999 gives: take more dimensions"
        raise ValueError(Sentence(template, level=level, most=most))
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if replace(joint, rho=middle).true_mi < level else (low, middle)
    return replace(joint, rho=high)
