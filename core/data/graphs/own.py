"""A graph that people bring: an edge list, and where there are any the features and the classes of its nodes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core import files
from core.data import upload_store
from core.data.graphs import records
from core.data.graphs.source import GraphSource, distinct, identity
from core.data.opening import refuse_large
from core.data.references.base import Brought
from core.method import Array
from core.paths import data_folder
from core.sentences import Sentence

_PARTS = ("features", "labels")  # beside the edges
_MISSING = -1  # the label of a node whose class is not known


class Graph(NamedTuple):
    """A graph and the names of its classes, by number."""

    source: GraphSource
    classes: tuple[str, ...] = ()


class Part(NamedTuple):
    """A file: its bytes and its name."""

    data: bytes
    name: str

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Part:
        """The file at a path. Errors: ValueError where it cannot be read."""
        path = Path(path)
        try:
            return cls(path.read_bytes(), path.name)
        except OSError as error:
            why = error.strerror or "the system refuses"
            raise ValueError(Sentence("{name} cannot be opened: {why}", name=path.name, why=why)) from error


def folder() -> Path:
    """Where uploads lie."""
    return data_folder() / "graphs"


def save_graph(edges: Part, features: Part | None = None, labels: Part | None = None) -> str:
    """Keep an upload and return its id, 16 hexadecimal digits of the SHA-256 of its files.

    Errors: ValueError for one that cannot be read, in a sentence with the file, the line and the value.
    """
    given = {name: part for name, part in zip(_PARTS, (features, labels), strict=True) if part}
    read(edges, **given)
    key = upload_store.identify(edges.data, *(name.encode() + part.data for name, part in given.items()))
    for name, part in given.items():
        files.write(folder() / f"{key}.{name}", part.data)
    note = {"name": edges.name} | {name: part.name for name, part in given.items()}
    upload_store.keep(folder(), key, ".edges", edges.data, note)
    return key


def uploads(most: int = 20) -> dict[str, str]:
    """What was uploaded to this data folder, id → name, the newest first."""
    return upload_store.listed(folder(), most)


def located(reference: str) -> dict[str, Part]:
    """The files of an upload, or the edge list at a path. Errors: ValueError for one that is not here."""
    if not upload_store.ID.fullmatch(reference) and ("/" in reference or os.sep in reference or "." in reference):
        return {"edges": Part.of(reference)}
    note = upload_store.note(folder(), reference) if upload_store.ID.fullmatch(reference) else {}
    names = {"edges": note.get("name"), **{name: note.get(name) for name in _PARTS}}
    paths = {part: upload_store.find(folder(), reference, f".{part}") for part, name in names.items() if name}
    if not paths or None in paths.values():
        raise ValueError(
            Sentence("there is no graph {reference!r} here: choose another, or upload it again", reference=reference)
        )
    return {part: Part(Path(str(path)).read_bytes(), str(names[part])) for part, path in paths.items()}


def brought(reference: str) -> Brought:
    """The files that a script needs, the others beside the first."""
    try:
        parts = located(reference)
    except ValueError:  # gone; whoever has the files can still run the script
        return Brought(reference, "str(file.resolve())")
    others = "".join(f", {part}=Part.of(file.with_name({parts[part].name!r}))" for part in _PARTS if part in parts)
    names = " and ".join(part.name for kind, part in parts.items() if kind != "edges")
    name = parts["edges"].name + (f" (with {names} beside it)" if names else "")
    return Brought(name, f"save_graph(Part.of(file){others})", "from core.data.graphs.own import Part, save_graph\n")


def read(edges: Part, features: Part | None = None, labels: Part | None = None) -> Graph:
    """Nodes in the order of their features, or else of their names where those are numbers, or as they come.

    Errors: ValueError in one sentence.
    """
    for part in (edges, features, labels):
        if part is not None:
            refuse_large(*part)
    notices: list[str] = []
    pairs = records.edges(*edges, notices)
    places, x = records.features(*features, notices) if features else (_named(pairs), None)
    classed = _classed(labels, places, notices) if labels else []
    if features:
        _refuse_unknown([(line, node) for line, *two in pairs for node in two], places, edges.name, features.name)
        _refuse_unknown(
            [(line, node) for line, node, _ in classed], places, labels.name if labels else "", features.name
        )
    for _, node, _ in classed:  # known by its class alone, without a neighbour
        places.setdefault(node, len(places))
    if len(places) > records.NODES:
        told = "{name} has {n:,} nodes, and {most:,} are allowed: keep fewer"
        raise ValueError(Sentence(told, name=edges.name, n=len(places), most=records.NODES))
    both = np.array([[places[a], places[b]] for _, a, b in pairs], np.int64).reshape(-1, 2)
    kept = distinct(both)
    if len(kept) < len(both):
        told = "{n:,} edges stand more than once, in both directions or from a node to itself, and count once or not at all."
        notices.append(Sentence(told, n=len(both) - len(kept)))
    numbers, names = _codes(classed, places)
    n = len(places)
    found = GraphSource(
        identity(n) if x is None else _scaled(x, notices),
        labels=numbers if names else None,
        notices=tuple(notices),
        rows=np.arange(n),
        edges=kept,
        names=tuple(places),
    )
    return Graph(found, names)


def _named(pairs: list[tuple[int, str, str]]) -> dict[str, int]:
    """The nodes of edges: by number where all names are numbers, or as they come."""
    names = list(dict.fromkeys(node for _, *two in pairs for node in two))
    if all(name.isascii() and name.isdigit() and len(name) < 16 for name in names):
        names.sort(key=lambda name: (int(name), name))
    return {name: place for place, name in enumerate(names)}


def _classed(labels: Part, places: dict[str, int], notices: list[str]) -> list[tuple[int, str, str]]:
    return records.labels(*labels, notices, places.__contains__)


def _refuse_unknown(named: list[tuple[int, str]], places: dict[str, int], name: str, beside: str) -> None:
    for line, node in named:
        if node not in places:
            raise ValueError(
                Sentence(
                    "{name}, line {line}: node {node!r} has no row in {beside}: add it there, or leave it out",
                    name=name,
                    line=line,
                    node=node[:40],
                    beside=beside,
                )
            )


def _codes(classed: list[tuple[int, str, str]], places: dict[str, int]) -> tuple[Array, tuple[str, ...]]:
    names = tuple(sorted({kind for _, _, kind in classed}))
    code = {kind: number for number, kind in enumerate(names)}
    found = np.full(len(places), _MISSING)
    for _, node, kind in classed:
        found[places[node]] = code[kind]
    return found, names


def _scaled(x: Array, notices: list[str]) -> Any:
    """Counts become shares of their row, as published graphs have them; measurements get mean 0 and deviation 1."""
    if (x >= 0).all() and (x == 0).mean() > 0.5:
        notices.append(Sentence("Features are counts: each row is divided by its sum."))
        sums = x.sum(1, keepdims=True)
        return x / np.where(sums > 0, sums, 1)
    notices.append(Sentence("Each column of the features has been given mean 0 and deviation 1."))
    spread = x.std(0)
    return ((x - x.mean(0)) / np.where(spread > 0, spread, 1)).astype(np.float32)
