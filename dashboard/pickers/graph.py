"""A graph to learn from: bundled, drawn, downloaded, or one's own edge list, as the data of a spec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.data import graphs
from core.data.graphs import Part
from core.data.references import GraphData
from core.params import Param, Range
from dashboard import state
from dashboard.pickers import image_loading
from dashboard.text import plain, t
from dashboard.widgets import background_tasks, form, server
from dashboard.widgets.address import Address

FIRST = "karate"
_DRAWN = (
    Param("n", int, 1_000, "Nodes in all.", Range(20, 20_000, log=True)),
    Param("blocks", int, 4, "Blocks of equal size, which are the classes.", Range(2, 20)),
    Param("within", float, 0.05, "Probability of an edge between two nodes of one block.", Range(0.0, 1.0)),
    Param("between", float, 0.005, "Probability of an edge between two nodes of different blocks.", Range(0.0, 1.0)),
)
_FILES = {"edges": "Edge list", "features": "Features of the nodes, if any", "labels": "Classes of the nodes, if any"}
_SUFFIXES = ["csv", "tsv", "txt", "tab", "dat", "data", "edges"]


def choose(address: Address) -> dict[str, Any]:
    """The data of a spec: {"graph"}, and for a drawn one its parameters. It may not be here yet: `missing` says so."""
    name = _name(address)
    data: dict[str, Any] = {"graph": name}
    if entry := graphs.GRAPHS.get(name):
        st.caption(t(entry.sentence), help=t(entry.provenance))
        if entry.drawn:
            labels = (t("Nodes"), t("Blocks"), t("Edges within"), t("Edges between"))
            for param, label in zip(_DRAWN, labels, strict=True):
                data[param.name] = form.field(address, param, f"g.{param.name}", label)
    else:
        _described(name)
    if not graphs.here(name):
        image_loading.download(name)
    if server.may_steer():
        with st.expander(t("Your own graph")):
            _bring(address)
    return data


def missing(data: Mapping[str, Any]) -> str | None:
    """One sentence where a run cannot start on this graph yet."""
    if graphs.here(data["graph"]):
        return None
    task = background_tasks.find(image_loading.downloading(data["graph"]))
    if task is not None and not task.over:
        return t("The graph is being downloaded.")
    return t("The graph is not on this machine yet: press Download first.")


def settings_of(data: GraphData) -> dict[str, Any]:
    """The settings of `choose` that give these data."""
    given = data.model_dump(exclude_none=True)
    return {"g": given.pop("graph")} | {f"g.{name}": value for name, value in given.items()}


def _name(address: Address) -> str:
    titles = {name: t(entry.title) for name, entry in graphs.GRAPHS.items()}
    titles |= graphs.uploads() if server.may_steer() else {}

    def allowed(text: str) -> str:
        """A link may name a graph or an upload's id, never a path of this machine."""
        if text not in titles and not re.fullmatch(r"[a-z0-9]{8,64}", text):
            raise ValueError(t("{name} is no graph of this dashboard", name=text[:80]))
        return text

    key = address.begin("g", FIRST, allowed)
    chosen = str(state.widget(key))
    if chosen not in titles:
        titles[chosen] = t(GraphData(graph=chosen).title())
    help = t("Nodes, the edges between them, and features of the nodes. Classes are used for reports only.")
    name = st.selectbox(t("Graph"), list(titles), key=key, format_func=lambda i: titles.get(i, i), help=help)
    return str(address.end("g", name, FIRST))


def _described(name: str) -> None:
    """What was read of one's own graph."""
    try:
        found = graphs.load(name)
    except ValueError as error:
        st.error(plain(t(error)), icon=":material/error:")
        return
    said = t(
        "{n} nodes with {d} features, {m} edges, {classes} classes.",
        n=f"{len(found.source):,}",
        d=f"{found.source.x.shape[1]:,}",
        m=f"{len(found.source.edges):,}",
        classes=len(found.classes) or t("no"),
    )
    st.caption(plain(said))


def _bring(address: Address) -> None:
    """An edge list, and beside it features and classes of the nodes."""
    help = {
        "edges": t(
            "A line an edge: two names, separated by comma, tab or blanks. A first line of names may stand above."
        ),
        "features": t("A line a node: its name, then numbers."),
        "labels": t("A line a node: its name and its class."),
    }
    keys = {part: address.key(f"own.{part}") for part in _FILES}
    for part, label in _FILES.items():
        st.file_uploader(t(label), type=_SUFFIXES, key=keys[part], max_upload_size=200, help=help[part])
    ready = state.widget(keys["edges"]) is not None
    st.button(
        t("Open the graph"),
        key=address.key("own.open"),
        on_click=_take,
        args=(address.page, keys),
        disabled=not ready,
    )


def _take(page: str, keys: Mapping[str, str]) -> None:
    """For callbacks: choose what was just brought; a fault becomes a sentence on the page."""
    files = {part: state.widget(key) for part, key in keys.items()}
    given = {part: Part(file.getvalue(), file.name) for part, file in files.items() if file is not None}
    if "edges" not in given:  # removed, and the button pressed before the page knew
        state.note(page, t("Choose the file of the edge list first."))
        return
    try:
        reference = graphs.save_graph(**given)
    except (ValueError, OSError) as error:
        state.note(page, t(error) if isinstance(error, ValueError) else str(error.strerror))
        return
    state.set_widget(f"{page}:g", reference)
