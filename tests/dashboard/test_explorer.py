"""The explorer of an embedding in a real browser, on points of which the test knows all; and what is sent, without one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from dashboard.widgets.explorer import answers, wire
from dashboard.widgets.explorer.points import Column, Points
from tests.dashboard.chromium import CHROMIUM, FLAGS, needs_chromium, served

# Three groups of twenty, at the corners of a triangle; the features are the places, so that neighbours are known.
APP = """
import numpy as np, streamlit as st
from dashboard.widgets import explorer
from dashboard.widgets.explorer.points import Column, Points

@st.cache_resource
def points(names, single=False):
    rng = np.random.default_rng(0)
    corners = np.array([[-10, -8, 0], [10, -8, 0], [0, 9, 6.0]])
    group = np.repeat(np.arange(3), 20)
    places = corners[group] + rng.normal(0, 0.7, (60, 3))
    cluster = np.where(np.arange(60) < 25, 0, 1)
    columns = [Column("label", "Label", group, tuple(names)), Column("cluster", "Cluster", cluster, ("cluster 0", "cluster 1")),
               Column("own.size", "size", np.arange(60.0))]
    if single:
        places = places.astype(np.float32)
    return places, Points(places, np.arange(60) + 101, columns, [f"file{i}.png" for i in range(60)])

@st.cache_resource
def many():
    places = np.random.default_rng(0).normal(size=(30_000, 2)).astype(np.float32)
    return places, Points(places, np.arange(30_000) + 1, [])

if st.toggle("many"):
    explorer.show("test", many()[1], many()[0], explorer.View("Thirty thousand rows", height=420))
    st.stop()
other = st.toggle("other data")
space = st.toggle("space")
if st.button("move"):
    st.session_state.moves = st.session_state.get("moves", 0) + 1
places, known = points(("dove", "eagle", "finch") if other else ("ant", "bee", "cat"), st.toggle("single precision"))
shown = places + st.session_state.get("moves", 0) * np.sin(places[:, ::-1])
explorer.show("test", known, shown if space else shown[:, :2], explorer.View("Sixty rows", height=420, group="both"))
if st.toggle("beside"):
    explorer.show("beside", known, shown[:, 1:], explorer.View("Beside", height=300, group="both"))
"""


def test_a_message_holds_what_is_new_and_a_head_that_names_all():
    big, words = wire.part({"x": np.arange(5.0), "deep": [{"y": np.arange(3)}]}), wire.part({"a": "ä"})
    first, later = wire.message({"key": "k"}, {"big": big, "words": words}, {}), None
    later = wire.message({"key": "k"}, {"big": big, "words": words}, {"big": big.digest})
    heads = []
    for sent in (first, later):
        size = int.from_bytes(sent[:4], "little")
        heads.append(json.loads(sent[4 : 4 + size]))
        heads[-1]["data"] = sent[-(-(4 + size) // 8) * 8 :]
    assert heads[0]["shown"] == heads[1]["shown"] == {"big": big.digest, "words": words.digest}
    assert set(heads[0]["parts"]) == {big.digest, words.digest} and set(heads[1]["parts"]) == {words.digest}
    said = heads[0]["parts"][big.digest]
    assert np.array_equal(np.frombuffer(heads[0]["data"], "<f4", 5, said["x"]["at"]), np.arange(5))
    assert np.array_equal(np.frombuffer(heads[0]["data"], "<i4", 3, said["deep"][0]["y"]["at"]), np.arange(3))
    assert big.digest == wire.part({"x": np.arange(5.0), "deep": [{"y": np.arange(3)}]}).digest
    assert big.digest != wire.part({"x": np.arange(5.0) + 1, "deep": [{"y": np.arange(3)}]}).digest


def test_neighbours_are_those_of_all_distances():
    features = np.random.default_rng(0).normal(size=(400, 7)).astype(np.float32)
    points = Points(features, np.arange(400), [])
    found = answers.neighbours(points, 17)
    distance = np.array([np.sqrt(((row - features[17]).astype(float) ** 2).sum()) for row in features])
    order = [i for i in distance.argsort() if i != 17]
    assert found["near"].tolist() == order[:10] and found["far"].tolist() == order[::-1][:5]
    assert np.allclose(found["near_distance"], distance[order[:10]], rtol=1e-5)
    few = answers.neighbours(Points(features[:3], np.arange(3), []), 0)
    assert sorted(few["near"].tolist()) == sorted(few["far"].tolist()) == [1, 2]


def test_pictures_are_uint8_and_distances_are_not():
    x = np.zeros((3, 1, 2, 2), np.uint8)
    x[1], x[2] = 255, 10
    assert answers.neighbours(Points(x, np.arange(3), []), 0)["near_distance"].tolist() == [20.0, 510.0]


@pytest.mark.parametrize("wanted", [None, 3, {"row": "1"}, {"row": -1}, {"row": 60}, {"row": True, "pictures": "abc"}])
def test_a_question_that_makes_no_sense_is_none(wanted):
    assert answers.asked(wanted, 60) == (-1, [], False)


def test_a_sheet_holds_the_pictures_that_were_asked_for(monkeypatch):
    from io import BytesIO

    from PIL import Image

    from core.data import images

    digits = np.asarray(images.load("digits").x)
    points = Points(digits, np.arange(len(digits)), [], images="digits", origin=np.arange(len(digits)))
    sheet = answers.sheet(points, [5, 900, 3])
    picture = np.asarray(Image.open(BytesIO(sheet["png"])))
    assert sheet["across"] == 2 and picture.shape == (16, 16)
    assert np.array_equal(picture[:8, 8:], digits[900, 0]) and np.array_equal(picture[8:, :8], digits[3, 0])


def test_a_column_of_numbers_has_a_scale_that_an_outlier_does_not_own():
    values = np.append(np.linspace(0, 1, 999), 1e9)
    assert Column("c", "c", values).said()["high"] < 1.01
    assert Column("c", "c", np.full(4, np.nan)).said()["low"] == 0.0


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The small app above, served by the real `streamlit run`."""
    with served(tmp_path_factory.mktemp("explorer"), APP) as url:
        yield url


