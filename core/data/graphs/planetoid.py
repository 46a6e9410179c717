"""Cora and Citeseer in the files of Planetoid, read without running anything that stands in them."""

from __future__ import annotations

import collections
import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from core.data.graphs.source import GraphSource, distinct
from core.method import Array
from core.sentences import Sentence

PARTS = ("x", "y", "tx", "ty", "allx", "ally", "graph", "test.index")
_VALIDATION = 500  # nodes after the training ones, as in the published division


class _Sparse:
    """What a pickled `csr_matrix` says of itself; nothing of it is believed before it is checked."""


_EMPTY = np.empty(0).__reduce__()[0]  # what makes an empty array, which the file then fills

# Everything that such a file may name. The values are called with what stands in the file.
_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "defaultdict"): collections.defaultdict,
    ("__builtin__", "list"): list,
    ("builtins", "list"): list,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _EMPTY,
    ("numpy._core.multiarray", "_reconstruct"): _EMPTY,
    ("scipy.sparse.csr", "csr_matrix"): _Sparse,
    ("scipy.sparse._csr", "csr_matrix"): _Sparse,
}


class _Unpickler(pickle.Unpickler):
    """Arrays, sparse matrices, dicts and lists; whatever else a pickle names is refused before it is called."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(
                Sentence("it names {module}.{name}, which no such file needs", module=module, name=name)
            )
        return _ALLOWED[module, name]


def read(files: Mapping[str, Path], name: str) -> GraphSource:
    """The graph of `ind.NAME.*`: features with rows that add up to 1, classes, edges, and the published division.

    Test nodes that no file describes (15 of Citeseer) have no features, no class and no part in the division.
    Errors: ValueError that names the file.
    """
    part = {p: files[f"ind.{name}.{p}"] for p in PARTS}
    arrays = {p: _matrix(part[p]) for p in ("x", "tx", "allx", "y", "ty", "ally")}
    index = _index(part["test.index"])
    known = arrays["allx"].shape[0]
    if len(index) != arrays["tx"].shape[0] or index.min() < known or arrays["tx"].shape[1] != arrays["allx"].shape[1]:
        raise ValueError(
            Sentence(
                "{name} does not fit the other files: {n} test nodes are expected",
                name=part["test.index"].name,
                n=arrays["tx"].shape[0],
            )
        )
    n = int(index.max()) + 1
    x = _placed(arrays["allx"], arrays["tx"], index, n)
    classes = np.asarray(_placed(arrays["ally"], arrays["ty"], index, n).todense())
    labels = np.where(classes.any(1), classes.argmax(1), -1).astype(np.int64)
    train = arrays["x"].shape[0]
    split = {"train": np.arange(train), "validation": np.arange(train, train + _VALIDATION), "test": np.sort(index)}
    return GraphSource(rows_to_one(x), labels=labels, edges=_edges(part["graph"], n), split=split, rows=np.arange(n))


def rows_to_one(x: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each row divided by its sum; an empty one stays empty."""
    sums = np.asarray(x.sum(1)).ravel()
    scale = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums != 0)
    return sparse.csr_matrix(sparse.diags(scale) @ x, dtype=np.float32)


def _placed(first: sparse.csr_matrix, later: sparse.csr_matrix, index: Array, n: int) -> sparse.csr_matrix:
    """The rows of `first` and, at their places of the index, those of `later`."""
    places = sparse.csr_matrix((np.ones(len(index), np.float32), (index, np.arange(len(index)))), (n, len(index)))
    return (sparse.vstack([first, sparse.csr_matrix((n - first.shape[0], first.shape[1]))]) + places @ later).tocsr()


def load(path: Path) -> Any:
    """What a pickle holds, if it is arrays, sparse matrices, dicts and lists. Errors: ValueError that names the file."""
    try:
        return _Unpickler(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    except Exception as error:  # a damaged pickle may fail in any way
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(
            Sentence("{name} is no file of Planetoid: {why}; get it again", name=path.name, why=why)
        ) from error


def _matrix(path: Path) -> sparse.csr_matrix:
    found = load(path)
    try:
        if isinstance(found, _Sparse):
            about = vars(found)
            found = sparse.csr_matrix((about["data"], about["indices"], about["indptr"]), about["_shape"])
            found.check_format()
        return sparse.csr_matrix(found, dtype=np.float32)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ValueError(
            Sentence("{name} is no file of Planetoid: it holds no matrix; get it again", name=path.name)
        ) from error


def _index(path: Path) -> Array:
    try:
        index = np.array([int(line) for line in path.read_text("ascii").split()], dtype=np.int64)
    except ValueError as error:
        raise ValueError(Sentence("{name} is no list of node numbers; get it again", name=path.name)) from error
    if not len(index) or index.min() < 0 or len(np.unique(index)) < len(index):
        raise ValueError(Sentence("{name} must hold different node numbers; get it again", name=path.name))
    return index


def _edges(path: Path, n: int) -> Array:
    found = load(path)
    try:
        pairs = np.array([(a, b) for a, others in found.items() for b in others], dtype=np.int64).reshape(-1, 2)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            Sentence("{name} is no file of Planetoid: it holds no neighbours; get it again", name=path.name)
        ) from error
    if len(pairs) and not (pairs.min() >= 0 and pairs.max() < n):
        raise ValueError(Sentence("{name} names node {most}, and there are {n}", name=path.name, most=pairs.max(), n=n))
    return distinct(pairs)
