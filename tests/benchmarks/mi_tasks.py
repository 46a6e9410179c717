"""`auto` on the forty frozen tasks of "Beyond Normal", on fresh samples of them, and on tasks that no route was made for.

    python -m tests.benchmarks.mi_tasks              the frozen files, and the ten others
    python -m tests.benchmarks.mi_tasks fresh 2000 1 the forty sampled anew: 2,000 rows, seed 1
    python -m tests.benchmarks.mi_tasks calibration  how often verdict and interval are right; 500 2000 for some sizes alone
    python -m tests.benchmarks.mi_tasks extremes     5 and 6 nats, no dependence, rounded values
    python -m tests.benchmarks.mi_tasks stored       several estimators on the frozen files, into assets/bench/infoscope.csv
    python -m tests.benchmarks.mi_tasks million      a million pairs: seconds, and the peak of memory of a process of its own

The frozen files are those of the folder that INFOSCOPE_REFERENCE names.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from core import estimate_mi
from core.distributions import Distribution, make, tasks
from tests.benchmarks import _mi_calibration, _report

Sample = tuple[str, float, Callable[[], tuple[np.ndarray, np.ndarray]]]
N = 10_000

# No route has the form of these: waves, stripes, fans, two relations in one, counts, much information, many columns.
OTHERS: dict[str, Callable[[], Distribution]] = {
    "wave, 4 periods, noise .2": lambda: make("periodic"),
    "modular, 3 turns, noise .2": lambda: make("modular"),
    "noise as wide as x says": lambda: make("fan"),
    "two Gaussians crossed, ρ = ±.9": lambda: make("gaussian_mixture"),
    "inliers: half of the rows unrelated": lambda: make("gaussian_mixture", other=0.0),
    "names against numbers": lambda: make("names_and_numbers"),
    "counts with excess zeros": lambda: make("zero_inflated_poisson"),
    "channel, 3 columns, 5.9 nats": lambda: make("channel", power=10, noise=0.2, dimension=3),
    "rotated 5 × 5 of wiggly": lambda: make("rotation", of={"name": "wiggly", "of": {"name": "multivariate_gaussian"}}),
    "sparse, 100 × 100": lambda: make("multivariate_gaussian", dimension=100, pairs=2, rho=0.8),
}


def frozen() -> Iterator[Sample]:
    root = os.environ.get("INFOSCOPE_REFERENCE")
    files = sorted((Path(root) / "bench" / "tasks").glob("*.npz")) if root else []
    if not files:
        sys.exit("INFOSCOPE_REFERENCE does not name a folder with bench/tasks/*.npz; the part 'fresh' needs none")
    for path in files:
        with np.load(path) as file:
            x, y = (file[side].reshape(len(file[side]), -1).astype(float) for side in "xy")
            yield path.stem, float(file["mi"]), lambda x=x, y=y: (x, y)


def drawn(known: dict[str, Distribution], n: int, seed: int) -> Iterator[Sample]:
    for name, joint in known.items():
        yield name, joint.true_mi, lambda joint=joint: joint.sample(n, seed)


def rows(samples: Iterator[Sample], found: list[tuple[float, bool, float, str]]) -> Iterator[list[str]]:
    """A line a task; what the summary needs goes into `found`."""
    for name, truth, sample in samples:
        e = estimate_mi(*sample())
        assert e.interval is not None
        (low, high), error = e.interval, e.mi - truth
        found.append((abs(error), low <= truth <= high, e.seconds, e.trust.level))
        interval = f"{low:.3f} … {high:.3f}"
        yield [
            name,
            f"{truth:.3f}",
            f"{e.mi:.3f}",
            interval,
            e.trust.level,
            str(e.said["route"]),
            f"{error:+.3f}",
            f"{e.seconds:.1f}",
        ]


def table(title: str, samples: Iterator[Sample]) -> None:
    found: list[tuple[float, bool, float, str]] = []
    print(f"\n{title}\n")
    _report.table(["task", "truth", "estimate", "95 %", "trust", "route", "error", "seconds"], rows(samples, found))
    errors, covered, seconds = (np.array(part) for part in list(zip(*found, strict=True))[:3])
    near, green = errors < 0.1, np.array([level == "green" for *_, level in found])
    share = lambda part, whole: f"{int((part & whole).sum())} of {int(whole.sum())}"  # noqa: E731
    print(
        f"\n{int(near.sum())} of {len(found)} within 0.1 nat, mean error {errors.mean():.4f}, worst {errors.max():.3f}; the interval "
        f"holds the truth in {int(covered.sum())}; green: {share(green, near)} within 0.1 nat, {share(green, ~near)} of the others; "
        f"median {np.median(seconds):.1f} s, longest {seconds.max():.1f} s"
    )


def stored(methods: Sequence[str]) -> Iterator[list[str]]:
    """A line for each estimator; what the arena shows beside other programs goes into its file, of which it replaces
    the same estimators'."""
    file = Path(__file__).resolve().parents[2] / "assets" / "bench" / "infoscope.csv"
    kept = pd.read_csv(file) if file.exists() else pd.DataFrame()
    for method in methods:
        found = []
        for task, truth, sample in frozen():
            e = estimate_mi(*sample(), method)
            figures = (truth, e.mi, abs(e.mi - truth))
            found.append(("Infoscope", method, task, N, *(round(value, 5) for value in figures), round(e.seconds, 2)))
        new = pd.DataFrame(found, columns=["tool", "method", "task", "n", "true", "estimate", "abs_err", "seconds"])
        kept = pd.concat([kept[kept["method"] != method] if len(kept) else kept, new])
        kept.to_csv(file, index=False)
        near, error = int((new["abs_err"] < 0.1).sum()), new["abs_err"].mean()
        yield [method, f"{near} of {len(new)}", f"{error:.4f}", f"{new['seconds'].median():.1f}"]


