"""k-means on the raw values: the line that every learned clustering must beat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from sklearn import cluster

from core.arrays import column_names, flat, stacked, unit_of
from core.clusterers import _report
from core.evaluation.assignment import match
from core.learning.scaling import Scale, near_constant
from core.method import Array, Checkpoint, Clusterer, Source, Step, check_is_fitted, validate_data
from core.params import Range
from core.sentences import Sentence


class _Run(NamedTuple):
    """The fitted centres, the labels there are, the rows as they were grouped, divided by their unit, and notices."""

    model: cluster.KMeans
    labels: Array | None
    x: Array
    unit: float
    notices: list[Sentence]


@dataclass(eq=False, repr=False, kw_only=True)
class KMeans(Clusterer):
    """k-means: the k centres μ with the least Σ min_j |x − μ_j|², by Lloyd's steps from several starts.

    X: (n, d), or pictures (n, …), which are flattened; they share one unit and are never standardised. Sets `labels_`
    (n,), `cluster_centers_` (k, d) in the units of X, and `inertia_`, of standardised columns where they are.
    References: S. P. Lloyd (1982), Least squares quantization in PCM, IEEE Trans. Inf. Theory 28.
    """

    title: ClassVar[str] = "k-means"
    look: ClassVar[int | None] = 5
    reference: ClassVar[str] = "S. P. Lloyd (1982), Least squares quantization in PCM, IEEE Trans. Inf. Theory 28"

    views: ClassVar[tuple[str, ...]] = ("confusion", "confusion_raw", "many_to_one", "sizes", "assignments")

    n_clusters: Annotated[int, Range(1, 200), "The number of clusters."] = 10
    starts: Annotated[int, Range(1, 100, log=True), "Runs from different centres; the best is kept."] = 10

    standardise: Annotated[
        bool,
        "Rows of a table: bring every column to mean 0 and deviation 1 first, as IIC does, so that units do not count.",
    ] = True

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, d) or (n, …). y is ignored. Errors: ValueError."""
        X = stacked(X)
        rows = self._flat(X, reset=True)
        return self.run(Source(rows.reshape(np.shape(X)), x_names=column_names(X)))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """One step, which does it all. Info: "inertia", and "accuracy" where there are labels."""
        self.check_parameters()
        x = np.asarray(source.x, dtype=np.float64).reshape(len(source), -1)
        d = x.shape[1]
        columns = self.standardise and source.x.ndim == 2
        # A power of two, so that squares stay within double precision and all else is the same to the last digit.
        unit = 1.0 if columns else float(unit_of(x))
        notices = near_constant(x, source.x_names) if columns else []
        self.scale_ = Scale.of(x) if columns else Scale((d,), np.zeros(d), np.full(d, unit))
        x = self.scale_.apply(x).numpy()
        if len(x) < self.n_clusters:
            raise ValueError(
                Sentence(
                    "n_clusters={n_clusters} is more than the {n} rows (n_samples={n})",
                    n_clusters=self.n_clusters,
                    n=len(x),
                )
            )
        model = cluster.KMeans(self.n_clusters, n_init=self.starts, random_state=self.seed())
        self._run = _Run(model.fit(x), source.labels, x, unit, notices)
        info = {"inertia": float(model.inertia_) * unit * unit}
        if source.labels is not None:
            info["accuracy"] = match(source.labels, model.labels_, self.n_clusters).accuracy
        self.finish()
        yield Step(1, info)

    def finish(self) -> Self:
        """Set the fitted attributes."""
        model, labels, x, unit, self.notices_ = self._under_way()
        self.labels_ = model.labels_
        self.cluster_centers_ = self.scale_.offset + self.scale_.span * model.cluster_centers_
        self.inertia_ = float(model.inertia_) * unit * unit
        self.variance_ = float(model.inertia_) / max(1, x.size)  # on the scale of the columns
        self.scores_ = {} if labels is None else _report.scores(labels, self.labels_, self.n_clusters)
        self.n_features_in_ = self.cluster_centers_.shape[1]
        return self

    def get_state(self) -> Checkpoint | None:
        """The centres and the scale of the columns."""
        check_is_fitted(self, "cluster_centers_")
        parts = {"centers": self.cluster_centers_, "offset": self.scale_.offset, "span": self.scale_.span}
        return Checkpoint(0, {k: torch.as_tensor(v) for k, v in parts.items()}, {"variance": self.variance_})

    def set_state(self, saved: Checkpoint) -> Self:
        """Take the centres back. Errors: ValueError where they are not as many as asked for."""
        self.cluster_centers_, self.variance_ = saved.tensors["centers"].numpy(), float(saved.meta["variance"])
        if self.cluster_centers_.ndim != 2 or len(self.cluster_centers_) != self.n_clusters:
            raise ValueError(
                Sentence(
                    "centers={shape} are not n_clusters={n_clusters}",
                    shape=self.cluster_centers_.shape,
                    n_clusters=self.n_clusters,
                )
            )
        self.n_features_in_ = self.cluster_centers_.shape[1]
        # Models of before the columns had a scale were of the raw values.
        raw = {"offset": torch.zeros(self.n_features_in_), "span": torch.ones(self.n_features_in_)}
        offset, span = ((raw | saved.tensors)[name].numpy() for name in ("offset", "span"))
        self.scale_ = Scale.kept((self.n_features_in_,), offset, span)
        return self

    def predict(self, X: Any) -> Array:
        """The nearest centre of each row, (n,)."""
        check_is_fitted(self, "cluster_centers_")
        from sklearn.metrics import pairwise_distances_argmin

        x, centers = (self._scaled(rows) for rows in (self._flat(X, reset=False), self.cluster_centers_))
        unit = max(1.0, float(unit_of(x)))
        return pairwise_distances_argmin(x / unit, centers / unit)

    def predict_proba(self, X: Any) -> Array:
        """The shares, (n, k), of equal spherical Gaussians at the centres: softmax of −|x − μ|² / 2σ², σ² the mean
        squared distance to the own centre per column."""
        check_is_fitted(self, "cluster_centers_")
        return self._shares(self._scaled(self._flat(X, reset=False)))

    def _scaled(self, x: Array) -> Array:
        return self.scale_.apply(x).numpy()

    def _shares(self, x: Array) -> Array:
        from scipy.special import softmax
        from sklearn.metrics import pairwise_distances

        unit = max(1.0, float(unit_of(x)))
        squared = pairwise_distances(x / unit, self._scaled(self.cluster_centers_) / unit, metric="sqeuclidean")
        behind = squared - squared.min(1, keepdims=True)
        with np.errstate(over="ignore", invalid="ignore"):  # so far away that only the nearest centre is left
            behind = np.where(behind > 0, behind * np.square(unit), 0.0) / (2 * max(self.variance_, 1e-300))
        return softmax(-behind, axis=1)

    def result(self) -> dict[str, Any]:
        """The inertia, the sizes and, where there are labels, the scores against them; "notices": sentences."""
        sizes = np.bincount(self.labels_, minlength=self.n_clusters).tolist()
        found = {"inertia": self.inertia_, "sizes": sizes, "rows": len(self.labels_), "notices": list(self.notices_)}
        return found | self.scores_

    def view(self, name: str) -> dict[str, Array]:
        """See `views`. The certainty of a row is its share in its own cluster, see `predict_proba`."""
        if name not in self.views:
            return super().view(name)
        model, labels, x, *_ = self._shown_run(name)
        if name == "sizes":
            return {"sizes": np.bincount(model.labels_, minlength=self.n_clusters)}
        if name != "assignments":
            return _report.confusion(labels, model.labels_, self.n_clusters, name)
        known = {} if labels is None else {"label": np.asarray(labels)}
        certainty = self._shares(x)[np.arange(len(x)), model.labels_]
        return {"index": np.arange(len(x)), "cluster": model.labels_, "certainty": certainty, **known}

    def _flat(self, X: Any, reset: bool) -> Array:
        return validate_data(self, flat(X), reset=reset, dtype=np.float64)
