"""The live chart in a real browser: same node, same zoom, little to send; and what is sent, without one."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path

import numpy as np
import pytest

from dashboard.charts import curves, surfaces
from dashboard.jobs.store import thinned
from dashboard.widgets.live import wire
from tests.dashboard.chromium import LONG, served

APP = """
import numpy as np, streamlit as st
from dashboard.charts import curves, surfaces
from dashboard.widgets import live
grid = np.linspace(-2, 2, 64)

def figure(n):
    steps = np.arange(1, n + 1)
    rise = 0.5 * (1 - np.exp(-steps / 300))
    lines = [curves.Curve(m + k, m + k, m, steps, rise * (1 + 0.01 * i), k)
             for i, (m, k) in enumerate([(m, k) for m in ("mine", "smile") for k in ("training", "held out")])]
    return curves.estimate(lines, 0.5, title=f"<b>{n}</b> steps")

@st.fragment
def panel(chart, surface, at):
    at["n"] += 50
    chart.show(figure(at["n"]))
    shown = surfaces.surface(grid, grid, np.outer(grid, grid) * (1 + at["n"] / 5000), limit=8.0)
    shown["layout"]["meta"]["file"] = "hours_per_week" + 20 * " again"
    surface.show(shown, height=240)
    if st.button("lose one"):
        chart._number += 1
    live.pulse("panel", 0.5)

panel(live.LiveChart("curve"), live.LiveChart("map"), {"n": 0})
st.button("again")
"""


def _lines(n, factor=1.0):
    steps = np.arange(1, n + 1)
    return curves.estimate([curves.Curve("a", "a", "mine", steps, factor * np.sin(steps / 50))])


def _received(total_steps, every):
    """Follow the wire as the browser does, and return (the curve it has, the bytes of each message)."""
    sent, sizes, x, y = None, [], [], []
    for n in range(every, total_steps + 1, every):
        out, sent = wire.message(_lines(n), sent)
        sizes.append(len(json.dumps(out)))
        x, y = list(sent["data"][0]["x"]), list(sent["data"][0]["y"])
    return x, y, sizes


def test_the_curve_that_was_sent_piecewise_lies_on_the_whole_one_at_an_even_density():
    x, y, _ = _received(6000, 50)
    assert np.allclose(y, np.sin(np.array(x) / 50))
    assert (np.diff(x) > 0).all() and np.diff(x).max() <= 64, "extremes are kept, so that distances differ a little"
    assert 250 <= len(x) <= 2 * wire.WHOLE
    assert 6000 - x[-1] < 64


@pytest.mark.parametrize("at", [777, 1_777, 3_333, 5_999])
def test_an_extreme_of_the_store_survives_to_the_browser(at):
    sent = None
    for n in range(50, 6001, 50):
        steps = np.arange(1, n + 1)
        values = np.sin(steps / 50) + 100.0 * (steps == at)
        kept = thinned(steps, values, 499)
        assert (len(kept[0]) <= 499) and (n < at or kept[1].max() == values.max())
        _, sent = wire.message(curves.estimate([curves.Curve("a", "a", "mine", *kept)]), sent)
        assert n < at or max(sent["data"][0]["y"]) == values.max()


def test_what_the_store_has_thinned_is_sent_as_it_is():
    steps = np.arange(1, 20_001)
    kept = thinned(steps, np.random.default_rng(0).normal(size=20_000), 499)
    _, sent = wire.message(curves.estimate([curves.Curve("a", "a", "mine", *kept)]), None)
    assert np.array_equal(sent["data"][0]["x"], kept[0])


def test_only_new_points_are_sent():
    first, sent = wire.message(_lines(100), None)
    out, sent = wire.message(_lines(110), sent)
    assert "figure" in first and "figure" not in out
    ((x, y),) = out["grow"].values()
    assert x == {"even": [101, 1, 10]} and len(y) == 10
    nothing, _ = wire.message(_lines(110), sent)
    assert nothing == {}


@pytest.mark.parametrize("n", [1, 18, 60])
def test_however_many_curves_each_ends_where_its_run_stands(n):
    """A flat stretch has its extremes at its beginning: a curve that ended there stood behind the words beside it."""
    sent = None
    for last in range(20, 200, 30):
        steps = np.arange(1, last + 1)
        _, sent = wire.message(
            curves.estimate(
                [
                    curves.Curve(f"a{i}", f"a{i}", "mine", steps, np.full(last, float(i)) + 0.1 * (steps == last - 5))
                    for i in range(n)
                ]
            ),
            sent,
        )
        assert [trace["x"][-1] for trace in sent["data"]] == [last] * n


def test_a_curve_in_another_unit_is_sent_anew():
    _, sent = wire.message(_lines(100), None)
    out, sent = wire.message(_lines(120, factor=2.0), sent)
    assert "grow" not in out and set(out["set"]["0"]) >= {"y"}
    assert np.allclose(sent["data"][0]["y"], 2 * np.sin(np.arange(1, 121) / 50))


def test_a_map_goes_in_256_shades_and_only_when_it_changed():
    grid = np.linspace(-2, 2, 64)
    z = np.outer(grid, np.sin(3 * grid))
    _, sent = wire.message(surfaces.surface(grid, grid, z, limit=4.0), None)
    assert wire.message(surfaces.surface(grid, grid, z.copy(), limit=4.0), sent)[0] == {}
    out, _ = wire.message(surfaces.surface(grid, grid, 0.9 * z, limit=4.0), sent)
    shaded = out["set"]["0"]["z"]
    levels = np.frombuffer(base64.b64decode(shaded["u1"]), np.uint8).reshape(-1, shaded["cols"])
    back = shaded["lo"] + levels * (shaded["hi"] - shaded["lo"]) / 255
    assert np.abs(back - 0.9 * z).max() <= (shaded["hi"] - shaded["lo"]) / 510 * 1.0001, "half a shade, and rounding"
    assert len(json.dumps(out)) < 6000


def test_missing_numbers_and_vanished_keys_survive_the_wire():
    assert wire.pack([np.nan, np.inf, np.float64(0.123456789), np.int64(3)]) == [None, None, 0.12346, 3]
    assert wire.patch({"a": {"b": 1}, "n": np.array([np.nan])}, {"a": {"b": 2, "c": 3}, "n": np.array([np.nan])}) == {
        "a": {"b": 1, "c": None}
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of the small app above, served by the real `streamlit run`."""
    with served(tmp_path_factory.mktemp("live"), APP) as url:
        yield url


