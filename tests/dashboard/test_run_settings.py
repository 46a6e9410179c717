"""Runs as settings: one form describes one run or none, and names tell runs apart by what differs."""

from __future__ import annotations

from core.spec import Spec
from dashboard import pages
from dashboard.widgets import run_settings


def spec(method: str = "mine", seed: int = 0, n: int = 2_000, fresh: bool = False, data: dict | None = None, **given):
    distribution = data or {"name": "gaussian", "rho": 0.8}
    where = {"distribution": distribution, "n": n, "fresh": fresh}
    return Spec.parse(
        {"family": "estimators", "method": method, "parameters": given, "data": where, "seed": seed, "threads": 2}
    )


def rho(value: float, **more):
    return spec(data={"name": "gaussian", "rho": value}, **more)


def test_names_hold_what_differs_and_nothing_else():
    assert run_settings.names([spec()]) == ["MINE"]
    assert run_settings.names([spec(), spec("ksg")]) == ["MINE", "KSG (nearest neighbours)"]
    assert run_settings.names([rho(0.5), rho(0.8)]) == ["MINE, ρ = 0.5", "MINE, ρ = 0.8"]
    assert run_settings.names([spec(hidden=16), spec("nwj"), spec()]) == [
        "MINE, hidden = 16",
        "NWJ (f-GAN KL)",
        "MINE, hidden = 64",
    ]
    assert run_settings.names([spec(seed=1), spec(seed=2, n=500)]) == [
        "MINE, seed = 1, rows = 2,000",
        "MINE, seed = 2, rows = 500",
    ]
    assert run_settings.names([spec(), spec()]) == ["MINE (1)", "MINE (2)"]
    assert run_settings.names([rho(0.5)], beside=[rho(0.8)]) == ["MINE, ρ = 0.5"]


def test_another_distribution_is_named_and_its_parameters_only_among_its_kind():
    channel = spec(data={"name": "channel"})
    first, second = run_settings.names([rho(0.5), channel])
    assert first == "MINE, Bivariate Gaussian" and "ρ" not in second


def test_two_runs_of_one_page_fill_its_form_only_where_one_form_describes_both():
    both = run_settings.together([spec(hidden=16), spec("ksg", k=7)])
    assert both["m"] == "mine,ksg" and both["mine.hidden"] == 16 and both["ksg.k"] == 7
    for other in (rho(0.5, method="ksg"), spec("ksg", seed=3), spec(hidden=32)):
        mixed = run_settings.together([spec(hidden=16), other])
        assert mixed == pages.settings(spec(hidden=16)), "the first run's settings, and no mixture"


def test_a_default_that_is_written_out_is_the_same_run():
    plain = spec(data={"name": "gaussian"})
    assert run_settings.same([plain], [spec(hidden=64)])
    assert not run_settings.same([plain], [spec(hidden=63)])
    assert run_settings.same([spec(), spec("ksg")], [spec("ksg"), spec()])
    assert not run_settings.same([spec()], [spec(), spec("ksg")])
