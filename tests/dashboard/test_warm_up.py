"""What a server loads behind the first page, and in which order."""

from __future__ import annotations

import threading

import streamlit as st

from core import discover
from dashboard.app import _warm_up
from dashboard.widgets import server as servers
from tests.dashboard.chromium import needs_chromium


def test_workers_load_beside_the_server_and_not_after_it(monkeypatch):
    seen: list[str] = []

    class AtOnce:
        def __init__(self, seconds, work):
            self.start = work

    monkeypatch.setattr(threading, "Timer", AtOnce)
    monkeypatch.setattr(servers, "client", lambda: seen.append("workers"))
    monkeypatch.setattr(discover, "load", lambda family, name: seen.append(name))
    monkeypatch.setattr("gc.freeze", lambda: None)
    st.cache_resource.clear()
    _warm_up()
    assert seen[0] == "workers" and len(seen) > 20


@needs_chromium
def test_the_browser_has_the_explorer_before_there_is_a_picture(one_server, page):
    with page.expect_response(lambda response: response.url.endswith("/scene.js")):  # one of its modules
        page.goto(one_server.url("embedding"))
    page.get_by_text("Press Start to lay the features out").wait_for()
    assert page.locator(".infoscope-explorer").count() == 0
