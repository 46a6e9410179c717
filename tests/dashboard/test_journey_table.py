"""The table page in a real browser: going from table to table, many columns, a target, bits, another encoding, a phone."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from tests.dashboard.chromium import LONG, heading, needs_chromium, picture, press

pytestmark = needs_chromium


def wide(file, columns: int = 60, rows: int = 150):
    """Noise, but for c55 and c58 of 60, which are nearly the same, and c60, the target, which follows c55; so of 20 and more."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(rows, columns)), columns=[f"c{i + 1}" for i in range(columns)])
    if columns >= 20:
        first, second, target = (f"c{columns - back}" for back in (5, 2, 0))
        frame[second] = frame[first] + 0.05 * rng.normal(size=rows)
        frame[target] = frame[first] + 0.5 * rng.normal(size=rows)
    frame.round(4).to_csv(file, index=False)
    return file


def box(page, label: str):
    return page.get_by_test_id("stSelectbox").filter(has=page.get_by_text(label, exact=True))


def choose(page, label: str, option: str) -> None:
    entry = box(page, label).locator("input")
    while entry.count() != 1:  # the box of the last reading leaves a moment after the next has come
        page.wait_for_timeout(100)
    entry.click()
    entry.fill(option)  # a long list shows only some of its options
    page.get_by_role("option", name=re.compile(re.escape(option))).first.click()


def start(page, said: str = "the most") -> str:
    """Start, and the title of the matrix that comes. said: what sets it apart from the one that is still there."""
    button = page.get_by_role("button", name="Start").first
    page.wait_for_function("b => !b.disabled", arg=button.element_handle())
    page.wait_for_function(
        "() => document.querySelector('.stApp').dataset.testScriptState == 'notRunning'", timeout=LONG
    )
    button.click()
    title = heading(page, said)
    title.wait_for(timeout=LONG)
    return title.inner_text()


def test_from_table_to_table_each_starts_with_its_own_columns_and_comes_back_with_its_matrix(server, page, tmp_path):
    page.goto(server.url("table?t=wine&method=gaussian"))
    page.get_by_text("178 rows and 14 columns were read").wait_for(timeout=LONG)
    assert "among 14 columns" in start(page)
    choose(page, "Table", "Palmer penguins")
    page.get_by_text("344 rows and 8 columns were read").wait_for(timeout=LONG)
    assert "among 8 columns" in start(page)
    page.locator("input[type=file]").set_input_files(str(wide(tmp_path / "own.csv", columns=5)))
    page.get_by_text("150 rows and 5 columns were read").wait_for(timeout=LONG)
    assert "among 5 columns" in start(page)
    choose(page, "Table", "Palmer penguins")  # with its matrix
    page.get_by_text("344 rows and 8 columns were read").wait_for(timeout=LONG)
    heading(page, "among 8 columns").wait_for(timeout=LONG)
    choose(page, "Table", "own.csv")  # an upload stays in the list
    page.get_by_text("150 rows and 5 columns were read").wait_for(timeout=LONG)
    heading(page, "among 5 columns").wait_for(timeout=LONG)


def test_a_link_with_columns_of_another_table_starts_all_the_same(server, page):
    page.goto(server.url(f"table?t=wine&method=gaussian&columns={json.dumps(['wind', 'temp_max'])}"))
    page.get_by_text("there is no column wind").wait_for(timeout=LONG)
    assert "among 14 columns" in start(page)


def test_sixty_columns_their_strongest_pair_is_among_the_last_and_a_target_is_bars(server, page, tmp_path):
    page.goto(server.url("table?t=wine&method=gaussian&unit=bits"))
    page.get_by_text("14 columns were read").wait_for(timeout=LONG)
    page.locator("input[type=file]").set_input_files(str(wide(tmp_path / "wide.csv")))
    page.get_by_text("150 rows and 60 columns were read").wait_for(timeout=LONG)
    title = start(page)
    assert re.fullmatch(
        r"c55 and c58 share the most among 60 columns: \d\.\d{3} bits( \((With care|Do not quote)\))?", title
    )
    plot = page.locator(".infoscope-live .plot").first
    labels = plot.locator(".xtick text").all_text_contents()
    assert labels == [f"c{i}" for i in range(1, 61)] and not plot.locator(".annotation").count()
    picture(page, "h-sixty")
    choose(page, "Target", "c60")
    title = start(page, "the most with c60")
    assert re.fullmatch(
        r"c5[58] shares the most with c60 among 59 columns: \d\.\d{3} bits( \((With care|Do not quote)\))?", title
    )
    assert page.locator(".infoscope-live .plot").first.locator(".bars .point").count() == 30
    axis = page.locator(".infoscope-live .plot").first.locator(".xtitle").text_content()
    assert axis == "MI with c60 (bits), the first 30 of 59"
    assert "target=c60" in page.url
    picture(page, "h-target")


def test_cell_list_title_and_pair_say_one_number(server, page):
    page.goto(server.url("table?t=penguins"))
    title = start(page)
    mi = title.rsplit(": ", 1)[1].split(" (")[0]  # how far to believe it stands behind
    heading(page, f"KSG.* on 342 rows: {mi}").wait_for(timeout=LONG)
    rect = page.locator(".infoscope-live .plot").first.locator(".heatmaplayer image, .heatmaplayer .hm").first
    edges = rect.bounding_box()
    # Column 1 (species) of row 8 (year): three years and three names, whose distances are all tied.
    page.mouse.move(edges["x"] + edges["width"] / 16, edges["y"] + edges["height"] * 15 / 16)
    said = page.locator(".infoscope-live .hoverlayer text").first
    said.wait_for()
    number = re.search(r"(species · year|year · species): (\S+ nats)", said.text_content()).group(2)
    page.mouse.down()
    page.mouse.up()
    heading(page, f"KSG.* on 344 rows: {number}").wait_for(timeout=LONG)
    press(page, "Train MINE on this pair")  # another estimator is another number, and each has its name
    said = page.get_by_text(re.compile("judged on held-out rows"))
    said.wait_for(timeout=LONG)
    learned = page.get_by_test_id("stMetric").filter(has_text="MINE").get_by_test_id("stMetricValue").inner_text()
    assert f"MINE says {learned}" in said.inner_text() and f"says {number} on all 344 rows" in said.inner_text()
    picture(page, "h-pair")


