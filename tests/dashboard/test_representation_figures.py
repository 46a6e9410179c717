"""What the representation page says of a finished run: who wins is in the title, and a quantity has one number."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core.spec import Spec
from dashboard.jobs import Run
from dashboard.screens.representation import learned, results, terms
from dashboard.screens.representation.results import BESIDE, KINDS
from dashboard.widgets import layout

SPEC = {"family": "encoders", "method": "mine", "data": {"images": "digits"}}
LINEAR = {"features": 0.983, "pixels": 0.964, "pca": 0.964, "random": 0.955, "noise": 0.111}


def _table(**best: float) -> dict:
    return {
        name: {
            kind: {
                "train": 1.0,
                "test": LINEAR[name] if kind == "linear" else best.get(name, 0.1),
                "low": 0.0,
                "high": 1.0,
                "n": 359,
            }
            for kind in KINDS
        }
        for name in ("features", *BESIDE)
    }


def _shown(**more: object) -> SimpleNamespace:
    steps = np.array([10, 20, 30])
    curves = {"probe": (steps, np.array([0.9, 0.95, 0.978])), "mi": (steps, np.array([1.0, 2.0, 5.29]))}
    run = Run("a", Spec.parse(SPEC).to_json(), "stopped", step=33)
    last = {"probe": 0.978} | {f"probe_{name}": LINEAR[name] for name in BESIDE} | {"mi": 5.29, "ceiling": 5.883}
    result = {"mi": 5.312, "ceiling": 5.883, "probes": _table()}
    return SimpleNamespace(
        run=run,
        at=None,
        curves=lambda: curves,
        curve=lambda name: curves.get(name, ((), ())),
        last=last.get,
        **({"result": result} | more),
    )


def test_raw_values_stand_in_the_title_where_they_win():
    title = results.headline(_table(pixels=0.992))
    assert title == "Best by any probe: raw values 99.2%; learned features 98.3%, noise 11.1%"


def test_learned_features_stand_first_where_they_win_or_are_as_good():
    assert results.headline(_table()).startswith("Best by any probe: learned features 98.3%; raw values 96.4%")
    assert "learned features 98.3%; raw" in results.headline(_table(pixels=0.983))


def test_an_untrained_network_that_wins_is_named_too():
    assert "untrained network 99.9%; learned features 98.3%" in results.headline(_table(random=0.999))


def test_after_a_stop_the_card_the_chart_and_the_table_have_one_number(monkeypatch):
    """The curve ends at the last look, 97.8 %; the result is of the last step, 98.3 %."""
    cards: dict[str, str] = {}
    monkeypatch.setattr(layout, "number", lambda _, label, value, **more: cards.update({label: value}))
    s = _shown()
    results.numbers(s)
    probe = results._probe(s)
    assert cards["Linear probe"] == "98.3%"
    assert probe["layout"]["title"]["text"] == "Linear probe: learned features 98.3%, raw values 96.4%"
    mark = next(trace for trace in probe["data"] if trace["mode"] == "markers")
    assert (mark["x"][0], mark["y"][0], mark["name"]) == (33, 0.983, "result 98.3%")
    assert cards["Information of two views"].startswith("≥ 5.312")
    assert "5.312 nats" in results._information(s)["layout"]["title"]["text"]


def test_while_it_runs_the_title_is_of_the_latest_look():
    probe = results._probe(_shown(result={}))
    assert "97.8%" in probe["layout"]["title"]["text"]
    assert not [trace for trace in probe["data"] if trace["mode"] == "markers" and "result" in trace["name"]]


@pytest.mark.parametrize(("given", "width"), [({}, 64), ({"n_features": 16}, 16)])
def test_names_say_how_many_features_are_compared(given, width):
    run = Run("a", Spec.parse(SPEC | {"parameters": given}).to_json(), "finished")
    names = results._names(Spec.parse(run.spec_json).parameters["n_features"])
    assert names["features"] == f"learned features ({width})" and names["pixels"] == "raw values"
    assert results._names(None)["features"] == "learned features"  # a method of another kind has no such number


def test_the_held_out_loss_of_any_learner_is_drawn():
    lines = {"loss": (np.arange(3), np.array([3.0, 2.0, 1.0])), "loss_held_out": (np.array([2]), np.array([1.25]))}
    run = SimpleNamespace(spec=None)
    s = SimpleNamespace(run=run, at=None, curves=lambda: lines, curve=lines.get, parameter=lambda name: None)
    figure = terms._loss(s)
    assert [trace["name"] for trace in figure["data"]] == ["training batches", "held-out rows"]
    assert "1.250 on held-out rows" in figure["layout"]["title"]["text"]


def test_the_share_of_a_few_drawn_pictures_is_not_said_of_all_features():
    labels = np.array([[2, 2, 2, 8, 8, 3, 5], [1, 1, 1, 1, 7, 0, 0]])
    seen = {"pictures": np.zeros((2, 7, 8, 8)), "distances": np.ones((2, 7)), "labels": labels}
    s = SimpleNamespace(run=SimpleNamespace(views=("neighbours",), spec=None), picture=lambda name: seen)
    title = learned._neighbours(s)["layout"]["title"]["text"]
    assert title == "5 of these 8 nearest pictures have the label of the first in their row"


@pytest.mark.parametrize(
    ("features", "note"), [(None, ""), ({"labels": 0}, ""), ({"coordinates": 0}, "needs data with labels")]
)
def test_labels_are_asked_for_only_where_there_are_none(monkeypatch, features, note):
    notes = []
    monkeypatch.setattr(results.layout, "number", lambda *_, note="", **more: notes.append(note))
    monkeypatch.setattr(results.st, "columns", lambda n: [None] * n)
    run = SimpleNamespace(seconds=7.0, status="running", active=True, step=6)
    s = SimpleNamespace(run=run, at=None, result={}, last={"mi": 0.001}.get, picture=lambda name: features)
    results.numbers(s)
    assert notes[0] == note


def test_a_layer_of_the_run_itself_that_wins_stands_in_the_title():
    table = _table() | {"conv": {"linear": {"test": 0.995, "train": 1.0, "n": 500}}}
    assert results.headline(table).startswith("Best by any probe: last convolution 99.5%; learned features 98.3%")
