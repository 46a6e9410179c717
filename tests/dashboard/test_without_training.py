"""What is drawn and said of a run, by its figures: a method that does not train, the loss's unit, and differences."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.spec import Spec
from dashboard.screens.density import metrics
from dashboard.widgets import estimate_charts, trust_summary

DATA = {"distribution": {"name": "gaussian", "rho": 0.8}, "n": 100}


def run_of(method: str, curves: dict[str, Any], mi: float, total: int, info: dict[str, float]) -> Any:
    spec = Spec.parse({"family": "estimators", "method": method, "seed": 0, "parameters": {}, "data": DATA})
    run = SimpleNamespace(
        id=method, spec=spec, status="finished", seconds=1.0, step=total, total=total, info=info, views=[]
    )
    result = {"mi": mi, "interval": [mi - 0.02, mi + 0.02]}
    found = {name: (np.arange(1, len(v) + 1), np.array(v)) for name, v in curves.items()}
    return SimpleNamespace(
        run=run, result=result, at=None, curves=lambda: found, curve=lambda name: found.get(name, ((), ()))
    )


def ksg() -> Any:
    return run_of("ksg", {"mi": [0.40, 0.45, 0.50]}, 0.5, 3, {"mi": 0.5})


def mine() -> Any:
    curves = {"loss": [-0.1, -0.4], "mi": [0.1, 0.4], "mi_held_out": [0.2, 0.5]}
    return run_of("mine", curves, 0.5, 2, {"mi": 0.4, "loss": -0.4})


def named(figure: dict[str, Any]) -> list[str]:
    return [trace["name"] for trace in figure["data"] if trace.get("showlegend", True)]


def test_a_method_that_works_in_parts_is_one_value_with_its_interval_and_no_training():
    figure = estimate_charts.curves([ksg()], "nats")
    names = named(figure)
    assert len(names) == 2 and not any("training" in name or "held out" in name for name in names)
    assert any("error_y" in trace for trace in figure["data"])
    x = figure["layout"]["xaxis"]
    assert x["showticklabels"] is False and not x.get("title", {}).get("text")
    assert "training step" not in figure["layout"]["meta"]["alt"]


def test_beside_a_training_it_is_a_level_line_and_the_training_keeps_its_steps():
    figure = estimate_charts.curves([mine(), ksg()], "nats")
    assert figure["layout"]["xaxis"]["title"]["text"] == "step"
    assert any("held out" in name for name in named(figure))
    assert not any("KSG" in n and ("training" in n or "held out" in n) for n in named(figure))


def test_before_a_first_held_out_value_each_of_several_lines_has_a_name():
    young = [run_of(m, {"loss": [-0.1], "mi": [0.1]}, 0.1, 9, {"mi": 0.1, "loss": -0.1}) for m in ("mine", "nwj")]
    for s in young:
        s.result, s.last, s.run.status = {}, lambda name: None, "running"
    names = named(estimate_charts.curves(young, "nats"))
    assert any("MINE" in name for name in names) and any("NWJ" in name for name in names)
    assert not any("training" in name for name in named(estimate_charts.curves([mine(), mine()], "nats")))


def test_the_axis_of_the_loss_names_its_unit():
    assert estimate_charts.loss([mine()])["layout"]["yaxis"]["title"]["text"] == "loss (nats)"


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_a_difference_is_that_of_the_numbers_shown(unit):
    rng = np.random.default_rng(0)
    number = lambda text: float(text.split()[0].replace("−", "-"))  # noqa: E731
    for a, b in rng.uniform(0, 3, (200, 2)):
        shown = number(trust_summary.amount(a, unit)) - number(trust_summary.amount(b, unit))
        assert abs(number(trust_summary.difference(a, b, unit)) - shown) < 1e-9
    assert trust_summary.difference(0.5, 0.5, unit).startswith("0.000")


def test_so_is_the_distance_of_two_likelihoods():
    assert metrics.distance(1.4147, 1.3324) == "0.083" == metrics.distance(1.3324, 1.4147)
    assert "0.083" in metrics._gap(1.4147, 1.3324)
