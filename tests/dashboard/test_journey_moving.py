"""What moves stays where it is: charts of a run under way in a real browser, counted beside a busy process."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.dashboard.chromium import LONG, needs_chromium, press

pytestmark = needs_chromium

# Five times a second: each chart that has something drawn, by its key: its node, and how far below the page's top it is.
WATCH = """() => {
  window.looks = [];
  let last = 0;
  const top = () => document.querySelector(".stMainBlockContainer").getBoundingClientRect().top;
  setInterval(() => {
    const seen = {};
    for (const node of document.querySelectorAll(".infoscope-live")) {
      const plot = node.querySelector(".plot"), box = plot.getBoundingClientRect();
      if (!plot.querySelector(".main-svg") || box.height < 40 || !plot.checkVisibility({visibilityProperty: true})) continue;
      const key = [...node.closest("[class*='st-key-']").classList].find((name) => name.startsWith("st-key-"));
      seen[key.slice(7)] = [(node.mark ??= ++last), Math.round(node.getBoundingClientRect().top - top())];
    }
    window.looks.push(seen);
  }, 200);
}"""
# A page, how its runs are known among the keys of charts, and how many charts it has when all have come.
PAGES = {
    "estimate": ("estimate?mine.iterations=600&mine.patience=0", "estimate-", 3),
    "cluster": ("cluster?iic.epochs=5", "cluster-.*-", 5),
    "density": ("density?mdn.iterations=300&mdn.patience=0", "density-", 2),
    "representation": ("representation?mine.epochs=3", "representation-", 4),
    "table": ("table", "table-matrix-", 1),
    "embedding": ("embedding?i.n=300", "embedding-plane-", 1),
}


@pytest.fixture
def busy():
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield
    process.kill()
    process.wait()


@pytest.mark.parametrize("name", PAGES)
def test_a_chart_that_was_seen_is_never_missing_and_never_moves(server, page, busy, name):
    path, keys, count = PAGES[name]
    page.goto(server.url(path))
    page.get_by_role("button", name="Start").first.wait_for(timeout=LONG)
    page.evaluate(WATCH)
    press(page, "Start")
    page.get_by_role("button", name="Pause").or_(page.get_by_role("button", name="Replay")).first.wait_for(timeout=LONG)
    page.get_by_role("button", name="Start").first.wait_for(timeout=LONG)  # it has ended
    page.wait_for_timeout(1_500)
    looks = [{k: v for k, v in look.items() if re.match(keys, k)} for look in page.evaluate("window.looks")]
    places: dict[str, list[int]] = {}
    for number, look in enumerate(looks):
        assert not places.keys() - look.keys(), f"look {number} of {len(looks)} misses charts"
        for key, place in look.items():
            assert places.setdefault(key, place) == place, f"look {number} of {len(looks)}: {key} is another, or moved"
    assert len(places) >= count
