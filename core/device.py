"""Where a computation runs: "auto", "cpu", "cuda", "cuda:1" or "mps", by one code path."""

from __future__ import annotations

import torch


def resolve(name: str = "auto") -> torch.device:
    """The torch device of that name; "auto" takes CUDA, then Apple's GPU, then the CPU.

    Errors: ValueError when the name is no device or this machine has not got it.
    """
    if name == "auto":
        return torch.device(
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"device={name!r} is not a device; use auto, cpu, cuda, cuda:1 or mps") from error
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not present.get(device.type, False):
        raise ValueError(f"device={name!r} is not available on this machine; use auto or cpu")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(f"device={name!r} is not there: this machine has {torch.cuda.device_count()} CUDA device(s)")
    return device


def generator(seed: int, device: torch.device) -> torch.Generator:
    """A private random stream on the device; the global ones are never touched."""
    return torch.Generator(device=device).manual_seed(int(seed) % 2**63)
