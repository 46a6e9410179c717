"""A page's settings below its player's buttons: what Start would submit, or why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from core.spec import Spec, SpecError
from dashboard.text import t
from dashboard.widgets import player


class Start:
    """What a page's form describes: `specs` are its runs, or one sentence that says what is missing."""

    specs: Sequence[Spec] | str = ()

    def would(self, make: Callable[[], Sequence[Spec] | str]) -> None:
        """Make the runs from the settings. `make` gives them, or a sentence, or raises one."""
        try:
            self.specs = make()
        except (SpecError, ValueError) as error:
            self.specs = t(error)


@contextmanager
def form(page: str) -> Iterator[Start]:
    """The place of a page's settings. Its buttons stand above them, and know what the settings say below."""
    buttons = st.container()
    start = Start()
    yield start
    with buttons:
        player.controls(page, start.specs)
