"""What stands before every request: foreign pages are turned away, on the lab's network only the presenter uploads, and
browsers are told to run no script but ours."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from dashboard import first_page
from dashboard.settings import Settings

_UPLOAD = "/_stcore/upload_file/"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_READING = ("GET", "HEAD", "OPTIONS")


def is_presenter(chosen: Settings, cookies: Mapping[str, str]) -> bool:
    """Whether a browser has opened the presenter's link before: it keeps the key, so that the address need not."""
    kept = cookies.get(_cookie(chosen), "")
    return bool(chosen.key) and hmac.compare_digest(kept.encode(), chosen.key.encode())


class Gate:
    """Middleware of the server. The presenter's key becomes a cookie, and the address shows the viewers' token instead."""

    def __init__(self, app: ASGIApp, chosen: Settings) -> None:
        self._app, self._chosen = app, chosen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_headers())
            await send(message)

        if scope["type"] in ("http", "websocket") and (answer := self._answer(HTTPConnection(scope))):
            await answer(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    def _answer(self, request: HTTPConnection) -> ASGIApp | None:
        """The gate's own answer, or None for what may pass."""
        method = request.scope.get("method", "")
        # Streamlit would compare a foreign origin with this machine's outer address, and ask a host on the internet for it.
        if request.scope["type"] == "websocket" and _foreign(request):
            return WebSocketClose()
        if not self._chosen.key:
            return None
        if method == "GET" and request.query_params.get("token") == self._chosen.key:
            return self._admit(request)
        uploads = request.url.path.startswith(_UPLOAD) and method not in _READING
        if uploads and not is_presenter(self._chosen, request.cookies):
            return PlainTextResponse("Only the presenter can open files here.", 403)
        return None

    def _admit(self, request: HTTPConnection) -> Response:
        query = urlencode(dict(request.query_params) | {"token": self._chosen.token})
        answer = RedirectResponse(f"/{request.url.path.lstrip('/')}?{query}", 303, {"Cache-Control": "no-store"})
        answer.set_cookie(_cookie(self._chosen), self._chosen.key, httponly=True, samesite="strict")
        return answer


@cache
def _headers() -> dict[str, str]:
    """What a browser may do with this server's pages: run its own scripts alone, and speak to nobody else.

    Styles may stand in the page, because Streamlit and Plotly write theirs there. Of scripts in the page only those of
    Streamlit's own first page may run, which are known by their hashes, and WebAssembly, in which its protobuf computes whole numbers; no `unsafe-eval`.
    """
    inline = [f"'sha256-{b64encode(sha256(s.encode()).digest()).decode()}'" for s in _INLINE.findall(first_page.HTML)]
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "'wasm-unsafe-eval'", *inline]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # an address may carry the viewers' token
    }


def _cookie(chosen: Settings) -> str:
    return f"infoscope-{chosen.token}"  # cookies do not tell ports apart: two servers of one machine keep theirs


def _foreign(request: HTTPConnection) -> bool:
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
