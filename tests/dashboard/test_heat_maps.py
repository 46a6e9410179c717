"""Heat maps and bars of columns: labels that can be read and told apart, numbers that fit, whole names in the data."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.charts import _figure, bars, heat, labels, palette, table


def matrix(k: int, names=None):
    rng = np.random.default_rng(0)
    values = rng.uniform(-0.004, 1.0, (k, k))
    values = (values + values.T) / 2
    np.fill_diagonal(values, np.nan)
    return heat.matrix(names or [f"column {i}" for i in range(k)], values)


@pytest.mark.parametrize(
    ("k", "numbers", "labels"),
    [(4, 12, 4), (13, 156, 13), (14, 0, 14), (33, 0, 33), (60, 0, 60), (90, 0, 90), (120, 0, 60)],
)
def test_numbers_leave_from_14_columns_and_labels_thin_out_beyond_90(k, numbers, labels):
    layout = matrix(k)["layout"]
    assert len(layout["annotations"]) == numbers
    assert len(layout["xaxis"]["ticktext"]) == len(layout["yaxis"]["tickvals"]) == labels
    narrow = layout["meta"]["narrow"]
    assert len(narrow["yaxis"]["ticktext"]) == labels
    assert len(narrow["xaxis"]["ticktext"]) <= 15 and len(narrow["annotations"]) <= 30
    lines = (heat.height(k) - 130) / labels  # pixels of a name, below which letters would touch
    assert lines > layout["yaxis"]["tickfont"]["size"]


def test_a_map_of_counts_has_its_axes_names_on_a_phone_too():
    figure = heat.confusion(np.eye(3), list("abc"), list("xyz"), xlabel="second", ylabel="first")
    for layout in (figure["layout"], figure["layout"]["meta"]["narrow"]):
        assert [layout[side]["title"]["text"] for side in ("xaxis", "yaxis")] == ["second", "first"]
    assert len(figure["layout"]["meta"]["narrow"]["xaxis"]["ticktext"]) == 3


def test_every_cell_says_its_whole_names_however_few_labels_there_are():
    names = [f"a measurement with a long name, number {i}" for i in range(60)]
    figure = matrix(60, names)
    assert figure["data"][0]["text"][41][7].startswith(f"{names[41]} · {names[7]}: ")
    columns = table.table(figure)
    assert columns["x"][:60] == names and columns["y"][::60] == names


def test_no_cell_says_minus_nought():
    values = np.array([[np.nan, -0.004], [-0.004, np.nan]])
    assert [mark["text"] for mark in heat.matrix(["a", "b"], values)["layout"]["annotations"]] == ["0.00", "0.00"]
    large = np.full((10, 10), -0.0049)
    large[0, 1], large[0, 2], large[0, 3] = 0.834, -0.28, 1.2
    texts = [mark["text"] for mark in heat.matrix(list("abcdefghij"), large)["layout"]["annotations"]]
    assert texts[:5] == [".00", ".83", "−.28", "1.20", ".00"]
    assert _figure.number(-0.0004) == "0.000" and _figure.number(-0.0006) == "-0.001"


@pytest.mark.parametrize(
    "names",
    [
        [f"sensor_north_building_floor_{i}_temperature_celsius" for i in range(12)],
        ["annual_average_household_income_2019", "annual_average_household_income_2020"],
        ["minimum temperature of the reactor", "maximum temperature of the reactor", "mean temperature of the reactor"],
        ["a" * 30 + x + "b" * 30 for x in "xyz"] + ["short", "another one"],
        [
            "the same beginning one thing the same end",
            "the same beginning other thing the same end",
            "quite another name",
        ],
    ],
)
@pytest.mark.parametrize("most", [10, 16, 24])
def test_long_names_keep_the_part_in_which_they_differ(names, most):
    cut = labels.short(names, most)
    assert len(set(cut)) == len(names)
    assert all(len(label) <= most for label in cut)


def test_short_names_stay_as_they_are_and_markup_stays_text():
    assert labels.short(["x", "y<b>", "prefix_a"], 16) == ["x", "y<b>", "prefix_a"]
    assert _figure.ticks(["x", "y<b>", "prefix_a"]) == ["x", "y&lt;b&gt;", "prefix_a"]


def test_what_is_left_out_are_whole_words():
    names = [f"sensor_floor_{i:02d}_{what}_temperature" for i in range(3) for what in ("min", "max")]
    assert labels.short(names, 12)[:3] == ["…00_min…", "…00_max…", "…01_min…"]


def test_one_target_is_bars_with_whole_names_and_its_interval():
    names = [f"measurement number {i} of the reactor in the north" for i in range(40)]
    values = np.linspace(1.0, -0.0001, 40)
    ends = np.column_stack([values - 0.1, values + 0.2])
    figure = bars.against(names, values, ends, "yield", unit="bits")
    bar, layout = figure["data"][0], figure["layout"]
    assert bar["type"] == "bar" and len(bar["x"]) == 30  # the rest stands in the list, and the axis says so
    assert "first 30 of 40" in layout["xaxis"]["title"]["text"] and "bits" in layout["xaxis"]["title"]["text"]
    assert len(set(layout["yaxis"]["ticktext"])) == 30
    assert table.table(figure)["y"] == names[:30]
    np.testing.assert_allclose(bar["error_x"]["array"], 0.2)
    np.testing.assert_allclose(bar["error_x"]["arrayminus"], 0.1)
    missing = bars.against(["a"], [0.3], [[np.nan, np.nan]], "b")["data"][0]
    assert missing["error_x"]["array"] == [0.0]


def test_noise_alone_is_pale():
    assert heat.matrix(["a", "b"], [[np.nan, -0.05], [-0.05, np.nan]])["data"][0]["zmax"] == 0.05
    assert heat.matrix(["a", "b"], [[np.nan, 0.3], [0.3, np.nan]])["data"][0]["zmax"] == 0.3


def square(pairs: dict[tuple[int, int], float], k: int = 7, rest: float = 0.1):
    values = np.full((k, k), rest)
    for (i, j), value in pairs.items():
        values[i, j] = values[j, i] = value
    np.fill_diagonal(values, np.nan)
    return values


@pytest.mark.parametrize("sure", [2.7, 9.2, np.inf])
def test_one_pair_that_is_nearly_a_function_leaves_the_others_their_colours(sure):
    values = square({(0, 1): sure, (2, 3): 0.8, (4, 5): 0.7, (1, 6): 0.6})
    figure = heat.matrix(list("abcdefg"), values)
    cell = figure["data"][0]
    assert cell["zmax"] == 0.8 and cell["z"][0, 1] > cell["zmax"] and np.isfinite(cell["z"][0, 1])
    assert cell["colorbar"]["ticktext"][-1] == f"≥ {cell['zmax']:.2g}"
    assert "The colours end at" in figure["layout"]["meta"]["alt"]
    assert [str(number) for number in cell["colorbar"]["tickvals"]][-1] == str(cell["zmax"])


def test_the_colours_go_to_the_largest_pair_where_it_stands_out_by_no_more_than_twice():
    plain = heat.matrix(list("abcdefg"), square({(0, 1): 0.9, (2, 3): 0.7, (4, 5): 0.6}))["data"][0]
    assert plain["zmax"] == 0.9 and "ticktext" not in plain["colorbar"]


def test_noise_stays_pale_beside_one_strong_pair():
    cell = heat.matrix(list("abcdefg"), square({(0, 1): 3.0}, rest=0.02))["data"][0]
    assert cell["zmax"] == 0.5  # 0.02 is a twenty-fifth of the scale
    bits = heat.matrix(list("abcdefg"), square({(0, 1): 3.0}, rest=0.02) / np.log(2), unit="bits")["data"][0]
    assert bits["zmax"] == pytest.approx(0.5 / np.log(2))


def test_what_does_not_stand_out_from_chance_is_pale_and_keeps_its_number():
    values = np.array([[np.nan, 0.4, 0.02], [0.4, np.nan, 0.01], [0.02, 0.01, np.nan]])
    quiet = values < 0.1
    loud, pale = heat.matrix("abc", values), heat.matrix("abc", values, quiet=quiet)
    assert len(loud["data"]) == 1 and len(pale["data"]) == 2
    assert np.array_equal(np.isfinite(pale["data"][1]["z"]), quiet)
    assert pale["data"][1]["hoverinfo"] == "skip"  # the pointer is told of the cell below
    marks = {(int(m["y"]), int(m["x"])): m["font"]["color"] for m in pale["layout"]["annotations"]}
    assert marks[0, 2] == palette.QUIET != marks[0, 1]
    assert str(table.table(pale)) == str(table.table(loud))  # the file of the figure holds every value once
