"""Invariant information clustering: two looks at the same thing should land in the same cluster, and say which."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import torch
from torch import Tensor

from core import device, discover
from core.clusterers import _report
from core.clusterers._heads import Heads, Network, floor, joint, negative_mi, through
from core.clusterers._run import Run
from core.evaluation.assignment import match
from core.learning import backbones
from core.learning.pairs import Pairs, later, nearest
from core.learning.scaling import Scale, evenly, shaped, tiles, unit
from core.learning.training import Training, cosine
from core.learning.views import PictureViews, RowViews, Views
from core.method import Array, Checkpoint, Clusterer, Source, Step, check_is_fitted, validate_data
from core.params import Field, Range

BASELINE = 2_000  # rows that k-means clusters for comparison: a second or two before the first step
SETTLE = 0.15  # the last part of a run restarts no head: a new one needs time to catch up
TOGETHER = 0.5  # part of a run in which neighbours pair: they decide what belongs together, views where it ends
FLAT = 0.5  # part of a run before the cosine schedule begins to fall
STEPS, FEWEST, MOST = 400, 10, 100  # optimisation steps that suffice, as epochs of at least and at most so many
NEAR = 24  # pixels a side in which nearness is measured at most: more tell no more and cost their cube
EVERY = 4  # steps between reports: each one waits for the device


@dataclass(eq=False, repr=False, kw_only=True)
class IIC(Clusterer):
    """Clusters by the information that two views of the same picture share: max I(Z; Z′) over soft clusterings.

    P = ½ (A + Aᵀ) with A = E[p(z | x) p(z | x′)ᵀ], loss = −Σ P_ij (ln P_ij − λ ln P_i − λ ln P_j), in [−ln k, 0] for
    λ = 1. Several heads share one network; finer "over-clustering" heads train it alone at first. The head, and the
    epoch, with the lowest loss are kept; labels are never looked at. X: pictures (n, c, h, w) or (n, h, w), uint8 or
    float, or rows (n, d). Sets `labels_` (n,), `mi_` (nats), `history_`. Errors: ValueError.
    References: X. Ji, J. F. Henriques, A. Vedaldi (2019), arXiv:1807.06653, eq. 2–5; W. Van Gansbeke et al. (2020),
    arXiv:2005.12320, for pairs of neighbours.
    """

    title: ClassVar[str] = "IIC"
    reference: ClassVar[str] = (
        "X. Ji, J. F. Henriques, A. Vedaldi (2019), Invariant information clustering, arXiv:1807.06653"
    )
    views: ClassVar[tuple[str, ...]] = (
        "joint", "confusion", "confusion_raw", "many_to_one", "sizes", "heads", "agreement", "pairs", "gallery",
        "gallery_uncertain", "gallery_wrong", "assignments", "features",
    )  # fmt: skip

    n_clusters: Annotated[int, Range(1, 64), "The number of clusters."] = 10
    epochs: Annotated[
        int | None,
        Range(1, 10_000, log=True),
        "How often every row is seen; empty: as often as 400 steps take, 10 to 100.",
        Field("Epochs"),
    ] = None
    warmup: Annotated[
        float,
        Range(0, 0.9),
        "Part of the epochs in which only the over-clustering heads train.",
        Field("Warm-up (share of the epochs)", "Heads"),
    ] = 0.25
    heads: Annotated[
        int,
        Range(1, 64),
        "Clusterings trained side by side; the one with the lowest loss is kept.",
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
        "Part of the pairs whose second look is at one of the nearest rows; 0 for photographs.",
        Field("Share of pairs with a neighbour", "Views"),
    ] = 0.5
    lag: Annotated[
        int,
        Range(0, 100_000),
        "Rows in time order: the second look is at the row this much later.",
        Field("Time lag of a pair", "Views", "rows"),
    ] = 0
    copies: Annotated[
        int,
        Range(1, 8),
        "Varied views of each row in a step.",
        Field("Views of each row in a step", "Views"),
    ] = 1
    rotation: Annotated[
        float,
        Range(0, 180),
        "Pictures: half are turned by up to this many degrees.",
        Field("Largest rotation (degrees)", "Views", "pictures"),
    ] = 25.0
    crop: Annotated[
        float,
        Range(0.2, 0.85),
        "Pictures: the smallest window cut out, as part of the side.",
        Field("Smallest crop", "Views", "pictures"),
    ] = 0.57
    jitter: Annotated[
        float | None,
        Range(0, 1),
        "Pictures: change of brightness, contrast and colour; empty: .4 for colour, 0 for grey.",
        Field("Colour and brightness jitter", "Views", "pictures"),
    ] = None
    flip: Annotated[
        bool,
        "Pictures: half are mirrored; not for what has a right way round, such as digits.",
        Field("Mirror pictures", "Views", "pictures"),
    ] = False
    noise: Annotated[
        float,
        Range(0, 3),
        "Rows: deviation of the noise that a view adds to standardised columns.",
        Field("Noise added to a view", "Views", "rows"),
    ] = 0.2
    mask: Annotated[
        float,
        Range(0, 0.9),
        "Rows: part of the values that a view hides by their column's mean.",
        Field("Share of values hidden", "Views", "rows"),
    ] = 0.0
    backbone: Annotated[
        Literal["auto", "strided", "vgg", "perceptron"],
        "The network before the heads; auto goes by the data.",
        Field("Backbone", "Network"),
    ] = "auto"
    size: Annotated[
        int | None,
        Range(8, 96),
        "Pictures: pixels a side that the network sees; empty: by the data.",
        Field("Picture side seen by the network (pixels)", "Network", "pictures"),
    ] = None
    width: Annotated[
        int,
        Range(4, 256, log=True),
        "Channels of the first layer; the last has four times as many.",
        Field("Channels of the first layer", "Network"),
    ] = 32
    batch_size: Annotated[
        int,
        Range(2, 10_000, log=True),
        "Rows in a step.",
        Field("Batch size", "Training"),
    ] = 350
    learning_rate: Annotated[
        float,
        Range(1e-5, 1.0, log=True),
        "Step size of Adam.",
        Field("Learning rate", "Training"),
    ] = 2e-3
    schedule: Annotated[
        Literal["cosine", "constant", "steps"],
        "How the step size falls: as a cosine in the second half, never, or × 0.8 every 400 epochs.",
        Field("Learning-rate schedule", "Training"),
    ] = "cosine"
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        "Numbers in the network's products; auto is bfloat16 on CUDA.",
        Field("Number format", "Training"),
    ] = "auto"

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, c, h, w), (n, h, w) or (n, d). y is ignored. Errors: ValueError."""
        return self.drain(Source(self._validated(X, reset=True)))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per optimisation step. Info, every fourth step: "loss" (mean of the heads), "loss_over". At the end of
        each epoch: "epoch", "mi" and "loss_best_head" (on anchors and one fixed view of each row), "clusters_in_use"
        (exp of the entropy of their sizes), "collapsed" (0 or 1), "heads_near_best", "agreement_all" (mean NMI of all
        pairs of heads); with labels "accuracy", "accuracy_1" … of each head, "kmeans_accuracy", "pca_kmeans_accuracy" (on
        "kmeans_rows" of the rows), and with held-out pictures "test_accuracy", of the map fitted on the training labels.
        All of these are on "rows_looked_at" of the "rows", the same ones in every epoch."""
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
        return run.epochs * run.per_epoch if run else self.epochs or 1

    def pairs(self, x: Any, n: int = 16) -> dict[str, Array]:
        """What training would see of the first n pictures: "first" their anchors, "second" a varied view of each, both
        (n, h, w) or (n, h, w, 3) in [0, 1]; of rows (n, d), both (n, d), with a lag the second from so much later.
        Nothing is trained. Errors: ValueError."""
        self.check_parameters()
        x = np.asarray(x)
        scale, rows = Scale.of(x), torch.arange(min(n, len(x)))
        # Of a few rows there may be none so much later: the preview then shows the latest there is.
        partners = later(rows, min(self.lag, len(x) // 2), len(x))
        known, others = (unit(scale.apply(x[which.numpy()])) for which in (rows, partners))
        views, generator = self._views(scale), torch.Generator().manual_seed(self.seed())
        looks = (views.first(known, generator), views.vary(others, generator))
        first, second = (side.numpy() if side.ndim == 2 else tiles(side.numpy()) for side in looks)
        return {"first": first, "second": second}

    def _begin(self, source: Source) -> Run:
        self.scale_ = Scale.of(source.x)
        x = self.scale_.apply(source.x)
        n, where = len(x), device.resolve(self.device)
        if n < 2:
            raise ValueError(f"X has n_samples={n}; clustering needs at least 2")
        if n < self.n_clusters:
            raise ValueError(
                f"n_clusters={self.n_clusters} is more than the {n} rows (n_samples={n}); choose at most {n}"
            )
        if 2 * self.lag > n:
            raise ValueError(f"lag={self.lag} is more than half of the {n} rows; choose at most {n // 2}")
        network = self._network(torch.Generator().manual_seed(self.seed())).to(where)
        adam = torch.optim.Adam(network.parameters(), lr=self.learning_rate, fused=where.type != "mps")
        training = Training(network, adam, device.generator(self.seed(), where))
        x = x.to(x.dtype if x.dtype == torch.uint8 else torch.float32).to(where)
        batch = min(self.batch_size, n)
        epochs = self.epochs or min(MOST, max(FEWEST, round(STEPS / (n // batch))))
        pairs = Pairs(x, self._views(), self.neighbours, self._near(x), self.lag)
        run = Run(
            net=network, training=training, pairs=pairs, k=self.n_clusters, gap=self.restart_gap,
            entropy_weight=self.entropy_weight, batch=batch, epochs=epochs,
        )  # fmt: skip
        if source.labels is not None:
            run.labels, few = np.asarray(source.labels), evenly(run.rows, BASELINE)
            training.meta |= self._baselines(unit(x[few]).cpu().numpy(), run.labels[few])
            if source.test is not None and source.test.labels is not None:
                run.test = self.scale_.apply(source.test.x), np.asarray(source.test.labels)
        return run

    def _near(self, x: Tensor) -> Tensor | None:
        if not self.neighbours or len(x) < 3:
            return None
        views = self._views()
        if isinstance(views, PictureViews):
            views = replace(views, size=min(views.size, NEAR))
        return nearest(x, views, device.generator(self.seed(), x.device))

    def _network(self, generator: torch.Generator) -> Network:
        size = getattr(self._views(), "size", 0)
        body, d = backbones.body(self.backbone, self.scale_.shape, size, self.width, generator)
        main = Heads(d, self.heads, self.n_clusters, generator)
        over = Heads(d, self.over_heads, self.over_clusters, generator) if self.over_heads else None
        return Network(body, main, over)

    def _views(self, scale: Scale | None = None) -> Views:
        shape = (scale or self.scale_).shape
        if len(shape) == 1:
            return RowViews(self.noise, self.mask)
        jitter = self.jitter if self.jitter is not None else 0.4 * (shape[0] == 3)
        size = self.size or (16 if max(shape) <= 16 else 24)
        return PictureViews(size, self.rotation, self.crop, jitter, self.flip)

    def _update(self, index: int) -> dict[str, float]:
        """One optimisation step, and at the end of an epoch the evaluation, the best weights and the restarts."""
        run, (epoch, batch) = self._run, divmod(index, self._run.per_epoch)
        training = run.training
        run.net.train()
        run.net.remember(index)
        for group in training.optimiser.param_groups:
            group["lr"] = self.learning_rate * self._factor(index, epoch)
        if batch == 0:
            training.extras["order"] = torch.randperm(run.n, generator=training.generator, device=run.x.device)
        rows = training.extras["order"][batch * run.batch : (batch + 1) * run.batch]
        run.pairs.share = self.neighbours if index < TOGETHER * self.total else 0.0
        looks = run.pairs.looks(rows, self.copies, training.generator)
        # Only the body's products are halved: probabilities and their logarithms need the digits.
        with torch.autocast(run.x.device.type, torch.bfloat16, enabled=self._halved()):
            features = run.net.body(looks)
        losses = self._descend(features.float(), warm=epoch >= int(self.warmup * run.epochs))
        run.seen = None
        last = batch == run.per_epoch - 1
        info = dict(zip(losses, torch.stack([*losses.values()]).tolist(), strict=True)) if index % EVERY == 0 else {}
        return info | self._epoch_end(epoch) if last else info

    def _factor(self, index: int, epoch: int) -> float:
        """The step size as part of the learning rate."""
        flat = int(FLAT * self.total)
        if self.schedule == "cosine":
            return cosine(max(0, index - flat), self.total - flat)
        return 0.8 ** (epoch // 400) if self.schedule == "steps" else 1.0

    def _halved(self) -> bool:
        if self.precision != "auto":
            return self.precision == "bfloat16"
        cuda = self._run.x.device.type == "cuda"
        return cuda and torch.cuda.is_bf16_supported(including_emulation=False)

    def _descend(self, features: Tensor, warm: bool) -> dict[str, Tensor]:
        network, optimiser = self._run.net, self._run.training.optimiser
        # Until the network is warm the main heads follow its features, to be seen, without shaping them.
        losses = {"loss": self._loss(network.main, features if warm or network.over is None else features.detach())}
        if network.over is not None:
            losses["loss_over"] = self._loss(network.over, features)
        optimiser.zero_grad()
        torch.stack([*losses.values()]).sum().backward()
        optimiser.step()
        return {name: value.detach() for name, value in losses.items()}

    def _loss(self, heads: Heads, features: Tensor) -> Tensor:
        anchor, *varied = heads(features).chunk(self.copies + 1)
        return negative_mi(joint(anchor.repeat(self.copies, 1, 1), torch.cat(varied)), self.entropy_weight).mean()

    def _epoch_end(self, epoch: int) -> dict[str, float]:
        run = self._run
        run.keep_best()
        info = run.report(epoch + 1)
        if epoch % 2 and epoch < (1 - SETTLE) * run.epochs:
            losses = run.look().losses
            worse = (losses - losses.min() > self.restart_gap).nonzero().flatten().tolist()
            run.net.main.restart(worse, run.training.optimiser, run.training.generator)
        return info

    def finish(self) -> Self:
        """Set the fitted attributes from the best epoch so far, or from where the run stands before the first is over."""
        run = self._run
        run.settle()
        assert run.final is not None and run.proba is not None  # settled
        seen = run.look()
        self.head_, self.mi_ = seen.head, seen.mi
        table = seen.joint.double().cpu().numpy()
        self.joint_ = table / table.sum()  # in single precision, and kept off 0, it sums to nearly 1
        self.heads_loss_ = seen.losses.tolist()
        self.labels_, self.scores_, self.kept_step_ = run.proba.argmax(1), run.scores(), run.kept_step
        # Rows are cheap, and in double precision a row's answer does not depend on which others come with it.
        self.network_ = copy.deepcopy(run.final).cpu()
        if len(self.scale_.shape) == 1:
            self.network_ = self.network_.double()
        return self

    def fitted(self) -> Checkpoint | None:
        """The network, the head that was kept and the scale of the data."""
        check_is_fitted(self, "network_")
        scale = {"shape": list(self.scale_.shape)}
        tensors = {f"network.{k}": v for k, v in self.network_.state_dict().items()}
        tensors |= {f"scale.{k}": torch.as_tensor(v) for k, v in asdict(self.scale_).items() if k != "shape"}
        return Checkpoint(0, tensors, {"head": self.head_, "mi": self.mi_, **scale})

    def settle(self, saved: Checkpoint) -> Self:
        """Answer as the method did that was saved. Errors: ValueError where the parts do not fit."""
        offset, span = (saved.tensors[f"scale.{name}"].numpy() for name in ("offset", "span"))
        self.scale_ = Scale.kept(saved.meta["shape"], offset, span)
        self.head_, self.mi_ = int(saved.meta["head"]), float(saved.meta["mi"])
        if not 0 <= self.head_ < self.heads:
            raise ValueError(f"head={self.head_} is not one of the {self.heads} heads")
        network = self._network(torch.Generator())
        network.load_state_dict({k[8:]: v for k, v in saved.tensors.items() if k.startswith("network.")})
        self.network_ = network.double() if len(self.scale_.shape) == 1 else network
        if len(self.scale_.shape) == 1:  # of pictures it would be the height or the channels, as they were given
            self.n_features_in_ = self.scale_.shape[0]
        return self

    def predict_proba(self, X: Any) -> Array:
        """The kept head's soft clusters, (n, n_clusters)."""
        x, network = self._checked(X), self.network_
        return through(network, x, self._views(), lambda features: network.main(features)[:, self.head_])

    def predict(self, X: Any) -> Array:
        """The likeliest cluster of each row, (n,)."""
        return self.predict_proba(X).argmax(1)

    def features(self, X: Any) -> Array:
        """What the network makes of each row before the heads, (n, d)."""
        x = self._checked(X)
        return through(self.network_, x, self._views())

    def result(self) -> dict[str, Any]:
        """Of the kept head after the kept epoch, which ended at "kept_step": loss and MI (nats) on the rows looked at, as in
        training; "floor" of the loss; "health" = MI / ln k; and on all rows: sizes, whether they collapsed, how the heads
        agree, the scores against labels where there are any, and those of held-out pictures."""
        check_is_fitted(self, "labels_", msg="this %(name)s was loaded: what its run had to say is not kept with it")
        sizes = np.bincount(self.labels_, minlength=self.n_clusters)
        health = self.mi_ / math.log(self.n_clusters) if self.n_clusters > 1 else 0.0
        return {
            "loss": min(self.heads_loss_), "floor": floor(self.n_clusters, self.entropy_weight), "mi": self.mi_,
            "health": health, "head": self.head_, "kept_step": self.kept_step_, "sizes": sizes.tolist(),
            "clusters_in_use": _report.in_use(sizes), "collapsed": _report.collapsed(sizes),
            "heads_loss": self.heads_loss_, **self.scores_,
        }  # fmt: skip

    def view(self, name: str) -> dict[str, Array]:
        """See `views`; empty where the data have no labels (confusion) or are no pictures (gallery, pairs)."""
        if name not in self.views:
            return super().view(name)
        if getattr(self, "_run", None) is None:
            raise ValueError(f"the picture {name!r} is shown of a run in this process; run it again to see it")
        return self._run.view(name)

    def _baselines(self, x: Array, labels: Array) -> dict[str, float]:
        """The accuracies of k-means on values of the same scale and on their principal components: the lines to beat."""
        k = min(self.n_clusters, len(x))
        kmeans = discover.load("clusterers", "kmeans")(n_clusters=k, standardise=False, random_state=self.seed())
        pca = discover.load("projections", "pca")(random_state=self.seed())
        accuracy = lambda rows: match(labels, kmeans.fit(rows).labels_).accuracy  # noqa: E731
        found = {"kmeans_accuracy": accuracy(x), "pca_kmeans_accuracy": accuracy(pca.fit(x).transform(x))}
        return found | {"kmeans_rows": len(x)}

    def _checked(self, X: Any) -> Tensor:
        check_is_fitted(self, "network_")
        return self.scale_.apply(self._validated(X, reset=False))

    def _validated(self, X: Any, reset: bool) -> Array:
        kinds = [np.float64, np.float32, np.uint8]
        return validate_data(
            self, shaped(X), reset=reset, allow_nd=True, dtype=kinds, ensure_min_samples=2 if reset else 1
        )
