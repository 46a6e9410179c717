"""Representation: features learned from mutual information alone, and honest probes of what they are worth."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.spec import Spec
from dashboard.pickers import graph, images
from dashboard.screens.representation import contents, presets
from dashboard.text import t
from dashboard.widgets import fields, layout, run_settings, starting, tabs
from dashboard.widgets.address import Address

NAME, FAMILY = contents.NAME, contents.FAMILY
_KINDS = {"rows": images, "graph": graph}


def settings(spec: Spec) -> dict[str, Any]:
    """The page's settings that start a run."""
    kind = "graph" if spec.data.gives == "graph" else "rows"
    chosen = run_settings.through(_KINDS[kind].settings_of)(spec)
    return chosen if kind == "rows" else {"from": kind} | chosen


def draw() -> None:
    """Draw the page."""
    layout.head(
        t("Representation"),
        t("A network learns a few numbers for each picture, row or node that tell as much as possible about it."),
    )
    address = Address(NAME)
    left, right = layout.sides()
    with left, starting.form(NAME) as start:
        kinds = {"rows": t("Pictures or a table"), "graph": t("A graph")}
        picker: Any = _KINDS[fields.choice(address, "from", kinds, t("Learn from"), t("What has features to learn."))]
        data = picker.choose(address)
        gives = "graph" if "graph" in data else images.kind(data)
        method, title = fields.one(address, FAMILY, gives)
        ready = st.container()
        values = fields.settings(address, FAMILY, method, title, data=gives, counted=t("Number of features"))
        seed = fields.seed(address)
        if method == presets.METHOD:  # once all settings are known: the one that the form has is marked
            with ready:
                fields.presets(address, presets.presets(address.settings()))
        start.would(lambda: picker.missing(data) or [fields.spec(FAMILY, method, values, data, seed)])
    with right:
        tabs.drawn(address, contents.tabs(data, method, values, seed, start.specs), contents.BESIDE)
    address.close()
