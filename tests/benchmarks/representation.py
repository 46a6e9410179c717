"""Deep InfoMax: exact figures of its terms, and what its features are worth on pictures never trained on.

`python -m tests.benchmarks.representation [PART …]` with the parts exact, mnist, cifar, small, cuda; all of them where none is
named. MNIST and CIFAR-10 are looked for where the program keeps its downloads; where CIFAR-10 is not there, `cifar` takes
JPEG copies of it from the reference data and says so. Processor seconds are those of all threads divided by their number:
what an idle machine would take.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from core.data.images import here, image_source
from core.encoders import DIM
from core.encoders.dim import OBJECTIVES
from core.evaluation import dependence, probes
from core.method import Array, Source
from tests.benchmarks import _report
from tests.reference import reference

Row = list[Any]
CIFAR = {"flip": True}  # photographs have no right and left; all else is default


def exact() -> Iterator[Row]:
    loss = float(-OBJECTIVES["jsd"](torch.zeros(1, 100), torch.zeros(1, 99, 100)))
    yield ["JSD loss of T = 0", f"{loss:.6f}", f"2 ln 2 = {2 * math.log(2):.6f}", ""]
    rng, found = np.random.default_rng(0), {}
    z = rng.normal(size=(20_000, 2))
    pair = np.column_stack([z[:, 0], 0.8 * z[:, 0] + 0.6 * z[:, 1]])
    for name, rows in {"a pair with ρ = .8": pair, "independent columns": z}.items():
        began = time.perf_counter()
        found[name] = dependence.ndm(rows[:12_000], rows[12_000:]), time.perf_counter() - began
    for name, target in {"a pair with ρ = .8": ".511 ± .03", "independent columns": "< .02"}.items():
        yield [f"NDM of {name}, nats", f"{found[name][0]:.4f}", target, f"{found[name][1]:.1f}"]


def _pictures(source: Source) -> tuple[Array, Array, Array, Array]:
    assert source.labels is not None and source.test is not None and source.test.labels is not None
    return source.x[:10_000], source.labels[:10_000], source.test.x, source.test.labels


def _cifar() -> tuple[str, Source]:
    """What the pictures are called, and 10,000 of them with all test pictures."""
    if here("cifar10"):
        return "CIFAR-10", image_source("cifar10", n=10_000)
    copies = reference("data/cifar10-jpeg.zip")
    return "CIFAR-10 as JPEG", image_source(str(copies), n=10_000)


def _scored(features: Callable[[Array], Array], data: tuple[Array, ...]) -> float:
    x, labels, test, truth = data
    return probes.probe(features(x), labels, features(test), truth, ["linear"])["linear"].test


def _linear(method: Any, data: tuple[Array, ...]) -> float:
    return _scored(method.transform, data)


def _plain(data: tuple[Array, ...]) -> float:
    return _scored(lambda x: x.reshape(len(x), -1) / np.float32(255), data)


def _untrained(method: DIM, data: tuple[Array, ...]) -> float:
    network = method._made(torch.Generator().manual_seed(method.seed())).eval()
    return _scored(lambda x: method._features(x, network), data)


def _trained(data: tuple[Array, ...], seed: int, **more: Any) -> tuple[DIM, str]:
    """A default run, and its seconds by the clock and by the processor."""
    began, used = time.perf_counter(), time.process_time()
    method = DIM(random_state=seed, **more).fit(data[0])
    spent = (time.process_time() - used) / torch.get_num_threads()
    return method, f"{time.perf_counter() - began:.0f} (processor {spent:.0f})"


def mnist() -> Iterator[Row]:
    data, scores, fits = _pictures(image_source("mnist")), [], []
    seconds = ""
    for seed in range(5):
        method, seconds = _trained(data, seed)
        scores.append(_linear(method, data))
        fits.append(method.figures_["prior_ks"])
        print(f"<!-- seed {seed}: {scores[-1]:.4f}, KS {fits[-1]:.3f}, {seconds} s -->", flush=True)
    figures = f"mean {np.mean(scores):.4f}, worst {min(scores):.4f}, best {max(scores):.4f}"
    yield ["10,000 of MNIST, linear probe on y(64), seeds 0–4", figures, "≥ .98, never < .97, 120 s", seconds]
    yield ["… prior, mean KS distance of σ(y), the worst", f"{max(fits):.3f}", "< .25", ""]


def cifar() -> Iterator[Row]:
    name, source = _cifar()
    data = _pictures(source)
    method, seconds = _trained(data, 0, **CIFAR)
    found = _linear(method, data)
    random = _untrained(method, data)
    colour = method.view("colour")
    figure = f"{found:.4f}, random encoder {random:.4f}"
    yield [f"10,000 of {name}, linear probe on y(64)", figure, "≥ .10 above the random encoder, 600 s", seconds]
    explained, moved = float(np.mean(colour["explained"])), float(colour["grey_moves"])
    yield [
        "… variance of mean colour that y explains; how far y moves in grey",
        f"{explained:.2f}; {moved:.2f}",
        "",
        "",
    ]


def small() -> Iterator[Row]:
    """Sets of the size that people have themselves: of three classes or all ten, spread over the training pictures."""
    name, source = _cifar()
    x, labels, test, truth = _pictures(source)
    for n, classes in ((60, (0, 1, 7)), (200, range(10)), (500, range(10))):
        rows, scored = (np.flatnonzero(np.isin(y, list(classes))) for y in (labels, truth))
        rows, scored = (
            np.random.default_rng(0).permutation(rows)[:n],
            np.random.default_rng(0).permutation(scored)[:2_000],
        )
        data = x[rows], labels[rows], test[scored], truth[scored]
        method, seconds = _trained(data, 0)
        steps = method.history_[-1].index
        raw, random = _plain(data), _untrained(method, data)
        figure = f"{_linear(method, data):.3f}, raw values {raw:.3f}, random encoder {random:.3f}"
        yield [f"{n} of {name}, {len(classes)} classes, {steps} steps", figure, "above both", seconds]


def cuda() -> Iterator[Row]:
    what = "all of CIFAR-10, CUDA, linear probe on y(64)"
    if not torch.cuda.is_available():
        yield [what, "not measured on a GPU", "≥ .60, 600 s (published .691 by InfoNCE)", ""]
        return
    source = image_source("cifar10")
    data = source.x, source.labels, source.test.x, source.test.labels  # type: ignore[union-attr]
    method, seconds = _trained(data, 0, device="cuda", width=64, epochs=60, **CIFAR)  # type: ignore[arg-type]
    yield [what, f"{_linear(method, data):.4f}", "≥ .60, 600 s (published .691 by InfoNCE)", seconds]  # type: ignore[arg-type]


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "exact": exact,
    "mnist": mnist,
    "cifar": cifar,
    "small": small,
    "cuda": cuda,
}

if __name__ == "__main__":
    _report.parts(
        "Deep InfoMax", "Test pictures are never trained on; settings were chosen on held-out training pictures.", PARTS
    )
