"""Where x and y come from, where their mutual information is known: a distribution, its parameters and how it is sampled."""

from __future__ import annotations

from typing import Any

from core import discover, distributions
from core.data.references import DistributionData
from core.params import Param, Range, parameters
from dashboard.text import t
from dashboard.widgets import fields, form
from dashboard.widgets.address import Address

ROWS = Param(
    "n",
    int,
    10_000,
    "Rows of the fixed sample; with fresh draws, rows held out for the estimate.",
    Range(50, 1_000_000, log=True),
)
_TASKS = "beyond_normal"  # in place of a distribution's name
FRESH = Param("fresh", bool, False, "Draw new pairs at every step instead of training on one fixed sample.")


def choose(address: Address) -> dict[str, Any]:
    """A distribution, its parameters and how it is sampled, as the data of a spec."""
    chosen = joint(address)
    n = form.field(address, ROWS, "n", t("Rows"))
    fresh = form.field(address, FRESH, "fresh", t("Fresh draws"))
    return {"distribution": chosen, "n": n, "fresh": fresh}


def joint(address: Address) -> dict[str, Any]:
    """A distribution and its parameters, or one of the benchmark's compositions."""
    titles = {name: _title(discover.load("distributions", name)) for name in distributions.names()}
    titles[_TASKS] = t("Tasks of “Beyond Normal” …")
    name = fields.choice(
        address,
        "d",
        titles,
        t("Distribution"),
        t("Where x and y come from. Its mutual information is known."),
        "gaussian",
    )
    if name == _TASKS:
        return _task(address)
    cls = discover.load("distributions", name)
    return {"name": name, **form.fields(address, cls, "d")}


def _task(address: Address) -> dict[str, Any]:
    help = t(
        "Distributions mapped once or twice, as the benchmark of Czyż et al. (2023) has them; the maps keep the truth."
    )
    names = {name: name for name in distributions.tasks()}
    return distributions.to_dict(distributions.tasks()[fields.choice(address, "d.task", names, t("Task"), help)])


def _title(cls: Any) -> str:
    """A distribution's name in the list; of one that maps another, which follows below, with an ellipsis."""
    return f"{t(cls.title)} …" if "of" in parameters(cls) else t(cls.title)


def settings_of(data: DistributionData) -> dict[str, Any]:
    """The settings of `choose` that give these data."""
    given = data.model_dump(exclude_defaults=True)
    if task := _composed(given["distribution"]):
        del given["distribution"]
        return {"d": _TASKS, "d.task": task} | given
    name, *parameters = given.pop("distribution").items()
    return {"d": name[1]} | {f"d.{k}": v for k, v in parameters} | given


def _composed(described: dict[str, Any]) -> str | None:
    """The task that a map of a distribution is; a form has no field for what is mapped."""
    if "of" not in described:
        return None
    joint = distributions.from_dict(described)
    return next((name for name, task in distributions.tasks().items() if task == joint), None)
