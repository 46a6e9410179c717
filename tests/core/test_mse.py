"""The squared-error baseline: the conditional mean, and one noise for every x."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.problems import problem_source
from core.densities import MSE


@pytest.fixture(scope="module")
def learned():
    return MSE(random_state=0, device="cpu").run(problem_source("inverse", 1000, 0))


def test_it_averages_the_branches_of_the_inverse_problem(learned):
    fresh = problem_source("inverse", 5000, 1000)
    branch = np.linspace(-10, 10, 2001)
    likely = np.exp(-0.5 * (fresh.x - (7 * np.sin(0.75 * branch) + 0.5 * branch)) ** 2)
    mean = (likely @ branch / likely.sum(1))[:, None]  # E[y | x] by Bayes on a grid: no function of x errs less
    least, reached = ((fresh.y - mean) ** 2).mean(), ((fresh.y - learned.predict(fresh.x)) ** 2).mean()
    assert least * 0.99 < reached < least + 1.0  # published 21.84 on the training points; the truth's mean: 22.8
    assert reached == pytest.approx(21.84, abs=1.5)


def test_its_density_is_the_gaussian_of_its_residuals(learned):
    points = learned.view("points")
    x, y = points["x"], points["y"]
    residual = y - learned.predict(x)
    width = learned.predict_density(x[:1]).stddev.item()
    assert width == pytest.approx(residual.std(), rel=0.05)  # both are the maximum-likelihood width, by other roads
    gaussian = -0.5 * (residual / width) ** 2 - np.log(width * np.sqrt(2 * np.pi))
    assert np.allclose(learned.log_density(x, y), gaussian[:, 0])


def test_a_mean_that_is_a_line_is_found():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (500, 1))
    model = MSE(device="cpu").fit(x, 3 * x[:, 0] + 1 + 0.2 * rng.standard_normal(500))
    assert model.score(x, 3 * x[:, 0] + 1) > 0.99
    assert model.predict(x).shape == (500,)
