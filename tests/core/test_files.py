"""Files take their place whole or not at all."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from core import files
from core.method.step import Checkpoint


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path, monkeypatch):
    path = tmp_path / "result.json"
    files.write(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_saved_model_is_a_file_like_any_other(tmp_path):
    """It was readable by its owner alone."""
    (tmp_path / "text").write_text("")
    Checkpoint(1, {"w": torch.ones(2)}, {"n": 1}).save(tmp_path / "model.safetensors")
    assert (tmp_path / "model.safetensors").stat().st_mode == (tmp_path / "text").stat().st_mode
    assert Checkpoint.load(tmp_path / "model.safetensors").tensors["w"].tolist() == [1, 1]


def test_values_become_jsons_own_types():
    given = {
        1: np.float32(0.5),
        "a": np.arange(2),
        "t": torch.ones(1),
        "nan": np.nan,
        "set": {3},
        "tuple": (np.bool_(True), None),
    }
    assert files.plain(given) == {"1": 0.5, "a": [0, 1], "t": [1.0], "nan": None, "set": [3], "tuple": [True, None]}
