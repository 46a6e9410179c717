"""MINE as an encoder: features of a picture that say as much as they can about another look at it."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import torch
from torch import Tensor

from core import device
from core.encoders._pairs import OBJECTIVES, Network, information, plane, scores, shown, through
from core.learning import backbones, critics
from core.learning.probing import Probing
from core.learning.scaling import Scale, evenly, shaped, unit
from core.learning.training import Training, cosine
from core.learning.views import PictureViews, RowViews, Views
from core.method import Array, Checkpoint, Encoder, Source, Step, check_is_fitted, validate_data
from core.params import Field, Range

FEWEST = 4  # rows: two to train on, two to score
HELD, MOST = 0.2, 2_000  # the part of the rows that is held out, and the most that are
SCORED = 1_000  # held-out pairs that the information is read from; its ceiling is their logarithm
LOOKS = 20  # probes in a run
STEPS, FEWEST_STEPS = 600, 200  # a run's length where none is asked for …
FEWEST_EPOCHS, ENOUGH_EPOCHS, MOST_EPOCHS = 10, 40, 100  # … in epochs, which few rows need more of
SMALL = 16  # pixels a side: up to that a picture has so few places that half the channels suffice
LOOK = 0  # the seed of the held-out rows and of their views: the same for every run, so that figures compare
SAID = ("mi_", "ceiling_", "probes_", "scored_on_")  # the fitted figures, which a saved model keeps
PROJECTED, PAIRS, CROSSED = 2_000, 16, 32  # rows in the pictures of the features, of the views and of the critic


@dataclass(eq=False, repr=False, kw_only=True)
class MINE(Encoder):
    """Learns features z of x that share the most information with those of a varied view: max I(Z; Z′).

    z = W f(x) with mean 0 and deviation 1, from a small network f; a critic T scores pairs (z, z′), and both ascend a
    bound of the mutual information: InfoNCE, E[T(z, z′) − ln 1/b Σ_j exp T(z, z′_j)] ≤ ln b, or the logistic objective.
    A fifth of the rows (at most 2,000) is held out: "mi" is InfoNCE on 1,000 of these, in nats, never above ln 1,000;
    it is at least that much. Labels are for probes only. X: pictures (n, c, h, w) or (n, h, w), uint8 or float, or rows
    (n, d). Sets `mi_` (nats), `ceiling_`, `history_`. Errors: ValueError.
    References: M. I. Belghazi et al. (2018), arXiv:1801.04062; A. van den Oord et al. (2018), arXiv:1807.03748, eq. 4.
    """

    title: ClassVar[str] = "MINE representation"
    reference: ClassVar[str] = (
        "M. I. Belghazi et al. (2018), Mutual information neural estimation, arXiv:1801.04062, section 5"
    )
    views: ClassVar[tuple[str, ...]] = ("features", "pairs", "critic")

    n_features: Annotated[int, Range(1, 512, log=True), "Number of features per picture or row."] = 64
    epochs: Annotated[
        int | None,
        Range(1, 10_000, log=True),
        "How often every training row is seen; empty: as often as 600 steps take, 10 to 40, or more for at least 200 steps.",
        Field("Epochs"),
    ] = None
    objective: Annotated[
        Literal["infonce", "jsd"],
        "What is ascended; the reported bound is InfoNCE for both.",
        Field("Objective", "Training"),
    ] = "infonce"
    critic: Annotated[
        Literal["separable", "concat"],
        "Separable compares each pair with all others of the batch at once; concat sees both parts together, slowly.",
        Field("Critic", "Network"),
    ] = "separable"
    hidden: Annotated[
        int,
        Range(4, 4096, log=True),
        "Hidden units of the critic.",
        Field("Hidden units of the critic", "Network"),
    ] = 1024
    negatives: Annotated[
        int,
        Range(1, 512, log=True),
        "Concat critic: pairings of other rows that a row meets.",
        Field("Negatives of each row", "Training"),
    ] = 16
    backbone: Annotated[
        Literal["auto", "strided", "vgg", "perceptron"],
        "The network before the latent; auto goes by the data.",
        Field("Backbone", "Network"),
    ] = "auto"
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
    noise: Annotated[
        float,
        Range(0, 3),
        "Rows: deviation of the noise that a view adds to standardised columns.",
        Field("Noise added to a view", "Views", "rows"),
    ] = 0.2
    size: Annotated[
        int | None,
        Range(8, 96),
        "Pictures: pixels a side that the network sees; empty: by the data.",
        Field("Picture side seen by the network (pixels)", "Network", "pictures"),
    ] = None
    width: Annotated[
        int | None,
        Range(4, 256, log=True),
        "Channels of the first layer; the last has four times as many. Empty: 32, or 16 for pictures of up to 16 pixels.",
        Field("Channels of the first layer", "Network"),
    ] = None
    batch_size: Annotated[
        int,
        Range(2, 10_000, log=True),
        "Rows in a step.",
        Field("Batch size", "Training"),
    ] = 256
    learning_rate: Annotated[
        float,
        Range(1e-5, 1.0, log=True),
        "Step size of Adam; it falls as a cosine.",
        Field("Learning rate", "Training"),
    ] = 2e-3

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, c, h, w), (n, h, w) or (n, d). y is ignored. Errors: ValueError."""
        return self.drain(Source(self._validated(X, reset=True)))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per optimisation step. Info: "loss"; at the end of each epoch "epoch", "mi" (InfoNCE on held-out
        pairs, nats) and its "ceiling"; at twenty of these, with labels, "probe" (accuracy of a linear probe on rows that neither it nor
        the network was trained on) and "probe_random", "probe_pixels", "probe_pca", "probe_noise" beside it."""
        self.check_parameters()
        self._begin(source)
        yield from self._run.training.iterate(self._update, self.total, start)

    def checkpoint(self) -> Checkpoint:
        """The whole state, the order of this epoch's rows included; no pictures."""
        return self._run.training.checkpoint()

    @property
    def total(self) -> int:
        """Epochs times full batches, once the data are known."""
        run = getattr(self, "_run", None)
        return run.epochs * run.per_epoch if run else self.epochs or MOST_EPOCHS

    def _begin(self, source: Source) -> None:
        self.scale_ = Scale.of(source.x)
        x = self.scale_.apply(source.x)
        n, where = len(x), device.resolve(self.device)
        if n < FEWEST:
            raise ValueError(f"X has n_samples={n}; MINE needs at least {FEWEST}")
        network = self._network(torch.Generator().manual_seed(self.seed())).to(where)
        adam = torch.optim.Adam(network.parameters(), lr=self.learning_rate)
        self._run = run = SimpleNamespace(source=source, final=None, probing=None, beside={})
        run.training = Training(network, adam, device.generator(self.seed(), where))
        run.x = x.to(x.dtype if x.dtype == torch.uint8 else torch.float32).to(where)
        order = np.random.default_rng(LOOK).permutation(n)
        held, train = np.split(order, [min(MOST, max(2, int(HELD * n)))])
        run.held, run.train = np.sort(held), torch.as_tensor(np.sort(train)).to(where)
        run.batch = min(self.batch_size, len(train))
        run.per_epoch = len(train) // run.batch
        run.epochs = self.epochs or _epochs(run.per_epoch)
        if source.labels is not None:
            run.probing = Probing(source, train, held, self._plain, self.n_features, self.seed())
            run.beside = run.probing.beside(self._features) if run.probing.possible else {}

    def _network(self, generator: torch.Generator) -> Network:
        shape, views = self.scale_.shape, self._views()
        size = views.size if isinstance(views, PictureViews) else 0
        width = self.width or (16 if 0 < size <= SMALL else 32)
        body, d = backbones.body(self.backbone, shape, size, width, generator)
        critic = critics.make(
            self.critic, 1, self.n_features, self.n_features, hidden=self.hidden, layers=1, activation="relu",
            generator=generator,
        )  # fmt: skip
        return Network(body, d, self.n_features, critic, generator)

    def _views(self, shape: tuple[int, ...] | None = None) -> Views:
        shape = shape or self.scale_.shape
        if len(shape) == 1:
            return RowViews(self.noise)
        return PictureViews(self.size or (SMALL if max(shape) <= SMALL else 24), self.rotation, self.crop)

    def _update(self, index: int) -> dict[str, float]:
        """One optimisation step, and at the end of an epoch a look at the held-out rows."""
        run, (epoch, batch) = self._run, divmod(index, self._run.per_epoch)
        training, views = run.training, self._views()
        network, adam = training.module.train(), training.optimiser
        for group in adam.param_groups:
            group["lr"] = self.learning_rate * cosine(index, self.total)
        if batch == 0:
            order = torch.randperm(len(run.train), generator=training.generator, device=run.x.device)
            training.extras["order"] = run.train[order]
        x = unit(run.x[training.extras["order"][batch * run.batch : (batch + 1) * run.batch]])
        z, other = network(torch.cat([views.anchor(x), views.vary(x, training.generator)])).chunk(2)
        loss = -OBJECTIVES[self.objective](*scores(network.critic, z, other, self._shifts(len(x)))).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        info = {"loss": float(loss.detach())}
        return info | self._epoch_end(epoch) if batch == run.per_epoch - 1 else info

    def _shifts(self, n: int) -> Any:
        """Which other rows a row is compared with: all of the batch, or as many random ones as the concat critic can pay."""
        if self.critic == "separable" or self.negatives >= n - 1:
            return range(1, n)
        generator = self._run.training.generator
        return (1 + torch.randperm(n - 1, generator=generator, device=generator.device)[: self.negatives]).tolist()

    def _epoch_end(self, epoch: int) -> dict[str, float]:
        run, every = self._run, max(1, self._run.epochs // LOOKS)
        pairs = self._held_pairs(SCORED)
        info = {"epoch": epoch + 1, "mi": information(run.training.module.eval().critic, *pairs)}
        info["ceiling"] = math.log(len(pairs[0]))
        if run.probing and run.probing.possible and ((epoch + 1) % every == 0 or epoch + 1 == run.epochs):
            info |= {"probe": run.probing.linear(self._features), **run.beside}
        return info

    def _held_pairs(self, most: int) -> tuple[Tensor, Tensor]:
        """z of the first held-out rows and of one fixed varied view of each."""
        run, views, again = self._run, self._views(), device.generator(LOOK, self._run.x.device)
        network, x = run.final or run.training.module, run.x[evenly(run.held, most)]
        return through(network, views.anchor, x), through(network, lambda part: views.vary(part, again), x)

    def finish(self) -> Self:
        """Set the fitted attributes from where the run stands. With labels this takes some seconds: all the probes."""
        run = self._run
        run.final = copy.deepcopy(run.training.module).eval()
        pairs = self._held_pairs(SCORED)
        self.mi_, self.ceiling_ = information(run.final.critic, *pairs), math.log(len(pairs[0]))
        # Rows are cheap, and in double precision a row's answer does not depend on which others come with it.
        self.network_ = copy.deepcopy(run.final).cpu()
        if len(self.scale_.shape) == 1:
            self.network_ = self.network_.double()
        self.probes_ = (
            run.probing.table(self._features, self._untrained) if run.probing and run.probing.possible else {}
        )
        self.scored_on_ = "test" if self.probes_ and run.probing.on_test else "held out"
        return self

    @property
    def _n_features_out(self) -> int:
        return self.n_features

    def transform(self, X: Any) -> Array:
        """The features z of each row's plain look, (n, n_features)."""
        check_is_fitted(self, "network_")
        x = self.scale_.apply(self._validated(X, reset=False))
        return through(self.network_, self._views().anchor, x).numpy()

    def pairs(self, X: Any, n: int = 16) -> dict[str, Array]:
        """ "first" and "second": both views of the first n pictures as `steps` would take them, without any training.

        (n, h, w) or (n, h, w, 3) in [0, 1]; nothing for rows.
        """
        self.check_parameters()
        scale = Scale.of(X)
        return self._two(
            unit(scale.apply(X[:n])), self._views(scale.shape), device.generator(LOOK, torch.device("cpu"))
        )

    def fitted(self) -> Checkpoint | None:
        """The network and the scale of the data."""
        if not hasattr(self, "network_"):
            return None
        tensors = dict(self.network_.state_dict())
        tensors |= {f"scale.{k}": torch.as_tensor(getattr(self.scale_, k)) for k in ("offset", "span")}
        said = {name: getattr(self, name) for name in SAID}
        return Checkpoint(0, tensors, {"shape": list(self.scale_.shape), "said": said})

    def settle(self, saved: Checkpoint) -> Self:
        """Take back what `fitted` gave. Errors: ValueError, RuntimeError where it does not fit these parameters."""
        scale = {k: saved.tensors[f"scale.{k}"].numpy() for k in ("offset", "span")}
        self.scale_ = Scale.kept(saved.meta["shape"], **scale)
        network = self._network(torch.Generator().manual_seed(0)).eval()
        self.network_ = network.double() if len(self.scale_.shape) == 1 else network
        self.network_.load_state_dict({k: v for k, v in saved.tensors.items() if not k.startswith("scale.")})
        self.__dict__.update({name: saved.meta["said"][name] for name in SAID})
        return self

    def result(self) -> dict[str, Any]:
        """Held-out information and its ceiling (nats), and with labels the table of probes and what it was scored on."""
        check_is_fitted(self, "network_")
        said = {"mi": self.mi_, "ceiling": self.ceiling_, "bound": "InfoNCE on held-out pairs"}
        return said | ({"probes": self.probes_, "scored_on": self.scored_on_} if self.probes_ else {})

    def view(self, name: str) -> dict[str, Array]:
        """ "features" (m ≤ 2,000, d), their first two principal components as "coordinates" (m, 2), "rows" and "labels";
        "pairs", both views of 16 held-out pictures;
        "critic", its "scores" (k, k) of 32 held-out rows with the views of all, true pairs on the diagonal."""
        if name not in self.views:
            return super().view(name)
        if getattr(self, "_run", None) is None:
            raise ValueError(f"the picture {name!r} is shown of a run in this process; run it again to see it")
        run = self._run
        network = run.final or run.training.module
        if name == "pairs":
            again = device.generator(LOOK, run.x.device)
            return self._two(unit(run.x[evenly(run.held, PAIRS)]), self._views(), again)
        if name == "critic":
            with torch.no_grad():
                z, other = self._held_pairs(CROSSED)
                return {"scores": network.critic.matrix(z[None], other[None])[0].cpu().numpy()}
        rows = np.unique(np.linspace(0, len(run.x) - 1, min(PROJECTED, len(run.x))).astype(int))
        known = {} if run.source.labels is None else {"labels": np.asarray(run.source.labels)[rows]}
        found = through(network, self._views().anchor, run.x[rows]).cpu().numpy()
        return {"features": found, "coordinates": plane(found), "rows": rows, **known}

    def _two(self, x: Tensor, views: Views, generator: torch.Generator) -> dict[str, Array]:
        if not isinstance(views, PictureViews):
            return {}
        return {"first": shown(views.anchor(x)), "second": shown(views.vary(x, generator))}

    def _features(self, X: Array, network: Network | None = None) -> Array:
        """z of raw rows by the weights of now, or by another network."""
        network = network or self._run.final or self._run.training.module
        return through(network, self._views().anchor, self.scale_.apply(X)).cpu().numpy()

    def _untrained(self, X: Array) -> Array:
        """z of raw rows by the weights that this seed begins with."""
        return self._features(X, self._network(torch.Generator().manual_seed(self.seed())).to(self._run.x.device))

    def _plain(self, X: Array) -> Array:
        return self.scale_.apply(X).numpy()

    def _validated(self, X: Any, reset: bool) -> Array:
        kinds = [np.float64, np.float32, np.uint8]
        return validate_data(
            self, shaped(X), reset=reset, allow_nd=True, dtype=kinds, ensure_min_samples=FEWEST if reset else 1
        )


def _epochs(per_epoch: int) -> int:
    """How often the rows are seen where nothing is asked for: long enough to learn, and not by heart."""
    wanted = max(min(ENOUGH_EPOCHS, STEPS // per_epoch), math.ceil(FEWEST_STEPS / per_epoch))
    return min(MOST_EPOCHS, max(FEWEST_EPOCHS, wanted))
