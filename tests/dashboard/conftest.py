"""A server of the dashboard, a browser, and a tab in it that fails the test for what no viewer should ever meet."""

from __future__ import annotations

import gettext
import threading

import pytest
import streamlit as st

from dashboard import text
from dashboard.jobs import client as jobs
from dashboard.text import extract
from tests.dashboard.chromium import CHROMIUM, FLAGS, Server


@pytest.fixture(autouse=True)
def _no_supervisor_outlives_its_test(tmp_path, monkeypatch):  # monkeypatch: the folder is still named when this ends
    """A page of a test starts the workers of that test's folder; left alone they stay, with torch loaded, to the end.

    Its warming up ends before, and what it cached of that folder goes: the next test has another one.
    """
    yield
    for timer in [t for t in threading.enumerate() if t.name == "warm-up"]:
        timer.cancel()
        timer.join()
    st.cache_resource.clear()
    for folder in [f for f in jobs._clients if f.is_relative_to(tmp_path)]:
        jobs._clients.pop(folder).close()


@pytest.fixture(autouse=True)
def _a_page_of_a_test_loads_nothing_behind_it(monkeypatch):
    """What the next pages will need takes ten seconds of a core, and the test's data folder has no next page."""
    from dashboard import app

    monkeypatch.setattr(app, "_warm_up", lambda: None)


@pytest.fixture(scope="module")
def one_folder(tmp_path_factory):
    """A data folder for all tests of a file: its workers' process loads for ten seconds, and so it does once."""
    folder = tmp_path_factory.mktemp("data")
    yield folder
    for known in [f for f in jobs._clients if f.is_relative_to(folder)]:
        jobs._clients.pop(known).close()


class Pseudo(gettext.NullTranslations):
    """Marks every sentence that the template holds, so that one which a translator never sees is seen at once."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message in extract.template() else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1) if n == 1 else f"⟦{msgid2}⟧" if msgid1 in extract.template() else msgid2


@pytest.fixture(autouse=True)
def _pseudo_language(monkeypatch):
    """A language "xx" for tests, as if it had a file."""
    files = text.catalogue
    monkeypatch.setitem(text.LANGUAGES, "xx", "Ŧest")
    monkeypatch.setattr(text, "catalogue", lambda language: Pseudo() if language == "xx" else files(language))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("data"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def one_server(tmp_path_factory):
    """For tests to which it makes no difference what others have done on it: a server takes twenty seconds of a core."""
    running = Server(tmp_path_factory.mktemp("data"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("Chromium is not installed, and CHROMIUM does not name one")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A tab that fails the test for a script error, a foreign request or a traceback."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on(
        "request",
        lambda r: None if "127.0.0.1" in r.url or r.url.startswith(("data:", "blob:")) else faults.append(r.url),
    )
    yield tab
    text = tab.locator("body").inner_text()
    context.close()
    assert not faults
    assert "Traceback" not in text and "encountered an error" not in text
