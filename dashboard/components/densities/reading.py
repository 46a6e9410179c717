"""What a run's pictures hold, read once for every tab that draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

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


def seen(s: Shown) -> Seen | None:
    """All that is drawn of a run's density, or None before its first picture."""
    picture = s.picture("density")
    if picture is None:
        return None
    parts, base, support = (_if_there(s, n) for n in ("components", "baseline", "support"))
    varied = int(np.ravel(picture.get("input", 0))[0])
    k = lambda name: _by_x(parts, name, len(picture["x"]))  # noqa: E731
    return Seen(
        picture["x"],
        picture["y"],
        picture["density"],
        picture.get("truth"),
        k("means"),
        k("sigmas") if parts is None or "sigmas" in parts else k("scales"),
        k("weights"),
        None if base is None else (base["x"], base["mean"]),
        None if support is None else _ends(support),
        data.axes(s.run.spec, varied),
        data.inputs(s.run.spec),
    )


def _if_there(s: Shown, name: str) -> dict[str, Array] | None:
    return s.picture(name) if name in s.run.views else None


def _by_x(parts: dict[str, Array] | None, name: str, n: int) -> Array | None:
    if parts is None or name not in parts:
        return None
    values = np.asarray(parts[name], float)
    return values if len(values) == n else values.T


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


def figure(value: float, form: str = ".3g") -> str:
    """A number for a sentence, with a true minus; what rounds to zero has no sign."""
    text = format(value, form)
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


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


def _label(s: Shown) -> str:
    """A run by what sets it apart from those beside it."""
    spec = s.run.spec
    if spec is None:
        return s.run.id
    k, hidden = value(s, "n_components"), value(s, "hidden")
    if k is None:
        return t("squared error, {hidden} units", hidden=hidden) if spec.method == "mse" else spec.method
    return t("K = {k}, {hidden} units", k=k, hidden=hidden)


def labels(shown: list[Shown]) -> list[str]:
    """What sets each run apart from those beside it; equal settings are told apart by a number."""
    said = [_label(s) for s in shown]
    return said if len(set(said)) == len(said) else [f"{label} ({i + 1})" for i, label in enumerate(said)]


def chosen(shown: list[Shown]) -> Shown:
    """The run that is looked at closely: of several, the one that the viewer picks."""
    if len(shown) == 1:
        return shown[0]
    said = dict(zip([s.run.id for s in shown], labels(shown), strict=True))
    picked = st.selectbox(t("Look closely at"), list(said), key="density:run", format_func=lambda i: said.get(i, i))
    return next((s for s in shown if s.run.id == picked), shown[0])
