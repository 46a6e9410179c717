"""What is to be grouped or laid out: a set of pictures, one's own, or columns of a table, as the data of a spec."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.data import images
from core.data.features import Features
from core.data.references import ImageData, Reference, RunData, TableData
from core.params import Param, Range
from dashboard import state
from dashboard.pickers import image_loading, sample_columns, user_images
from dashboard.text import plain, t
from dashboard.widgets import form, server
from dashboard.widgets.address import Address

TABLE = "table"
MOST = 10_000  # pictures at first: what two cores learn from in a minute
_FEWEST = 10
_SAID = 3  # notices that are not folded away


def choose(address: Address, *, runs: Mapping[str, str] | None = None, most: int = MOST) -> dict[str, Any]:
    """The data of a spec: {"images", "n"}, {"table", "x", "labels"}, or {"run"} for one of `runs` ("run.ID" → title).

    What is chosen may not be here yet: `missing` says so.
    """
    name = _name(address, dict(runs or {}))
    if name.startswith("run."):
        return _learned(address, name.removeprefix("run."), most)
    if name == TABLE:
        return sample_columns.choose(address)
    data = _pictures(address, name, most)
    if server.may_steer():
        with st.expander(t("Your own pictures")):
            user_images.bring(address)
    return data


def kind(data: Mapping[str, Any]) -> str:
    """Which settings these data have: "pictures" or "rows"."""
    return "pictures" if "images" in data else "rows"


def missing(data: Mapping[str, Any]) -> str | None:
    """One sentence where a run cannot start on these data yet: pictures to be downloaded or read, no column chosen."""
    if "images" in data and not images.ready(data["images"]):
        return image_loading.unread(data["images"])
    if "table" in data and not data["x"]:
        return t("Choose at least one column of a table that can be read.")
    return None


def _name(address: Address, runs: dict[str, str]) -> str:
    titles = {name: t(entry.title) for name, entry in images.SETS.items()}
    titles |= {TABLE: t("Columns of a table")} | runs
    titles |= images.uploads() if server.may_steer() else {}

    def allowed(text: str) -> str:
        """A link may name a set, a run or an upload's id, never a path of this machine."""
        if text not in titles and not re.fullmatch(r"[a-z0-9]{8,64}", text):
            raise ValueError(t("{name} is no set of pictures of this dashboard", name=text[:80]))
        return text

    key = address.begin("i", "digits", allowed)
    chosen = str(state.widget(key))
    if chosen not in titles:
        titles[chosen] = t(ImageData(images=chosen, n=None).title())
    name = st.selectbox(
        t("Data"),
        list(titles),
        key=key,
        format_func=lambda i: titles.get(i, i),
        help=t("Pictures, or rows of a table. Labels, where there are any, are used for reports only."),
        on_change=state.drop_widget,
        args=(address.key("n"),),
    )
    return str(address.end("i", name, "digits"))


def _pictures(address: Address, name: str, most: int) -> dict[str, Any]:
    entry = images.SETS.get(name)
    if entry:
        st.caption(t(entry.sentence), help=t(entry.provenance))
    if not images.ready(name):
        image_loading.offer(name)
        return {"images": name}
    total = entry.size if entry else _described(name)
    help = "How many of them, drawn at random by the seed. Fewer train faster; more train better."
    return {"images": name} | _how_many(address, total, most, t("Number of pictures"), help)


def _learned(address: Address, run: str, most: int) -> dict[str, Any]:
    """The features of a run, some of the rows that it has kept."""
    try:
        kept = Features.load(run)
    except ValueError as error:
        st.caption(plain(t(error)))
        return {"run": run}
    for sentence in kept.notices():
        st.caption(plain(t(sentence)))
    help = "How many of the rows, drawn at random by the seed."
    return {"run": run} | _how_many(address, len(kept), most, t("Number of rows"), help)


def _how_many(address: Address, total: int, most: int, label: str, help: str) -> dict[str, int]:
    """A field for how many of so many; nothing where it is all of them."""
    if total <= _FEWEST:
        return {}
    param = Param("n", int, min(total, most), help, Range(_FEWEST, total))
    if (state.widget(address.key("n")) or 0) > total:
        state.drop_widget(address.key("n"))
    n = form.field(address, param, "n", label)
    return {"n": n} if n < total else {}


def _described(name: str) -> int:
    """What was read of one's own pictures; returns how many there are to learn from."""
    found = images.load(name)
    n, _, height, width = found.x.shape
    st.caption(
        t(
            "{n} pictures of {width} × {height} pixels, {classes} classes, {test} kept apart as a test.",
            n=f"{n:,}",
            width=width,
            height=height,
            classes=len(found.classes) or t("no"),
            test=t("none") if found.test_x is None else f"{len(found.test_x):,}",
        )
    )
    for sentence in found.notices[:_SAID]:
        st.caption(plain(sentence))
    if len(found.notices) > _SAID:
        with st.expander(t("{n} more notes on what was read", n=len(found.notices) - _SAID)):
            for sentence in found.notices[_SAID:]:
                st.caption(plain(sentence))
    return n


def settings_of(data: Reference) -> dict[str, Any]:
    """The settings of `choose` that give these data."""
    return _SETTINGS[data.kind](data)


def _of_pictures(data: ImageData) -> dict[str, Any]:
    given = data.model_dump(exclude_none=True)
    if data.images in images.SETS:  # a spec without n means all, and the page begins with fewer
        given.setdefault("n", images.SETS[data.images].size)
    return {"i": given.pop("images")} | given


def _of_columns(data: TableData) -> dict[str, Any]:
    return sample_columns.settings_of(data) | {"i": TABLE}


def _of_run(data: RunData) -> dict[str, Any]:
    given = {} if data.n is None else {"n": data.n}
    with contextlib.suppress(ValueError):  # a spec without n means all that are kept, and the page begins with fewer
        given.setdefault("n", len(Features.load(data.run)))
    return {"i": f"run.{data.run}"} | given


_SETTINGS: dict[str, Callable[[Any], dict[str, Any]]] = {  # of the kinds that are offered here
    "images": _of_pictures,
    "table": _of_columns,
    "run": _of_run,
}
