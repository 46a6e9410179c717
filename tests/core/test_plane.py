"""The compiled search of one column against one: it finds what trees find, to the last bit."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from core import estimate_mi, mi_matrix, neighbours, trees
from core.plane import Plane


def _sides(kind: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(len(kind))
    x, noise = rng.normal(size=(n, 1)), rng.normal(size=(n, 1))
    return {
        "independent": lambda: (x, noise),
        "a line": lambda: (x, x),
        "a wave": lambda: (x, np.sin(40 * x) + 1e-3 * noise),
        "long tails": lambda: (x**9, np.exp(5 * noise)),
        "five values": lambda: (np.round(x.clip(-1, 1) * 2), noise),
        "on a grid": lambda: (np.round(x * 9) / 9, np.round((x + noise) * 7) / 7),
        "one value": lambda: (np.zeros((n, 1)), noise),
        "two far clusters": lambda: (x + 1e6 * (noise > 0), x - 1e6 * (noise > 0)),
    }[kind]()


@pytest.mark.parametrize("n", [3, 10, 700])
@pytest.mark.parametrize(
    "kind",
    ["independent", "a line", "a wave", "long tails", "five values", "on a grid", "one value", "two far clusters"],
)
def test_it_finds_the_distances_and_counts_of_trees(kind: str, n: int) -> None:
    x, y = _sides(kind, n)
    asked = np.random.default_rng(1).permutation(n)[: max(2, n // 2)]  # in any order, not all of them
    ours, theirs = Plane(x, y).at(asked), trees.Trees(x, y).at(asked)
    for m, last in ((min(7, n), 2), (min(7, n), 0), (n + 2, 2)):  # more than there are: infinite, as with trees
        assert np.array_equal(ours.nearest(m, last)[0], theirs.nearest(m, last)[0])
    reach, some = theirs.nearest(min(7, n))[0][:, -1] * (1 + 1e-10), asked % 3 > 0
    assert np.array_equal(ours.inside(reach, some), theirs.inside(reach, some))
    for found, known in zip(ours.alone(reach, reach / 2), theirs.alone(reach, reach / 2), strict=True):
        assert np.array_equal(found, known)


def test_the_numbers_it_gives_are_of_rows_at_those_distances() -> None:
    x, y = _sides("independent", 500)
    distances, rows = Plane(x, y).at(np.arange(500)).nearest(6)
    assert np.array_equal(rows[:, 0], np.arange(500)) and all(len(set(row)) == 6 for row in rows)
    assert np.array_equal(np.maximum(abs(x[rows, 0] - x), abs(y[rows, 0] - y)), distances)


@pytest.mark.parametrize("algorithm", ["1", "2"])
def test_an_estimate_is_the_same_by_either(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = _sides("a wave", 900)
    found = []
    for search in (trees.Trees, Plane):
        monkeypatch.setattr(neighbours, "_of_two", search)
        result = estimate_mi(x, y, "ksg", algorithm=algorithm)
        found.append((result.mi, result.interval))
    assert found[0] == found[1]


def test_it_is_loaded_where_there_is_much_to_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_of_two", trees.Trees)
    rng = np.random.default_rng(0)
    small = rng.normal(size=(50, 3))
    mi_matrix(small)
    assert neighbours._of_two is trees.Trees
    monkeypatch.setattr(neighbours, "_WORTH", 100)
    mi_matrix(small)
    assert neighbours._of_two is Plane


def test_without_the_compiler_trees_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_of_two", trees.Trees)
    monkeypatch.setattr(neighbours, "_WORTH", 100)
    monkeypatch.setitem(sys.modules, "core.plane", None)  # what an import that fails looks like
    rng = np.random.default_rng(0)
    assert len(mi_matrix(rng.normal(size=(50, 3))).long) == 3
    assert neighbours._of_two is trees.Trees


@pytest.mark.parametrize("algorithm", ["1", "2"])
@pytest.mark.parametrize("d", [1, 2, 6])
def test_parts_that_are_searched_at_once_are_what_each_is_alone(algorithm: str, d: int) -> None:
    rng = np.random.default_rng(d)
    x = rng.normal(size=(400, d)) * 50
    y = x + rng.normal(size=(400, d))
    parts = rng.permutation(400)[:360].reshape(4, 90)
    alone = [neighbours.ksg(x[rows], y[rows], 5, algorithm)[0].mean() for rows in parts]
    assert np.allclose(neighbours.of_parts(x, y, parts, 5, algorithm), alone, atol=1e-12)