class Opened:
    """The explorer on a tab: where its points are, and what it has selected."""

    def __init__(self, page, address):
        self.page = page
        page.goto(address)
        self.stage = page.locator(".infoscope-explorer .stage")
        self.stage.wait_for()
        page.get_by_role("heading", name="Sixty rows").wait_for()
        page.wait_for_timeout(800)
        self.stage.evaluate("node => (node.mark = 'this one')")

    def __call__(self, script):
        """A value of the explorer, which stands as `e` in the script."""
        return self.stage.evaluate(f"node => {{ const e = node.explorer; return {script}; }}")

    def place(self, row):
        """The row's pixel on the page."""
        x, y = self(f"[...e.at({row})]")
        box = self.stage.bounding_box()
        return box["x"] + x, box["y"] + y

    def lasso(self, rows, margin=26):
        """Shift and drag around these rows."""
        places = np.array([self.place(row) for row in rows])
        (left, top), (right, low) = places.min(0) - margin, places.max(0) + margin
        mouse = self.page.mouse
        self.page.keyboard.down("Shift")
        mouse.move(left, top)
        mouse.down()
        for x, y in [(right, top), (right, low), (left, low), (left, top + 2)]:
            mouse.move(x, y, steps=4)
        mouse.up()
        self.page.keyboard.up("Shift")


@pytest.fixture
def explorer(page, address):
    return Opened(page, address)


@needs_chromium
def test_the_wheel_zooms_round_the_pointer_and_an_update_keeps_node_and_zoom(explorer, page):
    x, y = (round(v) for v in explorer.place(25))
    box = explorer.stage.bounding_box()
    pointer = f"e.camera.unproject({x} - {box['x']}, {y} - {box['y']})"
    under = explorer(pointer)
    page.mouse.move(x, y)
    for _ in range(5):
        page.mouse.wheel(0, -300)
    page.wait_for_timeout(300)
    zoom = explorer("e.camera.zoom")
    assert zoom > 3 and np.allclose(explorer(pointer), under, atol=1e-3)
    before = explorer("Array.from(e.places.after)")
    page.get_by_role("button", name="move").click()
    page.wait_for_function(
        "known => document.querySelector('.infoscope-explorer .stage').explorer.places.after.some((v, j) => v !== known[j])",
        arg=before,
    )
    assert explorer("e.camera.zoom") == zoom and explorer("node.mark") == "this one"
    page.mouse.dblclick(*[v + 3 for v in explorer.stage.bounding_box().values()][:2])
    page.wait_for_timeout(200)
    assert explorer("e.camera.zoom") == 1


