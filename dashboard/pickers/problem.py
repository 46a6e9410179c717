"""What a density is learned from: a problem whose truth is known, or columns of a table; and its points before a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core import discover
from core.data.references import ProblemData, Reference, TableData
from core.data.tables import Table
from core.method import Source
from core.params import Param, Range
from core.spec import Spec
from dashboard import state
from dashboard.charts import points
from dashboard.pickers import tables
from dashboard.text import plain, t
from dashboard.widgets import fields, form, layout, server
from dashboard.widgets.address import Address
from dashboard.widgets.live import show

ROWS = Param(
    "n", int, 1_000, "Points to learn from; the held-out loss is computed on a part of them.", Range(50, 100_000)
)
TABLE = "table"
_NUMBERS = ("numeric", "integer")
_MOST_INPUTS = 50
_FIRST = {  # the bundled tables begin with a pair that is worth a look
    "weather": ("day_of_year", "temp_max"),
    "penguins": ("flipper_length_mm", "body_mass_g"),
    "wine": ("flavanoids", "alcohol"),
}


PRESETS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "inverse": ("One x, five answers", "A noisy wave read backwards, with the defaults.", {}),
    "source": (
        "Twenty units, five components",
        "The small network that the inverse problem is often shown with: Adam at 0.001, 10,000 steps.",
        {
            "mdn.n_components": 5,
            "mdn.hidden": 20,
            "mdn.learning_rate": 0.001,
            "mdn.iterations": 10_000,
            "mdn.patience": 10_000,
        },
    ),
    "components": (
        "K = 1, 3, 8 side by side",
        "Three networks on the same points: with too few components, branches are merged.",
        {"c.n_components": ("1", "3", "8"), "tab": "compare"},
    ),
    "arm": (
        "Robot arm",
        "Which angles bring the hand to a place: two inputs, two outputs, and the elbow bends to either side.",
        {"p": "arm", "n": 3_000},
    ),
    "weather": (
        "Temperature over the year",
        "Two columns of a real table: the day of the year and the highest temperature.",
        {"p": TABLE},
    ),
}


def choose(address: Address) -> dict[str, Any] | str:
    """The data of a spec, or one sentence that says what is missing."""
    from core.data.problems import PROBLEMS

    titles = {name: t(entry.title) for name, entry in PROBLEMS.items()}
    titles[TABLE] = t("Columns of a table")
    help = t("What is to be learned: y given x. Problems know their truth; a table is your own file or a bundled one.")
    name = fields.choice(address, "p", titles, t("Data"), help, "inverse")
    if name != TABLE:
        st.caption(t(PROBLEMS[name].sentence))
        return {"problem": name, "n": form.field(address, ROWS, "n", t("Points"))}
    table = tables.pick(address)
    return t("Open a table that can be read.") if table is None else _columns(address, table)


def _columns(address: Address, table: Table) -> dict[str, Any] | str:
    """Which columns say something (x) about which (y)."""
    names = tables.usable(table)
    targets = [c.name for c in table.columns if c.kind in (*_NUMBERS, "datetime")]
    if not targets or len(names) < 2:
        return t("This table has no column of numbers with another beside it: a density needs x and a numeric y.")
    reference = str(state.widget(address.key("t")))
    x, y = _FIRST.get(reference, ("", ""))
    if x not in names or y not in targets:
        y = max(targets, key=lambda n: (table[n].kind in _NUMBERS, table[n].n_unique))
        x = max((n for n in names if n != y), key=lambda n: (table[n].kind in _NUMBERS, table[n].n_unique))
    key = address.begin("y", y, lambda text: _known(text, targets))
    if state.widget(key) not in targets:
        state.set_widget(key, y)
    target = st.selectbox(
        t("Target y"), targets, key=key, help=t("The column whose density is learned: one of numbers or dates.")
    )
    address.end("y", target, y)
    options = [n for n in names if n != target]
    first = [x] if x in options else options[:1]
    key = address.begin("x", first, lambda text: tables.listed(text, names))
    kept = [n for n in state.widget(key) if n in options]
    state.set_widget(key, kept if kept or not state.widget(key) else first)  # emptied by hand it stays empty
    chosen = st.multiselect(
        t("Inputs x"),
        options,
        key=key,
        max_selections=_MOST_INPUTS,
        help=t("One input gives a map over x and y; of several, one is varied and the others stand at their medians."),
    )
    if said := tables.unusable(table):
        st.caption(plain(said))
    address.end("x", chosen if chosen == first else json.dumps(chosen, ensure_ascii=False), first)
    if not chosen:
        return t("Choose at least one input.")
    return {"table": reference, "x": chosen, "y": [target]}


def _known(text: str, names: list[str]) -> str:
    if text not in names:
        raise ValueError(t("there is no column {name} to predict", name=text[:80]))
    return text


def source(spec: Spec) -> Source:
    """The rows of a run, drawn or read again as its worker did. Errors: ValueError."""
    return _source(spec.data.model_dump_json(), spec.seed, spec)


@st.cache_resource(max_entries=8, show_spinner=False)
def _source(data: str, seed: int, _spec: Spec) -> Source:
    """Kept by data and seed: runs that differ in their networks alone share the rows."""
    return _spec.source()


def axes(spec: Spec | None, varied: int = 0) -> tuple[str, str]:
    """The names of the varied input and of the first output, with what a date or a category enters as."""
    known = _known_source(spec)
    if spec is None or known is None:
        return "x", "y"
    x, y = _name(known.x_names, varied, "x"), _name(known.y_names, 0, "y")
    entered = _entered(spec.data.model_dump_json(), spec.data)
    return t(entered.get(x, x)), t(entered.get(y, y))


@st.cache_data(max_entries=16, show_spinner=False)
def _entered(data: str, _reference: Reference) -> dict[str, str]:
    """Column → what its axis says, where the numbers are not the column's own."""
    return _reference.entered()


