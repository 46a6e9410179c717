"""The graph of columns: who stands where does not depend on the lines, and a line knows its columns."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.charts import dependence


def drawn(k: int, m: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    pairs = np.array([(i, j) for i in range(k) for j in range(i)])
    edges = pairs[rng.permutation(len(pairs))[:m]]
    values = rng.uniform(0.1, 1.0, len(edges))
    names = [f"column {i}" for i in range(k)]
    texts = [f"{names[a]} · {names[b]}" for a, b in edges]
    return edges, values, dependence.circle(names, edges, values, np.arange(k), float(values.max()), texts)


def columns(figure):
    return np.column_stack([figure["data"][-1][axis] for axis in "xy"])


def test_columns_stay_where_they_are_while_lines_come_and_go():
    edges, values, all_ = drawn(12, 40)
    few = dependence.circle([f"column {i}" for i in range(12)], edges[:3], values[:3], np.arange(12), 1.0)
    none = dependence.circle([f"column {i}" for i in range(12)], [], [], np.arange(12), 0.0)
    assert np.array_equal(columns(all_), columns(few)) and np.array_equal(columns(all_), columns(none))
    assert [len(few["data"]), len(none["data"])] == [len(all_["data"])] * 2  # so that a browser gets differences alone
    assert np.linalg.norm(columns(all_), axis=1) == pytest.approx(1.0)


def test_the_order_goes_round_the_circle():
    order = np.array([2, 0, 3, 1])
    places = columns(dependence.circle(list("abcd"), [], [], order, 0.0))
    assert places[order] == pytest.approx(np.array([(0, 1), (1, 0), (0, -1), (-1, 0)]), abs=1e-12)


def test_every_mark_on_a_line_tells_its_two_columns():
    edges, _, figure = drawn(8, 20)
    marks = figure["data"][-2]
    assert {tuple(pair) for pair in marks["customdata"]} == {tuple(map(int, pair)) for pair in edges}
    for (a, b), text in zip(marks["customdata"], marks["text"], strict=True):
        assert text == f"column {a} · column {b}"
    assert len(marks["x"]) == len(marks["customdata"])


def test_the_stronger_the_wider_and_of_very_many_the_strongest():
    edges, values, figure = drawn(60, 1_700)
    lines = figure["data"][: len(dependence._WIDTHS)]
    assert sorted(line["line"]["width"] for line in lines) == [line["line"]["width"] for line in lines]
    kept = {tuple(pair) for pair in figure["data"][-2]["customdata"]}
    strongest = edges[np.argsort(-values)[: dependence.EDGES]]
    assert kept == {tuple(map(int, pair)) for pair in strongest}


def test_sixty_names_are_all_there_and_stand_off_each_other():
    _, _, figure = drawn(60, 100)
    names = figure["layout"]["annotations"]
    assert len(names) == 60 and len({name["text"] for name in names}) == 60
    angles = np.sort([np.arctan2(name["y"], name["x"]) for name in names])
    assert np.diff(angles).min() == pytest.approx(2 * np.pi / 60)  # 13 pixels, where a letter is 10 high
    assert all(-90 <= name["textangle"] <= 90 for name in names)  # none upside down


def test_long_names_beside_the_circle_have_room():
    short, long = (dependence.circle([name] * 8, [], [], np.arange(8), 1.0) for name in ("abc", "Zufriedenheit"))
    ranges = [figure["layout"]["xaxis"]["range"] for figure in (short, long)]
    assert ranges[0] == [-1.45, 1.45] and ranges[1][1] > 1.7
    assert short["layout"]["yaxis"]["range"] == long["layout"]["yaxis"]["range"]
