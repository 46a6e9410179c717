"""What stands before a first paint: Streamlit's files are read and compressed once, and answered with nothing around them."""

from __future__ import annotations

import asyncio
import gzip
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit

from dashboard.bundles import Bundles

STATIC = Path(streamlit.__file__).parent / "static"
FIRST = re.findall(r'\./(static/[^"]+)"', (STATIC / "index.html").read_text(encoding="utf-8"))


class Passed(Exception):
    """The request was none for a bundle."""


async def _beyond(scope, receive, send):
    raise Passed(scope["path"])


def ask(app, path, method="GET", **headers):
    """(status, headers, body) of the answer to a request."""
    sent = []

    async def send(message):
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": given}
    with ThreadPoolExecutor(1) as thread:  # in this one a browser's loop may run, of a test before
        thread.submit(asyncio.run, app(scope, None, send)).result()
    start, *parts = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], found, b"".join(part.get("body", b"") for part in parts)


def test_what_the_first_page_asks_for_is_answered_as_its_files_are():
    app = Bundles(_beyond)
    assert len(FIRST) > 40
    for name in FIRST:
        file = (STATIC / name).read_bytes()
        status, headers, body = ask(app, f"/{name}", accept_encoding="gzip, br")
        packed = headers.get("content-encoding") == "gzip"
        assert status == 200 and (gzip.decompress(body) if packed else body) == file
        assert packed == (name.endswith((".js", ".css"))) and int(headers["content-length"]) == len(body)
        assert "immutable" in headers["cache-control"]
        plain = ask(app, f"/{name}")
        assert plain[2] == file and "content-encoding" not in plain[1]
    assert ask(app, f"/{FIRST[1]}")[1]["content-type"].startswith("text/javascript")


def test_a_file_is_read_once(monkeypatch):
    reads = []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: reads.append(self.name) or read(self))
    app = Bundles(_beyond)
    for _ in range(3):
        ask(app, f"/{FIRST[1]}", accept_encoding="gzip")
    assert len(reads) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/estimate",
        "/static",
        "/static/js",
        "/static/js/none.js",
        "/static/../index.html",
        "/static/js/../../index.html",
    ],
)
def test_everything_else_is_passed_on(path):
    with pytest.raises(Passed):
        ask(Bundles(_beyond), path)


def test_a_part_of_a_file_and_other_verbs_are_streamlits():
    for more in ({"range": "bytes=0-9"}, {"method": "HEAD"}, {"method": "POST"}):
        with pytest.raises(Passed):
            ask(Bundles(_beyond), f"/{FIRST[1]}", **more)


def test_the_server_answers_with_it_and_its_headers_stand(one_server):
    asked = urllib.request.Request(one_server.url(FIRST[1]), headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and "Content-Security-Policy" in answer.headers
