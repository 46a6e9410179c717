"""Encoders that learn from two views: some rows are held out, features are probed with labels, and drawn in the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from core import device
from core.arrays import evenly, principal_components
from core.learning import encoder_views
from core.learning.encoding import drawn, encode_in_batches
from core.learning.probing import Encode, Probing
from core.learning.scaling import unit
from core.learning.two_view import TwoViewLearner
from core.learning.two_view_run import TwoViewRun
from core.learning.views import PictureViews
from core.method import Array, Encoder, check_is_fitted
from core.params import Range

HELD, MOST = 0.2, 2_000  # the part of the rows that is held out, and the most that are
SCORED = 1_000  # held-out pairs that figures are read from
PROBES, FIGURES = 20, 100  # how often features are probed in a run, and figures read from held-out pairs
LOOK = 0  # the seed of the held-out rows and of their views: the same for every run, so that figures compare
PROJECTED, PAIRS = 2_000, 16  # rows in the pictures of the features and of the views


@dataclass(eq=False, kw_only=True)
class EncoderRun(TwoViewRun):
    """A run with the rows that are held out, (m,), the probes where there are labels, and what plain features score."""

    held: Array
    probing: Probing | None
    beside: dict[str, float]


@dataclass(eq=False, repr=False, kw_only=True)
class TwoViewEncoder(TwoViewLearner, Encoder):
    """Features z = network(x), (n, n_features), learned from two views; a fifth of the rows (at most 2,000) is held out.

    A subclass may say by `held_out` what its network scores on pairs of held-out rows. Sets `network_`, `figures_`, and
    with labels, which are for probes only, `probes_`.
    """

    views: ClassVar[tuple[str, ...]] = ("features", "pairs", "neighbours", "clusters", "colour")
    snapshots: ClassVar[tuple[str, ...]] = ("features",)
    fewest: ClassVar[int] = 4  # two to train on, two to score
    kept: ClassVar[tuple[str, ...]] = ("figures_", "probes_", "scored_on_")

    n_features: Annotated[int, Range(1, 512, log=True), "Number of features per picture or row."] = 64

    def held_out(self, network: Any, first: Tensor, second: Tensor) -> dict[str, float]:
        """Figures of held-out pairs, features of the plain look and of one fixed varied view of each, (n, n_features)."""
        return {}

    def seen_by(self, network: Any) -> nn.Module:
        """The part of the network whose output on held-out pairs `held_out` is given: all of it."""
        return network

    def stages(self, network: Any) -> dict[str, nn.Module]:
        """Further parts whose output is probed, by name: layers below the features."""
        return {}

    def _rows(self, n: int) -> Array:
        return np.sort(self._parts(n)[1])

    def _parts(self, n: int) -> list[Array]:
        """The held-out rows and the others, in random order."""
        order = np.random.default_rng(LOOK).permutation(n)
        return np.split(order, [min(MOST, max(2, int(HELD * n)))])

    def _of(self, run: TwoViewRun) -> EncoderRun:
        source, (held, train) = run.source, self._parts(len(run.x))
        probing, beside = None, {}
        if source.labels is not None:
            probing = Probing(source, train, held, self._plain, self.n_features, self.seed())
            beside = probing.beside(lambda X: self._features(X, run.network)) if probing.possible else {}
            probing = probing if probing.possible else None
        return EncoderRun(**vars(run), held=np.sort(held), probing=probing, beside=beside)

    def epoch_end(self, epoch: int) -> dict[str, float]:
        """ "epoch", at a hundred of these the held-out figures, and at twenty, with labels, "probe" (accuracy of a linear probe
        on rows that neither it nor the network was trained on) and "probe_random", "probe_pixels", "probe_pca", "probe_noise"."""
        run, last = self._run, epoch + 1 == self._run.epochs
        every, seldom = (max(1, run.epochs // n) for n in (FIGURES, PROBES))
        info = super().epoch_end(epoch) | (self._scores() if last or epoch % every == 0 else {})
        if run.probing and (last or (epoch + 1) % seldom == 0):
            info |= {"probe": run.probing.linear(lambda X: self._features(X, run.network)), **run.beside}
        return info

    def _scores(self) -> dict[str, float]:
        network = self._run.network.eval()
        with torch.no_grad():
            return self.held_out(network, *self._held_pairs(SCORED, self.seen_by(network)))

    def _held_pairs(self, most: int, network: nn.Module) -> tuple[Tensor, Tensor]:
        """What a network makes of held-out rows and of one fixed varied view of each."""
        run, views, again = self._run, self.augmentation(), device.generator(LOOK, self._run.x.device)
        x = run.x[evenly(run.held, most)]
        looks = views.anchor, lambda part: views.vary(part, again)
        first, second = (encode_in_batches(network, x, look) for look in looks)
        return first, second

    def finish(self) -> Self:
        """Set the fitted attributes from where the run stands. With labels this takes some seconds: all the probes."""
        super().finish()
        run = self._run
        self.figures_ = self._scores()
        untrained = self._made(torch.Generator().manual_seed(self.seed())).to(run.x.device)
        networks = {"features": run.final, "random": untrained}
        encoders = {name: self._encoder(network) for name, network in networks.items()}
        stages = {name: self._encoder(part) for name, part in self.stages(run.final).items()}
        self.probes_ = run.probing.table(encoders, stages) if run.probing else {}
        self.scored_on_ = "test" if run.probing and run.probing.on_test else "held out"
        return self

    @property
    def _n_features_out(self) -> int:
        return self.n_features

    def transform(self, X: Any) -> Array:
        """The features z of each row's plain look, (n, n_features)."""
        return self.encoded(X)

    def result(self) -> dict[str, Any]:
        """The held-out figures, and with labels the table of probes and what it was scored on; "notices": sentences."""
        check_is_fitted(self, "network_")
        probes = {"probes": self.probes_, "scored_on": self.scored_on_} if self.probes_ else {}
        return dict(self.figures_) | probes | {"notices": list(getattr(self, "notices_", ()))}  # a loaded one has none

    def view(self, name: str) -> dict[str, Array]:
        """ "features" (m ≤ 2,000, d), their first two principal components as "coordinates" (m, 2), "rows" and "labels";
        "pairs", both views of 16 held-out pictures, {} of rows; "neighbours" and, once the run has ended, "clusters" of the
        held-out rows, and "colour" of colour pictures: see `encoder_views`."""
        if name not in self.views:
            return super().view(name)
        run = self._shown_run(name)
        known = {
            "features": self._plane,
            "pairs": self._pairs,
            "neighbours": self._neighbours,
            "clusters": self._clusters,
            "colour": self._colour,
        }
        return known[name](run)

    def _neighbours(self, run: EncoderRun) -> dict[str, Array]:
        x, labels = run.x[run.held], self._labels(run)
        return encoder_views.neighbours(x, self._anchored(run, run.held), labels)

    def _clusters(self, run: EncoderRun) -> dict[str, Array]:
        if run.final is None:  # k-means takes its time: once
            return {}
        plain = self._plain(run.source.x[run.held])
        return encoder_views.clusters(plain, self._anchored(run, run.held), self._labels(run), self.seed())

    def _colour(self, run: EncoderRun) -> dict[str, Array]:
        x = unit(run.x[run.held])
        if run.final is None or self.scale_.shape[0] != 3 or x.ndim != 4:
            return {}
        look = lambda part: self.augmentation().anchor(encoder_views.grey(part))  # noqa: E731
        of_grey = encode_in_batches(run.network, run.x[run.held], look).cpu().numpy()
        return encoder_views.colour(x, self._anchored(run, run.held), of_grey, self._labels(run))

    def _labels(self, run: EncoderRun) -> Array | None:
        return None if run.source.labels is None else np.asarray(run.source.labels)[run.held]

    def _anchored(self, run: EncoderRun, rows: Array) -> Array:
        """z of the plain looks at these rows."""
        return encode_in_batches(run.network, run.x[rows], self.augmentation().anchor).cpu().numpy()

    def _pairs(self, run: EncoderRun) -> dict[str, Array]:
        views, again = self.augmentation(), device.generator(LOOK, run.x.device)
        if not isinstance(views, PictureViews):
            return {}
        x = unit(run.x[evenly(run.held, PAIRS)])
        return drawn(views.anchor(x), views.vary(x, again))

    def _plane(self, run: EncoderRun) -> dict[str, Array]:
        rows = evenly(np.arange(len(run.x)), PROJECTED)
        known = {} if run.source.labels is None else {"labels": np.asarray(run.source.labels)[rows]}
        found = self._anchored(run, rows)
        two = principal_components(found, 2)
        return {"features": found, "coordinates": np.pad(two, ((0, 0), (0, 2 - two.shape[1]))), "rows": rows, **known}

    def _encoder(self, network: nn.Module) -> Encode:
        """Features by this network of raw rows."""
        return lambda X: self._features(X, network)

    def _features(self, X: Array, network: nn.Module) -> Array:
        """z of raw rows."""
        return encode_in_batches(network, self.scale_.apply(X), self.augmentation().anchor).cpu().numpy()

    def _plain(self, X: Array) -> Array:
        return self.scale_.apply(X).numpy()
