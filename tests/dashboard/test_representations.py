"""The representation page over a short real run: every tab draws; its charts are true to their numbers."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE
from dashboard.charts import curves, palette, representations, table
from dashboard.charts import learned as charts
from dashboard.charts._figure import number
from dashboard.jobs import Store
from dashboard.screens.representation import learned, results, terms
from dashboard.screens.representation.results import BESIDE, KINDS
from dashboard.screens.runs import history
from dashboard.widgets import scans
from dashboard.widgets.shown import Shown
from tests.dashboard.test_charts import EVIL, strings
from tests.dashboard.toys import finished

SMALL = {"epochs": 2, "width": 8, "hidden": 16}
TABS = ("training", "probes", "learned", "scan", "wrong")
SPECS = {
    "run": {"family": "encoders", "method": "mine", "parameters": SMALL, "data": {"images": "digits", "n": 300}},
    "scan": {
        "family": "sweeps",
        "method": "scan",
        "data": {"images": "digits", "n": 300},
        "parameters": {
            "kind": "encoders",
            "method": "mine",
            "parameter": "n_features",
            "values": [2, 8],
            "settings": [["epochs", 1], ["width", 8], ["hidden", 16]],
        },
    },
    "dim": {
        "family": "encoders",
        "method": "dim",
        "parameters": SMALL | {"epochs": 4},
        "data": {"images": "digits", "n": 300},
    },
    "probe_on_test": {"family": "pitfalls", "method": "probe_on_test", "data": {"images": "digits"}},
}
SCORE = {"train": 0.9, "test": 0.8, "low": 0.75, "high": 0.84, "n": 300}
TABLE = {name: dict.fromkeys(KINDS, SCORE) for name in ("features", *BESIDE)}
FIGURES = {
    "watched": lambda: representations.watched(
        curves.Curve("probe", EVIL, "mine", [5, 10], [0.4, 0.8]),
        [curves.Curve(n, n, n, [1], [0.5], "closed form") for n in BESIDE],
        EVIL,
    ),
    "found": lambda: representations.found(np.eye(6) * 9.0, EVIL),
    "probes": lambda: representations.probes(TABLE, dict.fromkeys(TABLE, EVIL), KINDS, EVIL, chance=0.1),
    "against": lambda: representations.against(
        [6, 8, 10],
        [
            representations.Line(EVIL, "iic", [0.1, 0.3, np.nan], [0.0, 0.2, 0.1], [0.2, 0.4, 0.5]),
            representations.Line("b", "pca", [1, 2, 3]),
        ],
        EVIL,
        EVIL,
        EVIL,
        marked=(10, EVIL),
    ),
    "places": lambda: charts.places(np.ones((2, 6, 6, 3)), np.arange(18.0).reshape(2, 3, 3), EVIL),
    "columns": lambda: charts.columns(np.arange(6.0).reshape(2, 1, 3), EVIL),
    "spread": lambda: charts.spread(np.ones(20), EVIL),
    "colours": lambda: charts.colours([0.9, -0.1, 0.4], EVIL),
    "alike": lambda: charts.alike(np.zeros((2, 4, 3, 3)), np.ones((2, 4)), 1, EVIL, np.full((2, 4), EVIL)),
    "both ways": lambda: representations.both_ways([1, 2], [0.5, 1.0], [0.1, 0.1], EVIL, EVIL, percent=True),
}
figures = pytest.mark.parametrize("name", FIGURES)


@figures
def test_a_figure_is_valid_exports_and_keeps_names_from_being_markup(name):
    assert json.loads(go.Figure(FIGURES[name]()).to_json())["layout"]["meta"]["alt"]
    for text in strings({k: v for k, v in FIGURES[name]().items() if k == "data"}):
        assert "<" not in text.replace("<extra></extra>", ""), text


@figures
def test_every_colour_has_its_counterpart_in_the_dark(name):
    assert {s for s in strings(FIGURES[name]()) if s.startswith("#")} <= palette.DARK.keys()


@figures
def test_the_table_has_columns_of_one_length(name):
    assert len({len(c) for c in table.table(FIGURES[name]()).values()}) == 1


def test_the_critics_picture_is_a_softmax_of_each_row():
    z = representations.found([[0.0, np.log(3.0)], [1e4, 0.0]])["data"][0]["z"]
    assert np.allclose(z, [[0.25, 0.75], [1, 0]])


def test_the_two_ways_of_a_pitfall_are_called_as_the_numbers_beside_them_and_steps_are_whole():
    drawn = representations.both_ways([1, 2], [0.5, 1.0], [0.1, 0.1], ways=("On its own rows", "On unseen rows"))
    assert [trace["name"] for trace in drawn["data"]] == ["On its own rows", "On unseen rows"]
    assert drawn["layout"]["xaxis"]["dtick"] == 1 and "title" not in drawn["layout"]["yaxis"]


def test_the_watched_probe_alone_has_the_solid_line():
    drawn = FIGURES["watched"]()["data"]
    dashes = [trace["line"].get("dash", "solid") for trace in drawn]
    assert dashes.count("solid") == 1 and len(set(dashes)) == len(drawn)


def test_a_scan_over_k_names_the_values_at_which_each_score_is_highest():
    rows = {
        "value": np.array([8.0, 10.0, 12.0]),
        "health": np.array([0.7, 0.8, 0.75]),
        "agreement_all": np.array([0.8, 0.85, 0.9]),
        "accuracy": np.array([0.7, 0.9, 0.8]),
    }
    drawn = scans._clusterings(rows, "k")
    title = drawn["free"]["layout"]["title"]["text"]
    assert "I / ln k is highest at 10" in title and "NMI) is highest at 12" in title
    assert "accuracy" not in json.dumps([trace["name"] for trace in drawn["free"]["data"]])
    assert set(drawn) == {"free", "labelled"}
    del rows["accuracy"]
    assert set(scans._clusterings(rows, "k")) == {"free"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A finished run, a scan of two values and a pitfall, in a data folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("data")))
        with finished(SPECS) as found:
            yield found


@pytest.fixture
def page(ran):
    """Opens the representation page as a link would."""

    def opened(state: dict | None = None, **query: str) -> AppTest:
        at = AppTest.from_string("from dashboard import app\napp.main('representation')", default_timeout=60)
        for key, value in ({"run": f"{ran['run']},{ran['scan']}"} | query).items():
            at.query_params[key] = value
        for key, value in (state or {}).items():
            at.session_state[key] = value
        return at.run()

    return opened


def test_all_of_them_finished(ran):
    for name, identifier in ran.items():
        run = Store().run(identifier)
        assert run.status == "finished", (name, run.message)


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_draws_a_finished_run(page, tab):
    at = page(tab=tab)
    assert not at.exception and not at.error
    if tab in ("training", "probes"):
        assert {"Linear probe", "Information of two views"} <= {metric.label for metric in at.metric}
    if tab == "probes":
        assert at.dataframe[0].value.shape == (5, 1 + len(KINDS))


@pytest.mark.parametrize("tab", ["training", "probes", "learned"])
def test_each_tab_draws_deep_infomax(page, ran, tab):
    at = page(tab=tab, run=ran["dim"])
    assert not at.exception and not at.error
    assert not any("has none of these pictures" in text.value for text in at.markdown)
    if tab == "probes":  # with the two layers below the features, which the linear probe alone is fitted on
        table = at.dataframe[0].value
        assert table.shape == (7, 1 + len(KINDS)) and list(table.iloc[-1])[2:] == ["–"] * 3


def test_local_scores_lie_under_the_pictures_they_are_of(ran):
    s = Shown(Store().run(ran["dim"]))
    seen, drawn = s.picture("local"), learned.local(s)
    assert seen["pictures"].shape == (8, 16, 16) and seen["scores"].shape == (8, 4, 4)
    assert "8 pictures" in str(drawn["layout"]["meta"]["alt"]) and "4 × 4 places" in str(drawn["layout"]["meta"]["alt"])
    points = drawn["data"][0]
    assert len(points["x"]) == 16  # a map below each picture, its range under the pointer
    best = seen["scores"].max((1, 2))
    assert all(
        f"{number(float(value), 2)} nats" in str(words) for value, words in zip(best, points["text"][:8], strict=True)
    )


def test_terms_never_stand_on_an_axis_of_information(ran):
    """A logistic loss is no information; what is information says nats, and where its rows are from."""
    s = Shown(Store().run(ran["dim"]))
    drawn = terms.figures(s)
    assert drawn["loss"] is None and all(drawn[name] for name in ("terms", "game", "prior_ks", "ndm"))
    label = lambda name: str(drawn[name]["layout"]["yaxis"]["title"]["text"])  # noqa: E731
    assert "no information" in label("game") and label("terms") == "minus information of a batch (nats)"
    assert label("ndm").endswith("(nats)") and "nats" not in label("prior_ks")
    assert [trace["name"] for trace in drawn["terms"]["data"]] != [trace["name"] for trace in drawn["game"]["data"]]


def test_what_was_learned_is_drawn_from_the_runs_pictures(ran):
    s = Shown(Store().run(ran["dim"]))
    found = {name: make(s) for name, make in learned.PICTURES.items()}
    assert {name for name, figure in found.items() if figure is None} == {"colour"}  # digits are grey
    accuracy = s.picture("clusters")["accuracy"]
    assert f"{accuracy[0]:.1%}" in found["before"]["layout"]["title"]["text"]
    assert f"{accuracy[1]:.1%}" in found["after"]["layout"]["title"]["text"]
    assert f"{s.result['prior_ks']:.2f}" in found["prior"]["layout"]["title"]["text"]
    rows = Shown(Store().run(ran["run"]))  # MINE has neither a map nor a prior
    there = {name for name, make in learned.PICTURES.items() if make(rows)}
    assert there == {"neighbours", "before", "after"}


def test_a_pitfall_shows_both_figures_and_its_remedy(page, ran):
    at = page({"infoscope.runs": {"representation.probe_on_test": [ran["probe_on_test"]]}}, tab="wrong")
    assert not at.exception and not at.error
    told = {metric.label: metric.value for metric in at.metric}
    assert told["The wrong way"] == "100.0%" and float(told["The right way"].rstrip("%")) < 15
    assert any("let noise features score beside yours" in text.value for text in at.markdown)


def test_a_scan_takes_typed_values_and_says_what_cannot_be(page):
    at = page(tab="scan")
    values = at.multiselect(key="representation:scan.n_features")
    assert values.value == ["10", "16", "32", "64"]
    at.session_state["representation:scan.n_features"] = ["10", "100000"]
    at.run()
    assert any("n_features=100000" in text.value.replace("\\", "") for text in at.caption)


def test_runs_open_on_this_page_with_the_settings_of_the_run(ran):
    store = Store()
    run, scan, pitfall = (store.run(ran[name]) for name in ("run", "scan", "probe_on_test"))
    assert history.page_of(run) == history.page_of(scan) == "representation"
    assert history.page_of(pitfall) is None
    link = history.link([scan])
    assert link["mine.epochs"] == "1" and link["m"] == "mine" and link["run"] == scan.id


def test_an_accuracy_on_few_rows_is_shown_with_its_interval():
    score = {"test": 19 / 30, "low": 0.455, "high": 0.781, "n": 30}
    assert results._interval({"features": {"linear": score}}) == ["95 % interval 46% to 78%, 30 rows"]
    assert results._interval({"features": {"linear": score | {"n": 2_000}}}) == [] == results._interval({})
