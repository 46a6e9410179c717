"""Start, pause, step, stop, reset and replay; and one fragment that polls the runs of a page and draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core import discover
from core.spec import Spec, SpecError
from dashboard import state
from dashboard.components import server
from dashboard.components.live import LiveChart
from dashboard.jobs import Run
from dashboard.text import plain, t

POLL = 0.5  # seconds; shorter than this a fragment is not finished before the next begins on a busy laptop
UNDER_WAY = ("queued", "running")
Array = np.ndarray


@dataclass(frozen=True)
class Shown:
    """A run as the page draws it: all of it, or up to step `at` while it is replayed."""

    run: Run
    at: int | None = None

    def curves(self) -> dict[str, tuple[Array, Array]]:
        """Name → (steps, values), decimated to at most 500 points each."""
        columns = server.store().snapshot(self.run.id, points=500).columns
        if self.at is None:
            return dict(columns)
        return {name: (s[s <= self.at], v[s <= self.at]) for name, (s, v) in columns.items()}

    def last(self, name: str) -> float | None:
        """The latest value of a curve."""
        steps, values = self.curves().get(name, ((), ()))
        return float(values[-1]) if len(steps) else None

    def picture(self, name: str) -> dict[str, Array] | None:
        """The latest arrays of a picture, asked for now so that the worker sends the next."""
        if self.run.status in UNDER_WAY:
            server.client().look(self.run.id, [name])
        return server.store().view(self.run.id, name, self.at) or None  # empty: does not apply to these data

    @property
    def result(self) -> dict:  # type: ignore[type-arg]
        """What a finished run has to say; empty before, and while it is replayed."""
        return (server.store().result(self.run.id) or {}) if self.at is None else {}


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
        state.replay(page).update(on=False, playing=False, at=1.0)
    except (SpecError, ValueError, RuntimeError) as error:
        state.note(page, str(error))


def controls(page: str, specs: Sequence[Spec] | str) -> None:
    """The player's buttons, as the runs stand now. `specs` is what Start would submit, or why it cannot."""
    shown = runs(page)
    if not server.may_steer():
        st.caption(t("You are looking on: only the presenter can start and stop runs."))
        return
    going = [r for r in shown if r.status in UNDER_WAY]
    paused = [r for r in shown if r.status == "paused"]
    left = [r for r in shown if r.status in ("interrupted", "stopped") and r.resumable]
    with st.container(horizontal=True, gap="small", key=f"{page}-player"):
        if going:
            _button(page, "pause", t("Pause"), ":material/pause:", "pause", going, type="primary")
            _button(page, "stop", t("Stop"), ":material/stop:", "stop", going + paused)
        elif paused:
            _button(page, "play", t("Play"), ":material/play_arrow:", "resume", paused, type="primary")
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
                on_click=start,
                args=(page, lambda: specs),
                shortcut="Ctrl+Enter",
            )
            if left:
                _button(page, "resume", t("Resume"), ":material/resume:", "resume", left)
        if shown:
            st.button(
                t("Reset"),
                key=f"{page}:reset",
                icon=":material/restart_alt:",
                on_click=reset,
                args=(page,),
                help=t("Clear the picture. The runs stay in the list of runs."),
            )


def reset(page: str) -> None:
    """Show an empty page again; what is under way is stopped."""
    for run in runs(page):
        if run.status in (*UNDER_WAY, "paused"):
            server.client().stop(run.id)
    state.show_runs(page, [])


def _button(page: str, name: str, label: str, icon: str, verb: str, which: list[Run], type: str = "secondary") -> None:
    def act() -> None:
        for run in which:
            try:
                getattr(server.client(), verb)(run.id)
            except (ValueError, RuntimeError) as error:
                state.note(page, str(error))

    st.button(label, key=f"{page}:{name}", icon=icon, on_click=act, type=type)  # type: ignore[arg-type]


