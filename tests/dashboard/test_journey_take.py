"""What is taken away from the cluster and the density page, with the files a browser saves."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from core import saved
from tests.dashboard.chromium import LONG, heading, needs_chromium, picture, press

pytestmark = needs_chromium


def archive(n: int = 200) -> bytes:
    """Digits as picture files, a folder a class, in an order that is not that of the set."""
    digits, out = load_digits(), io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for i in np.random.default_rng(5).permutation(len(digits.images))[:n]:
            pixels = io.BytesIO()
            Image.fromarray((digits.images[i] * 255 / 16).astype(np.uint8)).save(pixels, "PNG")
            file.writestr(f"digit {digits.target[i]}/scan {i:04}.png", pixels.getvalue())
    return out.getvalue()


def saved_file(tab, name: str, folder) -> bytes:
    """What the browser saves when this button is pressed."""
    with tab.expect_download(timeout=LONG) as waiting:
        tab.get_by_role("button", name=name).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.read_bytes()


def test_own_pictures_leave_with_their_files_the_model_answers_and_the_upload_stays_listed(server, page, tmp_path):
    file = tmp_path / "my digits.zip"
    file.write_bytes(archive())
    page.set_default_timeout(LONG)
    page.goto(server.url("cluster?iic.epochs=3&iic.width=4&iic.heads=2&iic.over_heads=1"))
    page.get_by_text("Your own pictures").click()
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_text("200 pictures of 8 × 8 pixels, 10 classes").wait_for()
    press(page, "Start")
    page.get_by_role("button", name="Replay").wait_for()
    page.get_by_role("tab", name="Result").click()
    rows = list(csv.DictReader(io.StringIO(saved_file(page, "Rows (CSV)", tmp_path).decode())))
    assert len(rows) == 200 and {row["row"] for row in rows} == {str(i) for i in range(1, 201)}
    for row in rows:
        assert re.fullmatch(rf"digit {re.escape(row['label'].removeprefix('digit '))}/scan \d{{4}}\.png", row["file"])
    saved_file(page, "Model (safetensors)", tmp_path)
    model = saved.load(next(tmp_path.glob("iic-*.safetensors")))
    with zipfile.ZipFile(file) as packed:
        x = np.stack([np.asarray(Image.open(packed.open(row["file"]))) for row in rows])[:, None]
    assert (model.predict_proba(x).argmax(1) == [int(row["cluster"]) for row in rows]).mean() > 0.99
    page.get_by_text("Gallery", exact=True).click()
    page.get_by_text("wrong", exact=True).click()
    heading(page, "below each its label").wait_for()
    assert page.locator(".annotation-text").filter(has_text=re.compile("digit")).count() > 10
    picture(page, "cluster-wrong")
    page.goto(server.url("cluster"))  # a new session
    page.get_by_role("combobox", name=re.compile("Data")).first.click()
    page.get_by_role("option", name="my digits.zip").wait_for()
