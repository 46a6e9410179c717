"""A second language is one file: the estimate page in 中文, empty and with finished runs, says nothing in English but names."""

from __future__ import annotations

import re

import pytest

from core.spec import Spec
from dashboard import text
from dashboard.jobs import Store, connect
from dashboard.widgets import live
from tests.dashboard.test_pages import page, said  # noqa: F401
from tests.dashboard.toys import reached

NAMES = {
    "adam",
    "auto",
    "cca",
    "core",
    "cpu",
    "csv",
    "cuda",
    "divergence",
    "donsker",
    "gan",
    "html",
    "infonce",
    "json",
    "jsd",
    "kraskov",
    "ksg",
    "madow",
    "miller",
    "mine",
    "mps",
    "nwj",
    "png",
    "python",
    "run",
    "smile",
    "svg",
    "varadhan",
    "relu",
    "elu",
    "tanh",
    "gaussian",
    "english",
    "infoscope",
    "material",
    "histogram",
}
METHODS = ("mine", "histogram", "gaussian", "ksg")


def english(words: str) -> list[str]:
    """Words that are no names, nor the ids of methods in names of files."""
    return [
        w
        for w in re.findall(r"[A-Za-z]{3,}", re.sub(r":[a-z_]+:|:[a-z-]+\[|<[^>]+>", "", words))
        if w.lower() not in NAMES
    ]


@pytest.fixture
def figures(monkeypatch):
    """The figures that are sent to the browser."""
    sent: list[dict] = []
    whole = live.LiveChart._message
    monkeypatch.setattr(live.LiveChart, "_message", lambda self, f, alt: (sent.append(f), whole(self, f, alt))[1])
    return sent


def words(figure: object) -> list[str]:
    """The texts of a figure that people read."""
    if not isinstance(figure, dict):
        return [w for part in figure for w in words(part)] if isinstance(figure, list) else []
    own = [v for k, v in figure.items() if k in ("text", "name", "alt") and isinstance(v, str)]
    return own + [w for v in figure.values() for w in words(v)]


def test_languages_are_those_that_have_a_file():
    assert set(text.LANGUAGES) - {"xx"} == {"en", *(path.stem for path in text.FOLDER.glob("*.po"))}
    assert text.LANGUAGES["zh"] == "中文"


def test_the_estimate_page_in_chinese(page, figures):  # noqa: F811
    at = page("estimate", lang="zh", m=",".join(METHODS))
    assert not at.exception
    assert [t for t in said(at) if english(t)] == []
    assert any(any("一" <= c <= "鿿" for c in w) for f in figures for w in words(f))
    assert [w for f in figures for w in words(f) if english(w)] == []


@pytest.mark.parametrize(
    "name", ["additive_uniform", "channel", "discrete", "half_cube", "independent", "multivariate_gaussian"]
)
def test_every_distribution_in_chinese(page, name):  # noqa: F811
    at = page("estimate", lang="zh", d=name)
    assert not at.exception
    assert [t for t in said(at) if english(t)] == []


def test_finished_runs_in_chinese_with_the_reasons_that_a_worker_has_found(page, figures):  # noqa: F811
    client, store, ids = connect(workers=1, threads=1), Store(), []
    for method in METHODS:
        short = {"iterations": 30, "folds": 2} if method == "mine" else {}
        data = {"distribution": {"name": "gaussian", "rho": 0.99}, "n": 60}
        spec = {"family": "estimators", "method": method, "parameters": short, "data": data}
        ids.append(client.submit(Spec.parse(spec)))
    for run in ids:
        reached(store, run, "finished")
    at = page("estimate", lang="zh", run=",".join(ids))
    assert not at.exception
    reasons = [r for run in ids for r in store.result(run)["trust"]["reasons"]]
    assert reasons and all("nats" in r or "rows" in r or "critic" in r or "column" in r for r in reasons), (
        "stored in English"
    )
    assert [t for t in said(at) if english(t)] == []
    assert [w for f in figures for w in words(f) if english(w)] == []
