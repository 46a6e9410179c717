"""What nearest neighbours find in columns that are independent: mean, deviation and skewness for each k and number of rows.

It makes `core/analysis/independent_columns.csv`: python -m tests.benchmarks.independent_columns > core/analysis/independent_columns.csv
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import skew

from core import neighbours

NEIGHBOURS = (1, 2, 3, 4, 5, 7, 10, 15, 20)
ROWS = (10, 12, 15, 20, 30, 45, 70, 110, 180, 300, 600, 1_200, 2_500, 5_000)
WORK = 1_500_000  # rows in all for each size,
MOST = 4_000  # and samples at most


def drawn(n: int, k: int, samples: int, seed: int) -> np.ndarray:
    """Estimates from so many samples of n rows: of ranks alone, which is all that normal scores know of a column."""
    rng, scores = np.random.default_rng([seed, n, k]), ndtri(np.arange(1, n + 1) / (n + 1))[:, None]
    return np.array([neighbours.ksg(scores, rng.permutation(scores), k)[0].mean() for _ in range(samples)])


def main() -> None:
    print("k,n,samples,mean,deviation,skewness")
    for k in NEIGHBOURS:
        for n in ROWS:
            if n > k + 1:
                found = drawn(n, k, min(MOST, WORK // n), seed=0)
                print(f"{k},{n},{len(found)},{found.mean():.6f},{found.std(ddof=1):.6f},{skew(found):.4f}", flush=True)


if __name__ == "__main__":
    main()
