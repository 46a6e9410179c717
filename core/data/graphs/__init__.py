"""Graphs by name: what they are called, where they come from, and their nodes and edges as a `GraphSource`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from core.data import downloads
from core.data.graphs import own, planetoid
from core.data.graphs.own import Graph, Part, save_graph, uploads
from core.data.graphs.source import GraphSource
from core.sentences import Sentence


@dataclass(frozen=True)
class GraphSet:
    """What a picker says about a graph: its name for people, one sentence, where it comes from, its size and classes.

    One that is not among the downloads lies in `assets/graphs` as NAME.csv with NAME_labels.csv, or is `drawn`.
    """

    title: str
    sentence: str
    provenance: str
    classes: tuple[str, ...] = ()
    drawn: bool = False


BUNDLED = Path(__file__).resolve().parents[3] / "assets" / "graphs"
_DIVISION = "Probes are fitted on the 20 published nodes of each class and scored on the 1,000 published test nodes."
GRAPHS: dict[str, GraphSet] = {
    "karate": GraphSet(
        "Karate club",
        "34 members of a karate club and 78 friendships; after a quarrel the club split in two. It comes with the program.",
        "W. W. Zachary (1977), An information flow model for conflict and fission in small groups, Journal of "
        "Anthropological Research 33, 452",
    ),
    "blocks": GraphSet(
        "Block model, drawn at random",
        "Blocks of nodes, joined often within and rarely between. Only the edges say which node belongs where.",
        "P. W. Holland, K. B. Laskey, S. Leinhardt (1983), Stochastic blockmodels: first steps, Social Networks 5, 109",
        drawn=True,
    ),
    "cora": GraphSet(
        "Cora",
        "2,708 papers on machine learning, 5,278 citations, and which of 1,433 words each paper uses. " + _DIVISION,
        "A. McCallum et al. (2000); divided by Z. Yang, W. W. Cohen, R. Salakhutdinov (2016), Revisiting semi-supervised "
        "learning with graph embeddings, arXiv:1603.08861",
        (
            "theory",
            "reinforcement learning",
            "genetic algorithms",
            "neural networks",
            "probabilistic methods",
            "case based",
            "rule learning",
        ),
    ),
    "citeseer": GraphSet(
        "Citeseer",
        "3,327 papers on computer science, 4,552 citations, and which of 3,703 words each paper uses; 15 papers come without "
        "words and class. " + _DIVISION,
        "C. L. Giles, K. D. Bollacker, S. Lawrence (1998); divided by Z. Yang, W. W. Cohen, R. Salakhutdinov (2016), "
        "arXiv:1603.08861",
        ("AI", "machine learning", "information retrieval", "databases", "agents", "human–computer interaction"),
    ),
}


def here(name: str) -> bool:
    """Whether a graph is on this machine."""
    return name not in downloads.DOWNLOADS or downloads.located(name) is not None


def title(name: str) -> str:
    """What people call a graph or an upload. Errors: ValueError for an unknown one."""
    return GRAPHS[name].title if name in GRAPHS else own.located(name)["edges"].name


@lru_cache(maxsize=4)
def load(name: str) -> Graph:
    """A graph that is not drawn, with the names of its classes. Nothing is downloaded. Errors: ValueError."""
    if name not in GRAPHS:
        return own.read(**own.located(name))
    if name not in downloads.DOWNLOADS:
        labels = Part.of(BUNDLED / f"{name}_labels.csv")
        found = own.read(Part.of(BUNDLED / f"{name}.csv"), labels=labels)
        return found._replace(source=replace(found.source, notices=()))
    files = downloads.located(name)
    if files is None:
        raise ValueError(
            Sentence(
                "the graph {name} is not on this machine: download it on the representation page or with "
                "`python -m core download {name}`, or name a folder that holds {name} in {variable}",
                name=name,
                variable=downloads.VARIABLE,
            )
        )
    return Graph(planetoid.read(files, name), GRAPHS[name].classes)


def graph_source(name: str) -> GraphSource:
    """The nodes and edges of a set, of an upload by its id, or of the edge list at a path. Errors: ValueError."""
    return load(name).source


__all__ = [
    "GRAPHS",
    "Graph",
    "GraphSet",
    "GraphSource",
    "Part",
    "graph_source",
    "here",
    "load",
    "save_graph",
    "title",
    "uploads",
]
