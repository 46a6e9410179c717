"""Charts are valid Plotly figures that say what they show, with names that may hold anything."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.validator_cache import ValidatorCache

from core import discover
from core.sentences import Sentence
from dashboard.charts import _figure, bars, curves, heat, palette, points, representations, surfaces, table

EVIL = "<b onclick='x'>a & b</b> %{z}\n$x$"
GRID = np.linspace(-2.0, 2.0, 16)
Z = np.outer(GRID, GRID[:12]).T
RNG = np.random.default_rng(0)
STEPS = np.arange(1, 41)


def _curve(kind, method="mine", values=None):
    return curves.Curve("a", EVIL, method, STEPS, np.sqrt(STEPS) / 10 if values is None else values, kind)


FIGURES = {
    "estimate": lambda: curves.estimate([_curve("training"), _curve("held out")], 0.5, "bits", EVIL, at=20),
    "estimate, nothing yet": lambda: curves.estimate([], 0.5),
    "estimate, several": lambda: curves.estimate([_curve("held out"), _curve("held out", "plug-in")]),
    "estimate, closed form": lambda: curves.estimate(
        [_curve("held out"), curves.Curve("k", "KSG", "ksg", [1], [0.4], "closed form")]
    ),
    "loss": lambda: curves.loss([_curve("loss")], EVIL, "negative bound (nats)"),
    "loss, reference": lambda: curves.loss([_curve("loss")], EVIL, "NLL (nats)", reference=(1.4, EVIL)),
    "surface": lambda: surfaces.surface(GRID, GRID[:12], Z, EVIL, points=(GRID, GRID)),
    "pair": lambda: surfaces.pair(GRID, GRID[:12], Z, 2 * Z, (EVIL, "truth"), EVIL, zlabel="nats", points=(GRID, GRID)),
    "density": lambda: surfaces.density(
        GRID,
        GRID[:12],
        abs(Z),
        (GRID, np.stack([GRID, -GRID], 1)),
        np.full((16, 2), 0.5),
        (GRID, GRID, EVIL),
        (GRID, GRID),
    ),
    "matrix": lambda: heat.matrix([EVIL, "b", "b"], [[np.nan, 0.2, 0.1], [0.2, np.nan, 0.3], [0.1, 0.3, np.nan]]),
    "matrix, nothing yet": lambda: heat.matrix(["a", "b"], np.full((2, 2), np.nan)),
    "confusion": lambda: heat.confusion([[0, 9], [8, 1]], [EVIL, "1"], ["c0", EVIL], [1, 0]),
    "joint": lambda: heat.joint([[0.4, 0.1], [0.2, 0.3]], [EVIL, "1"], ["0", "1"]),
    "gallery": lambda: heat.gallery(RNG.uniform(size=(3, 8, 5, 5)), [EVIL, "b", "c"]),
    "scatter": lambda: points.scatter(GRID, GRID, EVIL, "y"),
    "scatter, many": lambda: points.scatter(RNG.normal(size=5000), RNG.normal(size=5000)),
    "learned": lambda: points.learned_vs_true(GRID, GRID**2),
    "sizes": lambda: bars.sizes([EVIL, "b"], [3, 5], expected=4.0),
    "estimates": lambda: bars.estimates(
        ["mine", "ksg"], [EVIL, "KSG"], [0.4, 0.5], [[0.3, 0.5], [np.nan, np.nan]], 0.5
    ),
}
figures = pytest.mark.parametrize("name", FIGURES)


def strings(value):
    """Every string in a figure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "alt":  # set as text, never as markup
                yield from strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from strings(inner)


@figures
def test_a_figure_is_valid_and_exports(name):
    assert json.loads(go.Figure(FIGURES[name]()).to_json())["layout"]["meta"]["alt"]


@figures
def test_names_from_data_are_never_markup(name):
    allowed = {"<extra></extra>"}
    for text in strings(FIGURES[name]()):
        for mark in allowed:
            text = text.replace(mark, "")
        assert "<" not in text, text


@figures
def test_names_from_data_are_in_no_hover_template(name):
    figure = FIGURES[name]()
    assert not [t for t in figure["data"] if "onclick" in t.get("hovertemplate", "")]


@figures
def test_every_colour_has_its_counterpart_in_the_dark(name):
    colours = {s for s in strings(FIGURES[name]()) if s.startswith("#")}
    assert colours <= palette.DARK.keys()
    dark = {s for s in strings(palette.themed(FIGURES[name](), dark=True)) if s.startswith("#")}
    assert dark <= set(palette.DARK.values())


@figures
def test_the_table_has_columns_of_one_length(name):
    columns = table.table(FIGURES[name]())
    assert len({len(c) for c in columns.values()}) == 1