def panel(
    page: str,
    draw: Callable[[list[Shown], Callable[[str], LiveChart]], None],
    empty: Callable[[], None],
    family: str = "",
) -> None:
    """Draw the page's runs, again every half second while one is under way, and once more when all have ended."""
    shown = [r for r in runs(page) if not family or (r.spec and r.spec.family == family)]
    if not shown:
        empty()
        return
    drawn = [r.status for r in shown]
    replay = state.replay(page)
    # A paused run moves too: by Step, or from another tab.
    moving = any(r.active for r in shown) or (replay["on"] and replay["playing"])
    charts: dict[str, LiveChart] = {}

    def chart(key: str) -> LiveChart:
        # The first run is part of the key, so that a zoom stays while a run goes on and not beyond it.
        return charts.setdefault(key, LiveChart(f"{page}-{key}-{shown[0].id}"))

    @st.fragment(run_every=POLL if moving else None, key=f"{page}-{family}-panel")
    def body() -> None:
        now = [server.store().run(r.id) for r in shown]
        present = [r for r in now if r is not None]
        if [r.status for r in present] != drawn:
            st.rerun()
        at = _replay_bar(page, present) if family != "sweeps" else None
        for run in present:
            _state_line(run)
        if notices := dict.fromkeys(n for run in present for n in run.notices):
            st.caption(plain(" ".join(map(t, notices))))
        draw([Shown(run, None if at is None else max(1, round(at * run.step))) for run in present], chart)

    body()


def _title(run: Run) -> str:
    return t(discover.load(run.spec.family, run.spec.method).title) if run.spec else run.id


def _state_line(run: Run) -> None:
    """Progress, place in the queue, or why it ended: one quiet line a run, a box only when it failed."""
    method = _title(run)
    if run.status == "failed":
        st.error(
            t("{method} failed at step {step}: {why}", method=method, step=run.step, why=run.message),
            icon=":material/error:",
        )
    elif run.status == "interrupted":
        st.warning(t("{method} was interrupted at step {step}: {why}", method=method, step=run.step, why=run.message))
    elif run.status == "queued":
        st.progress(0.0, t("{method} · waiting, place {place} in the queue", method=method, place=run.queue_place))
    elif run.status in ("running", "paused"):
        speed = t("{rate} steps/s", rate=f"{run.steps_per_second:,.0f}") if run.steps_per_second else t("starting")
        left = (
            t("{seconds} s left", seconds=f"{run.eta:.0f}") if run.eta is not None and run.status == "running" else ""
        )
        word = t("paused") if run.status == "paused" else left
        text = " · ".join(
            p
            for p in (method, t("step {step} of {total}", step=f"{run.step:,}", total=f"{run.total:,}"), speed, word)
            if p
        )
        st.progress(min(1.0, run.step / max(run.total, 1)), text)


def _replay_bar(page: str, present: list[Run]) -> float | None:
    """A scrubber and a speed for runs that have ended. Returns the share of the run to show, or None for all of it."""
    replay = state.replay(page)
    if any(r.status in (*UNDER_WAY, "paused") for r in present) or max((r.step for r in present), default=0) < 2:
        return None
    if not replay["on"]:
        st.button(
            t("Replay"),
            key=f"{page}:replay",
            icon=":material/replay:",
            type="tertiary",
            on_click=replay.update,
            kwargs={"on": True, "playing": True, "at": 0.0},
        )
        return None
    if replay["playing"]:
        replay["at"] = min(1.0, replay["at"] + POLL * replay["speed"] / 10.0)  # at speed 1 a replay lasts ten seconds
        if replay["at"] >= 1.0:
            replay["playing"] = False
            st.rerun()
    last = max(r.step for r in present)
    key = f"{page}:scrubber"
    state.set_widget(key, max(1, round(replay["at"] * last)))
    play, bar, speed, close = st.columns([1.6, 5, 2.2, 1.3], vertical_alignment="bottom")
    word, icon = (t("Pause"), ":material/pause:") if replay["playing"] else (t("Play"), ":material/play_arrow:")
    again = {"playing": not replay["playing"]} | ({"at": 0.0} if replay["at"] >= 1.0 else {})
    play.button(word, key=f"{page}:replay.play", icon=icon, on_click=replay.update, kwargs=again, width="stretch")
    bar.slider(t("Step"), 1, last, key=key, on_change=lambda: replay.update(at=state.widget(key) / last, playing=False))
    replay["speed"] = (
        speed.segmented_control(
            t("Speed"),
            (0.5, 1.0, 2.0),
            default=1.0,
            key=f"{page}:speed",
            required=True,
            format_func=lambda v: f"{v:g}×",
        )
        or 1.0
    )
    close.button(
        t("Close"),
        key=f"{page}:replay.close",
        on_click=replay.update,
        kwargs={"on": False, "playing": False},
        width="stretch",
    )
    return float(replay["at"])
