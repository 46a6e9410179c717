"""Where a computation runs: "auto", "cpu", "cuda", "cuda:1" or "mps", by one code path."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch

from core.sentences import Sentence


def resolve(name: str = "auto") -> torch.device:
    """The torch device of that name; "auto" takes CUDA, then Apple's GPU, then the CPU.

    Errors: ValueError when the name is no device or this machine has not got it.
    """
    keep_memory()
    if name == "auto":
        return torch.device(
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            Sentence("device={name!r} is not a device; use auto, cpu, cuda, cuda:1 or mps", name=name)
        ) from error
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not present.get(device.type, False):
        raise ValueError(Sentence("device={name!r} is not available on this machine; use auto or cpu", name=name))
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(
            Sentence(
                "device={name!r} is not there: this machine has {n} CUDA device",
                many="device={name!r} is not there: this machine has {n} CUDA devices",
                name=name,
                n=torch.cuda.device_count(),
            )
        )
    return device


def generator(seed: int, device: torch.device) -> torch.Generator:
    """A private random stream on the device; the global ones are never touched."""
    return torch.Generator(device=device).manual_seed(int(seed) % 2**63)


def halves(precision: str, where: torch.device) -> bool:
    """Whether products are computed in bfloat16: as asked for, and by "auto" on a CUDA device that has it."""
    if precision != "auto":
        return precision == "bfloat16"
    return where.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


@contextmanager
def threads(n: int | None) -> Iterator[None]:
    """Torch on n threads within, on the caller's number again afterwards; None leaves it as it is.

    A layer of a small network is over in less time than two threads need to wait for each other. Beside busy processes
    they wait for a whole time slice at each layer: two threads then took 127 s for what one did in 19.
    """
    before = torch.get_num_threads()
    if n is None or n == before:
        yield
        return
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@cache
def keep_memory() -> None:
    """Let glibc keep what a training step frees: the next step wants the same again.

    By default large blocks go back to the system each time and are faulted in page by page in the next step, with all
    threads waiting for each other: a convolutional net steps at less than half the speed on two cores.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return
    trim_threshold, top_pad, mmap_threshold = -1, -2, -3  # of malloc.h
    mallopt(mmap_threshold, 1 << 30)
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(top_pad, 64 << 20)
