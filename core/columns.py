"""What is computed of single columns, once a column instead of once a pair, where many pairs of them are gone through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import numpy as np

Array = np.ndarray


class Remembered:
    """Columns (n,) and what functions marked `once` found of them.

    A column is known by where its numbers lie in memory. They are held here, so that nothing else can come to lie there,
    and must not be changed meanwhile.
    """

    def __init__(self, columns: Iterable[Array]) -> None:
        self._columns = {_place(column): column for column in columns}
        self._found: dict[tuple[Any, ...], Any] = {}

    @contextmanager
    def used(self) -> Iterator[None]:
        """What is called within, by this thread, remembers."""
        token = _present.set(self)
        try:
            yield
        finally:
            _present.reset(token)

    def found(self, function: Callable[..., Any], column: Array) -> Any:
        """What the function gives of a column; of an array that is none of the columns, it is not kept."""
        place = _place(column)
        if place not in self._columns:
            return function(column)
        key = (function, place)
        if key not in self._found:
            self._found[key] = function(column)
        return self._found[key]


_present: ContextVar[Remembered | None] = ContextVar("columns that are gone through", default=None)


def once(function: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """A function of one column (n,) whose result nobody changes."""

    @wraps(function)
    def found(column: Array) -> Any:
        present = _present.get()
        return function(column) if present is None else present.found(function, column)

    return found


def _place(column: Array) -> tuple[Any, ...]:
    return column.__array_interface__["data"][0], column.shape, column.strides, column.dtype.str
