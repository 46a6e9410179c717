"""Graphs: bundled, drawn from a block model, downloaded, or an upload."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from core.data.references.base import Brought, Reference
from core.method import Array, Source
from core.sentences import Sentence, setting

_DRAWN: dict[str, Any] = {"n": 1_000, "blocks": 4, "within": 0.05, "between": 0.005}


class GraphData(Reference):
    """A graph: a set by name, such as "karate", an upload by its id, or the path of an edge list.

    "blocks" is drawn: `n` nodes in `blocks` equal blocks, each pair joined with probability `within` or `between` them.
    """

    kind = "graph"
    gives = "graph"
    graph: Annotated[str, Field(min_length=1, max_length=4_000)]
    n: int | None = Field(default=None, ge=20, le=20_000)
    blocks: int | None = Field(default=None, ge=2, le=20)
    within: float | None = Field(default=None, ge=0, le=1)
    between: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _only_drawn(self) -> GraphData:
        given = {name: getattr(self, name) for name in _DRAWN if getattr(self, name) is not None}
        if self.graph == "blocks":
            for name, value in (_DRAWN | given).items():  # written down, as `Spec.parameters`
                object.__setattr__(self, name, value)
        elif given:
            told = "{name}={value} has no use here: only the graph that is called blocks is drawn"
            raise ValueError(Sentence(told, name=next(iter(given)), value=next(iter(given.values()))))
        return self

    def check(self, family: str) -> None:
        if self.graph == "blocks" and (self.n or 0) < 5 * (self.blocks or 0):
            told = "n={n} is too few for {blocks} blocks: take at least {least} nodes"
            raise ValueError(Sentence(told, n=self.n, blocks=self.blocks, least=5 * (self.blocks or 0)))

    def source(self, seed: int, family: str) -> Source:
        from core.data.graphs import graph_source
        from core.data.graphs.blocks import block_model

        if self.graph == "blocks":
            drawn: dict[str, Any] = {name: getattr(self, name) for name in _DRAWN}
            return block_model(**drawn, seed=seed)
        return graph_source(self.graph)

    def title(self) -> str:
        from core.data.graphs import GRAPHS, title

        try:
            return Sentence(title(self.graph)) if self.graph in GRAPHS else title(self.graph)
        except ValueError:
            return self.graph

    def description(self) -> str:
        if self.graph != "blocks":
            return self.title()
        told = "{title}: {blocks} blocks, {n:,} nodes, {within} within, {between} between"
        drawn: dict[str, Any] = {name: getattr(self, name) for name in _DRAWN}
        return Sentence(told, title=self.title(), **drawn)

    def label_names(self) -> tuple[str, ...]:
        from core.data.graphs import load

        if self.graph == "blocks":
            return tuple(setting(Sentence("block"), k + 1) for k in range(self.blocks or 0))
        return load(self.graph).classes

    def origin(self, rows: Array) -> pd.DataFrame:
        names = self.names(rows)
        return super().origin(rows).assign(**({"node": np.asarray(names, dtype=object)} if names else {}))

    def names(self, rows: Array) -> list[str]:
        from core.data.graphs import load

        found = () if self.graph == "blocks" else load(self.graph).source.names
        return [found[i] for i in rows] if found else []

    def brought(self) -> Brought | None:
        from core.data.graphs import GRAPHS, own

        return None if self.graph in GRAPHS else own.brought(self.graph)
