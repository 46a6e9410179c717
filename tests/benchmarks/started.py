"""From Start to the first curve and to the result of the default estimate, idle and beside two busy processes, in a browser."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tests.benchmarks import _report
from tests.benchmarks.paint import own
from tests.dashboard.chromium import CHROMIUM, FLAGS

RUNS = 3
# A curve is there when a line that grows has two points; the result when the title says where the estimate ends.
CURVE = """() => [...document.querySelectorAll(".infoscope-live .plot")].some(
  (plot) => plot.data?.some((trace) => trace.meta === "grows" && trace.x.length > 1))"""
RESULT = (
    """() => [...document.querySelectorAll(".infoscope-live h4")].some((title) => / ends /.test(title.textContent))"""
)


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Processes that take all they can get."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def one(browser: Any, url: str) -> tuple[float, float]:
    """Seconds from the click on Start to the first curve and to the result."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(300_000)
    page.goto(f"{url}/estimate")
    page.get_by_role("button", name="Start").first.wait_for()
    page.wait_for_timeout(3_000)  # the preview is drawn
    page.get_by_role("button", name="Start").first.click()
    began = time.perf_counter()
    page.wait_for_function(CURVE, polling=50)
    curve = time.perf_counter() - began
    page.wait_for_function(RESULT, polling=50)
    result = time.perf_counter() - began
    page.context.close()
    return curve, result


def main() -> None:
    from playwright.sync_api import sync_playwright

    rows = []
    with own() as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        one(browser, url)  # loads what is loaded once
        for processes, least in ((0, 10), (2, 25)):
            with busy(processes):
                took = np.array([one(browser, url) for _ in range(RUNS)])
            beside = f"beside {processes} busy processes" if processes else "idle"
            first = "≤ 2 s" if not processes else ""
            rows.append(
                [f"first curve, {beside}", *(f"{v:.1f} s" for v in (np.median(took[:, 0]), took[:, 0].max())), first]
            )
            rows.append(
                [
                    f"result, {beside}",
                    *(f"{v:.1f} s" for v in (np.median(took[:, 1]), took[:, 1].max())),
                    f"≤ {least} s",
                ]
            )
        browser.close()
    _report.table(["what", "median", "longest", "target"], rows)


if __name__ == "__main__":
    _report.head(
        "From Start to a curve and to a result",
        f"Headless Chromium, the estimate page's defaults, {RUNS} runs each; the busy processes have nice 0, the workers 5.",
    )
    main()