def test_the_table_holds_the_numbers_and_the_names_as_they_came():
    columns = table.table(heat.confusion([[0, 9], [8, 1]], ["zero", "<one>"], ["c0", "c1"], [1, 0]))
    cells = {(y, x): z for x, y, z in zip(columns["x"], columns["y"], columns["z"], strict=True)}
    assert cells == {("zero", "c0"): 0, ("zero", "c1"): 9, ("<one>", "c0"): 8, ("<one>", "c1"): 1}


def test_the_matching_puts_agreement_on_the_diagonal():
    figure = heat.confusion([[0, 9], [8, 1]], ["a", "b"], ["c0", "c1"], [1, 0])
    assert np.diag(figure["data"][0]["z"]).tolist() == [9, 8]
    assert "94.4 %" in table.describe(figure)


def test_the_truth_is_the_same_dashed_line_everywhere():
    line = curves.estimate([_curve("held out")], 0.5)["data"][-1]["line"]
    others = [
        bars.estimates(["mine"], ["MINE"], [0.4], [[0.3, 0.5]], 0.5)["layout"]["shapes"][0]["line"],
        points.learned_vs_true(GRID, GRID)["data"][-1]["line"],
        bars.sizes(["a"], [3], expected=3.0)["layout"]["shapes"][0]["line"],
    ]
    assert all(other == line for other in others)


def test_a_closed_form_is_a_level_line_as_long_as_the_curves():
    level, _ = FIGURES["estimate, closed form"]()["data"]
    assert level["x"].tolist() == [0, 40] and level["y"].tolist() == [0.4, 0.4]


def test_held_out_lies_over_training_and_is_bolder():
    training, held_out = curves.estimate([_curve("held out"), _curve("training")])["data"]
    assert training["line"]["width"] < held_out["line"]["width"] and training["opacity"] < held_out["opacity"]
    assert training["line"]["color"] == held_out["line"]["color"] == palette.method("mine")


def test_two_surfaces_share_one_colour_range_around_zero():
    left, right = surfaces.pair(GRID, GRID[:12], Z, 2 * Z, ("T", "truth"))["data"]
    assert (left["zmin"], left["zmax"]) == (right["zmin"], right["zmax"]) == (-right["zmax"], right["zmax"])


def test_methods_that_share_a_chart_differ_in_colour_and_mark():
    mi = ["mine", "nwj", "jsd", "infonce", "smile", "ksg", "histogram", "gaussian"]
    for a, b in itertools.combinations(mi, 2):
        assert palette.method(a) != palette.method(b) and palette.symbol(a) != palette.symbol(b)
    assert palette.method("plug-in") == palette.method("plug-in") in palette.CATEGORIES


def test_scales_run_evenly_in_lightness():
    def lightness(colour):
        rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        y = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92) @ [0.2126, 0.7152, 0.0722]
        return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y

    for colours in (palette.SEQUENTIAL, palette.DIVERGING[:5], palette.DIVERGING[4:]):
        for ramp in (colours, [palette.DARK[c] for c in colours]):
            steps = np.diff([lightness(c) for c in ramp])
            assert (np.sign(steps) == np.sign(steps[0])).all(), "more is never drawn as less"
            assert abs(steps).max() < 4 * abs(steps).min(), "no step stands out as an edge"


def test_sentences_go_through_the_catalogue():
    def mark(sentence):
        return sentence.said(lambda one, many, n: f"⟦{one}⟧")

    curve = dataclasses.replace(_curve("held out"), label="a < b")
    marked = _figure.translated(curves.estimate([curve], 0.5, title=Sentence("{a} is less", a="a < b")), mark)
    assert marked["layout"]["xaxis"]["title"]["text"] == "⟦step⟧"
    assert marked["layout"]["title"]["text"] == "⟦a &lt; b is less⟧", "names stay as typed in any language"
    assert marked["layout"]["yaxis"]["title"]["text"] == "⟦mutual information (⟦nats⟧)⟧"
    assert table.describe(marked).startswith("⟦") and "⟦The truth is 0.500.⟧" in table.describe(marked)


def test_two_runs_of_one_method_differ_in_colour_and_mark():
    looks = palette.styles(["mine", "mine", "ksg", "mine"])
    assert looks[0] == (palette.method("mine"), palette.symbol("mine"))
    assert len({colour for colour, _ in looks}) == 4 and looks[2][0] == palette.method("ksg")


def test_a_result_stands_at_the_end_of_its_line_with_its_interval():
    ended = curves.Curve("a", "MINE", "mine", STEPS, STEPS / 100, "held out", (0.3, 0.55))
    line, result = curves.estimate([ended])["data"]
    assert (result["x"], result["y"]) == (line["x"][-1], line["y"][-1])
    bar = result["error_y"]
    assert np.allclose([result["y"] - bar["arrayminus"], result["y"] + bar["array"]], [[0.3], [0.55]])


