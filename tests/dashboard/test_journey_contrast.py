"""What can be read and reached: contrast of every word, one heading of the first rank a page, a focus that is seen."""

from __future__ import annotations

import pytest

from dashboard.charts import palette
from tests.dashboard.chromium import LONG, needs_chromium

pytestmark = needs_chromium
PAGES = ("", "estimate", "table", "cluster", "density", "representation", "embedding", "runs")

# Every element with words of its own: its colour over the grounds behind it. WCAG 2.2: 4.5, of large type 3; what is
# disabled is exempt.
# Nothing is measured until nothing has changed for a second: what is drawn anew fades meanwhile, with colours of its own.
MEASURE = """() => {
  const app = document.querySelector('.stApp'), now = performance.now();
  const moves = document.getAnimations().some((a) => a.playState == 'running' && a.effect.getComputedTiming().endTime != Infinity);
  const quiet = app?.dataset.testScriptState == 'notRunning' && !moves && !document.querySelector('[data-stale=true]');
  if (!quiet || window.quietSince == null) window.quietSince = now;
  if (now - window.quietSince < 1000) return null;
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const out = [];
  for (const e of document.querySelectorAll('.stApp *')) {
    const words = [...e.childNodes].filter((n) => n.nodeType == 3).map((n) => n.textContent.trim()).join(' ').trim();
    const s = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!words || !box.width || !box.height || box.width < 2 || s.visibility != 'visible' || e.closest('svg, canvas')) continue;
    if (!e.checkVisibility({opacityProperty: true})) continue;
    if (e.closest('[disabled], [aria-disabled=true], .js-plotly-plot, [data-testid=stDataFrame]')) continue;
    const chain = []; for (let p = e; p; p = p.parentElement) chain.push(p);
    let ground = [255, 255, 255, 1], shown = 1;
    for (const p of chain.reverse()) {
      const t = getComputedStyle(p), g = p.getBoundingClientRect(); shown *= +t.opacity;
      const middle = (box.y + box.bottom) / 2;
      if (g.height < box.height && (middle > g.bottom || middle < g.y)) continue;  // the value above a slider's thumb does not stand on it
      ground = over(rgba(t.backgroundColor), ground);
    }
    const ink = rgba(s.color); ink[3] *= shown;
    const [a, b] = [light(over(ink, ground)), light(ground)].sort((x, y) => y - x);
    const size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.66 && +s.fontWeight >= 700);
    out.push({words: words.slice(0, 60), contrast: Math.round(100 * (a + 0.05) / (b + 0.05)) / 100, large,
              where: (e.closest('[data-testid]') || e).dataset.testid || e.tagName, colour: s.color, ground: ground.slice(0, 3).map(Math.round).join()});
  }
  return out;
}"""

# The colours of every word in a chart, as hexadecimal digits.
DRAWN = """() => [...document.querySelectorAll('.infoscope-live .main-svg text')].map((e) =>
  '#' + getComputedStyle(e).fill.match(/\\d+/g).slice(0, 3).map((v) => (+v).toString(16).padStart(2, '0')).join(''))"""


def opened(browser, server, page: str, scheme: str):
    tab = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme).new_page()
    tab.goto(server.url(page))
    tab.get_by_role("heading", level=1).first.wait_for(timeout=LONG)
    return tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_every_word_has_contrast_and_the_page_one_first_heading(server, browser, page, scheme):
    tab = opened(browser, server, page, scheme)
    try:
        found = tab.wait_for_function(MEASURE, polling=100, timeout=LONG).json_value()
        assert tab.get_by_role("heading", level=1).count() == 1
        assert len(found) > 10
        assert not [word for word in found if word["contrast"] < (3.0 if word["large"] else 4.5)]
    finally:
        tab.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_in_the_navigation_is_seen(server, browser, scheme):
    tab = opened(browser, server, "estimate", scheme)
    tab.get_by_role("button", name="Start").first.wait_for(timeout=LONG)  # the page is drawn to its end, style included
    tab.get_by_test_id("stStatusWidget").wait_for(state="detached", timeout=LONG)
    tab.wait_for_timeout(1_500)
    seen = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        seen.append(
            tab.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e);
                return [e.innerText.trim(), s.outlineStyle, parseFloat(s.outlineWidth), s.outlineColor]; }"""
            )
        )
    links = [entry for entry in seen if entry[0] in ("Home", "Estimate", "Table", "Cluster", "Runs")]
    assert len(links) >= 4
    assert not [entry for entry in links if entry[1] != "solid" or entry[2] < 2]
    tab.context.close()


def test_a_chart_on_a_phone_wears_the_colours_of_the_dark(server, browser):
    """What a narrow chart has instead of the wide one's was drawn as on paper: dark numbers on dark cells."""
    tab = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark").new_page()
    try:
        tab.goto(server.url("cluster?tab=matching"))
        tab.locator(".infoscope-live .annotation").first.wait_for(timeout=LONG)
        drawn = tab.evaluate(DRAWN)
        assert len(drawn) >= 15  # nine cells and six ticks
        assert not {colour for colour in drawn if colour in palette.DARK}
    finally:
        tab.context.close()
