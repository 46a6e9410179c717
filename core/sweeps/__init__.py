"""Work of many equal parts: one run, one place in the queue, a Step a part."""

from core._family import lazily

__getattr__, __dir__ = lazily("sweeps")