def widths(spec: Spec | None) -> tuple[int, int]:
    """How many inputs and outputs a run has."""
    known = _known_source(spec)
    return (1, 1) if known is None or known.y is None else (int(known.x.shape[1]), int(known.y.shape[1]))


def _known_source(spec: Spec | None) -> Source | None:
    """The rows of a run, or None where they are gone: a table may have been deleted since."""
    try:
        return None if spec is None else source(spec)
    except ValueError:
        return None


def _name(names: tuple[str, ...], place: int, otherwise: str) -> str:
    return names[place] if place < len(names) else otherwise


def preview(address: Address, data: dict[str, Any] | str, seed: int) -> None:
    """The points, before anything runs."""
    if isinstance(data, str):
        layout.empty(plain(data))
        return
    try:
        any_of_them = discover.having("densities")[0]  # rows are the same for all
        spec = Spec.parse({"family": "densities", "method": any_of_them, "data": data, "seed": seed})
        x, y, notices = _points(spec.to_json())
    except ValueError as error:
        layout.empty(plain(error))
        return
    figure = points.scatter(x, y, *axes(spec), title=t("The points to learn from: some x may have several y"))
    show(figure, key="density-preview", height=420)
    st.caption(plain(" ".join(map(t, notices))))
    st.caption(server.invitation(t("Press Start to train, or begin with one of these settings:")))
    fields.presets(address, {k: (t(title), t(help), values) for k, (title, help, values) in PRESETS.items()})


@st.cache_data(max_entries=16, show_spinner=False)
def _points(spec: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Up to 2,000 rows to look at: the first input and output."""
    whole = source(Spec.parse(spec))
    keep = np.sort(np.random.default_rng(0).permutation(len(whole))[:2_000])
    return whole.x[keep, 0], np.asarray(whole.y)[keep, 0], whole.notices


def settings_of(data: Reference) -> dict[str, Any]:
    """The settings of `choose` that give these data."""
    return _SETTINGS[data.kind](data)


def _of_problem(data: ProblemData) -> dict[str, Any]:
    given = data.model_dump(exclude_defaults=True)
    return {"p": given.pop("problem")} | given


def _of_columns(data: TableData) -> dict[str, Any]:
    return tables.settings_of(data) | {"p": TABLE, "x": json.dumps(data.x, ensure_ascii=False)}


_SETTINGS: dict[str, Callable[[Any], dict[str, Any]]] = {"problem": _of_problem, "table": _of_columns}
