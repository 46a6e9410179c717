"""Journeys on the estimate page: one number everywhere, a run that is stopped, runs on different data, the form beside them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from dashboard.jobs import Store
from tests.dashboard.chromium import LONG, heading, metric, needs_chromium, picture, press

pytestmark = needs_chromium

QUICK = "n=600&mine.iterations=40&mine.patience=0&mine.hidden=16"
PLOT = "document.querySelector('.infoscope-live .plot')"


def ended(tab, query: str) -> str:
    """Open the page, press Start and wait for the end; the run's id."""
    tab.goto(query)
    press(tab, "Start")
    tab.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    return parse_qs(urlsplit(tab.url).query)["run"][0]


def traces(tab) -> dict[str, dict]:
    """The first chart's traces by name."""
    tab.wait_for_function(f"() => {PLOT}?.data?.length > 1")
    script = f"{PLOT}.data.map(t => ({{name: t.name, x: [...t.x], y: [...t.y], line: t.line, bar: t.error_y}}))"
    return {trace["name"]: trace for trace in tab.evaluate(script)}


def slider_says(tab, value: str) -> None:
    tab.locator(f"input[type=range][aria-valuetext='{value}']").first.wait_for(state="attached")


def saved_csv(tab) -> list[list[str]]:
    press(tab, "Data and export")
    with tab.expect_download() as download:
        press(tab, "Data (CSV)")
    text = Path(download.value.path()).read_text("utf-8")
    tab.keyboard.press("Escape")
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture(scope="module")
def two(server, browser):
    """Two runs of MINE on different data."""
    tab = browser.new_page()
    tab.set_default_timeout(LONG)
    made = [ended(tab, server.url(f"estimate?{QUICK}&d.rho={rho}")) for rho in (0.5, 0.8)]
    tab.close()
    return made


def test_title_card_line_and_csv_say_one_number(server, page, two):
    page.goto(server.url(f"estimate?run={two[1]}"))
    heading(page, "MINE ends").wait_for(timeout=LONG)
    result = Store(server.data / "runs.sqlite").result(two[1])
    assert metric(page, "MINE") == pytest.approx(result["mi"], abs=5e-4)
    gap = float(re.search(r"[\d.]+", heading(page, "MINE ends").inner_text()).group())
    truth = -0.5 * np.log(1 - 0.8**2)
    assert gap == pytest.approx(abs(result["mi"] - truth), abs=5e-4)
    drawn = traces(page)
    line, marker = drawn["MINE, held out"], drawn["MINE, held out: result"]
    assert line["x"][-1] == marker["x"][0] == 40
    assert line["y"][-1] == pytest.approx(result["mi"], rel=1e-4) and marker["y"][0] == pytest.approx(
        result["mi"], rel=1e-4
    )
    low = marker["y"][0] - marker["bar"]["arrayminus"][0]
    assert low == pytest.approx(result["interval"][0], abs=1e-4)
    rows = saved_csv(page)
    last = [row for row in rows if row[0] == "MINE, held out"][-1]
    assert [float(v) for v in last[1:3]] == pytest.approx([40, result["mi"]])


def test_a_run_that_is_stopped_early_is_not_good_and_goes_on(server, page):
    page.goto(server.url("estimate?n=600&mine.iterations=3000&mine.patience=0"))
    press(page, "Start")
    page.get_by_text(re.compile(r"step [\d,]+ of 3,000")).first.wait_for(timeout=LONG)
    press(page, "Pause")
    page.get_by_text(re.compile("paused")).first.wait_for(timeout=LONG)
    at = re.search(r"step ([\d,]+) of", page.get_by_text(re.compile("paused")).first.inner_text()).group(1)
    press(page, "Stop")
    page.get_by_text(f"MINE was stopped at step {at} of 3,000. Resume goes on from there.").wait_for(timeout=LONG)
    trust = page.get_by_test_id("stMetric").filter(has_text="Trust").first.inner_text()
    assert "Good" not in trust and "stopped at step" in trust
    shown = traces(page)
    assert shown["MINE, held out"]["x"][-1] == int(at) and "MINE, held out: result" in shown
    picture(page, "estimate-stopped")
    press(page, "Resume")
    page.get_by_text(re.compile(r"step [\d,]+ of 3,000 · [\d,.]+ s")).first.wait_for(timeout=LONG)
    press(page, "Stop")