@needs_chromium
def test_the_card_says_the_row_under_the_pointer(explorer, page):
    page.mouse.move(*explorer.place(42))
    card = page.locator(".stage > .card")
    card.wait_for()
    said = card.inner_text()
    assert "file42.png" in said and "row 143" in said and "cat" in said and "cluster 1" in said
    assert re.search(r"size\s*42", said)


@needs_chromium
def test_a_click_shows_the_nearest_and_farthest_in_the_features(explorer, page):
    page.mouse.click(*explorer.place(7))
    page.wait_for_function("document.querySelector('.infoscope-explorer .stage').dataset.answered")
    rng = np.random.default_rng(0)
    corners = np.array([[-10, -8, 0], [10, -8, 0], [0, 9, 6.0]])
    places = corners[np.repeat(np.arange(3), 20)] + rng.normal(0, 0.7, (60, 3))
    order = np.linalg.norm(places - places[7], axis=1).argsort()
    assert explorer("Array.from(e.answer.near)") == order[1:11].tolist()
    assert explorer("Array.from(e.answer.far)") == order[::-1][:5].tolist()
    assert page.locator(".panel .neighbour").count() == 15


@needs_chromium
def test_a_row_that_is_clicked_for_the_second_time_is_answered_again(explorer, page):
    for _ in range(2):
        explorer("e.select([7], 7)")
        page.get_by_text("Nearest in the features").wait_for()
        page.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.answer?.row === 7")
        assert page.locator(".panel .neighbour").count() == 15
        explorer("e.select([])")


@needs_chromium
def test_features_are_sent_once_and_the_browser_finds_neighbours_among_them(explorer, page):
    page.get_by_text("single precision").click()
    page.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.base.features")
    assert explorer("e.features") is None, "not before they may be needed"
    box = explorer.stage.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.features")
    features = np.array(explorer("Array.from(e.features.values)")).reshape(60, 3)
    asked = explorer("e.asks")
    for row in (7, 31):
        explorer(f"e.select([{row}], {row})")
        distance = np.linalg.norm(features - features[row], axis=1)
        order = distance.argsort()
        assert explorer("Array.from(e.answer.near)") == order[1:11].tolist()
        assert explorer("Array.from(e.answer.far)") == order[::-1][:5].tolist()
        assert np.allclose(explorer("Array.from(e.answer.near_distance)"), np.sort(distance)[1:11])
    assert page.locator(".panel .neighbour").count() == 15
    assert explorer("e.asks") == asked, "the server is not asked"
    page.get_by_role("button", name="move").click()
    page.wait_for_timeout(800)
    assert explorer("e.answer.row") == 31, "and a new layout keeps the answer"


def test_features_that_single_precision_would_round_or_that_are_many_stay_with_the_server():
    rows = np.random.default_rng(0).normal(size=(50, 3))
    known = [Points(x, np.arange(len(x)), []) for x in (rows, rows.astype(np.float32), np.ones((50, 2, 2), np.uint8))]
    assert [p.exact is not None for p in known] == [False, True, True]
    assert known[2].exact.shape == (50, 4) and known[2].exact.dtype == np.uint8
    assert Points(np.zeros((50_000, 64), np.float32), np.arange(50_000), []).exact is None


@needs_chromium
def test_of_very_many_points_some_are_drawn_while_the_picture_moves_and_all_at_rest(explorer, page):
    page.get_by_text("many", exact=True).click()
    page.get_by_role("heading", name="Thirty thousand rows").wait_for()
    filled = """(() => { const c = e.canvas, d = e.scene.image.data; let n = 0;
                for (let i = 0; i < d.length; i += 4) n += d[i] !== d[0]; return n; })()"""
    page.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.n === 30000")
    page.wait_for_timeout(800)
    whole = explorer(filled)
    moving = explorer(f"(e.travel(), e.draw(), [e.most, {filled}])")
    assert moving[0] == 20_000 and 0.5 * whole < moving[1] < 0.95 * whole
    page.wait_for_timeout(1_000)
    assert explorer("e.most") == 30_000 and explorer(filled) == whole
    explorer("e.select(Array.from({ length: 30000 }, (_, i) => i))")
    assert explorer(f"(e.rest(), e.draw(), {filled})") == explorer(f"(e.travel(), e.draw(), {filled})"), (
        "of what is selected nothing is left out"
    )


