"""What a run's pictures hold, read once for every tab that draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core import discover
from core.params import parameters
from core.spec import ProblemData
from dashboard.components.densities import data
from dashboard.components.player import Shown
from dashboard.text import t

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Seen:
    """The density of a run as it stands: p (ny, nx) over x (nx,) and y (ny,), and what belongs to it.

    means, sigmas, weights: (nx, k) of the mixture, or None. names: of the varied input and of the output; of several
    `inputs` the others stand at their medians.
    """

    x: Array
    y: Array
    p: Array
    truth: Array | None
    means: Array | None
    sigmas: Array | None
    weights: Array | None
    line: tuple[Array, Array] | None
    support: tuple[float, float] | None
    names: tuple[str, str]
    inputs: int
    outputs: int


def seen(s: Shown) -> Seen | None:
    """All that is drawn of a run's density, or None before its first picture."""
    picture = s.picture("density")
    if picture is None:
        return None
    parts, base, support = (_if_there(s, n) for n in ("components", "baseline", "support"))
    varied = int(np.ravel(picture["input"])[0])
    of_parts = (parts or {}).get
    return Seen(
        picture["x"],
        picture["y"],
        picture["density"],
        picture.get("truth"),
        of_parts("means"),
        of_parts("sigmas"),
        of_parts("weights"),
        None if base is None else (base["x"], base["mean"]),
        None if support is None else _ends(support),
        data.axes(s.run.spec, varied),
        *data.widths(s.run.spec),
    )


def _if_there(s: Shown, name: str) -> dict[str, Array] | None:
    return s.picture(name) if name in s.run.views else None


def _ends(support: dict[str, Array]) -> tuple[float, float]:
    low, high = support["x"]
    return float(low), float(high)


def points(s: Shown) -> tuple[Array, Array] | None:
    """Training rows: the varied input and the output."""
    return _pairs(_if_there(s, "points"))


def samples(s: Shown) -> tuple[Array, Array] | None:
    """One draw of the learned density for each of those rows."""
    return _pairs(_if_there(s, "samples"))


def _pairs(picture: dict[str, Array] | None) -> tuple[Array, Array] | None:
    return None if picture is None else (np.asarray(picture["x"]).ravel(), np.asarray(picture["y"]).ravel())


def figure(value: float, form: str = "") -> str:
    """A number for a sentence: three digits or whole thousands, a true minus, and no sign on what rounds to zero."""
    text = format(value, form or (",.0f" if 1e3 <= abs(value) < 1e9 else ".3g"))
    return text.replace("-", "−") if float(text.replace(",", "")) else text.removeprefix("-")


def share(value: float, digits: int = 0) -> str:
    """A share as a percentage."""
    return f"{100 * value:.{digits}f} %"


def problem(s: Shown) -> str:
    """The name of the problem that a run learns, or nothing."""
    spec = s.run.spec
    return spec.data.problem if spec is not None and isinstance(spec.data, ProblemData) else ""


def value(s: Shown, name: str) -> Any:
    """A method's parameter as this run had it, default included; None where it has none."""
    spec = s.run.spec
    if spec is None:
        return None
    known = parameters(discover.load(spec.family, spec.method))
    return spec.parameters.get(name, known[name].default if name in known else None)


def labels(shown: list[Shown]) -> list[str]:
    """What sets each run apart from those beside it; equal settings are told apart by a number."""
    words = {
        "n_components": lambda v: t("K = {k}", k=v),
        "hidden": lambda v: t("{n} units", n=v),
    }
    differ = [n for n in words if len({value(s, n) for s in shown}) > 1] or list(words)
    said = [", ".join(words[n](value(s, n)) for n in differ if value(s, n) is not None) or s.run.id for s in shown]
    return said if len(set(said)) == len(said) else [f"{label} ({i + 1})" for i, label in enumerate(said)]
