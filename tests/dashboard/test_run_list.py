"""The list of runs says what each run is called, what it was made from and what it came to, in words that people read."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.data.tables import save_upload
from core.paths import VARIABLE
from core.sentences import Sentence
from core.spec import Spec
from dashboard import state
from dashboard.jobs import Run
from dashboard.jobs.writer import Writer
from dashboard.screens.runs import headlines, history
from dashboard.text import t
from dashboard.widgets import run_settings

_GAUSS = {"distribution": {"name": "gaussian", "rho": 0.5}, "n": 500}
_WINE = {"table": "wine", "x": ["alcohol", "hue", "ash", "magnesium"], "labels": "cultivar"}
_SCAN = {"kind": "clusterers", "method": "iic", "parameter": "n_clusters", "values": [2, 3], "settings": []}


def run(family: str, method: str, data: dict, /, id: str = "a" * 12, info: dict | None = None, **parameters) -> Run:
    spec = Spec.parse({"family": family, "method": method, "data": data, "parameters": parameters})
    return Run(id, spec.to_json(), "finished", info=info or {})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def test_data_are_called_as_people_call_them(folder):
    upload = save_upload(b"height,weight\n1,2\n3,4\n", "my people.csv")
    said = lambda family, method, data: t(run(family, method, data).spec.data.description())  # noqa: E731
    assert said("estimators", "mine", _GAUSS) == "Bivariate Gaussian, ρ = 0.5"
    assert (
        said("estimators", "ksg", {"table": upload, "x": ["height"], "y": ["weight"]})
        == "my people.csv: height → weight"
    )
    assert said("clusterers", "iic", _WINE) == "Italian wines: 4 columns"
    assert said("clusterers", "kmeans", {"images": "digits", "n": 500}) == "500 of Handwritten digits, 8 × 8"
    assert said("densities", "mdn", {"problem": "arm", "n": 500}) == "Robot arm"
    assert said("encoders", "tsne", {"run": "abcdef123456"}) == "features of run abcd"
    gone = {"table": "0" * 16, "x": ["a"], "y": ["b"]}
    assert said("estimators", "ksg", gone) == f"{'0' * 16}: a → b"  # the file was deleted: what is left of it is its id


def test_runs_are_told_apart_by_the_name_of_their_data_and_not_by_its_hash(folder):
    upload = save_upload(b"height,weight\n1,2\n3,4\n", "people.csv")
    specs = [
        run("clusterers", "iic", {"table": table, "x": ["a"]}, n_clusters=k).spec
        for table, k in (("wine", 3), (upload, 4))
    ]
    first, second = run_settings.names(specs)
    assert "Italian wines" in first and "number of clusters = 3" in first
    assert "people.csv" in second and upload not in second


@pytest.mark.parametrize(
    "made, result, called, figure",
    [
        (run("estimators", "ksg", _GAUSS), {"mi": 0.5108}, "KSG (nearest neighbours)", "MI 0.511 nats, as |ρ| = 0.80"),
        (
            run("clusterers", "iic", _WINE),
            {"accuracy": 0.9491, "mi": 1.0, "agreement_all": 0.9},
            "IIC",
            "accuracy 94.9%",
        ),
        (
            run("clusterers", "iic", {"table": "wine", "x": ["ash"]}),
            {"agreement_all": 0.876, "mi": 1.0},
            "IIC",
            "heads agree 0.88 (NMI)",
        ),
        (
            run("densities", "mdn", {"problem": "inverse"}),
            {"nll": 1.402, "nll_held_out": 1.5, "mi": 1.6},
            "Mixture density network",
            "NLL 1.402 nats",
        ),
        (
            run("encoders", "mine", {"images": "digits"}),
            {"probes": {"features": {"linear": {"test": 0.956}}}, "mi": 2.0},
            "MINE representation",
            "linear probe 95.6%",
        ),
        (run("encoders", "tsne", {"images": "digits"}), {"trustworthiness": 0.987}, "t-SNE", "trustworthiness 0.987"),
        (
            run("sweeps", "matrix", {"table": "wine", "x": ["ash", "hue"]}),
            {"long": [{"x": "ash", "y": "hue", "mi": 0.25}, {"x": "a", "y": "b", "mi": None}]},
            "Matrix of column pairs",
            "strongest: ash, hue, 0.250 nats",
        ),
        (
            run("sweeps", "scan", {"images": "digits"}, **_SCAN),
            {"steps": 2},
            "IIC: scan of Number of clusters",
            "2 values",
        ),
        (
            run("pitfalls", "labels_for_choosing", {"images": "digits"}),
            {"wrong": 0.877, "right": 0.851},
            "What goes wrong: Labels used for choosing",
            "87.7% instead of 85.1%",
        ),
    ],
)
def test_a_run_has_a_readable_name_and_the_figure_of_its_page(made, result, called, figure):
    assert headlines.name(made) == called
    assert headlines.figure(made, result) == figure
    assert headlines.figure(made, {}) in ("", "2 values")


def test_a_figure_is_in_the_unit_that_the_runs_page_was_left_in_and_so_is_its_link(monkeypatch):
    monkeypatch.setattr(state, "remembered", {"table": {"unit": "bits"}, "estimate": {}}.__getitem__)
    made = run("sweeps", "matrix", {"table": "wine", "x": ["ash", "hue"]})
    assert headlines.figure(made, {"long": [{"x": "a", "y": "b", "mi": 0.25}]}) == "strongest: a, b, 0.361 bits"
    said = Sentence("{x} given others: {mi:.3f} nats", x="a", mi=0.25)
    assert headlines.figure(made, {"headline": said}) == "a given others: 0.361 bits"
    assert history.link([made])["unit"] == "bits"
    other = run("estimators", "ksg", _GAUSS)
    assert "0.511 nats" in headlines.figure(other, {"mi": 0.5108}) and "unit" not in history.link([other])


def test_no_number_of_a_training_batch_is_called_a_result():
    batch = {"mi": 0.9, "loss": 0.1}
    assert headlines.figure(run("estimators", "mine", _GAUSS, info=batch), {}) == ""
    known = run("estimators", "mine", _GAUSS, info=batch | {"mi_held_out": 0.5})
    assert headlines.figure(known, {}).startswith("MI 0.500 nats")


def test_a_run_whose_method_is_gone_says_so():
    gone = Run("a" * 12, '{"family": "estimators", "method": "vanished", "data": {"problem": "inverse"}}', "finished")
    assert headlines.name(gone) == "vanished" and "can no longer be read" in headlines.figure(gone, {})


def test_what_groups_or_lays_out_a_table_opens_on_the_page_that_shows_it():
    assert history.page_of(run("clusterers", "iic", _WINE)) == "cluster"
    assert history.page_of(run("encoders", "pca", _WINE)) == "embedding"
    assert history.page_of(run("encoders", "mine", _WINE)) == "representation"
    assert history.page_of(run("sweeps", "scan", _WINE, **_SCAN)) == "cluster"
    assert history.page_of(run("sweeps", "matrix", {"table": "wine", "x": ["ash", "hue"]})) == "table"


def test_the_list_holds_no_hash_but_the_runs_own_id(folder):
    upload = save_upload(b"height,weight\n1,2\n3,4\n", "people.csv")
    made = run("clusterers", "iic", {"table": upload, "x": ["height"]}, n_clusters=3, epochs=5)
    writer = Writer(folder)
    writer.add(made.id, made.spec_json, "ann")
    writer.end(made.id, status="finished", step=0)
    writer.close()
    at = AppTest.from_string("from dashboard import app\napp.main('runs')", default_timeout=60).run()
    assert not at.exception
    (row,) = at.dataframe[0].value.to_dict("records")
    assert row["run"] == "IIC" and row["data"] == "people.csv: height" and row["id"] == made.id
    assert row["settings"] == "number of clusters = 3, epochs = 5"
    assert not [name for name, value in row.items() if name != "id" and upload in str(value)]
    assert not [name for name in row if "MI" in name]


def test_where_every_run_is_at_its_defaults_there_is_no_empty_column(folder, monkeypatch):
    lists = []
    monkeypatch.setattr(history.st, "dataframe", lambda frame, **more: lists.append(frame) or _Nothing)
    for made in ([run("estimators", "mine", _GAUSS)], [run("estimators", "mine", _GAUSS, iterations=123)]):
        monkeypatch.setattr(history.server, "store", lambda made=made: _Store(made))
        history.listing()
    assert "settings" not in lists[0] and "123" in lists[1]["settings"][0]


class _Nothing:
    """An event of a list in which nothing is selected."""

    class selection:
        rows: tuple[int, ...] = ()


class _Store:
    def __init__(self, made):
        self.made = made

    def runs(self, limit):
        return self.made

    def result(self, id):
        return {}


def test_a_selected_run_says_its_settings_in_full(monkeypatch):
    spec = Spec.parse(
        {
            "family": "estimators",
            "method": "mine",
            "data": {"distribution": {"name": "gaussian"}, "n": 500},
            "parameters": {"iterations": 123, "learning_rate": 0.004, "batch_size": 77},
        }
    )
    said = []
    monkeypatch.setattr(history.st, "caption", lambda text, **more: said.append(text.replace("\\", "")))
    for called in ("code", "page_link", "button"):
        monkeypatch.setattr(history.st, called, lambda *given, **more: None)
    history._actions([Run("a" * 12, spec.to_json(), "finished")])
    assert all(value in said[0] for value in ("MINE", "123", "0.004", "77"))