def opened_matrix(page) -> list[list[str]]:
    """The words of each row of the confusion matrix of what is selected."""
    page.get_by_role("button", name="Confusion matrix").click()
    return [row.split() for row in page.locator(".confusion tr").all_inner_texts()]


@needs_chromium
def test_a_lasso_selects_counts_and_opens_the_confusion_matrix(explorer, page):
    explorer.lasso(range(20, 40))
    page.get_by_text("20 rows selected").first.wait_for()
    assert explorer("e.rows") == list(range(20, 40))
    assert explorer("[e.looks[1], e.looks[41]]") == [0, 2], "the rest is muted"
    bars = page.locator(".panel .bars").all_inner_texts()
    assert "bee" in bars[0] and "20" in bars[0] and "ant" not in bars[0]
    rows = opened_matrix(page)
    assert rows[-1] == ["bee", "5", "15"]
    page.locator(".confusion td[tabindex]").first.click()
    assert explorer("e.rows") == [20, 21, 22, 23, 24]


@needs_chromium
def test_without_clusters_the_confusion_matrix_is_of_the_probe(explorer, page):
    """Features that a network has learned have no clusters: what a linear probe says of them takes their place."""
    explorer(
        "e.columns = e.columns.map(c => c.id === 'cluster' ? { ...c, id: 'probe', title: 'Linear probe says' } : c)"
    )
    explorer.lasso(range(20, 40))
    rows = opened_matrix(page)
    assert rows[-1] == ["bee", "5", "15"]
    assert page.get_by_text("across: Linear probe says").is_visible()


@needs_chromium
def test_clusters_named_as_the_labels_make_a_square_matrix(explorer, page):
    explorer(
        "e.columns = e.columns.map(c => c.id === 'cluster' ? { ...c, names: e.columns.find(o => o.id === 'label').names } : c)"
    )
    explorer.lasso(range(20, 40))
    rows = opened_matrix(page)
    assert len(rows) == len(rows[0]) + 1 == len(rows[-1]), rows


@needs_chromium
def test_the_legend_mutes_and_other_data_clear_the_selection(explorer, page):
    page.get_by_role("button", name=re.compile("^bee")).click()
    assert explorer("[e.looks[1], e.looks[41], e.looks[81]]") == [1, 0, 1]
    x, y = explorer.place(25)
    page.mouse.click(x, y)
    assert explorer("e.rows") == [], "what is hidden is not found by the pointer"
    explorer.lasso(range(20))
    page.get_by_text("20 rows selected").first.wait_for()
    page.get_by_text("other data").click()
    page.get_by_role("button", name=re.compile("^eagle")).wait_for()
    assert explorer("e.rows") == [] and explorer("e.muted.size") == 0
    assert explorer("node.mark") == "this one"


# A browser on a machine with a graphics card, as far as a page can tell.
CARD = """const asked = WebGL2RenderingContext.prototype.getParameter;
WebGL2RenderingContext.prototype.getParameter = function (what) {
  const said = asked.call(this, what);
  return typeof said === "string" && /swiftshader/i.test(said) ? "a card" : said;
};"""


