"""Invariant information clustering: two looks at the same thing should land in the same cluster, and say which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Self

import torch
from torch import Tensor, nn

from core import device
from core.clusterers import _report
from core.clusterers._heads import Network, descended, floor
from core.clusterers._run import VIEWS, Run
from core.learning import fields
from core.learning.codes import Heads
from core.learning.pairs import Pairs, later, with_neighbours
from core.learning.schedules import late_cosine
from core.learning.two_view import TwoViewLearner
from core.learning.two_view_run import TwoViewRun
from core.learning.views import RowViews, Views
from core.method import Array, Checkpoint, Clusterer, check_is_fitted
from core.params import Field, Range
from core.sentences import Sentence

SETTLE = 0.15  # the last part of a run restarts no head: a new one needs time to catch up
TOGETHER = 0.5  # part of a run in which neighbours pair: they decide what belongs together, views where it ends


@dataclass(eq=False, repr=False, kw_only=True)
class IIC(TwoViewLearner, Clusterer):
    """Clusters by the information that two views of the same picture share: max I(Z; Z′) over soft clusterings.

    P = ½ (A + Aᵀ) with A = E[p(z | x) p(z | x′)ᵀ], loss = −Σ P_ij (ln P_ij − λ ln P_i − λ ln P_j), in [−ln k, 0] for
    λ = 1. Several heads share one network; finer "over-clustering" heads train it alone at first. The head with the lowest
    loss, on views and on pairs of near rows, and its epoch with the lowest are kept; labels are never looked at.
    X: pictures (n, c, h, w) or (n, h, w), uint8 or float, or rows (n, d). Sets `labels_` (n,), `mi_` (nats), `history_`. Errors: ValueError.
    References: X. Ji, J. F. Henriques, A. Vedaldi (2019), arXiv:1807.06653, eq. 2–5; W. Van Gansbeke et al. (2020),
    arXiv:2005.12320, for pairs of neighbours.
    """

    title: ClassVar[str] = "IIC"
    rank: ClassVar[int] = 0
    look: ClassVar[int | None] = 0
    baselines: ClassVar[dict[str, tuple[str, str]]] = {
        "kmeans_accuracy": ("k-means", "kmeans"),
        "pca_kmeans_accuracy": ("PCA + k-means", "pca"),
    }
    reference: ClassVar[str] = (
        "X. Ji, J. F. Henriques, A. Vedaldi (2019), Invariant information clustering, arXiv:1807.06653"
    )
    views: ClassVar[tuple[str, ...]] = VIEWS
    snapshots: ClassVar[tuple[str, ...]] = ("features",)

    report_every: ClassVar[int] = 4
    fused: ClassVar[bool] = True
    kept: ClassVar[tuple[str, ...]] = ("head_", "mi_")

    n_clusters: Annotated[int, Range(1, 64), "The number of clusters."] = 10
    warmup: Annotated[
        float,
        Range(0, 0.9),
        "Fraction of epochs in which only the over-clustering heads train.",
        Field("Warm-up (share of the epochs)", "Heads"),
    ] = 0.25
    heads: Annotated[
        int,
        Range(1, 64),
        "Clusterings trained side by side; the one with the lowest loss, on views and on near rows, is kept.",
        Field("Number of heads", "Heads"),
    ] = 16
    over_heads: Annotated[
        int,
        Range(0, 32),
        "Over-clustering heads, which train the network only.",
        Field("Over-clustering heads", "Heads"),
    ] = 5
    over_clusters: Annotated[
        int,
        Range(2, 500, log=True),
        "Clusters of each over-clustering head.",
        Field("Clusters of each over-clustering head", "Heads"),
    ] = 50
    restart_gap: Annotated[
        float,
        Range(0, 5),
        "A head whose loss is this much worse than the best starts anew.",
        Field("Restart a head beyond this loss gap", "Heads"),
    ] = 0.05
    entropy_weight: Annotated[
        float,
        Range(0, 3),
        "λ: above 1 asks more for clusters of equal size, below less.",
        Field("Entropy weight λ", "Heads"),
    ] = 1.0
    neighbours: Annotated[
        float,
        Range(0, 1),
        "Fraction of pairs whose second look is at one of the nearest rows; 0 for photographs.",
        Field("Fraction of pairs with a neighbour", "Views"),
    ] = 0.5
    lag: Annotated[
        int,
        Range(0, 100_000),
        "Rows in time order: the second look is at the row this much later.",
        Field("Time lag of a pair", "Views", "rows"),
    ] = 0
    copies: fields.Copies = 1
    rotation: fields.Rotation = 25.0
    crop: fields.Crop = 0.57
    jitter: fields.Jitter = None
    flip: fields.Flip = False
    noise: fields.Noise = 0.2
    mask: fields.Mask = 0.0
    backbone: fields.Backbone = "auto"
    size: fields.Size = None
    width: fields.Width = 32
    batch_size: fields.BatchSize = 350
    learning_rate: fields.LearningRate = 2e-3
    schedule: fields.Schedule = "cosine"
    precision: fields.Precision = "auto"

    def check_rows(self, n: int) -> None:
        """Errors: ValueError where n rows are too few for the clusters or the lag."""
        super().check_rows(n)
        k, lag, most = self.n_clusters, self.lag, n // 2
        if n < k:
            raise ValueError(
                Sentence("n_clusters={k} is more than the {n} rows (n_samples={n}); choose at most {n}", k=k, n=n)
            )
        if lag > most:
            raise ValueError(
                Sentence("lag={lag} is more than half of the {n} rows; choose at most {most}", lag=lag, n=n, most=most)
            )

    def make_network(self, body: nn.Module, d: int, generator: torch.Generator) -> nn.Module:
        """The body with its main and its over-clustering heads."""
        main = Heads(d, self.heads, self.n_clusters, generator)
        over = Heads(d, self.over_heads, self.over_clusters, generator) if self.over_heads else None
        return Network(body, main, over)

    def augmentation(self, shape: tuple[int, ...] | None = None) -> Views:
        """Rows: both looks are varied, and values may be hidden. Pictures: also colour, and mirrored ones."""
        views = super().augmentation(shape)
        if isinstance(views, RowViews):
            return replace(views, mask=self.mask, both=True)
        return views.coloured(self.jitter, self.flip, (shape or self.scale_.shape)[0] == 3)

    def make_pairs(self, x: Tensor) -> Pairs:
        """A second look at the row itself, at one of the nearest, or at the row some time later."""
        return with_neighbours(x, self.augmentation(), self.neighbours, self.seed(), self.lag, self.copies)

    def partners(self, rows: Tensor, n: int) -> Tensor:
        """The rows so much later; of a few rows there may be none: then the latest there is."""
        return later(rows, min(self.lag, n // 2), n)

    def _of(self, run: TwoViewRun) -> Run:
        more: dict[str, Any] = {"k": self.n_clusters, "gap": self.restart_gap, "entropy_weight": self.entropy_weight}
        more["share"] = self.neighbours
        return Run(**vars(run), **more).begun(self.scale_, self.seed())

    def prepare(self, index: int) -> None:
        """Neighbours pair in the first half; the normalisations' moments begin as plain means."""
        run = self._run
        run.training.module.remember(index)
        run.pairs.share = self.neighbours if index < TOGETHER * self.total else 0.0
        run.seen = None

    def factor(self, index: int, epoch: int) -> float:
        """The step size as part of the learning rate."""
        if self.schedule == "cosine":
            return late_cosine(index, self.total)
        return 0.8 ** (epoch // 400) if self.schedule == "steps" else 1.0

    def losses(self, network: Any, looks: Tensor, epoch: int) -> dict[str, Tensor]:
        """ "loss", the mean of the main heads, and "loss_over", that of the finer ones."""
        # Only the body's products are halved: probabilities and their logarithms need the digits.
        with torch.autocast(looks.device.type, torch.bfloat16, enabled=device.halves(self.precision, looks.device)):
            features = network(looks)
        warm = epoch >= int(self.warmup * self._run.epochs)
        return descended(network, features.float(), warm, self.copies, self.entropy_weight)

    def epoch_end(self, epoch: int) -> dict[str, float]:
        """ "epoch", "mi" and "loss_best_head" (on anchors and one fixed view of each row), "clusters_in_use" (exp of the
        entropy of their sizes), "collapsed" (0 or 1), "heads_near_best", "agreement_all" (mean NMI of all pairs of heads);
        with labels "accuracy", "accuracy_1" … of each head, "kmeans_accuracy", "pca_kmeans_accuracy" (on "kmeans_rows" of
        the rows), and with held-out pictures "test_accuracy", of the map fitted on the training labels. All of these are on
        "rows_looked_at" of the "rows", the same ones in every epoch. The best weights are kept, bad heads start anew."""
        run = self._run
        run.keep_best()
        info = run.report(epoch + 1)
        if epoch % 2 and epoch < (1 - SETTLE) * run.epochs:
            losses = run.look().losses
            worse = (losses - losses.min() > self.restart_gap).nonzero().flatten().tolist()
            run.network.main.restart(worse, run.training.optimiser, run.training.generator)
        return info

    def finish(self) -> Self:
        """Set the fitted attributes from the best epoch so far, or from where the run stands before the first is over."""
        super().finish()
        run = self._run
        run.conclude()
        seen = run.look()
        self.head_, self.mi_ = seen.head, seen.mi
        table = seen.joint.double().cpu().numpy()
        self.joint_ = table / table.sum()  # in single precision, and kept off 0, it sums to nearly 1
        self.loss_, self.heads_loss_ = float(seen.losses[seen.head]), seen.choice.tolist()
        self.labels_, self.scores_, self.kept_step_ = run.proba.argmax(1), run.scores(), run.kept_step
        return self

    def set_state(self, saved: Checkpoint) -> Self:
        """Answer as the method did that was saved. Errors: ValueError where the parts do not fit."""
        super().set_state(saved)
        if not 0 <= self.head_ < self.heads:
            raise ValueError(Sentence("head={head} is not one of the {heads} heads", head=self.head_, heads=self.heads))
        return self

    def predict_proba(self, X: Any) -> Array:
        """The kept head's soft clusters, (n, n_clusters)."""
        check_is_fitted(self, "network_")
        network: Any = self.network_
        return self.encoded(X, lambda features: network.main(features)[:, self.head_])

    def predict(self, X: Any) -> Array:
        """The likeliest cluster of each row, (n,)."""
        return self.predict_proba(X).argmax(1)

    def features(self, X: Any) -> Array:
        """What the network makes of each row before the heads, (n, d)."""
        return self.encoded(X)

    def result(self) -> dict[str, Any]:
        """Of the kept head after the kept epoch, which ended at "kept_step": loss and MI (nats) on the rows looked at, as in
        training; "floor" of the loss; "health" = MI / ln k; and on all rows: sizes, whether they collapsed, how the heads
        agree, the scores against labels where there are any, and those of held-out pictures. "notices": sentences."""
        check_is_fitted(self, "labels_", msg="this %(name)s was loaded: what its run had to say is not kept with it")
        found = _report.summary(self.labels_, self.n_clusters, self.mi_)
        found |= {"loss": self.loss_, "floor": floor(self.n_clusters, self.entropy_weight)}
        found |= {"head": self.head_, "kept_step": self.kept_step_, "heads_loss": self.heads_loss_}
        return found | self.scores_ | {"notices": list(self.notices_)}

    def view(self, name: str) -> dict[str, Array]:
        """See `views`; empty where the data have no labels (confusion) or are no pictures (gallery, pairs)."""
        return self._shown_run(name).view(name) if name in self.views else super().view(name)
