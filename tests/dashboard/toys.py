"""A slow little training as a plug-in, and a data folder to run it in: what the tests of the jobs run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from core.spec import Spec
from dashboard.jobs import Client, Run, Store
from tests.plugins import folder_with

SLOW = '''
"""A regression on noise that takes its time and can go wrong in every way."""
from __future__ import annotations

import os, time
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import torch

from core.method import MIEstimator
from core.params import Range
from core.paths import data_folder
from core.learning.training import Training


class _Trust:
    level, reasons = "amber", ("A toy.",)


@dataclass(eq=False, repr=False, kw_only=True)
class Slow(MIEstimator):
    title: ClassVar[str] = "Slow"
    views: ClassVar[tuple[str, ...]] = ("weights",)
    length: Annotated[int, Range(1, 10**6), "Steps."] = 30
    wait: Annotated[float, Range(0, 100), "Seconds a step."] = 0.01
    ending: Annotated[float, Range(0, 100), "Seconds that its result takes."] = 0.0
    fault: Annotated[Literal["none", "value", "internal", "nan"], "What goes wrong, at step `at`."] = "none"
    at: Annotated[int, Range(0, 10**6), "Where."] = 0

    def steps(self, source, start=None):
        (data_folder() / "pids").mkdir(exist_ok=True)
        (data_folder() / "pids" / str(os.getpid())).touch()
        generator = torch.Generator().manual_seed(self.seed())
        net = torch.nn.Linear(3, 1)
        with torch.no_grad():
            for p in net.parameters():
                p.copy_(torch.randn(p.shape, generator=generator))
        self._run = Training(net, torch.optim.Adam(net.parameters(), 0.01), generator)

        def update(index):
            time.sleep(self.wait)
            if self.fault != "none" and index == self.at:
                if self.fault == "value":
                    raise ValueError("column age holds 3 words; choose another.")
                if self.fault == "internal":
                    raise KeyError("secret/path")
                return {"loss": float("nan")}
            loss = net(torch.randn(8, 3, generator=generator)).square().mean()
            self._run.optimiser.zero_grad()
            loss.backward()
            self._run.optimiser.step()
            return {"loss": loss.item()} | ({"mi_held_out": loss.item() / 2} if index % 5 == 0 else {})

        yield from self._run.iterate(update, self.length, start)

    @property
    def total(self):
        return self.length

    def checkpoint(self):
        return self._run.checkpoint()

    def finish(self):
        time.sleep(self.ending)
        self.mi_ = float(sum(p.detach().sum() for p in self._run.module.parameters()))
        self.interval_, self.trust_ = (self.mi_ - 1, self.mi_ + 1), _Trust()
        return self

    def result(self):
        return {"nothing": float("nan"), "steps_done": np.int64(self._run.index)}

    def view(self, name):
        return {"weights": self._run.module.weight.detach().numpy().copy()}
'''


@contextmanager
def folder_with_slow(path: Path) -> Iterator[Path]:
    """`path` as the data folder, with the plug-in in it."""
    with folder_with(path, "estimators", "slow", SLOW):
        yield path


def slow(seed: int = 0, device: str = "auto", **parameters: Any) -> Spec:
    """A spec of the plug-in."""
    data = {"problem": "inverse", "n": 20}
    return Spec.parse(
        {
            "family": "estimators",
            "method": "slow",
            "parameters": parameters,
            "data": data,
            "seed": seed,
            "device": device,
        }
    )


def until(true: Callable[[], Any], seconds: float = 90.0) -> float:
    """Wait until it is so; how long it took. The limit is generous: the machine may be busy."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.01)
    return time.monotonic() - begun


def reached(store: Store, id: str, *status: str) -> Run:
    """The run once it has one of these statuses."""
    until(lambda: store.run(id).status in status)
    return store.run(id)


@contextmanager
def finished(specs: Mapping[str, dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Name → id of these runs, ended, for pages that are opened afterwards."""
    client = Client(workers=1, threads=1)
    found = {name: client.submit(Spec.parse(spec)) for name, spec in specs.items()}
    for identifier in found.values():
        reached(Store(), identifier, "finished", "failed")
    client.close()
    st.cache_resource.clear()
    yield found
    st.cache_resource.clear()
