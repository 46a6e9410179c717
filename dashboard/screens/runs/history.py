"""The list of runs, and the links that open them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import pages, state
from dashboard.jobs import Run
from dashboard.screens.runs import headlines, trash
from dashboard.text import plain, t
from dashboard.widgets import fields, layout, run_settings, server
from dashboard.widgets.address import RUNS, encode


def page_of(run: Run) -> str | None:
    """The page that shows a run, or None for one that no page shows: its spec cannot be read any more, or a pitfall's."""
    page = pages.showing(run.spec)
    return page.name if page else None


def link(runs: list[Run]) -> dict[str, str]:
    """The query that opens runs on their page: with their settings, or those of the first where they differ, in the unit that
    the list has."""
    specs = [run.spec for run in runs if run.spec]
    page = pages.showing(specs[0])
    # A form of one method would be asked for one that is none.
    settings = run_settings.together(specs if page and page.overlays else specs[:1])
    if len(specs) > 1 and page and page.several:
        settings |= page.several
    if page and (unit := fields.unit_left(page.name)) != "nats":
        settings |= {"unit": unit}
    return {k: encode(v) for k, v in settings.items()} | {RUNS: ",".join(r.id for r in runs)}


def apart(runs: list[Run]) -> str:
    """Why these runs cannot be opened together, or nothing: a page would show one of them and leave out the others."""
    page, *others = {pages.showing(run.spec) for run in runs}
    if page is None and not others:
        return _unshown(runs[0])
    if others or page is None:
        return t("These runs belong to different pages: select runs of one page to open them.")
    if len(runs) == 1 or page.overlays:
        return ""
    if page.several is None:
        return t("The page {page} shows one run at a time: select one to open it.", page=t(page.title))
    if not run_settings.same_data([run.spec for run in runs if run.spec]):
        return t("These runs learned from different rows: select runs on the same data to compare them.")
    return ""


def _unshown(run: Run) -> str:
    """Why no page opens a run."""
    if run.spec is None:
        return plain(run.spec_fault)
    return t("A run of What goes wrong has no link: press Show it in that tab to see it again.")


def listing() -> None:
    """All runs, the newest first; choose one to open it, several of one page to see them over each other."""
    for sentence in state.take_notes("runs"):
        st.warning(plain(sentence))
    trash.offer()
    found = [run for run in server.store().runs(limit=200) if not trash.holds(run.id)]
    if not found:
        layout.empty(t("No runs yet. Start one on any page, and it is kept here."))
        return
    ids = [run.id for run in found]
    frame = pd.DataFrame([_row(run) for run in found])
    if not frame[t("settings")].any():  # all runs are at their defaults
        frame = frame.drop(columns=t("settings"))
    event = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        # Streamlit knows rows by their place: where a run comes or goes, the same runs are selected anew.
        key=f"runs:list:{','.join(ids)}",
        selection_default={"selection": {"rows": _selected(ids)}},
        height=min(460, 36 * (len(found) + 1)),
        placeholder="",
        column_config={t("started"): st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss")},
        alt=t("The runs of this data folder, the newest first."),
    )
    chosen = [found[i] for i in event.selection.rows if i < len(found)]
    state.choose("runs.selected", [run.id for run in chosen])
    if not chosen:
        st.caption(t("Select a row to open it; several of one page to compare them."))
        return
    _actions(chosen)


def _selected(ids: list[str]) -> list[int]:
    """The rows that a list begins with: the runs that were selected in the one before. They stay while the list does."""
    begun = state.chosen("runs.begun")
    if begun is None or begun[0] != ids:
        selected = set(state.chosen("runs.selected") or ())
        begun = ids, [i for i, id in enumerate(ids) if id in selected]
        state.choose("runs.begun", begun)
    return begun[1]


def _row(run: Run) -> dict[str, Any]:
    return {
        t("run"): headlines.name(run),
        t("result"): headlines.figure(run, server.store().result(run.id) or {}),
        t("data"): t(run.spec.data.description()) if run.spec else "",
        t("state"): t(run.status),
        t("settings"): headlines.settings(run),
        t("seed"): run.spec.seed if run.spec else None,
        t("steps"): run.step,
        t("seconds"): round(run.seconds, 1),
        t("started"): pd.to_datetime(run.created, unit="s"),
        t("id"): run.id,
    }


def _actions(chosen: list[Run]) -> None:
    for run in chosen:  # the list cuts what is long
        if said := headlines.settings(run):
            st.caption(plain(f"{headlines.name(run)}: {said}"))
    with st.container(horizontal=True, vertical_alignment="center"):
        if why := apart(chosen):
            st.caption(why)
        else:
            page, query = str(page_of(chosen[0])), link(chosen)
            label = t("Open") if len(chosen) == 1 else t("Open {n} together", n=len(chosen))
            st.page_link(pages.link_to(page), label=label, icon=":material/open_in_new:", query_params=query)
            st.code(server.address(page, query), language=None)
        if server.may_steer():
            st.button(t("Delete"), icon=":material/delete:", on_click=_delete, args=(chosen,), key="runs:delete")


def _delete(chosen: list[Run]) -> None:
    state.choose("runs.selected", None)
    trash.put([run.id for run in chosen])
