"""What is taken away: scripts that run elsewhere, and files whose columns say what they hold."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from core.data.tables import save_upload
from core.paths import VARIABLE
from core.spec import Spec
from dashboard.charts import curves, surfaces, table
from dashboard.widgets import export, scripts
from tests.dashboard.chromium import LONG, needs_chromium

SMALL = {"iterations": 5, "hidden": 4}


def _run(tmp_path, spec: Spec, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script in a process, a folder and a data folder of its own."""
    file = tmp_path / "elsewhere" / "mine.py"
    file.parent.mkdir()
    file.write_text(scripts.script(spec), encoding="utf-8")
    environment = os.environ | {VARIABLE: str(tmp_path / "other")}
    return subprocess.run(
        [sys.executable, str(file), *arguments],
        env=environment,
        cwd=file.parent,
        text=True,
        capture_output=True,
        timeout=300,
    )


def _spec(data: dict, **more) -> Spec:
    return Spec.parse({"family": "estimators", "method": "mine", "parameters": SMALL, "data": data, "seed": 3} | more)


def test_a_script_repeats_its_run(tmp_path):
    spec = _spec({"distribution": {"name": "gaussian", "rho": 0.7}, "n": 400})
    done = _run(tmp_path, spec)
    assert done.returncode == 0, done.stderr
    method = spec.build()
    for _ in method.steps(spec.source()):
        pass
    assert json.loads(done.stdout[done.stdout.index("\n{\n") :])["mi"] == pytest.approx(method.finish().mi_)


@pytest.fixture
def upload(tmp_path, monkeypatch):
    """A semicolon file with decimal commas, kept in the dashboard's data folder; its reference and its bytes."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"höhe; in m": rng.normal(size=90), "b": rng.normal(size=90)})
    text = frame.to_csv(index=False, sep=";", decimal=",").encode("latin-1")
    return save_upload(text, "my 'data'.csv", encoding="latin-1", delimiter=";", decimal=","), text


def test_a_script_on_an_uploaded_table_takes_the_file_as_its_argument(tmp_path, upload):
    reference, text = upload
    spec = _spec({"table": reference, "x": ["höhe; in m"], "y": ["b"]})
    moved = tmp_path / "moved.txt"
    moved.write_bytes(text)
    done = _run(tmp_path, spec, str(moved))
    assert done.returncode == 0, done.stderr
    method = spec.build()
    for _ in method.steps(spec.source()):
        pass
    assert json.loads(done.stdout[done.stdout.index("\n{\n") :])["mi"] == pytest.approx(method.finish().mi_)


def test_without_the_file_the_script_says_what_it_needs(tmp_path, upload):
    done = _run(tmp_path, _spec({"table": upload[0], "x": ["höhe; in m"], "y": ["b"]}))
    assert done.returncode == 1 and "my 'data'.csv" in done.stderr and "Traceback" not in done.stderr


def test_a_script_of_a_bundled_table_needs_no_argument():
    text = scripts.script(_spec({"table": "penguins", "x": ["bill_length_mm"], "y": ["body_mass_g"]}))
    assert "sys.argv" not in text
    names = {}
    exec(text.split("spec = ")[0], names)
    assert json.loads(json.dumps(names["settings"]))["data"]["table"] == "penguins"


def test_columns_of_a_csv_are_named_by_axes_with_their_units():
    steps = np.arange(1, 4)
    figure = curves.estimate(
        [curves.Curve("a", "MINE", "mine", steps, steps / 10, "held out", (0.2, 0.5))], 0.5, "bits"
    )
    frame = pd.DataFrame({table.headings(figure)[k]: v for k, v in table.table(figure).items()})
    back = pd.read_csv(io.BytesIO(export.to_csv(frame)))
    name = "mutual information (bits)"
    assert list(back) == [
        "series",
        "step",
        name,
        f"{name}, lower end of the interval",
        f"{name}, upper end of the interval",
    ]
    result = back[back["series"] == "MINE: result"].iloc[0]
    assert result[1:].tolist() == pytest.approx([3, 0.3, 0.2, 0.5])
    grid = np.arange(3)
    surface = surfaces.surface(grid, grid, np.outer(grid, grid), xlabel="x (cm)", zlabel="pointwise MI (nats)")
    assert list(table.headings(surface).values())[:4] == ["series", "x (cm)", "y", "pointwise MI (nats)"]


@needs_chromium
def test_a_menu_at_the_foot_of_a_page_shows_its_buttons(one_server, page):
    """It opened downwards into the 57 pixels that were left there, and what it holds lay below a hidden scroll."""
    page.goto(one_server.url("cluster?tab=matching"))
    button = page.get_by_role("button", name="Data and export").first
    button.wait_for(timeout=LONG)
    button.scroll_into_view_if_needed()
    below = button.bounding_box()
    page.set_viewport_size({"width": 1280, "height": round(below["y"] + below["height"] + 30)})
    button.scroll_into_view_if_needed()
    button.click()
    save = page.get_by_test_id("stPopoverBody").get_by_role("button", name="Data (CSV)")
    save.wait_for(timeout=LONG)
    page.wait_for_timeout(1_000)
    shown, box = page.get_by_test_id("stPopoverBody").bounding_box(), save.bounding_box()
    assert shown["height"] >= 300 and shown["y"] >= 0
    assert shown["y"] <= box["y"] and box["y"] + box["height"] <= shown["y"] + shown["height"]
