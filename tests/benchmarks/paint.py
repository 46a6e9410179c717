"""First paint, the time of a click while two runs train, and bytes for each chart update, in a real browser."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import _report
from tests.dashboard.chromium import CHROMIUM, FLAGS, served

PAINTS, EARLY, CLICKS = 20, 3, 60
WARMING = 15.0  # seconds in which a server that was just started imports what its pages will need
RUNS = "estimate?m=mine,smile&mine.iterations=20000&smile.iterations=20000&mine.patience=0&smile.patience=0"
# Timed in the page: from the click until a number on it carries the new unit.
CLICK = """label => new Promise(done => {
  const button = [...document.querySelectorAll("[data-testid='stButtonGroup'] button")].find(b => b.innerText === label);
  const values = () => [...document.querySelectorAll("[data-testid='stMetricValue']")].map(e => e.innerText).join("|");
  const began = performance.now();
  const look = () => values().includes(label) ? done(performance.now() - began) :
    performance.now() - began > 5000 ? done(null) : setTimeout(look, 2);
  button.click(); look();
})"""


@contextmanager
def own() -> Iterator[str]:
    """The dashboard by the real `streamlit run`, with a data folder of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, served(Path(folder)) as url:
        yield url  # its workers end a moment after it


def first_paint(browser: Any, url: str) -> float:
    """Seconds from the address to the home page's button, in a new browser context with nothing cached."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    began = time.perf_counter()
    page.goto(url)
    page.get_by_role("button", name="Start a run now").wait_for(timeout=60_000)
    seconds = time.perf_counter() - began
    page.context.close()
    return seconds


def started(browser: Any, url: str) -> Any:
    """A page on which Start was pressed and numbers have appeared. `page.received` is what its socket received."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.received = []
    heard = lambda f: page.received.append(f if isinstance(f, bytes) else f.encode())  # noqa: E731
    page.on("websocket", lambda ws: ws.on("framereceived", heard))
    page.goto(url)
    page.get_by_role("button", name="Start").first.click()
    page.wait_for_function(
        "() => document.querySelectorAll(\"[data-testid='stMetricValue']\").length >= 2", timeout=60_000
    )
    return page


def clicks(page: Any) -> list[float]:
    """Milliseconds of clicks between nats and bits."""
    took = []
    for i in range(CLICKS):
        took.append(page.evaluate(CLICK, "bits" if i % 2 == 0 else "nats"))
        page.wait_for_timeout(700)
    if None in took:
        raise RuntimeError("a click was not answered within 5 s")
    return took


def idle(browser: Any, url: str) -> list[float]:
    """Clicks on a run that has ended, while nothing trains."""
    page = started(browser, f"{url}/estimate")
    page.get_by_role("heading", name="MINE ends").first.wait_for(timeout=120_000)
    took = clicks(page)
    page.context.close()
    return took


def training(browser: Any, url: str) -> tuple[list[float], list[int]]:
    """Clicks while two runs train, and then the sizes of the messages that make their curves grow."""
    page = started(browser, f"{url}/{RUNS}")
    page.wait_for_timeout(5_000)
    took = clicks(page)
    page.wait_for_timeout(2_000)
    page.received.clear()
    page.wait_for_timeout(8_000)
    sizes = [len(f) for f in page.received if b"infoscope.live" in f and b'"grow"' in f]
    page.context.close()
    return took, sizes


def main() -> None:
    from playwright.sync_api import sync_playwright

    with own() as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        cold = first_paint(browser, url)
        early = [first_paint(browser, url) for _ in range(EARLY)]
        time.sleep(WARMING)
        warm = [first_paint(browser, url) for _ in range(PAINTS)]
        before = idle(browser, url)
        took, sizes = training(browser, url)
        browser.close()
    _report.table(
        ["what", "median", "p95", "target"],
        [
            ["first paint, cold server", f"{cold:.2f} s", "", ""],
            [f"first paint, the next {EARLY}, while it imports", f"{np.median(early):.2f} s", "", ""],
            ["first paint, warm", f"{np.median(warm):.2f} s", f"{np.quantile(warm, 0.95):.2f} s", "p95 ≤ 1.7 s"],
            ["a click, nothing trains", f"{np.median(before):.0f} ms", f"{np.quantile(before, 0.95):.0f} ms", ""],
            [
                "a click while two runs train",
                f"{np.median(took):.0f} ms",
                f"{np.quantile(took, 0.95):.0f} ms",
                "p95 ≤ 150 ms",
            ],
            [
                "message of growing curves",
                f"{np.median(sizes):.0f} B",
                f"{np.quantile(sizes, 0.95):.0f} B",
                "≤ 1,024 B",
            ],
        ],
    )
    ratio = np.quantile(took, 0.95) / np.quantile(before, 0.95)
    print(f"\nA click's p95 while two runs train is {ratio:.1f} times that of an idle server (target ≤ 3).")


if __name__ == "__main__":
    _report.head(
        "What a viewer waits for",
        f"Headless Chromium, {PAINTS} first paints in new contexts once the server has imported all it needs; {CLICKS} "
        "clicks between nats and bits on the estimate page, from the click to the number in the new unit on the page, "
        "while MINE and SMILE train.",
    )
    main()
