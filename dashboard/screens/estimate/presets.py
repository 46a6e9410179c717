"""Ready settings of the estimate page: the experiments that are in the literature, a press each."""

from __future__ import annotations

from typing import Any

from dashboard.text import t

_S0 = {
    "d": "channel",
    "n": 20_000,
    "fresh": True,
    "unit": "bits",
    "mine.hidden": 10,
    "mine.layers": 1,
    "mine.activation": "relu",
    "mine.learning_rate": 0.01,
    "mine.batch_size": 20_000,
    "mine.negatives": 1,
    "mine.iterations": 500,
    "mine.margins": "raw",
    "mine.schedule": "constant",
    "mine.patience": 0,
}
_S4 = {
    "n": 1_000_000,
    "fresh": True,
    "m": ("mine", "histogram"),
    "histogram.bins": 100,
    "histogram.binning": "width",
    "histogram.correction": "none",
    "mine.hidden": 16,
    "mine.layers": 1,
    "mine.activation": "relu",
    "mine.learning_rate": 0.01,
    "mine.batch_size": 1_000,
    "mine.negatives": 1,
    "mine.iterations": 1_000,
    "mine.margins": "raw",
    "mine.schedule": "constant",
    "mine.patience": 0,
}


def presets() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Name → (label, help, settings)."""
    return {
        "rho8": (t("ρ = 0.8"), t("A correlated Gaussian pair, one estimator with its defaults."), {}),
        "several": (
            t("Four estimators"),
            t("Four bounds on the same sample, drawn over each other."),
            {"m": ("mine", "nwj", "infonce", "smile")},
        ),
        "spiral": (
            t("auto on a spiral"),
            t("Copulas and neighbours see a part of it: several estimators are compared, and one is reported."),
            {"d": "spiral", "m": ("auto",)},
        ),
        "s0d1": (
            t("Channel, d = 1"),
            t("The Gaussian channel with P = 3 and N = 0.2: 2.000 bits. Fresh samples at every step."),
            _S0,
        ),
        "s0d3": (t("Channel, d = 3"), t("The same channel in three dimensions: 6.000 bits."), _S0 | {"d.dimension": 3}),
        "s4r5": (
            t("MINE and histogram, ρ = 0.5"),
            t("A small critic on batches of 1,000, with a histogram beside it: 0.1438 nats."),
            _S4 | {"d.rho": 0.5},
        ),
        "s4r8": (t("MINE and histogram, ρ = 0.8"), t("The same with ρ = 0.8: 0.5108 nats."), _S4),
    }
