"""One's own pictures: a zip or arrays to upload, or a folder of this computer."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.data import images
from dashboard import state
from dashboard.text import t
from dashboard.widgets import server
from dashboard.widgets.address import Address


def bring(address: Address) -> None:
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
    state.drop_widget(f"{page}:n")
    state.set_widget(f"{page}:i", reference)
