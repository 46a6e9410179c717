"""One parameter over several values: a section with its own Start, and what the runs say side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core import discover
from core.evaluation.probes import COMPARED
from core.params import Param, parameters
from core.spec import Spec
from dashboard import state
from dashboard.charts.representations import Line, against
from dashboard.text import plain, t
from dashboard.widgets import export, fields, player, server
from dashboard.widgets.shown import Shown

# Numbers of a result that are drawn: name → (label, colour and mark). What counts labels stands apart from what does not.
_FREE = {"health": ("I / ln k", "own"), "agreement_all": ("agreement of all heads (NMI)", "beside")}
_LABELLED = {
    "accuracy": ("accuracy after matching", "own"),
    "ami": ("AMI with the labels", "beside"),
    "kmeans_accuracy": ("accuracy of k-means", "further"),
}
_SIDES: dict[str, tuple[str, str]] = {
    "features": ("learned features", "own"),
    "random": ("untrained network", "random"),
} | {name: (title, name) for name, title in COMPARED.items()}
_INFORMATION = {"mi": ("information of two views, held out", "own"), "ceiling": ("its ceiling", "noise")}


def section(page: str, specs: Sequence[Spec] | str) -> None:
    """Choose values, start the scan, and see it fill. specs: what the page would start, of which the first is repeated with other
    values of the parameter that its class says, or why it cannot."""
    if isinstance(specs, str):
        st.caption(plain(specs))
        return
    spec = specs[0]
    cls: Any = discover.load(spec.family, spec.method)
    if (param := cls.counted()) is None:
        st.caption(t("{method} has no number of parts that could be varied.", method=t(cls.title)))
        return
    values = cls.scanned[1]
    chosen, button = st.columns([3.2, 1], vertical_alignment="bottom")
    with chosen:
        wanted = _values(page, param, values)
    with button:
        st.button(
            t("Start the scan"),
            key=f"{page}:scan",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=not wanted or not server.may_steer(),
            help=server.view_only() or None,
            on_click=_start,
            args=(page, spec, param.name, wanted),
        )
    st.caption(
        t("One full run for each value, with these settings and this seed: {n} runs.", n=len(wanted))
        + " "
        + _reading(spec.family)
    )
    player.panel(page, lambda shown, chart: _draw(page, shown[-1], chart), lambda: None, family="sweeps")


def _reading(family: str) -> str:
    if family == "clusterers":
        return t(
            "Neighbouring k often differ by less than another seed would change, so read the top as a range. No label is used for the first picture."
        )
    return t("The probes are scored on rows whose labels they were not fitted on. The network never sees a label.")


def _values(page: str, param: Param, values: Sequence[float]) -> list[Any]:
    """The values to run, increasing; one may be typed. What cannot be is said and left out."""
    key = f"{page}:scan.{param.name}"
    typed = st.multiselect(
        t(param.label),
        [str(v) for v in values],
        default=[str(v) for v in values],
        key=key,
        accept_new_options=True,
        help=t("Type further values. {help}", help=t(param.help)),
    )
    found = set()
    for text in typed:
        try:
            found.add(param.check(float(text)))
        except ValueError as error:
            st.caption(plain(error))
    return sorted(found)


def _start(page: str, spec: Spec, parameter: str, values: list[Any]) -> None:
    """Submit the scan and keep the page's other runs."""
    settings = [[name, value] for name, value in spec.parameters.items() if name != parameter]
    asked = {"kind": spec.family, "method": spec.method, "parameter": parameter, "values": values, "settings": settings}
    data = spec.data.model_dump(exclude_none=True, exclude_defaults=True)

    def make() -> list[Spec]:
        made = fields.spec("sweeps", "scan", asked, data, spec.seed)
        made.build().check_parameters()
        return [made]

    beside(page, make)


def beside(page: str, make: Callable[[], list[Spec]]) -> None:
    """For callbacks: submit a sweep in place of the page's last one, and keep the page's other runs."""
    kept = [run.id for run in player.runs(page) if run.spec and run.spec.family != "sweeps"]
    before = state.runs(page)
    player.start(page, make)
    if state.runs(page) != before:
        state.show_runs(page, [*kept, *state.runs(page)])


def _draw(page: str, s: Shown, chart: Any) -> None:
    seen = s.picture("scan")
    if s.run.spec is None or seen is None or not len(seen["value"]):
        return
    order = np.argsort(seen["value"])
    rows = {name: column[order] for name, column in seen.items()}
    scan: Any = s.run.spec.build()
    param = parameters(discover.load(scan.kind, scan.method))[scan.parameter]
    label = t(param.label)
    log = bool(param.range and param.range.log)
    shown = _clusterings(rows, label) if scan.kind == "clusterers" else _encoders(rows, label, log)
    for place, (name, figure) in zip(st.columns(max(len(shown), 1)), shown.items(), strict=False):
        with place:
            chart(f"scan.{name}").show(figure, height=300)
    export.figures(f"{page}.scan", shown)


def _clusterings(rows: dict[str, Any], label: str) -> dict[str, Any]:
    """Scores without labels, and beside them what labels say, where there are any."""
    k, out = rows["value"], {}
    free = _lines(rows, _FREE)
    if free:
        best = "; ".join(
            t("{what} is highest at {k}", what=line.label, k=f"{k[int(np.nanargmax(line.values))]:g}")
            for line in free
            if np.isfinite(line.values).any()
        )
        out["free"] = against(k, free, title=best, xlabel=label, ylabel=t("score without labels"))
    if labelled := _lines(rows, _LABELLED):
        title, ylabel = t("What the labels say: for comparison only"), t("agreement with the labels")
        out["labelled"] = against(k, labelled, title=title, percent=True, xlabel=label, ylabel=ylabel)
    return out


def _encoders(rows: dict[str, Any], label: str, log: bool) -> dict[str, Any]:
    """A linear probe's accuracy on each kind of features, and the information of two views below its ceiling."""
    value, out = rows["value"], {}
    lines = [
        Line(t(label), colour, *(rows[f"probes.{side}.linear.{end}"] for end in ("test", "low", "high")))
        for side, (label, colour) in _SIDES.items()
        if f"probes.{side}.linear.test" in rows
    ]
    if lines:
        ends = {end: f"{lines[0].values[i]:.1%}" for end, i in (("first", 0), ("last", -1))}
        ends |= {"low": f"{value[0]:g}", "high": f"{value[-1]:g}"}
        title, ylabel = t("Linear probe: {first} at {low}, {last} at {high}", **ends), t("accuracy of a linear probe")
        out["probes"] = against(value, lines, log=log, percent=True, xlabel=label, ylabel=ylabel, title=title)
    if information := _lines(rows, _INFORMATION):
        title, ylabel = t("Information that two views share, at least"), t("information (nats)")
        out["information"] = against(value, information, log=log, xlabel=label, ylabel=ylabel, title=title)
    return out


def _lines(rows: dict[str, Any], wanted: dict[str, tuple[str, str]]) -> list[Line]:
    return [Line(t(label), colour, rows[name]) for name, (label, colour) in wanted.items() if name in rows]
