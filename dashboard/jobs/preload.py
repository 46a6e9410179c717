"""Loaded once into the process that workers are forked from, so that a run's first step comes after a second."""

from __future__ import annotations

import contextlib

import torch._dynamo  # noqa: F401  (the first optimiser loads it, which takes longer than many runs)

from core import discover
from dashboard.jobs import worker

worker.be_nice()  # inherited by every worker
for _family in discover.FAMILIES:
    for _name in discover.names(_family):
        with contextlib.suppress(Exception):  # the run that needs a broken file says so
            discover.load(_family, _name)