def calibration(sizes: Sequence[int]) -> None:
    every = tasks() | {name: joint() for name, joint in OTHERS.items()}
    _report.table(_mi_calibration.HEAD, _mi_calibration.by_size(_mi_calibration.results(every, sizes)))
    print(f"\nρ = .5, n = 1,000, {_mi_calibration.SAMPLES} samples\n")
    _report.table(["method", "interval holds (92–98 %)", "mean error", "median width"], _mi_calibration.coverage())


_CHILD = """
import resource, sys
from core import estimate_mi
from core.distributions import make
joint = make("gaussian", rho=0.8)
x, y = joint.sample(1_000_000, 0)
e = estimate_mi(x, y, sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(f"{e.mi - joint.true_mi:+.4f}", f"{e.seconds:.1f}", f"{peak:.2f}", " ".join(map(str, e.said.get("skipped", []))), sep="|")
"""


def million() -> Iterator[list[str]]:
    """On Linux, where a process tells the peak of its memory in KiB."""
    for method in ("ksg", "auto"):
        found = subprocess.run([sys.executable, "-c", _CHILD, method], capture_output=True, text=True, check=True)
        yield [method, *found.stdout.strip().split("|")]


def main() -> None:
    part, *more = sys.argv[1:] or [""]
    _report.head(
        "`auto` on tasks with known MI", "n = 10,000 where nothing else is said, one call `estimate_mi(x, y)` a task."
    )
    if part in ("", "frozen"):
        table("Frozen tasks", frozen())
    if part in ("", "others"):
        table("Tasks that no route was made for", drawn({name: joint() for name, joint in OTHERS.items()}, N, 0))
    if part == "fresh":
        n, seed = int(more[0]) if more else N, int(more[1]) if len(more) > 1 else 1
        table(f"The forty sampled anew: n = {n:,}, seed {seed}", drawn(tasks(), n, seed))
    if part == "stored":
        columns = ["method", "within 0.1 nat", "mean error", "median s"]
        _report.table(columns, stored(more or ("auto", "ksg", "mine", "infonce")))
    if part == "calibration":
        calibration([int(n) for n in more] or _mi_calibration.SIZES)
    if part == "million":
        columns = ["method", "error", "seconds (≤ 120)", "peak GiB (≤ 3)", "left out"]
        _report.table(columns, million())
    if part == "extremes":
        columns = ["what", "truth", "estimate", "error", "allowed", "trust", "route", "seconds"]
        _report.table(columns, _mi_calibration.extremes(int(more[0]) if more else N))


if __name__ == "__main__":
    main()
