"""Pairs drawn from a distribution whose mutual information is known."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from core.data.references.base import Reference
from core.method import Source, TaskSource
from core.sentences import Listing, Sentence, setting


class DistributionData(Reference):
    """Pairs from a distribution with known MI: a fixed sample of n rows, or fresh draws with n rows held out."""

    kind = "distribution"
    distribution: dict[str, Any]  # {"name": …, parameters …, "of": {…}} for compositions
    n: int = Field(10_000, ge=50, le=2_000_000)
    fresh: bool = False

    @model_validator(mode="after")
    def _known(self) -> DistributionData:
        from core.distributions import to_dict

        object.__setattr__(self, "distribution", to_dict(self._joint()))  # as `Spec.parameters`
        return self

    def _joint(self) -> Any:
        from core.distributions import from_dict

        return from_dict(self.distribution)

    def source(self, seed: int, family: str) -> Source | TaskSource:
        """The rows; of a sweep that draws its own, the distribution."""
        joint = self._joint()
        if family == "sweeps":
            return TaskSource(((self.title(), joint),), self.n)
        x, y = joint.sample(self.n, seed)
        known = joint.pointwise_mi(x[:1], y[:1]) is not None
        return Source(x, y, draw=joint.sample if self.fresh else None, pointwise=joint.pointwise_mi if known else None)

    def title(self) -> str:
        return _of_distribution(self.distribution)

    def true_mi(self) -> float:
        return float(self._joint().true_mi)


def _of_distribution(given: dict[str, Any]) -> str:
    from core import discover

    named = dict(given)
    cls: Any = discover.load("distributions", named.pop("name"))
    title, inner = Sentence(cls.title), named.pop("of", None)
    head = Sentence("{outer} {inner}", outer=title, inner=_of_distribution(inner)) if isinstance(inner, dict) else title
    return Listing([head, *(setting(name, value) for name, value in named.items())], ", ")
