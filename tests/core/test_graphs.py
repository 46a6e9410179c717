"""Graphs as data: bundled, drawn, in Planetoid's files, and one's own; every bad file is said in one sentence."""

from __future__ import annotations

import pickle
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from core.data import downloads, graphs, references
from core.data.graphs import GRAPHS, Part, own, planetoid, save_graph
from core.data.graphs.blocks import block_model
from core.data.graphs.source import checked
from core.paths import VARIABLE
from core.spec import Spec, SpecError
from tests.reference import reference


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    graphs.load.cache_clear()
    yield tmp_path
    graphs.load.cache_clear()


def parts(name: str) -> dict[str, Path]:
    place = reference("data") / "planetoid"
    return {f"ind.{name}.{part}": place / f"ind.{name}.{part}" for part in planetoid.PARTS}


def test_the_karate_club_is_zachary_s():
    found, source = graphs.load("karate"), references.parse({"graph": "karate"}).source(0, "encoders")
    degrees = np.bincount(source.edges.ravel())
    assert len(source) == 34 and len(source.edges) == 78 and degrees.max() == degrees[33] == 17 and degrees[0] == 16
    assert found.classes == ("instructor", "president") and np.bincount(source.labels).tolist() == [17, 17]
    assert source.labels[0] == 0 and source.labels[33] == 1 and source.names[33] == "34" and source.notices == ()


def test_a_block_model_has_the_density_that_is_asked_for():
    source = block_model(600, 3, 0.1, 0.01, 4)
    assert np.bincount(source.labels).tolist() == [200] * 3
    same = source.labels[source.edges[:, 0]] == source.labels[source.edges[:, 1]]
    within, between = 3 * 200 * 199 / 2, 3 * 200 * 200
    assert same.sum() / within == pytest.approx(0.1, abs=0.005)
    assert (~same).sum() / between == pytest.approx(0.01, abs=0.002)
    assert (source.edges[:, 0] < source.edges[:, 1]).all()
    assert np.array_equal(source.edges, block_model(600, 3, 0.1, 0.01, 4).edges)


def test_only_a_drawn_graph_has_parameters_and_a_spec_writes_them_down():
    spec = Spec.parse({"family": "encoders", "method": "dgi", "data": {"graph": "blocks", "blocks": 3}})
    assert spec.data.model_dump() == {"graph": "blocks", "n": 1000, "blocks": 3, "within": 0.05, "between": 0.005}
    with pytest.raises(SpecError, match="blocks=3 has no use here"):
        Spec.parse({"family": "encoders", "method": "dgi", "data": {"graph": "karate", "blocks": 3}})


@pytest.mark.parametrize(
    ("method", "data"),
    [("dgi", {"images": "digits"}), ("dgi", {"table": "wine", "x": ["ash"]}), ("mine", {"graph": "karate"})],
)
def test_a_method_is_given_the_kind_of_data_that_it_takes(method, data):
    with pytest.raises(SpecError, match="cannot learn from"):
        Spec.parse({"family": "encoders", "method": method, "data": data})


@pytest.mark.parametrize(
    ("name", "n", "m", "d", "k"), [("cora", 2708, 5278, 1433, 7), ("citeseer", 3327, 4552, 3703, 6)]
)
def test_the_published_graphs_are_read_whole(name, n, m, d, k):
    source = planetoid.read(parts(name), name)
    assert source.x.shape == (n, d) and source.edges.shape == (m, 2) and len(np.unique(source.edges, axis=0)) == m
    sums = np.asarray(source.x.sum(1)).ravel()
    assert np.allclose(sums[sums > 0], 1, atol=1e-5)
    known = source.labels >= 0
    assert source.labels.max() + 1 == k == len(GRAPHS[name].classes)
    for part, size in (("train", 20 * k), ("validation", 500), ("test", 1000)):
        assert len(source.split[part]) == size and known[source.split[part]].all()
    assert not set(source.split["train"]) & set(source.split["test"])
    assert np.bincount(source.labels[source.split["train"]]).tolist() == [20] * k
    # Papers cite papers of their own kind, which a wrong order of the test rows would not show.
    ends = source.labels[source.edges]
    for rows in (np.ones(m, bool), np.isin(source.edges, source.split["test"]).any(1)):
        pairs = ends[rows & (ends >= 0).all(1)]
        assert (pairs[:, 0] == pairs[:, 1]).mean() > 0.7
    assert (~known).sum() == (15 if name == "citeseer" else 0) and (sums[~known] == 0).all()


