"""A page's settings and its link are one thing: what differs from the default stands in the address, by neutral ids."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from core.params import Param, ParameterError
from core.sentences import Sentence
from dashboard import state
from dashboard.text import plain, t
from dashboard.widgets import run_settings, server

RUNS = "run"
_LATE = 3.0  # seconds in which a browser hears of a new link; later it is somebody who goes back to the last one
_NAMED, _LETTERS = 6, 120  # of settings that a page does not know
VIEW = ("unit", "tab")  # how a page shows its runs, and no setting of them
_GLOBAL = ("token", "lang")


def encode(value: Any) -> str:
    """A setting as it stands in the address."""
    if isinstance(value, bool):
        return str(int(value))
    if value is None:
        return "none"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value)) if all(isinstance(v, str) for v in value) else json.dumps(value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def decode(param: Param, text: str) -> Any:
    """What `encode` wrote, checked against the parameter. Errors: ParameterError."""
    if text == "none" and param.optional:
        return None
    try:
        if param.type is bool:
            return param.check({"1": True, "0": False}.get(text, text))
        if param.type in (int, float):
            return param.check(float(text))
        if param.type is tuple:
            return param.check(json.loads(text))
    except ValueError as error:
        raise (
            error
            if isinstance(error, ParameterError)
            else ParameterError(Sentence("{name}={value} is not a number", name=param.name, value=text))
        ) from None
    return param.check(text)


class Address:
    """Reads a page's settings from the link (or from when the page was left) and writes them back on `close`."""

    def __init__(self, page: str) -> None:
        self.page = page
        self._notes = st.container()  # what was wrong with the link is only known when all widgets are drawn
        self._out: dict[str, str] = {}
        given = {k: v for k, v in st.query_params.to_dict().items() if k not in _GLOBAL}
        self._in = given or state.remembered(page)
        # What this page has written itself may come once more from a browser that has not heard yet that it is gone.
        self._written = state.chosen(f"{page}.written") or set()
        self._unknown = set(given) - {RUNS, *VIEW} - self._written
        # A link that this page wrote itself may be older than what a button has just done.
        if RUNS in given and given[RUNS] != state.chosen(f"{page}.link") and not self._late(given[RUNS]):
            state.show_runs(page, [i for i in given[RUNS].split(",") if i.isalnum()][:12])
            if not set(given) - {RUNS, *VIEW}:  # a link to runs alone: the form begins with their settings
                self._in |= _settings_of(state.runs(page))

    def _late(self, runs: str) -> bool:
        """Whether a browser, which has not heard yet of the page's next link, sends the one before with another click."""
        before, replaced = state.chosen(f"{self.page}.link.before") or ("", -math.inf)
        return runs == before and time.monotonic() - replaced < _LATE

    def key(self, name: str) -> str:
        """The key of the widget for this setting."""
        return f"{self.page}:{name}"

    def know(self, names: Iterable[str]) -> None:
        """Settings that a link may name, also where these data have no field for them."""
        self._unknown.difference_update(names)

    def begin(self, name: str, default: Any, read: Callable[[str], Any]) -> str:
        """Give the widget its first value, from the link where it is there and legal; returns the widget's key."""
        key = self.key(name)
        self.know([name])
        if not state.has_widget(key):
            value = default
            if name in self._in:
                try:
                    value = read(self._in[name])
                except (ValueError, TypeError) as error:
                    state.note(
                        self.page,
                        t(
                            "The link contains an invalid setting: {fault}. The default is used instead.",
                            fault=error,
                        ),
                    )
            state.set_widget(key, value)
        return key

    def end(self, name: str, value: Any, default: Any) -> Any:
        """Put the widget's value into the link where it differs from the default; returns it."""
        if value != default:
            self._out[name] = encode(value)
        return value

    def settings(self) -> dict[str, str]:
        """What differs from the defaults, as far as the page is drawn; how it shows its runs is left out."""
        return {k: v for k, v in self._out.items() if k not in VIEW}

    def close(self) -> None:
        """Write the link, remember the settings, say what was wrong."""
        notes = state.take_notes(self.page)
        if self._unknown and not notes:  # where another setting was wrong, those that hang on it were not asked for
            names = ", ".join(sorted(self._unknown)[:_NAMED])[:_LETTERS]
            notes = [t("The link names settings that are not on this page: {names}. They are left out.", names=names)]
        for sentence in notes:
            self._notes.warning(plain(sentence), icon=":material/info:")
        state.remember(self.page, dict(self._out))
        state.choose(f"{self.page}.written", self._written | set(self._out))
        shown = state.runs(self.page)
        if (before := state.chosen(f"{self.page}.link")) and before != ",".join(shown):
            state.choose(f"{self.page}.link.before", (before, time.monotonic()))
        state.choose(f"{self.page}.link", ",".join(shown))
        kept = {k: v for k, v in st.query_params.to_dict().items() if k in _GLOBAL}
        wanted = self._out | ({RUNS: ",".join(shown)} if shown else {}) | kept
        if wanted != st.query_params.to_dict():
            st.query_params.from_dict(wanted)


def show_in_link(page: str, name: str, default: Any) -> None:
    """For callbacks: the link follows a widget whose page is not drawn anew."""
    settings = {k: v for k, v in state.remembered(page).items() if k != name}
    st.query_params.pop(name, None)
    if (value := state.widget(f"{page}:{name}")) != default:
        settings[name] = st.query_params[name] = encode(value)
    state.remember(page, settings)


def renew(page: str, names: tuple[str, ...], under: str = "") -> None:
    """For callbacks: these settings begin with their defaults, whatever the link said of them, and all `under` a prefix."""
    if under:
        state.forget_widgets(f"{page}:{under}")
        names = (*names, *(name for name in state.remembered(page) if name.startswith(under)))
    for name in names:
        state.drop_widget(f"{page}:{name}")
        st.query_params.pop(name, None)
    state.remember(page, {k: v for k, v in state.remembered(page).items() if k not in names})


def view() -> dict[str, str]:
    """How a page shows its runs, by its link."""
    return {k: v for k, v in st.query_params.to_dict().items() if k in VIEW}


def _settings_of(runs: list[str]) -> dict[str, str]:
    found = [server.store().run(i) for i in runs]
    specs = [run.spec for run in found if run is not None and run.spec is not None]
    return {k: encode(v) for k, v in run_settings.together(specs).items()}


def follow(page: str, settings: Mapping[str, Any], runs: list[str] | None = None) -> None:
    """For callbacks: let a page stand as these settings say, as if its link had been opened."""
    state.forget_widgets(f"{page}:")
    state.remember(page, {k: encode(v) for k, v in settings.items()})
    state.show_runs(page, runs or [])
    kept = {k: v for k, v in st.query_params.to_dict().items() if k in _GLOBAL}
    st.query_params.from_dict({k: encode(v) for k, v in settings.items()} | kept)
