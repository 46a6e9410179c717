"""Loaded once into the process that workers are forked from, so that a run's first step comes after a second."""

from __future__ import annotations

import contextlib

from dashboard.jobs import worker

worker.be_nice()  # before all that takes seconds, beside the first page; inherited by every worker

import torch._dynamo  # noqa: E402, F401  (the first optimiser loads it, which takes longer than many runs)

from core import discover  # noqa: E402

with contextlib.suppress(ImportError):  # for a run that has much to search; without it trees do
    import numba  # noqa: F401

for _family in discover.FAMILIES:
    for _name in discover.names(_family):
        with contextlib.suppress(Exception):  # the run that needs a broken file says so
            discover.load(_family, _name)
