"""Streamlit's own scripts, styles and fonts, from memory.

A first paint asks for some seventy of them. Streamlit opens and reads each file in threads, piece by piece, at every request,
and sends it as it is: more work than all else that the server does for a page. Their names hold a hash of what they contain,
so each is read and compressed once.
"""

from __future__ import annotations

import gzip
from mimetypes import guess_type
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_ROOT = Path(streamlit.__file__).parent / "static"
_TEXT = (".js", ".css")
_YEAR = 365 * 24 * 60 * 60


class Bundles:
    """Middleware of the server: answers for the files of Streamlit's browser side, and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        files = (path for path in (_ROOT / "static").rglob("*") if path.is_file())
        self._files = {f"/{path.relative_to(_ROOT).as_posix()}": path for path in files}  # nothing else is ever opened
        self._ready: dict[tuple[str, bool], Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in self._files:
            headers = Headers(scope=scope)
            if "range" not in headers:
                small = "gzip" in headers.get("accept-encoding", "")
                await self._response(scope["path"], small)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _response(self, name: str, small: bool) -> Response:
        """The whole answer for a file; made at the first request."""
        path = self._files[name]
        key = (name, small and path.suffix in _TEXT)
        if key not in self._ready:
            headers = {"Cache-Control": f"public, immutable, max-age={_YEAR}", "Vary": "Accept-Encoding"}
            body = path.read_bytes()
            if key[1]:
                body, headers["Content-Encoding"] = gzip.compress(body, 6), "gzip"
            self._ready[key] = Response(body, headers=headers, media_type=guess_type(name)[0])
        return self._ready[key]