def test_runs_on_different_data_keep_their_truths_names_and_colours(server, page, two):
    page.goto(server.url(f"estimate?run={','.join(two)}"))
    page.get_by_text("These runs saw different data: each is compared with its own truth.").wait_for(timeout=LONG)
    for rho in (0.5, 0.8):
        tile = page.get_by_test_id("stMetric").filter(has_text=f"MINE, ρ = {rho}").first.inner_text()
        assert f"truth {-0.5 * np.log(1 - rho**2):.3f} nats" in tile
    drawn = traces(page)
    lines = [drawn[f"MINE, ρ = {rho}, held out"]["line"]["color"] for rho in (0.5, 0.8)]
    truths = [drawn[f"truth of MINE, ρ = {rho}"] for rho in (0.5, 0.8)]
    assert lines[0] != lines[1] and [one["line"]["color"] for one in truths] == lines
    assert [one["y"][0] for one in truths] == pytest.approx([0.1438, 0.5108], abs=1e-4)
    # Each result is judged by its own truth alone.
    missed = page.get_by_text(re.compile("The truth lies outside the interval of MINE")).all_inner_texts()
    for run, rho in zip(two, (0.5, 0.8), strict=True):
        low, high = Store(server.data / "runs.sqlite").result(run)["interval"]
        outside = not low <= -0.5 * np.log(1 - rho**2) <= high
        assert outside == any(f"ρ = {rho}." in sentence for sentence in missed)
    # The form has the settings of one of them, and says of which.
    assert page.get_by_text("The form has the settings of MINE, ρ = 0.5.").is_visible()
    slider_says(page, "0.5")
    picture(page, "estimate-two-truths")
    press(page, "Take the settings of MINE, ρ = 0.8")
    page.get_by_text("The form has the settings of MINE, ρ = 0.8.").wait_for()
    slider_says(page, "0.8")


def test_the_picture_says_which_settings_it_shows_and_gives_them_to_the_form(server, page, two):
    page.goto(server.url(f"estimate?run={two[0]}"))  # a link to a run alone fills the form
    heading(page, "MINE ends").wait_for(timeout=LONG)
    knob = page.get_by_role("slider").first
    slider_says(page, "0.5")
    assert page.get_by_text("Shown:").count() == 0
    knob.focus()
    page.keyboard.press("ArrowRight")
    said = page.get_by_text("Shown: MINE, ρ = 0.5. The form has other settings.")
    said.wait_for()
    press(page, "Take these settings into the form")
    said.wait_for(state="hidden")
    slider_says(page, "0.5")
    assert "d.rho=0.5" in page.url and two[0] in page.url


def test_a_zoom_shows_the_same_stretch_in_the_other_unit(server, page, two):
    page.goto(server.url(f"estimate?run={two[1]}"))
    traces(page)
    plot = page.locator(".infoscope-live .plot .nsewdrag").first.bounding_box()
    page.mouse.move(plot["x"] + 0.2 * plot["width"], plot["y"] + 0.2 * plot["height"])
    page.mouse.down()
    page.mouse.move(plot["x"] + 0.7 * plot["width"], plot["y"] + 0.8 * plot["height"], steps=5)
    page.mouse.up()
    page.wait_for_function(f"() => {PLOT}.layout.yaxis.autorange === false")
    both = f"[...{PLOT}.layout.yaxis.range, ...{PLOT}.layout.xaxis.range]"
    nats = page.evaluate(both)
    page.get_by_text("bits", exact=True).first.click()
    page.get_by_text(re.compile(r"mutual information \(bits\)")).first.wait_for()
    page.wait_for_function(f"() => Math.abs({PLOT}.layout.yaxis.range[1] - {nats[1]} / Math.LN2) < 1e-4")
    assert page.evaluate(both) == pytest.approx(
        [nats[0] / np.log(2), nats[1] / np.log(2), *nats[2:]], rel=1e-4
    )  # the factor travels in five digits
    page.get_by_text("nats", exact=True).first.click()
    page.wait_for_function(f"() => Math.abs({PLOT}.layout.yaxis.range[1] - {nats[1]}) < 1e-4")


def test_a_preset_that_is_on_looks_on_and_a_histogram_promises_no_surface(server, page):
    page.goto(server.url("estimate"))
    marked = page.get_by_test_id("stBaseButton-secondary")
    marked.get_by_text("ρ = 0.8", exact=True).first.wait_for(timeout=LONG)
    press(page, "Four estimators")
    marked.get_by_text("Four estimators").first.wait_for()
    assert marked.get_by_text("ρ = 0.8", exact=True).count() == 0
    page.goto(server.url("estimate?m=histogram&n=500"))
    press(page, "Start")
    page.get_by_text("No check found a reason for doubt").or_(page.locator(".stMarkdownBadge")).first.wait_for(
        timeout=LONG
    )
    assert page.get_by_text("The learned surface appears here").count() == 0
    assert page.get_by_text("Training loss").count() == 0
    assert page.get_by_text("closed form").count() == 0


def test_eight_estimators_keep_names_and_numbers_on_a_phone(server, browser):
    names = ("ksg", "histogram", "gaussian", "mine", "nwj", "jsd", "infonce", "smile")
    quick = "&".join(f"{m}.iterations=20&{m}.hidden=8" for m in names[3:])
    context = browser.new_context(viewport={"width": 390, "height": 860})
    tab = context.new_page()
    tab.set_default_timeout(LONG)
    ended(tab, server.url(f"estimate?n=500&unit=bits&m={','.join(names)}&{quick}"))
    tiles = tab.get_by_test_id("stMetric")
    assert tiles.count() == 9
    whole = "e => [...e.querySelectorAll('*')].every(c => c.scrollWidth <= c.clientWidth + 1 || c.clientWidth === 0)"
    for tile in tiles.all():
        assert tile.evaluate(whole), tile.inner_text()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    picture(tab, "narrow-eight")
    context.close()
