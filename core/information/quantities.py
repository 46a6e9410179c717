"""Quantities among several sides: conditional MI, total correlation, interaction information, as sums of entropies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Terms = Mapping[tuple[int, ...], int]  # sets of sides, by their numbers, and what their entropy is multiplied by
Information = tuple[int, tuple[int, ...], tuple[int, ...]]  # a sign, and two sets of sides whose MI it belongs to


@dataclass(frozen=True)
class Quantity:
    """What is asked of the sides, as a sum of entropies and as a sum of MIs, for methods that give one or the other.

    `signed`: it may be negative. `in_time`: the rows are moments, and parts of them are stretches of time.
    """

    entropies: Terms
    informations: tuple[Information, ...]
    signed: bool = False
    in_time: bool = False

    @property
    def has_condition(self) -> bool:
        """Whether it is about the first two sides, given the third; else all of them stand alike."""
        return self.entropies.get((2,)) == -1


_GIVEN_Z: Terms = {(0, 2): 1, (1, 2): 1, (2,): -1, (0, 1, 2): -1}
_CHAIN: tuple[Information, ...] = ((1, (0,), (1, 2)), (-1, (0,), (2,)))
CONDITIONAL = Quantity(_GIVEN_Z, _CHAIN)
TRANSFER = Quantity(_GIVEN_Z, _CHAIN, in_time=True)
INTERACTION = Quantity({**_GIVEN_Z, (0,): -1, (1,): -1, (0, 1): 1}, (*_CHAIN, (-1, (0,), (1,))), signed=True)


def total(m: int) -> Quantity:
    """Total correlation of m sides."""
    everything = tuple(range(m))
    terms: Terms = {(i,): 1 for i in everything} | {everything: -1}
    return Quantity(terms, tuple((1, (i,), tuple(range(i))) for i in range(1, m)))
