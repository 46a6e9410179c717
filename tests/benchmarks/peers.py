"""Neural estimators beside those of other packages, method against the same method: seconds until they stay at the truth.

    python -m tests.benchmarks.peers               all three tasks
    python -m tests.benchmarks.peers 1 student     one sample of each in place of three; some of gaussian, channel, student

Each package is installed into an environment of its own, below the folder that INFOSCOPE_PEERS names or a folder of the
user's cache, which takes minutes the first time. One that cannot be installed is named and left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.distributions import Distribution, make
from tests.benchmarks import _report

N, SAMPLES, CAP = (
    10_000,
    3,
    300.0,
)  # rows, samples with the seeds 0, 1, …, and processor seconds after which a run is ended
WITHIN = 0.05
RUN = Path(__file__).with_name("_peer_run.py")
# What other releases need of each other keeps them from being installed beside the project or beside one another.
PINS = {
    "benchmark-mi": ("benchmark-mi==0.1.3", "jax==0.4.26", "jaxlib==0.4.26", "scipy<1.13"),
    "torch-mist": ("torch-mist==0.2.17", "torch==2.13.0", "pandas==2.2.3"),
}
METHODS = {"mine": ("benchmark-mi", "torch-mist"), "infonce": ("benchmark-mi", "torch-mist"), "smile": ("torch-mist",)}
TASKS: dict[str, tuple[str, Distribution]] = {
    "gaussian": ("Gaussian, ρ = .8", make("gaussian", rho=0.8)),
    "channel": ("channel, d = 3", make("channel", power=3.0, noise=0.2, dimension=3)),
    "student": ("Student-t, 2 × 2, ν = 2", make("student", columns_x=2, columns_y=2)),
}


class Reached(NamedTuple):
    """Processor seconds from which on every look is within 5 % (None: never), those of the whole run, and the last figure."""

    seconds: float | None
    whole: float
    final: float


def installed(package: str) -> str | None:
    """The interpreter of the package's environment, which is made where it is missing; None where that fails."""
    root = Path(os.environ.get("INFOSCOPE_PEERS") or Path.home() / ".cache" / "infoscope-peers") / package
    python = root / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    known = root / "installed"
    if known.exists() and known.read_text(encoding="utf-8") == " ".join(PINS[package]):
        return str(python)
    venv.create(root, with_pip=True, clear=True)
    done = subprocess.run([python, "-m", "pip", "install", "-q", *PINS[package]], capture_output=True, text=True)
    if done.returncode:
        print(f"{package} could not be installed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}\n")
        return None
    known.write_text(" ".join(PINS[package]), encoding="utf-8")
    return str(python)


def reached(python: str, package: str, method: str, path: Path, truth: float) -> Reached | str:
    """What one run gives; a sentence where it failed."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    threads["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    threads["PYTHONPATH"] = str(RUN.parents[2]) if package == "infoscope" else ""
    command = [python, str(RUN), package, method, str(path), str(CAP)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | threads)
    looks = [line.split() for line in done.stdout.splitlines() if line[:1].isdigit() and len(line.split()) == 2]
    if done.returncode or not looks:
        return f"failed: {(done.stderr.strip().splitlines() or ['no figure'])[-1][:80]}"
    since = None
    for seconds, mi in ((float(a), float(b)) for a, b in looks):
        since = (since or seconds) if abs(mi - truth) <= WITHIN * truth else None
    return Reached(since, float(looks[-1][0]), float(looks[-1][1]))


def median(runs: list[Reached | str]) -> tuple[str, float | None]:
    """A cell, and the median seconds where most of the runs reached the truth."""
    known = [run for run in runs if isinstance(run, Reached)]
    if len(known) < len(runs):
        return next(run for run in runs if isinstance(run, str)), None
    times = sorted(np.inf if run.seconds is None else run.seconds for run in known)
    middle, final = times[len(times) // 2], np.median([run.final for run in known])
    if np.isfinite(middle):
        return f"{middle:.1f} s ({final:.3f})", float(middle)
    whole = np.median([run.whole for run in known])
    return f"not reached: ends at {final:.3f} after {whole:.0f} s", None


def rows(chosen: list[str], samples: int, pythons: dict[str, str | None]) -> Iterator[list[Any]]:
    """A line a task and method: this project's seconds, each peer's, and how many times as long it takes."""
    for name in chosen:
        title, joint = TASKS[name]
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{seed}.npz" for seed in range(samples)]
            for seed, path in enumerate(files):
                np.savez(path, **dict(zip("xy", joint.sample(N, seed), strict=True)))

            def of(
                python: str, package: str, method: str, files=files, truth=joint.true_mi
            ) -> tuple[str, float | None]:  # type: ignore[no-untyped-def]
                return median([reached(python, package, method, path, truth) for path in files])

            for method, packages in METHODS.items():
                said, own = of(sys.executable, "infoscope", method)
                cells = []
                for package in PINS:
                    python = pythons[package] if package in packages else None
                    cell, theirs = of(python, package, method) if python else (_absent(package, packages), None)
                    times = f", {theirs / own:.1f} ×" if own and theirs else ""
                    cells.append(cell + times)
                yield [title, f"{joint.true_mi:.3f}", method, said, *cells]
            yield [
                title,
                f"{joint.true_mi:.3f}",
                "auto",
                of(sys.executable, "infoscope", "auto")[0],
                *("" for _ in PINS),
            ]


def _absent(package: str, packages: tuple[str, ...]) -> str:
    return "not installed" if package in packages else "has none"


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    samples = numbers[0] if numbers else SAMPLES
    chosen = [word for word in sys.argv[1:] if not word.isdigit()] or list(TASKS)
    if unknown := [name for name in chosen if name not in TASKS]:
        sys.exit(f"there is no task {unknown[0]!r}; choose of {', '.join(TASKS)}")
    _report.head(
        "Seconds until the held-out estimate stays within 5 % of the truth, beside other packages",
        f"n = {N:,}, the same rows for all, the median of {samples} samples; processor seconds on one thread "
        f"from the call on, compilation counted, imports not; in brackets the last estimate. Every package with its defaults; "
        f"a run is ended after {CAP:.0f} s. " + "; ".join(f"{name}: {' '.join(pins)}" for name, pins in PINS.items()),
    )
    pythons = {package: installed(package) for package in PINS}
    _report.table(["task", "truth", "method", "infoscope", *PINS], rows(chosen, samples, pythons))


if __name__ == "__main__":
    main()
