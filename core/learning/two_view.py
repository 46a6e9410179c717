"""Learners of two views of the same thing: rows on one scale, pairs of views, epochs in a random order, a step a batch.

A method adds its parameters, its network, its loss and its pictures: see `TwoViewLearner`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from core import device
from core.arrays import column_names
from core.learning import backbones, best
from core.learning.encoding import drawn, encode_in_batches
from core.learning.fields import Backbone, BatchSize, Crop, Epochs, LearningRate, Noise, Rotation, Size, Width
from core.learning.older import as_now
from core.learning.pairs import Pairs
from core.learning.scaling import Scale, near_constant, shaped, unit
from core.learning.schedules import cosine
from core.learning.training import Training
from core.learning.two_view_run import TwoViewRun
from core.learning.views import PictureViews, RowViews, Views
from core.method import Array, Checkpoint, Method, Source, Step, check_is_fitted, validate_data
from core.sentences import Sentence

SMALL_SIDE = 16  # pixels a side: up to that a picture has so few places that half the channels suffice


@dataclass(eq=False, repr=False, kw_only=True)
class TwoViewLearner(Method):
    """Learns from two views of each picture or row: a subclass writes `make_network` and `losses`.

    X: pictures (n, c, h, w) or (n, h, w), uint8 or float, or rows (n, d). `network_` and `scale_` are what a finished run
    leaves, and what is saved with the attributes in `kept`; `notices_` are sentences about the data.
    """

    fewest: ClassVar[int] = 2  # rows to learn from
    report_every: ClassVar[int] = 1  # steps between losses: each one waits for the device
    fused: ClassVar[bool] = False  # Adam in one kernel: faster, with other roundings
    kept: ClassVar[tuple[str, ...]] = ()

    epochs: Epochs = None
    rotation: Rotation = 25.0
    crop: Crop = 0.57
    noise: Noise = 0.2
    backbone: Backbone = "auto"
    size: Size = None
    width: Width = None
    batch_size: BatchSize = 256
    learning_rate: LearningRate = 2e-3

    # What a method writes.

    def make_body(self, size: int, width: int, generator: torch.Generator) -> tuple[nn.Module, int]:
        """What turns a look into d features, and d; pictures come with size pixels a side."""
        return backbones.body(self.backbone, self.scale_.shape, size, width, generator)

    def make_network(self, body: nn.Module, d: int, generator: torch.Generator) -> nn.Module:
        """The whole network on a backbone that gives d features, weights drawn from the generator."""
        raise NotImplementedError

    def losses(self, network: Any, looks: Tensor, epoch: int) -> dict[str, Tensor]:
        """The losses of a step, each shown by its name; looks: first views with the second ones below them."""
        raise NotImplementedError

    def descended(self, losses: dict[str, Tensor]) -> Tensor:
        """What a step descends: the sum of the losses."""
        return torch.stack([*losses.values()]).sum()

    def epoch_end(self, epoch: int) -> dict[str, float]:
        """What the end of an epoch, counted from 0, has to say."""
        return {"epoch": epoch + 1}

    def enough(self, n: int, batch: int) -> int:
        """Epochs over n rows in batches of so many, where none are asked for."""
        return min(100, max(10, round(400 / (n // batch))))

    def prepare(self, index: int) -> None:
        """Called before each step."""

    def factor(self, index: int, epoch: int) -> float:
        """The step size as part of the learning rate."""
        return cosine(index, self.total)

    def make_pairs(self, x: Tensor) -> Pairs:
        """How a second look at each of the scaled rows x is got: by default at the row itself, varied."""
        return Pairs(x, self.augmentation())

    def partners(self, rows: Tensor, n: int) -> Tensor:
        """Of n rows those whose varied view a preview shows beside these."""
        return rows

    def check_rows(self, n: int) -> None:
        """Errors: ValueError where n rows are too few."""
        if n < self.fewest:
            raise ValueError(
                Sentence(
                    "X has n_samples={n}; {name} needs at least {fewest}",
                    n=n,
                    name=type(self).__name__,
                    fewest=self.fewest,
                )
            )

    def augmentation(self, shape: tuple[int, ...] | None = None) -> Views:
        """The views of rows of this shape, (d,) or (c, h, w), or else of those learned from."""
        shape = shape or self.scale_.shape
        if len(shape) == 1:
            return RowViews(self.noise, both=False)
        side = self.size or (SMALL_SIDE if max(shape) <= SMALL_SIDE else 24)
        return PictureViews(side, self.rotation, self.crop)

    # What all share.

    def fit(self, X: Any, y: Any = None) -> Self:
        """X: (n, c, h, w), (n, h, w) or (n, d). y is ignored. Errors: ValueError."""
        return self.run(Source(self._validated(X, reset=True), x_names=column_names(X)))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per optimisation step: the losses, and at the end of each epoch what `epoch_end` says."""
        self.check_parameters()
        self._begin(source)
        yield from self._run.training.iterate(self._update, self.total, start)

    def checkpoint(self) -> Checkpoint:
        """The whole state, the best weights so far and the order of this epoch's rows included; no pictures."""
        return self._under_way().training.checkpoint()

    @property
    def total(self) -> int:
        """Epochs times full batches, once the data are known."""
        run = self._current
        return run.epochs * run.per_epoch if run else self.epochs or 1

    def _begin(self, source: Source) -> None:
        self.scale_, self.notices_ = Scale.of(source.x), near_constant(source.x, source.x_names)
        x = self.scale_.apply(source.x)
        self.check_rows(len(x))
        where = device.resolve(self.device)
        network = self._made(torch.Generator().manual_seed(self.seed())).to(where)
        fused = True if self.fused and where.type != "mps" else None
        adam = torch.optim.Adam(network.parameters(), lr=self.learning_rate, fused=fused)
        training = Training(network, adam, device.generator(self.seed(), where))
        x = x.to(x.dtype if x.dtype == torch.uint8 else torch.float32).to(where)
        train = torch.as_tensor(self._rows(len(x))).to(where)
        batch = min(self.batch_size, len(train))
        epochs = self.epochs or self.enough(len(train), batch)
        self._run = self._of(
            TwoViewRun(
                source=source, training=training, pairs=self.make_pairs(x), train=train, batch=batch, epochs=epochs
            )
        )

    def _rows(self, n: int) -> Array:
        """Which of n rows are trained on, in order."""
        return np.arange(n)

    def _of(self, run: TwoViewRun) -> Any:
        """The run with what this method adds to it."""
        return run

    def _made(self, generator: torch.Generator) -> nn.Module:
        size = getattr(self.augmentation(), "size", 0)
        width = self.width or (16 if 0 < size <= SMALL_SIDE else 32)
        return self.make_network(*self.make_body(size, width, generator), generator)

    def _update(self, index: int) -> dict[str, float]:
        """One optimisation step, and at the end of an epoch a look at what came of it."""
        run, (epoch, batch) = self._run, divmod(index, self._run.per_epoch)
        training = run.training
        training.module.train()
        self.prepare(index)
        training.set_rate(self.learning_rate * self.factor(index, epoch))
        losses = self.losses(training.module, self._looks(batch), epoch)
        training.optimiser.zero_grad()
        self.descended(losses).backward()
        training.optimiser.step()
        info = {}
        if index % self.report_every == 0:
            info = dict(zip(losses, torch.stack([*losses.values()]).tolist(), strict=True))
        return info | self.epoch_end(epoch) if batch == run.per_epoch - 1 else info

    def _looks(self, batch: int) -> Tensor:
        run, training = self._run, self._run.training
        if batch == 0:
            order = torch.randperm(len(run.train), generator=training.generator, device=run.x.device)
            training.extras["order"] = run.train[order]
        rows = training.extras["order"][batch * run.batch : (batch + 1) * run.batch]
        return run.pairs.looks(rows, training.generator)

    def finish(self) -> Self:
        """Keep the best weights so far, or where none are kept those of where the run stands."""
        run = self._under_way()
        run.final = copy.deepcopy(run.training.module).eval()
        if weights := best.kept(run.training):
            run.final.load_state_dict(weights)
        self.network_ = self._settled(copy.deepcopy(run.final).cpu())
        return self

    def _settled(self, network: nn.Module) -> nn.Module:
        # Rows are cheap, and in double precision a row's answer does not depend on which others come with it.
        return network.double() if len(self.scale_.shape) == 1 else network

    def get_state(self) -> Checkpoint | None:
        """The network, the scale of the data and the figures in `kept`."""
        if not hasattr(self, "network_"):
            return None
        tensors = {f"network.{k}": v for k, v in self.network_.state_dict().items()}
        tensors |= {f"scale.{k}": torch.as_tensor(getattr(self.scale_, k)) for k in ("offset", "span")}
        figures = {name: getattr(self, name) for name in self.kept}
        return Checkpoint(0, tensors, {"shape": list(self.scale_.shape), "fitted": figures})

    def set_state(self, saved: Checkpoint) -> Self:
        """Take back what `get_state` gave. Errors: ValueError, RuntimeError where it does not fit these parameters."""
        saved = as_now(saved)
        scale = {k: v.numpy() for k, v in best.section(saved.tensors, "scale.").items()}
        self.scale_ = Scale.kept(saved.meta["shape"], **scale)
        self.network_ = self._settled(self._made(torch.Generator().manual_seed(0)).eval())
        self.network_.load_state_dict(best.section(saved.tensors, "network."))
        self.__dict__.update({name: saved.meta["fitted"][name] for name in self.kept})
        if len(self.scale_.shape) == 1:  # of pictures it would be the height or the channels, as they were given
            self.n_features_in_ = self.scale_.shape[0]
        return self

    def pairs(self, X: Any, n: int = 16) -> dict[str, Array]:
        """What training would see of the first n pictures: "first" their anchors, "second" a varied view of each, both
        (n, h, w) or (n, h, w, 3) in [0, 1]; of rows (n, d), both (n, d). Nothing is trained. Errors: ValueError."""
        self.check_parameters()
        x = np.asarray(X)
        scale, rows = Scale.of(x), torch.arange(min(n, len(x)))
        known, partners = (unit(scale.apply(x[which.numpy()])) for which in (rows, self.partners(rows, len(x))))
        views, generator = self.augmentation(scale.shape), torch.Generator().manual_seed(self.seed())
        return drawn(views.first(known, generator), views.vary(partners, generator))

    def encoded(self, X: Any, read: Callable[[Tensor], Tensor] | None = None) -> Array:
        """What the finished network makes of the plain look at new pictures or rows, or `read` of that."""
        check_is_fitted(self, "network_")
        x = self.scale_.apply(self._validated(X, reset=False))
        return encode_in_batches(self.network_, x, self.augmentation().anchor, read).numpy()

    def _validated(self, X: Any, reset: bool) -> Array:
        kinds, fewest = [np.float64, np.float32, np.uint8], self.fewest if reset else 1
        return validate_data(self, shaped(X), reset=reset, allow_nd=True, dtype=kinds, ensure_min_samples=fewest)
