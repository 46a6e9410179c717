"""Joint distributions that know their mutual information, by name; transforms take another one as `of`.

make("gaussian", rho=0.8).sample(1_000, seed=0)
from_dict({"name": "half_cube", "of": {"name": "channel", "dimension": 3}}).true_mi
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from core import discover, params
from core._family import lazily
from core.distributions import _tasks
from core.distributions._base import Distribution
from core.sentences import Sentence, nearest

# The order in which they are offered: the textbook cases, then the maps that keep the MI.
NAMES = (
    "gaussian",
    "independent",
    "channel",
    "multivariate_gaussian",
    "gaussian_factors",
    "student",
    "additive_uniform",
    "gaussian_mixture",
    "periodic",
    "modular",
    "fan",
    "names_and_numbers",
    "zero_inflated_poisson",
    "discrete",
    "drawn",
    "formula",
    "half_cube",
    "asinh",
    "normal_cdf",
    "wiggly",
    "bimodal",
    "spiral",
    "swiss_roll",
    "rotation",
)
_DEEPEST = 16  # maps of maps; more is a mistake, and would exhaust the stack

__getattr__, __dir__ = lazily("distributions")


def make(name: str, /, **parameters: Any) -> Distribution:
    """The distribution of that name; `of` may be a Distribution or a dict. Errors: ValueError in one sentence."""
    return from_dict({**parameters, "name": name})


def from_dict(described: Mapping[str, Any]) -> Distribution:
    """`{"name": …, parameters …, "of": {…}}` → the distribution. Errors: ValueError in one sentence."""
    return _build(described, 1)


def tasks() -> dict[str, Distribution]:
    """The forty tasks of "Beyond Normal" (Czyż et al., 2023), by their names there."""
    return {name: from_dict(described) for name, described in _tasks.described().items()}


def to_dict(distribution: Distribution) -> dict[str, Any]:
    """The dict from which `from_dict` makes an equal distribution; JSON keeps it."""
    if not isinstance(distribution, Distribution):
        raise ValueError(
            Sentence(
                "{distribution!r:.80} is not a distribution: make one with core.distributions.make",
                distribution=distribution,
            )
        )
    described: dict[str, Any] = {"name": discover.name_of(type(distribution))}
    for field in fields(distribution):
        described[field.name] = _plain(getattr(distribution, field.name))
    return described


def _build(described: Any, depth: int) -> Distribution:
    if depth > _DEEPEST:
        raise ValueError(
            Sentence("the distribution is nested more than {deepest} deep; take some maps away", deepest=_DEEPEST)
        )
    if not isinstance(described, Mapping) or not isinstance(described.get("name"), str):
        raise ValueError(
            Sentence(
                "a distribution is written as {{'name': …}} with its parameters, not as {described!r:.80}",
                described=described,
            )
        )
    parameters = {str(key): value for key, value in described.items() if key != "name"}
    if isinstance(parameters.get("of"), Mapping):
        parameters["of"] = _build(parameters["of"], depth + 1)
    cls = _load(described["name"])
    return cls(**params.check(cls, parameters))  # checked first: an unknown name is told in one sentence


def names() -> list[str]:
    """All distributions, plug-ins at the end."""
    return [*NAMES, *(other for other in discover.names("distributions") if other not in NAMES)]


def _load(name: str) -> type:
    known = names()
    if name not in known:
        hint = nearest(name, known, Sentence("there are {names}", names=", ".join(known)))
        raise ValueError(Sentence("there is no distribution {name!r:.80}; {hint}", name=name, hint=hint))
    return discover.load("distributions", name)


def _plain(value: Any) -> Any:
    if isinstance(value, Distribution):
        return to_dict(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
