"""How much of what a network has learned of colour pictures is their mean colour."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.encoders import MINE
from core.learning import encoder_views
from core.method import Source

N = 200


@pytest.fixture(scope="module")
def pictures() -> torch.Tensor:
    """Noise around a colour of its own in each picture."""
    generator = torch.Generator().manual_seed(0)
    tint = torch.rand(N, 3, 1, 1, generator=generator)
    return 0.8 * tint + 0.2 * torch.rand(N, 3, 6, 6, generator=generator)


def mean(x: torch.Tensor) -> np.ndarray:
    return x.mean((2, 3)).numpy()


def test_features_that_are_the_colour_explain_it_and_noise_does_not(pictures):
    labels = (mean(pictures)[:, 0] > mean(pictures)[:, 1]).astype(int)
    grey = encoder_views.grey(pictures)
    seen = encoder_views.colour(pictures, mean(pictures), mean(grey), labels)
    assert (seen["explained"] > 0.99).all() and seen["grey_moves"] > 0.3
    assert seen["accuracy"][0] > 0.95 and seen["accuracy"][1] < 0.7  # redder than green: in grey nobody can tell
    noise = np.random.default_rng(0).normal(size=(N, 8))
    seen = encoder_views.colour(pictures, noise, noise, labels)
    assert (seen["explained"] < 0.1).all() and seen["grey_moves"] == 0
    assert seen["accuracy"][0] == seen["accuracy"][1] < 0.7


def test_it_is_scored_on_rows_that_it_was_not_fitted_on(pictures):
    """As many features as pictures explain every row that they were fitted on."""
    wide = np.random.default_rng(0).normal(size=(N, 2 * N))
    assert (encoder_views.colour(pictures, wide, wide, None)["explained"] < 0.2).all()


def test_grey_pictures_few_pictures_and_rows_have_none(pictures):
    assert encoder_views.colour(pictures[:, :1], mean(pictures), mean(pictures), None) == {}
    assert encoder_views.colour(pictures[:5], mean(pictures)[:5], mean(pictures)[:5], None) == {}
    assert encoder_views.colour(pictures[:, 0, 0], mean(pictures), mean(pictures), None) == {}
    assert set(encoder_views.colour(pictures, mean(pictures), mean(pictures), np.zeros(N))) == {
        "explained",
        "grey_moves",
    }


def test_a_run_on_colour_pictures_has_the_view_once_it_has_ended(pictures):
    x = (255 * pictures).numpy().astype(np.uint8)
    method = MINE(epochs=1, width=4, hidden=8, n_features=4, batch_size=50, random_state=0, device="cpu")
    for _ in method.steps(Source(x, labels=np.arange(N) % 2)):
        assert method.view("colour") == {}
    seen = method.finish().view("colour")
    assert seen["explained"].shape == (3,) and seen["accuracy"].shape == (2,) and seen["grey_moves"] > 0
    grey = MINE(epochs=1, width=4, hidden=8, n_features=4, batch_size=50, random_state=0, device="cpu").fit(x[:, 0])
    assert grey.view("colour") == {}
