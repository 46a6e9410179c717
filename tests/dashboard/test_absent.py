"""Why a picture of a clustering is not there names methods by what their classes draw."""

from __future__ import annotations

from types import SimpleNamespace

from core import discover
from dashboard.screens.cluster import absent


def test_a_method_that_draws_no_such_picture_names_those_that_do(monkeypatch):
    said = []
    monkeypatch.setattr(absent.st, "caption", said.append)
    absent.say_why(SimpleNamespace(run=SimpleNamespace(views=())), "joint", "not there")
    classes = discover.importable("clusterers")[0].values()
    assert all((cls.title in said[0]) == ("joint" in cls.views) for cls in classes) and "IIC" in said[0]
