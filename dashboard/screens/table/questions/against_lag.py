"""Against time lag: what one column tells of another some rows later, both ways, of itself, and whether phases go together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import discover, units
from core.analysis.lags import band_of
from core.analysis.significance import LEVEL, false_discovery_rates
from core.analysis.time_order import too_short
from core.data.tables import NUMBERS, Table
from core.params import parameters
from core.sentences import Sentence
from core.spec import Spec
from dashboard.charts import lags
from dashboard.pickers import tables
from dashboard.pickers.table_reading import NAMES
from dashboard.screens.table import column_choice, question
from dashboard.screens.table.question import Question
from dashboard.text import t, tn
from dashboard.widgets import export, form, layout
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import amount, figure, stated

Row = dict[str, Any]
_TIMES = ("datetime", "integer", "numeric")
_FIELDS = {
    "lags": Sentence("Longest lag (rows)"),
    "history": Sentence("Own past that is known (rows)"),
    "moves": Sentence("Moved series"),
    "x_cycles": Sentence("Cycles of x"),
    "y_cycles": Sentence("with cycles of y"),
    "most": Sentence("Rows at most"),
}
_PICTURES = {"mi": ("mi",), "transfer": ("transfer x", "transfer y"), "auto": ("auto x", "auto y")}


def _form(address: Address, table: Table, seed: int) -> list[Spec] | str:
    """Two series, or one alone, and which column gives the order of time."""
    names = [c.name for c in table.columns if c.kind in NUMBERS]
    if not names:
        return t("No column of this table holds numbers that could be followed in time.")
    first, begun = (
        [name for name in columns if name in names] or names
        for columns in (tables.chosen_first(table), column_choice.begun(address, table))
    )
    begun = column_choice.pair_first(address, begun, names)
    x = column_choice.one(address, "first", names, first[0], "x", t("What is followed in time."), begun=begun[0])
    help = t("What x may tell of, or be told by; empty follows x alone.")
    second, other = (columns[1] if len(columns) > 1 else None for columns in (first, begun))
    y = column_choice.one(address, "second", names, second, "y", help, begun=other)
    times = [c.name for c in table.columns if c.kind in _TIMES and c.name not in (x, y)]
    help = t("The column that gives the order of time; empty takes the rows as they stand in the file.")
    empty = t("as in the file")
    order = column_choice.one(address, "order", times, None, t("Order of time"), help, empty)
    if x == y:
        return t("Choose two different columns, or one alone.")
    for name in filter(None, (x, y)):
        if few := too_short(name, len(table.frame) - table[name].n_missing):
            return t(few)
    known = parameters(discover.load("sweeps", "time_lags"))
    with form.folded(address, "lags", t("More settings")) as drawn:
        values = {name: form.field(address, known[name], name, t(label), drawn) for name, label in _FIELDS.items()}
    return question.sweep(address, "time_lags", values | {"order": order}, [name for name in (x, y) if name], seed)


def _settings(spec: Spec) -> dict[str, Any]:
    x, *y = tables.columns(spec).x
    named = {"first": x, "second": y[0] if y else None, "order": spec.parameters["order"]}
    own = {name: value for name, value in spec.parameters.items() if name != "order"}
    return question.settings(spec) | {f"{NAMES}{k}": v for k, v in named.items()} | own


def _draw(shown: list[Shown], chart: Any, unit: str) -> None:
    """Every curve as far as it has come."""
    if not (known := question.newest(shown)):
        return
    s, spec = known
    names = tables.columns(spec).x
    curves = s.result.get("curves") or _so_far(s)
    if phase := s.result.get("phase"):
        _phases(phase, spec, unit)
    figures = {name: _figure(name, curves, names, unit) for name in _pictures(names)}
    waiting = t("The curve appears here lag by lag.")
    if "mi" in figures:
        chart("mi").show(figures["mi"], height=340, waiting=waiting)
    places = st.columns(2) if len(names) > 1 else [st.container()]
    for place, name in zip(places, [name for name in figures if name != "mi"], strict=True):
        with place:
            chart(name).show(figures[name], height=320, waiting=waiting)
    _explained(spec, names, s.result, unit)
    with st.container(horizontal=True):
        export.figures("table:lags", figures)
        if s.result:
            export.rows("table:lags", lambda: _frame(curves, names, unit), "lags")
        export.runs("table:lags", [spec])


def _pictures(names: list[str]) -> list[str]:
    return list(_PICTURES) if len(names) > 1 else ["auto"]


def _so_far(s: Shown) -> dict[str, Row]:
    """The curves of a run that goes on, from its picture."""
    seen, spec = s.picture("lags"), s.run.spec
    if seen is None or spec is None:
        return {}
    found: dict[str, Row] = {}
    for name, values in seen.items():
        if not name.endswith(" moved"):
            begin = -spec.parameters["lags"] if name == "mi" else 1
            moved = seen.get(f"{name} moved", np.empty(0))
            band = {"band": known} if (known := band_of(moved)) else {}
            found[name] = {"lag": list(range(begin, begin + len(values))), "mi": values, **band}
    return found


def _figure(picture: str, curves: dict[str, Row], names: list[str], unit: str) -> dict[str, Any] | None:
    scale, x, y = units.per_nat(unit), names[0], names[-1]
    called = {"mi": f"{x} → {y}", "auto x": x, "auto y": y, "transfer x": f"{x} → {y}", "transfer y": f"{y} → {x}"}
    drawn = [
        lags.Course(called[n], c["lag"], scale * np.array(c["mi"]), _band(c, scale))
        for n in _PICTURES[picture]
        if (c := curves.get(n))
    ]
    if not drawn:
        return None
    label = t("lag in rows: how much later {y} is read than {x}", x=x, y=y) if picture == "mi" else t("lag in rows")
    ylabel = {"mi": t("MI ({unit})"), "auto": t("MI with itself ({unit})"), "transfer": t("transfer entropy ({unit})")}
    return lags.against_lag(drawn, label, ylabel[picture].format(unit=t(unit)), _title(picture, curves, names, unit))


def _band(curve: Row, scale: float) -> tuple[float, float] | None:
    return (scale * curve["band"][0], scale * curve["band"][1]) if "band" in curve else None


def _title(picture: str, curves: dict[str, Row], names: list[str], unit: str) -> str:
    x, y = names[0], names[-1]
    if picture == "auto":
        return t("What each column tells of itself later") if x != y else t("What {x} tells of itself later", x=x)
    if picture == "mi":
        return _strongest(curves["mi"], x, y, unit)
    there = [c for side in "xy" if (c := curves.get(f"transfer {side}")) and "p" in c]
    if len(there) < 2:
        return t("Transfer entropy each way")
    ways = [bool(_best(c)) for c in there]
    if all(ways):
        return t("Transfer entropy stands out both ways")
    if not any(ways):
        return t("Transfer entropy stands out neither way")
    return t("Transfer entropy stands out from {x} to {y} only", x=x if ways[0] else y, y=y if ways[0] else x)


def _strongest(curve: Row, x: str, y: str, unit: str) -> str:
    """What stands out, once that is known."""
    if "p" not in curve:
        return t("MI against lag")
    if not (best := _best(curve)):
        return t("{x} and {y}: no lag stands out from chance", x=x, y=y)
    at, mi = best
    if at == 0:
        return t("{x} and {y} share the most in the same row: {mi}", x=x, y=y, mi=amount(mi, unit))
    first, other = (x, y) if at > 0 else (y, x)
    told = {"x": first, "y": other, "mi": amount(mi, unit)}
    return tn(
        "{x} tells the most of {y} {n} row later: {mi}",
        "{x} tells the most of {y} {n} rows later: {mi}",
        abs(at),
        **told,
    )


def _best(curve: Row) -> tuple[int, float] | None:
    """Lag and value of the largest, where it stands out from chance though it is the best of many."""
    if "p" not in curve:
        return None
    best = int(np.argmax(curve["mi"]))
    q = false_discovery_rates(np.array(curve["p"]))[best]
    return (curve["lag"][best], curve["mi"][best]) if q <= LEVEL else None


def _phases(phase: Row, spec: Spec, unit: str) -> None:
    place = layout.numbers()
    cycles = f"{spec.parameters['x_cycles']}:{spec.parameters['y_cycles']}"
    help = t(
        "From 0 to 1: how far the difference of the phases stays the same. A phase means little where a column holds many frequencies."
    )
    note = f"{t('noise level {mi}', mi=figure(phase['noise']))} · {stated('p', phase['p'])}"
    layout.number(place, t("Phase index {cycles}", cycles=cycles), figure(phase["index"]), note=note, help=help)
    note = f"{t('noise level {mi}', mi=amount(phase['mi_noise'], unit))} · {stated('p', phase['mi_p'])}"
    layout.number(place, t("MI of the phases"), amount(phase["mi"], unit), note=note)


def _explained(spec: Spec, names: list[str], found: Row, unit: str) -> None:
    x, y, history = names[0], names[-1], spec.parameters["history"]
    said = []
    if x != y:
        said.append(
            t(
                "A lag of 3 asks what {x} tells of {y} three rows later; a lag of −3 what {y} tells of {x} three rows later.",
                x=x,
                y=y,
            )
        )
        said.append(
            t(
                "Transfer entropy is what one tells of the other beyond the other’s own last rows ({n}); "
                "a common cause that reaches one of them first shows as well.",
                n=history,
            )
        )
    said.append(
        t(
            "Shaded: where nine tenths of series lie that never met, one moved along the other by a large step. "
            "One lag in twenty lies above by chance; titles judge all lags together (q ≤ 0.05, Benjamini–Hochberg)."
        )
    )
    question.caption(said, found, unit)


def _frame(curves: dict[str, Row], names: list[str], unit: str) -> pd.DataFrame:
    """Every curve as rows of a file."""
    scale, parts = units.per_nat(unit), []
    for name, curve in curves.items():
        low, high = (scale * end for end in curve.get("band", (np.nan, np.nan)))
        part = pd.DataFrame({"lag": curve["lag"], t(unit): scale * np.array(curve["mi"]), "p": curve.get("p")})
        parts.append(part.assign(low=low, high=high).assign(curve=name, x=names[0], y=names[-1]))
    return pd.concat(parts) if parts else pd.DataFrame()


QUESTION = Question(
    sweep="time_lags",
    title=Sentence("Against time lag"),
    order=30,
    form=_form,
    draw=_draw,
    settings=_settings,
    appears=Sentence(
        "Press Start to see what one column tells of another some rows later, both ways, and what each tells of itself."
    ),
)
