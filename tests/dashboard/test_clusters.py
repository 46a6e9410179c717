"""The cluster page over a short real run: every tab and part draws, names are kept, rows are taken away."""

from __future__ import annotations

import dataclasses
import re
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE, run_folder
from core.spec import Spec
from dashboard.jobs import Client, Store
from dashboard.pickers import augmentation_preview
from dashboard.screens.cluster import cluster_names, hungarian_demo, training
from dashboard.screens.cluster import result as clustered
from dashboard.widgets import drawing
from dashboard.widgets.shown import Shown
from tests.dashboard.folds import unfolded
from tests.dashboard.test_pages import said
from tests.dashboard.toys import reached

SMALL = {"epochs": 3, "heads": 3, "over_heads": 1, "width": 8}
TABS = ("training", "result", "try", "scan", "matching", "wrong")
PARTS = ("matching", "gallery", "scores", "names")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of three epochs on the digits, in a data folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("data")))
        client = Client(workers=1, threads=1)
        spec = {"family": "clusterers", "method": "iic", "parameters": SMALL, "data": {"images": "digits"}}
        identifier = client.submit(Spec.parse(spec))
        reached(Store(), identifier, "finished", "failed")
        client.close()
        st.cache_resource.clear()
        yield identifier
        st.cache_resource.clear()


@pytest.fixture
def page(run):
    """Opens the cluster page as a link would."""

    def opened(state: dict | None = None, **query: str) -> AppTest:
        at = AppTest.from_string("from dashboard import app\napp.main('cluster')", default_timeout=60)
        for key, value in ({"run": run} | query).items():
            at.query_params[key] = value
        for key, value in (state or {}).items():
            at.session_state[key] = value
        return at.run()

    return opened


def test_the_run_finished(run):
    assert Store().run(run).status == "finished", Store().run(run).message


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_draws_a_finished_run_and_the_link_names_it(page, tab):
    at = page(tab=tab)
    assert not at.exception and not at.error
    assert at.query_params.get("tab", ["training"]) in (tab, [tab])


@pytest.fixture
def live(run):
    """The run as it would be with test pictures, under way: figures are made from this."""

    class Stub(Shown):
        @property
        def result(self):
            return {}

        @property
        def _curves(self):
            steps = np.arange(1, 6)
            one = {f"accuracy_{h}": (steps, steps / (9 + h)) for h in (1, 2)}
            ends = {"loss_best_head": -2.0, "floor": -np.log(10), "test_accuracy": 0.9, "kmeans_accuracy": 0.79}
            return one | {"accuracy": one["accuracy_1"]} | {n: (steps, np.full(5, v)) for n, v in ends.items()}

    return Stub(Store().run(run))


def test_every_head_the_test_pictures_and_the_lines_to_beat_are_drawn(live):
    drawn = {trace["name"]: trace for trace in training.figures(live)["accuracy"]["data"]}
    assert set(drawn) == {"each head", "best head by loss", "test pictures", "k-means 79.0%"}
    assert drawn["test pictures"]["y"].tolist() == [0.9] * 5


def test_the_names_of_the_accuracy_stand_side_by_side_and_leave_the_plot_its_room(live):
    layout = training.figures(live)["accuracy"]["layout"]
    assert layout["legend"]["traceorder"] == "normal", "grouped names stand one below the other"
    assert layout["yaxis"]["title"]["text"] == "accuracy", "a longer one is cut"


def test_the_loss_says_how_far_it_is_from_its_floor(live):
    title = training.figures(live)["loss"]["layout"]["title"]["text"]
    assert title == f"The loss of the best head is {np.log(10) - 2:.3f} nats above its floor"


def test_the_pictures_of_training_are_all_there(run):
    shown = training.figures(Shown(Store().run(run)))
    assert set(shown) == {"loss", "accuracy", "joint", "agreement", "sizes"}


