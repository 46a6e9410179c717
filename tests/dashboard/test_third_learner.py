"""A third learner of two views, dropped in as one file, is on its page with everything that MINE's features have there."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.paths import run_folder
from core.saved import FILE as MODEL
from core.spec import Spec
from dashboard.jobs import Store
from dashboard.screens.runs import history
from tests.core.test_third_learner import FILE
from tests.dashboard.folds import unfolded
from tests.dashboard.toys import finished
from tests.plugins import folder_with

DATA = {"images": "digits", "n": 300}
SMALL = {"n_features": 8, "epochs": 3, "batch_size": 80, "width": 4, "redundancy": 0.02}
SPECS = {
    "run": {"family": "encoders", "method": "barlow", "parameters": SMALL, "data": DATA},
    "scan": {
        "family": "sweeps",
        "method": "scan",
        "data": DATA,
        "parameters": {
            "kind": "encoders",
            "method": "barlow",
            "parameter": "n_features",
            "values": [2, 8],
            "settings": [["epochs", 1], ["width", 4]],
        },
    },
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A finished run and a scan of two values, with the plug-in in a data folder of their own."""
    text = FILE.read_text(encoding="utf-8")
    with (
        folder_with(tmp_path_factory.mktemp("data"), "encoders", "barlow", text),
        finished(SPECS) as found,
    ):
        yield found


@pytest.fixture
def opened(ran):
    def of(page: str, **query: str) -> AppTest:
        at = AppTest.from_string(f"from dashboard import app\napp.main({page!r})", default_timeout=60)
        at.query_params |= query
        at.run()
        assert not at.exception and not at.error, (at.exception, at.error)
        return at

    return of


def test_it_is_in_the_picker_and_its_form_is_drawn_from_its_annotations(opened):
    at = opened("representation", m="barlow", **{"barlow.redundancy": "0.1"})
    picker = next(box for box in at.selectbox if box.label == "Method")
    assert picker.value == "barlow" and "Barlow Twins" in picker.options
    at = unfolded(at)
    labels = [box.label for box in (*at.number_input, *at.slider, *at.selectbox)]
    assert {"Weight of redundancy λ", "Largest rotation (degrees)", "Backbone", "Batch size", "Epochs"} <= set(labels)
    assert at.session_state["representation:barlow.redundancy"] == 0.1


def test_a_run_finishes_with_curves_pictures_probes_and_a_model(ran):
    store = Store()
    run = store.run(ran["run"])
    assert run.status == "finished", run.message
    assert {"loss", "loss_held_out", "probe", "probe_random"} <= set(store.snapshot(ran["run"]).columns)
    assert store.result(ran["run"])["probes"]["features"]["linear"]["n"] == 60
    assert (run_folder(ran["run"]) / MODEL).is_file()


@pytest.mark.parametrize("tab", ["training", "probes", "scan"])
def test_each_tab_draws_its_run(opened, ran, tab):
    at = opened("representation", run=f"{ran['run']},{ran['scan']}", tab=tab)
    if tab != "scan":
        assert [m for m in at.metric], "the run's figures stand above its pictures"


def test_the_list_of_runs_and_its_link_lead_to_its_settings(opened, ran):
    run = Store().run(ran["run"])
    assert history.page_of(run) == "representation"
    link = history.link([run])
    at = opened("representation", **link)
    assert next(box for box in at.selectbox if box.label == "Method").value == "barlow"
    assert at.session_state["representation:barlow.redundancy"] == 0.02
    assert any("Barlow" in str(table.value) for table in opened("runs").dataframe)


def test_its_features_can_be_laid_out_in_the_plane(opened, ran):
    spec = Spec.parse(
        {"family": "projections", "method": "pca", "data": {"run": ran["run"]}, "parameters": {"n_components": 2}}
    )
    assert spec.build().run(spec.source()).view("features")["coordinates"].shape == (300, 2)
    opened("embedding")
