"""Journeys of a newcomer through the real `streamlit run`, in a real browser; screenshots go to tests/artefacts."""

from __future__ import annotations

import re

import numpy as np

from tests.dashboard.chromium import LONG, heading, metric, needs_chromium, picture, press

pytestmark = needs_chromium


def test_a_mine_approaches_the_truth_and_is_found_again(server, browser, page):
    page.goto(server.url())
    press(page, "Start a run now")
    heading(page, "MINE stands|MINE ends").wait_for(timeout=LONG)
    assert page.get_by_role("button", name="Pause").count() or heading(page, "MINE ends").count()
    heading(page, "MINE ends").wait_for(timeout=LONG)
    assert abs(metric(page, "MINE") - 0.511) < 0.04
    assert metric(page, "Truth") == 0.511
    assert "run=" in page.url
    picture(page, "a-estimate")
    page.reload()
    heading(page, "MINE ends").wait_for()
    second = browser.new_context().new_page()
    second.goto(page.url)
    heading(second, "MINE ends").wait_for(timeout=60_000)
    second.context.close()


def test_a_run_is_paused_stepped_resumed_stopped_and_replayed(server, page):
    page.goto(server.url("estimate?mine.iterations=20000&mine.patience=0"))
    press(page, "Start")
    page.get_by_text(re.compile(r"step [\d,]+ of 20,000 · [\d.,]+ (steps/s|s a step)")).first.wait_for(timeout=LONG)
    press(page, "Pause")
    paused = page.get_by_text(re.compile("paused"))
    paused.first.wait_for()
    at = int(re.search(r"step ([\d,]+) of", paused.first.inner_text()).group(1).replace(",", ""))
    press(page, "Step")
    page.get_by_text(re.compile(f"step {at + 1:,} of .* paused")).first.wait_for()
    press(page, "Play")
    page.get_by_text(re.compile("to the last step")).first.wait_for()
    press(page, "Stop")
    page.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    assert -0.1 < metric(page, "MINE") < 0.6  # stopped early: a partial result is there, not a good one
    press(page, "Replay")
    page.get_by_text("Speed").wait_for()
    picture(page, "a-replay")


def test_b_a_csv_is_opened_and_its_pair_found_and_trained(server, page, tmp_path):
    rng = np.random.default_rng(1)
    x = rng.normal(size=800)
    rows = zip(
        x, x**2 + 0.1 * rng.normal(size=800), rng.normal(size=800), rng.choice(["red", "blue"], 800), strict=True
    )
    file = tmp_path / "mine.csv"
    file.write_text(
        "signal,square,noise,colour\n" + "\n".join(f"{a:.5f},{b:.5f},{c:.5f},{d}" for a, b, c, d in rows) + "\n"
    )
    page.goto(server.url("table"))
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_text("800 rows and 4 columns were read").wait_for(timeout=LONG)
    press(page, "Start")
    heading(page, "signal and square share the most").wait_for(timeout=LONG)
    press(page, "Train MINE on this pair")
    heading(page, "MINE ends at").wait_for(timeout=LONG)
    assert metric(page, "MINE") > 0.8  # |ρ| above .89, where the correlation of x and x² is about 0
    picture(page, "b-table")


def test_b_a_bad_file_gets_one_sentence_and_nothing_is_lost(server, page, tmp_path):
    file = tmp_path / "photo.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    page.goto(server.url("table"))
    page.get_by_text("rows and 7 columns were read").wait_for(timeout=LONG)
    page.locator("input[type=file]").set_input_files(str(file))
    alert = page.get_by_role("alert").first
    alert.wait_for()
    assert "photo.csv" in alert.inner_text()
    assert page.get_by_text("rows and 7 columns were read").is_visible()
    picture(page, "b-bad-file")


def test_c_pictures_sort_themselves_and_d_features_are_looked_at(server, page):
    page.goto(server.url("cluster?iic.epochs=25"))
    press(page, "Start")
    heading(page, "Accuracy of the kept clusters").wait_for(timeout=LONG)
    page.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    assert metric(page, "Accuracy after matching") > 85
    picture(page, "c-cluster")
    page.get_by_role("tab", name="Result").click()
    heading(page, "after Hungarian matching").wait_for()
    picture(page, "c-result")
    page.get_by_role("link", name="See the features in the plane").click()
    page.get_by_text("Press Start to lay the features out").wait_for(timeout=LONG)
    assert "i=run." in page.url
    press(page, "Start")
    heading(page, "laid out by t-SNE").wait_for(timeout=LONG)
    page.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    assert metric(page, "Trustworthiness") > 0.9
    picture(page, "e-embedding")


def test_a_click_while_the_sliders_are_still_loading_changes_no_setting(server, page):
    held = []
    page.route("**/*lider*.js", lambda route: held.append(route))  # the sliders' own script comes last on a slow line
    page.goto(server.url("cluster?iic.rotation=40"))
    page.get_by_text("Settings of IIC", exact=True).click()  # what is folded is not drawn
    page.get_by_text("Views", exact=True).click()
    page.wait_for_timeout(3_000)  # in which the script is asked for
    page.get_by_role("tab", name="Result").click()
    page.wait_for_url("**tab=result**")
    page.get_by_role("tab", name="How matching").click()
    page.wait_for_url("**tab=matching**")
    assert held
    for request in held:
        request.continue_()
    page.wait_for_timeout(2_000)  # in which a slider would send what it begins with
    page.get_by_role("tab", name="Result").click()
    page.wait_for_url("**tab=result**")
    assert dict(p.split("=") for p in page.url.split("?")[1].split("&")) == {"iic.rotation": "40", "tab": "result"}


def test_d_a_density_with_several_branches_is_learned(server, page):
    page.goto(server.url("density"))
    press(page, "Start")
    heading(page, "learned density").wait_for(timeout=LONG)
    page.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    assert metric(page, "NLL on 5,000 fresh points") < metric(page, "NLL of the true density") + 0.3
    picture(page, "d-density")


def test_the_runs_are_listed_and_survive_a_killed_server(server, page):
    page.goto(server.url("runs"))
    page.get_by_test_id("stDataFrame").wait_for(timeout=LONG)
    picture(page, "runs")
    page.goto(server.url("estimate?mine.iterations=100000&mine.patience=0"))
    press(page, "Start")
    page.get_by_text(re.compile(r"[\d.,]+ (steps/s|s a step)")).first.wait_for(timeout=LONG)
    page.wait_for_timeout(2_500)  # past the first checkpoint
    link = page.url
    page.goto("about:blank")
    server.kill()
    server.start()
    page.goto(link)
    page.get_by_text("was interrupted at step").wait_for(timeout=LONG)
    press(page, "Resume")
    page.get_by_text(re.compile(r"[\d.,]+ (steps/s|s a step)")).first.wait_for(timeout=LONG)
    press(page, "Stop")
    page.get_by_role("button", name="Start").first.wait_for()


def test_a_narrow_screen_shows_start_before_the_picture(server, browser):
    context = browser.new_context(viewport={"width": 420, "height": 860})
    tab = context.new_page()
    tab.goto(server.url("estimate"))
    start = tab.get_by_role("button", name="Start").first
    start.wait_for(timeout=60_000)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 420
    picture(tab, "narrow-estimate")
    context.close()
