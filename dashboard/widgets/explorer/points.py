"""What is known of each point of a layout: its number, name, classes, values, picture, and the features that it was laid out from."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.arrays import flat
from core.data.references import Reference
from core.evaluation.rowwise import border_distance, held_out_probe
from core.learning.scaling import Scale
from core.method import Source
from core.sentences import Sentence
from core.spec import Spec
from dashboard.charts import palette
from dashboard.text import t
from dashboard.widgets import server
from dashboard.widgets.explorer.wire import Part, part

Array = np.ndarray
NEAR, FAR = 10, 5  # neighbours that are shown, and rows that are farthest
_COLUMNS = 24  # of a table, at most
_CLASSES = 200  # that a column of classes may have
_PROBED = 4e9  # rows × features²: more would take seconds
_SENT = 8_000_000  # bytes of features that a browser is sent, so that it finds neighbours by itself


@dataclass(frozen=True)
class Column:
    """A value for each point: a code into `names`, −1 where there is none, or a number."""

    id: str
    title: str
    values: Array
    names: tuple[str, ...] = ()

    def said(self) -> dict[str, Any]:
        """As the browser takes it, in this viewer's language."""
        if self.names:
            names = [t(name) if isinstance(name, Sentence) else name for name in self.names]
            codes = self.values.astype(np.int32)
            return {"id": self.id, "title": t(self.title), "kind": "category", "values": codes, "names": names}
        finite = self.values[np.isfinite(self.values)]
        low, high = (float(v) for v in np.quantile(finite, (0.01, 0.99))) if len(finite) else (0.0, 1.0)
        if low == high and len(finite):
            low, high = float(finite.min()), float(finite.max())
        values = self.values.astype(np.float32)
        return {"id": self.id, "title": t(self.title), "kind": "number", "values": values, "low": low, "high": high}


@dataclass(eq=False)
class Points:
    """n points: `numbers` (n,) count the rows of the user's data from 1; `titles` are names of files or nodes, where there are any."""

    features: Array
    numbers: Array
    columns: list[Column]
    titles: list[str] = field(default_factory=list)
    images: str = ""  # the set of pictures
    origin: Array | None = None  # rows of that set
    _parts: dict[str, Part] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def exact(self) -> Array | None:
        """The features as the browser takes them, (n, d); None where they are too many, or single precision would round
        them: the server looks for neighbours then."""
        if isinstance(self.features, np.ndarray) and self.features.size * 4 <= _SENT:
            found = flat(self.features)
            single = found if found.dtype == np.uint8 else found.astype(np.float32)
            return single if np.array_equal(single, found, equal_nan=True) else None
        return None

    @cached_property
    def sent(self) -> Part | None:
        """The same as a part of a message."""
        if self.exact is None:
            return None
        return part({"d": self.exact.shape[1], "values": self.exact.ravel(), "near": NEAR, "far": FAR})

    def base(self, language: str, group: str) -> Part:
        """What the browser keeps of them, made once for a language."""
        key = f"{language}:{group}"
        if key not in self._parts:
            self._parts[key] = part(
                {
                    "n": len(self),
                    "numbers": self.numbers.astype(np.int32),
                    "titles": self.titles,
                    "columns": [column.said() for column in self.columns],
                    "colour": self.columns[0].id if self.columns else "",
                    "pictures": bool(self.images),
                    "features": self.exact is not None,
                    "group": group,
                    "palette": _PALETTE,
                }
            )
        return self._parts[key]


_PALETTE = {
    "categories": [[colour, palette.themed(colour, True)] for colour in palette.CATEGORIES],
    "scale": [list(palette.SEQUENTIAL), palette.themed(list(palette.SEQUENTIAL), True)],
    "single": [palette.BLUE, palette.themed(palette.BLUE, True)],
    "symbols": list(palette.SYMBOLS),
}


def of_spec(spec: Spec, rows: Array) -> Points:
    """What is known of rows of a run's data, which its layout shows. Errors: ValueError where the data are gone."""
    standardised = bool(spec.parameters.get("standardise"))
    return _of_data(spec.data.model_dump_json(exclude_none=True), spec.seed, standardised, True, _digest(rows), rows)


def of_snapshot(spec: Spec, rows: Array, features: Array) -> Points:
    """The same of rows that a network is looked at by while it learns, with the features that they have at that moment."""
    known = _of_data(spec.data.model_dump_json(exclude_none=True), spec.seed, False, False, _digest(rows), rows)
    return replace(known, features=features)


