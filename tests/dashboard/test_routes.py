"""What `auto` compared, as the estimate page draws it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.distributions import make
from core.estimators import Auto
from dashboard.widgets import estimate_charts


@pytest.fixture(scope="module")
def shown():
    method = Auto(budget="10s").fit(*make("gaussian", rho=0.8).sample(500, 0))
    return SimpleNamespace(result=method.result(), run=SimpleNamespace(spec=None))


def test_every_route_is_drawn_with_its_interval_and_the_reported_one_is_named(shown):
    figure = estimate_charts.routes([shown], "nats")
    assert figure is not None
    names = [route["route"] for route in shown.result["routes"]]
    assert list(figure["layout"]["yaxis"]["ticktext"]) == names and len(names) == 3
    assert figure["layout"]["title"]["text"] == f"Reported: {shown.result['route']}"


def test_one_route_is_no_comparison(shown):
    alone = SimpleNamespace(result=shown.result | {"routes": shown.result["routes"][:1]}, run=shown.run)
    assert estimate_charts.routes([alone], "nats") is None
    assert estimate_charts.routes([SimpleNamespace(result={"mi": 1.0}, run=shown.run)], "nats") is None
