"""For all tests: one thread, because two that share busy cores wait for each other longer than they compute."""

from __future__ import annotations

import os

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # scikit-learn's array checks ask for it before scipy is imported

# Before numpy, torch or scikit-learn are imported; servers and workers that tests start inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import pytest
import torch

LONG = ("test_conformance", "test_journey", "test_style")  # files of minutes


def pytest_collection_modifyitems(items):
    """They come first: each file is one process's, and what begins last would be waited for by the others."""
    items.sort(key=lambda item: not item.path.name.startswith(LONG))


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    torch.set_num_threads(1)
