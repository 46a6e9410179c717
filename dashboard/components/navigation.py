"""The pages in their order, and links between them. A page is a file; its name is its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.text import t

# Not called "pages": Streamlit serves the files of such a folder without the app around them, and so without the token.
_SCREENS = Path(__file__).resolve().parents[1] / "screens"
_TITLES = {
    "home": "Home",
    "estimate": "Estimate",
    "table": "Table",
    "cluster": "Cluster",
    "density": "Density",
    "representation": "Representation",
    "embedding": "Embedding",
    "runs": "Runs",
}


def page(name: str, first: str = "home") -> Any:
    """One page, to be navigated to."""
    return st.Page(_SCREENS / f"{name}.py", title=title(name), url_path=name, default=name == first)


def title(name: str) -> str:
    """What people call a page."""
    return t(_TITLES[name])


def pages(first: str = "home") -> list[Any]:
    """All pages; the first is what the bare address shows."""
    return [page(name, first) for name in _TITLES]
