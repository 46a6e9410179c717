"""Choosing columns for a target: Friedman's function with near-copies, what only two columns tell, names, scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.express as px
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from core import FeatureSelector, mi_matrix, select_features
from core.analysis.selection import described, ranked
from core.analysis.shared import Shared
from core.data.tables import table_of
from core.method import Checkpoint, TableSource
from core.sweeps import Features


def friedman(n: int, seed: int, copies: float) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.uniform(size=(n, 10))
    frame = pd.DataFrame(x, columns=[f"x{i + 1}" for i in range(10)])
    for i in range(5):
        frame[f"copy {i + 1}"] = x[:, i] + copies * rng.normal(size=n)
    bent = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    return frame.assign(y=bent + 10 * x[:, 3] + 5 * x[:, 4] + rng.normal(size=n))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_friedmans_five_come_first_and_no_copy_among_them(seed):
    found = select_features(friedman(2_000, seed, copies=0.1), "y", n_features=6)
    order = list(found.ranking["column"])
    assert set(order[:5]) == {"x1", "x2", "x3", "x4", "x5"}
    assert found.ranking["relevance"][:5].min() > 0.03 > abs(found.ranking["relevance"][5])


def test_by_relevance_alone_copies_come_as_well_and_their_repetition_is_shown():
    ranking = select_features(friedman(1_000, 0, copies=0.1), "y", n_features=4, criterion="relevance").ranking
    assert any(name.startswith("copy") for name in ranking["column"])
    assert ranking["redundancy"].max() > 0.3


def test_jmi_sees_what_two_columns_tell_only_together():
    rng, n = np.random.default_rng(0), 1_500
    a, b = rng.normal(size=(2, n))
    frame = pd.DataFrame({"a": a, "b": b, **{f"noise {i}": rng.normal(size=n) for i in range(4)}})
    frame["y"] = np.sign(a * b) * np.abs(rng.normal(size=n)) + 0.4 * a
    assert set(select_features(frame, "y", n_features=2, criterion="jmi").ranking["column"]) == {"a", "b"}


def test_an_mi_below_zero_is_chance_and_no_merit():
    shared = Shared([np.empty(0)] * 4, [False] * 4, 5, 0)
    target = {(0,): 0.5, (1,): 0.05, (2,): -0.01, (0, 1): 0.5, (0, 2): -0.02}
    shared._found = {(which, 3): mi for which, mi in target.items()} | {((1,), 0): 0.0, ((2,), 0): -0.3}
    rows = ranked(shared, range(3), 3, "mrmr")
    assert [row["column"] for row in rows] == [0, 1, 2]
    assert [(row["redundancy"], row["score"]) for row in rows[1:]] == [(0.0, 0.05), (0.0, 0.0)]
    assert described(shared, [0, 2], "jmi")[1]["score"] == 0.0


def test_names_and_gaps_take_part_and_halves_say_how_steady_the_choice_is():
    rng, n = np.random.default_rng(0), 600
    kind = rng.integers(0, 3, n)
    frame = pd.DataFrame({f"noise {i}": rng.normal(size=n) for i in range(4)})
    frame["kind"] = pd.Categorical(np.array(["a", "b", "c"])[kind])
    frame["number"] = np.where(rng.random(n) < 0.2, np.nan, kind + rng.normal(size=n) / 2)
    frame["y"] = 2.0 * kind + rng.normal(size=n)
    ranking = select_features(frame, "y", n_features=2, halves=6).ranking.set_index("column")
    assert ranking.index[0] == "kind" and ranking.share["kind"] == 1.0
    assert ranking.share.min() > 0  # and of the second at least something
    named = select_features(frame.drop(columns="kind").assign(y=frame["kind"]), "y", n_features=1).ranking
    assert list(named["column"]) == ["number"] and np.isnan(named["share"]).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"criterion": "mrm"}, "criterion='mrm' is unknown; use one of mrmr, jmi, relevance"),
        ({"n_features": 0}, r"n_features=0 is outside \[1"),
        ({"halves": -1}, r"halves=-1 is outside \[0"),
        ({"target": "z"}, "there is no column 'z'"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(asked, message):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 3)), columns=list("aby"))
    with pytest.raises(ValueError, match=message):
        select_features(frame, **({"target": "y"} | asked))


def test_jmi_refuses_names_with_numbers():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=90), "kind": pd.Categorical(rng.choice(list("xyz"), 90))})
    with pytest.raises(ValueError, match="jmi cannot join names with numbers"):
        select_features(frame.assign(y=rng.normal(size=90)), "y", criterion="jmi")


def test_the_selector_passes_scikit_learns_checks():
    results = check_estimator(FeatureSelector(n_features=2), on_fail=None)
    assert len(results) > 40
    assert [(r["check_name"], r["exception"]) for r in results if r["status"] == "failed"] == []


def test_the_selector_works_in_a_pipeline_and_says_what_it_kept():
    frame = friedman(600, 0, copies=0.1)
    X, y = frame.drop(columns="y"), frame["y"]
    selector = FeatureSelector(n_features=3)
    kept = make_pipeline(selector, StandardScaler()).fit_transform(X, y)
    assert kept.shape == (600, 3) and selector.ranking_.shape == selector.relevance_.shape == (3,)
    assert set(selector.get_feature_names_out()) == set(X.columns[selector.ranking_])
    words = np.where(y > y.median(), "high", "low")
    assert "x4" in FeatureSelector(n_features=2).fit(X, words).get_feature_names_out()


def run(frame: pd.DataFrame, start: Checkpoint | None = None, **parameters) -> Features:
    method = Features(**({"target": "y"} | parameters))
    list(method.steps(TableSource(table_of(frame), tuple(frame.columns)), start))
    return method.finish()


def test_the_run_says_what_the_function_and_the_matrix_say_and_names_the_copies():
    frame = friedman(600, 0, copies=0.02)
    found, expected = run(frame, n_features=4, halves=3), select_features(frame, "y", n_features=4, halves=3).ranking
    assert [row["column"] for row in found.ranking_] == list(expected["column"])
    for key in ("relevance", "redundancy", "score", "share"):
        assert np.allclose([row[key] for row in found.ranking_], expected[key])
    first = found.ranking_[0]
    pair = mi_matrix(frame, [first["column"], "y"]).long.iloc[0]
    assert (first["relevance"], first["low"], first["n"]) == (pair["mi"], pair["low"], pair["n"])
    pairs = {frozenset((row["column"], *row["copies"])) for row in found.ranking_}
    assert {frozenset((f"x{i}", f"copy {i}")) for i in (1, 2, 4)} <= pairs
    assert len(found.ranking_) + len(found.rest_) == 15


def test_columns_that_share_much_are_no_copies_and_equal_names_are():
    rng = np.random.default_rng(0)
    x, kind = rng.normal(size=500), rng.integers(0, 3, 500)
    frame = pd.DataFrame({"x": x, "follows": x + rng.normal(size=500), "copy": x + 0.1 * rng.normal(size=500)})
    named = {name: pd.Categorical(np.array(["a", "b", "c"])[kind]) for name in ("kind", "same kind")}
    found = run(frame.assign(**named, y=rng.normal(size=500)), n_features=5, criterion="relevance", halves=0)
    copies = {row["column"]: set(row["copies"]) for row in found.ranking_}
    assert copies["x"] == {"copy"} and copies["follows"] == set() and copies["kind"] == {"same kind"}


@pytest.mark.parametrize("after", [5, 17, 20])
def test_a_choice_that_was_stopped_says_how_far_it_came_and_goes_on_from_there(after):
    frame = friedman(300, 1, copies=0.1)
    source, settings = TableSource(table_of(frame), tuple(frame.columns)), {"n_features": 4, "halves": 3}
    first, whole = Features(target="y", **settings), run(frame, **settings)
    steps = first.steps(source)
    for _ in range(after):
        next(steps)
    steps.close()
    stopped = first.finish().result()
    assert len(stopped["ranking"]) == min(max(after - 15, 0), 4) and stopped["halves"] == max(after - 19, 0)
    assert len(stopped["ranking"]) + len(stopped["rest"]) == min(after, 15)
    again = Features(target="y", **settings)
    indices = [step.index for step in again.steps(source, first.checkpoint())]
    assert indices == list(range(after + 1, again.total + 1)) and again.finish().result() == whole.result()


def test_a_target_that_nothing_is_known_with_is_said():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["a", "y"])
    frame.loc[:35, "a"] = np.nan
    with pytest.raises(ValueError, match="no column has ten rows or more in common with y"):
        run(frame)
    with pytest.raises(ValueError, match="target is empty"):
        run(frame, target="")


def test_a_copy_is_mutual():
    """gapminder: continent, of five values, was called nearly a copy of its 142 countries."""
    countries = px.data.gapminder(centroids=True)
    found = run(countries, target="lifeExp", criterion="relevance", halves=0)
    copies = {row["column"]: set(row["copies"]) for row in found.ranking_}
    same = {"country", "iso_alpha", "iso_num", "centroid_lat", "centroid_lon"}
    assert copies["continent"] == set() and copies["pop"] == set() and copies["gdpPercap"] == set()
    assert copies["country"] == same - {"country"} and copies["iso_num"] == {"country", "iso_alpha"}


def test_names_of_a_few_rows_each_are_copies_of_what_tells_them_all_and_of_nothing_else():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 40, 500)
    frame = pd.DataFrame({"town": [f"t{i}" for i in codes], "post": [f"p{i}" for i in codes]})
    frame = frame.assign(land=[f"l{i % 12}" for i in codes], y=rng.normal(size=500)).astype({"town": "category"})
    found = run(frame.astype({"post": "category", "land": "category"}), criterion="relevance", halves=0)
    copies = {row["column"]: set(row["copies"]) for row in found.ranking_}
    assert copies == {"town": {"post"}, "post": {"town"}, "land": set()}


def test_the_choice_stops_where_all_others_repeat_more_than_they_tell():
    """All nine columns of gapminder were kept, down to a score of −3.4, and each was chosen again in all halves."""
    countries = px.data.gapminder(centroids=True)
    method = Features(target="lifeExp", halves=4)
    steps = list(method.steps(TableSource(table_of(countries), tuple(countries.columns))))
    found = method.finish()
    assert steps[-1].index == method.total == len(countries.columns) - 1 + len(found.ranking_) + 4
    assert 1 <= len(found.ranking_) < 5 and all(row["score"] > 0 for row in found.ranking_)
    (said,) = (notice for notice in found.result()["notices"] if "The choice stops after" in notice)
    assert "tells of lifeExp" in said
    by_default = select_features(countries, "lifeExp")
    assert (
        list(by_default.ranking["column"]) == [row["column"] for row in found.ranking_] and said in by_default.notices
    )
    assert len(select_features(countries, "lifeExp", n_features=6).ranking) == 6, "as many as are asked for"


def test_the_five_of_friedman_are_all_kept_where_the_choice_stops_by_itself():
    chosen = list(select_features(friedman(2_000, 0, copies=0.1), "y").ranking["column"])
    assert {"x1", "x2", "x3", "x4", "x5"} <= set(chosen[:6])
