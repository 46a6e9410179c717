"""One cell of an arena: what was found there, and the single run that finds it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core import distributions
from core.spec import Spec
from dashboard import pages, state
from dashboard.text import plain, t
from dashboard.widgets.address import encode
from dashboard.widgets.trust_summary import amount, badge, doubts, figure, title, word

Row = dict[str, Any]
_WHICH = ("task", "method", "seed")


def columns(rows: list[Row], **given: Any) -> dict[str, Any]:
    """Of every estimate what the list shows and the file holds; what failed where anything did. given: `n`, the rows of each
    sample, where it is not another column."""
    ends = [row["interval"] or (None, None) for row in rows]
    mi = numbers(rows, "mi")
    return {
        t("estimator"): [title(row["method"]) for row in rows],
        **given,
        t("seed"): [row["seed"] for row in rows],
        t("truth (nats)"): [row["truth"] for row in rows],
        t("estimate (nats)"): mi,
        t("error (nats)"): mi - [row["truth"] for row in rows],
        t("low (nats)"): pd.Series([low for low, _ in ends], dtype=float),
        t("high (nats)"): pd.Series([high for _, high in ends], dtype=float),
        t("trust"): [word(row["trust"]) if row["trust"] else "" for row in rows],
        t("seconds"): numbers(rows, "seconds"),
        **without(rows),
    }


def nearest(names: list[str], off: Mapping[str, float]) -> str:
    """Which estimators are closest to the truth, the first before those whose distance chance may explain; off: how many
    nats each estimator is off on average."""
    first, *others = names
    values = {"method": title(first), "error": f"{off[first]:.3f}"}
    if not others:
        return t("{method} is closest: {error} nats off on average", **values)
    values |= {"most": f"{off[others[-1]]:.3f}"}
    if len(names) == len(off):
        return t("No estimator is closest by more than chance: {error} to {most} nats off on average", **values)
    if len(others) == 1:
        return t(
            "{method} and {other} are closest: {error} and {most} nats off on average, which chance may explain",
            other=title(others[0]),
            **values,
        )
    return t(
        "{method} and {n} others are closest: {error} to {most} nats off on average, which chance may explain",
        n=len(others),
        **values,
    )


def numbers(rows: list[Row], name: str) -> pd.Series:
    """A column of numbers, some of which may be missing."""
    return pd.Series([row[name] for row in rows], dtype=float)


def without(rows: list[Row]) -> dict[str, list[str]]:
    """The column that says why rows have no number, where any has none."""
    why = [t(row["error"]) if row.get("error") else "" for row in rows]
    return {t("what failed"): why} if any(why) else {}


def listed(frame: pd.DataFrame, key: str, alt: str) -> list[int]:
    """A list of estimates; the rows that are selected, one at most."""
    formats: dict[str, Any] = dict.fromkeys(frame.select_dtypes(float), figure)
    if (seconds := t("seconds")) in frame:
        formats[seconds] = "{:.2f}"
    event = st.dataframe(
        frame.style.format(formats, na_rep=""),
        hide_index=True,
        height=min(460, 35 * (len(frame) + 1) + 2),  # as many lines as there are rows, and no empty one
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        placeholder="–",
        alt=alt,
    )
    return list(event.selection.rows)


def opened(rows: list[Row], otherwise: str, help: str = "") -> None:
    """The one row that is selected, in a line, with what opens its run; `otherwise` stands where there is none. help: what
    the run gives where it is not the number of the row."""
    if not rows:
        st.caption(otherwise)
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        spec = Spec.parse(rows[0]["run"])
        about = f"**{plain(title(spec.method))}** · {plain(t(spec.data.description()))}"
        st.markdown(_found(rows[0], about), width="stretch")
        _link(linked(spec), help)


def choose(row: Row | None) -> None:
    """Look at a cell from now on."""
    which = None if row is None else tuple(row[key] for key in _WHICH)
    if which is not None and state.chosen("arena.cell") != which:
        state.choose("arena.cell", which)
        st.rerun()


def selected(run: str, rows: list[Row], places: list[int]) -> None:
    """A row of the list was selected: followed once, so that a later click on the map counts."""
    if state.chosen("arena.row") != (run, places):
        state.choose("arena.row", (run, places))
        choose(rows[places[0]] if places else None)


def chosen(spec: Spec, rows: list[Row]) -> None:
    """The cell that is looked at, in a line, with what opens it as a run."""
    which = state.chosen("arena.cell")
    row = next((row for row in rows if tuple(row[key] for key in _WHICH) == which), None)
    if row is None:
        st.caption(t("Click a cell, or select a row of the list, to see it closely."))
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_found(row, f"**{plain(row['task'])}** · {plain(title(row['method']))}"), width="stretch")
        _link(address(spec, row))


def _link(query: dict[str, str], help: str = "") -> None:
    if query:
        label = t("Run it again on the Estimate page")
        help = help or t("Start gives the same number there: the form has this task, method, number of rows and seed.")
        icon = ":material/open_in_new:"
        st.page_link(pages.link_to("estimate"), label=label, icon=icon, query_params=query, help=help)


def _found(row: Row, about: str) -> str:
    head = f"{about} · {t('seed {seed}', seed=row['seed'])}  \n" if "seed" in row else f"{about}  \n"
    if row["mi"] is None:
        return head + plain(t(row["error"]))
    low, high = row.get("interval") or (None, None)
    found = amount(row["mi"], "nats")
    if low is not None and high is not None:
        found = t("{mi}, interval {low} to {high}", mi=found, low=f"{low:.3f}", high=f"{high:.3f}").replace("-", "−")
    truth = t("truth {value}", value=amount(row["truth"], "nats"))
    if "trust" not in row:
        return f"{head}{plain(found)} · {plain(truth)}"
    why = doubts(row["reasons"], "nats")
    return f"{head}{plain(found)} · {plain(truth)}  \n{badge(row['trust'], t('Trust'))} {why}"


def address(spec: Spec, row: Row) -> dict[str, str]:
    """The query that opens a cell as a single run."""
    data = {"distribution": distributions.to_dict(distributions.tasks()[row["task"]]), "n": spec.data.model_dump()["n"]}
    given = {"family": "estimators", "method": row["method"], "data": data, "seed": row["seed"]}
    return linked(Spec.parse(given))


def linked(spec: Spec) -> dict[str, str]:
    """The query that opens a single run, the seed in it whatever the page had before; empty where a link cannot say its
    distribution, a map of something that is neither the map's default nor one of the benchmark's tasks."""
    settings, described = {"seed": spec.seed} | pages.settings(spec), spec.data.model_dump()["distribution"]
    inner = settings.pop("d.of", None)
    if inner is not None and inner != distributions.to_dict(distributions.make(described["name"]))["of"]:
        return {}
    return {k: encode(v) for k, v in settings.items()}