@pytest.fixture
def page(browser, address):
    """The app, its first chart drawn. `page.frames_received` holds the messages, `page.faults` what went wrong."""
    context = browser.new_context(viewport={"width": 1000, "height": 800}, color_scheme="light")
    page = context.new_page()
    page.frames_received, page.faults = [], []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda f: page.frames_received.append(f)))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on(
        "request",
        lambda r: (
            page.faults.append(r.url)
            if address[5:] not in r.url and "data:" not in r.url and "blob:" not in r.url
            else None
        ),
    )
    page.goto(address)
    page.wait_for_selector(".infoscope-live .main-svg", timeout=LONG)
    page.wait_for_function(f"{POINTS} > 100", timeout=LONG)
    yield page
    assert page.faults == []
    context.close()


PLOT = "document.querySelector('.infoscope-live .plot')"
RANGE = f"{PLOT}.layout.xaxis.range"
POINTS = f"{PLOT}.data?.[0]?.x.length"  # undefined until the first drawing


def _until(page, true, seconds=LONG / 1000):
    """Wait for what the test itself can see, however busy the machine is."""
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert true()


def _zoom(page):
    return page.evaluate(f"{RANGE}.map(v => Math.round(v * 1e6))")


def test_an_update_keeps_the_node_and_the_zoom(page):
    page.evaluate(f"{PLOT}.mark = 'mine'")
    box = page.locator(".infoscope-live .plot .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    whole = _zoom(page)
    page.mouse.up()
    page.wait_for_function(f"{RANGE}[1] < {whole[1] / 1e6} - 1", timeout=LONG)
    zoomed, had = _zoom(page), page.evaluate(POINTS)
    page.wait_for_function(f"{POINTS} > {had} + 100", timeout=LONG)
    assert page.evaluate(f"{PLOT}.mark") == "mine"
    assert _zoom(page) == zoomed
    page.frames_received.clear()
    page.get_by_role("button", name="again").click()  # the whole script, the whole figure
    _until(page, lambda: sum(b'"figure"' in frame for frame in page.frames_received))
    had = page.evaluate(POINTS)
    page.wait_for_function(f"{POINTS} > {had}", timeout=LONG)
    assert page.evaluate(f"{PLOT}.mark") == "mine"
    assert _zoom(page) == zoomed


def test_an_update_of_four_curves_is_under_1_kb(page):
    def sizes(part):
        return [len(f) for f in page.frames_received if b"infoscope.live" in f and part in f]

    _until(page, lambda: len(sizes(b'"grow"')) >= 2)  # whole figures come first
    page.frames_received.clear()
    _until(page, lambda: len(sizes(b'"grow"')) >= 4 and len(sizes(b'"u1"')) >= 4)
    assert np.median(sizes(b'"grow"')) <= 1024
    assert max(sizes(b'"u1"')) <= 6 * 1024


def test_a_lost_message_is_asked_for_again(page):
    before = page.evaluate(POINTS)
    page.get_by_role("button", name="lose one").click()
    page.wait_for_timeout(3000)
    x = page.evaluate(f"{PLOT}.data[0].x")
    assert x[-1] > before and np.diff(x).min() > 0 and np.diff(x).max() < 50, "no gap of the 50 steps that were lost"


def test_the_theme_is_followed_without_a_new_node(page):
    colour = f"{PLOT}.querySelector('.legendtext').style.fill"
    light = page.evaluate(colour)
    page.evaluate(f"{PLOT}.mark = 'mine'")
    page.emulate_media(color_scheme="dark")
    there = f"{PLOT}?.querySelector('.legendtext')"  # for a moment it is not, while the figure is drawn anew
    page.wait_for_function(f"{there} && {colour} !== '{light}'", timeout=LONG)
    assert page.evaluate(f"{PLOT}.mark") == "mine"


def test_text_from_data_is_shown_as_typed_and_the_picture_has_an_alternative(page):
    assert page.locator(".infoscope-live h4").first.inner_text().startswith("<b>")
    assert page.locator(".infoscope-live h4 b").count() == 0
    alternative = page.locator(".infoscope-live [role=img]").first.get_attribute("aria-label")
    assert "mineheld out 0." in alternative


def test_no_button_sends_the_data_away_and_the_picture_is_saved_from_here(page):
    bar = page.locator(".infoscope-live").first.locator(".modebar-btn")
    titles = [bar.nth(i).get_attribute("data-title") for i in range(bar.count())]
    assert titles == ["Zoom", "Pan", "Reset axes", "Save picture (PNG)", "Save picture (SVG)"]
    page.locator(".infoscope-live").first.hover()
    with page.expect_download() as download:
        bar.last.click()
    svg = Path(download.value.path()).read_text(encoding="utf-8")
    assert "mutual information (nats)" in svg and "steps" in svg, "title and axes go along"
    with page.expect_download() as download:
        bar.nth(3).click()
    png = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith(".png") and png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") >= 1280, "twice the pixels of the screen"


def test_a_picture_is_named_in_whole_words_by_what_it_shows(page):
    chart = page.locator(".infoscope-live").nth(1)
    chart.hover()
    with page.expect_download() as download:
        chart.locator(".modebar-btn").last.click()
    assert download.value.suggested_filename == f"hours_per_week{7 * '-again'}.svg"


def test_a_narrow_window_narrows_the_chart(page):
    page.set_viewport_size({"width": 420, "height": 800})
    page.wait_for_function(f"{PLOT}.querySelector('.main-svg').getBoundingClientRect().width < 420", timeout=LONG)
    page.wait_for_function(f"{PLOT}._fullLayout.legend.font.size === 11", timeout=LONG)