@needs_chromium
def test_with_a_card_without_one_and_without_webgl_the_picture_is_the_same(browser, address, tmp_path):
    """Also muted, raised and in space; the scene is another, and its points lie where the pointer finds them."""
    from PIL import Image

    no_webgl = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-3d-apis"])
    seen, drawn = {}, {}
    for name, chromium, script in (("card", browser, CARD), ("none", browser, ""), ("no WebGL", no_webgl, "")):
        tab = chromium.new_page(viewport={"width": 1280, "height": 900})
        tab.add_init_script(script)
        explorer = Opened(tab, address)
        drawn[name], seen[name] = explorer.stage.get_attribute("data-renderer"), []
        tab.add_style_tag(content=".infoscope-explorer .stage { background: none !important }")
        for act in ("[]", "[1, 2, 3, 45]"):
            explorer(f"e.select({act})")
            tab.wait_for_timeout(400)
            explorer.stage.screenshot(path=tmp_path / "seen.png")
            seen[name].append(np.asarray(Image.open(tmp_path / "seen.png").convert("RGB"), dtype=float))
        tab.get_by_text("space", exact=True).click()
        tab.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.camera.deep")
        tab.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.places.moved === 1")
        tab.wait_for_timeout(800)
        explorer.stage.screenshot(path=tmp_path / "seen.png")
        seen[name].append(np.asarray(Image.open(tmp_path / "seen.png").convert("RGB"), dtype=float))
        tab.close()
    no_webgl.close()
    assert drawn["card"] == "WebGL2, a card" and drawn["none"].startswith("Canvas 2D, as no graphics card")
    assert drawn["no WebGL"] == "Canvas 2D, without WebGL2"
    for card, none, without in zip(*seen.values(), strict=True):
        marks = np.abs(card - card[30, 30]).max(2) > 60
        assert marks.sum() > 300, "there are points"
        assert np.abs(card - none)[marks].mean() < 25 and np.abs(card - none).mean() < 1
        apart = np.abs(none - without)
        assert apart.mean() < 0.01, (apart.mean(), apart.max(), np.argwhere(apart.max(2) > 0)[[0, -1]])


@needs_chromium
def test_the_picture_is_saved_as_svg_that_a_browser_draws(explorer, page):
    """Title, legend, names and a mark for each point, of its colour, where the page has it."""
    explorer("e.select([1, 2, 3])")
    with page.expect_download() as got:
        page.get_by_role("button", name="Save the picture for a drawing program").click()
    file = Path(got.value.path())
    root = ElementTree.parse(file).getroot()
    spaced = "{http://www.w3.org/2000/svg}"
    words = [node.text for node in root.iter(f"{spaced}text")]
    assert words[0] == root.find(f"{spaced}title").text == "Sixty rows" and words[1:4] == ["ant", "bee", "cat"]
    marks = [node.attrib for node in root.iter(f"{spaced}use")]
    assert len(marks) == 60 and {mark["href"] for mark in marks} == {"#circle", "#square", "#diamond"}
    assert sorted({mark["fill-opacity"] for mark in marks}) == ["0.12", "1"]
    assert [mark["fill-opacity"] for mark in marks][-3:] == ["1"] * 3, "what is selected lies above"
    x = explorer("e.at(2)[0]")
    assert any(mark["transform"].startswith(f"translate({x:.2f}".rstrip("0").rstrip(".")) for mark in marks[-3:])
    page.set_content(file.read_text(encoding="utf-8"))
    boxes = page.evaluate("[...document.querySelectorAll('use')].map(u => u.getBBox().width)")
    assert len(boxes) == 60 and min(boxes) > 1, "every mark is one of those that the file defines"


@needs_chromium
def test_plane_and_space(explorer, page):
    page.get_by_text("space", exact=True).click()
    page.wait_for_function("document.querySelector('.infoscope-explorer .stage').explorer.camera.deep")
    before = explorer("Array.from(e.camera.turn)")
    box = explorer.stage.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 90, steps=5)
    page.mouse.up()
    turned = np.array(explorer("Array.from(e.camera.turn)")).reshape(3, 3)
    assert not np.allclose(turned.ravel(), before) and np.allclose(turned @ turned.T, np.eye(3), atol=1e-5)
    page.get_by_text("space", exact=True).click()
    page.wait_for_function("!document.querySelector('.infoscope-explorer .stage').explorer.camera.deep")
    assert explorer("Array.from(e.camera.turn)") == [1, 0, 0, 0, 1, 0, 0, 0, 1]


