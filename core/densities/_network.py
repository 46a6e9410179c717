"""What networks that learn p(y | x) share: standardised data, a held-out split, averaged weights, restarts."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import numpy as np
import torch
from torch import Tensor

from core import device as devices
from core.densities._layers import Body
from core.densities._prediction import LearnedDensity
from core.densities._run import ReportData, Run, Scales, columns, generators, settled
from core.learning import best
from core.learning.layers import clip_each
from core.learning.scaling import Scale
from core.learning.schedules import cosine
from core.learning.training import SMALL, Training
from core.method import Array, Checkpoint, Source, Step, validate_data
from core.params import Range
from core.sentences import Sentence

FEWEST = 10  # rows: of fewer, the held-out ones that choose the weights and judge them are one or two
_EVERY = 10  # steps between looks at the held-out rows
_PLENTY = 450  # rows for each input that are not learned by heart: 500, of which a tenth is held out
_AVERAGE = 0.99  # of the running mean of the weights: about the last 100 steps
_CLIP = 5.0  # of the gradient's norm, so that one far target cannot throw the weights away


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkDensity(LearnedDensity):
    """Maximum likelihood by Adam, on standardised columns; a subclass builds the network (`_network`)."""

    hidden: Annotated[int, Range(1, 1024, log=True), "Number of tanh units in each hidden layer."] = 50
    layers: Annotated[int, Range(1, 6), "Number of hidden layers."] = 1
    learning_rate: Annotated[
        float, Range(1e-5, 0.3, log=True), "Adam's learning rate at the start; it falls as a cosine."
    ] = 0.01
    iterations: Annotated[int, Range(1, 100_000, log=True), "The most optimisation steps."] = 1500
    batch_size: Annotated[int, Range(8, 65_536, log=True), "Rows in a step; all of them where there are fewer."] = 1024
    held_out: Annotated[float, Range(0.02, 0.5), "Fraction of rows held out, which decides when to stop."] = 0.1
    patience: Annotated[
        int, Range(10, 100_000, log=True), "Training ends when this many steps did not improve the held-out rows."
    ] = 250
    dropout: Annotated[
        float | None,
        Range(0.0, 0.9),
        "Dropout probability; empty: 0.1 for several inputs with fewer than 500 rows for each, else 0.",
    ] = None
    restarts: Annotated[
        int, Range(1, 16), "Networks trained side by side, as one; where they differ, one alone would be luck."
    ] = 3
    keep: Annotated[
        Literal["average", "best"],
        "What becomes of several networks: their average density, each with other rows held out, or the best of them.",
    ] = "average"

    def _body(self, dx: int, n: int, generators: list[torch.Generator]) -> Body:
        few = dx > 1 and n < _PLENTY * dx
        left_out = (0.1 if few else 0.0) if self.dropout is None else self.dropout
        return Body(dx, self.hidden, self.layers, left_out, generators)

    def fit(self, X: Any, y: Any) -> Self:
        """X: (n, dx); y: (n,) or (n, dy). Errors: ValueError."""
        X, y = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=np.float64, ensure_min_samples=FEWEST)
        y = np.asarray(y, dtype=np.float64)
        self._flat_y = y.ndim == 1
        return self.run(Source(X, y.reshape(len(y), -1)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    @property
    def total(self) -> int:
        return self.iterations

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield "loss", and now and then "nll_held_out", both the mean −log p(y | x) in nats and y's own units, the
        networks' mean, or that of the network that is best so far where the best is kept."""
        run = self._run = self._begin(source)

        def update(index: int) -> dict[str, float]:
            run.training.set_rate(self.learning_rate * cosine(index, self.iterations))
            info = {"loss": self._descend(run, index) + run.scale.log_volume}
            if index % _EVERY == 0 or index + 1 == self.iterations:
                info["nll_held_out"] = self._look(run, index) + run.scale.log_volume
            return info

        yield from run.training.iterate(update, self.iterations, start)

    def _columns(self, source: Source) -> tuple[Array, Array]:
        """x (n, dx) and y (n, dy). Errors: ValueError where there is no y or there are too few rows."""
        if source.y is None:
            raise ValueError(
                Sentence("{name} needs y: name the columns or values to predict", name=type(self).__name__)
            )
        x, y = columns(source.x), columns(source.y)
        if len(x) < FEWEST:
            raise ValueError(
                Sentence(
                    "n_samples={n} is too few for {name}: give at least {fewest} rows",
                    n=len(x),
                    name=type(self).__name__,
                    fewest=FEWEST,
                )
            )
        return x, y

    def _begin(self, source: Source) -> Run:
        (x, y), seed, where = self._columns(source), self.seed(), devices.resolve(self.device)
        held, kept = self._split(len(x), seed, source.draw is not None)
        own = held.ravel() if self.keep == "average" and not source.draw else held[0]
        scale = Scales(*(Scale.of_columns(side[kept[0]]) for side in (x, y)))
        tensor = lambda a: torch.as_tensor(a, dtype=torch.float32, device=where)  # noqa: E731
        rows = [
            (tensor(scale.x(x[chosen])), tensor(scale.y(y[chosen]))) for chosen in (kept, held)
        ]  # (r, rows, columns)
        training = self._training(x.shape[1], rows[0][1][0].cpu(), seed, where)
        network = training.module
        data = ReportData.of(x[kept[0]], y[kept[0]], *self._judging(source, x, y, own, held.shape[1]))
        average = copy.deepcopy(network).requires_grad_(False).eval()
        for body in network.modules():
            if isinstance(body, Body):
                body.chance = training.generator
        return Run(source, scale, *rows[0], *rows[1], own, average, training, data, {})

    def _training(self, dx: int, y: Tensor, seed: int, where: torch.device) -> Training:
        network = self._network(dx, y, generators(seed, self.restarts)).to(where)
        optimiser = torch.optim.Adam(network.parameters(), lr=self.learning_rate, fused=where.type != "mps")
        extras = {f"{name}.{k}": v.clone() for name in ("average", "best") for k, v in network.state_dict().items()}
        meta = {"best": [math.inf] * self.restarts, "at": [0] * self.restarts}
        training = Training(network, optimiser, devices.generator(seed, where), extras, meta)
        training.threads = 1 if self.hidden <= SMALL else None
        return training

    def _judging(self, source: Source, x: Array, y: Array, own: Array, each: int) -> tuple[Array, Array, Array]:
        """The rows that judge the density, and which network has not seen each; (0,) where none has seen any of them."""
        if source.test:
            return columns(source.test.x), columns(source.test.y), np.zeros(0, dtype=np.int64)
        if source.draw:
            return x, y, np.zeros(0, dtype=np.int64)
        return x[own], y[own], np.arange(len(own)) // each

    def _split(self, n: int, seed: int, fresh: bool) -> tuple[Array, Array]:
        """The held-out rows of every network, (r, cut), and those it trains on, (r, n − cut)."""
        order = np.random.default_rng(seed).permutation(n)
        if fresh:
            return np.tile(order, (self.restarts, 1)), np.tile(order, (self.restarts, 1))
        cut = max(1, round(self.held_out * n))
        # Networks to be averaged take turns in what they do not see; to be compared, they must be scored on the same.
        first = np.arange(self.restarts)[:, None] * (cut if self.keep == "average" else 0)
        return order[(first + np.arange(cut)) % n], order[(first + np.arange(cut, n)) % n]

    def held_rows(self, n: int) -> Array:
        """Of n fixed rows those that a network did not train on; networks that are averaged each have others."""
        return np.unique(self._split(n, self.seed(), False)[0])

    def _descend(self, run: Run, index: int) -> float:
        training = run.training
        x, y = self._batch(run, index)
        loss = -training.module(x).log_density(y).mean(1)
        training.optimiser.zero_grad()
        loss.sum().backward()
        clip_each(training.module, _CLIP, squares=True)
        training.optimiser.step()
        mean = [training.extras[f"average.{k}"] for k in training.module.state_dict()]
        # The running mean starts as a plain one, so that the first weights are soon forgotten.
        torch._foreach_lerp_(
            mean, list(training.module.state_dict().values()), 1 - min(_AVERAGE, (1 + index) / (10 + index))
        )
        return float(loss.detach().mean() if self.keep == "average" else loss.detach()[run.leader])

    def _batch(self, run: Run, index: int) -> tuple[Tensor, Tensor]:
        if run.source.draw:
            x, y = run.source.draw(
                self.batch_size, int(np.random.SeedSequence((self.seed(), index)).generate_state(1)[0])
            )
            x, y = run.scale.x(x), run.scale.y(y)
            return torch.as_tensor(x).float().to(run.x), torch.as_tensor(y).float().to(run.x)
        if run.x.shape[1] <= self.batch_size:
            return run.x, run.y
        rows = torch.randint(run.x.shape[1], (self.batch_size,), generator=run.training.generator, device=run.x.device)
        return run.x[:, rows], run.y[:, rows]

    def _look(self, run: Run, index: int) -> float:
        """Score the averaged weights on the held-out rows; keep each network's best, and end when patience is over."""
        training = run.training
        run.average.load_state_dict(best.section(training.extras, "average."))
        with torch.no_grad():
            values = (-run.average(run.x_validation).log_density(run.y_validation).mean(1)).tolist()
        least, at = training.meta["best"], training.meta["at"]
        better = [value < known for value, known in zip(values, least, strict=True)]
        for r in np.flatnonzero(better):
            least[r], at[r] = values[r], index
        best.keep(training, torch.tensor(better, device=run.x.device), run.average.state_dict())
        training.done = all(index - when >= self.patience for when in at)
        return _of_all(values, self.keep)

    def checkpoint(self) -> Checkpoint | None:
        run = self._current
        return None if run is None else run.training.checkpoint()

    def finish(self) -> Self:
        """Set the fitted attributes from the best weights so far. Errors: ValueError before the first step."""
        run = self._under_way()
        if not run.training.index:
            raise self._no_step_yet()
        self.network_, self.scale_, self.report_data_ = settled(run, "best.", self.keep), run.scale, run.report_data
        self.n_features_in_, self.n_outputs_ = run.x.shape[2], run.y.shape[2]
        self.restart_nll_ = [value + run.scale.log_volume for value in run.training.meta["best"]]
        self.n_iter_, self.nll_held_out_ = run.training.index, _of_all(self.restart_nll_, self.keep)
        self.report_, run.finished = {}, run.training.index
        return self


def _of_all(values: list[float], keep: str) -> float:
    """The networks' mean, or the best of those that did not diverge."""
    if keep == "average" or np.isnan(values).all():
        return float(np.mean(values))
    return float(np.nanmin(values))
