"""Start, pause, step, stop, reset and replay; and one fragment that polls the runs of a page and draws them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.spec import Spec, SpecError
from dashboard import state
from dashboard.jobs import Run
from dashboard.text import plain, t
from dashboard.widgets import replay, server, shown_settings, standing
from dashboard.widgets.live import LiveChart, into_view, pulse
from dashboard.widgets.shown import Shown

POLL = 0.5  # seconds between two drawings of runs that go on, and more where a drawing takes longer
QUIET = 2.0  # seconds between two looks at runs that have been paused for some time: another tab may move them
SOON = 10.0  # seconds for which a page that was just drawn as a whole waits for what a click has asked for
UNDER_WAY = ("queued", "running")


Draw = Callable[[list[Shown], Callable[[str], LiveChart]], None]


def runs(page: str) -> list[Run]:
    """The runs that the page shows; one that is gone from the store is said and left out."""
    found = []
    for identifier in state.runs(page):
        run = server.store().run(identifier)
        if run is None:
            state.note(page, t("There is no run {id} in this data folder.", id=identifier))
        else:
            found.append(run)
    if len(found) < len(state.runs(page)):
        state.show_runs(page, [run.id for run in found])
    return found


def start(page: str, make: Callable[[], Sequence[Spec]]) -> None:
    """Submit what the page's settings describe. For callbacks: faults become sentences on the page."""
    try:
        specs = make()
        if not specs:
            state.note(page, t("Choose at least one method to start."))
            return
        state.show_runs(page, [server.client().submit(spec, state.viewer()) for spec in specs])
        state.choose("started", state.runs(page))
        state.replay(page).update(on=False, playing=False, at=1.0)
    except (SpecError, ValueError, RuntimeError) as error:
        state.note(page, t(error))


def _press(page: str) -> None:
    """For the callback of Start: what the form says is known once it is drawn again; a file may have come with the click."""
    state.choose(f"{page}.launch", True)
    if tab := state.chosen(f"{page}.leave"):  # on which nothing of the runs would be seen
        state.set_widget(*tab)


def _launch(page: str, specs: Sequence[Spec] | str) -> None:
    """Start what the form says now, where Start or a preset was pressed."""
    if state.chosen(f"{page}.launch") and server.may_steer() and not isinstance(specs, str):
        start(page, lambda: specs)
    state.choose(f"{page}.launch", False)


def controls(page: str, specs: Sequence[Spec] | str) -> None:
    """The player's buttons, as the runs stand now. `specs` is what Start would submit, or why it cannot."""
    shown_settings.set_form(page, specs)
    _launch(page, specs)
    shown = runs(page)
    if why := server.view_only():
        st.caption(why)
        return
    going = [r for r in shown if r.status in UNDER_WAY]
    paused = [r for r in shown if r.status == "paused"]
    left = [r for r in shown if not r.active and r.resumable]
    with st.container(horizontal=True, gap="small", key=f"{page}-player"):
        if going:
            # As wide as Start was, so that a second click there does not stop what the first has started.
            _button(page, "pause", t("Pause"), ":material/pause:", "pause", going, type="primary", width="stretch")
            _button(page, "stop", t("Stop"), ":material/stop:", "stop", going + paused)
        elif paused:
            _button(page, "play", t("Play"), ":material/play_arrow:", "resume", paused, type="primary", width="stretch")
            _button(page, "step", t("Step"), ":material/skip_next:", "step", paused)
            _button(page, "stop", t("Stop"), ":material/stop:", "stop", paused)
        else:
            bad = specs if isinstance(specs, str) else None
            st.button(
                t("Start"),
                key=f"{page}:start",
                type="primary",
                icon=":material/play_arrow:",
                help=bad,
                width="stretch",
                disabled=bad is not None,
                on_click=_press,
                args=(page,),
                shortcut=None if left else "Ctrl+Enter",  # three buttons have no room for it in one line
            )
            if left:
                _button(page, "resume", t("Resume"), ":material/resume:", "resume", left)
        if shown and not going and not paused:
            st.button(
                t("Reset"),
                key=f"{page}:reset",
                icon=":material/restart_alt:",
                on_click=reset,
                args=(page,),
                help=t("Clear the picture. The runs stay in the list of runs."),
            )
    if isinstance(specs, str) and not going and not paused:
        st.caption(plain(specs))


