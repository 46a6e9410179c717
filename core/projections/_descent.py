"""t-SNE under way, a few iterations at a time so that it can be watched.

References: van der Maaten and Hinton, 2008, JMLR 9; Poličar, Stražar and Zupan, 2024, openTSNE, JSS 109(3).
"""

from __future__ import annotations

import numpy as np

from core.method import Array
from core.projections._neighbours import EXACT
from core.projections._rows import SHOWN, checked, principal, same_rows
from core.sentences import Sentence

LIMIT = SHOWN  # rows: some minutes
_COLUMNS = 50  # t-SNE's neighbours are searched among this many principal components, as its authors do
_EXAGGERATION = 12.0  # of attraction in the first third, as in openTSNE


class Descent:
    """t-SNE under way: `advance` moves the points, `coordinates` (n, 2 or 3) and `figure`, the KL divergence (nats), say where they are.

    start: (n, dimensions) coordinates to begin from, such as the map of an earlier epoch: it is not drawn together first.
    """

    def __init__(
        self,
        features: Array,
        perplexity: float | None = None,
        seed: int = 0,
        iterations: int = 750,
        dimensions: int = 2,
        start: Array | None = None,
    ) -> None:
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN

        features, _ = checked(features, LIMIT)
        self.perplexity = perplexity_for(len(features), perplexity)
        self.iterations, self.index, self.figure = iterations, 0, float("nan")
        self._early = iterations // 3 if start is None else 0
        close = principal(features, _COLUMNS, dimensions, seed)
        many = len(close) > EXACT
        # One thread: the same seed gives the same picture, bit for bit. Of many rows the neighbours are searched by a
        # forest of random splits and forces are interpolated on a grid, which openTSNE does in the plane alone.
        affinities = PerplexityBasedNN(
            close, perplexity=self.perplexity, method="annoy" if many else "exact", random_state=seed, n_jobs=1
        )
        self._affinities = affinities.P.data.copy()
        self._embedding = TSNEEmbedding(
            _start(close, dimensions, seed) if start is None else start.copy(),  # it is moved in place
            affinities,
            negative_gradient_method="fft" if many and dimensions == 2 else "bh",
            random_state=seed,
            n_jobs=1,
        )

    @property
    def coordinates(self) -> Array:
        return np.array(self._embedding)

    def advance(self, n: int) -> None:
        """n iterations, from scratch the first third of all with exaggerated attraction; sets `figure`."""
        while n > 0:
            exaggerated = self.index < self._early
            block = min(n, self._early - self.index) if exaggerated else n
            # openTSNE multiplies P and divides it again, which is not exact: give it the original each time.
            self._embedding.affinities.P.data[:] = self._affinities
            self._embedding.optimize(
                block,
                exaggeration=_EXAGGERATION if exaggerated else 1,
                momentum=0.5 if exaggerated else 0.8,
                inplace=True,
            )
            self.index, n = self.index + block, n - block
        self.figure = float(self._embedding.kl_divergence)

    def state(self) -> dict[str, Array]:
        """What continuing needs: the coordinates, the last update and the gains."""
        optimizer = self._embedding.optimizer
        return {"coordinates": self.coordinates, "update": optimizer.update.copy(), "gains": optimizer.gains.copy()}

    def restore(self, state: dict[str, Array], index: int, figure: float) -> None:
        """Take a `state`. Errors: ValueError where it is of other rows."""
        same_rows(state["coordinates"], self._embedding)
        self._embedding[:] = state["coordinates"]
        self._embedding.optimizer.update, self._embedding.optimizer.gains = (
            state["update"].copy(),
            state["gains"].copy(),
        )
        self.index, self.figure = index, figure


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


def _start(close: Array, dimensions: int, seed: int) -> Array:
    """The first columns, tiny, with a grain of noise that parts equal rows."""
    start = close[:, :dimensions] / (close[:, 0].std() or 1.0)
    return 1e-4 * (start + 0.01 * np.random.default_rng(seed).standard_normal(start.shape))
