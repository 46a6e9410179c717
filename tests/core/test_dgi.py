"""Deep Graph Infomax: what it computes is what the paper says, it finds blocks, and its probes choose nothing by what they score."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from scipy import sparse

from core import discover, saved
from core.data.features import Features
from core.data.graphs.blocks import block_model
from core.data.graphs.source import GraphSource
from core.encoders import DGI
from core.learning import graph_probes
from core.learning.graphs import GCN, Graph, Matrix, normalised
from core.method import Checkpoint, Source
from core.paths import VARIABLE
from core.spec import Spec

CPU = torch.device("cpu")
BLOCKS = {"graph": "blocks", "n": 300, "blocks": 3, "within": 0.12, "between": 0.01}


@pytest.fixture(scope="module")
def source() -> GraphSource:
    return block_model(300, 3, 0.12, 0.01, 0)


@pytest.fixture(scope="module")
def plain(source) -> GraphSource:
    """Without classes, whose fifty probes take ten times as long as the short runs that do not look at them."""
    return replace(source, labels=None)


@pytest.fixture
def few_probes(monkeypatch):
    """Three probes of one penalty, where their spread and what they choose is not looked at."""
    monkeypatch.setattr(graph_probes, "RUNS", 3)
    monkeypatch.setattr(graph_probes, "PENALTIES", (1e-3,))


@pytest.fixture(scope="module")
def run(source):
    return DGI(n_features=32, epochs=150, device="cpu").run(source)


def dense(edges, n):
    """D^-½ (A + I) D^-½, written out."""
    a = np.eye(n)
    for i, j in edges:
        a[i, j] = a[j, i] = 1
    d = a.sum(1)
    return a / np.sqrt(np.outer(d, d))


def test_the_adjacency_is_normalised_as_kipf_and_welling_write():
    edges = np.array([[0, 1], [1, 2], [0, 3]])
    assert np.allclose(normalised(edges, 5).toarray(), dense(edges, 5))


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
def test_a_product_with_a_constant_matrix_has_the_gradient_of_a_dense_one(kind):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 5)) * (rng.random((7, 5)) < 0.5), torch.randn(5, 3, requires_grad=True)
    ours, theirs = Matrix.of(kind(a), CPU) @ b, torch.as_tensor(a, dtype=torch.float32) @ b
    weights = torch.randn(7, 3)
    found = [torch.autograd.grad((side * weights).sum(), b)[0] for side in (ours, theirs)]
    assert torch.allclose(ours, theirs, atol=1e-6) and torch.allclose(*found, atol=1e-6)


def test_the_loss_is_the_papers_written_out(source):
    method = DGI(n_features=8)
    network = method.make_network(300, torch.Generator().manual_seed(1))
    ours = method.loss(network, Graph.of(source.x, source.edges, CPU), torch.Generator().manual_seed(2))
    order = torch.randperm(300, generator=torch.Generator().manual_seed(2))
    a, x = torch.as_tensor(dense(source.edges, 300), dtype=torch.float32), torch.eye(300)

    def encode(x):
        h = a @ x @ network.gcn.weight + network.gcn.bias
        return torch.where(h > 0, h, 0.25 * h)

    h, other = encode(x), encode(x[order])
    s = torch.sigmoid(h.mean(0))
    d = lambda rows: torch.sigmoid(rows @ network.weight @ s)  # noqa: E731
    assert torch.allclose(ours, -0.5 * (d(h).log().mean() + (1 - d(other)).log().mean()), atol=1e-6)
    assert float(ours.detach()) == pytest.approx(math.log(2), abs=0.01)


def test_a_convolution_mixes_neighbours_alone():
    gcn = GCN(4, 3, torch.Generator().manual_seed(0))
    graph = Graph.of(np.eye(4, dtype=np.float32), np.array([[0, 1]]), CPU)
    h = gcn(graph.x, graph.adjacency)
    assert (
        torch.allclose(h[0], h[1]) and torch.allclose(h[2], gcn.slope(gcn.weight[2])) and not torch.allclose(h[0], h[2])
    )


def test_it_finds_blocks_that_only_the_edges_know(run):
    probes = {name: side["linear"] for name, side in run.probes_.items()}
    assert run.embedding_.shape == (300, 32) and run.history_[0].info["loss"] == pytest.approx(math.log(2), abs=0.01)
    assert probes["features"]["test"] > 0.95 > 0.5 > probes["pixels"]["test"]
    assert probes["features"]["test"] > probes["random"]["test"] + 0.1
    assert probes["features"]["runs"] == 50 and probes["features"]["n"] == 180 and run.scored_on_ == "random"
    assert probes["features"]["sd"] > 0


def test_labels_take_no_part_in_training(source, run, few_probes):
    others = GraphSource(source.x, labels=np.roll(source.labels, 1), edges=source.edges)
    again = DGI(n_features=32, epochs=150, device="cpu").run(others)
    fitted = DGI(n_features=32, epochs=150, device="cpu").fit(source.x, source.edges)
    assert np.array_equal(again.embedding_, run.embedding_) and np.array_equal(fitted.embedding_, run.embedding_)
    assert fitted.probes_ == {} and "probes" not in fitted.result()


def test_without_features_each_node_has_a_column_of_its_own(source, run):
    assert np.array_equal(DGI(n_features=32, epochs=150).fit(None, source.edges[:, ::-1]).embedding_, run.embedding_)


def test_dense_and_sparse_features_give_the_same(source):
    pair = [DGI(n_features=8, epochs=20).fit(x, source.edges).embedding_ for x in (source.x, source.x.toarray())]
    assert np.allclose(*pair, atol=1e-5)


def test_the_run_ends_where_the_loss_has_not_fallen_for_long_and_keeps_the_best_weights(plain):
    method = DGI(n_features=16, epochs=400, patience=5, learning_rate=0.05)
    losses = [step.info["loss"] for step in method.steps(plain)]
    lowest = int(np.argmin(losses))
    assert len(losses) == lowest + 1 + 5 < 400
    again = DGI(n_features=16, epochs=lowest, learning_rate=0.05, patience=None)
    for _ in again.steps(plain):  # the weights before the step that saw the lowest loss
        pass
    assert method.finish().loss_ == losses[lowest]
    for kept, stepped in zip(method.network_.parameters(), again._run.training.module.parameters(), strict=True):
        assert torch.equal(kept, stepped)


def test_resuming_from_a_file_in_mid_run_is_bit_equal_to_the_end(plain, tmp_path):
    make = lambda: DGI(n_features=8, epochs=60, patience=5, learning_rate=0.02, device="cpu")  # noqa: E731
    first = make()
    steps = first.steps(plain)
    list(islice(steps, 7))
    first.checkpoint().save(tmp_path / "c.safetensors")
    unbroken = list(steps)
    second = make()
    resumed = list(second.steps(plain, Checkpoint.load(tmp_path / "c.safetensors")))
    pairs = [
        ({k: v for k, v in a.info.items() if k == "loss"}, b.info["loss"])
        for a, b in zip(unbroken, resumed, strict=True)
    ]
    assert all(a["loss"] == b for a, b in pairs) and len(pairs) > 5
    assert np.array_equal(first.finish().embedding_, second.finish().embedding_)


def test_a_saved_model_answers_as_the_run_did(source, run, tmp_path):
    assert saved.save(run, tmp_path / "model.safetensors")
    again = saved.load(tmp_path / "model.safetensors")
    assert np.array_equal(again.embedding_, run.embedding_) and again.result() == run.result()
    assert np.allclose(again.transform(source.x, source.edges), run.embedding_, atol=1e-6)
    with pytest.raises(ValueError, match=r"features have 2 columns, and .* has learned from 300"):
        again.transform(np.zeros((3, 2)), [[0, 1]])


def test_every_node_s_features_are_kept_beside_a_run(source, run, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    Features.learned(run, source).save("abcdef123456")
    kept = Features.load("abcdef123456")
    assert np.array_equal(kept.features, run.embedding_) and np.array_equal(kept.labels, source.labels)
    assert np.array_equal(kept.origin, np.arange(300)) and kept.total == 300


def test_the_pictures_show_the_nodes_and_how_sure_the_network_is(source, run):
    seen, sure = run.view("features"), run.view("nodes")["genuine"]
    assert seen["coordinates"].shape == (300, 2) and np.array_equal(seen["labels"], source.labels)
    assert sure.shape == (300,) and 0.5 < sure.mean() <= 1


def test_rows_are_no_graph():
    with pytest.raises(ValueError, match="learns from a graph"):
        next(DGI().steps(Source(np.zeros((5, 2)))))


def test_a_spec_of_a_block_model_runs_and_a_node_without_edges_has_a_place(few_probes):
    spec = Spec.parse(
        {"family": "encoders", "method": "dgi", "data": BLOCKS, "parameters": {"epochs": 5, "n_features": 16}}
    )
    found = spec.build().run(spec.source())
    assert np.isfinite(found.embedding_).all() and found.result()["nodes"] == 300
    lonely = DGI(n_features=4, epochs=3).fit(np.eye(5), [[0, 1]])
    assert np.isfinite(lonely.embedding_).all()


def test_a_scan_repeats_it(few_probes):
    scan = {
        "kind": "encoders",
        "method": "dgi",
        "parameter": "n_features",
        "values": [4, 8],
        "settings": [["epochs", 5]],
    }
    spec = Spec.parse({"family": "sweeps", "method": "scan", "parameters": scan, "data": {"graph": "karate"}})
    rows = spec.build().run(spec.source()).rows_
    assert [row["value"] for row in rows] == [4, 8] and all("probes.features.linear.test" in row for row in rows)


def test_a_probe_is_fitted_chosen_and_scored_on_different_nodes(source):
    for part in graph_probes.divisions(source, 5, 0):
        sides = [set(rows.tolist()) for rows in part]
        assert sum(map(len, sides)) == 300 == len(set.union(*sides))
        assert np.bincount(source.labels[part.fit]).tolist() == [20] * 3 and len(part.choose) == 60


def test_what_is_scored_chooses_nothing(source):
    """Other labels on the nodes that are scored change the score, and not what is learned."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 10)) + 1.2 * np.eye(10)[source.labels]
    part = graph_probes.divisions(source, 1, 0)[0]
    wrong = source.labels.copy()
    wrong[part.score] = (wrong[part.score] + 1) % 3
    right, other = (graph_probes.probe(features, labels, [part], 0) for labels in (source.labels, wrong))
    assert right.train == other.train and right.test > 0.45 > other.test
    said = graph_probes.probe(features, np.where(np.isin(np.arange(300), part.score), -1, source.labels), [part], 0)
    assert said.train == right.train and said.test == 0


