"""Three numbers, the density forming over the points, and the loss with the truth's line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.charts import curves as charts
from dashboard.charts import densities as pictures
from dashboard.components import layout
from dashboard.components.densities import data, reading
from dashboard.components.player import Shown
from dashboard.text import t

_OVER = "density:over"
_IGNORANT = 0.5 * math.log(2 * math.pi * math.e)  # the NLL of a Gaussian of y's own mean and spread, in standard units


def numbers(s: Shown) -> None:
    """Held-out NLL beside that of the true density, or of one that ignores x; and what the 90 % interval holds."""
    result = s.result
    nll, oracle = result.get("nll_held_out", s.last("nll_held_out")), result.get("nll_oracle")
    known = reading.problem(s) != ""
    cells = st.columns(3)
    layout.number(
        cells[0],
        t("Held-out NLL"),
        _nats(nll),
        note=_standard_note(s, nll) or t("lower is better"),
        help=t("Mean of −log p(y | x) over points that the network was not trained on. Lower is better."),
    )
    if known:
        note = t("no method can stay below it") if oracle is None or nll is None else _gap(nll - oracle)
        layout.number(cells[1], t("NLL of the true density"), _nats(oracle), note=note)
    else:
        spread = _spread(s)
        alone = None if spread is None else _IGNORANT + math.log(spread)
        layout.number(
            cells[1],
            t("NLL without x"),
            _nats(alone),
            note=t("a Gaussian that ignores the inputs"),
            help=t(
                "What a single Gaussian with y's own mean and spread scores. A model that uses x has to stay below."
            ),
        )
    held = result.get("coverage_90")
    layout.number(
        cells[2],
        t("90 % interval holds"),
        "–" if held is None else f"{held:.1%}",
        note=t("{status} after {seconds} s", status=t(s.run.status), seconds=f"{s.run.seconds:.1f}"),
        help=t("The share of held-out rows whose y lies inside the learned central 90 % interval."),
    )


def _nats(value: float | None) -> str:
    return "–" if value is None else f"{reading.figure(value, '.3f')} {t('nats')}"


def _gap(gap: float) -> str:
    word = t("{gap} nats above it") if gap >= 0 else t("{gap} nats below it, by chance")
    return word.format(gap=f"{abs(gap):.3f}")


def _standard_note(s: Shown, nll: float | None) -> str:
    spread = _spread(s)
    if nll is None or spread is None:
        return ""
    return t("{value} in standard units", value=reading.figure(nll - math.log(spread), ".3f"))


def _spread(s: Shown) -> float | None:
    """The standard deviation of y over all rows; of several outputs their product, as a density counts them."""
    if s.run.spec is None:
        return None
    try:
        y = data.source(s.run.spec).y
    except ValueError:
        return None
    return None if y is None else float(np.prod(np.asarray(y, float).reshape(len(y), -1).std(0))) or None


def draw(s: Shown, chart) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    """The density and the loss; returns the figures by name, for export."""
    over = state.widget(_OVER) or "points"  # the switch stands below the pictures, which come first
    figures = {"density": density(s, over), "loss": loss(s)}
    if figures["density"]:
        chart("density").show(figures["density"], height=320)
    elif s.run.status in ("finished", "stopped"):
        st.caption(t("This method has no picture of its density for these data."))
    else:
        st.caption(t("The density appears here with its first picture."))
    chart("loss").show(figures["loss"], height=200)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            t("Over the density"),
            ("points", "samples", "nothing"),
            default="points",
            key=_OVER,
            required=True,
            format_func=t,
            label_visibility="collapsed",
        )
        units(s)
    return figures


def density(s: Shown, over: str = "points") -> dict[str, Any] | None:
    """p(y | x) over the points or over samples of the model, the truth beside it."""
    seen = reading.seen(s)
    if seen is None:
        return None
    drawn = reading.samples(s) if over == "samples" else None
    return pictures.learned(
        seen.x,
        seen.y,
        seen.p,
        truth=seen.truth,
        means=None if seen.means is None else (seen.x, seen.means),
        weights=seen.weights,
        baseline=seen.line,
        points=reading.points(s) if over == "points" else None,
        drawn=drawn,
        support=seen.support,
        title=_headline(seen),
        xlabel=seen.names[0],
        ylabel=seen.names[1],
        say=t,
    )


def _headline(seen: reading.Seen) -> str:
    """How many answers one x has, at most, as the picture shows it."""
    if seen.inputs > 1:
        return t("The learned density over {x}, the other inputs at their medians", x=seen.names[0])
    inside = np.ones(len(seen.x), bool)
    if seen.support is not None:
        inside = (seen.x >= seen.support[0]) & (seen.x <= seen.support[1])
    counts = [len(pictures.peaks(column)) for column in seen.p.T[inside]]
    most = max(counts, default=0)
    if most > 1:
        where = seen.x[inside][int(np.argmax(counts))]
        return t(
            "The learned density has {n} branches near {x} = {at}", n=most, x=seen.names[0], at=reading.figure(where)
        )
    return t("The learned density has one branch: each {x} has one answer, with a width", x=seen.names[0])


def loss(s: Shown) -> dict[str, Any]:
    """Training and held-out NLL, with the true density's as a line where it is known."""
    found = s.curves()
    method = s.run.spec.method if s.run.spec else s.run.id
    lines = [
        charts.Curve(n, t(label), method, *found[n], kind)
        for n, label, kind in (("loss", "training", "training"), ("nll_held_out", "held out", "held out"))
        if n in found
    ]
    oracle = s.result.get("nll_oracle")
    return charts.loss(
        lines,
        title=_loss_title(s, oracle),
        ylabel=t("NLL (nats)"),
        at=s.at,
        reference=None if oracle is None else (oracle, t("true density {value}", value=f"{oracle:.3f}")),
        say=t,
    )


def _loss_title(s: Shown, oracle: float | None) -> str:
    nll = s.result.get("nll_held_out")
    if nll is None:
        return t("Negative log-likelihood falls towards that of the true density")
    if oracle is None:
        return t("Held-out NLL ends at {nll} nats", nll=f"{nll:.3f}")
    return t("Held-out NLL ends {gap} nats from the true density's", gap=f"{abs(nll - oracle):.3f}")


def units(s: Shown) -> None:
    """Why a negative log-likelihood may be negative, and what makes two of them comparable."""
    with st.popover(t("Why may NLL be negative?"), type="tertiary", icon=":material/help:"):
        st.markdown(
            t(
                "A probability is at most 1, so its −log is at least 0. A **density** is a probability per unit of y: where y "
                "is narrow it exceeds 1, and its −log is below 0. That is no fault, and 0 is no goal."
            )
        )
        st.markdown(
            t(
                "The value depends on the unit of y: measured in centimetres instead of metres it grows by log 100 = 4.61 "
                "nats, with the same model. **Standard units** (y divided by its own standard deviation) make values of "
                "different tables comparable: a Gaussian that ignores x has {value} there, and every nat below it is "
                "information that x gives about y.",
                value=f"{_IGNORANT:.3f}",
            )
        )
        if (spread := _spread(s)) is not None:
            st.caption(
                t(
                    "Here the spread of y is {spread}: standard units are {shift} nats lower.",
                    spread=f"{spread:.4g}",
                    shift=reading.figure(math.log(spread), ".3f"),
                )
            )
