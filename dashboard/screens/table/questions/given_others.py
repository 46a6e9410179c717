"""Given other columns: what two share beyond them, and which links among all of them remain."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import streamlit as st

from core import discover, units
from core.data.tables import NAMED, Table
from core.evaluation.trust.serial import FEWEST
from core.params import parameters
from core.sentences import Sentence
from core.spec import Spec
from dashboard.charts import skeleton
from dashboard.pickers import tables
from dashboard.pickers.table_reading import NAMES
from dashboard.screens.table import column_choice, link_list, question
from dashboard.screens.table.question import Question
from dashboard.text import plain, t, tn
from dashboard.widgets import export, form, layout
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import amount, badge, doubts, interval, stated, word

Row = dict[str, Any]
_FIRST = 2  # that are at first: of few rows neighbours see little given more
_NAMED = 6  # links that were not tested, at most
_FIELDS = {"level": Sentence("Level of the tests"), "most": Sentence("Rows of a test at most")}


def _form(address: Address, table: Table, seed: int) -> list[Spec] | str:
    """Two columns, and those that are known."""
    names = tables.usable(table)
    if len(names) < 3:
        return t("At least three columns with different numbers, dates or categories are needed.")
    first, begun = (
        sorted(columns if len(columns) > 2 else names, key=lambda name: table[name].kind in NAMED)  # numbers first
        for columns in (tables.chosen_first(table), column_choice.begun(address, table))
    )
    begun = column_choice.pair_first(address, begun, names)
    x = column_choice.one(address, "first", names, first[0], "x", begun=begun[0])
    y = column_choice.one(address, "second", names, first[1], "y", begun=begun[1])
    help = t("What is known; empty cells leave out their row, in all figures alike.")
    third = slice(2, 2 + _FIRST)
    given = column_choice.several(address, "given", names, first[third], t("Known columns (z)"), help, begun[third])
    others = [name for name in given if name not in (x, y)]
    sweep = discover.load("sweeps", "conditional")
    known = parameters(sweep)
    values = {name: form.field(address, known[name], name, t(label)) for name, label in _FIELDS.items()}
    if x == y:
        return t("Choose two different columns.")
    if not others:
        return t("Choose at least one column beside x and y that is known.")
    if len(others) > sweep.known_at_most:
        said = (
            "{n} columns are too many to be known: neighbours see little in so many directions. Choose at most {most}."
        )
        return t(said, n=len(others), most=sweep.known_at_most)
    return question.sweep(address, "conditional", values, [str(x), str(y), *others], seed)


def _settings(spec: Spec) -> dict[str, Any]:
    x, y, *others = tables.columns(spec).x
    named = {"first": x, "second": y, "given": json.dumps(others, ensure_ascii=False)}
    return question.settings(spec) | {f"{NAMES}{k}": v for k, v in named.items()} | spec.parameters


def _draw(shown: list[Shown], chart: Any, unit: str) -> None:
    """Both figures and the links as far as they are known."""
    if not (known := question.newest(shown)):
        return
    s, spec = known
    found, names = s.result, tables.columns(spec).x
    if found:
        _numbers(found, unit)
    figure = _figure(s, names, unit)
    left, right = st.columns(2)
    with left:
        chart("skeleton").show(figure, height=440, waiting=t("The links appear here with the first pairs."))
    with right:
        if found.get("links"):
            link_list.draw(found["links"], unit)
        else:
            st.caption(t("The list of links appears when the run has ended."))
    _explained(spec, found, unit)
    with st.container(horizontal=True):
        export.figures("table:given", {"skeleton": figure})
        if found.get("links"):
            export.rows("table:given", lambda: link_list.frame(found["links"], unit), "links")
        export.runs("table:given", [spec])


def _numbers(found: Row, unit: str) -> None:
    """I(X; Y) and I(X; Y | Z) side by side, each with interval and trust."""
    x, y, place = found["x"], found["y"], layout.numbers()
    given = ", ".join(found["given"])
    for row, label in ((found["alone"], f"I({x}; {y})"), (found["conditional"], f"I({x}; {y} | {given})")):
        if row and row["mi"] is not None:
            note = f"{interval(row['low'], row['high'], unit)} · {stated('p', row['p'])}"
            layout.number(place, plain(label), amount(row["mi"], unit), note=note)
    for row, label in ((found["alone"], f"I({x}; {y})"), (found["conditional"], f"I({x}; {y} | z)")):
        if row and row["mi"] is not None:
            reasons = row["reasons"] if isinstance(row["reasons"], list) else [row["reasons"]]
            said = f"{plain(label)}: {word(row['trust'])}"
            st.markdown(f"{badge(row['trust'], said)} {doubts(reasons, unit)}")


def _figure(s: Shown, names: list[str], unit: str) -> dict[str, Any] | None:
    if (links := s.result.get("links")) is None:
        links = _so_far(s, names)
    known = [row for row in links if row["mi"] is not None]  # one without a figure stands in the list alone
    if not known:
        return None
    place = {name: i for i, name in enumerate(names)}
    ends = lambda rows: [(place[row["x"]], place[row["y"]]) for row in rows]  # noqa: E731
    untested = [row for row in known if link_list.untested(row)]
    kept = [row for row in known if row["stays"] is not False and row not in untested]
    gone = [row for row in known if row["stays"] is False and row["given"]]
    scale = units.per_nat(unit)
    strengths = [scale * max(_least(row), 0.0) for row in kept]
    texts = [[_told(row, unit) for row in rows] for rows in (kept, gone, untested)]
    return skeleton.skeleton(names, ends(kept), strengths, ends(gone), ends(untested), texts, _heading(links))


def _so_far(s: Shown, names: list[str]) -> list[Row]:
    """The pairs that depend or are still open, of a run that goes on."""
    seen = s.picture("links")
    if seen is None:
        return []
    mi, stays = seen["mi"], seen["stays"]
    pairs = [(i, j) for i in range(len(names)) for j in range(i) if np.isfinite(mi[i, j]) and stays[i, j] != 0]
    unknown: Row = {"stays": None, "p": np.nan, "given": None, "mi_given": None, "p_given": None}
    return [{"x": names[j], "y": names[i], "mi": float(mi[i, j]), **unknown} for i, j in pairs]


def _least(row: Row) -> float:
    """The MI of a link, given the column that takes the most of it."""
    return row["mi"] if row["mi_given"] is None else min(row["mi"], row["mi_given"])


def _told(row: Row, unit: str) -> str:
    pair = f"{row['x']} · {row['y']}: {amount(row['mi'], unit)}"
    if row["mi_given"] is None:
        return pair
    return t("{pair}, given {given} {mi}", pair=pair, given=row["given"], mi=amount(row["mi_given"], unit))


def _heading(links: list[Row]) -> str:
    untested = sum(map(link_list.untested, links))
    if sum(row["stays"] is None for row in links) > untested:
        return t("Links between the columns, so far")
    if untested == len(links):
        return t("No link could be tested")
    kept, gone = (
        sum(row["stays"] is stays and (stays or bool(row["given"])) for row in links) for stays in (True, False)
    )
    said = tn("{n} link remains", "{n} links remain", kept)
    if gone:
        said = tn(
            "{links}, {n} vanishes once another column is known",
            "{links}, {n} vanish once another column is known",
            gone,
            links=said,
        )
    elif not untested:
        said = t("{links}; none vanishes once another column is known", links=said)
    return t("{links}; {n} not tested", links=said, n=untested) if untested else said


def _explained(spec: Spec, found: Row, unit: str) -> None:
    """Of which rows, how a link is lost, which were not tested, and what a link is not."""
    level, said = f"{spec.parameters['level']:g}", _of_rows(found) if found else []
    said.append(
        t(
            "A link remains where two columns depend (p ≤ {level}) and still do given any other single column; "
            "a dotted one vanishes given the column that is named.",
            level=level,
        )
    )
    said += _untested(found.get("links") or [])
    said.append(
        t(
            "Links are not causes and have no direction. Few rows lose links; a common cause outside these columns, "
            "or two columns that explain a link only together, leave one."
        )
    )
    question.caption(said, found, unit)


def _untested(links: list[Row]) -> list[str]:
    pairs = [f"{row['x']} · {row['y']}" for row in links if link_list.untested(row)]
    if not pairs:
        return []
    named = ", ".join(pairs[:_NAMED]) + (t(" and {n} more", n=n) if (n := len(pairs) - _NAMED) > 0 else "")
    said = tn(
        "{n:,} link was not tested and is drawn dashed: {pairs}. Its columns are series whose rows count as fewer than {fewest} independent ones.",
        "{n:,} links were not tested and are drawn dashed: {pairs}. Their columns are series whose rows count as fewer than {fewest} independent ones.",
        len(pairs),
        pairs=named,
        fewest=FEWEST,
    )
    return [said]


def _of_rows(found: Row) -> list[str]:
    said = [tn("Of {n:,} row that has all columns.", "Of {n:,} rows that have all columns.", found["n"])]
    if left := found["left_out"]:
        said.append(tn("{n:,} row with an empty cell is left out.", "{n:,} rows with empty cells are left out.", left))
    if found["tested"] < found["n"]:
        said.append(t("Conditional tests take {n:,} of them, spread evenly.", n=found["tested"]))
    return said


QUESTION = Question(
    sweep="conditional",
    title=Sentence("Given other columns"),
    order=50,
    form=_form,
    draw=_draw,
    settings=_settings,
    appears=Sentence(
        "Press Start to see what x and y share beyond the known columns, and which links among all of them remain."
    ),
)
