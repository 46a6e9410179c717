"""Learners of graphs: the whole graph at each step, the best loss so far kept, nodes probed with labels, and drawn."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from core import device
from core.arrays import evenly, principal_components
from core.data.graphs.source import GraphSource, checked
from core.learning import best, graph_probes
from core.learning.graphs import Graph
from core.learning.training import Training
from core.method import Array, Checkpoint, Method, Source, Step, check_is_fitted
from core.params import Field, Range
from core.sentences import Sentence

DRAWN = 2_000  # nodes in a picture
KEPT = (
    64  # numbers of a node in it: of more features the leading principal components, which keep most of the distances
)
PROBED = 5  # probes of a run while it trains
EVERY = 50  # steps between these looks
THREADS = 1  # sparse products wait for memory: a second thread gains little, and loses much beside busy processes


@dataclass(eq=False, kw_only=True)
class GraphRun:
    """A run under way: its data and graph, its training, the nodes of its probes, and what plain features score."""

    source: GraphSource
    graph: Graph
    training: Training
    parts: list[graph_probes.Parts]
    beside: dict[str, float] = field(default_factory=dict)
    final: Any = None

    @property
    def network(self) -> Any:
        """The kept network at the end, the one that trains before."""
        return self.final or self.training.module


@dataclass(eq=False, repr=False, kw_only=True)
class GraphEncoder(Method):
    """Learns features of a graph's nodes, (n, n_features): a subclass writes `make_network`, `loss` and `embed`.

    `fit(features, edges)` is not scikit-learn's: nodes are no independent rows. Sets `embedding_`, `network_`, and with
    labels, which are for probes only, `probes_`.
    """

    family: ClassVar[str] = "encoders"
    takes: ClassVar[tuple[str, ...]] = ("graph",)
    scanned: ClassVar[tuple[str, tuple[int, ...]]] = ("n_features", (16, 64, 256, 512))
    views: ClassVar[tuple[str, ...]] = ("features", "nodes")
    snapshots: ClassVar[tuple[str, ...]] = ("features",)
    descends: ClassVar[str] = "loss"  # what its loss is, on an axis

    n_features: Annotated[int, Range(1, 4096, log=True), "Number of features per node."] = 512
    epochs: Annotated[
        int, Range(1, 100_000, log=True), "Steps at most, each of them over the whole graph.", Field("Epochs")
    ] = 500
    patience: Annotated[
        int | None,
        Range(1, 10_000, log=True),
        "The run ends after so many steps without a lower loss; empty: never.",
        Field("Patience (steps)", "Training"),
    ] = 20
    learning_rate: Annotated[
        float, Range(1e-6, 1.0, log=True), "Step size of Adam.", Field("Learning rate", "Training")
    ] = 1e-3

    # What a method writes.

    def make_network(self, d: int, generator: torch.Generator) -> nn.Module:
        """The network for nodes of d features, weights drawn from the generator."""
        raise NotImplementedError

    def loss(self, network: Any, graph: Graph, generator: torch.Generator) -> Tensor:
        """What a step descends."""
        raise NotImplementedError

    def embed(self, network: Any, graph: Graph) -> Tensor:
        """The features of all nodes, (n, n_features)."""
        raise NotImplementedError

    def genuine(self, network: Any, graph: Graph) -> Tensor | None:
        """The probability (n,) with which the network takes each node for one of the true graph; None where it has none."""
        return None

    # What all share.

    def fit(self, features: Any, edges: Any) -> Self:
        """features: (n, d), dense, `scipy.sparse`, or None; edges: (m, 2) node numbers from 0. Errors: ValueError."""
        x, pairs = checked(features, edges)
        return self.run(GraphSource(x, edges=pairs))

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per pass: "loss", and with labels now and then "probe", "probe_random" and "probe_pixels"."""
        self.check_parameters()
        self._begin(source)
        yield from self._run.training.iterate(self._update, self.total, start)

    @property
    def total(self) -> int:
        """Passes over the graph, at most."""
        return self.epochs

    def checkpoint(self) -> Checkpoint:
        """The whole state, the best weights so far included; no graph."""
        return self._under_way().training.checkpoint()

    def _begin(self, source: Source) -> None:
        if not isinstance(source, GraphSource):
            raise ValueError(Sentence("{name} learns from a graph: give one, such as karate", name=self.title))
        x, edges = checked(source.x, source.edges)
        where = device.resolve(self.device)
        where = torch.device("cpu") if where.type == "mps" else where  # which has no sparse products
        network = self._made(x.shape[1]).to(where)
        adam = torch.optim.Adam(network.parameters(), lr=self.learning_rate)
        begun = {"best": None, "worse": 0}
        training = Training(network, adam, device.generator(self.seed(), where), meta=begun, threads=THREADS)
        parts = graph_probes.divisions(source, graph_probes.RUNS, self.seed())
        self._run = GraphRun(source=source, graph=Graph.of(x, edges, where), training=training, parts=parts)

    def _made(self, d: int) -> nn.Module:
        return self.make_network(d, torch.Generator().manual_seed(self.seed()))

    def _update(self, index: int) -> dict[str, float]:
        run, training = self._run, self._run.training
        info = self._probed(index)
        training.module.train()
        training.optimiser.zero_grad()
        loss = self.loss(training.module, run.graph, training.generator)
        loss.backward()  # type: ignore[no-untyped-call]
        self._keep(value := float(loss.detach()))
        training.optimiser.step()
        return {"loss": value, **info}

    def _keep(self, loss: float) -> None:
        """The weights that gave the lowest loss so far; the run ends where it has not fallen for long."""
        training = self._run.training
        if better := training.meta["best"] is None or loss < training.meta["best"]:
            training.meta["best"] = loss
            best.keep(training, torch.tensor(True))
        training.meta["worse"] = 0 if better else training.meta["worse"] + 1
        training.done = self.patience is not None and training.meta["worse"] >= self.patience

    def _probed(self, index: int) -> dict[str, float]:
        run = self._run
        if not run.parts or index % EVERY:
            return {}
        if not run.beside:
            run.beside = {f"probe_{name}": self._score(x, PROBED).test for name, x in self._plain().items()}
        return {"probe": self._score(self._features(run.training.module), PROBED).test, **run.beside}

    def _score(self, features: Any, runs: int) -> graph_probes.Spread:
        run = self._run
        return graph_probes.probe(features, np.asarray(run.source.labels), run.parts[:runs], self.seed())

    def _plain(self) -> dict[str, Any]:
        """What the features are compared with: those of the untrained network, and the raw ones."""
        run = self._run
        plain = {"random": self._features(self._made(run.source.x.shape[1]).to(run.graph.x.here.device))}
        return plain | ({"pixels": run.source.x} if run.source.x.shape[1] <= graph_probes.WIDEST else {})

    @torch.no_grad()
    def _features(self, network: nn.Module) -> Array:
        return self.embed(network.eval(), self._run.graph).cpu().numpy()

    def finish(self) -> Self:
        """Set the fitted attributes by the best weights so far. With labels this takes some seconds: fifty probes."""
        run = self._under_way()
        run.final = copy.deepcopy(run.training.module).eval()
        if weights := best.kept(run.training):
            run.final.load_state_dict(weights)
        self.network_ = copy.deepcopy(run.final).cpu()
        self.embedding_ = self._features(run.final)
        self.columns_ = int(run.source.x.shape[1])
        self.loss_: float | None = run.training.meta["best"]
        sides = {"features": self.embedding_, **self._plain()} if run.parts else {}
        self.probes_ = {name: {"linear": self._score(x, graph_probes.RUNS).said()} for name, x in sides.items()}
        self.scored_on_ = "published" if run.source.split else "random"
        return self

    def transform(self, features: Any, edges: Any) -> Array:
        """The features of the nodes of a graph, this one or another with the same columns, (n, n_features)."""
        check_is_fitted(self, "network_")
        x, pairs = checked(features, edges)
        if x.shape[1] != self.columns_:
            raise ValueError(
                Sentence(
                    "features have {n} columns, and {name} has learned from {d}",
                    n=x.shape[1],
                    name=self.title,
                    d=self.columns_,
                )
            )
        with torch.no_grad():
            return self.embed(self.network_, Graph.of(x, pairs, torch.device("cpu"))).numpy()

    def learned(self, source: Source, rows: Array) -> Array | None:
        """The features of these nodes of the graph that was learned from."""
        return np.asarray(self.embedding_[rows])

    def get_state(self) -> Checkpoint | None:
        """The network, the features of the nodes and the figures."""
        if not hasattr(self, "network_"):
            return None
        tensors = {f"network.{k}": v for k, v in self.network_.state_dict().items()}
        said = {"columns": self.columns_, "loss": self.loss_, "probes": self.probes_, "scored_on": self.scored_on_}
        return Checkpoint(0, tensors | {"embedding": torch.as_tensor(self.embedding_)}, said)

    def set_state(self, saved: Checkpoint) -> Self:
        """Take back what `get_state` gave. Errors: ValueError, RuntimeError where it does not fit these parameters."""
        self.columns_ = int(saved.meta["columns"])
        self.network_ = self._made(self.columns_).eval()
        self.network_.load_state_dict(best.section(saved.tensors, "network."))
        self.embedding_ = saved.tensors["embedding"].numpy()
        self.loss_, self.probes_, self.scored_on_ = (saved.meta[k] for k in ("loss", "probes", "scored_on"))
        return self

    def result(self) -> dict[str, Any]:
        """The lowest loss, and with labels the table of probes and on which division it was made."""
        check_is_fitted(self, "embedding_")
        probes = {"probes": self.probes_, "scored_on": self.scored_on_} if self.probes_ else {}
        return {"lowest_loss": self.loss_, "nodes": len(self.embedding_)} | probes

    def view(self, name: str) -> dict[str, Array]:
        """Of at most 2,000 nodes, "rows": "features", of more than 64 their first principal components, two of these as
        "coordinates" and "labels"; "nodes", how sure the network is of each, "genuine" (m,), {} where it does not say."""
        if name not in self.views:
            return super().view(name)
        run = self._shown_run(name)
        rows = evenly(np.arange(len(run.graph)), DRAWN)
        if name == "nodes":
            with torch.no_grad():
                sure = self.genuine(run.network.eval(), run.graph)
            return {} if sure is None else {"genuine": sure.cpu().numpy()[rows], "rows": rows}
        found = self._features(run.network)[rows]
        leading = principal_components(found, KEPT).astype(np.float32)
        two = np.pad(leading[:, :2], ((0, 0), (0, max(0, 2 - leading.shape[1]))))
        seen = {"features": found if found.shape[1] <= KEPT else leading, "coordinates": two, "rows": rows}
        return seen if run.source.labels is None else {**seen, "labels": np.asarray(run.source.labels)[rows]}
