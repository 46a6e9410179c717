"""Bounds against exact log-ratios, their identities and their limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core.distributions import make
from core.learning import bounds

RHO, N = 0.8, 200_000
TRUTH = -0.5 * math.log(1 - RHO**2)


@pytest.fixture(scope="module")
def exact():
    """Scores of the exact log-ratio of the Gaussian on true pairs, and on pairs with y shifted."""
    gaussian = make("gaussian", rho=RHO)
    x, y = gaussian.sample(N, seed=1)
    shifted = [gaussian.pointwise_mi(x, y.take(range(s, N + s), axis=0, mode="wrap")) for s in (1, 2, 3, 4)]
    return torch.tensor(gaussian.pointwise_mi(x, y)), torch.tensor(np.concatenate(shifted))


# The exact critic leaves sampling noise only: sd(T) = ρ = 0.8 over 200,000 rows is 0.0018, and the partition's
# √(χ²/n) = √(1.78/200,000) is 0.003; 0.012 is more than three of both together.
NOISE = 0.012


def test_dv_of_the_exact_log_ratio_is_the_mi(exact):
    assert bounds.dv(*exact).item() == pytest.approx(TRUTH, abs=NOISE)


def test_nwj_is_tight_at_the_log_ratio_plus_one(exact):
    joint, marginal = exact
    assert bounds.nwj(joint + 1, marginal + 1).item() == pytest.approx(TRUTH, abs=NOISE)
    assert bounds.nwj(joint, marginal).item() < TRUTH - 0.2, "T itself is not its optimum: 1/e in place of 1"


def test_dv_is_unmoved_by_a_constant_and_never_below_nwj(exact):
    joint, marginal = exact
    for c in (-3.0, 0.0, 2.0):
        assert bounds.dv(joint + c, marginal + c).item() == pytest.approx(bounds.dv(joint, marginal).item(), abs=1e-9)
        assert bounds.dv(joint, marginal) >= bounds.nwj(joint + c, marginal + c)


def test_smile_is_dv_where_nothing_is_clipped_and_mends_an_outlier(exact):
    joint, marginal = exact
    assert torch.equal(bounds.smile(joint, marginal, 1e6), bounds.dv(joint, marginal))
    hit = torch.cat([marginal, torch.tensor([60.0])])
    assert bounds.dv(joint, hit).item() < TRUTH - 10
    # One score clipped to 5 among 800,001 moves the partition by e⁵/800,000; clipping the rest at ±5 by less than that.
    assert bounds.smile(joint, hit, 5.0).item() == pytest.approx(TRUTH, abs=2 * NOISE)


def test_jsd_is_greatest_at_the_log_ratio_and_two_ln_two_below_zero_for_a_blind_critic(exact):
    joint, marginal = exact
    best = bounds.jsd(joint, marginal)
    for change in (lambda t: 0.7 * t, lambda t: 1.4 * t, lambda t: t + 0.5, lambda t: t - 0.5):
        assert bounds.jsd(change(joint), change(marginal)) < best
    blind = torch.zeros(10)
    assert bounds.jsd(blind, blind).item() == pytest.approx(-2 * math.log(2), abs=1e-6)


def test_infonce_never_exceeds_ln_b():
    for scale in (1.0, 30.0, 1000.0):
        matrix = torch.randn(5, 16, 16, generator=torch.Generator().manual_seed(0)) * scale
        assert (bounds.infonce(matrix) <= math.log(16)).all()
    assert bounds.infonce(100.0 * torch.eye(16).double()).item() == pytest.approx(math.log(16), abs=1e-12), (
        "and it reaches it"
    )


def test_infonce_is_the_cross_entropy_of_finding_the_partner():
    matrix = torch.randn(16, 16, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    other = math.log(16) - torch.nn.functional.cross_entropy(matrix, torch.arange(16))
    assert bounds.infonce(matrix).item() == pytest.approx(other.item(), abs=1e-12)


def test_contrast_with_all_other_rows_is_infonce():
    matrix = torch.randn(3, 9, 9, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    rows = torch.arange(9)
    others = torch.stack([matrix[:, rows, (rows - shift) % 9] for shift in range(1, 9)], 1)
    joint = matrix.diagonal(dim1=1, dim2=2)
    assert torch.allclose(bounds.contrast(joint, others), bounds.infonce(matrix), atol=1e-12)


def test_large_scores_overflow_nowhere():
    joint, marginal = torch.full((4,), 800.0), torch.full((9,), 790.0)
    assert bounds.dv(joint, marginal).item() == pytest.approx(10.0, abs=1e-3)


def test_leading_dimensions_are_batched():
    g = torch.Generator().manual_seed(3)
    joint, marginal = torch.randn(2, 3, 20, generator=g), torch.randn(2, 3, 50, generator=g)
    for bound in (bounds.dv, bounds.nwj, bounds.jsd):
        one = bound(joint[1, 2], marginal[1, 2])
        assert bound(joint, marginal)[1, 2].item() == pytest.approx(one.item(), abs=1e-6)


def _by_hand(joint: np.ndarray, marginal: np.ndarray) -> dict[str, float]:
    """Every bound from its formula, one term at a time: a second implementation. joint (n,), marginal (s, n)."""
    s, n = marginal.shape
    p, q = joint.tolist(), marginal.ravel().tolist()
    mean_exp = sum(math.exp(t) for t in q) / len(q)
    clipped = sum(math.exp(min(max(t, -2.0), 2.0)) for t in q) / len(q)
    nce, anchor = 0.0, 0.0
    for i in range(n):
        others = [math.exp(marginal[k, i]) for k in range(s)]
        nce += math.log(math.exp(p[i]) / ((math.exp(p[i]) + sum(others)) / (s + 1)))
        found = math.exp(p[i]) / (1 + math.exp(p[i]) + sum(others[: s - 1]))
        anchor += (s * math.log(found) + math.log(1 / (1 + sum(others)))) / (s + 1)
    logistic = sum(math.log(1 / (1 + math.exp(-t))) for t in p) / n
    return {
        "dv": sum(p) / n - math.log(mean_exp),
        "nwj": sum(p) / n - mean_exp / math.e,
        "jsd": logistic + sum(math.log(1 - 1 / (1 + math.exp(-t))) for t in q) / len(q),
        "smile": sum(p) / n - math.log(clipped),
        "contrast": nce / n,
        "anchored": anchor / n,
    }


def test_every_bound_agrees_with_its_formula_written_out():
    g = torch.Generator().manual_seed(4)
    joint, marginal = torch.randn(6, generator=g).double() * 2 + 1, torch.randn(5, 6, generator=g).double() * 2
    flat = marginal.flatten()
    found = {
        "dv": bounds.dv(joint, flat),
        "nwj": bounds.nwj(joint, flat),
        "jsd": bounds.jsd(joint, flat),
        "smile": bounds.smile(joint, flat, 2.0),
        "contrast": bounds.contrast(joint, marginal),
        "anchored": bounds.anchored(joint, marginal),
    }
    others = _by_hand(joint.numpy(), marginal.numpy())
    public = {n for n, f in vars(bounds).items() if n[0] != "_" and getattr(f, "__module__", "") == bounds.__name__}
    assert public - {"log_mean_exp", "infonce"} == set(found) == set(others)  # infonce has tests of its own above
    for name, value in found.items():
        assert value.item() == pytest.approx(others[name], abs=1e-10), name


def test_the_anchor_with_one_candidate_is_the_logistic_objective_and_fixes_the_constant(exact):
    joint, marginal = exact
    one = marginal[: len(joint)][None]
    assert bounds.anchored(joint, one).item() == pytest.approx(bounds.jsd(joint, one.flatten()).item() / 2, abs=1e-12)
    several = marginal.reshape(4, -1)
    best = bounds.anchored(joint, several)
    for c in (-0.5, 0.5):
        assert bounds.anchored(joint + c, several + c) < best - 0.003
        assert bounds.contrast(joint + c, several + c).item() == pytest.approx(
            bounds.contrast(joint, several).item(), abs=1e-9
        ), "which InfoNCE leaves free"


def test_infonce_in_training_and_held_out_stays_below_ln_b_however_high_the_mi():
    from core.estimators.infonce import InfoNCE
    from core.method import Source

    x, y = make("gaussian", rho=0.9999).sample(600, 0)  # 4.3 nats
    method = InfoNCE(negatives=7, batch_size=64, iterations=150, folds=2, learning_rate=0.01, device="cpu")
    seen = [step.info for step in method.steps(Source(x, y))]
    values = [info[name] for info in seen for name in ("mi", "mi_held_out") if name in info]
    assert max(values) <= math.log(8) + 1e-5 and max(values) > 0.8 * math.log(8)
    assert method.finish().mi_ <= math.log(8) + 1e-5
    assert "ln B" in " ".join(method.trust_.reasons)


def test_the_gradient_of_infonce_is_that_of_its_formula_also_where_candidates_lie_hundreds_apart():
    g = torch.Generator().manual_seed(3)
    for scale in (1.0, 200.0):
        matrix = (scale * torch.randn(2, 5, 7, generator=g).double()).requires_grad_()
        written_out = (matrix.diagonal(dim1=1, dim2=2) - matrix.logsumexp(-1) + math.log(7)).mean(-1)
        assert torch.allclose(bounds.infonce(matrix), written_out, atol=1e-12)
        weights = torch.tensor([1.0, -2.0]).double()
        gradients = [
            torch.autograd.grad((weights * f).sum(), matrix, retain_graph=True)[0]
            for f in (bounds.infonce(matrix), written_out)
        ]
        assert torch.allclose(*gradients, atol=1e-15)
