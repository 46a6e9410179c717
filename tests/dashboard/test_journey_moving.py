"""What moves stays where it is: charts of a run under way in a real browser, counted beside a busy process."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.dashboard.chromium import LONG, needs_chromium, press
from tests.processes import cpu_seconds

pytestmark = needs_chromium

# Five times a second: each chart that has something drawn, by its key: its node, and how far below the page's top it is.
# It counts from when a script of the page has ended with it there: until then what stood above it before Start is leaving.
WATCH = """() => {
  window.looks = [];
  let last = 0;
  const top = () => document.querySelector(".stMainBlockContainer").getBoundingClientRect().top;
  setInterval(() => {
    const seen = {}, settled = document.querySelector(".stApp").dataset.testScriptState == "notRunning";
    for (const node of document.querySelectorAll(".infoscope-live, .infoscope-explorer")) {
      const plot = node.querySelector(".plot, .stage"), box = plot.getBoundingClientRect();
      if (!plot.querySelector(".main-svg, .points") || box.height < 40 || !plot.checkVisibility({visibilityProperty: true})) continue;
      if (!node.mark && !settled) continue;
      const key = [...node.closest("[class*='st-key-']").classList].find((name) => name.startsWith("st-key-"));
      seen[key.slice(7)] = [(node.mark ??= ++last), Math.round(node.getBoundingClientRect().top - top())];
    }
    window.looks.push(seen);
  }, 200);
}"""
# A page, how its runs are known among the keys of charts, and how many charts it has when all have come.
PAGES = {
    "estimate": ("estimate?mine.iterations=100&mine.patience=0", "estimate-", 3),
    "cluster": ("cluster?iic.epochs=5&n=600", "cluster-.*-", 5),
    "density": ("density?mdn.epochs=12", "density-", 2),
    "representation": ("representation?mine.epochs=3&n=600", "representation-", 4),
    "table": ("table", "table-matrix-", 1),
    "embedding": ("embedding?n=300", "explorer-embedding-", 1),
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
    page.set_default_timeout(LONG)
    page.goto(server.url(path))
    page.get_by_role("button", name="Start").first.wait_for(timeout=LONG)
    page.evaluate(WATCH)
    press(page, "Start")
    page.get_by_role("button", name="Pause").or_(page.get_by_role("button", name="Replay")).first.wait_for(timeout=LONG)
    page.get_by_role("button", name="Start").first.wait_for(timeout=LONG)  # it has ended
    # The preview of the data leaves when a run is shown; a short run's pictures come after its end.
    mine = re.compile(f"{keys}(?!preview)")
    for _ in range(100):
        page.wait_for_timeout(1_500)
        looks = [{k: v for k, v in look.items() if mine.match(k)} for look in page.evaluate("window.looks")]
        if len(looks[-1]) >= count:
            break
    places: dict[str, list[int]] = {}
    for number, look in enumerate(looks):
        assert not places.keys() - look.keys(), f"look {number} of {len(looks)} misses charts"
        for key, place in look.items():
            assert places.setdefault(key, place) == place, f"look {number} of {len(looks)}: {key} is another, or moved"
    assert len(places) >= count


# The steps that the replay has shown, each once: written down in the page, for a busy machine asks too late.
STEPS = """setInterval(() => {
  const step = document.querySelector(".st-key-estimate-replay input[type=range]")?.value;
  window.steps ??= [];
  if (step && +step !== steps.at(-1)) steps.push(+step);
}, 20)"""


def test_a_replay_plays_by_itself_to_its_end_and_again_also_from_a_link(server, page, browser):
    page.set_default_timeout(LONG)
    page.add_init_script(STEPS)
    page.goto(server.url("estimate?mine.iterations=100&mine.patience=0"))
    press(page, "Start")
    page.get_by_role("button", name="Pause").first.wait_for(timeout=LONG)
    page.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    press(page, "Replay")  # in the session that trained it
    page.wait_for_function("() => steps.length >= 6")  # however long a drawing takes, it goes on by a tenth at most
    steps = page.evaluate("steps")
    assert steps == sorted(steps)
    page.goto(page.url)  # a link in a new session: everything it knows is in the address
    press(page, "Replay")
    page.get_by_role("slider", name="Step").wait_for()
    page.get_by_role("radio", name="2×").or_(page.get_by_role("button", name="2×")).first.click()
    page.get_by_role("button", name="Play").wait_for(timeout=LONG)  # it has come to its end
    steps = page.evaluate("steps")
    assert len(steps) >= 4 and steps == sorted(steps) and steps[-1] == 100
    page.evaluate("steps.length = 0")
    press(page, "Play")
    page.wait_for_function("() => steps.filter(step => step < 100).length >= 3")  # by a fifth at most
    steps = [step for step in page.evaluate("steps") if step < 100]
    assert steps == sorted(steps) and steps[0] < 50, "it began anew"
    for width in (1024, 780, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(1_000)
        assert page.evaluate(CUT) == []


# Labels of the replay's buttons that are wider than their buttons: the word is cut, or stands in two lines.
CUT = """[...document.querySelectorAll('.stHorizontalBlock.st-key-estimate-replay button')]
  .filter(b => b.scrollWidth > b.clientWidth + 1 || b.clientHeight > 50 || b.getBoundingClientRect().right > innerWidth)
  .map(b => b.innerText)"""


@pytest.mark.skipif(sys.platform != "linux", reason="CPU seconds are read from /proc")
def test_a_server_whose_open_page_shows_a_finished_run_does_nothing(server, page):
    page.set_default_timeout(LONG)
    page.goto(server.url("estimate?m=mine,histogram&mine.iterations=60&mine.patience=0"))
    press(page, "Start")
    page.get_by_role("button", name="Pause").first.wait_for(timeout=LONG)
    page.get_by_role("button", name="Replay").wait_for(timeout=LONG)
    page.wait_for_timeout(3_000)
    before = sum(cpu_seconds(server.process.pid).values())
    page.wait_for_timeout(10_000)
    # Measured: 0.05 s, uvicorn's own clock. A page that is drawn again and again takes 0.5 s and more.
    assert sum(cpu_seconds(server.process.pid).values()) - before < 0.2
