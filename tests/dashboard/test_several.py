"""Several runs over each other: how each stands, and how far each is to be trusted."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE
from core.spec import Spec
from dashboard import state
from dashboard.jobs import Run
from dashboard.widgets import estimate_charts, replay, standing, trust_summary

DATA = {"distribution": {"name": "gaussian"}, "n": 500, "fresh": False}


def script(states: list[tuple[str, ...]]) -> str:
    runs = [
        f"Run({str(i) * 12!r}, {json.dumps({'family': 'estimators', 'method': m, 'seed': 0, 'parameters': dict(given), 'data': DATA})!r},"
        f" {status!r}, seconds=2.5, step=30, total=90, phase='training' if {status!r} == 'running' else '',"
        f" queue_place={i if status == 'queued' else None})"
        for i, (m, status, *given) in enumerate(states, 1)
    ]
    return (
        f"from dashboard.widgets import standing\nfrom dashboard.jobs import Run\nstanding.lines([{', '.join(runs)}])"
    )


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return lambda *states: AppTest.from_string(script(list(states)), default_timeout=60).run()


def test_a_finished_run_has_no_bar_and_one_that_goes_on_has_one(drawn):
    at = drawn(("mine", "finished"), ("smile", "running"), ("ksg", "finished"))
    assert not at.exception
    assert len(at.get("progress")) == 1
    assert [c.value for c in at.caption] == [
        "MINE · finished after 2.5\u00a0s",
        "KSG (nearest neighbours) · finished after 2.5\u00a0s",
    ]


def test_runs_of_one_method_are_told_apart_by_their_settings(drawn):
    at = drawn(("ksg", "finished", ("k", 3)), ("ksg", "finished", ("k", 9)))
    assert [c.value.partition(" · ")[0] for c in at.caption] == [
        f"KSG (nearest neighbours), neighbours k = {k}" for k in (3, 9)
    ]
    alone = drawn(("ksg", "finished", ("k", 9)))
    assert alone.caption[0].value == "KSG (nearest neighbours) · finished after 2.5\u00a0s"


def test_a_scan_is_not_called_as_the_runs_that_it_repeats():
    asked = {"kind": "clusterers", "method": "iic", "parameter": "n_clusters", "values": [2, 3], "settings": []}
    spec = Spec.parse({"family": "sweeps", "method": "scan", "parameters": asked, "data": {"images": "digits"}})
    run = Run("a" * 12, spec.to_json(), "finished")
    assert standing._called([run]) == {run.id: "Scan of one parameter"}


def test_those_that_wait_share_one_line(drawn):
    at = drawn(("mine", "running"), ("smile", "queued"), ("ksg", "queued"), ("gaussian", "queued"))
    assert not at.exception and len(at.get("progress")) == 1
    (caption,) = at.caption
    assert caption.value.startswith("SMILE, KSG (nearest neighbours) and Gaussian (CCA): ")


def test_runs_that_were_stopped_say_which_and_what_they_left(drawn):
    at = drawn(("mine", "stopped"), ("smile", "stopped"))
    assert [c.value for c in at.caption] == [
        f"{name} was stopped at step 30 of 90. There is no result." for name in ("MINE", "SMILE")
    ]
    never = script([("mine", "stopped"), ("smile", "stopped")]).replace("step=30", "step=0")
    assert [c.value for c in AppTest.from_string(never, default_timeout=60).run().caption] == [
        f"{name} was stopped before its first step: Start runs it." for name in ("MINE", "SMILE")
    ]


def ended(method: str, level: str, **parameters: float):
    spec = Spec.parse({"family": "estimators", "method": method, "seed": 0, "parameters": parameters, "data": DATA})
    result = {"mi": 0.5, "interval": [0.4, 0.6], "trust": {"level": level, "reasons": []}}
    run = SimpleNamespace(
        id=f"{method}{parameters}", spec=spec, status="finished", seconds=1.0, step=9, total=9, active=False
    )
    return SimpleNamespace(run=run, result=result, at=None)


def test_each_of_several_estimates_has_its_trust(monkeypatch):
    lines: list[str] = []
    monkeypatch.setattr(trust_summary.layout, "numbers", lambda: None)
    monkeypatch.setattr(trust_summary.layout, "number", lambda *a, **k: None)
    monkeypatch.setattr(trust_summary.st, "markdown", lambda text, **more: lines.append(text.replace("\\", "")))
    shown = [ended("mine", "green"), ended("ksg", "amber"), ended("ksg", "red", k=7)]
    trust_summary.numbers(shown, "nats", doubted={shown[0].run.id})
    (line,) = lines
    assert "MINE: Do not quote" in line  # its own checks are clean, and something beside it speaks against it
    assert "k = 5: With care" in line and "k = 7: Do not quote" in line and ":red-badge" in line


def test_a_run_that_ended_with_nothing_promises_nothing(monkeypatch):
    tiles: dict[str, tuple[str, str]] = {}
    monkeypatch.setattr(trust_summary.layout, "numbers", lambda: None)
    monkeypatch.setattr(
        trust_summary.layout, "number", lambda place, name, value, note="", **more: tiles.update({name: (value, note)})
    )
    s = ended("mine", "green")
    s.result, s.last = {}, lambda name: None
    s.run.status, s.run.step, s.run.total = "stopped", 0, 0
    trust_summary.numbers([s], "nats")
    assert tiles["MINE"] == ("–", "ended without a value")
    assert tiles["Trust"] == ("–", "stopped before its first step")
    s.run.active = True
    trust_summary.numbers([s], "nats")
    assert tiles["MINE"][1] == "no held-out value yet" and tiles["Trust"][1] == "known when the run has ended"


def test_an_estimate_without_an_interval_that_has_ended_does_not_wait_for_more(monkeypatch):
    notes: dict[str, str] = {}
    monkeypatch.setattr(trust_summary.layout, "numbers", lambda: None)
    monkeypatch.setattr(
        trust_summary.layout, "number", lambda place, name, value, note="", **more: notes.update({name: note})
    )
    s = ended("gaussian", "green")
    s.result["interval"], s.last = None, lambda name: 0.5
    trust_summary.numbers([s], "nats")
    assert notes[trust_summary.title("gaussian")] == "without an interval"


def test_the_surface_of_a_pair_has_the_names_of_its_columns():
    s = ended("mine", "green")
    grid = np.linspace(0, 1, 4)
    s.run.views, s.picture = ("critic",), lambda name: {"x": grid, "y": grid, "scores": np.zeros((4, 4))}
    s.run.spec = Spec.parse(
        json.loads(s.run.spec.to_json()) | {"data": {"table": "wine", "x": ["alcohol"], "y": ["hue"]}}
    )
    layout = estimate_charts.critic([s], "nats")["layout"]
    assert (layout["xaxis"]["title"]["text"], layout["yaxis"]["title"]["text"]) == ("alcohol", "hue")


def test_a_replayed_closed_form_says_the_value_that_is_drawn():
    s = ended("ksg", "green")
    s.result, s.run.info = {}, {}
    s.curves = lambda: {"mi": (np.array([1]), np.array([0.498]))}
    s.last = lambda name: float(s.curves()[name][1][-1]) if name in s.curves() else None
    drawn = estimate_charts.estimated(s)
    assert drawn is not None and trust_summary.estimate(s) == (drawn[1][-1], None) == (0.498, None)


def test_a_scrubber_that_is_gone_when_its_change_is_heard_moves_nothing(monkeypatch):
    """A preset pressed while a replay played ended in a red box: the slider was moved by the replay and then not drawn."""
    heard = []
    monkeypatch.setattr(replay.st, "slider", lambda *_, on_change, **__: heard.append(on_change))
    monkeypatch.setattr(replay.state, "widget", lambda key: None)
    replay.bar("estimate", [SimpleNamespace(step=400)])
    before = dict(state.replay("estimate"))
    heard[0]()
    assert state.replay("estimate") == before


def test_a_click_that_brings_back_a_step_just_shown_does_not_stop_the_replay(monkeypatch):
    """The speed pressed while it played sent the slider's step of before, which was taken for a move."""
    heard, sent = [], []
    monkeypatch.setattr(replay.st, "slider", lambda *_, on_change, **__: heard.append(on_change))
    monkeypatch.setattr(replay.state, "widget", lambda key: sent[-1])
    going = state.replay("estimate")
    going.update(on=True, playing=True, at=0.01, moved=None, shown=[])
    for at in (0.01, 0.02, 0.03):
        going["at"] = at
        replay.bar("estimate", [SimpleNamespace(step=400)])
    sent.append(4)
    heard[-1]()
    assert going["playing"] and going["at"] == pytest.approx(0.03, abs=0.01)
    sent.append(200)
    heard[-1]()
    assert not going["playing"] and going["at"] == 0.5
