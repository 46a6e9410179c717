"""Clustering and representations: accuracy on pictures never trained on, how often runs fail, and speed.

`python -m tests.benchmarks.clustering [PART …]` with the parts mnist, all, digits, heads, mine, speed, cuda; all of
them where none is named. MNIST is looked for where the program keeps its downloads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from core.clusterers import IIC
from core.data.images import image_source
from core.encoders import MINE
from core.evaluation import probes
from core.evaluation.assignment import match
from core.method import Array, Source
from tests.benchmarks import _report

Row = list[Any]


def _mnist(n: int | None) -> tuple[Array, Array, Array, Array]:
    """The first n training pictures and their labels, and the test set's."""
    source = image_source("mnist")
    assert source.labels is not None and source.test is not None and source.test.labels is not None
    return source.x[:n], source.labels[:n], source.test.x, source.test.labels


def _held_out(method: IIC, x: Array, labels: Array, test: Array, truth: Array) -> float:
    """The lowest-loss head, its map fitted on training labels, scored on test pictures."""
    named = match(labels, method.labels_, method.n_clusters).predict(method.predict(test))
    return float((named == truth).mean())


def _several(name: str, data: tuple[Array, ...], seeds: range, target: str, **more: Any) -> Row:
    scores, seconds = [], []
    for seed in seeds:
        began = time.perf_counter()
        method = IIC(random_state=seed, **more).fit(data[0])
        seconds.append(time.perf_counter() - began)
        scores.append(_held_out(method, *data))
        print(f"<!-- {name}, seed {seed}: {scores[-1]:.4f} in {seconds[-1]:.1f} s -->", flush=True)
    figures = f"mean {np.mean(scores):.4f}, worst {min(scores):.4f}, best {max(scores):.4f}"
    return [f"{name}, seeds {seeds.start}–{seeds.stop - 1}", figures, target, f"{min(seconds):.0f}–{max(seconds):.0f}"]


def mnist() -> Iterator[Row]:
    yield _several("IIC, 10,000 of MNIST", _mnist(10_000), range(10), "mean ≥ .98, worst ≥ .97, 45 s")


def everything() -> Iterator[Row]:
    yield _several("IIC, all 60,000 of MNIST", _mnist(None), range(6), "worst ≥ .98, 360 s")


def digits() -> Iterator[Row]:
    source = image_source("digits")
    data = source.x, source.labels, source.x, source.labels
    yield _several("IIC, bundled digits (trained and scored on all)", data, range(10), "mean ≥ .95, worst ≥ .90, 45 s")


def heads() -> Iterator[Row]:
    """Twenty short runs: is the head that is chosen without labels a good one, and are failures told from successes?"""
    x, labels, test, truth = _mnist(4_000)
    source, near, flagged, began = Source(x, labels=labels), 0, 0, time.perf_counter()
    for seed in range(20):
        method = IIC(random_state=seed, epochs=8, heads=8)
        flagged += any(step.info.get("collapsed") for step in method.steps(source))
        method.finish()
        each = [_head_accuracy(method, head, x, labels, test, truth) for head in range(method.heads)]
        near += each[method.head_] >= max(each) - 0.01
    seconds = time.perf_counter() - began
    yield [
        "20 runs of 8 epochs on 4,000: chosen head within a point of the best",
        f"{near} of 20",
        "≥ 16",
        f"{seconds:.0f}",
    ]
    yield ["… of which some epoch was flagged as collapsed", f"{flagged} of 20", "0", ""]
    told = [
        any(step.info.get("collapsed") for step in IIC(random_state=seed, epochs=5, entropy_weight=0).steps(source))
        for seed in range(5)
    ]
    yield ["5 runs with entropy weight 0: flagged within 5 epochs", f"{sum(told)} of 5", "5", ""]


def _head_accuracy(method: IIC, head: int, x: Array, labels: Array, test: Array, truth: Array) -> float:
    method.head_, kept = head, method.head_
    train, new = (method.predict(rows) for rows in (x, test))
    method.head_ = kept
    return float((match(labels, train, method.n_clusters).predict(new) == truth).mean())