def _digest(rows: Array) -> str:
    return blake2b(np.ascontiguousarray(rows).tobytes(), digest_size=8).hexdigest()


@st.cache_resource(max_entries=3, show_spinner=False)
def _of_data(data: str, seed: int, standardised: bool, probed: bool, which: str, _rows: Array) -> Points:
    from core.data import references

    reference = references.parse(json.loads(data))
    source = reference.source(seed, "projections")
    assert isinstance(source, Source)  # a table of two sides is none that can be laid out
    numbers = (np.arange(len(source)) if source.rows is None else source.rows)[_rows]
    features = source.x[_rows]
    if standardised:  # as the layout has seen them
        features = Scale.of_columns(flat(features).astype(np.float64))(flat(features)).astype(np.float32)
    labels = None if source.labels is None else np.asarray(source.labels)[_rows]
    columns: list[Column] = []
    learned_from = reference
    if reference.learned_by():
        learned_from, found, labels = _learned(reference, seed, _rows)
        columns += found
    if labels is not None:
        columns = [*_labelled(labels, reference.label_names(), features if probed else None), *columns]
    titles, own = _own(learned_from, numbers)
    images = learned_from.named if learned_from.gives == "pictures" else ""
    return Points(features, numbers + 1, columns + own, titles, images, numbers if images else None)


def _labelled(labels: Array, names: Sequence[str], features: Array | None) -> Iterable[Column]:
    """The label, and what a probe that was fitted without the row makes of it."""
    values, codes = np.unique(labels, return_inverse=True)
    if len(values) > _CLASSES:
        return
    called = tuple(_called(v, names) for v in values.tolist())
    yield Column("label", Sentence("Label"), codes, called)
    if features is None or len(values) < 2:
        return
    x = flat(features)
    if len(x) * x.shape[1] ** 2 < _PROBED:
        predicted, margin = held_out_probe(x, codes)
        if np.isfinite(margin).any():
            names_of_error = (Sentence("right"), Sentence("wrong"))
            yield Column("probe", Sentence("Linear probe says"), predicted, called)
            yield Column("error", Sentence("Probe error"), np.where(predicted == codes, 0, 1), names_of_error)
            yield Column("margin", Sentence("Margin of the probe"), margin)


def _called(value: Any, names: Sequence[str]) -> str:
    return str(names[int(value)]) if isinstance(value, (int, float)) and 0 <= value < len(names) else str(value)


def _learned(data: Any, seed: int, rows: Array) -> tuple[Reference, list[Column], Array | None]:
    """(the data that a run has learned from, the run's clusters and how certain it is of them, labels)."""
    from core.data import references
    from core.data.features import some_features

    kept = some_features(data.run, data.n, seed)
    learned_from = references.parse(kept.data) if kept.data else data
    labels = None if kept.labels is None else kept.labels[rows]
    if kept.clusters is None:
        return learned_from, [], labels
    clusters = np.asarray(kept.clusters)[rows]
    values, codes = np.unique(clusters, return_inverse=True)
    names = tuple(Sentence("cluster {j}", j=int(j)) for j in values)
    columns = [Column("cluster", Sentence("Cluster"), codes, names)]
    assigned = server.store().view(data.run, "assignments")
    if assigned is not None and kept.rows is not None and len(assigned["certainty"]) == kept.total:
        certainty = assigned["certainty"][kept.rows[rows]]
        columns.append(Column("certainty", Sentence("Certainty of the cluster"), certainty))
    far = border_distance(kept.features[rows], clusters)
    columns.append(Column("border", Sentence("Distance from the border between clusters"), far))
    return learned_from, columns, labels


def _own(data: Reference, numbers: Array) -> tuple[list[str], list[Column]]:
    """Names of files or nodes, and the columns of a table: what the user's own data say of these rows."""
    with contextlib.suppress(ValueError):  # they are gone: the rows are still told apart by number
        return data.names(numbers), list(_table_columns(data.columns(numbers)))
    return [], []


def _table_columns(frame: pd.DataFrame) -> Iterable[Column]:
    for name in frame.columns[:_COLUMNS]:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            yield Column(f"own.{name}", str(name), values.to_numpy(dtype=np.float64, na_value=np.nan))
            continue
        codes, names = pd.factorize(values, sort=True)
        if 0 < len(names) <= _CLASSES:
            yield Column(f"own.{name}", str(name), codes, tuple(map(str, names)))
