"""Streamlit's own page, with one line more: where its server is.

Opened at a page's address, Streamlit's browser side looks for a server below that address first: two errors in the console
and a tenth of a second, at every link and every refresh.
"""

from __future__ import annotations

from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse

_TELL = '<script>window.__streamlit = {BACKEND_BASE_URL: new URL("./", location).href}</script>'
_HEAD = "<head>"


def _told() -> str:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    return page.replace(_HEAD, f"{_HEAD}\n    {_TELL}", 1)


HTML = _told()


def answer(request: Request) -> HTMLResponse:
    """The page, for the address of any of the navigation."""
    return HTMLResponse(HTML, headers={"Cache-Control": "no-cache"})
