"""What is asked for each of the page's experiments, and the run that it makes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import discover
from core.data.references.tasks import TELLING
from core.distributions import from_dict
from core.distributions import tasks as all_tasks
from core.params import Param, Range, parameters
from core.spec import Spec
from core.sweeps.sizes import widened
from core.sweeps.staircase import trained
from dashboard.pickers import distribution
from dashboard.text import t, tn
from dashboard.widgets import fields, form
from dashboard.widgets.address import Address

FAMILY = "sweeps"
_ROWS = Param("n", int, 2_000, "Rows that are drawn of each task.", Range(50, 100_000, log=True))
_DIMENSION = Param("dimension", int, 20, "Columns of x, and of y; all of their pairs are correlated.", Range(1, 100))
_CUBIC = Param("cubic", bool, False, "Stretches the columns by a power of 3/2, which changes no mutual information.")
_GROWING = {
    "rows": (200, 500, 1_000, 2_000, 5_000),
    "dimension": (1, 2, 3, 5, 10),
    "batch_size": (16, 64, 256),
}
_BATCHES = ("mine", "infonce")  # what a sweep of batches begins with


def tasks(address: Address) -> list[Spec] | str:
    """Which tasks, by which estimators, on how many rows. Errors: SpecError."""
    help = t("Their names are those of the benchmark Beyond Normal (2023), where all forty are described.")
    chosen = fields.several(address, "tasks", {name: name for name in all_tasks()}, TELLING, t("Tasks"), help)
    cls: Any = discover.load(FAMILY, "arena")
    methods = _methods(address, cls, fields.members(address, "estimators"))
    n = form.field(address, _ROWS, "n", t("Rows"))
    seeds = form.field(address, parameters(cls)["seeds"], "seeds", t("Samples of each task"))
    seed = fields.seed(address)
    if not chosen:
        return t("Choose at least one task.")
    if not methods:
        return t("Choose at least one estimator.")
    st.caption(tn("{n} estimate in all.", "{n} estimates in all.", len(chosen) * len(methods) * seeds))
    return [fields.spec(FAMILY, "arena", {"methods": methods, "seeds": seeds}, {"tasks": chosen, "n": n}, seed)]


def staircase(address: Address) -> list[Spec] | str:
    """How high, by which estimators, how long. Errors: SpecError."""
    cls: Any = discover.load(FAMILY, "staircase")
    titles = {name: title for name, title in fields.members(address, "estimators").items() if name in trained()}
    methods = _methods(address, cls, titles)
    dimension = form.field(address, _DIMENSION, "dimension", t("Dimension"))
    cubic = form.field(address, _CUBIC, "cubic", t("Stretched columns"))
    chosen = form.fields(address, cls, "s", (*form.HIDDEN, "methods", "levels"))
    seed = fields.seed(address)
    if not methods:
        return t("Choose at least one estimator.")
    joint: dict[str, Any] = {"name": "multivariate_gaussian", "dimension": dimension}
    joint = {"name": "half_cube", "of": joint} if cubic else joint
    return [fields.spec(FAMILY, "staircase", chosen | {"methods": methods}, {"distribution": joint, "n": 100}, seed)]


def sizes(address: Address) -> list[Spec] | str:
    """What grows, and how far. Errors: SpecError."""
    cls: Any = discover.load(FAMILY, "sizes")
    known = parameters(cls)
    names = {"rows": t("Rows"), "dimension": t("Dimension"), "batch_size": t("Batch size")}
    varied = fields.choice(address, "varied", names, t("What grows"), t(known["varied"].help))
    methods = _methods(
        address, cls, _growing(address, varied), f"{varied}.methods", _BATCHES if varied == "batch_size" else ()
    )
    usual = [str(value) for value in _GROWING[varied]]
    options = {str(v): f"{v:,}" for v in sorted({*_GROWING[varied], *_more(varied)})}
    values = fields.several(address, f"{varied}.values", options, usual, t("Sizes"), t("One estimate for each."))
    seeds = form.field(address, known["seeds"], "seeds", t("Samples of each size"))
    data: dict[str, Any] = {"distribution": distribution.joint(address)}
    if varied != "rows":
        data["n"] = form.field(address, distribution.ROWS, "n", t("Rows"))
    seed = fields.seed(address)
    if not methods:
        return t("Choose at least one estimator.")
    if varied == "dimension":
        widened(from_dict(data["distribution"]), 1)
    if not values:
        return t("Choose at least one size.")
    st.caption(tn("{n} estimate in all.", "{n} estimates in all.", len(values) * len(methods) * seeds))
    chosen = {"varied": varied, "values": sorted(map(int, values)), "methods": methods, "seeds": seeds}
    return [fields.spec(FAMILY, "sizes", chosen, data, seed)]


def _growing(address: Address, varied: str) -> dict[str, str]:
    """The estimators that a sweep can compare: of batches those that train on them."""
    titles = fields.members(address, "estimators")
    if varied != "batch_size":
        return titles
    return {name: title for name, title in titles.items() if varied in parameters(discover.load("estimators", name))}


def _more(varied: str) -> tuple[int, ...]:
    """Further sizes that can be chosen."""
    return {"rows": (100, 10_000, 20_000, 50_000), "dimension": (15, 20, 30, 50)}.get(varied, (32, 128, 512, 1024))


def _methods(
    address: Address, cls: Any, titles: dict[str, str], name: str = "methods", first: tuple[str, ...] = ()
) -> list[str]:
    help = t("One that trains is trained anew for each estimate; auto takes longest.")
    return fields.several(address, name, titles, first or parameters(cls)["methods"].default, t("Estimators"), help)


def settings(spec: Spec) -> dict[str, Any]:
    """The settings of the form that make this run."""
    seed = {"seed": spec.seed} if spec.seed else {}
    p: dict[str, Any] = spec.parameters
    reference: Any = spec.data
    data = reference.model_dump()
    if spec.method == "arena":
        return seed | {
            "tasks": tuple(data["tasks"]),
            "n": data["n"],
            "methods": tuple(p["methods"]),
            "seeds": p["seeds"],
        }
    if spec.method == "sizes":
        return seed | _of_sizes(p, reference)
    joint = data["distribution"]
    cubic = "of" in joint
    own = {f"s.{name}": value for name, value in p.items() if name not in ("methods", "levels")}
    dimension = (joint["of"] if cubic else joint)["dimension"]
    return seed | own | {"cubic": cubic, "dimension": dimension, "methods": tuple(p["methods"])}


def _of_sizes(p: dict[str, Any], reference: Any) -> dict[str, Any]:
    drawn = {k: v for k, v in distribution.settings_of(reference).items() if k != "n" or p["varied"] != "rows"}
    grown = {f"{p['varied']}.values": tuple(map(str, p["values"])), f"{p['varied']}.methods": tuple(p["methods"])}
    return drawn | {"varied": p["varied"], "seeds": p["seeds"]} | grown
