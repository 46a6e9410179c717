"""The one contract: every method yields `Step`s from a `Source`, and is a scikit-learn estimator besides.

A closed form yields once, a network thousands of times. A script iterates `steps`, a unit test takes five of them,
`fit` drains them, and a worker process that pulls the same generator is the live dashboard. Pause means: stop pulling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, RegressorMixin, TransformerMixin
from sklearn.utils import validation
from sklearn.utils.validation import check_is_fitted

from core import files, params
from core.arrays import column_names, plain, shown
from core.params import Range
from core.sentences import Sentence

if TYPE_CHECKING:
    from torch import Tensor

Array = np.ndarray
DEVICES = (
    r"auto|cpu|mps|cuda(:\d{1,2})?"  # the names of devices; whether this machine has one is asked when a run begins
)


class Step(NamedTuple):
    """What one step has to say: its index (1, 2, …) and the scalars to plot, such as "loss" or "mi" (nats).

    Pictures are asked for, not pushed: `method.view(name)`.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of a step
    info: dict[str, float]


@dataclass(frozen=True, eq=False)
class Source:
    """Where a method's data come from: fixed arrays, or a sampler of fresh draws beside a fixed held-out sample.

    x: (n, dx), or pictures (n, c, h, w). y: (n, dy) or None. `draw(n, seed)` gives n fresh pairs; when it is set,
    training uses draws alone, and x, y are rows that no step ever trains on. `labels` (n,) are for reports, never for
    training. `pointwise(x, y)` is the true log p(x, y) / p(x)p(y) in nats, where it is known;
    `log_density(x, y)` is the true log p(y | x). `rows` (n,) are the places of x's rows in the set or table they are
    taken from, counted from 0.
    """

    x: Array
    y: Array | None = None
    draw: Callable[[int, int], tuple[Array, Array]] | None = None
    labels: Array | None = None
    pointwise: Callable[[Array, Array], Array | None] | None = None
    log_density: Callable[[Array, Array], Array] | None = None
    x_names: tuple[str, ...] = ()
    y_names: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    rows: Array | None = None
    test: Source | None = None  # rows kept apart by whoever made the data: never trained on, never chosen by

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class TableSource:
    """A table (core.Table) and the columns of it that a sweep takes; each part of the sweep has rows of its own."""

    table: Any
    columns: tuple[str, ...]
    notices: tuple[str, ...] = ()


@dataclass
class Checkpoint:
    """All that resuming needs, bit for bit on the CPU: tensors (weights, optimiser, random states) and a JSON part."""

    index: int
    tensors: dict[str, Tensor]
    meta: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write a safetensors file: beside, then moved into place."""
        from safetensors.torch import save_file

        beside = files.beside_of(Path(path))
        tensors = {name: value.detach().cpu().contiguous().clone() for name, value in self.tensors.items()}
        try:
            save_file(tensors, beside, metadata={"index": str(self.index), "meta": files.to_json(self.meta)})
            files.move(beside, Path(path))
        finally:
            beside.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Errors: ValueError that names the file."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                header = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (safe_open is no mapping)
            return cls(int(header["index"]), tensors, files.from_json(header["meta"]))
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            raise ValueError(
                Sentence("{name} is not a checkpoint of this program: {error}", name=Path(path).name, error=error)
            ) from error


@dataclass(eq=False, repr=False, kw_only=True)
class Method(BaseEstimator):
    """A scikit-learn estimator that can be watched.

    A subclass writes `steps`, `finish` and, where it trains, `checkpoint` and `view`. Fitted attributes end in `_`;
    what belongs to a run under way is held in `_run`, which is neither pickled nor cloned.
    """

    family: ClassVar[str] = ""
    title: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    views: ClassVar[tuple[str, ...]] = ()
    rank: ClassVar[int] = 100  # place among its family: a page begins with the lowest; equal ranks go by name
    look: ClassVar[int | None] = None  # number of its colour and mark in charts; None takes one that is free
    # The parameter that counts what is found (clusters, features), and the values with which a scan of it begins.
    scanned: ClassVar[tuple[str, tuple[int, ...]]] = ("", ())

    random_state: Annotated[int | None, Range(0, 2**32 - 1), "Seed: the same seed gives the same run."] = 0
    device: Annotated[str, "Where it runs: auto, cpu, cuda, cuda:1 or mps."] = "auto"

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield a Step each time there is something to see; `start` continues from a checkpoint."""
        raise NotImplementedError

    def finish(self) -> Self:
        """Set the fitted attributes from where the run stands; Stop calls it too."""
        return self

    def checkpoint(self) -> Checkpoint | None:
        """The state to resume from, or None for a method that is done in one step."""
        return None

    def fitted(self) -> Checkpoint | None:
        """What a finished method needs to answer new rows, for `core.saved`; None where it has nothing of the kind."""
        return None

    def settle(self, saved: Checkpoint) -> Self:
        """Take back what `fitted` gave. Errors: ValueError where it does not fit."""
        raise ValueError(Sentence("{name} keeps no model", name=type(self).__name__))

    def features(self, X: Any) -> Array | None:
        """What a finished method has learned of each row, (n, d), to go on with; None where it learns nothing of the kind."""
        return None

    @property
    def total(self) -> int:
        """The number of steps a run takes at most, for progress and ETA."""
        return 1

    def result(self) -> dict[str, Any]:
        """What a finished run has to say in JSON: numbers, sentences, short lists."""
        return {}

    def view(self, name: str) -> dict[str, Array]:
        """The arrays of one picture (at most 64 × 64), computed where the model lives. `views` lists the names."""
        raise ValueError(
            Sentence(
                "{name} has no picture {picture!r}; it has {known}",
                name=type(self).__name__,
                picture=name,
                known=", ".join(self.views) or Sentence("none"),
            )
        )

    @classmethod
    def counted(cls) -> params.Param | None:
        """The parameter of `scanned`, or None for a class that has none of this name."""
        return params.parameters(cls).get(cls.scanned[0])  # type: ignore[arg-type]

    def check_parameters(self) -> None:
        """Every parameter against its annotation. Errors: ParameterError."""
        params.check(type(self), self.get_params(deep=False))
        if not re.fullmatch(DEVICES, self.device):
            raise params.ParameterError(
                Sentence("device={device!r} is not a device; use auto, cpu, cuda, cuda:1 or mps", device=self.device)
            )

    def seed(self) -> int:
        """The seed as a whole number; None draws one from the operating system."""
        if self.random_state is not None:
            return int(self.random_state)
        return int(np.random.SeedSequence().generate_state(1)[0])

    @property
    def _current(self) -> Any:
        """What belongs to the run, or None: before the first step, and in a method that was loaded or pickled."""
        return getattr(self, "_run", None)

    def _under_way(self) -> Any:
        """What belongs to the run. Errors: ValueError before the first step, and where the run was in another process."""
        if self._current is None:
            raise ValueError(Sentence("{name} has not taken a step yet: run it first", name=type(self).__name__))
        return self._current

    def _shown_run(self, picture: str) -> Any:
        """The run that a picture is of. Errors: ValueError where it was in another process."""
        try:
            return self._under_way()
        except ValueError as error:
            raise ValueError(
                Sentence(
                    "the picture {picture!r} is shown of a run in this process; run it again to see it", picture=picture
                )
            ) from error

    def drain(self, source: Source) -> Self:
        """Run all steps, keep them as `history_`, finish."""
        self.check_parameters()
        self.history_ = list(self.steps(source))
        return self.finish()

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_run"}


