"""Pictures that are not here yet: the download of a set, the reading of an archive, and what a run waits for meanwhile."""

from __future__ import annotations

import streamlit as st

from core.data import images
from core.data.downloads import DOWNLOADS, fetch
from dashboard.text import plain, t
from dashboard.widgets import background_tasks, server


def offer(name: str) -> None:
    """Download what is not on this machine, read what is; both say how far they are."""
    download(name) if name in images.SETS and not images.here(name) else _read(name)


def unread(name: str) -> str:
    """What a run on these pictures waits for: their download, their reading, or somebody who mends what failed."""
    fetched = name not in images.SETS or images.here(name)
    task = background_tasks.find(_reading(name) if fetched else downloading(name))
    if task is not None and not task.over:
        return t("The pictures are being read.") if fetched else t("The pictures are being downloaded.")
    if not fetched:
        return t("The pictures are not on this machine yet: press Download first.")
    if task is not None and task.fault:
        return t("The pictures could not be read: see below Data for the reason.")
    return t("The pictures are not read yet: press Read again.")


def _reading(name: str) -> str:
    return f"read.{name}"


def downloading(name: str) -> str:
    """The name of the task that downloads a set."""
    return f"download.{name}"


def download(name: str) -> None:
    """A button that downloads a set, or how far the download is. Nothing is downloaded without it."""
    key, size = downloading(name), DOWNLOADS[name].size / 1e6
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
