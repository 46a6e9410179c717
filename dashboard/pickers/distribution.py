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
FRESH = Param("fresh", bool, False, "Draw new pairs at every step instead of training on one fixed sample.")


def choose(address: Address) -> dict[str, Any]:
    """A distribution, its parameters and how it is sampled, as the data of a spec."""
    chosen = joint(address)
    n = form.field(address, ROWS, "n", t("Rows"))
    fresh = form.field(address, FRESH, "fresh", t("Fresh draws"))
    return {"distribution": chosen, "n": n, "fresh": fresh}


def joint(address: Address) -> dict[str, Any]:
    """A distribution and its parameters."""
    titles = {name: _title(discover.load("distributions", name)) for name in distributions.names()}
    name = fields.choice(
        address,
        "d",
        titles,
        t("Distribution"),
        t("Where x and y come from. Its mutual information is known."),
        "gaussian",
    )
    cls = discover.load("distributions", name)
    return {"name": name, **form.fields(address, cls, "d")}


def _title(cls: Any) -> str:
    """A distribution's name in the list; of one that maps another, which follows below, with an ellipsis."""
    return f"{t(cls.title)} …" if "of" in parameters(cls) else t(cls.title)


def settings_of(data: DistributionData) -> dict[str, Any]:
    """The settings of `choose` that give these data."""
    given = data.model_dump(exclude_defaults=True)
    name, *parameters = given.pop("distribution").items()
    return {"d": name[1]} | {f"d.{k}": v for k, v in parameters} | given