def reset(page: str) -> None:
    """Show an empty page again; what is under way is stopped."""
    for run in runs(page):
        if run.status in (*UNDER_WAY, "paused"):
            server.client().stop(run.id)
    state.show_runs(page, [])


def _button(page: str, name: str, label: str, icon: str, verb: str, which: list[Run], **look: Any) -> None:
    def act() -> None:
        for run in which:
            try:
                getattr(server.client(), verb)(run.id)
            except (ValueError, RuntimeError) as error:
                state.note(page, t(error))

    st.button(label, key=f"{page}:{name}", icon=icon, on_click=act, **look)


def panel(
    page: str,
    draw: Draw,
    empty: Callable[[], None],
    family: str = "",
) -> None:
    """Draw the page's runs, again every half second while one is under way, and once more when all have ended."""
    # One place for both, so that what the page draws below stays where it is.
    with st.container(key=f"panel-{page}-{family}"):
        shown = [r for r in runs(page) if not family or (r.spec and r.spec.family == family)]
        if shown:
            shown_settings.line(page, [r.spec for r in shown if r.spec])
            _moving(page, family, shown, draw)
        else:
            empty()


def _moving(page: str, family: str, shown: list[Run], draw: Draw) -> None:
    """The fragment that polls."""
    began, began_at = _kinds(shown), time.monotonic()
    charts: dict[str, LiveChart] = {}

    def chart(key: str) -> LiveChart:
        # The first run is part of the key, so that a zoom stays while a run goes on and not beyond it.
        return charts.setdefault(key, LiveChart(f"{page}-{key}-{shown[0].id}"))

    @st.fragment
    def body() -> None:
        # However many pictures are made, a poll reads the store as it stands at one moment.
        with server.store().moment():
            present = [r for s in shown if (r := server.store().run(s.id)) is not None]
            if _kinds(present) != began:
                st.rerun()  # the buttons above are others now
            at = _status(page, family, present)
            _contents(
                [Shown(run, None if at is None else max(1, round(at * run.step))) for run in present], draw, chart
            )
        if (seconds := _again(present, state.replay(page), began_at)) is not None:
            pulse(f"{page}-{family}", seconds)

    with st.container(key=f"{page}-{family}-picture"):
        body()
    started = state.chosen("started") or []
    into_view(f"{page}-{family}", ",".join(r.id for r in shown if r.id in started))


def _contents(shown: list[Shown], draw: Draw, chart: Callable[[str], LiveChart]) -> None:
    """The runs' own pictures, and what their data or device have to say."""
    draw(shown, chart)
    if notices := dict.fromkeys(n for s in shown for n in s.run.notices):
        st.caption(plain(" ".join(map(t, notices))))


def _kinds(present: list[Run]) -> list[tuple[bool, bool]]:
    """What decides which buttons a page has."""
    return [(r.status in UNDER_WAY, r.active) for r in present]


def _again(present: list[Run], replay: dict[str, Any], drawn: float) -> float | None:
    """In how many seconds the fragment is to be drawn anew, None where nothing moves. drawn: when the page was."""
    if any(r.status in UNDER_WAY for r in present) or (replay["on"] and replay["playing"]):
        return POLL
    if not any(r.active for r in present):
        return None
    return POLL if time.monotonic() - drawn < SOON else QUIET


def _status(page: str, family: str, present: list[Run]) -> float | None:
    """How each run stands, or where a replay stands. Returns the share of the run to show, or None for all of it."""
    replays = (
        family != "sweeps" and not any(r.active for r in present) and max((r.step for r in present), default=0) > 1
    )
    if replays and state.replay(page)["on"]:
        return replay.bar(page, present)
    with st.container(horizontal=True, vertical_alignment="center", key=f"status-line-{page}-{family}"):
        with st.container(width="stretch"):
            standing.lines(present)
        if replays:
            st.button(
                t("Replay"),
                key=f"{page}:replay",
                icon=":material/replay:",
                type="tertiary",
                on_click=state.replay(page).update,
                kwargs={"on": True, "playing": True, "at": 0.0, "moved": None},
            )
    return None
