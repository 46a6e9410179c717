"""The families of methods: what each learns, and which attributes a fitted one has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, RegressorMixin, TransformerMixin

from core.arrays import column_names
from core.method.base import Method
from core.method.source import Array, Source
from core.method.validation import validate_data
from core.sentences import Sentence


@dataclass(eq=False, repr=False, kw_only=True)
class MIEstimator(Method):
    """Estimates I(X; Y). Sets `mi_` (nats), `interval_` (low, high), `trust_`, `history_`."""

    family: ClassVar[str] = "estimators"
    closed_form: ClassVar[bool] = False  # gives its value without training, in a time that many pairs of columns allow
    batched: ClassVar[bool] = False  # trains, and many pairs at once as one network: `side_by_side`
    quick: ClassVar[bool] = False  # takes milliseconds, so that hundreds of shuffled copies can be estimated as well
    any_dependence: ClassVar[bool] = (
        False  # a closed form that misses none: a critic that finds less has not learned all
    )

    names: ClassVar[int] = 2  # as many of a side as it takes for names and not for numbers; two are as good as a number

    def fit(self, X: Any, y: Any) -> Self:
        """X: (n, dx), y: (n,) or (n, dy), both numeric. Errors: ValueError."""
        x_names, y_names = column_names(X), column_names(y)
        X, y = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=np.float64, ensure_min_samples=2)
        y = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
        return self.run(Source(X, y, x_names=x_names, y_names=y_names))

    def alone(self, x: Array, y: Array) -> float:
        """The estimate of rows x (n, dx), y (n, dy) in nats, and nothing that a verdict needs."""
        *_, last = self.steps(Source(x, y))
        return last.info["mi"]

    def in_orders(self, x: Array, y: Array, orders: Iterable[Array], moved: str = "y") -> Iterator[float]:
        """`alone` with one side in each of some orders of its rows (n,)."""
        return (self.alone(x[order], y) if moved == "x" else self.alone(x, y[order]) for order in orders)

    def estimated(self) -> dict[str, Any]:
        """mi, interval, trust and reasons of a finished run, as JSON has them."""
        return {
            "mi": self.mi_,
            "interval": list(self.interval_),
            "trust": self.trust_.level,
            "reasons": list(self.trust_.reasons),
        }

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags


@dataclass(eq=False, repr=False, kw_only=True)
class Clusterer(ClusterMixin, Method):
    """Groups rows or pictures. Sets `labels_`; `predict` and `predict_proba` place new ones."""

    family: ClassVar[str] = "clusterers"
    scanned: ClassVar[tuple[str, tuple[int, ...]]] = ("n_clusters", (6, 8, 10, 12, 15))
    # Numbers of its result that others get on the same rows: name → (title, the method whose colour it has).
    baselines: ClassVar[dict[str, tuple[str, str]]] = {}


@dataclass(eq=False, repr=False, kw_only=True)
class _Transformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Method):
    """`fit(X).transform(X)` has `_n_features_out` columns, which `get_feature_names_out` calls by the class's name and a
    number."""

    @property
    def _n_features_out(self) -> int:
        raise NotImplementedError


@dataclass(eq=False, repr=False, kw_only=True)
class Encoder(_Transformer):
    """Learns features of rows or pictures, (n, n_features), that are of use for something else."""

    family: ClassVar[str] = "encoders"
    scanned: ClassVar[tuple[str, tuple[int, ...]]] = ("n_features", (10, 16, 32, 64))

    def features(self, X: Any) -> Array:
        """What `transform` gives."""
        return np.asarray(self.transform(X))


@dataclass(eq=False, repr=False, kw_only=True)
class Projection(_Transformer):
    """Lays rows or pictures out, so that they can be seen: what it gives is a picture of them, and no features to go on with."""

    family: ClassVar[str] = "projections"


@dataclass(eq=False, repr=False, kw_only=True)
class ConditionalDensity(RegressorMixin, Method):
    """Learns p(y | x): `predict` is the mean, `log_density(X, y)` is log p(y | x) per row in nats."""

    family: ClassVar[str] = "densities"
    baseline: ClassVar[str] = ""  # the member of the family that its pictures show beside it


@dataclass(eq=False, repr=False, kw_only=True)
class Pitfall(Method):
    """An error made on purpose beside the right way, on the same data, so that its figure can be seen.

    Each Step's info holds "wrong" and "right", the same quantity got both ways. `quantity` names it and its unit,
    `ways` names both figures, `on` says in one sentence of which rows and in which unit they are, `mistake` what is done
    wrong, `remedy` what to do instead. `result` gives "wrong", "right" and "verdict", one sentence with both figures.
    `about` lists the families on whose pages it stands.
    `shows` is by how much the wrong figure has to exceed the right one for the error to be seen, or, where it is negative,
    to fall below it; None where the verdict judges that itself.
    """

    family: ClassVar[str] = "pitfalls"
    about: ClassVar[tuple[str, ...]] = ()
    quantity: ClassVar[str] = ""
    ways: ClassVar[tuple[str, str]] = ("The wrong way", "The right way")
    on: ClassVar[str] = ""
    mistake: ClassVar[str] = ""
    remedy: ClassVar[str] = ""
    shows: ClassVar[float | None] = None

    def finish(self) -> Self:
        """Set `wrong_` and `right_` as `_run` has them by now. Errors: ValueError before the first step."""
        figures = self._under_way()
        self.wrong_, self.right_ = figures["wrong"], figures["right"]
        return self

    def result(self) -> dict[str, Any]:
        """Both figures and one sentence."""
        least = self.shows
        hidden = least is not None and (self.wrong_ - self.right_) / least < 1
        return {"wrong": self.wrong_, "right": self.right_, "verdict": self._unseen() if hidden else self._verdict()}

    def _unseen(self) -> str:
        wrong, right = (
            f"{figure:.1%}" if self.quantity == "accuracy" else f"{figure:.2f}" for figure in (self.wrong_, self.right_)
        )
        return Sentence(
            "The wrong way gives {wrong} and the right way {right}: these data do not show the error with this seed. "
            "Try another seed or other data.",
            wrong=wrong,
            right=right,
        )

    def _verdict(self) -> str:
        raise NotImplementedError


@dataclass(eq=False, repr=False, kw_only=True)
class Sweep(Method):
    """Many equal parts in one run: a Step a part. No estimator of one thing, hence no `fit`."""

    family: ClassVar[str] = "sweeps"

    @classmethod
    def repeated(cls, parameters: dict[str, Any]) -> dict[str, Any] | None:
        """Family, method and parameters of the single run that is repeated; None where the parts are no runs."""
        return None
