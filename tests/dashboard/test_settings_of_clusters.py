"""IIC's settings: in groups, by names that people read, and only those that the chosen data have."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import discover
from core.params import parameters
from core.paths import VARIABLE
from tests.dashboard.folds import unfolded

PICTURES = {"rotation", "crop", "jitter", "flip", "size"}
ROWS = {"noise", "mask", "lag"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))


def opened(**query: str) -> AppTest:
    at = AppTest.from_string("from dashboard import app\napp.main('cluster')", default_timeout=120)
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception and not at.error
    return at


def drawn(at: AppTest) -> set[str]:
    widgets = [*at.slider, *at.number_input, *at.selectbox, *at.toggle, *at.text_input]
    return {w.key.removeprefix("cluster:iic.") for w in widgets if str(w.key).startswith("cluster:iic.")}


def test_pictures_have_no_noise_of_rows_and_rows_no_rotation():
    assert drawn(unfolded(opened())) & (PICTURES | ROWS) == PICTURES
    assert drawn(unfolded(opened(i="table"))) & (PICTURES | ROWS) == ROWS


def test_groups_are_folded_and_what_matters_first_stands_above_them():
    at = opened()
    at.session_state["fold.cluster.iic"] = True
    at.run()
    names = ("Heads", "Views", "Network", "Training")
    folded = [e for e in at.expander if e.label in names]
    assert sorted(e.label for e in folded) == sorted(names) and not any(e.proto.expanded for e in folded)
    assert "cluster:iic.epochs" in {w.key for w in (*at.slider, *at.number_input)}
    groups = {e.label: e for e in unfolded(at).expander if e.label in names}
    inside = {w.key for e in groups.values() for w in [*e.slider, *e.number_input, *e.selectbox, *e.toggle]}
    assert {"cluster:iic.rotation", "cluster:iic.learning_rate", "cluster:iic.heads"} <= inside
    assert not {"cluster:iic.n_clusters", "cluster:iic.epochs"} & inside


def test_every_parameter_has_a_name_for_people():
    for family in ("estimators", "clusterers", "encoders", "projections", "densities"):
        for method in discover.names(family):
            for name, param in parameters(discover.load(family, method)).items():
                assert param.label[0].isupper() and "_" not in param.label, f"{method}.{name} is called {param.label!r}"
                assert not param.label.startswith("N "), f"{method}.{name} is called {param.label!r}"
    assert parameters(discover.load("clusterers", "iic"))["n_clusters"].label == "Number of clusters"


def test_a_setting_of_the_other_kind_of_data_is_not_sent_along():
    at = opened(i="table", **{"iic.rotation": "90", "iic.noise": "0.3"})
    assert "iic.rotation" not in at.query_params and at.query_params["iic.noise"] in ("0.3", ["0.3"])


def test_the_preview_stands_only_while_no_run_is_shown(monkeypatch):
    from dashboard.pickers import augmentation_preview

    seen = []
    monkeypatch.setattr(augmentation_preview, "preview", lambda *_, **__: seen.append(1))
    at = opened()
    assert len(seen) == 1
    at.button(key="cluster:start").click().run()
    assert len(seen) == 1 and at.session_state["infoscope.runs"]["cluster"]
    at.button(key="cluster:stop").click().run()


def test_a_preset_starts_what_it_fills_in():
    at = AppTest.from_string("from dashboard import app\napp.main('estimate')", default_timeout=120)
    at.run()
    assert not at.session_state["infoscope.runs"].get("estimate")
    next(b for b in at.button if str(b.key).startswith("estimate:preset.")).click().run()
    assert not at.exception and at.session_state["infoscope.runs"]["estimate"]
    started = at.session_state["infoscope.runs"]["estimate"]
    at.run()
    assert at.session_state["infoscope.runs"]["estimate"] == started  # once


def test_a_pitfall_runs_with_the_seed_of_the_page(monkeypatch):
    from dashboard.widgets import player

    asked = []
    monkeypatch.setattr(player, "start", lambda page, make: asked.extend(make()))
    at = opened(tab="wrong", seed="7")
    at.button(key="cluster.labels_for_choosing:show").click().run()
    assert [(spec.method, spec.seed) for spec in asked] == [("labels_for_choosing", 7)]
