"""The one optimisation loop: a generator of Steps over a module, an optimiser and a private random stream."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from core import device
from core.method import Checkpoint, Step
from core.sentences import Sentence

SMALL = 256  # units in a layer, up to which a network trains fastest on one thread


class Diverged(ArithmeticError):
    """Training left the finite numbers; the message names the step and what to lower."""


@dataclass(eq=False)
class Training:
    """What a run under way consists of, and nothing else: all of it goes into the checkpoint.

    `extras` holds further tensors that the next step needs (moving averages, best weights so far), `meta` further
    JSON values. `update(index)` does one optimisation step and returns its scalars; setting `done` ends the run. Steps
    are done on `threads`, between them the caller has their own number back; None is the caller's.
    """

    module: nn.Module
    optimiser: torch.optim.Optimizer
    generator: torch.Generator
    extras: dict[str, Tensor] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    index: int = 0
    done: bool = False
    threads: int | None = None

    def iterate(
        self, update: Callable[[int], dict[str, float]], total: int, start: Checkpoint | None
    ) -> Iterator[Step]:
        """Yield a Step per update until `total` steps are done; `start` continues a checkpoint bit for bit on the CPU."""
        if start is not None:
            self.restore(start)
        while self.index < total and not self.done:
            with device.threads(self.threads):
                info = update(self.index)
            for name, value in info.items():
                if not math.isfinite(value):
                    rate = self.optimiser.param_groups[0]["lr"]
                    raise Diverged(
                        Sentence(
                            "{name} is {value} at step {step}; lower the learning rate (now {rate:g})",
                            name=name,
                            value=value,
                            step=self.index + 1,
                            rate=rate,
                        )
                    )
            self.index += 1
            yield Step(self.index, info)

    def set_rate(self, rate: float) -> None:
        """The optimiser's step size from now on."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def checkpoint(self) -> Checkpoint:
        """A copy of the whole state."""
        tensors = {f"module.{k}": v for k, v in self.module.state_dict().items()}
        tensors |= {f"extra.{k}": v for k, v in self.extras.items()}
        state = self.optimiser.state_dict()
        for key, slots in state["state"].items():
            tensors |= {f"optimiser.{key}.{name}": torch.as_tensor(v) for name, v in slots.items()}
        tensors["generator"] = self.generator.get_state()
        groups = [{k: v for k, v in group.items()} for group in state["param_groups"]]
        meta = copy.deepcopy({"groups": groups, "meta": self.meta, "done": self.done})
        return Checkpoint(self.index, {k: v.detach().cpu().clone() for k, v in tensors.items()}, meta)

    def restore(self, saved: Checkpoint) -> None:
        """Take the state of a checkpoint. Errors: ValueError where it belongs to another network."""
        where = next(self.module.parameters()).device
        part = lambda prefix: {k[len(prefix) :]: v for k, v in saved.tensors.items() if k.startswith(prefix)}  # noqa: E731
        try:
            self.module.load_state_dict(part("module."))
            slots: dict[int, dict[str, Tensor]] = {}
            for key, value in part("optimiser.").items():
                number, _, name = key.partition(".")
                slots.setdefault(int(number), {})[name] = value
            self.optimiser.load_state_dict({"state": slots, "param_groups": saved.meta["groups"]})
            for weight, state in self.optimiser.state.items():
                # A file has one order of axes; fused optimisers want the moments laid out as their weights are.
                state |= {k: torch.empty_like(weight).copy_(v) for k, v in state.items() if v.shape == weight.shape}
            self.generator.set_state(saved.tensors["generator"])
        except (RuntimeError, KeyError, ValueError) as error:
            raise ValueError(Sentence("this checkpoint belongs to another run: {error}", error=error)) from error
        extras = {k: v.to(where, copy=True) for k, v in part("extra.").items()}
        if missing := self.extras.keys() - extras.keys():
            raise ValueError(
                Sentence(
                    "this checkpoint belongs to another run: it has no {names}", names=" and no ".join(sorted(missing))
                )
            )
        self.extras = extras
        self.meta = copy.deepcopy(saved.meta["meta"])  # the run goes on, the checkpoint stays
        self.index, self.done = saved.index, saved.meta["done"]
