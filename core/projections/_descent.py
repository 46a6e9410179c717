"""t-SNE under way, a few iterations at a time so that it can be watched; and how faithful a picture in the plane is.

References: van der Maaten and Hinton, 2008, JMLR 9; Poličar, Stražar and Zupan, 2024, openTSNE, JSS 109(3);
Venna and Kaski, 2001 (trustworthiness).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.arrays import unit_of
from core.method import Array
from core.sentences import Sentence

LIMIT = 5000  # rows: a few minutes at most, and more points than a picture can show
_COLUMNS = 50  # t-SNE's neighbours are searched among this many principal components, as its authors do
_EXAGGERATION = 12.0  # of attraction in the first third, as in openTSNE
_NEIGHBOURS = 5  # scikit-learn's choice for trustworthiness


class Descent:
    """t-SNE under way: `advance` moves the points, `coordinates` (n, 2) and `kl` (nats) say where they are."""

    def __init__(self, features: Array, perplexity: float | None = None, seed: int = 0, iterations: int = 750) -> None:
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN

        features, _ = _checked(features)
        self.perplexity = perplexity_for(len(features), perplexity)
        self.iterations, self.index, self.kl = iterations, 0, float("nan")
        close = _principal(features, _COLUMNS, seed)
        # One thread and exact neighbours: the same seed gives the same picture, bit for bit.
        affinities = PerplexityBasedNN(close, perplexity=self.perplexity, method="exact", random_state=seed, n_jobs=1)
        self._affinities = affinities.P.data.copy()
        self._embedding = TSNEEmbedding(
            _start(close, seed), affinities, negative_gradient_method="bh", random_state=seed, n_jobs=1
        )

    @property
    def coordinates(self) -> Array:
        return np.array(self._embedding)

    def advance(self, n: int) -> None:
        """n iterations, the first third of all with exaggerated attraction; sets `kl`."""
        early = self.iterations // 3
        while n > 0:
            exaggerated = self.index < early
            block = min(n, early - self.index) if exaggerated else n
            # openTSNE multiplies P and divides it again, which is not exact: give it the original each time.
            self._embedding.affinities.P.data[:] = self._affinities
            self._embedding.optimize(
                block,
                exaggeration=_EXAGGERATION if exaggerated else 1,
                momentum=0.5 if exaggerated else 0.8,
                inplace=True,
            )
            self.index, n = self.index + block, n - block
        self.kl = float(self._embedding.kl_divergence)

    def state(self) -> dict[str, Array]:
        """What continuing needs: the coordinates, the last update and the gains."""
        optimizer = self._embedding.optimizer
        return {"coordinates": self.coordinates, "update": optimizer.update.copy(), "gains": optimizer.gains.copy()}

    def restore(self, state: dict[str, Array], index: int, kl: float) -> None:
        """Take a `state`. Errors: ValueError where it is of other rows."""
        if state["coordinates"].shape != self._embedding.shape:
            raise ValueError(
                Sentence(
                    "this checkpoint has {n_saved} rows, the data {n}",
                    n_saved=len(state["coordinates"]),
                    n=len(self._embedding),
                )
            )
        self._embedding[:] = state["coordinates"]
        self._embedding.optimizer.update, self._embedding.optimizer.gains = (
            state["update"].copy(),
            state["gains"].copy(),
        )
        self.index, self.kl = index, kl


def trustworthiness(features: Array, coordinates: Array) -> float:
    """1 less the penalised share of neighbours in the plane that are none among the features."""
    from sklearn import manifold

    # Only the order of distances counts: in a unit in which they can be squared.
    features, coordinates = (side / unit_of(side) for side in (features, coordinates))
    return float(
        manifold.trustworthiness(features, coordinates, n_neighbors=min(_NEIGHBOURS, (len(features) - 1) // 2))
    )


def perplexity_for(n: int, perplexity: float | None = None) -> float:
    """The perplexity to use for n rows; it looks at three times as many neighbours, so n − 1 must be that large."""
    most = max(1.0, (n - 1) / 3)
    if perplexity is None:
        return min(30.0, most)
    if perplexity > most:
        raise ValueError(
            Sentence(
                "perplexity={perplexity:g} is too large for {n} rows: use {most} or less",
                perplexity=perplexity,
                n=n,
                most=int(most),
            )
        )
    return float(perplexity)


def _checked(features: Any) -> tuple[Array, float]:
    """The features (n, d) in a unit in which they can be squared, and that unit, a power of two. Errors: ValueError."""
    features = np.asarray(features)
    features = features.reshape(len(features), -1).astype(np.float64, copy=False)
    if not np.isfinite(features).all():
        raise ValueError(Sentence("the features hold values that are not finite numbers: leave those rows out"))
    if not 4 <= len(features) <= LIMIT:
        raise ValueError(
            Sentence(
                "a projection needs 4 to {limit:,} rows, and there are {n:,}: take a part of them",
                limit=LIMIT,
                n=len(features),
            )
        )
    unit = float(unit_of(features))
    return features / unit, unit


def _principal(features: Array, k: int, seed: int) -> Array:
    """The first k principal components, or all columns, centred, where there are no more; at least two columns."""
    from sklearn.decomposition import PCA

    k = min(k, *features.shape)
    out = PCA(k, random_state=seed, svd_solver="covariance_eigh" if features.shape[1] <= 1000 else "randomized")
    columns = out.fit_transform(features)
    return np.pad(columns, ((0, 0), (0, max(0, 2 - k))))


def _start(close: Array, seed: int) -> Array:
    """The first two components, tiny, with a grain of noise that parts equal rows."""
    start = close[:, :2] / (close[:, 0].std() or 1.0)
    return 1e-4 * (start + 0.01 * np.random.default_rng(seed).standard_normal(start.shape))