def test_a_graph_that_is_not_here_says_how_to_get_it_and_a_named_folder_is_found(monkeypatch):
    monkeypatch.delenv(downloads.VARIABLE, raising=False)
    with pytest.raises(ValueError, match=r"cora is not on this machine.*core download cora"):
        graphs.load("cora")
    monkeypatch.setenv(downloads.VARIABLE, str(reference("data")))
    assert len(graphs.load("cora").source) == 2708


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_malicious_pickle_runs_nothing(folder, protocol):
    mark, file = folder / "ran", folder / "ind.cora.x"
    file.write_bytes(pickle.dumps(Evil(mark), protocol))
    with pytest.raises(
        ValueError, match=r"ind.cora.x is no file of Planetoid: it names (pathlib|__builtin__\.getattr)"
    ):
        planetoid.load(file)
    pickle.loads(file.read_bytes())
    assert mark.exists()  # with the ordinary reader it would have run


@pytest.mark.parametrize("named", ["builtins eval", "os system", "numpy load", "numpy.core.multiarray fromfile"])
def test_a_pickle_calls_nothing_beyond_arrays(folder, named):
    module, name = named.split()
    file = folder / "ind.cora.x"
    file.write_bytes(f"c{module}\n{name}\n(S'1'\ntR.".encode())
    with pytest.raises(ValueError, match=f"it names {module}.{name}"):
        planetoid.load(file)


def test_what_numpy_and_scipy_pickle_today_is_read(folder):
    file, matrix = folder / "x", sparse.random(5, 4, 0.5, "csr", random_state=0)
    file.write_bytes(pickle.dumps(matrix))
    assert np.allclose(planetoid._matrix(file).toarray(), matrix.toarray())
    file.write_bytes(pickle.dumps(np.eye(3)))
    assert np.array_equal(planetoid._matrix(file).toarray(), np.eye(3))


@pytest.mark.parametrize("cut", [0, 1, 40, 20_000])
def test_a_damaged_file_is_named(folder, cut):
    given = parts("cora")
    file = folder / "ind.cora.x"
    file.write_bytes(given["ind.cora.x"].read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"^ind\.cora\.x is no file of Planetoid"):
        planetoid.read({**given, file.name: file}, "cora")


def test_a_file_of_another_graph_does_not_fit():
    with pytest.raises(ValueError, match="does not fit the other files"):
        planetoid.read(parts("cora") | {"ind.cora.tx": parts("citeseer")["ind.citeseer.tx"]}, "cora")


@pytest.mark.parametrize(
    ("text", "names", "pairs", "said"),
    [
        ("a,b\nb,c\n", ["a", "b", "c"], [[0, 1], [1, 2]], ""),
        ("source\ttarget\nx\ty\n", ["x", "y"], [[0, 1]], "names of columns"),
        ("from to weight\n10 2 0.5\n2 1 3\n", ["1", "2", "10"], [[0, 1], [1, 2]], "no weights"),
        ("# comment\n3 1\n\n1 2\n", ["1", "2", "3"], [[0, 1], [0, 2]], ""),
        ("ann bob\nbob cy\n", ["ann", "bob", "cy"], [[0, 1], [1, 2]], ""),
        ('"a, b";c\nd;c\n', ["a, b", "c", "d"], [[0, 1], [1, 2]], ""),
        ("1,2\n2,1\n2,2\n1,2\n", ["1", "2"], [[0, 1]], "3 edges stand more than once"),
        ("id,other\n1,2\n", ["1", "2"], [[0, 1]], "Line 1 (id, other)"),
    ],
)
def test_an_edge_list_is_read_as_it_is_written(text, names, pairs, said):
    source = own.read(Part(text.encode(), "e.csv")).source
    assert list(source.names) == names and source.edges.tolist() == pairs
    assert said in " ".join(source.notices) if said else source.notices == ()
    assert source.labels is None and np.array_equal(source.x.toarray(), np.eye(len(names)))


