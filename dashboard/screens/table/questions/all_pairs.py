"""All pairs: the mutual information of every pair of columns, and one pair closely."""

from __future__ import annotations

from core.data.tables import Table
from core.sentences import Sentence
from dashboard.screens.table import column_pair, focus, matrix, matrix_form
from dashboard.screens.table.question import Question
from dashboard.widgets.address import Address


def _one_pair(address: Address, table: Table, seed: int, unit: str) -> None:
    column_pair.pair(address, table, *matrix_form.settings(address.page, seed), unit)


def _above(address: Address, table: Table) -> None:
    focus.begin(address, table)
    matrix_form.left_out(address, table)


QUESTION = Question(
    sweep="matrix",
    title=Sentence("All pairs"),
    order=10,
    form=matrix_form.matrix_specs,
    draw=matrix.draw_matrix,
    settings=matrix_form.settings_of,
    appears=Sentence("Press Start to estimate the mutual information of every pair."),
    above=_above,
    below=_one_pair,
)
