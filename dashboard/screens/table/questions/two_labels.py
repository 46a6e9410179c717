"""Two label columns: how often they go together, and how far they group the rows alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.analysis.significance import LEVEL
from core.data.tables import NAMED, Table
from core.sentences import Sentence
from core.spec import Spec
from dashboard.charts import heat
from dashboard.pickers import tables
from dashboard.pickers.table_reading import NAMES
from dashboard.screens.table import column_choice, question
from dashboard.screens.table.question import Question
from dashboard.text import t, tn
from dashboard.widgets import export, layout
from dashboard.widgets.address import Address
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import amount, figure

Result = dict[str, Any]
_LABELS = ("categorical", "boolean", "integer", "text", "numeric")  # the likeliest first
_MOST = 1_000  # different values, beyond which a column holds no labels
_FEW = 30  # labels of a column whose table is drawn
_TITLES = {"nmi": "NMI", "ami": "AMI", "ari": "ARI", "vi": "VI"}
_MEANING = {
    "nmi": Sentence(
        "the information that the columns share, as a part of what each of them has: 1 where they group the rows alike. "
        "It grows with the number of labels, also by chance."
    ),
    "ami": Sentence("NMI with what chance alone gives taken off: 0 for shuffled labels, 1 for the same groups."),
    "ari": Sentence(
        "the share of pairs of rows that both columns keep together or both keep apart, with what chance gives taken off: "
        "0 for shuffled labels, 1 for the same groups."
    ),
    "vi": Sentence(
        "what is left to say of one column when the other is known, both ways added: 0 for the same groups, "
        "and larger where there are more labels."
    ),
}


def _form(address: Address, table: Table, seed: int) -> list[Spec] | str:
    """Two columns that group the rows."""
    most = {"numeric": _FEW}  # measurements are no labels; a few of them may be grades
    known = [c for c in table.columns if c.kind in _LABELS and 1 < c.n_unique <= most.get(c.kind, _MOST)]
    known.sort(key=lambda c: _LABELS.index(c.kind))
    names = [c.name for c in known]
    if len(names) < 2:
        return t(
            "Two columns with up to {most:,} different labels are needed; this table has {n}.", most=_MOST, n=len(names)
        )
    help = t("Names or whole numbers; each different value is a group of rows.")
    begun = column_choice.pair_first(address, names, [c.name for c in known if c.kind in NAMED])
    first = column_choice.one(address, "first", names, names[0], t("First labels"), help, begun=begun[0])
    second = column_choice.one(address, "second", names, names[1], t("Second labels"), help, begun=begun[1])
    if first is None or first == second:
        return t("Choose two different columns.")
    return question.sweep(address, "two_clusterings", {}, [first, str(second)], seed)


def _settings(spec: Spec) -> dict[str, Any]:
    first, second = tables.columns(spec).x
    return question.settings(spec) | {f"{NAMES}first": first, f"{NAMES}second": second}


def _draw(shown: list[Shown], chart: Any, unit: str) -> None:
    """The newest comparison."""
    if not (known := question.newest(shown)):
        return
    s, spec = known
    figures = _figures(s) if s.result else {}
    if s.result:
        _numbers(s.result, unit)
    if figures or not s.result:
        left, right = st.columns(2)
        waiting, height = t("The tables of counts appear here."), _height(s.result)
        with left:
            chart("counts").show(figures.get("counts"), height=height, waiting=waiting)
        with right:
            chart("matched").show(figures.get("matched"), height=height, waiting=waiting)
    if s.result:
        _explained(s, unit)
    with st.container(horizontal=True):
        export.figures("table:labels", figures)
        export.runs("table:labels", [spec])


def _height(found: Result) -> int:
    return int(np.clip(200 + 26 * found["shape"][0], 320, 720)) if found else 320


def _figures(s: Shown) -> dict[str, Any]:
    """Both tables of counts, where they can be read: as found, and with the second's labels beside those they go with."""
    found, spec = s.result, s.run.spec
    if spec is None or "counts" not in found or max(found["shape"]) > _FEW:
        return {}
    first, second = tables.columns(spec).x
    counts, names = np.array(found["counts"]), found["names"]
    share, order = f"{found['accuracy']:.1%}", found["order"]
    named: Any = {"xlabel": second, "ylabel": first}
    rows = found.get("rows") or list(range(len(counts)))  # results of before have none
    labels, others = [found["labels"][i] for i in rows], [names[j] for j in order]
    matched = t("Matched one to one, {share} of the rows lie on the diagonal", share=share)
    return {
        "counts": heat.confusion(counts, found["labels"], names, title=t("Rows with each pair of labels"), **named),
        "matched": heat.confusion(counts[np.ix_(rows, order)], labels, others, title=matched, **named),
    }


def _numbers(found: Result, unit: str) -> None:
    place, chance = layout.numbers(), found["chance"]
    for name, title in _TITLES.items():
        note = ""
        if name in chance:
            level = amount(chance[name], unit) if name == "vi" else figure(chance[name])
            note = (
                t("by chance above {level}", level=level) if name == "vi" else t("by chance below {level}", level=level)
            )
        value = amount(found[name], unit) if name == "vi" else figure(found[name])
        layout.number(place, title, value, note=note or t("chance is 0"))


def _explained(s: Shown, unit: str) -> None:
    """What each measure means, and of which rows they are."""
    found = s.result
    if not _figures(s):
        st.caption(t("The tables of counts are left out: they are read up to {n} labels a column.", n=_FEW))
    st.markdown("\n".join(f"- **{_TITLES[name]}**: {t(said)}" for name, said in _MEANING.items()))
    said = [tn("Of {n:,} row with both labels.", "Of {n:,} rows with both labels.", found["n"])]
    if found["left_out"]:
        said.append(
            tn(
                "{n:,} row without one of them is left out.",
                "{n:,} rows without one of them are left out.",
                found["left_out"],
            )
        )
    if found["copies"]:
        said.append(_chance(found))
    question.caption(said, found, unit)


def _chance(found: Result) -> str:
    p = f"{found['p_value']:.3f}"
    shuffled = tn("{n:,} shuffled copy", "{n:,} shuffled copies", found["copies"])
    if found["p_value"] <= LEVEL:
        return t(
            "By chance: of {copies}, 95 % are less alike than is said above. The columns go together (p = {p}).",
            copies=shuffled,
            p=p,
        )
    return t(
        "By chance: of {copies}, 95 % are less alike than is said above. These columns do not stand out from chance (p = {p}).",
        copies=shuffled,
        p=p,
    )


QUESTION = Question(
    sweep="two_clusterings",
    title=Sentence("Two label columns"),
    order=40,
    form=_form,
    draw=_draw,
    settings=_settings,
    appears=Sentence(
        "Press Start to compare two columns of labels: how often they go together, and how far they agree beyond chance."
    ),
)
