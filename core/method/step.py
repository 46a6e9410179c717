"""What a run gives while it goes on: a `Step` each time there is something to see, and a `Checkpoint` to resume from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from core import files
from core.sentences import Sentence

if TYPE_CHECKING:
    from torch import Tensor


class Step(NamedTuple):
    """What one step has to say: its index (1, 2, …) and the scalars to plot, such as "loss" or "mi" (nats).

    Pictures are asked for, not pushed: `method.view(name)`.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of a step
    info: dict[str, float]


@dataclass
class Checkpoint:
    """All that resuming needs, bit for bit on the CPU: tensors (weights, optimiser, random states) and a JSON part."""

    index: int
    tensors: dict[str, Tensor]
    meta: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write a safetensors file: beside, then moved into place."""
        from safetensors.torch import save

        tensors = {name: value.detach().cpu().contiguous().clone() for name, value in self.tensors.items()}
        # Not save_file: it makes a file that only its owner can read.
        files.write(path, save(tensors, metadata={"index": str(self.index), "meta": files.to_json(self.meta)}))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Errors: ValueError that names the file."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                header = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (safe_open is no mapping)
            return cls(int(header["index"]), tensors, files.from_json(header["meta"]))
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            raise ValueError(
                Sentence("{name} is not a checkpoint of this program: {error}", name=Path(path).name, error=error)
            ) from error
