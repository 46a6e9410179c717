"""Which rows are near others in one column against one: as `trees`, compiled, and several times as fast.

Rows are cut into strips by x, in each of which they lie in the order of y. From its own place a row looks up and down its
strip, then into the strips on either side, until what is left is farther away than the neighbours it has.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
from numba import njit

from core.method import Array

_ROWS = 3  # of a strip, times √n

_F, _I = "float64[::1]", "int64[::1]"
_STRIPS = f"{_F}, {_F}, {_F}, {_I}, {_I}, {_I}, {_I}"


class Plane:
    """Rows x (n, 1), y (n, 1)."""

    size = sys.maxsize  # rows that may be asked for at once

    def __init__(self, x: Array, y: Array) -> None:
        self.x, self.y = _Line(x[:, 0]), _Line(y[:, 0])
        size = max(1, int(_ROWS * len(x) ** 0.5))
        self.strips = self.x.rising, *_strips(self.x.rising, self.x.place, self.y.order, self.y.values, size)

    def at(self, rows: Array) -> SomeRows:
        """Some of the rows among all."""
        return SomeRows(self, np.ascontiguousarray(rows, dtype=np.int64))


class SomeRows(NamedTuple):
    """As `pairwise.Block`."""

    among: Plane
    rows: Array

    def nearest(self, m: int, last: int = 0) -> tuple[Array, Array]:
        return _nearest(self.rows, m, last or m, *self.among.strips)

    def inside(self, reach: Array, which: Array) -> Array:
        counts = np.zeros(len(reach), dtype=np.int64)
        counts[which] = _inside(self.rows[which], reach[which], *self.among.strips)
        return counts

    def alone(self, reach_x: Array, reach_y: Array) -> tuple[Array, Array]:
        lines = (self.among.x, reach_x), (self.among.y, reach_y)
        near_x, near_y = (
            _within(self.rows, np.ascontiguousarray(reach), line.rising, line.place) for line, reach in lines
        )
        return near_x, near_y


class _Line:
    """A column (n,) in its rising order, and the place of each row in it."""

    def __init__(self, values: Array) -> None:
        self.values = np.ascontiguousarray(values, dtype=np.float64)
        self.order = np.argsort(self.values)
        self.rising = self.values[self.order]
        self.place = np.empty(len(values), dtype=np.int64)
        self.place[self.order] = np.arange(len(values))


@njit(f"Tuple(({_F}, {_F}, {_I}, {_I}, {_I}, {_I}))({_F}, {_I}, {_I}, {_F}, int64)", cache=True, nogil=True)
def _strips(rising, place, by_y, y, size):
    """x and y (n,) strip by strip, the rows (n,) that stand there, where each row stands (n,) and in which strip (n,), and
    where strips begin (s + 1,). Equal values of x share a strip."""
    n, strips, begins = len(rising), 0, 0
    of, begin = np.empty(n, np.int64), np.empty(n // size + 2, np.int64)
    begin[0] = 0
    for i in range(n):
        if i - begins >= size and rising[i] > rising[i - 1]:
            strips, begins = strips + 1, i
            begin[strips] = i
        of[i] = strips
    begin[strips + 1] = n
    free, strip = begin.copy(), np.empty(n, np.int64)
    xs, ys, rows, at = np.empty(n), np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    for row in by_y:
        s = strip[row] = of[place[row]]
        i = free[s]
        free[s] += 1
        xs[i], ys[i], rows[i], at[row] = rising[place[row]], y[row], row, i
    return xs, ys, rows, at, strip, begin[: strips + 2]


@njit(f"int64({_F}, int64, int64, float64)", cache=True, nogil=True)
def _first_from(rising, low, end, bound):
    """The first place from `low` on, below `end`, whose value is not below the bound; `end` where there is none."""
    while low < end:
        middle = (low + end) >> 1
        if rising[middle] < bound:
            low = middle + 1
        else:
            end = middle
    return low


@njit(f"Tuple((float64[:, ::1], int64[:, ::1]))({_I}, int64, int64, {_STRIPS})", cache=True, nogil=True)
def _nearest(asked, m, last, rising, xs, ys, rows, at, strip, begin):
    """Distances and numbers of the `last` of the m nearest rows, itself the first, of each row asked for: (…, last)."""
    strips = len(begin) - 1
    distances, numbers = np.empty((len(asked), last)), np.empty((len(asked), last), np.int64)
    near, who = np.empty(m), np.empty(m, np.int64)
    for i in range(len(asked)):
        place, s = at[asked[i]], strip[asked[i]]
        x, y, left, right, up = xs[place], ys[place], s - 1, s + 1, place
        for j in range(m):
            near[j], who[j] = np.inf, -1
        while True:
            down, first, end = up - 1, begin[s], begin[s + 1]
            above = ys[up] - y if up < end else np.inf
            below = y - ys[down] if down >= first else np.inf
            while min(above, below) < near[m - 1]:
                if above <= below:
                    j, d, up = up, max(abs(xs[up] - x), above), up + 1
                    above = ys[up] - y if up < end else np.inf
                else:
                    j, d, down = down, max(abs(xs[down] - x), below), down - 1
                    below = y - ys[down] if down >= first else np.inf
                if d < near[m - 1]:
                    to = m - 1
                    while to > 0 and near[to - 1] > d:
                        near[to], who[to] = near[to - 1], who[to - 1]
                        to -= 1
                    near[to], who[to] = d, rows[j]
            to_left = x - rising[begin[left + 1] - 1] if left >= 0 else np.inf
            to_right = rising[begin[right]] - x if right < strips else np.inf
            if min(to_left, to_right) >= near[m - 1]:
                break
            if to_left < to_right:
                s, left = left, left - 1
            else:
                s, right = right, right + 1
            up = _first_from(ys, begin[s], begin[s + 1], y)
        for j in range(last):
            distances[i, j], numbers[i, j] = near[m - last + j], who[m - last + j]
    return distances, numbers


@njit(f"{_I}({_I}, {_F}, {_STRIPS})", cache=True, nogil=True)
def _inside(asked, reach, rising, xs, ys, rows, at, strip, begin):
    """How many rows lie within the reach (m,) of each row asked for (m,) in x and in y, itself included."""
    strips, counts = len(begin) - 1, np.zeros(len(asked), np.int64)
    for i in range(len(asked)):
        place, own = at[asked[i]], strip[asked[i]]
        x, y, r = xs[place], ys[place], reach[i]
        for side in range(2):
            s = own - side
            while 0 <= s < strips and (
                s == own or (x - rising[begin[s + 1] - 1] if side else rising[begin[s]] - x) <= r
            ):
                low = _first_from(ys, begin[s], begin[s + 1], y - r)
                while low < begin[s + 1] and ys[low] <= y + r:
                    counts[i] += abs(xs[low] - x) <= r
                    low += 1
                s += -1 if side else 1
    return counts


@njit(f"{_I}({_I}, {_F}, {_F}, {_I})", cache=True, nogil=True)
def _within(asked, reach, rising, place):
    """How many values lie within the reach (m,) of each row asked for (m,), itself included."""
    n, counts = len(rising), np.empty(len(asked), np.int64)
    for i in range(len(asked)):
        at = place[asked[i]]
        above = np.nextafter(rising[at] + reach[i], np.inf)
        counts[i] = _first_from(rising, at, n, above) - _first_from(rising, 0, at, rising[at] - reach[i])
    return counts