def test_truths_that_differ_are_dashed_in_the_colours_of_their_runs():
    pairs = [
        (
            curves.Curve("a", n, "mine", STEPS, STEPS / 50, colour=c),
            curves.Curve("t", n, "mine", [1], [v], "truth", colour=c),
        )
        for n, c, v in (("one", palette.BLUE, 0.1), ("two", palette.ORANGE, 0.5))
    ]
    first, second = curves.estimate([c for pair in pairs for c in pair])["data"][:2]
    assert first["line"]["dash"] == second["line"]["dash"] == _figure.TRUTH["dash"]
    assert (first["line"]["color"], second["line"]["color"]) == (palette.BLUE, palette.ORANGE)
    assert (first["y"][0], second["y"][0]) == (0.1, 0.5) and first["x"][-1] == 40


def test_twenty_methods_have_twenty_colours_and_marks_that_are_told_apart():
    assert len(palette.LOOKS) == len({c for c, _ in palette.LOOKS}) == len({m for _, m in palette.LOOKS}) == 20
    assert {mark for _, mark in palette.LOOKS} <= set(ValidatorCache.get_validator("scatter.marker", "symbol").values)
    for colours, ground in (
        ([c for c, _ in palette.LOOKS], palette.PAPER),
        ([palette.DARK[c] for c, _ in palette.LOOKS], palette.DARK[palette.PAPER]),
    ):
        lab = [_lab(c) for c in colours]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(lab, 2)) > 15  # 2.3 is just noticeable
        # The sky and the orange of Okabe and Ito, which are drawn with marks and wide lines, have 2.2 on white.
        assert min(_contrast(c, ground) for c in colours) > 2.2


def test_methods_without_a_look_of_their_own_take_free_ones_after_the_package_s(monkeypatch):
    names = (*discover.names("estimators"), *(f"plug{i}" for i in range(12)))
    classes = discover.importable("estimators")[0]
    plugs = {f"plug{i}": type("Plug", (), {"look": 0 if i == 3 else None}) for i in range(12)}
    before = {name: palette.method(name) for name in classes}
    monkeypatch.setattr(discover, "importable", lambda family: (classes | plugs, []))
    monkeypatch.setattr(discover, "names", lambda family: list(names) if family == "estimators" else [])
    looks = {name: (palette.method(name), palette.symbol(name)) for name in names}
    assert len({colour for colour, _ in looks.values()}) == len({mark for _, mark in looks.values()}) == 20
    assert {name: looks[name][0] for name in classes} == before
    assert before["mine"] == palette.BLUE and before["ksg"] == palette.ORANGE and before["nwj"] == palette.SKY


def _linear(colour):
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)


def _contrast(one, other):
    low, high = sorted(float(_linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def _lab(colour):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ _linear(colour)
    f = np.cbrt(xyz / np.array([0.9505, 1.0, 1.0888]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_steps_are_whole_on_an_axis_of_few():
    def ticks(last: int) -> str:
        line = curves.Curve("loss", "loss", "mine", np.arange(1, last + 1), np.zeros(last), "loss")
        return curves.loss([line])["layout"]["xaxis"]["tickmode"]

    assert [ticks(n) for n in (1, 8, 9, 400)] == ["linear", "linear", "auto", "auto"]


def test_a_probe_is_drawn_against_the_step_at_which_the_run_stands():
    kept = curves.Curve("probe", "learned", "dgi", [1], [0.9], "held out")
    raw = curves.Curve("pixels", "raw", "pixels", [1], [0.5], "closed form")
    drawn = representations.watched(kept, [raw], until=42)["data"]
    assert {t["name"]: float(np.max(t["x"])) for t in drawn} == {"learned": 1.0, "raw": 42.0}
    ticks = representations.watched(kept, [raw], until=42)["layout"]["xaxis"]["tickmode"]
    assert ticks == "auto", "the axis reaches to step 42, though the probe has one point"
    none = curves.Curve("probe", "learned", "dgi", np.empty(0), np.empty(0), "held out")
    assert representations.watched(none, [], until=1)["data"], "a replay at its first step, before the first probe"


@pytest.mark.parametrize("kind", ["training", "loss", "held out"])
def test_the_first_value_of_a_curve_is_seen(kind):
    def trace(n: int) -> dict:
        return curves.loss([curves.Curve("a", "a", "mine", np.arange(1, n + 1), np.zeros(n), kind)])["data"][0]

    assert trace(1)["mode"] == "lines+markers" and trace(2)["mode"] == "lines"
    assert (
        trace(1).keys() == trace(2).keys()
    )  # what goes away in mid-run reaches Plotly as null, which it does not take


def test_an_axis_that_ends_far_beyond_its_curves_has_few_ticks():
    """A replay at its first steps drew a tick and a label for each of 400: the browser stood for half a minute."""
    figure = curves.estimate([curves.Curve("a", "MINE", "mine", [1, 2, 3], [0.1, 0.2, 0.3], "training")])
    assert figure["layout"]["xaxis"]["tickmode"] == "linear"
    curves.until(figure, 400)
    assert figure["layout"]["xaxis"]["range"] == [0, 400] and figure["layout"]["xaxis"]["tickmode"] == "auto"
