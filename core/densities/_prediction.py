"""What a learned p(y | x) answers: densities, means, quantiles, samples, pictures, a report; saved and restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from core.arrays import rows
from core.densities import _report, _views
from core.densities._data_warnings import data_warnings
from core.densities._mixture import Mixture
from core.densities._run import ReportData, Run, Scales, columns, generators, settled
from core.information.tables import numbers
from core.learning.best import section
from core.method import Array, Checkpoint, ConditionalDensity, check_is_fitted, validate_data
from core.params import Param, Range
from core.sentences import Sentence

_LIVE = 2000  # rows of a calibration picture while a run goes on


@dataclass(eq=False, repr=False, kw_only=True)
class LearnedDensity(ConditionalDensity):
    """p(y | x) as a network whose output is a mixture of Gaussians; how it is learned is the subclass's matter."""

    views: ClassVar[tuple[str, ...]] = ("density", "ribbons", "samples", "points", "support", "calibration")

    def _network(self, dx: int, y: Tensor, generators: list[torch.Generator]) -> nn.Module:
        """On the CPU, one network a generator: x (n, dx) or (r, n, dx) → Mixture (r, n, k, …) in standardised units;
        y (n, dy) are standardised training rows."""
        raise NotImplementedError

    def predict_density(self, X: Any) -> torch.distributions.Distribution:
        """p(y | x) of each row as a torch distribution over (n, dy), float64, in y's own units."""
        return self._of(X).distribution()

    def predict(self, X: Any) -> Array:
        """E[y | x]: (n,) if y was, else (n, dy)."""
        mean = self._of(X).mean().numpy()
        return mean[:, 0] if getattr(self, "_flat_y", False) else mean

    def log_density(self, X: Any, y: Any) -> Array:
        """log p(y | x) of each row, (n,), in nats and y's own units; a density may exceed 1, so this may be positive."""
        check_is_fitted(self)
        X, y = validate_data(self, X, reset=False, dtype=np.float64), rows(y, "y", finite=False)
        if y.shape != (len(X), self.n_outputs_):
            raise ValueError(
                Sentence(
                    "y has shape {shape}, but X asks for {wanted}", shape=y.shape, wanted=(len(X), self.n_outputs_)
                )
            )
        size = _report.numbers(self._density(X[:1]))
        return np.concatenate(
            [
                self._density(X[rows]).log_density(torch.as_tensor(y[rows])).numpy()
                for rows in _report.parts(size, len(X))
            ]
        )

    def sample(self, X: Any, n: int = 1) -> Array:
        """n draws of y for each row, (n, rows, dy): pick a component, then draw; the same seed gives the same draws."""
        n = Param("n", int, 1, "", Range(1, 10**9)).check(n)
        return self._of(X).sample(n, np.random.default_rng(self.random_state))

    def quantile(self, X: Any, q: float | Array) -> Array:
        """The q-quantiles of each output on its own, (*shape of q, rows, dy). Errors: ValueError unless 0 < q < 1."""
        levels = numbers(q, "q")
        if not ((levels > 0) & (levels < 1)).all():
            raise ValueError(Sentence("q={q} is not between 0 and 1", q=q))
        out = self._of(X).quantile(levels.ravel())
        return out.reshape(*levels.shape, *out.shape[1:])

    def _of(self, X: Any) -> Mixture:
        check_is_fitted(self)
        return self._density(validate_data(self, X, reset=False, dtype=np.float64))

    def _density(
        self, x: Array, owner: Array | None = None, network: nn.Module | None = None, scale: Scales | None = None
    ) -> Mixture:
        """The mixtures of rows x (n, dx) in y's own units: the networks' average, or of row i that of network owner[i]."""
        network, scale = network or self.network_, scale or self.scale_
        with torch.no_grad():
            every: Mixture = network(torch.as_tensor(scale.x(x)))
        one = every.pooled() if owner is None or not len(owner) else every.chosen(owner)
        return one.in_units(scale.y.offset, scale.y.span)

    def result(self) -> dict[str, Any]:
        """Negative log-likelihoods, squared error, calibration and I(X; Y), all of rows that were not trained on.

        "nll_held_out" and "mse_held_out" are of the validation rows, which chose the weights. All else is of the same
        "n_calibration" rows of `calibrated_on`, fresh ones where there are some, else the validation rows: "nll",
        "nll_oracle" (the true density's, where it is known), coverage, "ks", "crps" and "mi" (of the first "n_mi" where
        that many are too much work). Validation rows are scored by the network that has not seen them, fresh rows by the
        average. "notices": sentences.
        """
        check_is_fitted(self)
        if not self.report_:
            self.report_: dict[str, Any] = self._fit_report() | self._rest_report()
        return dict(self.report_)

    def _fit_report(self) -> dict[str, Any]:
        out: dict[str, Any] = {"nll_held_out": self.nll_held_out_, "n_iter": self.n_iter_}
        if len(self.restart_nll_) > 1:
            out["restart_nll"] = self.restart_nll_
        run: Run | None = self._current
        if run is None:
            return out
        x, y = (columns(a)[run.validation] for a in (run.source.x, run.source.y))
        owner = None if run.source.draw else np.arange(len(x)) // run.x_validation.shape[-2]
        out |= {"mse_held_out": float(((self._density(x, owner).mean().numpy() - y) ** 2).mean()), "n_held_out": len(x)}
        s = self.report_data_
        out["nll"] = _report.nll(self._density, s)
        if run.source.log_density is not None:
            out["nll_oracle"] = float(-run.source.log_density(s.x_held, s.y_held).mean())
        return out | {"calibrated_on": "fresh rows" if run.source.test else "held-out rows"}

    def _rest_report(self) -> dict[str, Any]:
        s, found = self.report_data_, self._calibrated()
        curve = dict(zip(found["nominal"].round(2).tolist(), found["observed"].tolist(), strict=True))
        out: dict[str, Any] = {"n_calibration": int(found["n"]), "coverage_90": curve[0.9], "coverage_50": curve[0.5]}
        out |= {name: float(found[name].mean()) for name in ("ks", "ks_limit", "crps", "crps_marginal")}
        out["components_used"] = int(found["components_used"])
        return out | _report.information(self._density, s) | {"notices": data_warnings(s)}

    def _calibrated(self) -> dict[str, Array]:
        """The calibration of the finished network, on all rows that judge it: the report's figures are the picture's."""
        known = getattr(self, "_calibration", None)
        if known is None or known[0] is not self.network_:
            self._calibration = known = (self.network_, _report.calibrated(self._density, self.report_data_))
        return known[1]

    def get_state(self) -> Checkpoint | None:
        """Weights, units, the rows that pictures need, and the report."""
        if not hasattr(self, "network_"):
            return None
        tensors = {f"network.{k}": v for k, v in self.network_.state_dict().items()}
        tensors |= {f"scale.{k}": torch.as_tensor(v) for k, v in self.scale_.arrays().items()}
        tensors |= {f"sitting.{k}": v for k, v in self.report_data_.tensors().items()}
        return Checkpoint(self.n_iter_, tensors, {"report": self.result(), "flat": getattr(self, "_flat_y", False)})

    def set_state(self, saved: Checkpoint) -> Self:
        """Take back what `get_state` gave. Errors: ValueError where it does not fit."""
        arrays = lambda prefix: {k: v.numpy() for k, v in section(saved.tensors, prefix).items()}  # noqa: E731
        self.scale_, self.report_data_ = Scales.kept(**arrays("scale.")), ReportData(**arrays("sitting."))
        self.n_features_in_, self.n_outputs_ = len(self.scale_.x.span), len(self.scale_.y.span)
        weights = section(saved.tensors, "network.")
        r = len(next(iter(weights.values())))
        network = self._network(self.n_features_in_, torch.zeros(1, self.n_outputs_), generators(0, r)).double().eval()
        network.load_state_dict(weights)
        self.network_, self.report_, self._flat_y = network, dict(saved.meta["report"]), bool(saved.meta["flat"])
        self.n_iter_, self.nll_held_out_ = saved.index, self.report_["nll_held_out"]
        return self

    def view(self, name: str) -> dict[str, Array]:
        """The arrays of a picture (the functions in `_views` say which). "density:2" varies the third input, counted from
        0; without a number, the input on which the first output depends most. While training: of the running mean."""
        kind, _, which = name.partition(":")
        if kind not in self.views:
            return super().view(name)
        run: Run | None = self._current
        if run is None:
            check_is_fitted(self)
        network, scale = None, None
        if run is not None and run.finished != run.training.index:  # under way
            network, scale = settled(run, "average.", self.keep), run.scale
        data = run.report_data if run else self.report_data_
        if which and (not which.isdecimal() or int(which) >= len(data.median)):
            raise ValueError(
                Sentence(
                    "{name!r} names no input; they are counted from 0 to {last}",
                    name=name,
                    last=len(data.median) - 1,
                )
            )
        return self._picture(kind, data, network, scale, int(which or data.varied))

    def _picture(self, kind: str, data: ReportData, network: Any, scale: Any, varied: int) -> dict[str, Array]:
        of = lambda x, owner=None: self._density(x, owner, network, scale)  # noqa: E731
        if kind == "calibration":
            return self._calibrated() if network is None else _report.calibrated(of, data, _LIVE)
        if kind in ("points", "support"):
            return getattr(_views, kind)(data, varied)
        if kind == "samples":
            return _views.samples(data, of, varied, self.seed())
        out = getattr(_views, kind)(data, of, varied)
        return out | self._truth(out) if kind == "density" else out

    def _truth(self, picture: dict[str, Array]) -> dict[str, Array]:
        """The true density on the same axes, for one input and one output, where the run's source knows it."""
        run: Run | None = self._current
        if run is None or run.source.log_density is None or run.x.shape[-1] > 1 or run.y.shape[-1] > 1:
            return {}
        if "truth" not in run.cache:  # the same throughout a run, and up to a third of a second's work
            pairs = [a.reshape(-1, 1) for a in np.meshgrid(picture["x"], picture["y"])]
            run.cache["truth"] = np.exp(run.source.log_density(*pairs)).reshape(picture["density"].shape)
        return {"truth": run.cache["truth"]}
