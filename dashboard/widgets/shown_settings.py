"""Which settings a page's picture shows, where its form has others, and one click that takes them into the form."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.spec import Spec
from dashboard import pages, state
from dashboard.text import plain, t
from dashboard.widgets import run_settings
from dashboard.widgets.address import follow, view

_MOST = 4  # runs that get a button each


def set_form(page: str, specs: Sequence[Spec] | str) -> None:
    """Remember what the page's form describes now, or why it describes nothing."""
    state.choose(f"{page}.form", specs)


def line(page: str, runs: Sequence[Spec]) -> None:
    """Above a picture of these runs: what it shows, if the form describes anything else."""
    given = state.chosen(f"{page}.form")
    if given is None or not runs:
        return
    runs = [spec.single() for spec in runs]
    form = [] if isinstance(given, str) else [s for s in given if s.family == runs[0].family]
    if (not form and not isinstance(given, str)) or run_settings.same(runs, form):
        return
    named = run_settings.names(runs, beside=form)
    has = next((n for n, spec in zip(named, runs, strict=True) if form and run_settings.same([spec], form)), None)
    told = (
        t("The form has other settings.")
        if has is None or len(runs) == 1
        else t("The form has the settings of {run}.", run=has)
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(f"{t('Shown: {runs}.', runs='; '.join(named))} {told}"), width="content")
        for number, (label, settings) in enumerate(_choices(runs, named, has)):
            st.button(
                label,
                key=f"{page}:take.{number}",
                type="tertiary",
                icon=":material/input:",
                on_click=_take,
                args=(page, settings),
                help=t("The picture stays; only the form changes."),
            )


def _choices(runs: list[Spec], named: list[str], has: str | None) -> list[tuple[str, dict[str, object]]]:
    """One button where one form describes all that is shown; else one for each run."""
    all_of_them = run_settings.together(runs)
    if len(runs) == 1 or all_of_them != pages.settings(runs[0]):
        return [(t("Take these settings into the form"), all_of_them)]
    pairs = [(n, pages.settings(spec)) for n, spec in zip(named, runs, strict=True) if n != has]
    return [(t("Take the settings of {run}", run=plain(n)), settings) for n, settings in pairs[:_MOST]]


def _take(page: str, settings: dict[str, object]) -> None:
    follow(page, settings | view(), state.runs(page))
