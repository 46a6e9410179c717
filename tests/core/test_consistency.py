"""Self-consistency: a sound estimator passes, each fault is found by the check that is made for it."""

from __future__ import annotations

import numpy as np
import pytest

from core.distributions import make
from core.method import Source
from core.sweeps import consistency as module
from core.sweeps.consistency import Consistency


def run(x, y, **parameters) -> Consistency:
    return Consistency(**parameters).run(Source(x, y))


@pytest.mark.parametrize("method", ["ksg", "gaussian"])
def test_a_sound_estimator_agrees_with_itself(method):
    found = run(*make("gaussian", rho=0.7).sample(1_600, 0), method=method)
    assert [one["check"] for one in found.verdicts_] == ["maps", "noise", "coarse", "beside", "halves", "parts"]
    assert found.findings_ == [] and found.result()["findings"] == []
    said = {one["check"]: one for one in found.verdicts_}
    assert said["maps"]["mi"] == pytest.approx(said["maps"]["expected"], abs=1e-6), "ranks see no monotone map"
    assert said["noise"]["mi"] < said["noise"]["expected"] - 0.05 and said["noise"]["relation"] == "≤"
    assert said["halves"]["expected"] == pytest.approx(2 * 0.3367, abs=0.1)
    assert len(found.rows_) == found.total == 6 + 14


def test_raw_margins_are_moved_by_monotone_maps():
    x, y = make("gaussian", rho=0.9).sample(1_600, 0)
    found = run(x, y, method="gaussian", settings=(("margins", "raw"),))
    assert any("Monotone maps" in f.sentence for f in found.findings_)


def test_sparse_cells_are_seen_by_smaller_parts():
    x, y = np.random.default_rng(0).normal(size=(2, 1_600))
    settings = (("bins", 20), ("correction", "none"))
    found = run(x, y, method="histogram", settings=settings)
    whole = found.rows_[0]["mi"]
    assert whole > 0.1 and any("its bias is not gone" in f.sentence for f in found.findings_)
    line = module.extrapolated(found.rows_)
    assert line["slope"] > 0 and abs(line["mi"]) < 0.05, "it runs towards the truth, which is 0"


def test_the_line_in_one_over_n_is_numpys():
    rows = [{"check": "whole", "n": 800, "mi": 0.3}]
    rows += [{"check": "parts", "n": n, "mi": 0.25 + 40 / n + e} for n, e in ((400, 0.01), (400, -0.01), (200, 0.02))]
    n, mi = np.array([r["n"] for r in rows]), np.array([r["mi"] for r in rows])
    slope, at = np.polyfit(1 / n, mi, 1, w=np.sqrt(n))
    line = module.extrapolated(rows)
    assert (line["mi"], line["slope"]) == pytest.approx((at, slope)) and line["low"] < at < line["high"]


def test_a_figure_that_rises_with_noise_is_found_and_few_rows_are_refused():
    row = {"mi": 0.5, "low": 0.45, "high": 0.55}
    broken = module._held("noise", row, {"mi": 0.3, "low": 0.25, "high": 0.35}, below=True)
    assert not broken["holds"] and "can only lower MI" in module.finding(broken).sentence
    assert module._held("noise", row, {"mi": 0.9, "low": 0.85, "high": 0.95}, below=True)["holds"]
    with pytest.raises(ValueError, match="at least 200 are needed"):
        run(*make("gaussian").sample(60, 0))


def test_stopping_early_says_what_is_known():
    x, y = make("gaussian", rho=0.7).sample(400, 0)
    method = Consistency(method="gaussian")
    steps = method.steps(Source(x, y))
    for _ in range(3):
        next(steps)
    assert [one["check"] for one in method.finish().verdicts_] == ["maps", "noise"]
