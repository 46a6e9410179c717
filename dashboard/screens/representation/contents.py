"""What each tab of the page holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.spec import Spec
from dashboard.pickers import augmentation_preview
from dashboard.screens.representation import graph_results, results
from dashboard.text import t
from dashboard.widgets import layout, pitfalls, player, scans, server
from dashboard.widgets.shown import Shown

NAME, FAMILY = "representation", "encoders"
BESIDE = ("scan", "wrong")  # tabs on which a run that has just begun is not seen


def tabs(
    data: dict[str, Any], method: str, values: dict[str, Any], seed: int, specs: Sequence[Spec] | str
) -> dict[str, tuple[str, Callable[[], object]]]:
    """Id → (title, what draws it)."""
    return {
        "training": (t("Training"), lambda: _training(data, method, values, specs)),
        "probes": (t("Probes"), _probes),
        "learned": (t("What was learned"), _learned),
        "scan": (t("How many features"), lambda: scans.section(NAME, specs)),
        "wrong": (t("What goes wrong"), lambda: _mistakes(seed)),
    }


def _training(data: dict[str, Any], method: str, values: dict[str, Any], specs: Sequence[Spec] | str) -> None:
    player.panel(
        NAME,
        lambda shown, chart: _results(shown[0]).training(NAME, shown[0], chart),
        lambda: (
            graph_results.preview(specs)
            if "graph" in data
            else augmentation_preview.preview(data, method, values, family=FAMILY)
        ),
        family=FAMILY,
    )


def _results(s: Shown) -> Any:
    """What draws a run: of a graph's nodes, or of rows and pictures."""
    return graph_results if s.run.spec and s.run.spec.data.gives == "graph" else results


def _probes() -> None:
    sentence = t("Press Start: what the features are worth appears here, beside raw values and noise.")
    player.panel(
        NAME,
        lambda shown, chart: _results(shown[0]).probed(NAME, shown[0], chart),
        lambda: layout.empty(server.invitation(sentence)),
        family=FAMILY,
    )


def _learned() -> None:
    sentence = t("Press Start: what the features have learned appears here, in pictures.")
    player.panel(
        NAME,
        lambda shown, chart: _results(shown[0]).learned_of(NAME, shown[0], chart),
        lambda: layout.empty(server.invitation(sentence)),
        family=FAMILY,
    )


def _mistakes(seed: int) -> None:
    st.caption(t("Common mistakes next to the correct method, on the bundled digits."))
    pitfalls.all_about(FAMILY, NAME, {"images": "digits"}, seed)
