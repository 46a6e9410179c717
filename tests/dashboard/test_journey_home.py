"""The home page's pictures: the files as they are, moving, and still for those who want nothing to move."""

from __future__ import annotations

import pytest
from PIL import Image

from dashboard.screens.home import welcome
from tests.dashboard.chromium import LONG, needs_chromium, picture

NAMES = ("estimate", "table", "cluster", "density")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_each_moving_picture_has_a_still_that_shows_its_end(name, theme):
    moving = Image.open(welcome.PICTURES / f"{name}-{theme}.webp")
    still = Image.open(welcome.PICTURES / f"{name}-{theme}-still.webp")
    assert moving.n_frames > 10 and getattr(still, "n_frames", 1) == 1 and still.size == moving.size

    def away(frame: int) -> float:
        moving.seek(frame)
        pairs = zip(moving.convert("L").tobytes(), still.convert("L").tobytes(), strict=True)
        return sum(abs(a - b) for a, b in pairs) / (still.width * still.height)

    assert away(moving.n_frames - 1) < 2 < away(0)  # grey levels of 255; two encodings of one picture differ by about 1


def opened(browser, server, **settings):
    tab = browser.new_context(viewport={"width": 1280, "height": 900}, **settings).new_page()
    arrived = {}
    tab.on("response", lambda answer: arrived.update({answer.url.rsplit("/", 1)[-1]: answer}))
    tab.goto(server.url())
    tab.locator("img.moving").nth(7).wait_for(timeout=LONG, state="attached")
    tab.wait_for_function(
        "() => [...document.querySelectorAll('img.moving')].filter(i => i.offsetParent)"
        ".filter(i => i.complete && i.naturalWidth == 720).length == 4"
    )
    return tab, arrived


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pictures_arrive_whole_and_move(server, browser, scheme):
    tab, arrived = opened(browser, server, color_scheme=scheme)
    for name in NAMES:
        path = welcome.PICTURES / f"{name}-{scheme}.webp"
        assert arrived[path.name].body() == path.read_bytes()
        assert arrived[path.name].headers["content-type"] == "image/webp"
    assert not any(name.endswith(f"-{'dark' if scheme == 'light' else 'light'}.webp") for name in arrived)
    image = tab.locator(f".on-{scheme} img.moving").first
    seen = set()
    for _ in range(6):  # it rests for two seconds at its end
        seen.add(image.screenshot())
        tab.wait_for_timeout(1_000)
    assert len(seen) > 2
    picture(tab, "home")
    tab.context.close()


@needs_chromium
def test_nothing_moves_where_motion_is_unwanted(server, browser):
    tab, arrived = opened(browser, server, reduced_motion="reduce")
    assert {f"{name}-light-still.webp" for name in NAMES} <= set(arrived)
    assert not {f"{name}-light.webp" for name in NAMES} & set(arrived)
    image = tab.locator("img.moving").first
    first = image.screenshot()
    tab.wait_for_timeout(1_500)
    assert image.screenshot() == first
    tab.context.close()


@needs_chromium
def test_the_pictures_follow_a_theme_that_changes_while_the_page_stands(server, browser):
    tab, _ = opened(browser, server, color_scheme="light", reduced_motion="reduce")
    seen = "[...document.querySelectorAll('img.moving')].filter(i => i.offsetParent).map(i => i.currentSrc)"
    for scheme in ("dark", "light"):
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        tab.wait_for_function(f"() => {seen}.every(s => s.includes('-{scheme}'))")
        assert len(tab.evaluate(seen)) == 4
    tab.context.close()


def test_the_style_holds_no_sign_for_which_the_browser_side_throws_all_of_it_away():
    assert "<" not in (welcome.PICTURES.parents[1] / "style" / "app.css").read_text(encoding="utf-8")


@needs_chromium
@pytest.mark.parametrize("name", ["Cluster", "Density", "Representation"])
def test_what_goes_wrong_is_one_click_from_home(server, page, name):
    page.goto(server.url())
    page.locator(".st-key-home-pitfalls").get_by_role("link", name=name).click()
    page.get_by_role("tab", name="What goes wrong", selected=True).wait_for(timeout=LONG)
    page.get_by_role("button", name="Show it").first.wait_for(timeout=LONG)


@needs_chromium
def test_the_first_page_is_found_by_its_name_too(server, page):
    page.goto(server.url("home?lang=en"))
    page.get_by_role("heading", name="See mutual information").wait_for()
    assert "Page not found" not in page.locator("body").inner_text()
