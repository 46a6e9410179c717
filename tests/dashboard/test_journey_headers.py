"""What browsers are told about our pages: no script but ours, in no foreign frame; and everything draws all the same."""

from __future__ import annotations

import urllib.request

import pytest

from tests.dashboard.chromium import LONG, needs_chromium, press

HEARD = """document.addEventListener('securitypolicyviolation', e =>
  (window.refused ??= []).push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))"""
PAGES = ("", "estimate", "table", "cluster", "density", "representation", "embedding", "runs")


@pytest.mark.parametrize("path", ["", "estimate", "_stcore/health", "pictures/estimate-light.webp", "nothing/here"])
def test_every_answer_carries_the_headers(server, path):
    try:
        answer = urllib.request.urlopen(server.url(path)).headers
    except urllib.error.HTTPError as error:
        answer = error.headers
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    scripts = policy["script-src"].split()
    assert scripts[:2] == ["'self'", "'wasm-unsafe-eval'"] and all(s.startswith("'sha256-") for s in scripts[2:])
    assert policy["default-src"] == policy["frame-ancestors"] == "'self'" and policy["object-src"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


@needs_chromium
@pytest.mark.parametrize("name", PAGES)
def test_no_page_needs_what_is_refused(server, page, name):
    page.add_init_script(HEARD)
    absent = []
    page.on("response", lambda answer: absent.append(answer.url) if answer.status >= 400 else None)
    page.goto(server.url(name))
    page.get_by_test_id("stTopNavLink").first.wait_for(timeout=LONG)
    if name in ("estimate", "table", "cluster"):  # a chart, a list, pictures
        page.locator(
            ".infoscope-live svg.main-svg, [data-testid=stDataFrame] canvas, .infoscope-live canvas"
        ).first.wait_for(timeout=LONG)
    page.wait_for_timeout(1_500)
    assert page.evaluate("window.refused ?? []") == []
    assert absent == []  # nor for a server below its own address


@needs_chromium
def test_a_run_its_maps_lists_exports_and_code_draw_under_the_headers(server, page):
    page.add_init_script(HEARD)
    page.goto(server.url("table?t=penguins&method=gaussian"))
    page.wait_for_timeout(1_000)
    press(page, "Start")
    page.locator(".heatmaplayer").first.wait_for(timeout=LONG)
    page.locator("[data-testid=stDataFrame] canvas").first.wait_for(timeout=LONG)
    press(page, "Reproduce")
    page.get_by_test_id("stCode").first.wait_for(timeout=LONG)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Script (matrix.py)").click()
    assert saved.value.suggested_filename == "matrix.py"
    assert page.evaluate("window.refused ?? []") == []


@needs_chromium
def test_a_foreign_script_does_not_run(server, page):
    page.goto(server.url())
    page.get_by_test_id("stTopNavLink").first.wait_for(timeout=LONG)
    ran = page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
        " return window.ran ?? 0 }"
    )
    assert ran == 0
