"""A matrix to take away: units in every heading, formula cells, a report that needs no network, a notebook that runs."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pandas as pd
import pytest

from core import files
from core.analysis.matrix import Pairs
from core.spec import Spec
from core.sweeps import Matrix
from dashboard.charts import heat
from dashboard.screens.table import matrix_files, report
from dashboard.widgets import export, scripts
from tests.dashboard.chromium import needs_chromium

ODD = ["=1+1", "</script><b>x</b>", "köln & \u2028 {{data}}"]


def long_of(names: list[str], mi: float = 0.25) -> list[dict]:
    numbers = {"low": 0.1, "high": 0.4, "p": 0.01, "q": 0.2, "noise": 0.05, "nmi": None, "pearson": -0.5}
    row = {"n": 100, "mi": mi, "trust": "green", "reasons": "", "method": "ksg", **numbers}
    return [{"x": a, "y": b, **row} for i, a in enumerate(names) for b in names[:i]]


def made(names: list[str], rows: int | None = None) -> str:
    """The file of a matrix whose columns have these names."""
    rng = np.random.default_rng(0)
    square = rng.uniform(0, 1, (len(names), len(names)))
    np.fill_diagonal(square, np.nan)
    words = [[f"{a} · {b}: 0.123 nats, q < 0.001, noise level 0.045 nats, 5,000 rows" for b in names] for a in names]
    figure = heat.matrix(names, square, text=words, title=f"{names[0]} shares the most", quiet=square < 0.5)
    pairs = matrix_files.list_frame(long_of(names), "bits")
    lines = [list(row) for row in pairs.astype(object).where(pairs.notna(), None).itertuples(index=False)]
    headings = [(name, 3 if pairs[name].dtype == float else None) for name in pairs]
    sections = [("What was read", ["A <b>notice</b>."]), ("Versions", report.versions()), ("Script", "print(1 < 2)")]
    make = report.html(names[1], ["Summary."], figure, 500, headings, lines, [False] * len(lines), sections)
    return make().decode()


def test_the_list_says_the_unit_and_no_cell_of_the_csv_is_a_formula():
    nats, bits = (matrix_files.list_frame(long_of(ODD), unit) for unit in ("nats", "bits"))
    assert nats["MI (nats)"][0] == 0.25 and bits["MI (bits)"][0] == pytest.approx(0.25 / np.log(2))
    assert (
        nats["Pearson"][0] == bits["Pearson"][0] == -0.5
        and bits["noise level (bits)"][0] > nats["noise level (nats)"][0]
    )
    assert "normalised" not in nats and "reasons" not in nats  # nothing is known of either
    read = pd.read_csv(io.BytesIO(export.to_csv(nats)))
    assert set(read["x"]) | set(read["y"]) == {"'=1+1", *ODD[1:]}


def test_the_square_has_its_names_and_parquet_gives_back_what_was_put_in():
    square = np.array([[np.nan, 0.5, 0.1], [0.5, np.nan, 0.2], [0.1, 0.2, np.nan]])
    frame = matrix_files.square_frame(ODD, square, "nats")
    assert list(frame) == ["MI (nats)", *ODD] and list(frame["MI (nats)"]) == ODD
    back = pd.read_parquet(io.BytesIO(matrix_files._parquet(frame)))
    pd.testing.assert_frame_equal(back, frame)
    assert matrix_files.square_frame(["MI (nats)", "b"], square[:2, :2], "nats").columns[0] == "MI (nats)_"
    first, *_ = export.to_csv(frame).decode().splitlines()
    assert "'=1+1" in first


def test_the_square_and_the_cells_of_its_picture_are_two_files_of_two_names(monkeypatch):
    names: list[str] = []
    monkeypatch.setattr(matrix_files.st, "popover", lambda *_, **__: MagicMock(open=True))
    monkeypatch.setattr(export, "files", lambda key, made: names.extend(name for *_, name in made))
    monkeypatch.setattr(export, "_file", lambda label, data, name, *_, **__: names.append(name))
    monkeypatch.setattr(matrix_files, "_report", lambda *_: None)
    shown = SimpleNamespace(run=SimpleNamespace(spec=object()), result={"long": long_of(ODD)})
    square = np.zeros((len(ODD), len(ODD)))
    matrix_files.draw(shown, ODD, square, {}, 400, "nats", "table:matrix")
    export.figures("table:matrix", {"matrix": heat.matrix(ODD, square)})
    assert "matrix.csv" in names and len(set(names)) == len(names)


def test_names_from_the_file_are_text_in_the_report():
    text = made(ODD)
    assert "<b>x</b>" not in text and "<b>notice</b>" not in text and "1 &lt; 2" in text
    assert text.count("</script>") == 3  # those of the file itself
    data = json.loads(text.split('id="report">')[1].split("</script>")[0])
    assert {row[0] for row in data["rows"]} | {row[1] for row in data["rows"]} == set(ODD)
    assert "Content-Security-Policy" in text and "prefers-color-scheme" in text


def test_many_columns_stay_below_eight_megabytes():
    assert len(made([f"a column of some length, {i}" for i in range(200)]).encode()) < 8_000_000


@needs_chromium
@pytest.mark.parametrize("columns", [5, 70])
def test_the_report_opens_without_a_network_and_can_be_sorted(columns, browser, tmp_path):
    context = browser.new_context(offline=True)
    page = context.new_page()
    file, asked, faults = tmp_path / "analysis.html", [], []
    file.write_text(made([f"c{i}" for i in range(columns)]), encoding="utf-8")
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    page.locator("#figure .heatmaplayer image").first.wait_for()
    assert page.locator("tbody tr").count() == min(report.FIRST, columns * (columns - 1) // 2)
    page.get_by_role("button", name="x", exact=True).click()
    first = page.locator("tbody tr td").first.inner_text()
    page.get_by_role("button", name="x", exact=True).click()
    assert {first, page.locator("tbody tr td").first.inner_text()} == {
        "c1",
        sorted(f"c{i}" for i in range(columns))[-1],
    }
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(set(colours)) == 2 and asked == [file.as_uri()] and not faults
    context.close()


def test_the_notebook_repeats_the_run(tmp_path):
    spec = Spec.parse(
        {
            "family": "sweeps",
            "method": "matrix",
            "parameters": {"method": "gaussian"},
            "data": {"table": "wine", "x": ["alcohol", "hue", "ash"]},
            "seed": 0,
        }
    )
    notebook = json.loads(scripts.notebook(spec, "Wine"))
    nbformat = pytest.importorskip("nbformat", reason="nbformat checks a notebook where it is installed")
    nbformat.validate(notebook)
    code = "\n".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    found = json.loads(done.stdout[done.stdout.index("\n{\n") :])
    assert len(found["long"]) == 3, done.stderr


def test_what_a_script_prints_are_sentences_and_no_templates():
    matrix = Matrix(method="ksg")
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)).cumsum(axis=0), columns=["a", "b"])
    matrix._run = Pairs(table, n_jobs=1)
    list(matrix._run.steps())
    result = matrix.finish().result()
    assert "sentence" in json.dumps(files.plain(result))  # as it lies in the store
    printed = files.english(result, indent=1)
    reasons = json.loads(printed)["long"][0]["reasons"]
    assert isinstance(reasons, str) and len(reasons) > 20 and "{" not in reasons
    spec = {"family": "sweeps", "method": "matrix", "data": {"table": "wine", "x": ["alcohol", "hue"]}}
    assert "print(files.english(" in scripts.script(Spec.parse(spec))