def mine() -> Iterator[Row]:
    x, labels, test, truth = _mnist(10_000)
    began = time.perf_counter()
    method = MINE(n_features=64).fit(x)
    seconds = time.perf_counter() - began
    linear = probes.probe(method.transform(x), labels, method.transform(test), truth, ["linear"])["linear"]
    yield ["MINE, 64 features, 10,000 of MNIST: linear probe", f"{linear.test:.4f}", "≥ .93, 600 s", f"{seconds:.0f}"]
    noise = [np.random.default_rng(0).normal(size=(len(rows), 64)) for rows in (x, test)]
    score = probes.probe(noise[0], labels, noise[1], truth, ["linear"])["linear"]
    yield ["… the same probe on noise", f"{score.test:.4f}", ".10 ± .03", ""]


def cuda() -> Iterator[Row]:
    if not torch.cuda.is_available():
        yield ["IIC with VGG, all of MNIST, CUDA", "not measured on a GPU", "mean ≥ .992, best ≥ .995", ""]
        return
    settings = {"backbone": "vgg", "epochs": 60, "device": "cuda", "learning_rate": 1e-3}
    yield _several("IIC with VGG, all of MNIST, CUDA", _mnist(None), range(3), "mean ≥ .992, best ≥ .995", **settings)


def speed() -> Iterator[Row]:
    """Steps a second beside the sources' way: pictures varied one by one on the CPU, a loss for each head in turn."""
    what = "IIC, steps a second against a port of the sources' loop"
    try:
        from skimage.transform import resize, rotate
    except ImportError:
        yield [what, "scikit-image is not installed", "≥ 2", ""]
        return
    x = _mnist(None)[0]  # an epoch is longer than what is timed, so that no evaluation falls into it
    settings = {"warmup": 0.0, "neighbours": 0.0}
    ours = _rate(iter(IIC(**settings).steps(Source(x))), 30)
    theirs = _rate(_port(IIC(**settings), x, resize, rotate), 10)
    yield [what, f"{ours:.1f} / {theirs:.1f} = {ours / theirs:.2f}", "≥ 2", ""]


def _rate(steps: Iterator[Any], n: int) -> float:
    for _ in range(3):
        next(steps)
    began = time.perf_counter()
    for _ in range(n):
        next(steps)
    return n / (time.perf_counter() - began)


def _port(method: IIC, x: Array, resize: Any, rotate: Any) -> Iterator[float]:
    """The sources' generator and loss around our network, with our batch and heads, and our ranges of turns and crops."""
    next(method.steps(Source(x)))
    network, optimiser = method._run.network.train(), method._run.training.optimiser
    rng, low = np.random.default_rng(0), round(28 * method.crop)
    while True:
        first, second = [], []
        for picture in x[rng.integers(0, len(x), method.batch_size), 0] / np.float32(255):
            first.append(picture[2:26, 2:26])
            if rng.integers(2):
                varied = rotate(picture, rng.uniform(-method.rotation, method.rotation))
            else:
                side = rng.integers(low, 25)
                top, left = rng.integers(0, 29 - side, 2)
                varied = picture[top : top + side, left : left + side]
            second.append(resize(varied, (24, 24)))
        features = network.body(torch.as_tensor(np.stack(first + second)[:, None], dtype=torch.float32))
        losses = []
        for heads in (network.main, network.over):
            p, q = heads(features).chunk(2)
            losses += [_loss(p[:, head], q[:, head]) / heads.count for head in range(heads.count)]
        optimiser.zero_grad()
        loss = torch.stack(losses).sum()
        loss.backward()
        optimiser.step()
        yield float(loss.detach())


def _loss(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    table = torch.bmm(p[:, :, None], q[:, None, :]).sum(0)  # a product for each pair, as the sources have it
    table = (table + table.T) / 2
    table = (table / table.sum()).clamp_min(1e-9)
    rows, columns = table.sum(1, keepdim=True), table.sum(0, keepdim=True)
    return (table * (rows.log() + columns.log() - table.log())).sum()


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "mnist": mnist,
    "all": everything,
    "digits": digits,
    "heads": heads,
    "mine": mine,
    "speed": speed,
    "cuda": cuda,
}

if __name__ == "__main__":
    _report.parts(
        "Clusters and features", "Test pictures are never trained on; heads and epochs are chosen by loss alone.", PARTS
    )