@needs_chromium
def test_search_keyboard_and_the_file_of_what_is_selected(explorer, page):
    page.get_by_role("searchbox").fill("143")
    page.get_by_text("1 found").wait_for()
    assert explorer("e.rows") == [42]
    page.get_by_role("searchbox").fill("ant")
    page.get_by_text("20 found").wait_for()
    with page.expect_download() as got:
        page.get_by_role("button", name="Save the selected points").click()
    lines = Path(got.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "row,name,x,y,Label,Cluster,size" and len(lines) == 21
    assert lines[1].startswith("101,file0.png,") and lines[1].endswith(",ant,cluster 0,0")
    page.get_by_role("searchbox").fill("label nobody")
    page.get_by_text("Nothing is called so: type a row’s number").wait_for()
    page.get_by_role("searchbox").fill("cluster cluster 1")
    page.get_by_text(re.compile(r"^\d+ found")).wait_for()
    named = explorer(
        "(c => [...new Set(e.rows.map(i => c.names[c.values[i]]))])(e.columns.find(c => c.title === 'Cluster'))"
    )
    assert named == ["cluster 1"]
    page.get_by_role("searchbox").fill("")
    explorer.stage.focus()
    for key in (".", ".", ","):
        page.keyboard.press(key)
    assert explorer("e.focus") == 0
    page.keyboard.press("Escape")
    page.keyboard.press("+")
    assert explorer("e.rows") == [] and explorer("e.camera.zoom") > 1.2
    assert "60 points, coloured by Label in 3 classes" in explorer.stage.get_attribute("aria-label")


@needs_chromium
def test_what_is_selected_in_one_is_selected_in_the_other_of_its_group(explorer, page):
    page.get_by_text("beside").click()
    page.get_by_role("heading", name="Beside").wait_for()
    page.wait_for_timeout(600)
    explorer.stage = explorer.stage.first
    explorer.lasso(range(40, 60))
    page.get_by_text("20 rows selected").first.wait_for()
    other = page.locator(".infoscope-explorer .stage").nth(1)
    assert other.evaluate("node => node.explorer.rows") == list(range(40, 60))
    assert page.locator(".panel header").count() == 1, "it is said once"


@needs_chromium
def test_a_browser_that_lost_what_it_was_sent_gets_it_again(explorer, page, address):
    page.goto("about:blank")
    page.goto(address)
    page.get_by_role("button", name=re.compile("^ant")).wait_for()
    assert page.locator(".infoscope-explorer").count() == 1


def test_each_snapshot_is_turned_to_lie_near_the_one_before_and_keeps_its_shape():
    from dashboard.widgets.explorer.snapshots import aligned

    rng = np.random.default_rng(0)
    before = rng.normal(size=(50, 3)) * [3, 2, 1]
    angle = 2.0
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [-np.sin(angle), -np.cos(angle), 0], [0, 0, -1]])
    assert np.allclose(aligned(before @ turn, before), before)
    moved = before @ turn + rng.normal(0, 0.1, before.shape)
    found = aligned(moved, before)
    assert np.allclose(np.linalg.norm(found[:, :2], axis=1), np.linalg.norm(moved[:, :2], axis=1))
    assert np.array_equal(aligned(moved, None), moved) and np.array_equal(aligned(moved, before[:20]), moved)


def test_a_few_frames_are_kept_though_nobody_looks():
    from types import SimpleNamespace

    from dashboard.jobs.progress import SNAPSHOTS, Frames

    sent = []
    progress = SimpleNamespace(step=0, say=lambda kind, **said: sent.append((said["name"], said["at"])))
    method = SimpleNamespace(
        views=("features", "other"), snapshots=("features",), total=600, view=lambda name: {"a": 1}
    )
    frames = Frames(method, progress)
    for step in range(1, 601):
        progress.step = step
        frames.snapshot()
    assert len(sent) == SNAPSHOTS and {name for name, _ in sent} == {"features"}
    assert [at for _, at in sent[:3]] == [1, 51, 101]


def test_sources_that_are_called_the_same_are_told_apart():
    from dashboard.pickers.features import _told_apart

    assert _told_apart({"run.a": "digits", "run.b": "wine", "run.c": "digits"}) == {
        "run.a": "digits (1)",
        "run.b": "wine",
        "run.c": "digits (2)",
    }


def test_other_rows_of_the_same_data_are_other_points():
    from core.spec import Spec
    from dashboard.widgets.explorer import points

    spec = Spec.parse({"family": "projections", "method": "pca", "data": {"images": "digits", "n": 400}})
    source = spec.source()
    for rows in (np.arange(200), np.arange(200, 400)):
        known = points.of_spec(spec, rows)
        assert np.array_equal(known.numbers, source.rows[rows] + 1)
        label = known.columns[0]
        assert [label.names[code] for code in label.values] == [str(v) for v in source.labels[rows]]
        assert {c.id for c in known.columns} >= {"label", "margin", "error"}
    assert len(points.of_snapshot(spec, rows, np.zeros((200, 3))).columns) == 1, (
        "of pixels no probe of the features is said"
    )
