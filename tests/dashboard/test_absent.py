"""Why a picture of a clustering is not there names methods by what their classes draw."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

from core import discover
from core.spec import Spec
from dashboard.jobs import Run
from dashboard.screens.cluster import absent, try_it


def test_a_method_that_draws_no_such_picture_names_those_that_do(monkeypatch):
    said = []
    monkeypatch.setattr(absent.st, "caption", said.append)
    absent.say_why(SimpleNamespace(run=SimpleNamespace(views=())), "joint", "not there")
    classes = discover.importable("clusterers")[0].values()
    assert all((cls.title in said[0]) == ("joint" in cls.views) for cls in classes) and "IIC" in said[0]


def test_while_the_network_to_try_is_loaded_the_page_says_so(monkeypatch, tmp_path):
    order: list[str] = []

    @contextmanager
    def spinner(sentence: str):
        order.append(sentence)
        yield
        order.append("done")

    spec = Spec.parse({"family": "clusterers", "method": "iic", "parameters": {}, "data": {"images": "digits"}})
    (left := tmp_path / "model").touch()
    monkeypatch.setattr(try_it, "runs", lambda page: [Run("a" * 12, spec.to_json(), "finished", step=9)])
    monkeypatch.setattr(try_it.run_files, "left", lambda run: left)
    monkeypatch.setattr(try_it.st, "spinner", spinner)
    monkeypatch.setattr(try_it, "_model", lambda *_: order.append("loaded"))
    monkeypatch.setattr(try_it, "_body", lambda *_: order.append("drawn"))
    try_it.bench("cluster")
    assert order == ["Loading the network", "loaded", "done", "drawn"]
