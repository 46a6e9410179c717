"""Methods that lay rows out so that they can be seen: one file each, `core.projections.NAME` is found by looking."""

from core._family import lazily

__getattr__, __dir__ = lazily("projections")