def test_the_pairs_follow_the_settings_before_anything_runs(monkeypatch):
    seen = []
    monkeypatch.setattr(
        augmentation_preview, "show", lambda figure, **_: seen.append(figure["layout"]["images"][0]["source"])
    )
    for rotation in (0.0, 0.0, 90.0):
        augmentation_preview.preview({"images": "digits"}, "iic", {"rotation": rotation})
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_the_result_draws(page, part):
    at = page({"cluster.part": part}, tab="result")
    assert not at.exception and not at.error
    assert any(metric.label == "Accuracy after matching" for metric in at.metric)


@pytest.mark.parametrize(("tab", "part"), [*((tab, "matching") for tab in TABS), *(("result", part) for part in PARTS)])
def test_every_sentence_about_a_finished_run_goes_through_the_catalogue(page, tab, part):
    at = page({"cluster.part": part, "infoscope.language": "xx"}, tab=tab, lang="xx")
    assert not at.exception
    assert [text for text in said(at) if re.search(r"[A-Za-z]{3}", outside(text))] == []


def outside(text: str) -> str:
    """What of a text did not pass the catalogue, whose marks may be nested."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧|:[a-z]+\[|:material/[a-z_]+:", "", text)) != text:
        text = less
    return text


def test_an_unknown_tab_is_said(page):
    at = page(tab="nonsense")
    assert not at.exception and any("nonsense" in warning.value for warning in at.warning)


def test_the_worked_example_says_minus_four_and_eighty_percent(page):
    at = page(tab="matching")
    told = {metric.label: metric.value for metric in at.metric}
    assert (told["Total cost"], told["Accuracy"]) == ("−4", "80%")
    assert any("4 of 5 samples agree" in text for text in said(at))


@pytest.mark.parametrize(
    ("labels", "clusters", "sentence"),
    [
        ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4), "All assignments are listed for up to 4 clusters; 5 have 120."),
        (
            (0, 0, 1),
            (0, 1, 2),
            "All assignments are listed where there are as many labels as clusters; here are 2 and 3.",
        ),
    ],
)
def test_the_worked_example_says_what_it_takes_and_why_it_lists_no_assignments(
    page, monkeypatch, labels, clusters, sentence
):
    monkeypatch.setattr(hungarian_demo, "LABELS", labels)
    monkeypatch.setattr(hungarian_demo, "CLUSTERS", clusters)
    at = page(tab="matching")
    told = [caption.value for caption in at.caption]
    assert not at.exception and sentence in told
    assert "Labels and clusters are whole numbers from 0 to 9; nothing else is taken." in told


def test_the_number_of_labels_is_offered_and_never_taken_unasked(page):
    at = unfolded(page(i="table", t="wine"))
    number = lambda: next(n for n in (*at.number_input, *at.slider) if n.label == "Number of clusters").value  # noqa: E731
    offer = lambda: [b for b in at.button if b.label.startswith("Set k = ")]  # noqa: E731
    assert not at.exception and number() == 10
    assert "The labels have 3 values; 10 clusters are asked for." in [c.value for c in at.caption]
    (button,) = offer()
    assert "Labels then choose" in button.help
    button.click().run()
    assert number() == 3 and not offer() and at.query_params["iic.n_clusters"] in ("3", ["3"])
    assert not [b for b in page().button if b.label.startswith("Set k = ")]  # ten digits, ten clusters


def test_names_begin_as_labels_and_are_kept_with_the_run(run):
    s = Shown(Store().run(run))
    found = s.picture("confusion")
    first = cluster_names.by_default(s, 10)
    assert first == [str(found["classes"][i]) for i in found["mapping"]]
    cluster_names.keep(run, {0: "  round\n one " + "x" * 100, 1: " "})
    assert (
        cluster_names.of(s, 10)[0] == ("round one " + "x" * 100)[: cluster_names.LONGEST]
        and cluster_names.of(s, 10)[1:] == first[1:]
    )
    assert cluster_names.numbered(s, 10)[0].startswith("cluster 0, named round one")
    assert cluster_names.numbered(s, 10)[1] == f"cluster 1, named {first[1]}"
    assert cluster_names.numbered(s, 10, short=True)[1] == f"1 “{first[1]}”"
    assert cluster_names.numbered(s, 10, typed=True)[1] == "cluster 1"
    cluster_names.keep(run, {})
    assert cluster_names.of(s, 10) == first


def test_a_damaged_file_of_names_counts_as_none(run):
    (run_folder(run) / "names.json").write_text("[1, 2", encoding="utf-8")
    assert cluster_names.of(Shown(Store().run(run)), 10) == cluster_names.by_default(Shown(Store().run(run)), 10)


def test_rows_to_take_away_hold_cluster_name_certainty_and_label():
    found = {
        "cluster": np.array([1, 0, 1]),
        "certainty": np.array([0.9, 0.51234567, 1.0]),
        "label": np.array([7, 3, 7]),
    }
    taken = clustered.frame(found, ["three", "=seven"])
    assert taken.columns.tolist() == ["index", "cluster", "name", "certainty", "label"]
    assert taken["name"].tolist() == ["=seven", "three", "=seven"] and taken["certainty"][1] == 0.512346


def test_only_numbers_are_strokes_whatever_a_browser_sends():
    assert drawing._numbers([[0.1, 1], ["x"], 3, [True], None]) == [[0.1, 1.0]]
    assert drawing._numbers("alert(1)") == []


@pytest.mark.parametrize(
    ("status", "checkpoint", "sentence"),
    [
        ("stopped", 2, "Resume draws it"),
        ("interrupted", 2, "Resume draws it"),
        ("paused", 2, "Play draws it"),
        ("stopped", None, "ended before this picture was drawn"),
    ],
)
@pytest.mark.parametrize("part", ["matching", "gallery"])
def test_a_picture_that_was_never_drawn_is_not_blamed_on_the_labels(
    page, monkeypatch, part, status, checkpoint, sentence
):
    _ended_early(monkeypatch, status, checkpoint)
    shown = "\n".join(said(page({"cluster.part": part}, tab="result")))
    assert sentence in shown and "no labels" not in shown


@pytest.mark.parametrize(("checkpoint", "sentence"), [(2, "Press Resume"), (None, "Let another finish")])
def test_a_stopped_run_without_a_network_says_what_to_do(page, run, monkeypatch, checkpoint, sentence):
    _ended_early(monkeypatch, "stopped", checkpoint)
    monkeypatch.setattr("core.saved.FILE", "never-written")
    shown = "\n".join(said(page(tab="try")))
    assert sentence in shown and run not in shown


def test_a_run_of_which_one_of_two_matrices_was_drawn_is_not_said_to_have_no_labels(page, monkeypatch):
    view = Store.view
    _ended_early(monkeypatch, "stopped", 2)
    drawn = {"confusion": {"matrix": np.eye(2)}}  # it was looked at, the other was not
    monkeypatch.setattr(Store, "view", lambda self, id, name, *at: drawn.get(name))
    shown = "\n".join(said(page({"cluster.part": "matching"}, tab="result")))
    monkeypatch.setattr(Store, "view", view)
    assert "Resume draws it" in shown and "no labels" not in shown


@pytest.mark.parametrize(("drawn", "result", "told"), [(33, {}, True), (30, {}, False), (33, {"accuracy": 0.9}, False)])
def test_a_matching_of_another_step_than_the_accuracy_above_it_says_so(monkeypatch, drawn, result, told):
    """Paused at step 33, the page showed 86.9 % (of step 30) above 93.2 % on the diagonal."""
    frames = SimpleNamespace(frames=lambda id, name: np.array([5, drawn]))
    monkeypatch.setattr("dashboard.screens.cluster.result.server.store", lambda: frames)
    s = SimpleNamespace(
        run=SimpleNamespace(id="a" * 12), at=None, result=result, curve=lambda name: (np.array([5, 30]), None)
    )
    sentence = clustered._drawn_at(s)
    assert bool(sentence) == told and (not told or ("step 33" in sentence and "step 30" in sentence))


def _ended_early(monkeypatch, status, checkpoint):
    """The run as it would be had it ended before a picture was drawn."""
    found = Store.run
    early = {"status": status, "checkpoint": checkpoint}
    monkeypatch.setattr(Store, "run", lambda self, id: dataclasses.replace(found(self, id), **early))
    monkeypatch.setattr(Store, "view", lambda self, *_: None)
