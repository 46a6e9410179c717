"""Invariant information clustering: two looks at the same thing should land in the same cluster, and say which."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from core import backbones, device, discover
from core.augment import PictureViews, RowViews, Views
from core.clusterers import _report
from core.clusterers._heads import Heads, Look, Network, joint, look, negative_mi, through
from core.evaluation.assignment import match
from core.inputs import Scale, unit
from core.method import Array, Checkpoint, Clusterer, Source, Step, check_is_fitted, validate_data
from core.params import Range
from core.training import Training

SEEN = 4_000  # rows that the evaluation after each epoch looks at; above it a random part stands for all
BASELINE = 2_000  # of these, the rows that k-means clusters for comparison: a second or two before the first step
LOOK = 0  # the seed of those rows and of their views: the same for every run and epoch, so that losses compare
SETTLE = 0.15  # the last part of a run restarts no head: a new one needs time to catch up


@dataclass(eq=False, repr=False, kw_only=True)
class IIC(Clusterer):
    """Clusters by the information that two views of the same picture share: max I(Z; Z′) over soft clusterings.

    P = ½ (A + Aᵀ) with A = E[p(z | x) p(z | x′)ᵀ], loss = −Σ P_ij (ln P_ij − λ ln P_i − λ ln P_j), in [−ln k, 0] for
    λ = 1. Several heads share one network; finer "over-clustering" heads train it alone at first. The head, and the
    epoch, with the lowest loss are kept; labels are never looked at. X: pictures (n, c, h, w) or (n, h, w), uint8 or
    float, or rows (n, d). Sets `labels_` (n,), `mi_` (nats), `history_`. Errors: ValueError.
    References: X. Ji, J. F. Henriques, A. Vedaldi (2019), arXiv:1807.06653, eq. 2–5.
    """

    title: ClassVar[str] = "IIC"
    reference: ClassVar[str] = (
        "X. Ji, J. F. Henriques, A. Vedaldi (2019), Invariant information clustering, arXiv:1807.06653"
    )
    views: ClassVar[tuple[str, ...]] = ("joint", "confusion", "confusion_raw", "sizes", "gallery", "features")

    n_clusters: Annotated[int, Range(1, 64), "The number of clusters."] = 10
    epochs: Annotated[int, Range(1, 10_000, log=True), "How often every row is seen."] = 45
    warmup: Annotated[float, Range(0, 0.9), "Part of the epochs in which only the over-clustering heads train."] = 0.33
    heads: Annotated[int, Range(1, 64), "Clusterings trained side by side; the one with the lowest loss is kept."] = 16
    over_heads: Annotated[int, Range(0, 32), "Over-clustering heads, which train the network only."] = 5
    over_clusters: Annotated[int, Range(2, 500, log=True), "Clusters of each over-clustering head."] = 50
    restart_gap: Annotated[float, Range(0, 5), "A head whose loss is this much worse than the best starts anew."] = 0.05
    copies: Annotated[int, Range(1, 8), "Varied views of each row in a step."] = 2
    rotation: Annotated[float, Range(0, 180), "Pictures: half are turned by up to this many degrees."] = 25.0
    crop: Annotated[float, Range(0.2, 0.85), "Pictures: the smallest window cut out, as part of the side."] = 0.57
    noise: Annotated[float, Range(0, 3), "Rows: deviation of the noise that a view adds to standardised columns."] = 0.2
    size: Annotated[int | None, Range(8, 96), "Pictures: pixels a side that the network sees; empty: by the data."] = (
        None
    )
    width: Annotated[int, Range(4, 256, log=True), "Channels of the first layer; the last has four times as many."] = 32
    batch_size: Annotated[int, Range(2, 10_000, log=True), "Rows in a step."] = 200
    learning_rate: Annotated[float, Range(1e-5, 1.0, log=True), "Step size of Adam."] = 2e-3
    entropy_weight: Annotated[float, Range(0.5, 3), "λ: above 1 asks more for clusters of equal size."] = 1.0

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, c, h, w), (n, h, w) or (n, d). y is ignored. Errors: ValueError."""
        return self.drain(Source(self._validated(X, reset=True)))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per optimisation step. Info: "loss" (mean of the heads), "loss_over"; and at the end of each epoch
        "epoch", "mi" and "loss_best_head" (on anchors and one fixed view of each row), "entropy" of the cluster sizes,
        "heads_near_best", and with labels "accuracy" and, for comparison, "kmeans_accuracy"."""
        self.check_parameters()
        self._run = run = self._begin(source)
        yield from run.training.iterate(self._update, self.total, start)

    def checkpoint(self) -> Checkpoint:
        """The whole state, the best weights so far and the order of this epoch's rows included; no pictures."""
        return self._run.training.checkpoint()

    @property
    def total(self) -> int:
        """Epochs times full batches, once the data are known."""
        run = getattr(self, "_run", None)
        return self.epochs * (run.per_epoch if run else 1)

    def _begin(self, source: Source) -> SimpleNamespace:
        self.scale_ = Scale.of(source.x)
        x = self.scale_.apply(source.x)
        n, where = len(x), device.resolve(self.device)
        if n < 2:
            raise ValueError(f"X has n_samples={n}; clustering needs at least 2")
        network = self._network(torch.Generator().manual_seed(self.seed())).to(where)
        adam = torch.optim.Adam(network.parameters(), lr=self.learning_rate)
        run = SimpleNamespace(n=n, batch=min(self.batch_size, n), look=None, final=None)
        run.training = Training(network, adam, device.generator(self.seed(), where))
        run.per_epoch = n // run.batch
        run.x = x.to(x.dtype if x.dtype == torch.uint8 else torch.float32).to(where)
        run.rows = np.sort(np.random.default_rng(LOOK).permutation(n)[:SEEN])
        run.labels = None if source.labels is None else np.asarray(source.labels)
        if run.labels is not None:
            few = run.rows[:BASELINE]
            run.training.meta["kmeans_accuracy"] = self._baseline(source.x[few], run.labels[few])
        return run

    def _network(self, generator: torch.Generator) -> Network:
        views, channels = self._views(), self.scale_.shape[0]
        if isinstance(views, PictureViews):
            body, d = backbones.convolutions(channels, views.size, self.width, generator)
        else:
            body, d = backbones.perceptron(channels, self.width, generator)
        main = Heads(d, self.heads, self.n_clusters, generator)
        over = Heads(d, self.over_heads, self.over_clusters, generator) if self.over_heads else None
        return Network(body, main, over)

    def _views(self) -> Views:
        if len(self.scale_.shape) == 1:
            return RowViews(self.noise)
        return PictureViews(self.size or (16 if max(self.scale_.shape) <= 16 else 24), self.rotation, self.crop)

    def _update(self, index: int) -> dict[str, float]:
        """One optimisation step, and at the end of an epoch the evaluation, the best weights and the restarts."""
        run, (epoch, batch) = self._run, divmod(index, self._run.per_epoch)
        training, views = run.training, self._views()
        training.module.train()
        if batch == 0:
            training.extras["order"] = torch.randperm(run.n, generator=training.generator, device=run.x.device)
        x = unit(run.x[training.extras["order"][batch * run.batch : (batch + 1) * run.batch]])
        looks = [views.anchor(x), *(views.vary(x, training.generator) for _ in range(self.copies))]
        features = training.module.body(torch.cat(looks))
        info = self._descend(features, warm=epoch >= int(self.warmup * self.epochs))
        run.look = None
        return info | self._epoch_end(epoch) if batch == run.per_epoch - 1 else info

    def _descend(self, features: Tensor, warm: bool) -> dict[str, float]:
        network, optimiser = self._run.training.module, self._run.training.optimiser
        # Until the network is warm the main heads follow its features, to be seen, without shaping them.
        losses = {"loss": self._loss(network.main, features if warm or network.over is None else features.detach())}
        if network.over is not None:
            losses["loss_over"] = self._loss(network.over, features)
        optimiser.zero_grad()
        torch.stack([*losses.values()]).sum().backward()
        optimiser.step()
        return dict(zip(losses, torch.stack([v.detach() for v in losses.values()]).tolist(), strict=True))

    def _loss(self, heads: Heads, features: Tensor) -> Tensor:
        anchor, *varied = heads(features).chunk(self.copies + 1)
        return negative_mi(joint(anchor.repeat(self.copies, 1, 1), torch.cat(varied)), self.entropy_weight).mean()

    def _epoch_end(self, epoch: int) -> dict[str, float]:
        training, seen = self._run.training, self._look()
        if training.meta.get("mi", -math.inf) < seen.mi:
            training.meta |= {"mi": seen.mi, "head": seen.head}
            training.extras |= {f"best.{k}": v.clone() for k, v in training.module.state_dict().items()}
        gap = (seen.losses - seen.losses[seen.head]).tolist()
        if epoch % 2 and epoch < (1 - SETTLE) * self.epochs:
            worse = [head for head, by in enumerate(gap) if by > self.restart_gap]
            training.module.main.restart(worse, training.optimiser, training.generator)
        clusters = seen.proba.argmax(1).cpu().numpy()
        info = {"epoch": epoch + 1, "mi": seen.mi, "loss_best_head": -seen.mi}
        info["entropy"] = _report.entropy(np.bincount(clusters, minlength=self.n_clusters))
        info["heads_near_best"] = sum(by <= self.restart_gap for by in gap)
        if self._run.labels is not None:
            info["accuracy"] = match(self._run.labels[self._run.rows], clusters, self.n_clusters).accuracy
            info["kmeans_accuracy"] = training.meta["kmeans_accuracy"]
        return info

    def _look(self) -> Look:
        """All heads on the rows that are looked at, by the weights of now; the same views every time."""
        run = self._run
        if run.look is None:
            x, again = unit(run.x[run.rows]), device.generator(LOOK, run.x.device)
            run.look = look(run.final or run.training.module, x, self._views(), again)
        return run.look

    def finish(self) -> Self:
        """Set the fitted attributes from the best epoch so far, or from where the run stands before the first is over."""
        run = self._run
        training, run.look = run.training, None
        run.final = copy.deepcopy(training.module)
        if "head" in training.meta:
            run.final.load_state_dict({k[5:]: v for k, v in training.extras.items() if k.startswith("best.")})
        seen = self._look()
        self.head_, self.mi_, self.joint_ = seen.head, seen.mi, seen.joint.cpu().numpy()
        self.labels_ = self._posterior(run.final, run.x).argmax(1)
        # Rows are cheap, and in double precision a row's answer does not depend on which others come with it.
        self.network_ = copy.deepcopy(run.final).cpu()
        if len(self.scale_.shape) == 1:
            self.network_ = self.network_.double()
        self.scores_ = {} if run.labels is None else _report.scores(run.labels, self.labels_, self.n_clusters)
        self.scores_ |= {k: v for k, v in training.meta.items() if k == "kmeans_accuracy"}
        return self

    def predict_proba(self, X: Any) -> Array:
        """The kept head's soft clusters, (n, n_clusters)."""
        x = self._checked(X)
        return self._posterior(self.network_, x)

    def predict(self, X: Any) -> Array:
        """The likeliest cluster of each row, (n,)."""
        return self.predict_proba(X).argmax(1)

    def features(self, X: Any) -> Array:
        """What the network makes of each row before the heads, (n, d)."""
        x = self._checked(X)
        return through(self.network_, x, self._views())

    def result(self) -> dict[str, Any]:
        """Loss and MI (nats) of the kept head, cluster sizes, whether it collapsed; agreement where there are labels."""
        sizes = np.bincount(self.labels_, minlength=self.n_clusters)
        collapsed = _report.collapsed(sizes)
        return {"loss": -self.mi_, "mi": self.mi_, "sizes": sizes.tolist(), "collapsed": collapsed, **self.scores_}

    def view(self, name: str) -> dict[str, Array]:
        """See `views`; empty where the data have no labels (confusion) or are no pictures (gallery)."""
        if name not in self.views:
            return super().view(name)
        if getattr(self, "_run", None) is None:
            raise ValueError(f"the picture {name!r} is shown of a run in this process; run it again to see it")
        run, seen = self._run, self._look()
        proba = seen.proba.cpu().numpy()
        labels, clusters = None if run.labels is None else run.labels[run.rows], proba.argmax(1)
        if name == "joint":
            return {"joint": seen.joint.cpu().numpy()}
        if name == "sizes":
            return {"sizes": np.bincount(clusters, minlength=self.n_clusters)}
        if name == "gallery":
            return _report.gallery(unit(run.x[run.rows]).cpu().numpy(), proba) if len(self.scale_.shape) == 3 else {}
        if name == "features":
            few = slice(_report.PROJECTED)
            found = through(run.final or run.training.module, run.x[run.rows[few]], self._views())
            known = {} if labels is None else {"labels": labels[few]}
            return {"features": _report.components(found), "clusters": clusters[few], "rows": run.rows[few], **known}
        return _report.confusion(labels, clusters, self.n_clusters, raw=name == "confusion_raw")

    def _baseline(self, x: Array, labels: Array) -> float:
        """The accuracy of k-means on the raw values, the line to beat."""
        k = min(self.n_clusters, len(x))
        kmeans = discover.load("clusterers", "kmeans")(n_clusters=k, random_state=self.seed())
        return match(labels, kmeans.fit(x).labels_).accuracy

    def _posterior(self, network: Network, x: Tensor) -> Array:
        return through(network, x, self._views(), lambda features: network.main(features)[:, self.head_])

    def _checked(self, X: Any) -> Tensor:
        check_is_fitted(self, "network_")
        return self.scale_.apply(self._validated(X, reset=False))

    def _validated(self, X: Any, reset: bool) -> Array:
        kinds = [np.float64, np.float32, np.uint8]
        return validate_data(self, X, reset=reset, allow_nd=True, dtype=kinds, ensure_min_samples=2 if reset else 1)
