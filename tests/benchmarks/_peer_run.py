"""One estimate by one package, as a process of its own: a line "seconds mi" at each look at held-out rows, then "end mi".

    python _peer_run.py PACKAGE METHOD FILE.npz CAP

It is run by the interpreter of the package's own environment, and imports nothing else of this project. Seconds are of the
processor, from the call of the package on; imports are not counted, compilation is. It ends at CAP seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Look = Callable[[float], None]


def infoscope(method: str, x: Any, y: Any) -> Callable[[Look], float]:
    """Defaults without early stopping."""
    import torch._dynamo  # noqa: F401  # an import that torch leaves to the first step

    from core import discover
    from core.method import Source

    estimator = discover.load("estimators", method)(random_state=0, **({} if method == "auto" else {"patience": 0}))

    def run(look: Look) -> float:
        for step in estimator.steps(Source(x, y)):
            if "mi_held_out" in step.info:
                look(step.info["mi_held_out"])
        return float(estimator.finish().mi_)

    return run


def benchmark_mi(method: str, x: Any, y: Any) -> Callable[[Look], float]:
    """Defaults; its estimate is the best held-out value so far, and so is that of a look."""
    import bmi
    from bmi.estimators.neural import _training_log

    estimator = {"mine": bmi.estimators.MINEEstimator, "infonce": bmi.estimators.InfoNCEEstimator}[method](
        verbose=False
    )

    def run(look: Look) -> float:
        log = _training_log.TrainingLog.log_test_mi

        def looked(self: Any, step: int, mi: Any) -> None:
            log(self, step, float(mi))
            look(float(self._mi_test_best))

        _training_log.TrainingLog.log_test_mi = looked
        return float(estimator.estimate(x, y))

    return run


def torch_mist(method: str, x: Any, y: Any) -> Callable[[Look], float]:
    """Defaults: a tenth of the rows is held out, and an estimate is of these."""
    import torch
    from torch_mist import estimate_mi
    from torch_mist.utils.train import model

    torch.manual_seed(0)
    torch.set_num_threads(1)
    validate, seen = model.validate, []

    def run(look: Look) -> float:
        def looked(*given: Any, **more: Any) -> float:
            seen.append(float(validate(*given, **more)))
            look(seen[-1])
            return seen[-1]

        model.validate = looked
        data = {"x": x.astype("float32"), "y": y.astype("float32")}
        estimate_mi(data, estimator=method, test_data=False, verbose=False, logger=False)
        return seen[-1]

    return run


PACKAGES = {"infoscope": infoscope, "benchmark-mi": benchmark_mi, "torch-mist": torch_mist}


def main() -> None:
    package, method, path, cap = sys.argv[1:]
    with np.load(path) as file:
        run = PACKAGES[package](method, file["x"], file["y"])
    began = time.process_time()

    def look(mi: float) -> None:
        spent = time.process_time() - began
        print(f"{spent:.3f} {mi:.6f}", flush=True)
        if spent > float(cap):
            sys.exit(0)

    final = run(look)
    print(f"{time.process_time() - began:.3f} {final:.6f}\nend {final:.6f}", flush=True)


if __name__ == "__main__":
    main()
