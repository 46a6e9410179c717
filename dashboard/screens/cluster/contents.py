"""What each tab of the page holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.spec import Spec
from dashboard.pickers import augmentation_preview
from dashboard.screens.cluster import hungarian_demo, result, training, try_it
from dashboard.text import t
from dashboard.widgets import layout, pitfalls, player, scans, server

NAME, FAMILY = "cluster", "clusterers"
_DIGITS = {"images": "digits"}  # for mistakes, where no pictures are chosen

BESIDE = ("try", "scan", "matching", "wrong")  # tabs on which a run that has just begun is not seen

Data = dict[str, Any]


def tabs(
    data: Data, method: str, values: dict[str, Any], seed: int, specs: Sequence[Spec] | str
) -> dict[str, tuple[str, Callable[[], object]]]:
    """Id → (title, what draws it)."""
    return {
        "training": (t("Training"), lambda: _training(data, method, values)),
        "result": (t("Result"), _result),
        "try": (t("Try it"), lambda: try_it.bench(NAME)),
        "scan": (t("Scan over k"), lambda: scans.section(NAME, specs)),
        "matching": (t("How matching works"), hungarian_demo.example),
        "wrong": (t("What goes wrong"), lambda: _mistakes(data, seed)),
    }


def _training(data: Data, method: str, values: dict[str, Any]) -> None:
    player.panel(
        NAME,
        lambda shown, chart: training.training(shown[0], chart),
        lambda: augmentation_preview.preview(data, method, values),
        family=FAMILY,
    )


def _result() -> None:
    sentence = t("Press Start: the matching, the gallery and the scores appear here.")
    player.panel(
        NAME,
        lambda shown, chart: result.result(shown[0], chart),
        lambda: layout.empty(server.invitation(sentence)),
        family=FAMILY,
    )


def _mistakes(data: Data, seed: int) -> None:
    st.caption(t("Common mistakes next to the correct method, on the same pictures."))
    pitfalls.all_about(FAMILY, NAME, data if augmentation_preview.ready(data) else _DIGITS, seed)
