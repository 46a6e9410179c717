"""What is taken away stands beside the user's own data: rows, files and columns, and a model that a script can load."""

from __future__ import annotations

import base64
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.data import images
from core.data.references import beside
from core.data.tables import load_table, save_upload, uploads
from core.paths import VARIABLE
from core.spec import Spec
from dashboard.charts import pictures
from dashboard.screens.density import files
from dashboard.widgets import run_files


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))


def spec(family: str, method: str, data: dict, **more) -> Spec:
    return Spec.parse({"family": family, "method": method, "data": data, **more})


def archive(n: int = 12) -> bytes:
    """A zip of n pictures in two classes, each with its own grey and one file that is no picture."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for i in range(n):
            picture = io.BytesIO()
            Image.new("L", (8, 8), 20 * i).save(picture, "PNG")
            file.writestr(f"{'ab'[i % 2]}/scan {i:02}.png", picture.getvalue())
        file.writestr("a/notes.png", b"no picture")
    return out.getvalue()


@pytest.mark.parametrize("n", [None, 10])
def test_rows_of_pictures_say_which_file_they_are(n):
    reference = images.save_pictures(archive(), "mine.zip")
    images.load(reference)  # and once more from the cache, below
    s = spec("clusterers", "iic", {"images": reference} | ({"n": n} if n else {}), seed=3)
    source, found = s.source(), run_files.origin(s)
    assert len(found) == len(source) == (n or 12)
    for row, pixels in enumerate(source.x):
        assert found["file"][row].endswith(f"scan {pixels.max() // 20:02}.png")
    some = np.array([4, 1])
    assert run_files.origin(s, some)["file"].tolist() == found["file"][some].tolist()


def test_rows_of_a_table_are_numbered_as_in_the_file_and_keep_their_columns():
    text = "kind,a,cluster\n" + "".join(f"{'xy'[i % 2]},{'' if i == 2 else i},{i * i}\n" for i in range(20))
    reference = save_upload(text.encode(), "mine.csv")
    s = spec("clusterers", "kmeans", {"table": reference, "x": ["a"]})
    found = beside(run_files.origin(s), pd.DataFrame({"cluster": [0] * 19}))
    assert found["row"].tolist() == [1, 2, *range(4, 21)]  # the third lacks a value and was left out
    assert found["a"].tolist() == [i for i in range(20) if i != 2]
    assert found["cluster"].tolist() == [i * i for i in range(20) if i != 2] and not found["cluster_"].any()


def test_drawn_points_have_no_row_in_a_file():
    s = spec("densities", "mdn", {"problem": "inverse", "n": 60})
    assert list(run_files.origin(s).columns) == []


@pytest.mark.parametrize("keep, restarts", [("average", 3), ("best", 2), ("average", 1)])
def test_predictions_say_which_rows_the_networks_held_out(keep, restarts):
    s = spec("densities", "mdn", {"table": "penguins", "x": ["bill_length_mm"], "y": ["body_mass_g"]})
    source = s.source()
    from core.densities import MDN

    model = MDN(keep=keep, restarts=restarts, iterations=10, random_state=0)
    for _ in model.steps(source):
        run = model._run
    used = files._used(model.finish(), source)
    held = {tuple(row) for row in (run.x_validation * 1.0).reshape(-1, 1).round(decimals=4).tolist()}
    scaled = run.scale.x(source.x).round(4)
    for row, word in enumerate(used):  # a network's training rows are all that it did not hold out
        if word == "train":
            continue
        assert any(abs(scaled[row, 0] - value) < 1e-3 for (value,) in held)
    n = len(source)
    cut = max(1, round(0.1 * n))
    expected = cut * restarts if keep == "average" else cut
    assert sum(word != "train" for word in used) == expected
    assert ("held out by 1 of 3 networks" in used) == (restarts == 3)


def test_uploads_are_listed_for_whoever_comes_back():
    first = save_upload(b"a,b\n1,2\n3,4\n", "first.csv")
    again = save_upload(b"a,b\n1,2\n3,5\n", "first.csv")
    other = save_upload(b"a,b\n1,2\n3,6\n", "other.csv")
    assert set(uploads()) == {first, again, other} and uploads()[other] == "other.csv"
    assert uploads()[first] != uploads()[again]  # of one name, and yet told apart
    reference = images.save_pictures(archive(), "mine.zip")
    assert images.uploads() == {reference: "mine.zip"}
    assert load_table(other).name == "other.csv"


def test_a_picture_carries_its_label_at_its_foot():
    figure = pictures.sheet(np.ones((1, 2, 4, 4)), ["3 · three"], under=[["eight", ""]])
    first, second = figure["layout"]["annotations"]
    assert (first["text"], first["visible"], second["visible"]) == ("eight", True, False)
    assert first["x"] == 0 and first["y"] == -0.5
    source = figure["layout"]["images"][0]["source"].partition(",")[2]
    ink = np.asarray(Image.open(io.BytesIO(base64.b64decode(source))))[..., 3]
    assert ink.shape[1] == 2 * ink.shape[0]  # tiles stay square
    assert not ink[int(0.78 * len(ink)) :].any()  # and leave the word its room
