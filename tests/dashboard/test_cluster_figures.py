"""What the cluster page says of a finished run in its cards, titles, curves, tables and files is one number for one thing."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.clusterers import IIC, _run
from core.data.images import image_source
from core.method import Source
from core.spec import Spec
from dashboard.charts.table import table
from dashboard.screens.cluster import result as clustered
from dashboard.screens.cluster import training
from dashboard.widgets import layout
from dashboard.widgets.shown import Shown

ROWS, SEEN, APART = 600, 200, 150
SETTINGS = {
    "epochs": 12,
    "heads": 4,
    "over_heads": 2,
    "width": 8,
    "batch_size": 100,
    "learning_rate": 0.05,
    "schedule": "constant",
}


def finished(source: Source) -> Shown:
    """A run in this process whose evaluation looks at a third of the rows, as that of 12,000 pictures does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_run, "SEEN", SEEN)
        patch.setattr(_run, "TESTED", APART // 2)
        method = IIC(**SETTINGS, device="cpu", random_state=0)
        steps = list(method.steps(source))
        method.finish()
    columns: dict[str, list[tuple[int, float]]] = {}
    for step in steps:
        for name, value in step.info.items():
            columns.setdefault(name, []).append((step.index, value))
    spec = Spec.parse({"family": "clusterers", "method": "iic", "parameters": SETTINGS, "data": {"images": "digits"}})

    class Here(Shown):
        result = method.result()

        @property
        def _curves(self):
            return {
                name: tuple(np.array(column) for column in zip(*pairs, strict=False)) for name, pairs in columns.items()
            }

        def picture(self, name):
            return method.view(name) or None

    run = SimpleNamespace(
        id="here", status="finished", active=False, spec=spec, seconds=1.0, views=method.views, step=method.total
    )
    return Here(run)


@pytest.fixture(scope="module")
def run():
    source = image_source("digits", ROWS + APART)
    apart = Source(source.x[ROWS:], labels=source.labels[ROWS:])
    return finished(replace(source, x=source.x[:ROWS], labels=source.labels[:ROWS], test=apart))


@pytest.fixture(scope="module")
def unlabelled():
    return finished(Source(image_source("digits", ROWS).x))


@pytest.fixture
def cards(monkeypatch):
    """Label → (value, note) of the numbers that are drawn."""
    drawn = {}
    monkeypatch.setattr(
        layout, "number", lambda place, label, value, note="", help=None: drawn.update({label: (value, note)})
    )
    return drawn


def title(figure) -> str:
    return figure["layout"]["title"]["text"]


def ring(figure) -> dict:
    return next(trace for trace in figure["data"] if trace["name"] == "kept")


def test_the_loss_is_that_of_the_kept_epoch_in_title_card_curve_and_file(run, cards):
    told = run.result
    assert told["kept_step"] < run.run.step, "the last epoch is the best one: this shows nothing"
    figure = training.figures(run)["loss"]
    training.numbers(run)
    gap = round(told["loss"], 3) - round(-np.log(10), 3)  # of the numbers shown: whoever subtracts them finds it
    assert title(figure) == f"The loss of the best head is {gap:.3f} nats above its floor"
    assert cards["Information, I / ln k"][1].startswith(f"{-told['loss']:.3f} of ln 10")
    steps, losses = run.curves()["loss_best_head"]
    assert ring(figure)["x"].tolist() == [told["kept_step"]] and ring(figure)["y"].tolist() == [told["loss"]]
    assert losses[steps == told["kept_step"]] == pytest.approx(told["loss"], abs=1e-6)
    assert told["loss"] in [value for column in table(figure).values() for value in column]


def test_accuracy_is_one_number_on_all_rows(run, cards):
    told, shown = run.result, training.figures(run)
    training.numbers(run)
    value, note = cards["Accuracy after matching"]
    matched, heads, assigned = run.picture("confusion"), run.picture("heads"), run.picture("assignments")
    named = matched["classes"][matched["mapping"]][assigned["cluster"]]
    everywhere = [
        told["accuracy"],
        float(matched["accuracy"]),
        np.trace(matched["counts"]) / ROWS,
        heads["accuracy"][heads["kept"]],
        told["heads_accuracy"][told["head"]],
        (named == assigned["label"]).mean(),
        ring(shown["accuracy"])["y"][0],
    ]
    assert everywhere == pytest.approx([told["accuracy"]] * len(everywhere), abs=1e-12)
    assert value == f"{told['accuracy']:.1%}" and f"is {value};" in title(shown["accuracy"])
    assert f"test pictures {told['test_accuracy']:.1%}" in note
    assert ring(shown["accuracy"])["y"][1] == told["test_accuracy"]
    assert float(run.picture("many_to_one")["accuracy"]) == pytest.approx(told["purity"], abs=1e-12)


def test_sizes_and_tables_count_all_rows_at_the_end(run):
    told = run.result
    assert run.picture("sizes")["sizes"].tolist() == told["sizes"] and sum(told["sizes"]) == ROWS
    assert run.picture("confusion_raw")["counts"].sum() == ROWS
    assert clustered._rows_of(run, ROWS) == "All 600 rows are counted."


def test_the_rows_of_each_number_are_said(run):
    said = training.counted(run)
    assert f"after step {run.result['kept_step']} are kept" in said
    assert "200 of the 600 rows" in said and "all else is of all rows" in said


@pytest.mark.parametrize("which", ["run", "unlabelled"])
def test_heads_agree_by_one_number(which, request, cards):
    s = request.getfixturevalue(which)
    told = s.result["agreement_all"]
    assert title(training.figures(s)["agreement"]) == f"Heads agree with each other: NMI {told:.2f} on average"
    training.numbers(s)
    if which == "unlabelled":
        assert cards["Agreement of heads (NMI)"][0] == f"{told:.2f}"


def test_the_collapse_says_its_rule(run):
    sentence = training._collapse(run)
    assert f"{run.result['clusters_in_use']:.1f} clusters" in sentence and "70% of the 10" in sentence
    assert not re.search(r"fewer than half", sentence)