def test_the_published_division_is_kept_and_classes_that_are_unknown_take_no_part():
    labels = np.r_[np.zeros(30, int), np.ones(30, int), np.full(5, -1)]
    split = {"train": np.arange(25, 35), "validation": np.arange(20, 25), "test": np.arange(40, 60)}
    source = GraphSource(np.eye(65), labels=labels, split=split)
    parts = graph_probes.divisions(source, 3, 0)
    assert len(parts) == 3 and all(np.array_equal(part.score, split["test"]) for part in parts)
    drawn = graph_probes.divisions(GraphSource(np.eye(65), labels=labels), 1, 0)[0]
    assert (labels[np.concatenate(drawn)] >= 0).all()
    assert graph_probes.divisions(GraphSource(np.eye(3), labels=np.array([0, 0, -1])), 1, 0) == []


def test_of_random_divisions_each_chooses_for_itself(source):
    """A run's score does not depend on the other runs that are trained beside it."""
    features = np.random.default_rng(0).normal(size=(300, 10)) + np.eye(10)[source.labels]
    parts, asked = graph_probes.divisions(source, 3, 0), []

    def scores(some, penalty):
        asked.append((len(some), penalty))
        return [(1.0 if penalty == graph_probes.PENALTIES[k] else 0.0, float(k), 0.0) for k in range(len(some))]

    found = graph_probes._each(scores, [parts])
    assert [score[:2] for score in found] == [(1.0, 0.0), (1.0, 1.0), (1.0, 2.0)]
    assert asked == [(3, penalty) for penalty in graph_probes.PENALTIES]
    assert graph_probes.probe(features, source.labels, parts, 0).n == 180


