"""How far two clusterings of the same rows say the same, whatever their groups are called: NMI, AMI, ARI, VI.

With the counts n_ij of rows in group i of one and group j of the other, a_i and b_j their sums, n rows in all, entropies
and information are those of the table n_ij / n, in nats.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from scipy.special import gammaln

from core.arrays import plain
from core.evaluation.assignment import CELLS, groups
from core.information import entropy, joint_entropy, mutual_information
from core.method import Array
from core.sentences import Sentence

_LEAST = float(np.finfo(float).eps)  # scikit-learn's guard of the two cases in which chance alone explains everything


def agreement(first: Any, second: Any) -> dict[str, float]:
    """ "nmi", "ami", "ari" (1 for equal clusterings) and "vi" (nats, 0 for equal ones) of two lists of labels (n,).

    Labels may be of any kind. Errors: ValueError unless both are lists of one length with at least one row.
    """
    counts = table(first, second)
    return {"nmi": nmi(counts), "ami": ami(counts), "ari": ari(counts), "vi": vi(counts)}


def table(first: Any, second: Any) -> Array:
    """The counts (k, m) of rows in each pair of groups; no row and no column of it is empty. Errors: ValueError."""
    first, second = np.asarray(plain(first)), np.asarray(plain(second))
    if first.ndim != 1 or first.shape != second.shape or not len(first):
        raise ValueError(
            Sentence(
                "two clusterings must be two equally long lists with at least one row, "
                "but their shapes are {first} and {second}",
                first=first.shape,
                second=second.shape,
            )
        )
    (one, i), (other, j) = (groups(side, "a clustering") for side in (first, second))
    if len(one) * len(other) > CELLS:
        raise ValueError(
            Sentence(
                "the clusterings have {n_first:,} and {n_second:,} groups, a table of more than {cells:,} cells: give labels "
                "of groups, not measurements",
                n_first=len(one),
                n_second=len(other),
                cells=CELLS,
            )
        )
    return np.bincount(i * len(other) + j, minlength=len(one) * len(other)).reshape(len(one), -1)


def nmi(counts: Array) -> float:
    """2 I / (H + H′), from 0 to 1; it grows with the number of groups, also by chance. counts: as `table` gives them.

    References: A. Strehl, J. Ghosh (2002), JMLR 3, 583.
    """
    information, mean = _parts(counts)
    return information / mean if mean else 1.0


def ami(counts: Array) -> float:
    """(I − E[I]) / (½ (H + H′) − E[I]), the mean over random clusterings with the same sizes: 0 is chance, 1 the same.

    References: N. X. Vinh, J. Epps, J. Bailey (2010), JMLR 11, 2837, eq. 24a and its mean of entropies.
    """
    if counts.shape == (1, 1):
        return 1.0
    if 1 in counts.shape:
        return 0.0
    (information, mean), chance = _parts(counts), _by_chance(counts)
    above, most = (np.copysign(max(abs(v), _LEAST), v) for v in (information - chance, mean - chance))
    return float(above / most)


def ari(counts: Array) -> float:
    """(R − E[R]) / (1 − E[R]) of the Rand index R, the share of pairs of rows on which both agree: 0 is chance.

    References: L. Hubert, P. Arabie (1985), Journal of Classification 2, eq. 5.
    """
    # Python's whole numbers: products of pairs leave 64 bits at some hundred thousand rows.
    n = int(counts.sum())
    both, one, other = (int((c.astype(object) * (c - 1)).sum()) for c in (counts, counts.sum(1), counts.sum(0)))
    if one == both == other:
        return 1.0
    # Multiplied by n (n − 1), so that only the last division rounds.
    expected, pairs = one * other, n * (n - 1)
    return 2 * (both * pairs - expected) / ((one + other) * pairs - 2 * expected)


def vi(counts: Array) -> float:
    """H(L | C) + H(C | L) = H + H′ − 2 I in nats: a metric between partitions, 0 for equal ones.

    References: M. Meilă (2007), Comparing clusterings, J. Multivariate Analysis 98, eq. 16.
    """
    p = counts / counts.sum()
    return max(0.0, 2 * joint_entropy(p) - entropy(p.sum(1)) - entropy(p.sum(0)))


def _parts(counts: Array) -> tuple[float, float]:
    """I and ½ (H + H′) in nats."""
    p = counts / counts.sum()
    return mutual_information(p), (entropy(p.sum(1)) + entropy(p.sum(0))) / 2


def _by_chance(counts: Array) -> float:
    """E[I] over all tables with these margins: n_ij is hypergeometric. Pairs of equal sizes are worked out once."""
    n = counts.sum()
    rows, columns = (np.unique(sizes, return_counts=True) for sizes in (counts.sum(1), counts.sum(0)))
    log = gammaln(np.arange(n + 2))  # log[m + 1] = ln m!
    total = 0.0
    for (a, times), (b, again) in product(zip(*rows, strict=True), zip(*columns, strict=True)):
        k = np.arange(max(1, a + b - n), min(a, b) + 1)
        chance = log[a + 1] + log[b + 1] + log[n - a + 1] + log[n - b + 1] - log[n + 1]
        chance = chance - log[k + 1] - log[a - k + 1] - log[b - k + 1] - log[n - a - b + k + 1]
        total += times * again * float((k / n * (np.log(n * k) - np.log(a * b)) * np.exp(chance)).sum())
    return total
