"""Runs in the list: deleting takes a moment in which it can be taken back, and never moves on to the next run."""

from __future__ import annotations

import re
import time

import pytest

from dashboard.jobs import Store
from dashboard.screens.runs import trash
from tests.dashboard.chromium import LONG, heading, needs_chromium, picture, press

pytestmark = needs_chromium


def start(tab, server, query: str) -> str:
    """Start what a link says and return the id of the run."""
    tab.goto(server.url(f"estimate?{query}"))
    press(tab, "Start")
    tab.wait_for_url(re.compile("run="), timeout=LONG)
    return re.search("run=([a-z0-9]{12})", tab.url).group(1)


def choose(tab, *rows: int) -> None:
    """Tick rows of the list, the newest being 0."""
    tab.get_by_test_id("stDataFrame").wait_for(timeout=LONG)
    tab.wait_for_timeout(1_500)
    place = tab.get_by_test_id("stDataFrame").bounding_box()
    for row in rows:
        tab.mouse.click(place["x"] + 16, place["y"] + 35 * 1.5 + 35 * row)
        tab.wait_for_timeout(700)
        tab.get_by_test_id("stStatusWidget").wait_for(state="detached", timeout=LONG)
    tab.wait_for_timeout(1_500)


def linked(tab, *ids: str) -> None:
    """Waits until the link that is shown opens exactly these runs."""
    tab.get_by_test_id("stCode").filter(has_text=re.compile(rf"run={','.join(ids)}\b")).wait_for(timeout=LONG)


@pytest.fixture(scope="module")
def runs(server, browser):
    """Three runs of closed forms, the oldest first, and one that trains for long."""
    tab = browser.new_page()
    tab.set_default_timeout(LONG)
    found = [start(tab, server, f"m=gaussian&seed={seed}") for seed in (1, 2, 3)]
    for _ in found:
        heading(tab, "Gaussian.* ends").wait_for(timeout=LONG)
    found.append(start(tab, server, "m=mine&mine.iterations=100000&mine.patience=0"))
    tab.get_by_text(re.compile("steps/s")).first.wait_for(timeout=LONG)
    tab.close()
    return found


def test_deleting_selects_no_other_run_and_can_be_taken_back(server, page, runs):
    page.goto(server.url("runs"))
    choose(page, 1, 2)
    linked(page, runs[2], runs[1])
    press(page, "Delete")
    page.get_by_text("2 runs were deleted").wait_for(timeout=LONG)
    deleted = time.monotonic()
    page.wait_for_timeout(2_500)
    assert not page.get_by_test_id("stCode").count()  # the next two are not selected
    assert not page.get_by_role("button", name="Delete").count()
    picture(page, "runs-deleted")
    press(page, "Undo")
    page.get_by_text("2 runs were deleted").wait_for(state="detached", timeout=LONG)
    linked(page, runs[2], runs[1])  # back, and selected as they were
    store = Store(server.data / "runs.sqlite")
    page.wait_for_timeout(max(0.0, 1_000 * (deleted + trash.UNDO + 2 - time.monotonic())))
    assert all(store.run(id) for id in runs)


def test_a_run_that_begins_does_not_push_the_selection_to_another(server, browser, page, runs):
    page.goto(server.url("runs"))
    choose(page, 1)
    linked(page, runs[2])
    other = browser.new_page()
    other.set_default_timeout(LONG)
    start(other, server, "m=gaussian&seed=9")
    heading(other, "Gaussian.* ends").wait_for(timeout=LONG)
    other.close()
    choose(page, 3)  # a click draws the list anew, now with the new run on top
    page.wait_for_timeout(2_500)
    shown = page.get_by_test_id("stCode").first.inner_text()
    assert runs[2] in shown and runs[3] not in shown  # one row further down, and not the run that slid into its place


def test_a_run_under_way_is_stopped_and_then_leaves_the_store(server, page, runs):
    store = Store(server.data / "runs.sqlite")
    assert store.run(runs[3]).status in ("running", "paused")
    page.goto(server.url("runs"))
    choose(page, [run.id for run in store.runs()].index(runs[3]))
    press(page, "Delete")
    page.get_by_text("1 run was deleted").wait_for(timeout=LONG)
    for _ in range(120):
        page.wait_for_timeout(500)
        if store.run(runs[3]) is None:
            break
    assert store.run(runs[3]) is None and all(store.run(id) for id in runs[:3])
    page.get_by_text("1 run was deleted").wait_for(state="detached", timeout=LONG)