EDGES = b"a,b\nb,c\n"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"edges": b"a,b\nc\n"}, r"e\.csv, line 2: 'c' names one node, and an edge needs two"),
        ({"edges": b"a,b\n,c\n"}, r"e\.csv, line 2: 'c' names one node"),
        ({"edges": b""}, r"e\.csv is empty"),
        ({"edges": b"# nothing\n"}, r"e\.csv holds comments alone"),
        ({"edges": b"\x80\x04\x95junk"}, r"e\.csv is a pickle"),
        ({"features": b"a,1\nb,x\nc,3\n"}, r"f\.csv, line 2, column 2: 'x' is no number"),
        ({"features": b"n,v\na,1\nb,\nc,3\n"}, r"f\.csv, line 3, column 2: '' is no number"),
        ({"features": b"a,1\nb,inf\nc,3\n"}, r"f\.csv, line 2, column 2: 'inf' is no number"),
        ({"features": b"a,1\nb,2\n"}, r"e\.csv, line 2: node 'c' has no row in f\.csv"),
        (
            {"features": b"a,1\nb,2\nc,3\na,4\n"},
            r"f\.csv, line 4: node 'a' stands there a second time, first in line 1",
        ),
        ({"features": b"a,1\nb,2,7\nc,3\n"}, r"f\.csv, line 2 has 3 cells, and the first row has 2"),
        ({"features": b"a\nb\nc\n"}, r"f\.csv has 0 columns beside the nodes' names"),
        ({"labels": b"a,red\nb,red\nb,blue\n"}, r"l\.csv, line 3: node 'b' stands there a second time"),
        ({"labels": b"a,red\nb\n"}, r"l\.csv, line 2 has 1 cells"),
        (
            {"features": b"a,1\nb,2\nc,3\n", "labels": b"a,red\nz,blue\n"},
            r"l\.csv, line 2: node 'z' has no row in f\.csv",
        ),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_with_its_line_and_keeps_nothing(folder, given, sentence):
    files = {"edges": EDGES, **given}
    with pytest.raises(ValueError, match=sentence) as fault:
        save_graph(**{name: Part(data, f"{name[0]}.csv") for name, data in files.items()})
    assert "\n" not in str(fault.value) and not (folder / "graphs").exists()


def test_an_upload_keeps_features_and_classes_and_leads_back_to_its_nodes(folder):
    features = Part(b"node,height,width\nb,1,10\na,2,20\nc,3,60\n", "f.csv")
    labels = Part(b"node,colour\na,red\nc,blue\n", "l.csv")
    key = save_graph(Part(EDGES, "e.csv"), features, labels)
    assert graphs.uploads() == {key: "e.csv"} and save_graph(Part(EDGES, "e.csv"), features, labels) == key
    data = references.parse({"graph": key})
    source = data.source(0, "encoders")
    assert source.names == ("b", "a", "c") and source.edges.tolist() == [[0, 1], [0, 2]]
    assert np.allclose(source.x.mean(0), 0, atol=1e-6) and np.allclose(source.x.std(0), 1)
    assert source.labels.tolist() == [-1, 1, 0] and data.label_names() == ("blue", "red")
    assert data.title() == "e.csv" and list(data.origin(np.array([2, 0]))["node"]) == ["c", "b"]


def test_a_script_takes_an_upload_from_its_files(folder, monkeypatch):
    given = {"e.csv": EDGES, "l.csv": b"a,red\nb,blue\nc,red\n"}
    for name, data in given.items():
        (folder / name).write_bytes(data)
    key = save_graph(*(Part.of(folder / "e.csv"), None, Part.of(folder / "l.csv")))
    brought = references.parse({"graph": key}).brought()
    assert brought.name == "e.csv (with l.csv beside it)"
    scope = {"file": folder / "e.csv"}
    exec(brought.imports, scope)
    assert eval(brought.expression, scope) == key


def test_an_upload_that_is_gone_says_so():
    with pytest.raises(ValueError, match="there is no graph 'abcdef0123456789' here"):
        graphs.load("abcdef0123456789")


@pytest.mark.parametrize(
    ("features", "edges", "sentence"),
    [
        (np.eye(3), [[0, 3]], "edges name node 3, and there are features of 3 nodes"),
        (np.eye(3), [[0, 1, 2]], r"edges have the shape \(1, 3\)"),
        (np.eye(3), [[0, 1.5]], "edges must hold node numbers"),
        (np.eye(3), [[0, -1]], "edges must hold node numbers"),
        (np.full((3, 1), np.nan), [[0, 1]], "missing or infinite"),
        (np.zeros(3), [[0, 1]], "features have the shape"),
        (None, [], "neither features nor edges"),
    ],
)
def test_arrays_that_are_no_graph_are_refused(features, edges, sentence):
    with pytest.raises(ValueError, match=sentence):
        checked(features, edges)


def test_the_download_of_a_graph_is_checked_against_what_is_published():
    """The published sums are those of the files that the reference data have."""
    import hashlib

    for name in ("cora", "citeseer"):
        files = parts(name)
        for file in downloads.DOWNLOADS[name].files:
            data = files[file.name].read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size)


def test_comments_keep_the_numbers_of_later_lines():
    with pytest.raises(ValueError, match="line 4"):
        own.read(Part(b"# one\n\na,b\nc\n", "e.csv"))


def test_a_large_block_model_is_drawn_in_a_moment():
    assert len(list(islice(block_model(3000, 4, 0.01, 0.001, 0).edges, 5))) == 5
