"""Five journeys of a newcomer through the real `streamlit run`, in a real browser; screenshots go to tests/artefacts."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.places import VARIABLE
from tests.dashboard.test_live import CHROMIUM, FLAGS

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on the path: the journeys need it")

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
LONG = 240_000  # ms: two cores, shared with whatever else the machine does


class Server:
    """The command of the README, on a free port, with a data folder of its own."""

    def __init__(self, data: Path) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data = data
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "dashboard/app.py",
            f"--server.port={self.port}",
            "--server.headless=true",
        ]
        with (self.data / "server.log").open("ab") as log:
            # The path holds dashboard/ alone, as it does for a user: PYTHONPATH would hide a missing install.
            environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {VARIABLE: str(self.data)}
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1)
                return
            except OSError:
                time.sleep(0.25)
        raise RuntimeError((self.data / "server.log").read_text()[-2000:])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("data"))
    yield running
    running.process.terminate()
    running.process.wait(20)


@pytest.fixture(scope="module")
def browser():
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


def picture(tab, name: str) -> None:
    """The page as it stands, light and dark."""
    ARTEFACTS.mkdir(exist_ok=True)
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        tab.wait_for_timeout(900)
        tab.screenshot(path=str(ARTEFACTS / f"{name}-{scheme}.png"), full_page=True)
    tab.emulate_media(color_scheme="light")


def metric(tab, label: str) -> float:
    """The number of a metric."""
    tile = tab.get_by_test_id("stMetric").filter(has_text=label).first
    return float(
        re.search(r"[−-]?\d+\.?\d*", tile.get_by_test_id("stMetricValue").inner_text()).group().replace("−", "-")
    )  # type: ignore[union-attr]


def press(tab, name: str) -> None:
    tab.get_by_role("button", name=name).first.click()


def heading(tab, text: str):
    """A picture's title that holds this."""
    return tab.get_by_role("heading", name=re.compile(text)).first


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
    page.get_by_text(re.compile(r"step [\d,]+ of 20,000 · [\d,]+ steps/s")).first.wait_for(timeout=LONG)
    press(page, "Pause")
    paused = page.get_by_text(re.compile("paused"))
    paused.first.wait_for()
    at = int(re.search(r"step ([\d,]+) of", paused.first.inner_text()).group(1).replace(",", ""))
    press(page, "Step")
    page.get_by_text(re.compile(f"step {at + 1:,} of .* paused")).first.wait_for()
    press(page, "Play")
    page.get_by_text(re.compile(r"steps/s .* s left")).first.wait_for()
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
    heading(page, "Accuracy ends at").wait_for(timeout=LONG)
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
    heading(page, "Coloured by label").wait_for(timeout=LONG)
    page.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    assert metric(page, "Trustworthiness") > 0.9
    picture(page, "e-embedding")


def test_a_click_while_the_sliders_are_still_loading_changes_no_setting(server, page):
    held = []
    page.route("**/*lider*.js", lambda route: held.append(route))  # the sliders' own script comes last on a slow line
    page.goto(server.url("cluster?iic.rotation=40"))
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
    assert metric(page, "Held-out NLL") < metric(page, "NLL of the true density") + 0.3
    picture(page, "d-density")


def test_the_runs_are_listed_and_survive_a_killed_server(server, page):
    page.goto(server.url("runs"))
    page.get_by_test_id("stDataFrame").wait_for(timeout=LONG)
    picture(page, "runs")
    page.goto(server.url("estimate?mine.iterations=100000&mine.patience=0"))
    press(page, "Start")
    page.get_by_text(re.compile(r"[\d,]+ steps/s")).first.wait_for(timeout=LONG)
    page.wait_for_timeout(2_500)  # past the first checkpoint
    link = page.url
    page.goto("about:blank")
    server.kill()
    server.start()
    page.goto(link)
    page.get_by_text("was interrupted at step").wait_for(timeout=LONG)
    press(page, "Resume")
    page.get_by_text(re.compile(r"[\d,]+ steps/s")).first.wait_for(timeout=LONG)
    press(page, "Reset")
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
