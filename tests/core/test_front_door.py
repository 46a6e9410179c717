"""What people hand over at the front door works, whatever holds the numbers, or is refused in one sentence that names it."""

from __future__ import annotations

import datetime
import decimal
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

import core
from core import information
from core.clusterers import IIC, KMeans
from core.densities import MDN, MSE
from core.distributions import from_dict, make, to_dict
from core.encoders import MINE
from core.evaluation.agreement import agreement
from core.evaluation.assignment import many_to_one, match
from core.projections import PCA, TSNE

N = 120
RNG = np.random.default_rng(0)
A = RNG.normal(size=N)
B = A + RNG.normal(size=N)
ROWS = np.column_stack([A, B, RNG.normal(size=N)])
FRAME = pd.DataFrame({"a": A, "b": B})
PICTURES = RNG.integers(0, 256, (40, 8, 8)).astype(np.uint8)

iic = lambda **more: IIC(**({"n_clusters": 3, "epochs": 2, "heads": 2, "over_heads": 1, "width": 4} | more))  # noqa: E731
mine = lambda: MINE(n_features=3, epochs=2, width=4, hidden=16, batch_size=40)  # noqa: E731
mdn = lambda: MDN(n_components=2, iterations=30, restarts=1)  # noqa: E731
mse = lambda: MSE(iterations=30)  # noqa: E731


