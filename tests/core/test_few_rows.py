"""Fewer rows than a method can learn from are refused in a sentence with both numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core.clusterers import IIC
from core.densities import MDN


def test_ten_clusters_of_three_pictures_are_refused():
    with pytest.raises(ValueError, match="n_clusters=10 is more than the 3 rows"):
        IIC(n_clusters=10, device="cpu").fit(np.random.default_rng(0).random((3, 8, 8)))


def test_a_density_of_three_rows_is_refused():
    with pytest.raises(ValueError, match="minimum of 10"):
        MDN(device="cpu").fit(np.arange(3.0)[:, None], np.arange(3.0))
