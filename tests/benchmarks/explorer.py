"""The explorer's speed in headless Chromium: `python -m tests.benchmarks.explorer`. Some minutes; prints what it measured under which load.

A server and a browser of its own. The renderer is what the browser says: without a graphics card, a software one.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.paths import VARIABLE
from core.spec import Spec
from tests.benchmarks._report import head, table
from tests.dashboard.chromium import CHROMIUM, Server, served

# As a browser is without a graphics card: the page is put together by the processor, and WebGL2 would be, too.
PLAIN = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"]
# 120 frames of a pan to and fro over the whole picture: how long one stands until the next, which the renderer has a say in.
PAN = """async node => {
  const e = node.explorer, times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < 120; i++) {
    e.camera.pan(8 * Math.sin(i / 9), 5 * Math.cos(i / 7));
    e.travel();
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}"""


def main() -> None:
    """Measure, and print the table of targets."""
    from playwright.sync_api import sync_playwright

    head(
        "The explorer's targets",
        "Median of 120 frames, from one to the next; a click is until its neighbours are shown.",
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        os.environ[VARIABLE] = folder
        server = Server(Path(folder))
        browser = p.chromium.launch(executable_path=CHROMIUM, args=PLAIN)
        try:
            table(("what", "measured", "target"), _all(browser, server, Path(folder)))
        finally:
            browser.close()
            server.kill()


def _all(browser: Any, server: Server, folder: Path) -> Iterator[tuple[str, str, str]]:
    yield from _digits(browser, server)
    for n, target in ((10_000, 33), (60_000, 60)):
        yield from _many(browser, folder, n, target)
    yield from _background(10_000)


def _digits(browser: Any, server: Server) -> Iterator[tuple[str, str, str]]:
    tab = browser.new_page(viewport={"width": 1440, "height": 1000})
    tab.goto(server.url("embedding"))
    tab.get_by_role("button", name="Start").first.wait_for(timeout=120_000)
    tab.wait_for_timeout(3_000)  # the workers have loaded what they need
    began = time.perf_counter()
    tab.get_by_role("button", name="Start").first.click()
    stage = tab.locator(".infoscope-explorer .stage")
    stage.wait_for(timeout=120_000)
    tab.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.frames > 0")
    first = time.perf_counter() - began
    tab.get_by_text("finished after").wait_for(timeout=300_000)
    whole = time.perf_counter() - began
    trust = float(tab.get_by_test_id("stMetricValue").first.inner_text())
    renderer = stage.get_attribute("data-renderer")
    tab.close()
    yield "digits: first picture after Start", f"{first:.1f} s", "≤ 3 s"
    yield "digits: t-SNE finished", f"{whole:.1f} s ({_cpu_of_digits():.1f} s CPU)", "≤ 10 s"
    yield "digits: trustworthiness", f"{trust:.3f}", "≥ .98"
    yield "renderer", str(renderer), "–"


def _cpu_of_digits() -> float:
    """CPU seconds of a default t-SNE of all digits, its result included, in this process."""
    spec = Spec.parse({"family": "projections", "method": "tsne", "data": {"images": "digits"}})
    method, source, began = spec.build(), spec.source(), time.process_time()
    method.run(source).result()
    return time.process_time() - began


def _many(browser: Any, folder: Path, n: int, target: int) -> Iterator[tuple[str, str, str]]:
    """Frames of a pan over n points, and clicks on three of them."""
    path = folder / f"blobs{n}.npy"
    np.save(path, _blobs(n))
    with served(folder, APP.format(path=str(path))) as url:
        yield from _panned(browser, url, n, target)


def _panned(browser: Any, url: str, n: int, target: int) -> Iterator[tuple[str, str, str]]:
    tab = browser.new_page(viewport={"width": 1440, "height": 1000})
    tab.goto(url)
    stage = tab.locator(".infoscope-explorer .stage")
    stage.wait_for(timeout=120_000)
    tab.wait_for_timeout(2_000)
    frame, most = statistics.median(stage.evaluate(PAN)), stage.evaluate("node => node.explorer.most")
    some = "" if most == n else f", of which {most:,} are drawn while it moves"
    yield f"{n:,} points{some}: median frame of a pan", f"{frame:.1f} ms", f"≤ {target} ms"
    stage.hover(position={"x": 3, "y": 3})  # as whoever will click does
    tab.wait_for_timeout(1_500)
    answers = []
    for row in (5, n // 2, n - 1):
        stage.evaluate(f"node => {{ delete node.dataset.answered; node.explorer.select([{row}], {row}) }}")
        tab.wait_for_function("document.querySelector('.infoscope-explorer .stage').dataset.answered", timeout=60_000)
        answers.append(int(stage.get_attribute("data-answered")))
    yield f"{n:,} × 64: neighbours after a click", f"{statistics.median(answers)} ms", "≤ 200 ms"
    tab.close()


def _background(n: int) -> Iterator[tuple[str, str, str]]:
    """A default t-SNE of n rows in one thread, with the pictures that are taken on the way."""
    from core.method import Source
    from core.projections import TSNE

    method, pictures, began, cpu = TSNE(), 0, time.perf_counter(), time.process_time()
    for _ in method.steps(Source(_blobs(n))):
        method.view("embedding")
        pictures += 1
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    yield f"{n:,} × 64: t-SNE, {pictures} pictures on the way", f"{wall:.1f} s ({cpu:.1f} s CPU)", "≤ 30 s"


def _blobs(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (4 * rng.normal(size=(10, 64))[np.arange(n) % 10] + rng.normal(size=(n, 64))).astype(np.float32)


# A page with nothing but an explorer of the points of a file, in their first two columns.
APP = """
import numpy as np, streamlit as st
from dashboard.widgets import explorer
from dashboard.widgets.explorer.points import Column, Points

@st.cache_resource
def points():
    x = np.load({path!r})
    return x, Points(x, np.arange(len(x)) + 1, [Column("label", "Label", np.arange(len(x)) % 10, tuple("0123456789"))])

x, known = points()
explorer.show("bench", known, x[:, :2], explorer.View("Points", height=620))
"""


if __name__ == "__main__":
    main()
