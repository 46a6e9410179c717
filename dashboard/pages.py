"""The pages in their order, and what each says of itself.

A folder in `screens/` is a page: `PAGE` in its `__init__.py` says what others must know, and is read at start; `page.py` draws
it, and is imported when the page is first opened, so that the numerics do not stand before the first paint.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.text import t

if TYPE_CHECKING:
    from core.spec import Spec


_SCREENS = "dashboard.screens"


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """What a page is, for all others.

    name: of its folder, and its address. title: in English, translated where it is shown. order: its place in the navigation.
    shows: whether a run belongs on it. several: the settings with which it shows several runs at once; None where it shows one at
    a time. overlays: whether its form holds several methods, so that runs on different rows can be shown together.
    """

    name: str
    title: str
    order: int
    shows: Callable[[Spec], bool] = lambda spec: False
    several: Mapping[str, Any] | None = None
    overlays: bool = False

    def draw(self) -> None:
        """Draw the page."""
        self._module().draw()

    def settings(self, spec: Spec) -> dict[str, Any]:
        """The page's settings, as in its link, that start this run: the inverse of what its pickers and forms build."""
        return self._module().settings(spec.single())

    def _module(self) -> Any:
        return importlib.import_module(f"{_SCREENS}.{self.name}.page")


@cache
def registered() -> tuple[Page, ...]:
    """Every page, in the order of the navigation."""
    folders = pkgutil.iter_modules(importlib.import_module(_SCREENS).__path__)
    found = [importlib.import_module(f"{_SCREENS}.{folder.name}").PAGE for folder in folders]
    return tuple(sorted(found, key=lambda page: page.order))


def named(name: str) -> Page:
    """The page of this name."""
    return next(page for page in registered() if page.name == name)


def showing(spec: Spec | None) -> Page | None:
    """The page that shows a run, or None for one that no page shows: its spec cannot be read any more, or a pitfall's."""
    return next((page for page in registered() if page.shows(spec.single())), None) if spec else None


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of the page that shows a run; none where no page does."""
    page = showing(spec)
    return page.settings(spec) if page else {}


def link_to(name: str, first: str = "home") -> Any:
    """A page as Streamlit's navigation and links take it."""
    page = named(name)
    return st.Page(page.draw, title=t(page.title), url_path=page.name, default=page.name == first)


def navigation(first: str = "home") -> list[Any]:
    """All pages; the first is what the bare address shows."""
    return [link_to(page.name, first) for page in registered()]
