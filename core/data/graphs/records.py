"""Text files of graphs as records with their lines: edges, features and labels of nodes, each fault in one sentence."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np

from core.data import separator
from core.data.encoding import text_encoding
from core.data.opening import refuse_foreign
from core.data.records import Record, read_records
from core.data.separator import NUMBER
from core.method import Array
from core.sentences import Sentence

NODES, EDGES, COLUMNS = 200_000, 2_000_000, 10_000  # at most
_ENDS = {"source", "target", "from", "to", "src", "dst", "u", "v", "node1", "node2", "node_1", "node_2", "head", "tail"}
_SAMPLE = 400


def edges(data: bytes, name: str, notices: list[str]) -> list[tuple[int, str, str]]:
    """(line, node, node) of each edge; what stands further right is left out. Errors: ValueError."""
    rows = _records(data, name, notices)
    for line, cells in rows:
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise ValueError(
                Sentence(
                    "{name}, line {line}: {found!r} names one node, and an edge needs two, such as a,b",
                    name=name,
                    line=line,
                    found=" ".join(cells).strip()[:60],
                )
            )
    if _is_header(rows, lambda cells: all(cell.lower() in _ENDS for cell in cells[:2])):
        rows = _without_header(rows, notices)
    if len(rows) > EDGES:
        raise ValueError(
            Sentence("{name} has {n:,} edges, and {most:,} are allowed: keep fewer", name=name, n=len(rows), most=EDGES)
        )
    if rows and max(len(cells) for _, cells in rows) > 2:
        notices.append(Sentence("Only the first two columns of {name} are read: edges have no weights.", name=name))
    return [(line, cells[0], cells[1]) for line, cells in rows]


def features(data: bytes, name: str, notices: list[str]) -> tuple[dict[str, int], Array]:
    """Node → its row, and the numbers (n, d) beside it. The first column names the nodes. Errors: ValueError."""
    rows = _records(data, name, notices)
    if _is_header(rows, lambda cells: not all(map(NUMBER.fullmatch, cells[1:]))):
        rows = _without_header(rows, notices)
    width = len(rows[0][1]) if rows else 0
    if not 2 <= width <= COLUMNS + 1:
        raise ValueError(
            Sentence(
                "{name} has {n} column beside the nodes' names: give 1 to {most:,}",
                many="{name} has {n} columns beside the nodes' names: give 1 to {most:,}",
                name=name,
                n=max(width - 1, 0),
                most=COLUMNS,
            )
        )
    places = _places(rows, name)
    return places, np.array([_numbers(line, cells, width, name) for line, cells in rows], dtype=np.float32)


def labels(data: bytes, name: str, notices: list[str], known: Callable[[str], bool]) -> list[tuple[int, str, str]]:
    """(line, node, class) of each node. A first line whose node is not `known` is the header. Errors: ValueError."""
    rows = _records(data, name, notices)
    if len(rows) > 1 and not known(rows[0][1][0]):
        rows = _without_header(rows, notices)
    for line, cells in rows:
        if len(cells) != 2:
            raise ValueError(
                Sentence(
                    "{name}, line {line} has {n} cells: give a node and its class, such as a,red",
                    name=name,
                    line=line,
                    n=len(cells),
                )
            )
    _places(rows, name)
    return [(line, cells[0], cells[1]) for line, cells in rows if cells[1]]


def _records(data: bytes, name: str, notices: list[str]) -> list[Record]:
    """Lines that are neither blank nor a comment (# or %), split by what separates their cells."""
    refuse_foreign(data, name)
    data, encoding, errors, said = text_encoding(data, name, None)
    notices += said
    lines = data.decode(encoding, errors).removeprefix("\ufeff").splitlines()
    # A comment leaves its line blank, so that later ones keep their numbers.
    kept = ["" if line.lstrip().startswith(("#", "%")) else line for line in lines]
    sample = list(islice((line for line in kept if line.strip()), _SAMPLE))
    if not sample:
        raise ValueError(Sentence("{name} holds comments alone: there is no data in it", name=name))
    mark = separator.sniff(sample)
    mark = mark if any(mark in line for line in sample) else " "
    text = io.StringIO("\n".join(kept))
    return [(line, [cell.strip() for cell in cells]) for line, cells in read_records(text, mark, 0, name, notices)]


def _is_header(rows: Sequence[Record], named: Callable[[list[str]], bool]) -> bool:
    """Whether the first record names columns: in words that are known, or where numbers begin below words."""
    if len(rows) < 2:
        return False
    first, second = rows[0][1], rows[1][1]
    word = [not NUMBER.fullmatch(cell) for cell in first]
    return named(first) or (all(word) and all(map(NUMBER.fullmatch, second)))


def _without_header(rows: list[Record], notices: list[str]) -> list[Record]:
    line, cells = rows[0]
    said = ", ".join(cells[:4])
    notices.append(Sentence("Line {line} ({said}) was read as the names of columns.", line=line, said=said))
    return rows[1:]


def _places(rows: Sequence[Record], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, (line, cells) in enumerate(rows):
        if not cells[0]:
            raise ValueError(Sentence("{name}, line {line} names no node: fill its first cell", name=name, line=line))
        if cells[0] in found:
            raise ValueError(
                Sentence(
                    "{name}, line {line}: node {node!r} stands there a second time, first in line {first}: keep one",
                    name=name,
                    line=line,
                    node=cells[0][:40],
                    first=rows[found[cells[0]]][0],
                )
            )
        found[cells[0]] = place
    return found


def _numbers(line: int, cells: list[str], width: int, name: str) -> list[float]:
    if len(cells) != width:
        raise ValueError(
            Sentence(
                "{name}, line {line} has {n} cells, and the first row has {width}: give each node as many",
                name=name,
                line=line,
                n=len(cells),
                width=width,
            )
        )
    out = []
    for column, cell in enumerate(cells[1:], 2):
        value = float(cell) if NUMBER.fullmatch(cell) and "," not in cell else float("nan")
        if not abs(value) < 1e30:
            raise ValueError(
                Sentence(
                    "{name}, line {line}, column {column}: {cell!r} is no number below 1e30: fill it, or leave the node out",
                    name=name,
                    line=line,
                    column=column,
                    cell=cell[:40],
                )
            )
        out.append(value)
    return out
