"""What goes wrong: an error made on purpose beside the right way, run when somebody asks for it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import discover
from core.spec import SpecError
from dashboard.charts import representations
from dashboard.text import plain, t
from dashboard.widgets import fields, layout, player, server
from dashboard.widgets.player import UNDER_WAY
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import figure


def all_about(family: str, page: str, data: dict[str, Any], seed: int) -> None:
    """Every pitfall that belongs to a family's page, the first in rank first."""
    classes, _ = discover.importable("pitfalls")
    for name, cls in classes.items():
        if family in cls.about:
            with st.container(border=True):
                one(page, name, data, seed)


def one(page: str, name: str, data: dict[str, Any], seed: int) -> None:
    """One pitfall, with its button. data: of a spec, what it runs on. Its runs stand apart from the page's own."""
    cls: Any = discover.load("pitfalls", name)
    apart = f"{page}.{name}"
    said, button = st.columns([4, 1], vertical_alignment="center")
    said.markdown(f"**{t(cls.title)}**  \n{t(cls.mistake)}")
    going = [run for run in player.runs(apart) if run.status in UNDER_WAY]
    try:
        spec = [fields.spec("pitfalls", name, {}, data, seed)]
    except SpecError as error:
        st.caption(plain(error))
        return
    button.button(
        t("Running") if going else t("Show it"),
        key=f"{apart}:show",
        icon=":material/play_arrow:",
        disabled=bool(going) or not server.may_steer(),
        help=server.view_only() or None,
        on_click=player.start,
        args=(apart, lambda: spec),
        width="stretch",
    )
    player.panel(apart, lambda shown, chart: _both(cls, shown[0], chart), lambda: None, family="pitfalls")
    st.markdown(f":material/check_circle: {t(cls.remedy)}")


def _both(cls: Any, s: Shown, chart: Any) -> None:
    """The figures side by side, and how they came about."""
    percent = cls.quantity == "accuracy"
    figures, beside = st.columns([2, 3], vertical_alignment="center")
    with figures:
        for cell, side, label in zip(st.columns(2), ("wrong", "right"), map(t, cls.ways), strict=True):
            value = s.result.get(side, s.last(side))
            text = "–" if value is None else f"{value:.1%}" if percent else figure(value)
            layout.number(cell, label, text)
        st.caption(t(cls.quantity))  # once, and not below each number, where there is no room for it
    curves = s.curves()
    if "wrong" in curves and len(curves["wrong"][0]):
        steps, wrong = curves["wrong"]
        ways = t(cls.ways[0]), t(cls.ways[1])  # as the numbers beside the picture are called
        about: dict[str, Any] = {"quantity": t(cls.quantity), "percent": percent, "ways": ways}
        drawn = representations.both_ways(steps, wrong, curves["right"][1], **about)
        with beside:
            chart("both").show(drawn, height=190)
    if cls.on:
        st.caption(t(cls.on))
    if verdict := s.result.get("verdict"):
        st.caption(plain(t(verdict).replace(" -", " −")))  # `plain` puts a mark before a minus of the keyboard
