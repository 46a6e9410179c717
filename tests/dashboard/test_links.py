"""A link to a run alone fills its page's form with the run's settings, on every page; and then nothing is said of others."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE
from core.spec import Spec
from dashboard.jobs import Store
from dashboard.jobs.writer import Writer
from dashboard.screens.runs import history
from dashboard.widgets import player, run_settings

ID = "abcdefghij01"
PENGUINS = ["bill_length_mm", "body_mass_g"]
SPECS = {
    "estimate": {
        "family": "estimators",
        "method": "mine",
        "parameters": {"hidden": 16},
        "seed": 4,
        "data": {"distribution": {"name": "gaussian", "rho": 0.5}, "n": 2_000},
    },
    "estimate, fresh draws": {
        "family": "estimators",
        "method": "ksg",
        "parameters": {"k": 5},
        "data": {"distribution": {"name": "channel", "dimension": 3}, "n": 5_000, "fresh": True},
    },
    "table": {
        "family": "sweeps",
        "method": "matrix",
        "parameters": {"method": "gaussian", "target": PENGUINS[0]},
        "data": {"table": "penguins", "x": [*PENGUINS, "species"]},
        "seed": 2,
    },
    "cluster": {
        "family": "clusterers",
        "method": "iic",
        "parameters": {"epochs": 3},
        "data": {"images": "digits", "n": 500},
    },
    "cluster, rows": {
        "family": "clusterers",
        "method": "kmeans",
        "parameters": {},
        "data": {"table": "penguins", "x": PENGUINS, "labels": "species"},
    },
    "density": {
        "family": "densities",
        "method": "mdn",
        "parameters": {"n_components": 2},
        "seed": 1,
        "data": {"table": "penguins", "x": PENGUINS[:1], "y": PENGUINS[1:]},
    },
    "density, a problem": {
        "family": "densities",
        "method": "mdn",
        "parameters": {},
        "data": {"problem": "inverse", "n": 500},
    },
    "representation": {
        "family": "encoders",
        "method": "mine",
        "parameters": {"n_features": 16},
        "data": {"images": "digits"},
    },
    "representation, a graph": {
        "family": "encoders",
        "method": "dgi",
        "parameters": {"n_features": 16},
        "data": {"graph": "blocks", "n": 300, "within": 0.1},
    },
    "embedding": {"family": "encoders", "method": "pca", "parameters": {}, "data": {"images": "digits", "n": 300}},
}


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Opens the page of a finished run by a link that names the run and nothing else."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    def of(spec: Spec, **query: str) -> AppTest:
        with_run = Writer(tmp_path)
        with_run.add(ID, spec.to_json(), "ann")
        with_run.end(ID, status="finished", step=0)
        with_run.close()
        page = history.page_of(Store().run(ID))
        at = AppTest.from_string(f"from dashboard import app\napp.main('{page}')", default_timeout=240)
        for name, value in ({"run": ID} | query).items():
            at.query_params[name] = value
        return at.run()

    return of


@pytest.mark.parametrize("name", SPECS)
def test_a_link_to_a_run_alone_fills_the_form(opened, name):
    spec = Spec.parse(SPECS[name])
    at = opened(spec)
    assert not at.exception
    form = at.session_state["infoscope.chosen"][f"{history.page_of(Store().run(ID))}.form"]
    assert not isinstance(form, str), form
    assert [run_settings.complete(s) for s in form] == [run_settings.complete(spec)]
    assert not [c.value for c in at.caption if c.value.startswith("Shown")]


def test_a_link_to_a_run_that_is_gone_leaves_the_form_at_its_defaults(opened):
    opened(Spec.parse(SPECS["estimate"]))  # makes the store
    at = AppTest.from_string("from dashboard import app\napp.main('estimate')", default_timeout=240)
    at.query_params["run"] = "nonsense1234"
    at.run()
    assert len(at.session_state["infoscope.chosen"]["estimate.form"]) == 1


@pytest.mark.parametrize(("tab", "then"), [("wrong", "Training"), ("result", "Result")])
def test_start_leaves_a_tab_on_which_the_run_would_not_be_seen(opened, monkeypatch, tab, then):
    monkeypatch.setattr(player, "start", lambda page, make: None)
    at = opened(Spec.parse(SPECS["cluster"]), tab=tab)
    next(button for button in at.button if button.label == "Start").click().run()
    assert not at.exception
    assert (
        at.session_state["cluster:tabs.en"] == then and "".join(at.query_params.get("tab", "training")) == then.lower()
    )


def test_a_form_with_other_settings_says_so_and_takes_the_runs(opened):
    at = opened(Spec.parse(SPECS["estimate"]), seed="5")
    said = [c.value.replace("\\", "") for c in at.caption]
    assert "Shown: MINE, seed = 4, ρ = 0.5, rows = 2,000, hidden = 16. The form has other settings." in said
    next(b for b in at.button if b.label.startswith("Take these")).click().run()
    assert not [c.value for c in at.caption if c.value.startswith("Shown")]
    form = at.session_state["infoscope.chosen"]["estimate.form"]
    assert run_settings.same(form, [Spec.parse(SPECS["estimate"])])


@pytest.mark.parametrize("name", SPECS)
def test_a_link_with_all_settings_of_a_run_names_nothing_that_its_page_lacks(opened, name):
    spec = Spec.parse(SPECS[name])
    at = opened(spec, **history.link([SimpleNamespace(id=ID, spec=spec)]))
    assert not at.exception and not [w.value for w in at.warning if "not on this page" in w.value]


@pytest.mark.parametrize("page", ["estimate", "cluster", "arena"])
def test_what_a_link_names_that_a_page_lacks_is_said_once(page):
    at = AppTest.from_string(f"from dashboard import app\napp.main({page!r})", default_timeout=240)
    at.query_params["mine.hiden"] = "3"
    said = lambda: [w.value for w in at.run().warning if "hiden" in w.value]  # noqa: E731
    assert len(said()) == 1 and not said()
    assert "mine.hiden" not in at.query_params
