"""The sources' errors, one file each, so that no method carries a wrong variant as a parameter."""

from core._family import lazily

__getattr__, __dir__ = lazily("pitfalls")
