"""What a click on the estimate page costs: what it changes is drawn anew, and nothing is asked twice."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from core.paths import VARIABLE
from core.spec import Spec
from dashboard import state
from dashboard.widgets import server
from tests.dashboard.chromium import LONG, needs_chromium, press
from tests.dashboard.folds import unfolded
from tests.dashboard.toys import reached


def _draw():
    from dashboard import pages

    pages.named("estimate").draw()


@pytest.fixture(scope="module")
def ended(one_folder) -> str:
    """A run that has ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(one_folder))
        data = {"distribution": {"name": "gaussian", "rho": 0.8}, "n": 500}
        id = server.client().submit(Spec.parse({"family": "estimators", "method": "gaussian", "data": data}), "viewer")
        reached(server.store(), id, "finished")
    return id


@pytest.fixture
def at(one_folder, ended, monkeypatch):
    """The estimate page with a run that has ended."""
    monkeypatch.setenv(VARIABLE, str(one_folder))
    app = AppTest.from_function(_draw, default_timeout=60)
    app.query_params["run"] = ended
    return app.run()


def test_another_unit_is_said_by_the_link(at):
    assert "nats" in at.metric[0].value
    at.get("button_group")[0].set_value("bits").run()
    assert "bits" in at.metric[0].value
    assert "".join(at.query_params["unit"]) == "bits"
    at.run()
    assert "bits" in at.metric[0].value and "".join(at.query_params["unit"]) == "bits"


def test_before_a_run_the_unit_is_that_of_the_preview(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    at = AppTest.from_function(_draw, default_timeout=60).run()
    at.get("button_group")[0].set_value("bits").run()
    assert "".join(at.query_params["unit"]) == "bits" and not at.exception
    assert len(at.get("button_group")) == 1


def test_what_is_folded_is_not_drawn_and_keeps_its_settings(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    at = AppTest.from_function(_draw, default_timeout=60)
    at.query_params |= {"m": "mine,smile", "mine.hidden": "17", "mine.batch_size": "none of these"}
    at.run()
    assert not [box.key for box in (*at.number_input, *at.selectbox, *at.slider) if ":mine." in box.key]
    assert any("mine.batch_size" in w.value or "batch" in w.value for w in at.warning)  # its link is read all the same
    spec = at.session_state["infoscope.chosen"]["estimate.form"][0]
    assert spec.parameters["hidden"] == 17

    at = unfolded(at)
    assert at.number_input(key="estimate:mine.hidden").value == 17
    at.number_input(key="estimate:mine.hidden").set_value(33).run()
    for name in ("mine", "smile"):
        at.session_state[f"fold.estimate.{name}"] = False
    for _ in range(3):
        at.run()
        assert not [box.key for box in (*at.number_input, *at.selectbox, *at.slider) if ":mine." in box.key]
        assert at.session_state["infoscope.chosen"]["estimate.form"][0].parameters["hidden"] == 33
        assert "".join(at.query_params["mine.hidden"]) == "33"
    assert unfolded(at).number_input(key="estimate:mine.hidden").value == 33


@needs_chromium
def test_a_setting_typed_and_folded_again_is_sent(one_server, page):
    page.goto(one_server.url("estimate"))
    fold = page.get_by_text("Settings of MINE")
    fold.click()
    box = page.get_by_test_id("stNumberInput").filter(has_text="Learning rate").locator("input")
    box.wait_for(timeout=LONG)
    box.fill("0.02")
    box.press("Enter")
    page.wait_for_function("() => location.search.includes('mine.learning_rate=0.02')", timeout=LONG)
    fold.click()
    box.wait_for(state="detached", timeout=LONG)
    assert "mine.learning_rate=0.02" in page.url
    fold.click()
    box.wait_for(timeout=LONG)
    assert float(box.input_value()) == 0.02


@needs_chromium
def test_another_unit_draws_the_runs_and_not_the_form(one_server, page):
    received = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(frame)))
    page.goto(one_server.url("estimate?m=gaussian&n=500"))
    press(page, "Start")
    page.get_by_text("finished after").first.wait_for(timeout=LONG)
    page.get_by_role("button", name="Start").first.wait_for(timeout=LONG)  # the page has been drawn anew for it
    page.wait_for_timeout(2_000)
    received.clear()
    page.get_by_test_id("stButtonGroup").locator("button", has_text="bits").click()
    page.get_by_test_id("stMetricValue").filter(has_text="bits").first.wait_for(timeout=LONG)
    page.wait_for_timeout(500)
    messages = [ForwardMsg.FromString(frame) for frame in received]
    (begun,) = [m.metadata.run.fragment_ids for m in messages if m.WhichOneof("type") == "new_session"]
    assert len(begun) == 1
    drawn = [m.delta for m in messages if m.WhichOneof("type") == "delta"]
    assert drawn and {delta.fragment_id for delta in drawn} == set(begun)
    assert not {delta.new_element.WhichOneof("type") for delta in drawn} & {"number_input", "slider", "selectbox"}
    assert "unit=bits" in page.url


def test_the_language_is_read_once_a_rerun(at, monkeypatch):
    reads = []
    get = type(st.session_state).get

    def counting(self, key, default=None):
        reads.append((key, get_script_run_ctx(suppress_warning=True) is not None))
        return get(self, key, default)

    monkeypatch.setattr(type(st.session_state), "get", counting)
    at.run()
    assert reads.count((state._LANGUAGE, True)) == 1  # AppTest itself formats some labels outside of the page's thread


def test_another_language_is_spoken_from_the_next_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    def script():
        import streamlit as st

        from dashboard import state
        from dashboard.text import t

        st.text(t("Start"))
        state.language("xx")
        st.text(t("Start"))

    app = AppTest.from_function(script, default_timeout=60).run()
    assert [element.value for element in app.text] == ["Start", "⟦Start⟧"]