def validate_data(method: Method, X: Any, *y: Any, **checks: Any) -> Any:
    """scikit-learn's check of X, and of y where it is given, which also takes tensors. Errors: ValueError."""
    try:
        return validation.validate_data(method, plain(X), *map(plain, y), **checks)
    except OverflowError as error:
        raise ValueError(
            Sentence("a number beyond ±1.8e308 is too large for double precision: divide its column")
        ) from error
    except ValueError as error:
        raise _in_one_sentence(error, X) from error


def _in_one_sentence(error: ValueError, X: Any) -> ValueError:
    """scikit-learn's own words without the values and the advice that it prints below them."""
    first = str(error).split("\n")[0]
    if "contains NaN" in first or "contains infinity" in first:
        return ValueError(Sentence("{rstrip}: drop or fill those rows", rstrip=first.rstrip(".")))
    if first.startswith("Expected 2D array"):
        what = Sentence("has the shape {x}", x=np.shape(X)) if np.ndim(X) else f"is {shown(X)}"
        return ValueError(
            Sentence(
                "X {what}: give rows (n, d). Reshape your data by X.reshape(-1, 1) if it is a single column", what=what
            )
        )
    if first.startswith("Complex data not supported"):
        return ValueError("Complex data not supported: give real and imaginary part as two columns")
    if first.startswith("could not convert string"):
        return ValueError(Sentence("X or y holds text, not numbers: {first}", first=first))
    return error


@dataclass(eq=False, repr=False, kw_only=True)
class MIEstimator(Method):
    """Estimates I(X; Y). Sets `mi_` (nats), `interval_` (low, high), `trust_`, `history_`."""

    family: ClassVar[str] = "estimators"
    closed_form: ClassVar[bool] = False  # gives its value without training, in a time that many pairs of columns allow
    any_dependence: ClassVar[bool] = (
        False  # a closed form that misses none: a critic that finds less has not learned all
    )

    def fit(self, X: Any, y: Any) -> Self:
        """X: (n, dx), y: (n,) or (n, dy), both numeric. Errors: ValueError."""
        x_names, y_names = column_names(X), column_names(y)
        X, y = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=np.float64, ensure_min_samples=2)
        y = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
        return self.drain(Source(X, y, x_names=x_names, y_names=y_names))

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


__all__ = [
    "Array",
    "Checkpoint",
    "Clusterer",
    "ConditionalDensity",
    "Encoder",
    "MIEstimator",
    "Method",
    "Pitfall",
    "Projection",
    "Range",
    "Source",
    "Step",
    "Sweep",
    "TableSource",
    "check_is_fitted",
    "validate_data",
]
