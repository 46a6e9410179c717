"""The questions that can be asked of a table, and what each says of itself.

A file in `questions/` is a question: its `QUESTION` names the sweep that answers it, the form that asks it and the picture
of the answer.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from core import discover
from core.data.tables import Table
from core.sentences import Sentence
from dashboard import state
from dashboard.pickers import table_memory, table_reading, tables
from dashboard.screens.table import column_choice
from dashboard.text import plain, t, t_in
from dashboard.widgets import fields
from dashboard.widgets.address import Address, follow

if TYPE_CHECKING:
    from core.spec import Spec
    from dashboard.widgets.shown import Shown

_FOLDER = f"{__package__}.questions"
_SHARED = ("t", *table_memory.COMMON)  # settings that all questions of a table have in common


def _nothing(*_: Any) -> None:
    """What most questions put above and below their answer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """What one can ask of a table.

    sweep: the sweep that answers it, which also names it in the link. order: its place among the others.
    form(address, table, seed): its settings, as specs or as a sentence that says what is missing. draw(shown, chart, unit):
    the answer, also of a run that goes on. settings(spec): the settings of the form that make a run. appears: what Start
    brings. above(address, table), below(address, table, seed, unit): what stands about the answer.
    """

    sweep: str
    title: Sentence
    order: int
    form: Callable[[Address, Table, int], Sequence[Spec] | str]
    draw: Callable[[list[Shown], Any, str], None]
    settings: Callable[[Spec], dict[str, Any]]
    appears: Sentence
    above: Callable[[Address, Table], None] = _nothing
    below: Callable[[Address, Table, int, str], None] = _nothing


@cache
def registered() -> dict[str, Question]:
    """Every question by its sweep, in order."""
    files = pkgutil.iter_modules(importlib.import_module(_FOLDER).__path__)
    found = [importlib.import_module(f"{_FOLDER}.{file.name}").QUESTION for file in files]
    return {question.sweep: question for question in sorted(found, key=lambda question: question.order)}


def of_run(spec: Spec | None) -> Question | None:
    """The question that a run answers; None for one that answers none."""
    return registered().get(spec.method) if spec and spec.family == "sweeps" else None


def sweep(address: Address, name: str, parameters: dict[str, Any], columns: Sequence[str], seed: int) -> list[Spec]:
    """The run that answers a question of columns of the table that is open. Errors: SpecError."""
    data = {"table": str(state.widget(address.key("t"))), "x": list(columns)}
    return [fields.spec("sweeps", name, parameters, data, seed)]


def settings(spec: Spec) -> dict[str, Any]:
    """The settings that every question has: the table, the question itself, and the seed where it is not the usual one."""
    seed = {"seed": spec.seed} if spec.seed else {}
    return seed | {"t": tables.columns(spec).table, "m": spec.method}


def newest(shown: Sequence[Shown]) -> tuple[Shown, Spec] | None:
    """The newest run and what it was asked; None where it failed, which is said above."""
    s = shown[-1]
    return (s, s.run.spec) if s.run.spec and (s.result or s.run.active) else None


def caption(said: Sequence[str], found: dict[str, Any], unit: str) -> None:
    """Sentences below an answer, and what the run itself has noticed."""
    st.caption(plain(" ".join([*said, *(t_in(notice, unit) for notice in found.get("notices", ()))])))


def choose(address: Address) -> Question:
    """The question that is asked. What was shown of another one is kept, and is there again when one comes back to it."""
    known, first = registered(), next(iter(registered()))

    def read(text: str) -> str:
        if text in known:
            return text
        if text in discover.names("estimators"):  # the link of a pair that was trained: it belongs to the pairs
            return first
        raise ValueError(t("there is no question {name}", name=text[:80]))

    key = address.begin("m", first, read)
    asked = st.pills(
        t("Question"),
        list(known),
        key=key,
        required=True,
        width="stretch",
        wrap=True,
        format_func=lambda name: t(known[name].title),
        on_change=_turn,
        args=(address.page,),
    )
    table_memory.stand(address.page, state.widget(address.key("t")), asked or first)
    return known[address.end("m", asked or first, first)]


def _turn(page: str) -> None:
    """For callbacks: each question of a table comes back with its own settings and the runs that were started for it."""
    table_reading.empty_box(page)
    if not table_memory.come_back(page, but=column_choice.SHARED):
        shared = {name: value for name, value in state.remembered(page).items() if name in _SHARED}
        follow(page, shared | {"m": state.widget(f"{page}:m")})
