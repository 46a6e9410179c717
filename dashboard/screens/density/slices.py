"""A cut through the density at one x: the mixture with its components, the truth, and the least-squares answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.charts import density_modes, density_slices
from dashboard.screens.density import arm, view
from dashboard.text import plain, t
from dashboard.widgets.shown import Shown

_FINE = 400  # points of y: a component may be a hundredth of the picture wide
_LISTED = 8  # components that are named below the picture


def draw(shown: list[Shown], chart: Any) -> dict[str, Any]:
    """The slider and the slice; both are computed from the arrays of the run, so they work at any time."""
    s = shown[0]
    drawn = arm.draw(s, chart) if arm.applies(s) else {}
    view.choose_varied(s)
    seen = view.seen(s)
    if seen is None:
        view.absent(s, t("The slice appears here with the first picture of the density."))
        return drawn
    at = _slider(seen)
    figures = drawn | {"slice": slice_(s, seen, at)}
    chart("slice").show(figures["slice"], height=340)
    _weights(seen, at)
    return figures


def _slider(seen: view.DensityView) -> int:
    """The column of the picture at which to cut."""
    x = seen.x
    low, high, step = float(x[0]), float(x[-1]), float(x[1] - x[0])
    value = state.chosen("density.x0")
    if value is None or not low <= value <= high:
        value = _busiest(seen)
    label = t("Cut at {x} = x₀", x=plain(seen.names[0]))
    chosen = st.slider(label, low, high, value, key="density:x0", step=step, format="%.3g")
    state.choose("density.x0", chosen)
    return int(np.abs(x - chosen).argmin())


def _busiest(seen: view.DensityView) -> float:
    """The x with the most branches, to begin with."""
    return float(seen.x[density_modes.branches(seen.p)[1]])


def slice_(s: Shown, seen: view.DensityView, at: int) -> dict[str, Any]:
    """p(y | x = x₀) as a figure, at column `at` of the picture."""
    fine = np.linspace(seen.y[0], seen.y[-1], _FINE)
    y, parts = _parts(seen, at)
    mean = None if seen.line is None else float(np.interp(seen.x[at], *seen.line))
    return density_slices.slice_(
        y,
        parts,
        truth=_truth(s, seen, at, fine),
        mean=mean,
        title=_headline(seen, at, y, parts.sum(0)),
        ylabel=seen.names[1],
    )


def _parts(seen: view.DensityView, at: int) -> tuple[np.ndarray, np.ndarray]:
    """y, and the weighted components at this column of the picture, (k, ny); the density alone where it has none."""
    if seen.means is None or seen.sigmas is None or seen.weights is None:
        return seen.y, seen.p[:, at][None]
    y = np.linspace(seen.y[0], seen.y[-1], _FINE)
    return y, density_modes.mixture(y, seen.means[at], seen.sigmas[at], seen.weights[at])


def _truth(s: Shown, seen: view.DensityView, at: int, y: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The true density there: exact on the fine grid where the problem has one input and one output."""
    from core.data.problems import PROBLEMS

    if seen.truth is None:
        return None
    known = PROBLEMS.get(view.problem(s))
    if known is not None and seen.inputs == seen.outputs == 1:
        return y, np.exp(known.log_density(np.full((len(y), 1), seen.x[at]), y[:, None]))
    return seen.y, seen.truth[:, at]


def _headline(seen: view.DensityView, at: int, y: np.ndarray, p: np.ndarray) -> str:
    found, _ = _likeliest(p)
    x, name = view.figure(seen.x[at]), seen.names[0]
    if not len(found):
        return t("At {name} = {x} the density leaves the picture", name=name, x=x)
    top = view.figure(y[found[0]])
    if len(found) == 1:
        return t("At {name} = {x} there is one answer, near {top}", name=name, x=x, top=top)
    return t("At {name} = {x} there are {n} answers, the likeliest near {top}", name=name, x=x, n=len(found), top=top)


def _likeliest(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The answers of a density on a grid and their probabilities, the likeliest first: not the highest, which may be thin."""
    found = density_modes.modes(p)
    of = density_modes.shares(p, found) if len(found) else np.empty(0)
    order = np.argsort(-of, kind="stable")
    return found[order], of[order]


def _answers(seen: view.DensityView, at: int) -> str:
    """Every answer of the title with its probability, the likeliest first."""
    y, parts = _parts(seen, at)
    found, of = _likeliest(parts.sum(0))
    if not len(found):
        return ""
    said = [f"{view.figure(y[place])} ({view.share(part)})" for place, part in zip(found, of, strict=True)]
    return t("Answers by probability: {list}.", list=", ".join(said))


def _weights(seen: view.DensityView, at: int) -> None:
    """The answers and the components here, where the other inputs stand, and whether training has seen this place."""
    st.caption(_answers(seen, at))
    order = [] if seen.weights is None else [i for i in np.argsort(-seen.weights[at]) if seen.weights[at, i] > 0.01]
    # Several networks have several components for each answer: their list says no more than the answers do.
    if 0 < len(order) <= _LISTED and seen.weights is not None and seen.means is not None and seen.sigmas is not None:
        said = "; ".join(
            f"{view.share(seen.weights[at, i])}: {view.figure(seen.means[at, i])} ± {seen.sigmas[at, i]:.2g}"
            for i in order
        )
        st.caption(t("Components by weight, mean ± width: {list}.", list=said))
    if seen.inputs > 1:
        st.caption(t("The other inputs stand at their medians."))
    if seen.support is not None and not seen.support[0] <= seen.x[at] <= seen.support[1]:
        st.warning(t("Training has seen no point here: the density is an extrapolation."))
