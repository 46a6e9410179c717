"""Features for a target: which columns to keep, what each repeats of the others, and how steady the choice is."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import units
from core.data.tables import NAMED, Table
from core.params import parameters
from core.sentences import Sentence
from core.spec import Spec
from core.sweeps import Features
from dashboard.charts import choice
from dashboard.pickers import tables
from dashboard.pickers.table_reading import NAMES
from dashboard.screens.table import chosen_columns, column_choice, question
from dashboard.screens.table.question import Question
from dashboard.text import plain, t
from dashboard.widgets import export, form
from dashboard.widgets import fields as picks
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import amount, figure, word

Row = dict[str, Any]
_CRITERIA = {
    "mrmr": Sentence("mRMR: relevance less redundancy"),
    "jmi": Sentence("JMI: together with those chosen"),
    "relevance": Sentence("relevance alone"),
}


def _form(address: Address, table: Table, seed: int) -> list[Spec] | str:
    """A target, the columns that may be chosen, and by which criterion."""
    names = tables.usable(table)
    if len(names) < 2:
        return t("At least two columns with different numbers, dates or categories are needed.")
    help, begun = t("The column that is to be told."), column_choice.kept(address, "target")
    target = column_choice.one(address, "target", names, names[-1], t("Target"), help, begun=begun)
    help = t("Columns that may be chosen, but for the target; leave out what is only known together with it.")
    first, begun = tables.chosen_first(table), column_choice.begun(address, table)
    given = column_choice.several(address, "features", names, first, t("Columns to choose from"), help, begun)
    column_choice.keep(address, columns=None if given == first else given)
    columns = [name for name in given if name != target]
    chosen = {"target": target} | _criterion(address)
    if not columns:
        return t("Choose at least one column that may be chosen for {target}.", target=plain(str(target)))
    kinds = {table[name].kind in NAMED for name in columns}
    if chosen["criterion"] == "jmi" and len(kinds) > 1:
        return t("JMI cannot join categories with numbers: leave one of them out, or choose mRMR.")
    return question.sweep(address, "features", chosen, columns, seed)


def _criterion(address: Address) -> dict[str, Any]:
    known = parameters(Features)
    titles = {name: t(title) for name, title in _CRITERIA.items()}
    help = t("Relevance is the MI with the target; redundancy the mean MI with columns that were chosen before.")
    return {
        "criterion": picks.choice(address, "criterion", titles, t("Criterion"), help),
        "n_features": form.field(address, known["n_features"], "n_features", t("Columns to keep")),
        "halves": form.field(address, known["halves"], "halves", t("Random halves")),
    }


def _settings(spec: Spec) -> dict[str, Any]:
    target, own = spec.parameters["target"], {k: v for k, v in spec.parameters.items() if k != "target"}
    columns = json.dumps(_names(spec), ensure_ascii=False)
    return question.settings(spec) | {f"{NAMES}target": target, f"{NAMES}features": columns} | own


def _draw(shown: list[Shown], chart: Any, unit: str) -> None:
    """The choice as far as it has come."""
    if not (known := question.newest(shown)):
        return
    s, spec = known
    rows, target = _rows(s), spec.parameters["target"]
    figure = _figure(s, rows, target, unit) if rows else None
    height = 170 + 34 * min(20, max(len(rows), spec.parameters["n_features"]))
    waiting = t("The columns appear here, the most relevant first.")
    chart("choice").show(figure, height=height, waiting=waiting)
    found = s.result
    if found:
        _lists(found, unit, s.run.id)
        for said in chosen_columns.copies(found["ranking"]):
            st.markdown(f":material/content_copy: {plain(said)}")
        if by_chance := chosen_columns.by_chance(found["ranking"], target):
            st.markdown(f":material/info: {plain(by_chance)}")
    _explained(spec.parameters["criterion"], found, unit)
    with st.container(horizontal=True):
        export.figures("table:features", {"choice": figure})
        if found.get("ranking"):
            export.rows("table:features", lambda: _frame([*found["ranking"], *found["rest"]], unit), "features")
        export.runs("table:features", [spec])


def _rows(s: Shown) -> list[Row]:
    """The chosen columns; before any is chosen those whose relevance is known, the most relevant first."""
    if s.result:
        return s.result["ranking"] or s.result["rest"]
    seen = s.picture("choice")
    if seen is None or s.run.spec is None:
        return []
    names, relevance = _names(s.run.spec), seen["relevance"]
    if len(names) != len(relevance):  # a column that turned out to be text: its name comes with the result
        return []
    if not len(seen["chosen"]):
        order = [i for i in np.argsort(-np.nan_to_num(relevance, nan=-np.inf)) if np.isfinite(relevance[i])]
        return [{"column": names[i], "relevance": float(relevance[i])} for i in order]
    chosen = zip(map(int, seen["chosen"]), map(float, seen["redundancy"]), strict=True)
    return [{"column": names[i], "relevance": float(relevance[i]), "redundancy": r} for i, r in chosen]


def _names(spec: Spec) -> list[str]:
    return [name for name in tables.columns(spec).x if name != spec.parameters["target"]]


def _figure(s: Shown, rows: list[Row], target: str, unit: str) -> dict[str, Any]:
    scale = units.per_nat(unit)
    repeated = [np.nan if not place else row.get("redundancy") for place, row in enumerate(rows)]
    own, other, noise = (
        scale * np.array(values, dtype=float)
        for values in ([row["relevance"] for row in rows], repeated, [row.get("noise") for row in rows])
    )
    return choice.ranking(
        [row["column"] for row in rows], own, other, target, noise, unit, _heading(s, rows, target, unit)
    )


def _heading(s: Shown, rows: list[Row], target: str, unit: str) -> str:
    if not s.result:
        return t("Columns chosen for {target}, so far", target=target)
    if not s.result["ranking"]:
        return t("What each column tells of {target}: none was chosen yet", target=target)
    first = rows[0]
    if all(row["relevance"] <= (row.get("noise") or 0.0) for row in rows):
        return t("No column tells more of {target} than chance would show", target=target)
    mi = amount(first["relevance"], unit)
    return t("{column} tells the most of {target}: {mi}", column=first["column"], target=target, mi=mi)


def _lists(found: Row, unit: str, run: str) -> None:
    chosen, rest = st.tabs([t("Chosen"), t("Not chosen ({n})", n=len(found["rest"]))])
    for place, rows in ((chosen, found["ranking"]), (rest, found["rest"])):
        with place:
            if rows:
                _list(rows, unit)
            else:
                st.caption(t("There is none."))


def _list(rows: list[Row], unit: str) -> None:
    frame = _frame(rows, unit)
    numbers = [name for name in frame if frame[name].dtype == float]
    share = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)
    st.dataframe(
        frame.style.format(dict.fromkeys(numbers, figure)),
        hide_index=True,
        placeholder="–",
        column_config={t("chosen again"): share},
        alt=t("Columns with relevance, redundancy and score."),
    )


def _frame(rows: list[Row], unit: str) -> pd.DataFrame:
    scale = units.per_nat(unit)
    headings = {
        "relevance": t("relevance ({unit})", unit=t(unit)),
        "low": t("low"),
        "high": t("high"),
        "noise": t("noise level"),
        "redundancy": t("redundancy"),
        "score": t("score"),
    }
    frame: dict[str, Any] = {t("column"): [row["column"] for row in rows]}
    for key, heading in headings.items():
        if any(row.get(key) is not None for row in rows):
            frame[heading] = scale * pd.Series([row.get(key) for row in rows], dtype=float)
    if any(row.get("share") is not None for row in rows):
        frame[t("chosen again")] = pd.Series([row.get("share") for row in rows], dtype=float)
    frame[t("trust")] = [word(row["trust"]) for row in rows]
    frame[t("rows")] = [row["n"] for row in rows]
    if any(row.get("copies") for row in rows):
        frame[t("near-copies")] = [", ".join(row.get("copies") or ()) for row in rows]
    return pd.DataFrame(frame)


def _explained(criterion: str, found: Row, unit: str) -> None:
    meaning = {
        "mrmr": t("The score is relevance less redundancy, at the time of the choice."),
        "jmi": t("The score is the mean MI of the target with the column and one chosen before, together."),
        "relevance": t("The score is the relevance: what columns repeat of each other does not count."),
    }
    said = [meaning[criterion]]
    if found.get("halves"):
        said.append(
            t("Chosen again: in how many of {n} random halves of the rows the column is chosen too.", n=found["halves"])
        )
    question.caption(said, found, unit)


QUESTION = Question(
    sweep="features",
    title=Sentence("Features for a target"),
    order=20,
    form=_form,
    draw=_draw,
    settings=_settings,
    appears=Sentence(
        "Press Start to choose columns that tell most of the target with least repetition, and to see how steady the choice is."
    ),
)
