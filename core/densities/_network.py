"""What networks that learn p(y | x) share: standardised data, a held-out split, averaged weights, and the pictures."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from core import device as devices
from core.densities._run import Run, Scale, part, reach, settled
from core.method import Array, Checkpoint, ConditionalDensity, Source, Step, check_is_fitted, validate_data
from core.params import Range
from core.training import Training, cosine

_EVERY = 10  # steps between looks at the held-out rows
_AVERAGE = 0.99  # of the running mean of the weights: about the last 100 steps
_CLIP = 5.0  # of the gradient's norm, so that one far target cannot throw the weights away
_GRID, _POINTS = 64, 1000


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkDensity(ConditionalDensity):
    """A network whose output is a distribution over y.

    A subclass builds the network (`_network`), scores rows (`_nll`, standardised, nats) and turns the network's
    output into a distribution in the original units (`_distribution`).
    """

    views: ClassVar[tuple[str, ...]] = ("density", "points")

    hidden: Annotated[int, Range(1, 1024, log=True), "Number of tanh units in the hidden layer."] = 50
    learning_rate: Annotated[
        float, Range(1e-5, 0.3, log=True), "Adam's learning rate at the start; it falls as a cosine."
    ] = 0.01
    iterations: Annotated[int, Range(1, 100_000, log=True), "The most optimisation steps."] = 1500
    batch_size: Annotated[int, Range(8, 65_536, log=True), "Rows in a step; all of them where there are fewer."] = 1024
    held_out: Annotated[
        float, Range(0.02, 0.5), "Share of the rows kept apart, which decides when learning was at its best."
    ] = 0.1
    patience: Annotated[
        int, Range(10, 100_000, log=True), "Training ends when this many steps did not improve the held-out rows."
    ] = 500

    def _network(self, dx: int, y: Tensor) -> nn.Module:
        """A module on the CPU for dx inputs; y (n, dy) are standardised training rows."""
        raise NotImplementedError

    def _nll(self, output: Any, y: Tensor) -> Tensor:
        """−log p(y | x) of each row in standardised units, (n,)."""
        raise NotImplementedError

    def _distribution(self, output: Any, scale: Scale) -> torch.distributions.Distribution:
        """The distribution of y, (n, dy), in the original units, from the network's float64 output."""
        raise NotImplementedError

    def fit(self, X: Any, y: Any) -> Self:
        """X: (n, dx); y: (n,) or (n, dy). Errors: ValueError."""
        X, y = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=np.float64, ensure_min_samples=2)
        y = np.asarray(y, dtype=np.float64)
        self._flat_y = y.ndim == 1
        return self.drain(Source(X, y.reshape(len(y), -1)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    @property
    def total(self) -> int:
        return self.iterations

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """Yield "loss", and now and then "nll_held_out", both the mean −log p(y | x) in nats and y's own units."""
        run = self._run = self._begin(source)

        def update(index: int) -> dict[str, float]:
            for group in run.training.optimiser.param_groups:
                group["lr"] = self.learning_rate * cosine(index, self.iterations)
            info = {"loss": self._descend(run, index) + run.scale.log_volume}
            if index % _EVERY == 0 or index + 1 == self.iterations:
                info["nll_held_out"] = self._look(run, index) + run.scale.log_volume
            return info

        yield from run.training.iterate(update, self.iterations, start)

    def _begin(self, source: Source) -> Run:
        if source.y is None:
            raise ValueError(f"{type(self).__name__} needs y: name the columns or values to predict")
        x, y = (np.asarray(a, dtype=np.float64).reshape(len(a), -1) for a in (source.x, source.y))
        if len(x) < 2:
            raise ValueError(f"{len(x)} sample is too few for {type(self).__name__}: give at least 2 rows")
        seed, where = self.seed(), devices.resolve(self.device)
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(x))
        cut = max(1, round(self.held_out * len(x)))
        held, kept = (order, order) if source.draw else (order[:cut], order[cut:])
        scale = Scale.of(x[kept], y[kept])
        tensor = lambda a: torch.as_tensor(a, dtype=torch.float32, device=where)  # noqa: E731
        tensors = [tensor(a) for a in (scale.x(x[kept]), scale.y(y[kept]), scale.x(x[held]), scale.y(y[held]))]
        with torch.random.fork_rng(devices=[]):  # the layers draw their first weights from the global stream
            torch.manual_seed(seed)
            network = self._network(x.shape[1], tensors[1].cpu()).to(where)
        average = copy.deepcopy(network).requires_grad_(False)
        optimiser = torch.optim.Adam(network.parameters(), lr=self.learning_rate, fused=where.type != "mps")
        extras = {f"{name}.{k}": v.clone() for name in ("average", "best") for k, v in network.state_dict().items()}
        training = Training(network, optimiser, devices.generator(seed, where), extras, {"best": math.inf, "at": 0})
        few = kept[:_POINTS]
        return Run(
            source,
            scale,
            tensors[0],
            tensors[1],
            tensors[2],
            tensors[3],
            held,
            average,
            training,
            reach(x, y),
            {"x": x[few], "y": y[few]},
        )

    def _descend(self, run: Run, index: int) -> float:
        training = run.training
        x, y = self._batch(run, index)
        loss = self._nll(training.module(x), y).mean()
        training.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(training.module.parameters(), _CLIP)
        training.optimiser.step()
        mean = [training.extras[f"average.{k}"] for k in training.module.state_dict()]
        # The running mean starts as a plain one, so that the first weights are soon forgotten.
        torch._foreach_lerp_(
            mean, list(training.module.state_dict().values()), 1 - min(_AVERAGE, (1 + index) / (10 + index))
        )
        return float(loss.detach())

    def _batch(self, run: Run, index: int) -> tuple[Tensor, Tensor]:
        if run.source.draw:
            x, y = run.source.draw(
                self.batch_size, int(np.random.SeedSequence((self.seed(), index)).generate_state(1)[0])
            )
            x, y = run.scale.x(x), run.scale.y(y)
            return torch.as_tensor(x).float().to(run.x), torch.as_tensor(y).float().to(run.x)
        if len(run.x) <= self.batch_size:
            return run.x, run.y
        rows = torch.randint(len(run.x), (self.batch_size,), generator=run.training.generator, device=run.x.device)
        return run.x[rows], run.y[rows]

    def _look(self, run: Run, index: int) -> float:
        """Score the averaged weights on the held-out rows; keep the best, and end when patience is over."""
        training = run.training
        run.average.load_state_dict(part(training.extras, "average."))
        with torch.no_grad():
            value = float(self._nll(run.average(run.x_held), run.y_held).mean())
        if value < training.meta["best"]:
            training.meta |= {"best": value, "at": index}
            training.extras |= {f"best.{k}": v.clone() for k, v in run.average.state_dict().items()}
        training.done = index - training.meta["at"] >= self.patience
        return value

    def checkpoint(self) -> Checkpoint | None:
        run = getattr(self, "_run", None)
        return None if run is None else run.training.checkpoint()

    def finish(self) -> Self:
        """Set the fitted attributes from the best weights so far. Errors: ValueError before the first step."""
        run = getattr(self, "_run", None)
        if run is None:
            raise ValueError(f"{type(self).__name__} has not taken a step yet: run it first")
        self.network_, self.scale_, self.window_, self.points_ = (
            settled(run, "best."),
            run.scale,
            run.window,
            run.points,
        )
        self.n_features_in_, self.n_outputs_ = run.x.shape[1], run.y.shape[1]
        self.n_iter_, self.nll_held_out_ = run.training.index, run.training.meta["best"] + run.scale.log_volume
        return self

    def result(self) -> dict[str, Any]:
        """Held-out negative log-likelihood (nats) and squared error; the true density's beside them where it is known."""
        check_is_fitted(self)
        out: dict[str, Any] = {"nll_held_out": self.nll_held_out_, "n_iter": self.n_iter_}
        run = getattr(self, "_run", None)
        if run is not None:
            x, y = (np.asarray(a, dtype=np.float64).reshape(len(a), -1)[run.held] for a in (run.source.x, run.source.y))
            out["mse_held_out"] = float(((self.predict_density(x).mean.numpy() - y) ** 2).mean())
            out["n_held_out"] = len(x)
            if run.source.log_density is not None:
                out["nll_oracle"] = float(-run.source.log_density(x, y).mean())
        return out

    def predict_density(self, X: Any) -> torch.distributions.Distribution:
        """p(y | x) of each row as a torch distribution over (n, dy), float64, in y's own units."""
        check_is_fitted(self)
        return self._density(self.network_, self.scale_, validate_data(self, X, reset=False, dtype=np.float64))

    def _density(self, network: nn.Module, scale: Scale, x: Array) -> torch.distributions.Distribution:
        with torch.no_grad():
            return self._distribution(network(torch.as_tensor(scale.x(x))), scale)

    def predict(self, X: Any) -> Array:
        """E[y | x]: (n,) if y was, else (n, dy)."""
        mean = self.predict_density(X).mean.numpy()
        return mean[:, 0] if getattr(self, "_flat_y", False) else mean

    def log_density(self, X: Any, y: Any) -> Array:
        """log p(y | x) of each row, (n,), in nats and y's own units; a density may exceed 1, so this may be positive."""
        density = self.predict_density(X)
        y = np.asarray(y, dtype=np.float64)
        if len(y) != density.batch_shape[0] or y.size != len(y) * self.n_outputs_:
            raise ValueError(f"y has shape {y.shape}, but X asks for {(density.batch_shape[0], self.n_outputs_)}")
        return density.log_prob(torch.as_tensor(y.reshape(len(y), -1))).numpy()

    def view(self, name: str) -> dict[str, Array]:
        """ "density": x (64,), y (64,), density (64, 64) with p(y | x) at [y, x], and the truth where it is known, for
        one input and one output. "points": up to 1,000 training rows."""
        if name not in self.views:
            return super().view(name)
        run = getattr(self, "_run", None)
        if run is None:
            check_is_fitted(self)
        if name == "points":
            return dict(run.points if run else self.points_)
        network, scale = (settled(run, "average."), run.scale) if run else (self.network_, self.scale_)
        window = run.window if run else self.window_
        return self._picture(name, network, scale, window, run.source if run else None)

    def _picture(
        self, name: str, network: nn.Module, scale: Scale, window: Array, source: Source | None
    ) -> dict[str, Array]:
        if len(scale.x_mean) != 1 or len(scale.y_mean) != 1:
            return {}  # there is no such picture of several inputs or outputs
        x, y = (np.linspace(low, high, _GRID) for low, high in window)
        density = self._density(network, scale, x[:, None])
        # One row of y per picture row: log_prob broadcasts (64, 1, 1) against the 64 distributions.
        out = {"x": x, "y": y, "density": density.log_prob(torch.as_tensor(y).reshape(-1, 1, 1)).exp().numpy()}
        if source is not None and source.log_density is not None:
            if self._run.truth is None:  # the same throughout a run, and up to a third of a second's work
                pairs = [a.reshape(-1, 1) for a in np.meshgrid(x, y)]
                self._run.truth = np.exp(source.log_density(*pairs)).reshape(_GRID, _GRID)
            out["truth"] = self._run.truth
        return out
