"""k-means on the raw values: the line that every learned clustering must beat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import torch
from sklearn import cluster

from core.clusterers import _report
from core.evaluation.assignment import match
from core.method import Array, Checkpoint, Clusterer, Source, Step, check_is_fitted, validate_data
from core.params import Range


@dataclass(eq=False, repr=False, kw_only=True)
class KMeans(Clusterer):
    """k-means: the k centres μ with the least Σ min_j |x − μ_j|², by Lloyd's steps from several starts.

    X: (n, d), or pictures (n, …), which are flattened. Sets `labels_` (n,), `cluster_centers_`
    (k, d), `inertia_`.
    References: S. P. Lloyd (1982), Least squares quantization in PCM, IEEE Trans. Inf. Theory 28.
    """

    title: ClassVar[str] = "k-means"
    reference: ClassVar[str] = "S. P. Lloyd (1982), Least squares quantization in PCM, IEEE Trans. Inf. Theory 28"

    views: ClassVar[tuple[str, ...]] = ("confusion", "confusion_raw", "many_to_one", "sizes", "assignments")

    n_clusters: Annotated[int, Range(1, 200), "The number of clusters."] = 10
    starts: Annotated[int, Range(1, 100, log=True), "Runs from different centres; the best is kept."] = 10

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, d) or (n, …). y is ignored. Errors: ValueError."""
        return self.drain(Source(self._flat(X, reset=True)))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """One step, which does it all. Info: "inertia", and "accuracy" where there are labels."""
        self.check_parameters()
        x = np.asarray(source.x, dtype=np.float64).reshape(len(source), -1)
        if len(x) < self.n_clusters:
            raise ValueError(f"n_clusters={self.n_clusters} is more than the {len(x)} rows (n_samples={len(x)})")
        model = cluster.KMeans(self.n_clusters, n_init=self.starts, random_state=self.seed())
        self._run = model.fit(x), source.labels, x
        info = {"inertia": float(model.inertia_)}
        if source.labels is not None:
            info["accuracy"] = match(source.labels, model.labels_, self.n_clusters).accuracy
        self.finish()
        yield Step(1, info)

    def finish(self) -> Self:
        """Set the fitted attributes."""
        model, labels, x = self._run
        self.labels_, self.cluster_centers_ = model.labels_, model.cluster_centers_
        self.inertia_ = float(model.inertia_)
        self.variance_ = self.inertia_ / max(1, x.size)
        self.scores_ = {} if labels is None else _report.scores(labels, self.labels_, self.n_clusters)
        self.n_features_in_ = self.cluster_centers_.shape[1]
        return self

    def fitted(self) -> Checkpoint | None:
        """The centres."""
        check_is_fitted(self, "cluster_centers_")
        return Checkpoint(0, {"centers": torch.as_tensor(self.cluster_centers_)}, {"variance": self.variance_})

    def settle(self, saved: Checkpoint) -> Self:
        """Take the centres back. Errors: ValueError where they are not as many as asked for."""
        self.cluster_centers_, self.variance_ = saved.tensors["centers"].numpy(), float(saved.meta["variance"])
        if self.cluster_centers_.ndim != 2 or len(self.cluster_centers_) != self.n_clusters:
            raise ValueError(f"centers={self.cluster_centers_.shape} are not n_clusters={self.n_clusters}")
        self.n_features_in_ = self.cluster_centers_.shape[1]
        return self

    def predict(self, X: Any) -> Array:
        """The nearest centre of each row, (n,)."""
        check_is_fitted(self, "cluster_centers_")
        from sklearn.metrics import pairwise_distances_argmin

        return pairwise_distances_argmin(self._flat(X, reset=False), self.cluster_centers_)

    def predict_proba(self, X: Any) -> Array:
        """The shares, (n, k), of equal spherical Gaussians at the centres: softmax of −|x − μ|² / 2σ², σ² the mean
        squared distance to the own centre per column."""
        check_is_fitted(self, "cluster_centers_")
        return self._shares(self._flat(X, reset=False))

    def _shares(self, x: Array) -> Array:
        from scipy.special import softmax
        from sklearn.metrics import pairwise_distances

        squared = pairwise_distances(x, self.cluster_centers_, metric="sqeuclidean")
        return softmax(-squared / (2 * max(self.variance_, 1e-300)), axis=1)

    def result(self) -> dict[str, Any]:
        """The inertia, the sizes and, where there are labels, the scores against them."""
        sizes = np.bincount(self.labels_, minlength=self.n_clusters).tolist()
        return {"inertia": self.inertia_, "sizes": sizes, **self.scores_}

    def view(self, name: str) -> dict[str, Array]:
        """See `views`. The certainty of a row is its share in its own cluster, see `predict_proba`."""
        if name not in self.views:
            return super().view(name)
        if getattr(self, "_run", None) is None:
            raise ValueError(f"the picture {name!r} is shown of a run in this process; run it again to see it")
        model, labels, x = self._run
        if name == "sizes":
            return {"sizes": np.bincount(model.labels_, minlength=self.n_clusters)}
        if name != "assignments":
            return _report.confusion(labels, model.labels_, self.n_clusters, name)
        known = {} if labels is None else {"label": np.asarray(labels)}
        certainty = self._shares(x)[np.arange(len(x)), model.labels_]
        return {"index": np.arange(len(x)), "cluster": model.labels_, "certainty": certainty, **known}

    def _flat(self, X: Any, reset: bool) -> Array:
        shaped = X.reshape(len(X), -1) if isinstance(X, np.ndarray) and X.ndim > 2 else X
        return validate_data(self, shaped, reset=reset, dtype=np.float64)
