"""A graph on the representation page: the karate club is chosen, learned and seen; then another graph; a bad file is said."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.dashboard.chromium import LONG, metric, needs_chromium, picture
from tests.dashboard.test_journey_table import choose

pytestmark = needs_chromium


@pytest.fixture
def open_page(server, page):
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(server.url("representation"))
    expect(page.get_by_role("button", name="Start").first).to_be_enabled(timeout=LONG)
    choose(page, "Learn from", "A graph")
    expect(page.get_by_text("34 nodes and 78 edges").first).to_be_visible(timeout=LONG)
    return page


def test_the_karate_club_is_learned_and_then_a_block_model(open_page):
    tab = open_page
    expect(tab.get_by_text("MINE representation")).to_have_count(0)  # which takes no graph
    picture(tab, "graph-empty")
    tab.get_by_role("button", name="Start").first.click()
    expect(tab.get_by_text("Lowest loss")).to_be_visible(timeout=LONG)
    expect(tab.get_by_text("The critic rates nodes as genuine").first).to_be_visible(timeout=LONG)
    assert metric(tab, "Linear probe") > 75 and metric(tab, "Lowest loss") < 0.69
    expect(tab.get_by_role("heading", name=re.compile("Features of 34 nodes after step"))).to_be_visible(timeout=LONG)
    stage = tab.locator(".infoscope-explorer .stage")
    stage.evaluate("node => node.explorer.select([3], 3)")
    expect(tab.get_by_text("Nearest in the features")).to_be_visible(timeout=LONG)
    expect(tab.get_by_text("Snapshot after step")).to_be_visible()
    assert "from=graph" in tab.url
    picture(tab, "graph-finished")
    tab.get_by_role("tab", name="Probes").click()
    expect(tab.get_by_text("Fifty probes").first).to_be_visible(timeout=LONG)
    picture(tab, "graph-probes")
    tab.get_by_role("tab", name="Training").click()
    choose(tab, "Graph", "Block model, drawn at random")
    tab.get_by_role("button", name="Start").first.click()
    expect(tab.get_by_text("Loss", exact=True)).to_be_visible(timeout=LONG)  # and the lowest one only at its end
    expect(tab.get_by_text("The critic rates nodes as genuine").first).to_be_visible(timeout=LONG)
    picture(tab, "graph-running")
    tab.set_viewport_size({"width": 390, "height": 844})
    picture(tab, "graph-narrow")


def test_one_s_own_edge_list_and_a_bad_one(open_page):
    tab = open_page
    tab.get_by_text("Your own graph").click()
    files = tab.locator("input[type=file]")
    bad = {"name": "bad.csv", "mimeType": "text/csv", "buffer": b"a,b\nc\n"}
    files.first.set_input_files(bad)
    opened = tab.get_by_role("button", name="Open the graph")
    expect(opened).to_be_enabled(timeout=LONG)
    opened.click()
    expect(tab.get_by_text("bad.csv, line 2: 'c' names one node")).to_be_visible(timeout=LONG)
    picture(tab, "graph-bad")
    good = {
        "name": "ring.csv",
        "mimeType": "text/csv",
        "buffer": b"".join(b"n%d,n%d\n" % (i, (i + 1) % 12) for i in range(12)),
    }
    tab.get_by_role("button", name="Remove").first.click()
    expect(opened).to_be_disabled(
        timeout=LONG
    )  # until there is a file again: a busy server is not pressed for the old one
    tab.locator("input[type=file]").first.set_input_files(good)
    expect(tab.get_by_text("ring.csv").first).to_be_visible(timeout=LONG)
    expect(opened).to_be_enabled(timeout=LONG)
    opened.click()
    expect(tab.get_by_text("12 nodes with 12 features, 12 edges, no classes.")).to_be_visible(timeout=LONG)
    expect(tab.get_by_text("12 nodes and 12 edges").first).to_be_visible(timeout=LONG)