# Gathers how far from the form's top its buttons and the question below them stand, as often as the page is drawn.
WHERE_START_STANDS = """() => {
  window.startStood = []; window.questionStood = [];
  const look = () => {
    const [form, ...below] = ["table-file", "table-player", "table-m"].map(key => document.querySelector(".st-key-" + key));
    if (form && below.every(Boolean)) {
      const [start, question] = below.map(e => Math.round(e.getBoundingClientRect().top - form.getBoundingClientRect().top));
      startStood.push(start); questionStood.push(question);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def test_a_line_of_the_graph_is_clicked_and_the_map_is_put_in_another_order(server, page, tmp_path):
    page.goto(server.url("table?t=wine&method=gaussian"))
    page.get_by_text("14 columns were read").wait_for(timeout=LONG)
    page.locator("input[type=file]").set_input_files(str(wide(tmp_path / "wide.csv", columns=20)))
    page.get_by_text("150 rows and 20 columns were read").wait_for(timeout=LONG)
    start(page)
    choose(page, "Order of columns", "by similarity")
    named = "document.querySelector('.infoscope-live .plot').data[0].text.map((row, i) => row[i])"
    while (labels := page.evaluate(named)) == [f"c{i + 1}" for i in range(20)]:
        page.wait_for_timeout(100)
    assert np.ptp([labels.index(name) for name in ("c15", "c18", "c20")]) == 2  # they follow each other
    page.get_by_text("Graph", exact=True).click()
    heading(page, r"pairs? with at least").wait_for(timeout=LONG)
    plot = page.locator(".infoscope-live .plot").first
    assert plot.locator(".annotation").count() == 20
    picture(page, "h-graph")
    marks = "document.querySelector('.infoscope-live .plot').data.at(-2)"
    first = page.evaluate(f"{marks}.customdata[0]")
    at = page.evaluate(
        f"""() => {{
            const plot = document.querySelector('.infoscope-live .plot'), {{ xaxis, yaxis }} = plot._fullLayout;
            plot.scrollIntoView({{ block: 'center' }});
            const box = plot.getBoundingClientRect(), i = 4;
            return [box.left + xaxis._offset + xaxis.d2p({marks}.x[i]), box.top + yaxis._offset + yaxis.d2p({marks}.y[i])];
        }}"""
    )
    page.mouse.move(*at)
    said = page.locator(".infoscope-live .hoverlayer text").first
    said.wait_for()
    x, y, mi = re.match(r"(\S+) · (\S+): (\S+ nats)", said.text_content()).groups()
    assert {x, y} == {f"c{first[0] + 1}", f"c{first[1] + 1}"}
    page.mouse.down()
    page.mouse.up()
    heading(page, f"Gaussian.* on 150 rows: {mi}").wait_for(timeout=LONG)


def test_an_encoding_is_overruled_without_a_second_upload(server, page, tmp_path):
    file = tmp_path / "größen.csv"
    rows = "\n".join(f"{i % 17},{(i * 7) % 13},{'grün' if i % 2 else 'weiß'}" for i in range(60))
    file.write_bytes(f"Größe,Länge,Farbe\n{rows}\n".encode("cp1252"))
    page.goto(server.url("table?t=wine"))
    page.get_by_text("14 columns were read").wait_for(timeout=LONG)
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_text("60 rows and 3 columns were read").wait_for(timeout=LONG)
    page.get_by_text("Change kinds, delimiter or encoding").click()
    choose(page, "Encoding", "KOI8-R")
    page.get_by_test_id("stMultiSelect").get_by_text("Größe").wait_for(state="detached", timeout=LONG)
    heading(page, "on 60 rows").wait_for(timeout=LONG)
    page.wait_for_timeout(1_500)
    page.evaluate(WHERE_START_STANDS)
    choose(page, "Encoding", "CP1252")
    page.get_by_test_id("stMultiSelect").get_by_text("Größe").wait_for(timeout=LONG)
    press(page, "Start")  # at once: a button that moves between press and release takes no click
    heading(page, "among 3 columns").wait_for(timeout=LONG)
    for heights in page.evaluate(
        "[startStood, questionStood]"
    ):  # nor while Pause and Stop take its place and give it back
        assert max(heights) - min(heights) <= 2, heights
    picture(page, "h-encoding")


@pytest.mark.parametrize("path", ["table?t=wine&method=gaussian", "estimate?mine.iterations=30&n=500"])
def test_on_a_phone_the_picture_comes_into_view_and_nothing_is_wider_than_the_screen(server, page, path):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server.url(path))
    button = page.get_by_role("button", name="Start").first
    button.wait_for(timeout=LONG)
    page.wait_for_timeout(2_000)
    button.click()
    plot = page.locator("[class*='-picture'] .infoscope-live .plot svg.main-svg").first
    plot.wait_for(timeout=LONG)
    page.wait_for_function(
        "() => { const box = document.querySelector(\"[class*='-picture'] .infoscope-live .plot\")?.getBoundingClientRect();"
        " return box && box.top > 0 && box.top < innerHeight - 150 }"
    )
    wide = page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth }"
    )
    assert wide <= 0
