"""What core says in its tests, a translator must have been given."""

from __future__ import annotations

import sys
from functools import partial
from typing import NamedTuple

import pytest

from core.clusterers import IIC
from core.data.images import image_source
from core.evaluation import dependence
from core.method import Source, Step
from core.sentences import Sentence
from dashboard.text import extract


@pytest.fixture(autouse=True, scope="package")
def _what_is_said_is_in_the_template():
    """Fails the last test where core has made a sentence whose template is not extracted."""
    said: dict[str, str] = {}
    make = Sentence.__new__

    def noted(cls, template, /, **values):
        frame = sys._getframe(1)
        name = frame.f_globals.get("__name__", "")
        if name.startswith("core.") and name != "core.sentences":
            said.setdefault(template, f"{name}:{frame.f_lineno}")
        return make(cls, template, **values)

    Sentence.__new__ = noted
    yield
    Sentence.__new__ = make
    known = extract.template()
    assert {t: where for t, where in said.items() if any(map(str.isalpha, t)) and t not in known} == {}


@pytest.fixture
def brief(monkeypatch):
    """How much features repeat each other takes longer to measure than a short run that does not look at it."""
    monkeypatch.setattr(dependence, "ndm", partial(dependence.ndm, steps=25))


class DigitsRun(NamedTuple):
    """A finished run of IIC on the bundled digits, the steps that it took and its data."""

    method: IIC
    steps: list[Step]
    source: Source


@pytest.fixture(scope="session")
def digits_run() -> DigitsRun:
    """Less than half of the default run, for time: the whole one reaches about .98, this one .96."""
    source = image_source("digits")
    method = IIC(epochs=30, device="cpu")
    steps = list(method.steps(source))
    return DigitsRun(method.finish(), steps, source)
