"""On the lab's network: who has no link sees nothing, viewers look, the presenter steers; every shown address is harmless."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE
from dashboard import settings
from dashboard.widgets import server


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Opens the estimate page of a server that was started for the lab's network."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(server, "options", lambda: settings.Settings(token="look", key="steer"))

    def opened(token: str = "", presenter: bool = False, page: str = "estimate", query=None) -> AppTest:
        cookies = {"infoscope-look": "steer"} if presenter else {}
        monkeypatch.setattr(type(st.context), "cookies", cookies)
        at = AppTest.from_string(f"from dashboard import app\napp.main('{page}')", default_timeout=60)
        for name, value in (query or {}).items():
            at.query_params[name] = value
        if token:
            at.query_params["token"] = token
        return at.run()

    return opened


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def token_of(at: AppTest) -> str:
    value = at.query_params.get("token", "")
    return value[0] if isinstance(value, list) else value


@pytest.mark.parametrize("token", ["", "wrong", "loo", "steer"])
def test_without_the_link_nothing_is_shown(lab, token):
    at = lab(token)
    assert at.error and not at.button and not at.selectbox


def test_a_viewer_looks_and_cannot_start(lab):
    at = lab("look")
    assert at.selectbox and "Start" not in labels(at)
    assert any("presenter" in caption.value for caption in at.caption)


@pytest.mark.parametrize("page", ["estimate", "table", "density", "embedding", "cluster", "representation"])
def test_a_viewer_is_not_asked_to_press_a_button_that_is_not_there(lab, page):
    at = lab("look", page=page)
    said = " ".join(element.value for kind in ("markdown", "caption", "info") for element in at.get(kind))
    assert "Press Start" not in said and not at.exception


def test_a_viewer_is_told_that_nothing_runs_yet(lab):
    assert any(c.value == "The presenter has not started a run yet." for c in lab("look").caption)
    assert any("Press Start" in c.value for c in lab(presenter=True).caption)


@pytest.mark.parametrize("token", ["", "look"])
def test_the_presenter_steers_and_the_address_never_shows_the_key(lab, token):
    at = lab(token, presenter=True)
    assert "Start" in labels(at) and token_of(at) == "look"
    at.slider[0].set_value(0.5).run()
    assert "Start" in labels(at) and token_of(at) == "look"


@pytest.mark.parametrize("presenter", [False, True])
@pytest.mark.parametrize(
    "page, query", [("table", {}), ("cluster", {}), ("cluster", {"i": "table"}), ("density", {"p": "table"})]
)
def test_only_the_presenter_is_offered_to_open_files(lab, page, query, presenter):
    at = lab("look", presenter, page, query)
    assert bool(at.get("file_uploader")) == presenter and not at.exception


def test_another_address_than_this_machine_needs_a_token(lab, monkeypatch):
    monkeypatch.setattr(server, "options", lambda: settings.Settings())
    for everywhere in ("0.0.0.0", "::", "", None):  # unset is every address of this machine
        monkeypatch.setattr(st, "get_option", lambda name, a=everywhere: a)
        assert "python -m dashboard --lab" in lab().error[0].value
    monkeypatch.setattr(st, "get_option", lambda name: "127.0.0.1")
    assert "Start" in labels(lab())


@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--workers", "two"], ["--threads", "-1"]])
def test_a_wrong_option_is_answered_with_its_limits(arguments, capsys):
    with pytest.raises(SystemExit):
        settings.read(arguments)
    assert arguments[0] in capsys.readouterr().err


def test_options_are_read_and_what_is_not_ours_is_left_alone():
    assert settings.read(["--workers", "1", "--device", "cpu", "--something"]) == settings.Settings(1, "cpu")


@pytest.mark.parametrize("page", ["home", "estimate", "table", "density", "cluster", "representation"])
def test_a_viewer_has_no_button_that_does_nothing(lab, page):
    presets = {"ρ = 0.8", "Four estimators", "Channel, d = 1"}
    at = lab("look", page=page, query={"tab": "wrong"} if page != "density" else {"tab": "pitfalls"})
    assert not presets & set(labels(at))
    starts = [b for b in at.button if any(word in b.label for word in ("Start", "Train", "Show it"))]
    assert all(b.disabled and b.help == "View only: the presenter starts and stops runs." for b in starts)
    assert starts or page == "estimate"
    at = lab("look", presenter=True)
    assert presets <= set(labels(at))