@pytest.mark.parametrize("name", ["ggd", "cca_ssg"])
def test_the_learners_beside_it_find_blocks_too(source, name, few_probes):
    found = discover.load("encoders", name)(n_features=32, epochs=120, device="cpu").run(source)
    probes = {side: score["linear"]["test"] for side, score in found.probes_.items()}
    assert probes["features"] > 0.9 and probes["features"] > probes["pixels"] + 0.3
    assert found.history_[-1].info["loss"] < found.history_[0].info["loss"]


def test_group_discrimination_sums_the_projected_features_of_each_node(source):
    method = discover.load("encoders", "ggd")(n_features=8)
    network, graph = method.make_network(300, torch.Generator().manual_seed(1)), Graph.of(source.x, source.edges, CPU)
    h, other = (network.gcn.mixed(rows, graph.adjacency) for rows in _both(graph.x @ network.gcn.weight))
    true, shuffled = (torch.sigmoid((rows @ network.weight).sum(1)) for rows in (h, other))
    loss = method.loss(network, graph, torch.Generator().manual_seed(2))
    assert torch.allclose(loss, -0.5 * (true.log().mean() + (1 - shuffled).log().mean()), atol=1e-6)


def _both(rows):
    return rows, rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(2))]


def test_correlated_features_of_two_equal_views_only_pay_for_repetition(source):
    method = discover.load("encoders", "cca_ssg")(n_features=4, edges_dropped=0.0, columns_dropped=0.0, weight=0.5)
    network, graph = method.make_network(300, torch.Generator().manual_seed(1)), Graph.of(source.x, source.edges, CPU)
    z = network(graph.x, graph.adjacency).detach()
    c = np.corrcoef(z.numpy(), rowvar=False)
    loss = float(method.loss(network, graph, torch.Generator().manual_seed(2)).detach())
    assert loss == pytest.approx(0.5 * 2 * ((c - np.eye(4)) ** 2).sum() / 4, rel=1e-4)


def test_what_is_drawn_of_nodes_keeps_the_distances_of_their_features(plain, run):
    few, wide = run.view("features"), DGI(n_features=200, epochs=30, device="cpu").run(plain)
    assert np.array_equal(few["features"], run.embedding_[few["rows"]])
    seen = wide.view("features")
    assert seen["features"].shape == (300, 64) and np.allclose(seen["features"][:, :2], seen["coordinates"])
    apart, near = (np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (wide.embedding_, seen["features"]))
    assert np.corrcoef(apart.ravel(), near.ravel())[0, 1] > 0.97
    assert DGI.snapshots == ("features",)


def test_nodes_are_called_as_the_file_calls_them(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("ann,bob\nbob,cid\ncid,ann\n", encoding="utf-8")
    data = Spec.parse({"family": "encoders", "method": "dgi", "data": {"graph": str(path)}}).data
    assert data.names(np.array([2, 0])) == ["cid", "ann"]
    assert data.origin(np.array([1]))["node"].tolist() == ["bob"]
