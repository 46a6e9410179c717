"""Group against group: what some columns together tell of some others, and what each single one has of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import discover, units
from core.data.tables import Table
from core.params import parameters
from core.sentences import Sentence
from core.spec import Spec
from dashboard.charts import bars, choice
from dashboard.pickers import tables
from dashboard.pickers.table_reading import NAMES
from dashboard.screens.table import column_choice, question
from dashboard.screens.table.question import Question
from dashboard.text import plain, t, tn
from dashboard.widgets import export, form, layout
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import amount, badge, doubts, interval, stated, word
from dashboard.widgets.trust_summary import title as title_of

Row = dict[str, Any]
_FIRST = 3  # columns of the first group at first, of the second the next so many
_FIELDS = {"permutations": Sentence("Shuffled copies"), "most": Sentence("Rows at most")}


def _form(address: Address, table: Table, seed: int) -> list[Spec] | str:
    """Two groups of columns that have none in common."""
    names = tables.usable(table)
    if len(names) < 2:
        return t("At least two columns with different numbers, dates or categories are needed.")
    first, begun = (_parts_of(columns) for columns in (tables.chosen_first(table), column_choice.begun(address, table)))
    help = t("Columns taken together; empty cells leave out their row, in all figures alike.")
    one = column_choice.several(address, "group", names, first[0], t("First group"), help, begun[0])
    other = column_choice.several(address, "others", names, first[1], t("Second group"), help, begun[1])
    known = parameters(discover.load("sweeps", "groups"))
    with form.folded(address, "groups", t("More settings")) as drawn:
        values = {name: form.field(address, known[name], name, t(label), drawn) for name, label in _FIELDS.items()}
    if both := [name for name in one if name in other]:
        return t("{names} stands in both groups: take it out of one of them.", names=plain(", ".join(both)))
    if not one or not other:
        return t("Choose at least one column for each group.")
    return question.sweep(address, "groups", values | {"split": len(one)}, [*one, *other], seed)


def _parts_of(columns: list[str]) -> tuple[list[str], list[str]]:
    """The groups at first."""
    k = min(_FIRST, len(columns) - 1)
    return columns[:k], columns[k : k + _FIRST]


def _settings(spec: Spec) -> dict[str, Any]:
    own = dict(spec.parameters)
    x, split = tables.columns(spec).x, own.pop("split")
    named = {"group": x[:split], "others": x[split:]}
    listed = {f"{NAMES}{name}": json.dumps(columns, ensure_ascii=False) for name, columns in named.items()}
    return question.settings(spec) | listed | own


def _draw(shown: list[Shown], chart: Any, unit: str) -> None:
    """The estimates and the columns as far as they are known."""
    if not (known := question.newest(shown)):
        return
    s, spec = known
    names, split = tables.columns(spec).x, spec.parameters["split"]
    if s.result.get("estimates"):
        _numbers(s.result, unit)
    figures = {"estimates": _estimates(s, unit), "parts": _parts(s, names, split, unit)}
    waiting = {"estimates": t("The estimates appear here."), "parts": t("What each column tells appears here.")}
    for place, (name, figure) in zip(st.columns(2), figures.items(), strict=True):
        with place:
            chart(name).show(figure, height=max(320, 120 + 34 * len(names)), waiting=waiting[name])
    _explained(s.result, unit)
    with st.container(horizontal=True):
        export.figures("table:groups", figures)
        if s.result.get("parts"):
            export.rows("table:groups", lambda: _frame(s.result["parts"], unit), "groups")
        export.runs("table:groups", [spec])


def _numbers(found: Row, unit: str) -> None:
    """What `auto` says, or until it has come the last that has; how far to believe it, and whether there is anything."""
    best, place = found["estimates"][-1], layout.numbers()
    ends = "" if best["low"] is None else interval(best["low"], best["high"], unit)
    layout.number(place, t("Together, {method}", method=title_of(best["method"])), amount(best["mi"], unit), note=ends)
    layout.number(place, t("Trust"), word(best["trust"]))
    if found["p"] is not None:
        note = tn("{n:,} shuffled copy", "{n:,} shuffled copies", found["copies"])
        layout.number(place, t("Independent?"), stated("p", found["p"]), note=note)
    st.markdown(f"{badge(best['trust'], word(best['trust']))} {doubts(best['reasons'], unit)}")


def _estimates(s: Shown, unit: str) -> dict[str, Any] | None:
    rows = s.result.get("estimates")
    if not rows:
        return None
    scale = units.per_nat(unit)
    intervals = np.array([[row["low"], row["high"]] for row in rows], dtype=float) * scale
    values = np.array([row["mi"] for row in rows]) * scale
    methods = [row["method"] for row in rows]
    title = t("Both groups together, {mi}", mi=amount(rows[-1]["mi"], unit))
    figure = bars.estimates(methods, list(map(title_of, methods)), values, intervals, unit=unit, title=title)
    figure["layout"]["meta"]["scale"] = {"x": scale}  # a zoom follows the unit
    return figure


def _parts(s: Shown, names: list[str], split: int, unit: str) -> dict[str, Any] | None:
    if rows := s.result.get("parts"):
        padded = rows + [{"alone": None, "lost": None}] * (len(names) - len(rows))
        alone, lost = (np.array([row[key] for row in padded], dtype=float) for key in ("alone", "lost"))
    elif (seen := s.picture("parts")) is not None and np.isfinite(seen["alone"]).any():
        alone, lost = seen["alone"], seen["lost"]
    else:
        return None
    scale = units.per_nat(unit)
    labels = [f"{name} ({1 if i < split else 2})" for i, name in enumerate(names)]
    most = names[int(np.nanargmax(alone))]
    title = t("{name} alone tells the most of the other group", name=most) if s.result else t("What each column tells")
    figure = choice.parts(labels, alone * scale, lost * scale, unit, title)
    figure["layout"]["meta"]["scale"] = {"x": scale}
    return figure


def _frame(rows: list[Row], unit: str) -> pd.DataFrame:
    """A row a column, in the unit that is shown."""
    scale = units.per_nat(unit)
    return pd.DataFrame(
        {
            t("column"): [row["column"] for row in rows],
            t("group"): [1 if row["first"] else 2 for row in rows],
            t("alone ({unit})", unit=t(unit)): scale * pd.Series([row["alone"] for row in rows], dtype=float),
            t("lost without it ({unit})", unit=t(unit)): scale * pd.Series([row["lost"] for row in rows], dtype=float),
        }
    )


def _explained(found: Row, unit: str) -> None:
    said = []
    if found:
        said.append(tn("Of {n:,} row that has all columns.", "Of {n:,} rows that have all columns.", found["n"]))
    if found.get("left_out"):
        left = "{n:,} row with an empty cell is left out."
        said.append(tn(left, "{n:,} rows with empty cells are left out.", found["left_out"]))
    said.append(
        t(
            "Alone: what the column by itself tells of the other group. Lost without it: how much less its group tells once it is "
            "taken out, by nearest neighbours. Much alone and nothing lost: other columns repeat it. Nothing alone and much lost: "
            "it tells only together with them. Below 0: it only disturbs the search for neighbours."
        )
    )
    question.caption(said, found, unit)


QUESTION = Question(
    sweep="groups",
    title=Sentence("Group against group"),
    order=25,
    form=_form,
    draw=_draw,
    settings=_settings,
    appears=Sentence(
        "Press Start to see what some columns together tell of some others, and what each single one adds to it."
    ),
)
