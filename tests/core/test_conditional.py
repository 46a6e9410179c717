"""What two columns share once others are known, and the links that remain: chains, forks, colliders, names, and their run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import conditional_mi
from core.analysis.conditional_test import Side, conditional_test
from core.analysis.skeleton import Skeleton
from core.data.tables import table_of
from core.method import Checkpoint, TableSource
from core.sweeps import Conditional


def chain(n: int = 600, seed: int = 0, bent: bool = False) -> pd.DataFrame:
    """x → y → z, and w, which has nothing to do with them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = (x**2 if bent else x) + 0.5 * rng.normal(size=n)
    return pd.DataFrame({"x": x, "z": y + 0.5 * rng.normal(size=n), "y": y, "w": rng.normal(size=n)})


def run(frame: pd.DataFrame, *columns: str, start: Checkpoint | None = None, **parameters) -> Conditional:
    method = Conditional(**parameters)
    list(method.steps(TableSource(table_of(frame), columns or tuple(frame.columns)), start))
    return method.finish()


def links(method: Conditional) -> dict[frozenset, dict]:
    return {frozenset((link["x"], link["y"])): link for link in method.links_}


@pytest.mark.parametrize("bent", [False, True])
def test_in_a_chain_the_outer_link_vanishes_given_the_middle(bent):
    method = run(chain(1_000, bent=bent))
    found = links(method)
    outer = found[frozenset("xz")]
    assert outer["stays"] is False and outer["given"] == "y" and outer["p"] < 1e-6
    assert found[frozenset("xy")]["stays"] and found[frozenset("yz")]["stays"]
    assert not any(found[frozenset(("w", other))]["stays"] for other in "xyz")
    assert method.alone_["mi"] > 0.15 and abs(method.given_["mi"]) < 0.05 and method.given_["p"] > 0.05


def test_a_common_cause_explains_a_link_and_a_common_effect_makes_none():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 800))
    fork = pd.DataFrame({"x": a + 0.5 * rng.normal(size=800), "y": a + 0.5 * rng.normal(size=800), "cause": a})
    assert links(run(fork))[frozenset("xy")]["given"] == "cause"
    collider = pd.DataFrame({"x": a, "y": b, "effect": a + b + 0.3 * rng.normal(size=800)})
    method = run(collider)
    assert links(method)[frozenset("xy")]["stays"] is False and links(method)[frozenset("xy")]["given"] is None
    assert method.alone_["p"] > 0.05 and method.given_["mi"] > 0.3 and method.given_["p"] < 1e-3


def test_names_separate_and_are_separated():
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 3, 700)
    frame = pd.DataFrame({"x": kind + 0.7 * rng.normal(size=700), "y": -kind + 0.7 * rng.normal(size=700)})
    found = run(frame.assign(kind=pd.Categorical(np.array(["a", "b", "c"])[kind])))
    assert links(found)[frozenset("xy")]["given"] == "kind" and found.given_["p"] > 0.05
    assert "Names enter as a column of 0 and 1 for each of them: kind." in map(str, found.result()["notices"])


def test_the_level_of_the_test_is_kept_along_a_chain():
    p = []
    for seed in range(40):
        frame = chain(300, seed)
        x, y, z = (Side.of(frame[name].to_numpy(), False) for name in "xyz")
        p.append(conditional_test(x, z, [y], np.random.default_rng(seed))[1])
    assert np.mean(np.array(p) <= 0.05) <= 0.16  # of 40 at 5 %: three deviations


def test_the_figure_is_that_of_the_function():
    frame = chain(400)
    method = run(frame, "x", "z", "y")
    expected = conditional_mi(frame["x"], frame["z"], frame["y"])
    assert method.given_["mi"] == pytest.approx(expected.mi) and method.given_["low"] == pytest.approx(
        expected.interval[0]
    )


def test_rows_with_gaps_are_left_out_and_counted():
    frame = chain(300)
    frame.loc[:19, "w"] = np.nan
    frame.loc[290:, "x"] = np.nan
    said = run(frame, most=150).result()
    assert (said["n"], said["left_out"], said["tested"]) == (270, 30, 150)


@pytest.mark.parametrize("after", [1, 6, 8])
def test_a_run_that_was_stopped_says_what_it_has_and_goes_on(after):
    source = TableSource(table_of(chain(300)), tuple("xzyw"))
    first, whole = Conditional(), run(chain(300))
    steps = first.steps(source)
    for _ in range(after):
        next(steps)
    steps.close()
    stopped = first.finish().result()
    assert (stopped["conditional"] is None) == (after < 7) and len(stopped["links"]) == min(after, 6)
    again = Conditional()
    indices = [step.index for step in again.steps(source, first.checkpoint())]
    assert indices == list(range(after + 1, again.total + 1)) and again.finish().result() == whole.result()


def test_links_do_not_depend_on_the_order_of_the_columns():
    alone = {frozenset(pair): (0.3, 0.0) for pair in ("ab", "ac", "bc", "cd")}
    alone |= {frozenset(pair): (0.0, 0.9) for pair in ("ad", "bd")}
    made = []
    for columns in ("abcd", "dcba"):
        skeleton = Skeleton([*columns], alone, 0.05)
        list(skeleton.ask(lambda x, y, given: (0.0, 0.8) if {x, y} == {"a", "b"} and given == "c" else (0.2, 0.0)))
        assert skeleton.left == 0
        made.append({frozenset((link.x, link.y)): link.stays for link in skeleton.links()})
    assert made[0] == made[1] and [frozenset("ab"), frozenset("ad"), frozenset("bd")] == [
        pair for pair in map(frozenset, ("ab", "ac", "ad", "bc", "bd", "cd")) if not made[0][pair]
    ]


def test_a_pair_without_a_p_value_stays_open():
    skeleton = Skeleton([*"abc"], {frozenset(p): (0.5, float("nan")) for p in ("ab", "ac", "bc")}, 0.05)
    assert list(skeleton.ask(lambda *_: (0.0, 1.0))) == [] and {link.stays for link in skeleton.links()} == {None}


def test_columns_that_drift_have_no_p_value_alone_nor_given_others():
    walks = np.random.default_rng(0).normal(size=(300, 3)).cumsum(axis=0)
    said = run(pd.DataFrame(walks, columns=list("xyz"))).result()
    assert said["alone"]["p"] is None and said["conditional"]["p"] is None


@pytest.mark.parametrize(
    ("change", "columns", "message"),
    [
        ({}, "xz", "2 different columns were given"),
        ({"w": np.nan}, "xzw", "column 'w' is empty"),
        ({"w": [1.0] * 30 + [None] * 70}, "xzw", "30 rows have all 3 columns; at least 50"),
        ({"w": 1.0}, "xzw", "w is constant"),
        ({"w": pd.Categorical([f"name {i // 7}" for i in range(100)])}, "xzw", "w has 15 names in 100 rows"),
    ],
)
def test_what_cannot_be_known_is_told_in_one_sentence(change, columns, message):
    with pytest.raises(ValueError, match=message):
        run(chain(100).assign(**change), *columns)
