"""What each tab of the page holds, and what all of a run share: which is looked at, the numbers above, the files below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.pickers import problem
from dashboard.screens.density import calibration, comparison, files, information, metrics, slices, training, view
from dashboard.text import plain, t
from dashboard.widgets import export, layout, pitfalls, player
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown

Draw = Callable[[list[Shown], Any], dict[str, Any]]  # runs, the one looked at first → figures by name, for export

NAME, FAMILY = "density", "densities"
BESIDE = ("pitfalls",)  # tabs on which a run that has just begun is not seen
_INVERSE = {"problem": "inverse", "n": 1_000}  # for mistakes, where no data are chosen


def tabs(address: Address, chosen: dict[str, Any] | str, seed: int) -> dict[str, tuple[str, Callable[[], object]]]:
    """Id → (title, what draws it). chosen: the data of the form, or why there are none."""

    def of_runs(contents: Draw, closely: bool = True) -> Callable[[], object]:
        return lambda: player.panel(
            NAME,
            lambda shown, chart: draw(shown, chart, contents, closely),
            lambda: problem.preview(address, chosen, seed),
            family=FAMILY,
        )

    return {
        "training": (t("Training"), of_runs(training.draw)),
        "slice": (t("Slice"), of_runs(slices.draw)),
        "calibrated": (t("Is it calibrated?"), of_runs(calibration.draw)),
        "information": (t("Information"), of_runs(information.draw)),
        "compare": (t("Compare"), of_runs(comparison.draw, closely=False)),
        "pitfalls": (t("What goes wrong"), lambda: _mistakes(_INVERSE if isinstance(chosen, str) else chosen, seed)),
    }


def _mistakes(data: dict[str, Any], seed: int) -> None:
    st.caption(t("Common mistakes next to the correct method, each on the rows and in the unit that its figures name."))
    pitfalls.all_about(FAMILY, NAME, data, seed)


def draw(shown: list[Shown], chart: Any, contents: Draw, closely: bool = True) -> None:
    """The numbers of the run that is looked at, the tab's own pictures, and what can be taken away.

    closely: the tab is about one run; of several the viewer picks one.
    """
    if closely:
        shown = _looked_at_first(shown)
        metrics.above(shown[0])
        for sentence in shown[0].result.get("notices", []):
            st.warning(plain(t(sentence)), icon=":material/warning:")
    # Each run has charts of its own: a chart that is left and comes back would first have to ask for its whole figure.
    figures = contents(shown, lambda key: chart(f"{key}-{shown[0].run.id}"))
    with st.container(horizontal=True):
        export.figures("density", figures)
        if closely:
            files.menu(shown[0])
        export.runs("density", [s.run.spec for s in shown if s.run.spec])


def _looked_at_first(shown: list[Shown]) -> list[Shown]:
    """Of several runs the viewer picks the one that is drawn large."""
    if len(shown) == 1:
        return shown
    said = dict(zip([s.run.id for s in shown], view.labels(shown), strict=True))
    picked = layout.one_of(t("Look closely at"), said, "density:run")
    return sorted(shown, key=lambda s: s.run.id != picked)
