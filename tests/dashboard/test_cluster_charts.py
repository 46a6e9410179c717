"""Charts of clusterings: valid, in the palette, with names that may hold anything, and true to their numbers."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from core.evaluation.assignment import many_to_one, match
from dashboard.charts import clusters, curves, matching, palette, pictures, table
from tests.dashboard.test_charts import EVIL, strings

RNG = np.random.default_rng(0)
STEPS = np.arange(1, 31)
LABELS, CLUSTERS = RNG.integers(0, 4, 200), RNG.integers(0, 6, 200)


def _curve(name, kind, method="iic"):
    return curves.Curve(name, EVIL, method, STEPS, np.sqrt(STEPS) / 10, kind)


def _mapping(found=None):
    found = found or match(LABELS, CLUSTERS, 6)
    return matching.mapping(found.counts, found.mapping, found.order, [EVIL, 1, 2, 3], ["a", EVIL, *"bcde"], EVIL)


FIGURES = {
    "sheet": lambda: pictures.sheet(RNG.uniform(size=(3, 8, 5, 5)), [EVIL, "b", "c"], EVIL, words=[[EVIL] * 8] * 3),
    "sheet, colour": lambda: pictures.sheet(RNG.uniform(size=(2, 4, 5, 5, 3)), ["a", "b"], columns=[EVIL] * 4),
    "mapping": _mapping,
    "mapping, many": lambda: matching.mapping(
        np.eye(60, dtype=int), np.arange(60), np.arange(60), [str(i) for i in range(60)]
    ),
    "cost": lambda: matching.cost([[0, 2, 0], [1, 0, 1], [1, 0, 0]], [2, 0, 1], [EVIL, "1", "2"], EVIL),
    "accuracy": lambda: clusters.accuracy(
        _curve("kept", "held out"),
        [_curve("a", "training"), _curve("b", "training")],
        _curve("test", "held out", "test"),
        [curves.Curve("k", EVIL, "kmeans", [1], [0.5], "closed form")],
        EVIL,
    ),
    "agreement": lambda: clusters.agreement(RNG.uniform(size=(5, 5)), 2),
    "agreement, one head": lambda: clusters.agreement([[1.0]], 0),
    "heads": lambda: clusters.heads([-1.0, -2.0], [0.5, 0.9], 1, EVIL),
    "chances": lambda: clusters.chances([EVIL, "b"], [0.2, 0.8], EVIL),
}
figures = pytest.mark.parametrize("name", FIGURES)


@figures
def test_a_figure_is_valid_and_exports(name):
    assert json.loads(go.Figure(FIGURES[name]()).to_json())["layout"]["meta"]["alt"]


@figures
def test_names_from_data_are_never_markup(name):
    for text in strings(FIGURES[name]()):
        assert "<" not in text.replace("<extra></extra>", ""), text


@figures
def test_names_from_data_are_in_no_hover_template(name):
    assert not [t for t in FIGURES[name]()["data"] if "onclick" in t.get("hovertemplate", "")]


@figures
def test_every_colour_has_its_counterpart_in_the_dark(name):
    assert {s for s in strings(FIGURES[name]()) if s.startswith("#")} <= palette.DARK.keys()


@figures
def test_the_table_has_columns_of_one_length(name):
    assert len({len(c) for c in table.table(FIGURES[name]()).values()}) == 1


@pytest.mark.parametrize("how", [match, many_to_one])
def test_each_line_ends_at_the_column_of_its_cluster_among_the_matched(how):
    found = how(LABELS, CLUSTERS, 6)
    lines = [s["path"].split() for s in _mapping(found)["layout"]["shapes"]]
    for place, (start, *_, end) in enumerate(lines):
        above, below = (6 * float(point.split(",")[0].lstrip("MC")) - 0.5 for point in (start, end))
        assert round(above, 2) == found.order[place] and round(below, 2) == place


def test_a_cluster_without_a_label_has_a_dotted_line():
    found = match(LABELS, CLUSTERS, 6)
    dotted = [s["line"]["dash"] == "dot" for s in _mapping(found)["layout"]["shapes"]]
    assert dotted == [False] * 4 + [True] * 2


def test_the_table_of_the_matching_names_columns_of_both_pictures():
    found = match([0, 0, 1], [1, 1, 0])
    columns = table.table(matching.mapping(found.counts, found.mapping, found.order, ["zero", "one"], ["p", "q"]))
    cells = set(zip(columns["trace"], columns["y"], columns["x"], columns["z"], strict=True))
    assert ("as found", "zero", "q", 2) in cells and ("matched", "zero", "q → zero", 2) in cells


def test_the_worked_example_frames_cells_that_cost_minus_four():
    found = match([0, 0, 1, 1, 2], [1, 1, 2, 0, 0])
    figure = matching.cost(found.counts, found.mapping, [0, 1, 2])
    framed = [(round(s["y0"] + 0.46), round(s["x0"] + 0.46)) for s in figure["layout"]["shapes"]]
    assert sum(figure["data"][0]["z"][cell] for cell in framed) == -4
    assert "-4" in table.describe(figure)


def test_a_sheet_shows_each_picture_at_its_place_and_nothing_where_there_is_none():
    tiles = np.zeros((2, 3, 4, 4))
    tiles[1, 2] = 1.0
    source = pictures.sheet(tiles, "ab", shown=[[1, 1, 0], [1, 1, 1]])["layout"]["images"][0]["source"]
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))))
    height, width = sheet.shape[0] // 2, sheet.shape[1] // 3
    ink = sheet[..., 3].reshape(2, height, 3, width).mean((1, 3))
    assert ink[1, 2] > 180 and ink.sum() == ink[1, 2]


def test_heads_lie_under_the_kept_one_and_only_one_of_them_is_in_the_legend():
    drawn = FIGURES["accuracy"]()["data"]
    assert [t.get("showlegend", True) for t in drawn] == [True, False, True, True, True]
    assert drawn[0]["line"]["width"] < drawn[-2]["line"]["width"]
    assert {t["line"].get("dash", "solid") for t in drawn[2:]} == {"solid", "3px,3px", "6px,2px"}


def test_a_sheet_of_small_pictures_is_lower_on_a_phone_and_one_picture_is_not():
    """Tiles are square: in a narrow column they left as much blank as picture."""
    wide = pictures.sheet(np.zeros((10, 8, 8, 8)), range(10))["layout"]["meta"]
    one = pictures.sheet(np.zeros((1, 1, 8, 8)), [""])["layout"]["meta"]
    assert wide["narrow_height"] < 1 and "narrow_height" not in one
