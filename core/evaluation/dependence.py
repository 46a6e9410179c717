"""How much features repeat each other: a discriminator between their rows and rows whose columns were shuffled apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from scipy.stats import norm, rankdata
from torch import Tensor
from torch.nn import functional as F

from core.arrays import mean_and_deviation, standardised
from core.learning.bounds import dv
from core.learning.layers import BatchedMLP, one_stream
from core.method import Array

HIDDEN, BATCH, STEPS, LOOK, RATE = 64, 512, 300, 25, 5e-3
SHUFFLES = 10  # of the scored rows: the average of exp T needs more than the average of T


def ndm(train: Any, test: Any, random_state: int = 0, steps: int = STEPS) -> float:
    """Neural dependency measure: the Kullback–Leibler divergence, in nats, of rows (n, d) from rows with independent columns.

    0 where the columns are independent, the mutual information of two columns, of more their total correlation. A small
    network is trained on the rows of `train`, kept where it is best on a quarter of them, and scored by Donsker–Varadhan
    on those of `test`: a lower bound on average, and never above the logarithm of the number of shuffled rows, ten for each
    of `test`: of more, no sample of that size can tell. References: R. D. Hjelm et al. (2019), arXiv:1808.06670, section 4.3.
    """
    train, test = (np.asarray(side, dtype=np.float64) for side in (train, test))
    mean, spread = mean_and_deviation(train)
    known = spread > 0  # a constant column depends on nothing
    if known.sum() < 2 or len(train) < 4 or len(test) < 2:
        return 0.0
    fit, score = (
        torch.as_tensor(standardised(side[:, known], mean[known], spread[known]), dtype=torch.float32)
        for side in (train, test)
    )
    generator = torch.Generator().manual_seed(random_state)
    fit = fit[torch.randperm(len(fit), generator=generator)]
    fit, kept = fit[len(fit) // 4 :], fit[: len(fit) // 4]
    net = _discriminator(fit.shape[1], generator)
    best, weights = 0.0, {name: w.clone() for name, w in net.state_dict().items()}
    adam = torch.optim.Adam(net.parameters(), lr=RATE)
    for step in range(steps):
        rows = fit[torch.randint(len(fit), (min(BATCH, len(fit)),), generator=generator)]
        real, fake = _scores(net, rows, shuffled(rows, generator))
        adam.param_groups[0]["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
        adam.zero_grad()
        (F.softplus(-real).mean() + F.softplus(fake).mean()).backward()
        adam.step()
        if step % LOOK == LOOK - 1 and (found := _bound(net, kept, generator)) > best:
            best, weights = found, {name: w.clone() for name, w in net.state_dict().items()}
    net.load_state_dict(weights)
    return _bound(net, score, generator)


def shuffled(rows: Tensor, generator: torch.Generator) -> Tensor:
    """The same columns, each in a random order of its own."""
    return rows.gather(0, torch.rand(rows.shape, generator=generator).argsort(0))


def of_pairs(features: Any) -> Array:
    """Information of each pair of columns of (n, d) as far as ranks show it, −½ ln(1 − r²) nats of their normal scores:
    (d, d), 0 on the diagonal."""
    rows = np.asarray(features, dtype=np.float64)
    scores = norm.ppf((rankdata(rows, axis=0) - 0.5) / len(rows))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.nan_to_num(np.atleast_2d(np.corrcoef(scores, rowvar=False)))
    np.fill_diagonal(r, 0.0)
    return -0.5 * np.log1p(-np.minimum(r**2, 1 - 1e-9))


def _discriminator(d: int, generator: torch.Generator) -> BatchedMLP:
    net = BatchedMLP([d, HIDDEN, HIDDEN, 1], "elu", one_stream(1, generator))
    for last in net.layers[-1].parameters():  # it begins with T = 0, by which everything is independent
        torch.nn.init.zeros_(last)
    return net


def _scores(net: BatchedMLP, rows: Tensor, apart: Tensor) -> tuple[Tensor, Tensor]:
    scores = net(torch.cat([rows, apart])[None])[0, :, 0]
    return scores[: len(rows)], scores[len(rows) :]


@torch.no_grad()
def _bound(net: BatchedMLP, rows: Tensor, generator: torch.Generator) -> float:
    apart = torch.cat([shuffled(rows, generator) for _ in range(SHUFFLES)])
    return min(float(dv(*_scores(net, rows, apart))), math.log(len(apart)))
