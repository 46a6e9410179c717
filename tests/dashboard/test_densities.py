"""The density page: its pictures, the verdict on calibration, several runs side by side, tables, and files."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.stats import norm
from streamlit.testing.v1 import AppTest

from core.data.problems import problem_source
from core.densities import MDN, MSE
from core.evaluation import calibration as scores
from core.method import Source
from core.paths import VARIABLE
from core.spec import Spec, SpecError
from dashboard import pages
from dashboard.charts import calibration, compare, densities, density_modes, density_slices, palette, table
from dashboard.jobs import Run, Store
from dashboard.pickers import problem
from dashboard.screens.density import calibration as calibrated
from dashboard.screens.density import comparison, files, training, view
from dashboard.screens.runs import history
from dashboard.widgets.shown import Shown
from tests.dashboard.test_charts import EVIL, strings
from tests.dashboard.test_pages import said, unmarked

X, Y = np.linspace(-3, 3, 16), np.linspace(-2, 2, 24)
P = np.exp(-((Y[:, None] - np.sin(X)) ** 2))
MEANS = np.stack([np.sin(X), -np.sin(X)], 1)
WEIGHTS = np.tile([0.8, 0.2], (16, 1))
NOMINAL = np.arange(1, 20) / 20
SPEC = {"family": "densities", "method": "mdn", "data": {"problem": "inverse", "n": 200}}

FIGURES = {
    "map": lambda: densities.learned(X, Y, P, title=EVIL, xlabel=EVIL, ylabel=EVIL),
    "map, truth": lambda: densities.learned(
        X, Y, P, P, (X, MEANS), WEIGHTS, (X, 0 * X), (X, X), None, (-2.0, 2.0), EVIL, EVIL, EVIL
    ),
    "slice": lambda: density_slices.slice_(Y, np.stack([P[:, 3], P[:, 9]]), (Y, P[:, 5]), 0.3, EVIL, EVIL, EVIL),
    "ribbons": lambda: density_slices.ribbons(
        X, [0.05, 0.5, 0.95], [X - 1, X, X + 1], (X, X), (-2, 2), EVIL, EVIL, EVIL
    ),
    "pit": lambda: calibration.pit([5, 9, 4, 6], 3, 9, EVIL),
    "coverage": lambda: calibration.coverage(NOMINAL, NOMINAL**2, NOMINAL - 0.1, NOMINAL + 0.1, EVIL),
    "overlay": lambda: compare.overlay([EVIL, "b"], [X, X], [X, X**2], EVIL, reference=(0.5, EVIL)),
    "overlay, nothing yet": lambda: compare.overlay(["a", "b"], [[], []], [[], []]),
    "maps": lambda: compare.maps([EVIL, "b", "c", "d"], [(X, Y, P)] * 4, title=EVIL, xlabel=EVIL, ylabel=EVIL),
}
figures = pytest.mark.parametrize("name", FIGURES)


@figures
def test_a_figure_is_valid_dark_too_and_says_what_it_shows(name):
    figure = FIGURES[name]()
    assert json.loads(go.Figure(figure).to_json())["layout"]["meta"]["alt"]
    assert {s for s in strings(figure) if s.startswith("#")} <= palette.DARK.keys()
    assert len({len(column) for column in table.table(figure).values()}) == 1


@figures
def test_names_of_columns_are_never_markup(name):
    for text in strings(FIGURES[name]()):
        assert "<" not in text.replace("<extra></extra>", ""), text


def test_the_parts_of_a_mixture_are_its_weighted_normals():
    parts = density_modes.mixture(Y, [0.5, -1.0], [0.3, 0.6], [0.7, 0.3])
    assert np.allclose(parts[0], 0.7 * norm.pdf(Y, 0.5, 0.3)) and np.allclose(parts[1], 0.3 * norm.pdf(Y, -1.0, 0.6))


def test_modes_are_answers_and_not_ripples():
    y = np.linspace(-6, 6, 400)
    apart = density_modes.mixture(y, [-3, 3], [0.5, 0.5], [0.7, 0.3]).sum(0)
    close = density_modes.mixture(y, [-0.3, 0.3], [0.5, 0.5], [0.5, 0.5]).sum(0)
    assert np.allclose(y[density_modes.modes(apart)], [-3, 3], atol=0.03)  # the higher first
    assert len(density_modes.modes(close)) == 1
    assert len(density_modes.modes(close + 0.02 * np.sin(20 * y))) == 1
    assert density_modes.modes(y - y[0]).tolist() == [399]  # at the edge of the picture
    few = density_modes.mixture(y, [-3, 3], [0.5, 0.5], [0.95, 0.05]).sum(0)
    assert np.allclose(y[density_modes.modes(few)], [-3], atol=0.03)  # a twentieth of the mass is no answer of its own
    shoulder = density_modes.mixture(y, [-0.9, 0.9], [0.6, 0.6], [0.5, 0.5]).sum(0)
    assert len(density_modes.modes(shoulder)) == 1  # two maxima, and nine tenths of their height between them
    assert np.allclose(density_modes.shares(apart, density_modes.modes(apart)), [0.7, 0.3], atol=0.001)


def test_a_branch_is_a_mode_that_neighbouring_columns_share():
    y = np.linspace(-6, 6, 64)
    one, two = (density_modes.mixture(y, m, [0.5] * 2, [0.5] * 2).sum(0) for m in ([0, 0], [-3, 3]))
    assert density_modes.branches(np.stack([one] * 30 + [two] * 4 + [one] * 30, 1)) == (1, 32)
    assert density_modes.branches(np.stack([one] * 30 + [two] * 10 + [one] * 24, 1)) == (2, 35)


@pytest.mark.parametrize("problem", ["line", "inverse"])
def test_noise_round_one_line_is_one_branch_and_the_inverse_problem_has_five(monkeypatch, problem):
    """Of trained networks; counting every ripple, the page gave the line four branches."""
    x = np.random.default_rng(0).uniform(-1, 1, (150, 1))
    line = Source(x, x + 0.3 * np.random.default_rng(10).normal(size=(150, 1)))
    method = MDN(device="cpu").run(line if problem == "line" else problem_source(problem, 1000))
    rows, p = method.view("points"), method.view("density")
    monkeypatch.setattr(view, "points", lambda s: (rows["x"], rows["y"]))
    seen = view.DensityView(p["x"], p["y"], p["density"], *[None] * 6, ("x", "y"), 1, 1)
    assert ("one branch" if problem == "line" else "5 branches") in training._headline(None, seen)


def test_the_truth_beside_the_map_has_its_colours_and_axes():
    figure = FIGURES["map, truth"]()
    left, right = (trace for trace in figure["data"] if trace["type"] == "heatmap")
    assert left["zmax"] == right["zmax"] and right["xaxis"] == "x2"
    assert figure["layout"]["xaxis2"]["matches"] == "x" and figure["layout"]["yaxis2"]["matches"] == "y"


def test_what_training_has_not_seen_is_veiled_and_named():
    layout = densities.learned(X, Y, P, support=(-2.0, 2.0))["layout"]
    assert [(s["x0"], s["x1"]) for s in layout["shapes"]] == [(-3.0, -2.0), (2.0, 3.0)]
    assert any("extrapolation" in a["text"] for a in layout["annotations"])
    assert densities.learned(X, Y, P, support=(-3.0, 3.0))["layout"]["shapes"] == []


def _found(u: np.ndarray) -> dict[str, np.ndarray]:
    """The picture "calibration" as a run keeps it."""
    bars, curve = scores.histogram(u), scores.coverage(u)
    out = {"pit_counts": bars.observed, "pit_low": bars.low, "pit_high": bars.high}
    out |= {"nominal": curve.at, "observed": curve.observed, "coverage_low": curve.low, "coverage_high": curve.high}
    return out | {"ks": scores.ks_distance(u), "ks_limit": scores.ks_limit(len(u)), "n": len(u)}


@pytest.mark.parametrize(
    ("width", "shift", "word"),
    [
        (1.0, 0.0, "As promised"),
        (0.7, 0.0, "Too narrow"),
        (1.4, 0.0, "Too wide"),
        (0.95, 0.0, "A little too narrow"),
        (1.0, 0.15, "too low"),
    ],
)
def test_the_verdict_reads_the_numbers(width, shift, word):
    u = norm.cdf(
        (norm.ppf((np.arange(2_000) + 0.5) / 2_000) + shift) / width
    )  # y ~ N(shift, 1), predicted N(0, width²)
    assert word in calibrated.verdict(_found(u), "1,000 held-out rows")


def test_the_verdict_names_what_the_interval_holds():
    u = norm.cdf(norm.ppf((np.arange(1_000) + 0.5) / 1_000) / 0.8)
    held = 2 * norm.cdf(1.6449 * 0.8) - 1
    assert f"only {100 * held:.1f} % of 1,000" in calibrated.verdict(_found(u), "1,000 held-out rows")


def test_a_density_that_is_misshapen_inside_its_interval_is_told():
    u = (np.arange(3_000) + 0.5) / 3_000
    u = np.where((u > 0.1) & (u < 0.9), 0.5 + 0.4 * np.sign(u - 0.5) * np.abs((u - 0.5) / 0.4) ** 0.6, u)
    assert "Misshapen" in calibrated.verdict(_found(u), "1,000 held-out rows")


def test_a_grid_of_settings_is_a_run_each():
    specs = comparison.specs("mdn", {"patience": 90}, SPEC["data"], 3, {"n_components": [1, 3, 8], "hidden": [5, 50]})
    assert [(s.parameters["n_components"], s.parameters["hidden"]) for s in specs] == [
        (1, 5),
        (1, 50),
        (3, 5),
        (3, 50),
        (8, 5),
        (8, 50),
    ]
    assert {s.parameters["patience"] for s in specs} == {90} and {s.seed for s in specs} == {3}
    assert len(comparison.specs("mdn", {}, SPEC["data"], 0, {"n_components": []})) == 1


def test_too_many_runs_and_an_illegal_value_are_one_sentence():
    with pytest.raises(ValueError, match="12 runs are too many to compare: choose at most 9"):
        comparison.specs("mdn", {}, SPEC["data"], 0, {"n_components": [1, 2, 3], "hidden": [5, 10, 20, 50]})
    with pytest.raises(SpecError, match="n_components"):
        comparison.specs("mdn", {}, SPEC["data"], 0, {"n_components": [1_000]})


def _shown(**parameters):
    spec = Spec.parse(SPEC | {"parameters": parameters})
    return Shown(Run("r" + str(sorted(parameters)), spec.to_json(), "finished"))


def test_runs_are_named_by_what_sets_them_apart():
    assert view.labels([_shown(n_components=1), _shown(n_components=8)]) == ["K = 1", "K = 8"]
    assert view.labels([_shown(hidden=5), _shown(hidden=9)]) == ["5 units", "9 units"]
    assert len(set(view.labels([_shown(), _shown()]))) == 2


def test_numbers_in_sentences():
    said = [view.figure(v) for v in (-0.72, 18_212.4, -2e12, 0.0)] + [view.figure(-0.0001, ".3f")]
    assert said == ["−0.72", "18,212", "−2e+12", "0", "0.000"]


@pytest.mark.parametrize("cls", [MDN, MSE])
def test_predictions_are_the_models_own(cls):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 2))
    y = x[:, :1] + 0.3 * rng.normal(size=(120, 1))
    source = Source(x, y, x_names=("age", "=size"), y_names=("spend",))
    model = cls(iterations=20, random_state=0).run(source)
    frame = files.predictions(model, source)
    assert list(frame)[:5] == ["age", "=size", "spend", "mean", "sd"] and len(frame) == 120
    assert np.allclose(frame["log_density"], model.log_density(x, y))
    low, middle, high = (frame[f"q{q}%"] for q in (5, 50, 95))
    assert (low < middle).all() and (middle < high).all()
    assert np.allclose(model.predict(x).ravel(), frame["mean"])


def test_a_run_on_a_table_is_opened_on_this_page_with_its_columns():
    given = {"table": "penguins", "x": ["bill_length_mm", "sex"], "y": ["body_mass_g"]}
    run = Run("abcdef", Spec.parse(SPEC | {"data": given}).to_json(), "finished")
    assert history.page_of(run) == "density"
    said = pages.settings(run.spec)
    assert said["p"] == "table" and said["t"] == "penguins" and json.loads(said["x"]) == given["x"]


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Opens the density page with an empty data folder, as a link would."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    def opened(**query: str) -> AppTest:
        at = AppTest.from_string("from dashboard import app\napp.main('density')", default_timeout=180)
        for key, value in query.items():
            at.query_params[key.replace("__", ".")] = value
        return at.run()

    return opened


def test_a_link_chooses_a_table_and_its_columns(page):
    at = page(p="table", t="penguins", x='["bill_length_mm", "island"]', y="bill_depth_mm")
    assert not at.exception and not at.warning
    assert at.selectbox(key="density:y").value == "bill_depth_mm"
    assert at.multiselect(key="density:x").value == ["bill_length_mm", "island"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"x": '["wingspan"]'}, "wingspan"),
        ({"x": '{"a": 1}'}, "a"),
        ({"y": "species"}, "species"),
        ({"t": "/etc/passwd"}, "passwd"),
        ({"c__n_components": "1,5000"}, "5000"),
        ({"c__hidden": "many"}, "many"),
    ],
)
def test_a_wrong_link_is_answered_by_a_sentence_that_names_it(page, query, word):
    at = page(**({"p": "table", "t": "penguins"} | query))
    assert not at.exception
    assert any(word in warning.value for warning in at.warning), [w.value for w in at.warning]


@pytest.mark.parametrize("name", problem.PRESETS)
def test_a_preset_sets_the_page_and_starts(page, name):
    at = page()
    at.button(key=f"density:preset.{name}").click().run()
    assert not at.exception and not at.warning
    started = [Store().run(identifier) for identifier in at.session_state["infoscope.runs"]["density"]]
    assert started and all(run.spec.family == "densities" for run in started)
    at.button(key="density:stop").click().run()


def test_what_goes_wrong_is_offered_for_the_chosen_data(page):
    at = page(tab="pitfalls", p="table", t="penguins", seed="7")
    assert not at.exception and not at.warning
    shown = [b for b in at.button if b.key.endswith(":show")]
    assert len(shown) == 4 and not any(b.disabled for b in shown)
    shown[-1].click().run()
    assert not at.exception
    assert Store().runs()[0].spec_dict["data"]["table"] == "penguins"
    assert Store().runs()[0].spec_dict["seed"] == 7


def test_without_inputs_start_waits_and_says_why(page):
    at = page(p="table", t="penguins")
    at.multiselect(key="density:x").set_value([]).run()
    start = at.button(key="density:start")
    assert start.disabled and "at least one input" in start.help


def test_a_run_on_two_columns_is_seen_in_every_tab(page):
    at = page(p="table", t="penguins", mdn__iterations="40", c__n_components="1,2")
    at.button(key="density:start").click().run()
    ended = time.monotonic() + 180
    while any(run.active for run in Store().runs()) and time.monotonic() < ended:
        time.sleep(0.3)
    assert [run.status for run in Store().runs()] == ["finished"] * 2, [run.message for run in Store().runs()]
    figure = training.density(Shown(Store().runs()[0]))
    assert {trace["name"] for trace in figure["data"]} >= {"sample", "component means", "least squares"}
    assert all(np.ndim(trace["x"]) == 1 for trace in figure["data"])
    for tab in ("training", "slice", "calibrated", "information", "compare"):
        assert _bare(_opened_again(at, tab, lang="xx")) == []
        at = _opened_again(at, tab)
        assert not at.exception and not at.error, (tab, at.exception)
        if tab != "compare":
            assert any(m.label.startswith("NLL on ") for m in at.metric)
        if tab == "slice":
            at.slider(key="density:x0").set_value(at.slider(key="density:x0").max).run()
            assert any("extrapolation" in w.value for w in at.warning)
    assert len(at.dataframe[0].value) == 2


def _opened_again(at: AppTest, tab: str, lang: str = "en") -> AppTest:
    """The same link in another browser, at one tab."""
    other = AppTest.from_string("from dashboard import app\napp.main('density')", default_timeout=180)
    for key, value in at.query_params.items():
        other.query_params[key] = value
    other.query_params["tab"] = tab
    other.session_state["infoscope.language"] = lang
    return other.run()


def _bare(at: AppTest) -> list[str]:
    """Sentences that did not pass the catalogue; the names of columns and of works stay as they are."""
    texts = [t for t in said(at) if re.search(r"[A-Za-z]{3}", re.sub(r"\w+_mm|body_mass_g", "", unmarked(t)))]
    return [t for t in texts if "doi:" not in t and "palmerpenguins" not in t]
