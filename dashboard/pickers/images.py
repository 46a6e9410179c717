"""What is to be grouped or laid out: a set of pictures, one's own, or columns of a table, as the data of a spec."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.data import images
from core.data.downloads import DOWNLOADS, fetch
from core.data.features import Features
from core.data.references import ImageData, Reference, RunData, TableData
from core.params import Param, Range
from dashboard import state
from dashboard.pickers import tables
from dashboard.text import plain, t
from dashboard.widgets import background_tasks, form, server
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
        return _table(address)
    data = _pictures(address, name, most)
    if server.may_steer():
        with st.expander(t("Your own pictures")):
            _bring(address)
    return data


def kind(data: Mapping[str, Any]) -> str:
    """Which settings these data have: "pictures" or "rows"."""
    return "pictures" if "images" in data else "rows"


def missing(data: Mapping[str, Any]) -> str | None:
    """One sentence where a run cannot start on these data yet: pictures to be downloaded or read, no column chosen."""
    if "images" in data and not images.ready(data["images"]):
        return _unread(data["images"])
    if "table" in data and not data["x"]:
        return t("Choose at least one column of a table that can be read.")
    return None


def _unread(name: str) -> str:
    """What a run on these pictures waits for: their download, their reading, or somebody who mends what failed."""
    fetched = name not in images.SETS or images.here(name)
    task = background_tasks.find(_reading(name) if fetched else _download(name))
    if task is not None and not task.over:
        return t("The pictures are being read.") if fetched else t("The pictures are being downloaded.")
    if not fetched:
        return t("The pictures are not on this machine yet: press Download first.")
    if task is not None and task.fault:
        return t("The pictures could not be read: see below Data for the reason.")
    return t("The pictures are not read yet: press Read again.")


def _reading(name: str) -> str:
    return f"read.{name}"


def _download(name: str) -> str:
    return f"download.{name}"


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
        titles[chosen] = t(ImageData(images=chosen).title())
    name = st.selectbox(
        t("Data"),
        list(titles),
        key=key,
        format_func=lambda i: titles.get(i, i),
        help=t("Pictures, or rows of a table. Labels, where there are any, are used for reports only."),
        on_change=_forget,
        args=(address.key("n"),),
    )
    return str(address.end("i", name, "digits"))


def _forget(*keys: str) -> None:
    for key in keys:
        state.drop_widget(key)


def _pictures(address: Address, name: str, most: int) -> dict[str, Any]:
    entry = images.SETS.get(name)
    if entry:
        st.caption(t(entry.sentence), help=t(entry.provenance))
    if not images.ready(name):
        _fetch(name) if entry and not images.here(name) else _read(name)
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


def _fetch(name: str) -> None:
    """A button that downloads a set, or how far the download is. Nothing is downloaded without it."""
    key, size = _download(name), DOWNLOADS[name].size / 1e6
    task = background_tasks.find(key)
    if task is not None and not task.over:
        background_tasks.watch(
            key,
            lambda done, total: t(
                "{done} of {total} MB", done=f"{done / 1e6:.1f}", total=f"{(total or size * 1e6) / 1e6:.1f}"
            ),
        )
        return
    if task is not None and task.fault:
        st.error(plain(t(task.fault)), icon=":material/error:")
    st.button(
        t("Download {size} MB", size=f"{size:.0f}"),
        key=key,
        icon=":material/download:",
        on_click=background_tasks.begin,
        args=(key, lambda progress: fetch(name, progress)),
        disabled=not server.may_steer(),
        help=t("Once, from the set's publishers, checked and kept in the data folder. Nothing is sent."),
    )


def _read(name: str) -> None:
    """Reads an upload or unpacks a set, or says how far that is, or why it failed."""
    key = _reading(name)
    task = background_tasks.find(key)
    if task is None:
        background_tasks.begin(key, background_tasks.child("pictures", name))
    if task is None or not task.over:
        background_tasks.watch(key, _share)
        return
    if task.fault:
        st.error(plain(t(task.fault)), icon=":material/error:")
    st.button(
        t("Read again"),
        key=key,
        on_click=background_tasks.begin,
        args=(key, background_tasks.child("pictures", name)),
        disabled=not server.may_steer(),
    )


def _share(done: int, total: int) -> str:
    """How much is read; an archive that is unpacked does not say."""
    return t("Reading the pictures: {share}", share=f"{done / total:.0%}") if total else t("Reading the pictures")


def _bring(address: Address) -> None:
    """A zip or arrays to upload, or a folder where viewer and server are on one machine."""
    key = address.key("zip")
    st.file_uploader(
        t("Open a zip of pictures"),
        type=["zip", "npz", "npy"],
        key=key,
        max_upload_size=200,
        on_change=_upload,
        args=(address.page, key),
        help=t(
            "PNG, JPEG and similar, up to 200 MB. Folders in it are classes; train and test folders above them are kept "
            "apart. NumPy arrays (.npz, .npy) work too. They stay on this computer."
        ),
    )
    if server.options().token:  # on the lab's network a path would be one of the server's
        return
    key = address.key("folder")
    st.text_input(t("Or a folder of this computer"), key=key, placeholder=t("its full path"))
    st.button(t("Open the folder"), key=address.key("open"), on_click=_folder, args=(address.page, key))


def _upload(page: str, key: str) -> None:
    if (file := state.widget(key)) is not None:
        _take(page, lambda: images.save_pictures(file.getvalue(), file.name))


def _folder(page: str, key: str) -> None:
    if path := str(state.widget(key) or "").strip():
        _take(page, lambda: images.keep_folder(path))


def _take(page: str, keep: Callable[[], str]) -> None:
    """For callbacks: choose what was just brought; a fault becomes a sentence on the page."""
    try:
        reference = keep()
    except ValueError as error:
        state.note(page, t(error))
        return
    _forget(f"{page}:n")
    state.set_widget(f"{page}:i", reference)


def _table(address: Address) -> dict[str, Any]:
    table = tables.pick(address, first="wine")
    reference = str(state.widget(address.key("t")))
    if table is None:
        return {"table": reference, "x": []}
    from core.data.design_matrix import LEVELS, label_columns, sample_columns

    labels = _labels(address, label_columns(table), reference)
    grouped = sample_columns(table)
    names = [name for name in grouped if name != labels]
    first = [name for name in names if table[name].kind in ("numeric", "integer")] or names
    key = address.begin("x", first, lambda text: tables.listed(text, names))
    kept = [name for name in state.widget(key) if name in names]
    state.set_widget(key, kept if kept or not state.widget(key) else first)  # emptied by hand it stays empty
    help = t("Rows that are alike in these columns are grouped. Categories enter as columns of 0 and 1.")
    x = st.multiselect(t("Columns"), names, key=key, help=help)
    if said := tables.unusable(table, grouped, t("more than {n} categories", n=LEVELS)):
        st.caption(plain(said))
    address.end("x", x if x == first else json.dumps(x, ensure_ascii=False), first)
    return {"table": reference, "x": x} | ({"labels": labels} if labels else {})


def _labels(address: Address, names: list[str], reference: str) -> str | None:
    """The column that is only compared with; the bundled tables have one."""
    entry = tables.BUNDLED.get(reference)
    first = entry.labels if entry and entry.labels in names else None

    def read(text: str) -> str | None:
        if text != "none" and text not in names:
            raise ValueError(t("there is no column {name} to compare with", name=text[:80]))
        return None if text == "none" else text

    key = address.begin("labels", first, read)
    if state.widget(key) not in (None, *names):
        state.set_widget(key, first)
    chosen = st.selectbox(
        t("Compare with"),
        [None, *names],
        key=key,
        format_func=lambda name: t("nothing") if name is None else name,
        placeholder=t("nothing"),  # what a box shows whose value is None
        help=t("A column of classes. It is compared with the clusters afterwards and never used for training."),
    )
    return address.end("labels", chosen, first)


def settings_of(data: Reference) -> dict[str, Any]:
    """The settings of `choose` that give these data."""
    return _SETTINGS[data.kind](data)


def _of_pictures(data: ImageData) -> dict[str, Any]:
    given = data.model_dump(exclude_none=True)
    if data.images in images.SETS:  # a spec without n means all, and the page begins with fewer
        given.setdefault("n", images.SETS[data.images].size)
    return {"i": given.pop("images")} | given


def _of_columns(data: TableData) -> dict[str, Any]:
    x = json.dumps(data.x, ensure_ascii=False)
    return {"labels": None, **tables.settings_of(data), "i": TABLE, "x": x}


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
