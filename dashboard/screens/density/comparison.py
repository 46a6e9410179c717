"""Several networks on the same data: what they are started with, their losses over each other, their maps in a row."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import discover
from core.params import Param, parameters
from core.spec import Spec
from dashboard.charts import compare as pictures
from dashboard.screens.density import metrics, view
from dashboard.text import t
from dashboard.widgets import fields
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown

_MOST = 9  # runs at once: two train at a time, and more than nine maps cannot be told apart
_OFFERED = {"n_components": (1, 2, 3, 5, 8, 16), "hidden": (5, 10, 20, 50, 100)}


def settings(address: Address, method: str) -> dict[str, list[int]]:
    """Values of K and of hidden units to be trained beside each other; empty for the one run of the form."""
    known = parameters(discover.load("densities", method))
    with st.expander(t("Compare side by side")):
        st.caption(t("Choose values, and Start trains a network with each of them."))
        labels = {"n_components": t("Components K"), "hidden": t("Hidden units")}
        return {n: _several(address, known[n], labels[n]) for n in _OFFERED if n in known}


def _several(address: Address, param: Param, label: str) -> list[int]:
    name = f"c.{param.name}"
    key = address.begin(name, [], lambda text: [str(param.check(float(v))) for v in text.split(",") if v])
    options = [str(v) for v in _OFFERED[param.name]]
    chosen = st.multiselect(label, options, key=key, accept_new_options=True, help=t(param.help))
    address.end(name, tuple(chosen), ())
    return [int(param.check(float(v))) for v in chosen]


def specs(
    method: str, values: dict[str, Any], data: dict[str, Any], seed: int, grid: dict[str, list[int]]
) -> list[Spec]:
    """A spec for each combination of the grid; one where it is empty. Errors: SpecError, ValueError for too many."""
    names = [n for n, several in grid.items() if several]
    combinations = list(itertools.product(*(grid[n] for n in names)))
    if len(combinations) > _MOST:
        raise ValueError(t("{n} runs are too many to compare: choose at most {most}", n=len(combinations), most=_MOST))
    return [
        fields.spec("densities", method, values | dict(zip(names, c, strict=True)), data, seed) for c in combinations
    ]


def draw(shown: list[Shown], chart: Any) -> dict[str, Any]:
    """The held-out losses over each other, the maps in a row, and the numbers as a table."""
    if len(shown) < 2:
        st.caption(t("Choose several values under “Compare side by side” in the settings, and start them together."))
        return {}
    figures = {"losses": losses(shown), "maps": maps(shown)}
    chart("losses").show(figures["losses"], height=250)
    if figures["maps"]:
        panels = len(figures["maps"]["data"])
        chart("maps").show(figures["maps"], height=230 * (1 if panels <= 4 else math.ceil(panels / 3)) + 40)
    rows = [_row(s, name) for s, name in zip(shown, view.labels(shown), strict=True)]
    st.dataframe(pd.DataFrame(rows), hide_index=True, placeholder="–", alt=t("The results of the runs."))
    return figures


def losses(shown: list[Shown]) -> dict[str, Any]:
    """Validation NLL of every run against the step."""
    empty = np.array([])
    found = [s.curves().get("nll_held_out", (empty, empty)) for s in shown]
    oracle = metrics.oracle(shown[0])
    return pictures.overlay(
        view.labels(shown),
        [steps for steps, _ in found],
        [values for _, values in found],
        title=_headline(shown),
        ylabel=t("validation NLL (nats)"),
        at=shown[0].at,
        reference=None if oracle is None else (oracle, t("true density {value}", value=view.figure(oracle, ".3f"))),
    )


def _headline(shown: list[Shown]) -> str:
    ended = [(nll, n) for s, n in zip(shown, view.labels(shown), strict=True) if s.result and (nll := metrics.heard(s))]
    if len(ended) < len(shown):
        return t("Validation NLL of {n} networks on the same points", n=len(shown))
    (best, name), (worst, last) = min(ended), max(ended)
    return t(
        "{best} scores best on {rows}: {value} nats, {gap} below {worst}",
        best=name,
        rows=metrics.rows(shown[0]),
        value=view.figure(best, ".3f"),
        gap=metrics.distance(worst, best),
        worst=last,
    )


def maps(shown: list[Shown]) -> dict[str, Any] | None:
    """The densities that are there by now, as small multiples."""
    there = [(n, seen) for n, s in zip(view.labels(shown), shown, strict=True) if (seen := view.seen(s)) is not None]
    if not there:
        return None
    drawn = [(n, (seen.x, seen.y, seen.p)) for n, seen in there]
    first = there[0][1]
    if first.truth is not None:
        drawn.append((t("the true density"), (first.x, first.y, first.truth)))
    return pictures.maps(
        [n for n, _ in drawn],
        [picture for _, picture in drawn],
        columns=4 if len(drawn) == 4 else 3,
        title=t("The same points, learned by each network"),
        xlabel=first.names[0],
        ylabel=first.names[1],
    )


def _row(s: Shown, name: str) -> dict[str, Any]:
    result, spread, nll = s.result, metrics.spread(s), metrics.heard(s)
    rounded = lambda value: None if value is None else round(float(value), 3)  # noqa: E731
    held = result.get("coverage_90")
    return {
        t("network"): name,
        t("NLL (nats)"): rounded(nll),
        t("in standard units"): None if nll is None or spread is None else rounded(nll - math.log(spread)),
        t("90 % interval holds"): "–" if held is None else view.share(held, 1),
        t("CRPS"): rounded(result.get("crps")),
        t("MI (nats)"): rounded(result.get("mi")),
        t("steps"): s.run.step,
        t("seconds"): round(s.run.seconds, 1),
        t("state"): t(s.run.status),
    }
