"""KDE against a second implementation, its symmetries, and what it says where kernels are of no use."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from core import estimate_mi
from core.distributions import make
from core.estimators import kde
from core.estimators.kde import KDE
from core.method import Source


def _leave_one_out(density: gaussian_kde) -> np.ndarray:
    """ln of the density at each row by the other rows, from scipy's, which counts the row itself."""
    own = 1.0 / np.sqrt(np.linalg.det(2 * np.pi * density.covariance))
    return np.log((density.n * density.evaluate(density.dataset) - own) / (density.n - 1))


@pytest.mark.parametrize(("dx", "dy"), [(1, 1), (2, 1)])
def test_the_contributions_are_those_of_scipys_densities(dx, dy):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(300, dx + dy)) @ rng.normal(size=(dx + dy, dx + dy))
    x, y, h = z[:, :dx], z[:, dx:], kde.normal_reference(300, dx + dy)
    assert h == pytest.approx(gaussian_kde(z.T, bw_method="silverman").factor)
    density = gaussian_kde(z.T, bw_method=h)
    margins = density.marginal(list(range(dx))), density.marginal(list(range(dx, dx + dy)))
    other = _leave_one_out(density) - sum(map(_leave_one_out, margins))
    assert np.allclose(kde.log_ratios(x, y, h, np.arange(300)), other, atol=1e-9)


def test_gaussian_pairs_at_any_strength():
    for rho in (0.0, 0.5, 0.8, 0.95):
        joint = make("gaussian", rho=rho)
        found = estimate_mi(*joint.sample(1_500, 0), "kde")
        assert found.interval[0] - 0.02 <= joint.true_mi <= found.interval[1] + 0.02, (rho, found)
        assert found.trust.level == "green"


def test_it_does_not_depend_on_blocks_units_or_the_order_of_the_sides(monkeypatch):
    x, y = make("gaussian", rho=0.8).sample(400, 1)
    whole = KDE(margins="standardise").fit(x, y)
    monkeypatch.setattr(kde, "_BLOCK", 400 * 64)
    steps = list(KDE(margins="standardise").steps(Source(x, y)))
    assert len(steps) == 7 and steps[-1].info["mi"] == pytest.approx(whole.mi_, abs=1e-12)
    assert KDE(margins="standardise").fit(y, x).mi_ == whole.mi_
    assert KDE(margins="standardise").fit(1e6 * x + 3, -y).mi_ == pytest.approx(whole.mi_, abs=1e-9)
    assert whole.local().mean() == pytest.approx(whole.mi_, abs=1e-12)


def test_narrow_noise_is_said_to_be_blurred_and_many_columns_are_red():
    narrow = estimate_mi(*make("additive_uniform", noise=0.1).sample(1_500, 0), "kde")
    assert narrow.trust.level != "green" and "sharper than the kernels" in " ".join(narrow.trust.reasons)
    assert narrow.interval[1] > make("additive_uniform", noise=0.1).true_mi
    wide = estimate_mi(*make("multivariate_gaussian", dimension=3, rho=0.5).sample(500, 0), "kde")
    assert wide.trust.level == "red" and "6 columns in all" in wide.trust.reasons[0]


def test_of_very_many_rows_it_says_how_many_it_used(monkeypatch):
    monkeypatch.setattr(kde, "_MOST", 500)
    found = estimate_mi(*make("gaussian", rho=0.8).sample(2_000, 0), "kde")
    assert found.mi == pytest.approx(0.511, abs=0.12)
    assert found.trust.level == "amber" and "500 of 2,000 rows were used" in found.trust.reasons[0]


def test_a_determined_side_stays_finite_and_is_not_green():
    x = np.random.default_rng(0).normal(size=300)
    found = estimate_mi(x, x, "kde")
    assert np.isfinite(found.mi) and found.mi > 3 and found.trust.level == "red"
