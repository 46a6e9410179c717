"""Embedding: features laid out in the plane, so that what a network has learned can be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from core import discover
from core.params import Param, parameters
from dashboard.pickers import features, images
from dashboard.text import t
from dashboard.widgets import embedding, explorer, export, fields, form, layout, player, run_settings, server, starting
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown

NAME = "embedding"
FAMILY = "projections"
_COMPARED = ("perplexity", (5.0, 30.0, 100.0))  # whose pictures are to be seen together
settings = run_settings.through(images.settings_of)


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Embedding"),
        t(
            "Features in the plane: what lies close together looks alike to the network. Distances between far groups mean little."
        ),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left, starting.form(NAME) as start:
        data = features.choose(address)
        method, title = fields.one(address, FAMILY)
        values = fields.settings(address, FAMILY, method, title, but=("standardise",)) | _scaled(address, method, data)
        seed = fields.seed(address)
        several = _perplexities(address, method)
        start.would(
            lambda: images.missing(data) or [fields.spec(FAMILY, method, values | more, data, seed) for more in several]
        )
    with right:
        player.panel(
            NAME,
            lambda shown, chart: _draw_runs(shown),
            lambda: _empty(data),
        )
    address.close()


def _empty(data: dict[str, Any]) -> None:
    """What to do, or what is missing; meanwhile the browser loads what will draw."""
    invited = server.invitation(t("Press Start to lay the features out. Each dot will be one picture or row."))
    layout.empty(images.missing(data) or invited)
    explorer.prepare()


def _scaled(address: Address, method: str, data: dict[str, Any]) -> dict[str, Any]:
    """Columns of a table have units of their own, and are standardised if nobody says otherwise."""
    known = parameters(discover.load(FAMILY, method)).get("standardise")
    if known is None or "table" not in data:
        return {}
    param = replace(known, default=True)
    return {param.name: bool(form.field(address, param, f"{method}.{param.name}", t("Standardise the columns")))}


def _perplexities(address: Address, method: str) -> list[dict[str, Any]]:
    """The settings that each run has besides: one run, or three perplexities where they are to be compared."""
    if _COMPARED[0] not in parameters(discover.load(FAMILY, method)):
        return [{}]
    name, values = _COMPARED
    param = Param(
        "several", bool, False, "The same rows by three perplexities. What is selected in one is selected in all."
    )
    chosen = form.field(address, param, "several", t("Perplexities 5, 30 and 100 side by side"))
    return [{name: value} for value in values] if chosen else [{}]


def _draw_runs(shown: list[Shown]) -> None:
    """One large picture, or several side by side in which the same rows are selected."""
    if len(shown) == 1:
        return _draw_run(shown[0])
    for column, s in zip(st.columns(len(shown)), shown, strict=True):
        with column:
            trust = s.result.get("trustworthiness")
            value = s.parameter(_COMPARED[0])
            share = "–" if trust is None else f"{trust:.3f}"
            heading = t(
                "Perplexity {value}, trustworthiness {share}", value=f"{value:g}" if value else "–", share=share
            )
            group = ",".join(other.run.id for other in shown)
            if not embedding.explore(f"{NAME}-{s.run.id}", s, height=380, group=group, heading=heading):
                _no_layout(s)
    embedding.warnings(shown[0].run.spec.method if shown[0].run.spec else "")
    export.runs(NAME, [s.run.spec for s in shown if s.run.spec])
    return None


def _no_layout(s: Shown) -> None:
    """In place of the picture: that it comes, or that the run ended before there was one."""
    comes, never = t("The picture appears here with the first layout."), t("The run ended before its first layout.")
    layout.empty(comes if s.run.active else never)


def _draw_run(s: Shown) -> None:
    embedding.numbers(s)
    if not embedding.explore(f"{NAME}-{s.run.id}", s, height=620):
        _no_layout(s)
    if s.run.spec:
        embedding.warnings(s.run.spec.method)
        with st.container(horizontal=True):
            export.runs(NAME, [s.run.spec])
