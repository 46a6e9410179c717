"""Critics side by side score as they would alone, and shifted pairs are pairs of different rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.data.tables import columns_source
from core.estimators import MINE, InfoNCE
from core.estimators._critic.scores import Scores
from core.estimators._marginal_transforms import Margins
from core.learning import critics
from core.method import Source
from core.method.source import indicated
from core.spec import Spec

K, N, DX, DY = 3, 12, 2, 4


def _make(kind, k=K, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return critics.make(kind, k, DX, DY, hidden=8, layers=2, activation="elu", generator=generator).double()


def _rows(seed=1):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(K, N, DX, generator=g).double(), torch.randn(K, N, DY, generator=g).double()


@pytest.mark.parametrize("kind", critics.KINDS)
def test_the_matrix_holds_every_pair_and_its_diagonal_the_true_ones(kind):
    critic, (x, y) = _make(kind), _rows()
    matrix = critic.matrix(x, y)
    assert matrix.shape == (K, N, N)
    assert torch.allclose(matrix.diagonal(dim1=1, dim2=2), critic(x, y))
    assert torch.allclose(matrix[:, 3, 7], critic(x[:, 3:4], y[:, 7:8])[:, 0])


@pytest.mark.parametrize("shifts", [[1, 5], range(1, 4), range(1, N)])
@pytest.mark.parametrize("kind", critics.KINDS)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("scored", [N, 5, 1])
@pytest.mark.parametrize(
    "few, rows", [(32, 256), (1, 1), (1, 2), (1, N)]
)  # shifts by themselves, and some rows at a time
def test_shifted_scores_are_those_of_other_rows_and_never_a_true_pair(
    kind, shifts, training, scored, few, rows, monkeypatch
):
    monkeypatch.setattr(critics, "_FEW", few)
    monkeypatch.setattr(critics, "_ROWS", rows)
    critic, (x, y) = _make(kind), _rows()
    with torch.set_grad_enabled(training):
        f, g = critic.encode(x, y)
        scores, matrix = critic.shifted(f[:, :scored], g, shifts), critic.matrix(x, y)
    at = torch.arange(scored)
    assert scores.shape == (K, len(shifts), scored)
    for number, shift in enumerate(shifts):
        partner = (at - shift) % N
        assert (partner != at).all()
        assert torch.allclose(scores[:, number], matrix[:, at, partner])


@pytest.mark.parametrize("scored", [N, 5])
def test_all_pairs_of_one_product_are_in_the_order_of_shifts_when_asked_for(scored):
    critic, (x, y) = _make("separable"), _rows()
    f, g = critic.encode(x, y)
    shifts = range(1, N)
    of_product = Scores(critic.combine(f, g)[:, :scored], None, shifts, critic.product(f[:, :scored], g))
    shifted = Scores(of_product.joint, critic.shifted(f[:, :scored], g, shifts), shifts)
    assert torch.allclose(of_product.marginal, shifted.marginal)
    assert torch.allclose(of_product.of(slice(1, 3)).marginal, shifted.of(slice(1, 3)).marginal)
    method = InfoNCE()
    assert torch.allclose(method.objective(of_product), method.objective(shifted))
    assert torch.allclose(method.log_partition(of_product), method.log_partition(shifted))


def test_as_few_rows_at_a_time_as_memory_likes_score_as_all_at_once(monkeypatch):
    critic, (x, y) = _make("separable"), _rows()
    whole, sizes, product = critic.shifted(*critic.encode(x, y), range(1, N)), [], critic.product
    monkeypatch.setattr(critics, "_FEW", 1)
    monkeypatch.setattr(critics, "_MATRIX", 5 * 2 * K * N)
    monkeypatch.setattr(critic, "product", lambda f, g: sizes.append(f.shape[1]) or product(f, g))
    assert torch.allclose(critic.shifted(*critic.encode(x, y), range(1, N)), whole)
    assert sizes == [5, 5, 2]


@pytest.mark.parametrize("kind", critics.KINDS)
def test_each_of_k_critics_sees_only_its_own_rows(kind):
    critic, (x, y) = _make(kind), _rows()
    before = critic(x, y)
    x = x.clone()
    x[1] += 1.0
    changed = (critic(x, y) != before).any(1)
    assert changed.tolist() == [False, True, False]


@pytest.mark.parametrize("kind", critics.KINDS)
def test_each_of_k_critics_has_a_gradient_of_its_own(kind):
    critic, (x, y) = _make(kind), _rows()
    critic(x, y)[2].sum().backward()
    for parameter in critic.parameters():
        assert not parameter.grad[:2].any()


def test_an_unknown_critic_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="critic='deep' is not one of concat, separable, bilinear"):
        _make("deep")


def test_normal_scores_do_not_see_a_monotone_map_and_share_ranks_among_ties():
    x = np.random.default_rng(0).normal(size=(200, 1))
    assert np.array_equal(Margins.fit(x, "normal scores")(x), Margins.fit(np.exp(x), "normal scores")(np.exp(x)))
    tied = np.array([[0.0], [1.0], [1.0], [1.0], [2.0]])
    # Ranks 1, 3, 3, 3, 5 of 6: Φ⁻¹(1/6), Φ⁻¹(1/2) = 0 three times, Φ⁻¹(5/6).
    assert Margins.fit(tied, "normal scores")(tied)[:, 0] == pytest.approx([-0.96742, 0, 0, 0, 0.96742], abs=1e-5)


def test_standardised_columns_have_mean_zero_and_spread_one_even_where_squares_overflow():
    x = np.random.default_rng(0).normal(3.0, 2.0, size=(500, 2)) * [1.0, 1e300]
    z = Margins.fit(x, "standardise")(x)
    assert z.mean(0) == pytest.approx([0, 0], abs=1e-5) and z.std(0) == pytest.approx([1, 1], abs=1e-5)


@pytest.mark.parametrize("kind", ["normal scores", "standardise", "raw"])
def test_a_constant_column_stays_finite(kind):
    x = np.full((20, 1), 7.0)
    assert np.isfinite(Margins.fit(x, kind)(x)).all()


def test_a_critic_takes_codes_of_categories_as_names_whose_order_means_nothing():
    """Twelve names with means in no order: by their codes 2,000 rows show .14 nats, as columns of 0 and 1 .64 (KSG .68)."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 12, 1_000).astype(float)
    x = (rng.permutation(12) / 2)[codes.astype(int)] + rng.normal(size=1_000)
    short = {"iterations": 200, "folds": 2, "hidden": 32, "device": "cpu", "random_state": 0}
    source = Source(codes[:, None], x[:, None], x_codes=(0,))
    found = MINE(**short).run(source)
    by_codes = MINE(**short).run(replace(source, x_codes=()))
    assert found.mi_ > 0.45 > by_codes.mi_ + 0.15
    assert not any("ties" in reason for reason in found.trust_.reasons)
    surface = found.view("critic")["scores"]
    assert surface.shape == (64, 64) and np.isfinite(surface).all()


def test_columns_of_a_table_that_hold_names_are_said_to():
    source = columns_source("penguins", ["species", "sex"], ["island", "year"], coded=True)
    assert source.x_codes == (0, 1) and source.y_codes == (0,)
    assert indicated(source.x, source.x_codes) == (0,), "two names are as good as a number"
    assert any("0 and 1 for each category" in notice for notice in source.notices)
    assert columns_source("penguins", ["species"], ["island"]).x_codes == ()
    spec = Spec.parse(
        {"family": "estimators", "method": "mine", "data": {"table": "penguins", "x": ["species"], "y": ["year"]}}
    )
    assert spec.source().x_codes == (0,)
