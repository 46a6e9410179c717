"""Parts of a page side by side under names: only the one that is open is computed, and the link says which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from core.params import Param
from dashboard import state
from dashboard.widgets.address import Address


def drawn(
    address: Address, contents: Mapping[str, tuple[str, Callable[[], object]]], beside: Collection[str] = ()
) -> None:
    """Tabs with what they hold, id → (title, what draws it): the open one is drawn.

    beside: those that draw nothing of the page's runs. Start leaves them for the first, where the new run is seen.
    """
    name, place = opened(address, {name: title for name, (title, _) in contents.items()})
    first, _ = next(iter(contents.values()))
    state.choose(f"{address.page}.leave", (_key(address), first) if name in beside else None)
    with place:
        contents[name][1]()


def _key(address: Address) -> str:
    return address.key(f"tabs.{state.language()}")


def opened(address: Address, titles: Mapping[str, str]) -> tuple[str, Any]:
    """Draw the tabs, id → title; returns the open one's id and the place for its contents."""
    first = next(iter(titles))
    param = Param("tab", str, first, "", choices=tuple(titles))
    key = address.begin("tab", first, param.check)
    names = list(titles)
    # A tab is remembered by its label, which another language changes.
    places = st.tabs(
        [*titles.values()],
        default=titles[state.widget(key)],
        key=_key(address),
        on_change="rerun",
    )
    name, place = next(((n, p) for n, p in zip(names, places, strict=True) if p.open), (first, places[0]))
    return str(address.end("tab", name, first)), place