class Foreign:
    """A table of another library, as polars' frames are: Arrow's stream is all that it has to give, text as views."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def one_sentence(call, kind=ValueError) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


TABLES = {
    "dict of arrays": {"a": A, "b": B},
    "dict of lists": {"a": list(A), "b": list(B)},
    "dict of tensors": {"a": torch.tensor(A, requires_grad=True), "b": torch.tensor(B)},
    "dict of series": {"a": FRAME["a"], "b": FRAME["b"]},
    "list of series": [FRAME["a"], FRAME["b"]],
    "list of dicts": FRAME.to_dict("records"),
    "list of rows": FRAME.to_numpy().tolist(),
    "array": FRAME.to_numpy(),
    "masked array": np.ma.masked_invalid(FRAME.to_numpy()),
    "record array": FRAME.to_records(index=False),
    "tensor": torch.tensor(FRAME.to_numpy(), requires_grad=True),
    "arrow": pa.table({"a": A, "b": B}),
    "arrow-backed": FRAME.convert_dtypes(dtype_backend="pyarrow"),
    "another library's": Foreign(pa.table({"a": A, "b": B})),
    "objects": FRAME.astype(object),
    "decimals": FRAME.map(lambda v: decimal.Decimal(float(v))),
    "numbers as names": FRAME.set_axis([0, 1], axis=1),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_is_a_table_whatever_holds_it(table):
    plain = core.mi_matrix(FRAME, method="gaussian").mi.to_numpy()
    np.testing.assert_allclose(core.mi_matrix(table, method="gaussian").mi.to_numpy(), plain, rtol=1e-6)


def test_kinds_of_arrow_are_kinds_of_tables():
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=i % 90) for i in range(N)]
    words = pa.array(["u", "v", None] * (N // 3), pa.string_view())
    arrow = pa.table(
        {
            "i": pa.array([None, *range(N - 1)]),
            "f": A,
            "b": pa.array([True, None] * (N // 2)),
            "t": words,
            "c": pa.array(["x", "y"] * (N // 2)).dictionary_encode(),
            "d": pa.array(days),
            "e": pa.nulls(N),
            "m": pa.array([decimal.Decimal(i) for i in range(N)]),
            "p": pa.array([datetime.timedelta(seconds=i) for i in range(N)]),
        }
    )
    kinds = {column.name: column.kind for column in core.data.tables.table_of(Foreign(arrow)).columns}
    assert kinds == {
        "i": "integer",
        "f": "numeric",
        "b": "constant",
        "t": "categorical",
        "c": "categorical",
        "d": "datetime",
        "e": "empty",
        "m": "numeric",
        "p": "numeric",
    }


def test_equal_names_keep_every_column_and_are_said():
    found = core.mi_matrix(pd.DataFrame(ROWS, columns=["a", "b", "a"]), method="gaussian")
    assert list(found.mi) == ["a", "b", "a (2)"]
    assert any("'a (2)'" in notice for notice in found.notices)
    assert list(core.mi_matrix(pd.DataFrame(ROWS, columns=[1, "1", 2])).mi) == ["1", "1 (2)", "2"]


def test_columns_may_be_named_as_the_frame_names_them():
    frame = pd.DataFrame(ROWS)
    assert list(core.mi_matrix(frame, columns=[0, 2], method="gaussian").mi) == ["0", "2"]
    assert set(core.mi_matrix(frame, target=1, method="gaussian").long["y"]) == {"1"}


def test_what_is_infinite_in_a_frame_counts_as_missing_and_is_said():
    frame = pd.DataFrame({"a": [np.inf, *A[1:]], "b": [10**400, *B[1:]]})
    found = core.mi_matrix(frame, method="gaussian")
    assert found.long["n"].tolist() == [N - 1]
    assert sum("infinite or too large" in notice for notice in found.notices) == 2


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: core.mi_matrix(None), "None is not a table"),
        (lambda: core.mi_matrix(3), "3 is not a table"),
        (lambda: core.mi_matrix("weather"), "'weather' is not a table.*read_table"),
        (lambda: core.mi_matrix(v for v in A), "a generator is not a table"),
        (lambda: core.mi_matrix([1, 2, 3]), "3 × 1"),
        (lambda: core.mi_matrix([A, B]), "2 × 120.*transpose"),
        (lambda: core.mi_matrix(np.zeros((10, 2, 2))), r"\(10, 2, 2\) is not a table"),
        (lambda: core.mi_matrix([[1, 2], [3]] * 10), "not of equal length"),
        (lambda: core.mi_matrix({"a": A, "b": B[:5]}), "'a' 120, 'b' 5"),
        (lambda: core.mi_matrix({"a": A, "b": 3}), "'a' 120, 'b' 0"),
        (lambda: core.mi_matrix(FRAME["a"]), "at least two columns"),
        (lambda: core.mi_matrix({"a": A + 1j, "b": B}), r"left out: a \(text\)"),
        (lambda: core.mi_matrix(FRAME, random_state=1), "random_state.*write it as seed"),
        (lambda: core.mi_matrix(FRAME, seed=-1), "seed=-1"),
        (lambda: core.mi_matrix(FRAME, columns=3), "columns=3"),
        (lambda: core.mi_matrix(FRAME, columns=[["a"], "b"]), "no column"),
        (lambda: core.mi_matrix(FRAME, method=3), "method=3 is unknown"),
        (lambda: core.mi_matrix(FRAME, method=["ksg"]), "unknown"),
        (lambda: core.mi_matrix(FRAME, n_jobs="x"), "n_jobs='x'"),
        (lambda: core.estimate_mi(None, B), "x is None"),
        (lambda: core.estimate_mi(A, "abc"), "y is 'abc'"),
        (lambda: core.estimate_mi({"a": A}, B), "x is a dict"),
        (lambda: core.estimate_mi((v for v in A), B), "x is a generator"),
        (lambda: core.estimate_mi([10**400] * N, B), "x holds a number beyond"),
        (lambda: core.estimate_mi(np.array([1, -(10**400)] * 60, dtype=object), B), "x holds a number beyond.*row 1"),
        (lambda: core.estimate_mi(A, B, seed=-1), "seed=-1"),
        (lambda: core.estimate_mi(A, B, method=None), "method=None is unknown"),
        (lambda: make("gaussian").sample(10, seed=-1), "seed=-1 is outside"),
        (lambda: make("gaussian").sample(10, seed=1.5), "seed=1.5 is not a whole number"),
        (lambda: make("gaussian").sample(1.5), "n=1.5 is not a whole number"),
        (lambda: make("gaussian").sample(0), "n=0 is outside"),
        (lambda: make("gaussian").sample("a"), "n='a'"),
        (lambda: make("gaussian").sample(10**12), "do not fit into the memory"),
        (lambda: make("gaussian").pointwise_mi([1.0, 2.0], [1.0]), "x has 2 rows and y has 1"),
        (lambda: make("gaussian").pointwise_mi([1.0], ["a"]), "y holds text"),
        (lambda: make("channel", dimension=3).pointwise_mi(A, B), r"x has 1 column, and this distribution's x has 3"),
        (lambda: to_dict(3), "3 is not a distribution"),
        (lambda: from_dict(None), "not as None"),
        (lambda: core.read_table("/tmp"), "tmp is a folder, not a table"),
        (lambda: core.read_table("."), "is a folder, not a table"),
        (lambda: core.read_table(""), "the path is empty"),
        (lambda: core.read_table(None), "None is not a path"),
        (lambda: core.read_table(FRAME), "a DataFrame is not a path.*mi_matrix"),
        (lambda: core.read_table(b"a,b\n1,2\n", name=3), "name=3 is not text"),
        (lambda: match([0, 1], [0, 10**9]), "number the clusters"),
        (lambda: many_to_one([0, 1], [0, 2**62]), "number the clusters"),
        (lambda: match([0, 1], [0, 1], 1.5), "k=1.5 is not a whole number"),
        (lambda: match([0, "a", None], [0, 1, 1]), "mixes kinds"),
        (lambda: agreement(range(5_000), range(5_000)), "not measurements"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(call, told):
    with pytest.raises(ValueError, match=told) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_refused_by_name():
    closed = io.BytesIO(b"a,b\n1,2\n")
    closed.close()
    assert "closed" in one_sentence(lambda: core.read_table(closed, name="mine.csv"), core.TableError)
    broken = type("Broken", (), {"read": lambda self, n: 5})()
    assert "yields int" in one_sentence(lambda: core.read_table(broken), core.TableError)
    torn = type("Torn", (), {"read": lambda self, n: (_ for _ in ()).throw(OSError(5, "Input/output error"))})()
    assert "Input/output error" in one_sentence(lambda: core.read_table(torn), core.TableError)


@pytest.mark.parametrize(
    "values",
    [
        torch.tensor(A, requires_grad=True),
        torch.tensor(A).bfloat16(),
        pa.array(A),
        pd.Series(A, dtype="float64[pyarrow]"),
        [decimal.Decimal(float(v)) for v in A],
        A.astype(np.longdouble),
    ],
    ids=["gradient", "bfloat16", "arrow", "arrow-backed", "decimals", "longdouble"],
)
def test_a_side_is_an_array_whatever_holds_it(values):
    plain = core.estimate_mi(A, B, "gaussian").mi
    # bfloat16 keeps three digits.
    assert core.estimate_mi(values, B, "gaussian").mi == pytest.approx(plain, abs=0.02)


@pytest.mark.parametrize(
    "make_one", [KMeans, PCA, TSNE, iic, mine, mdn, mse], ids=lambda f: getattr(f, "__name__", "net")
)
@pytest.mark.parametrize(
    ("X", "told"),
    [
        (None, "X is None"),
        (A, r"X has the shape \(120,\)"),
        ("abc", "text"),
        (np.where(ROWS > 2, np.nan, ROWS), "NaN"),
        (ROWS + 1j, "omplex"),
        (np.array([[10**400, 1]] * 20, dtype=object), "1.8e308"),
    ],
    ids=["none", "one-dimensional", "word", "missing", "complex", "beyond"],
)
def test_methods_refuse_in_one_sentence(make_one, X, told):
    with pytest.raises(ValueError, match=told) as caught:
        make_one().fit(X, A)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make_one", [lambda: KMeans(n_clusters=3), PCA, lambda: TSNE(iterations=10), iic, mine])
def test_methods_take_tensors_that_require_a_gradient(make_one):
    method = make_one().fit(torch.tensor(ROWS, requires_grad=True))
    answer = getattr(method, "transform", getattr(method, "predict_proba", None))
    again = make_one().fit(ROWS)
    np.testing.assert_array_equal(answer(torch.tensor(ROWS, requires_grad=True)), getattr(again, answer.__name__)(ROWS))


@pytest.mark.parametrize("scale", [1e155, 1e300, 1e-155, 1e-300])
def test_a_scale_changes_no_clusters_and_no_features(scale):
    for make_one in (lambda: KMeans(n_clusters=3), iic):
        plain, scaled = make_one().fit(ROWS), make_one().fit(ROWS * scale)
        np.testing.assert_array_equal(scaled.labels_, plain.labels_)
        np.testing.assert_allclose(scaled.predict_proba(ROWS * scale), plain.predict_proba(ROWS), atol=1e-4)
        assert len(set(plain.labels_)) > 1
    for make_one in (mine, lambda: TSNE(iterations=25)):
        plain, scaled = (make_one().fit(x).transform(x) for x in (ROWS, ROWS * scale))
        np.testing.assert_allclose(scaled, plain, atol=1e-3 * np.abs(plain).max())
    plain, scaled = PCA(n_components=2).fit_transform(ROWS), PCA(n_components=2).fit_transform(ROWS * scale)
    np.testing.assert_allclose(np.abs(scaled / scale), np.abs(plain), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("scale", [1e150, 1e300, 1e-300])
@pytest.mark.parametrize("make_one", [mdn, mse])
def test_a_scale_of_inputs_or_targets_changes_a_density_by_its_own_factor(make_one, scale):
    plain = make_one().fit(ROWS[:, 1:], A)
    inputs, targets = make_one().fit(ROWS[:, 1:] * scale, A), make_one().fit(ROWS[:, 1:], A * scale)
    known = plain.predict(ROWS[:, 1:])
    assert np.ptp(known) > 0.5
    np.testing.assert_allclose(inputs.predict(ROWS[:, 1:] * scale), known, atol=1e-3)
    np.testing.assert_allclose(targets.predict(ROWS[:, 1:]) / scale, known, atol=1e-3)
    nats = plain.log_density(ROWS[:, 1:], A) - np.log(scale)
    np.testing.assert_allclose(targets.log_density(ROWS[:, 1:], A * scale), nats, atol=0.02)


def test_kmeans_places_what_is_far_beyond_all_it_saw():
    method = KMeans(n_clusters=3, random_state=0).fit(ROWS)
    shares = method.predict_proba(ROWS * 1e200)
    assert np.isfinite(shares).all()
    np.testing.assert_array_equal(shares.argmax(1), method.predict(ROWS * 1e200))


@pytest.mark.parametrize("make_one", [iic, mine])
@pytest.mark.parametrize("X", [np.ones((50, 3)), np.full((50, 2), 1e300), np.full((50, 8, 8), 7, np.uint8)])
def test_constant_data_are_refused(make_one, X):
    assert "constant" in one_sentence(lambda: make_one().fit(X))


def test_rows_that_hardly_differ_share_no_information():
    """A clean row and a noised one can be told apart, but not two noised ones: "with noise" is no cluster."""
    rows = np.where(np.arange(400)[:, None] == 0, 1.0, 0.0) * np.ones(3)  # one row in 400 differs
    found = iic(n_clusters=2, epochs=30).fit(rows)
    # The entropy of 1 in 400 is .017 nats; telling rows from views was worth .54 of ln 2.
    assert found.mi_ < 0.05


def test_channels_may_come_last():
    colour = np.repeat(PICTURES[..., None], 3, axis=-1)
    for make_one in (iic, mine):
        first, last = make_one().fit(np.moveaxis(colour, -1, 1)), make_one().fit(colour)
        assert last.scale_.shape == (3, 8, 8)
        assert last.mi_ == first.mi_
    assert iic().fit(PICTURES[..., None]).mi_ == iic().fit(PICTURES).mi_ == iic().fit(PICTURES.tolist()).mi_
    assert "axis 1 or axis 3" in one_sentence(lambda: iic().fit(np.zeros((20, 3, 8, 3), np.uint8) + 1))


@pytest.mark.parametrize("make_one", [lambda: PCA(n_components=2), lambda: TSNE(iterations=10), mine])
def test_encoders_name_their_features(make_one):
    frame = make_one().set_output(transform="pandas").fit_transform(pd.DataFrame(ROWS, columns=list("abc")))
    name = type(make_one()).__name__.lower()
    assert list(frame) == [f"{name}{i}" for i in range(frame.shape[1])]


def test_the_joint_of_a_clustering_is_a_joint():
    found = iic(n_clusters=10).fit(ROWS)
    assert information.mutual_information(found.joint_) == pytest.approx(found.mi_, abs=1e-5)
    single = np.full((7, 9), 1 / 63, np.float32)
    assert information.mutual_information(single * np.float32(1 + 1e-7)) == pytest.approx(0, abs=1e-9)
    assert information.entropy(torch.tensor([0.5, 0.5], requires_grad=True)) == pytest.approx(np.log(2))


def test_raw_columns_of_any_size_are_right_or_refused():
    plain = core.estimate_mi(A, B, "gaussian", margins="raw").mi
    for scale in (1e155, 1e300, 1e-300):
        assert core.estimate_mi(A * scale, B, "gaussian", margins="raw").mi == pytest.approx(plain, abs=1e-9)
        told = one_sentence(lambda s=scale: core.estimate_mi(A * s, B, "mine", margins="raw", iterations=5))
        assert "standardise" in told
