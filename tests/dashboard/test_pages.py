"""Every page as a script: it draws, in any language, whatever the link says, and starts nothing by itself."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE
from dashboard import pages
from dashboard.jobs import Store
from tests.dashboard.folds import unfolded

SCREENS = sorted(page.name for page in pages.registered())


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Opens a page with an empty data folder, as a link would."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    def opened(name: str, **query: str) -> AppTest:
        at = AppTest.from_string(f"from dashboard import app\napp.main({name!r})", default_timeout=60)
        for key, value in query.items():
            at.query_params[key.replace("__", ".")] = value
        if query.get("lang"):
            at.session_state["infoscope.language"] = query["lang"]
        return at.run()

    return opened


def said(at: AppTest) -> list[str]:
    """Every visible text of a page: labels, help, sentences."""
    texts = []
    for kind in ("markdown", "caption", "warning", "error", "info", "success"):
        texts += [element.value for element in getattr(at, kind)]
    for kind in ("button", "selectbox", "multiselect", "number_input", "slider", "toggle", "text_input"):
        for element in getattr(at, kind):
            texts += [element.label, element.help]
    texts += [element.label for element in at.metric] + [element.label for element in at.expander]
    return [text for text in texts if text and text.strip()]


def unmarked(text: str) -> str:
    """What did not pass through the catalogue; a sentence's values may be sentences themselves, so the innermost first."""
    text, n = re.subn(r"⟦[^⟦⟧]*⟧", "", text)
    return unmarked(text) if n else re.sub(r":[a-z]+\[|<[^>]+>", "", text)


@pytest.mark.parametrize("name", SCREENS)
def test_a_page_opens_without_an_error_and_without_a_run(page, name):
    at = page(name)
    assert not at.exception and not at.error
    assert Store().runs() == []


@pytest.mark.parametrize("name", SCREENS)
def test_every_visible_sentence_goes_through_the_catalogue(page, name):
    at = unfolded(page(name, lang="xx"))
    assert not at.exception
    bare = [text for text in said(at) if re.search(r"[A-Za-z]{3}", unmarked(text))]
    # The bundled tables' sources are names and titles of works, which stay as they are.
    assert [text for text in bare if "doi:" not in text and "NOAA" not in text] == []


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"d__rho": "7"}, "rho"),
        ({"d__rho": "nan"}, "rho"),
        ({"n": "-3"}, "n"),
        ({"m": "nonsense"}, "nonsense"),
        ({"d": "../../etc"}, "etc"),
        ({"seed": "x" * 5000}, "seed"),
        ({"unit": "bytes"}, "unit"),
        ({"run": "000000000000"}, "000000000000"),
    ],
)
def test_a_wrong_link_is_answered_by_a_sentence_that_names_it(page, query, word):
    at = page("estimate", **query)
    assert not at.exception
    assert any(word in sentence.value for sentence in at.warning), [w.value for w in at.warning]


def test_a_link_sets_the_form_and_the_form_sets_the_link(page):
    at = page("estimate", d__rho="0.3", n="2000", seed="5")
    assert at.slider[0].value == 0.3
    at.slider[0].set_value(0.5).run()
    assert at.query_params["d.rho"] in ("0.5", ["0.5"])
    assert at.query_params["n"] in ("2000", ["2000"])


def test_a_default_stands_in_no_link(page):
    at = page("estimate", d__rho="0.3")
    at.slider[0].set_value(0.8).run()
    assert "d.rho" not in at.query_params


def test_a_link_cannot_name_a_file_of_this_machine(page):
    at = page("table", t="/etc/passwd")
    assert not at.exception and any("passwd" in w.value for w in at.warning)
    assert at.selectbox(key="table:t").value == "weather"
