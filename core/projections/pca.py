"""Principal components: the linear features that keep the most variance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
from sklearn import decomposition

from core.arrays import flat, unit_of
from core.learning.scaling import Scale
from core.method import Array, Checkpoint, Projection, Source, Step, check_is_fitted, validate_data
from core.params import Range
from core.projections._faithfulness import faithfulness
from core.projections._rows import Standardise, picture, scale_of
from core.sentences import Sentence


class _Run(NamedTuple):
    """The fitted components, in the unit that the rows were divided by, and where the rows come from."""

    inner: decomposition.PCA
    unit: float
    source: Source
    rows: Array
    scale: Scale | None


@dataclass(eq=False, repr=False, kw_only=True)
class PCA(Projection):
    """Turns the data to the axes along which they vary most, and keeps the first of these.

        z = (x − mean) W, the columns of W being the leading eigenvectors of the covariance of x

    A baseline for learned features. Done in one step.

    References: Pearson, 1901, Philosophical Magazine 2(11); Halko, Martinsson and Tropp, 2011, arXiv:0909.4061.
    """

    title: ClassVar[str] = "Principal components"
    look: ClassVar[int | None] = 4
    reference: ClassVar[str] = "Pearson, 1901, On lines and planes of closest fit, Philosophical Magazine 2(11)"
    views: ClassVar[tuple[str, ...]] = ("features",)

    n_components: Annotated[
        int, Range(1, 4096, log=True), "Number of components, at most the rows and columns there are."
    ] = 16
    standardise: Standardise = False

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, d), or pictures (n, c, h, w). Errors: ValueError."""
        return self.run(Source(validate_data(self, flat(X), dtype=np.float64, ensure_min_samples=2)))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield once, "explained": the share of the variance that is kept."""
        x = flat(source.x).astype(np.float64)
        if len(x) < 2:
            raise ValueError(Sentence("{n_x} sample is too few for PCA: give at least 2 rows", n_x=len(x)))
        scale = scale_of(x, self.standardise)
        x = scale(x) if scale else x
        k = min(self.n_components, *x.shape)
        # A power of two, so that squares stay within double precision and all else is the same to the last digit.
        unit = float(unit_of(x))
        with np.errstate(invalid="ignore"):  # rows that are all equal have no variance to share
            inner = decomposition.PCA(k, random_state=self.seed()).fit(x / unit)
        self._run = _Run(inner, unit, source, x, scale)
        ratio = np.nan_to_num(inner.explained_variance_ratio_)
        yield Step(1, {"explained": float(ratio.sum())})

    def finish(self) -> Self:
        """Set the components and their variances. Errors: ValueError before the first step."""
        inner, unit, _, rows, self.scale_ = self._under_way()
        self.components_, self.mean_ = inner.components_, inner.mean_ * unit
        self.explained_variance_ratio_ = np.nan_to_num(inner.explained_variance_ratio_)
        self.n_features_in_ = len(self.mean_)
        self.coordinates_ = self._features()
        # Of two rows no neighbour can be wrong.
        self.faithfulness_ = faithfulness(rows, self.coordinates_[:, :2]) if len(rows) > 2 else {}
        return self

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def transform(self, X: Any) -> Array:
        """The features, (n, k)."""
        check_is_fitted(self)
        X = validate_data(self, flat(X), reset=False, dtype=np.float64)
        return _turned(self.scale_(X) if self.scale_ else X, self.mean_, self.components_)

    def result(self) -> dict[str, Any]:
        """The explained share of the variance, in all and by component, and how faithful the first two are to all columns."""
        check_is_fitted(self)
        ratio = self.explained_variance_ratio_
        found = {"explained": float(ratio.sum()), "explained_by_component": ratio.tolist(), "n_components": len(ratio)}
        return found | self.faithfulness_

    def view(self, name: str) -> dict[str, Array]:
        """ "features": the first three components as "coordinates" (m ≤ 100,000, 2 or 3), with "rows" and "labels"."""
        if name not in self.views:
            return super().view(name)
        if self._current is None:
            check_is_fitted(self)
            return picture(self.coordinates_, None)
        return picture(self._features(), self._run.source)

    def _features(self) -> Array:
        inner, unit, _, rows, _ = self._under_way()
        few = inner.components_[:3]
        return np.pad(_turned(rows, inner.mean_ * unit, few), ((0, 0), (0, max(0, 2 - len(few)))))


def _turned(x: Array, mean: Array, components: Array) -> Array:
    """(x − mean) Wᵀ; halved first, because the difference of two large numbers may overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        turned = (x / 2 - mean / 2) @ components.T * 2
    if not np.isfinite(turned).all():
        raise ValueError(
            Sentence(
                "X holds {largest:.3g}, and its components leave double precision: divide X", largest=np.abs(x).max()
            )
        )
    return turned
