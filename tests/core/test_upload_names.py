"""Uploads of one name are told apart by what people know of them."""

from __future__ import annotations

import os

import pytest

from core.data import upload_store
from core.data.table_uploads import describe_upload, folder, save_upload, uploads
from core.data.tables import load_table


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path))


def kept(rows: int, seconds: float, name: str = "a.csv") -> str:
    key = save_upload(b"x,y\n" + b"".join(b"%d,%d\n" % (i, i % 3) for i in range(rows)), name)
    os.utime(folder() / f"{key}.json", (seconds, seconds))
    describe_upload(key, load_table(key))
    return key


def test_two_uploads_of_one_name_say_how_large_they_are_and_when_they_came():
    first, second, other = kept(20, 1e9), kept(1_200, 1e9 + 86_400), kept(30, 1e9, "b.csv")
    named = uploads()
    assert next(iter(named)) == second and named[other] == "b.csv"  # the description leaves the order as it was
    assert named[first].startswith("a.csv (20 × 2, 2001-09-") and named[second].startswith("a.csv (1,200 × 2, 2001-09-")


def test_of_one_name_size_and_minute_the_ids_differ():
    data, keys = b"x\n1\n2\n", []
    for header in (True, False):
        keys.append(save_upload(data, "a.csv", header=header))
        os.utime(folder() / f"{keys[-1]}.json", (1e9, 1e9))
    first, second = (uploads()[key] for key in keys)
    assert first != second and first.endswith(f"({keys[0][:4]})")
    upload_store.describe(folder(), keys[0], shape=[2, 1])
    assert uploads()[keys[0]].startswith("a.csv (2 × 1, ") and upload_store.note(folder(), keys[0])["options"]
