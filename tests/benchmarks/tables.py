"""The table workbench: all pairs of columns against other programs, and what p-values, kinds and width cost."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from core import mi_matrix
from tests.benchmarks import _report

K, THREADS = 5, 2
Row = tuple[str, str, str, str]


def correlated(n: int, d: int, seed: int = 0) -> pd.DataFrame:
    """Columns that share some of four hidden causes, bent in various ways."""
    rng = np.random.default_rng(seed)
    causes = rng.normal(size=(n, 4))
    columns = {}
    for i in range(d):
        cause = causes[:, i % 4] * (i % 3)
        columns[f"c{i}"] = (np.tanh(cause), cause**2, cause)[i % 3] + rng.normal(size=n)
    return pd.DataFrame(columns)


def mixed(n: int, d: int) -> pd.DataFrame:
    """Of five columns one of names, one of whole numbers, one rounded, and one with missing values."""
    frame, rng = correlated(n, d), np.random.default_rng(1)
    for i, name in enumerate(frame.columns):
        values = frame[name].to_numpy()
        if i % 5 == 0:
            names = np.array(["red", "green", "blue", "white", "black"])
            frame[name] = pd.Categorical(names[np.digitize(values, [-1.0, 0.0, 0.5, 1.0])])
        elif i % 5 == 1:
            frame[name] = np.clip(np.round(values), -3, 3).astype(int)
        elif i % 5 == 2:
            frame[name] = values.round(1)
        elif i % 5 == 3:
            frame[name] = np.where(rng.random(n) < 0.05, np.nan, values)
    return frame


def seconds(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """On the clock, and of the processor in all threads together: the second hardly knows of other work on the machine."""
    began, cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - began, time.process_time() - cpu, found


def pairs() -> Iterator[Row]:
    """20 columns × 10,000 rows, 190 pairs by nearest neighbours."""
    from sklearn.feature_selection import mutual_info_regression

    frame = correlated(10_000, 20)
    values = frame.to_numpy()
    mi_matrix(frame.iloc[:500, :3])
    ours, cpu, found = seconds(lambda: mi_matrix(frame, k=K, n_jobs=THREADS))
    yield "mi_matrix, 190 pairs, with intervals, trust and p-values", f"{cpu:.1f} s of processor", "", f"{ours:.1f}"
    np.random.seed(0)  # scikit-learn's noise
    loop, loop_cpu, theirs = seconds(
        lambda: np.array(
            [
                mutual_info_regression(values[:, [i]], values[:, j], n_neighbors=K)[0]
                for i in range(20)
                for j in range(i + 1, 20)
            ]
        )
    )
    own = found.mi.to_numpy()[np.triu_indices(20, 1)]
    yield "a loop over mutual_info_regression", _ratio(loop / ours, loop_cpu / cpu), "≥ 2.5", f"{loop:.1f}"
    yield "largest difference between the two", f"{np.abs(own.clip(0) - theirs).max():.3f} nats", "", ""
    try:
        import ennemi
    except ImportError:
        yield "ennemi is not installed", "", "≥ 2", ""
        return
    took, their_cpu, _ = seconds(lambda: ennemi.pairwise_mi(frame, k=K, max_threads=THREADS))
    yield f"ennemi's pairwise_mi, {THREADS} threads", _ratio(took / ours, their_cpu / cpu), "≥ 2", f"{took:.1f}"


def _ratio(clock: float, cpu: float) -> str:
    return f"{clock:.2f} × as long, {cpu:.2f} × the processor's time"


def kinds() -> Iterator[Row]:
    """50 columns of several kinds × 2,000 rows."""
    frame = mixed(2_000, 50)
    took, _, found = seconds(lambda: mi_matrix(frame))
    yield f"50 mixed columns × 2,000 rows, {len(found.long):,} pairs", f"{took:.1f} s", "≤ 30 s", f"{took:.1f}"


def wide() -> Iterator[Row]:
    """200 columns × 5,000 rows."""
    frame = correlated(5_000, 200)
    took, _, found = seconds(lambda: mi_matrix(frame))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    said = f"{took:.0f} s, {held:.2f} GiB at most"
    yield f"200 columns × 5,000 rows, {len(found.long):,} pairs", said, "≤ 180 s, ≤ 2 GiB", f"{took:.1f}"


def critics() -> Iterator[Row]:
    """20 columns × 10,000 rows, 190 pairs by critics of a batched network."""
    frame = correlated(10_000, 20)
    mi_matrix(frame.iloc[:200, :3], method="mine", iterations=5)
    near = mi_matrix(frame).mi.to_numpy()
    for method in ("mine", "smile", "infonce"):
        took, cpu, found = seconds(lambda method=method: mi_matrix(frame, method=method, n_jobs=THREADS))  # type: ignore[misc]
        apart = float(np.nanmax(np.abs(found.mi.to_numpy() - near)))
        said = f"{took:.0f} s, {cpu:.0f} s of processor, at most {apart:.3f} nats from nearest neighbours"
        yield f"mi_matrix, method={method!r}, {len(found.long)} pairs", said, "≤ 60 s", f"{took:.1f}"


if __name__ == "__main__":
    _report.parts(
        "Matrices of column pairs",
        f"Nearest neighbours, k = {K}. The other programs estimate the same pairs in the same run, without intervals, trust or "
        "p-values.",
        {"pairs": pairs, "kinds": kinds, "wide": wide, "critics": critics},
    )
