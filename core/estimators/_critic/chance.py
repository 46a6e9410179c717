"""What a critic would have said of its held-out rows, had they other partners: as they have by chance alone."""

from __future__ import annotations

import math

from core.estimators._critic.scores import Scores
from core.method import Array

_FEWEST = 4  # other partners of each row, below which their deviation is hardly known


def surrogates(scores: Scores, mi: float) -> Array | None:
    """Estimates in nats of as many sets of rows without dependence as the scores know; None where they are too few to tell.

    mi: the estimate, E_p[T] − log E_q[exp T] or what stands for it. A shift of a fold's rows gives each another partner, which
    is a permutation of one side: it changes the mean of T alone, and nobody trains again. A critic has not seen the rows of its
    fold, so that where the sides are independent all permutations are as likely as the one that was found, whatever it has
    learned. Folds are pooled: what is returned deviates as their mean and the mean of the shifts do.

    References: Lopez-Paz & Oquab (2017), Revisiting classifier two-sample tests, arXiv:1610.06545 (tests by what is held out).
    """
    shifted = scores.marginal.mean(2)  # (k, s)
    k, s = shifted.shape
    if s < _FEWEST:
        return None
    centre = shifted.mean(1, keepdim=True)
    wider = math.sqrt((s + 1) / (s - 1) / k)
    drawn = mi - float((scores.joint.mean(1) - centre[:, 0]).mean()) + wider * (shifted - centre)
    found: Array = drawn.flatten().double().cpu().numpy()
    return found
