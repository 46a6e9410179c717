"""Ready settings of Deep InfoMax: this program's, those of its paper, and a critic's scores between two views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.text import t

METHOD = "dim"
_PAPER = {
    "dim.pairing": "same",
    "dim.objective": "jsd",
    "dim.global_weight": 0.5,
    "dim.local_weight": 1.0,
    "dim.backbone": "strided",
}
_SCORES = {"dim.objective": "infonce", "dim.local_weight": 0.25, "dim.temperature": 0.5}


def presets(now: Mapping[str, str]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Name → (label, help, settings), with the data and the seed that the form has now."""
    kept = {name: value for name, value in now.items() if not name.startswith(f"{METHOD}.")}
    known = {
        "auto": (
            t("Two views"),
            t(
                "The defaults: two views share the letters of learned codes; of colour pictures a critic compares all pairs of a batch."
            ),
            {},
        ),
        "scores": (
            t("Two views, InfoNCE"),
            t("A critic tells which map and which features are of one picture, among all pictures of a batch."),
            _SCORES,
        ),
        "paper": (
            t("As in the paper"),
            t("Map and features of the same picture, the logistic objective, and weights of 0.5, 1.0 and 0.1."),
            _PAPER,
        ),
    }
    return {name: (label, help, kept | values) for name, (label, help, values) in known.items()}
