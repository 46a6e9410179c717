"""The numbers that matter, above the pictures: likelihood, what bounds it, and what the 90 % interval holds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from core.spec import Spec
from dashboard.components import layout
from dashboard.components.densities import data, reading
from dashboard.components.player import Shown
from dashboard.text import t

IGNORANT = 0.5 * math.log(2 * math.pi * math.e)  # the NLL of a Gaussian of y's own mean and spread, in standard units


def above(s: Shown) -> None:
    """Held-out NLL beside that of the true density, or of one that ignores x; and what the 90 % interval holds."""
    nll, known = heard(s)
    cells = st.columns(3)
    layout.number(
        cells[0],
        t("Held-out NLL"),
        _nats(nll),
        note=_standard_note(s, nll) or t("lower is better"),
        help=t(
            "Mean of −log p(y | x) over rows that the network was not trained on, fresh ones where the problem can draw "
            "them. Lower is better."
        ),
    )
    if known is not None:
        note = _gap(nll - known) if nll is not None and s.result else t("no model does better on average")
        layout.number(cells[1], t("NLL of the true density"), _nats(known), note=note)
    else:
        _without_x(cells[1], spread(s))
    held = s.result.get("coverage_90")
    layout.number(
        cells[2],
        t("90 % interval holds"),
        "–" if held is None else reading.share(held, 1),
        note=t("{status} after {seconds} s", status=t(s.run.status), seconds=f"{s.run.seconds:.1f}"),
        help=t("The share of held-out rows whose y lies inside the learned central 90 % interval."),
    )


def _without_x(cell: Any, width: float | None) -> None:
    layout.number(
        cell,
        t("NLL without x"),
        _nats(None if width is None else IGNORANT + math.log(width)),
        note=t("a Gaussian that ignores the inputs"),
        help=t("What a single Gaussian with y's own mean and spread scores. A model that uses x has to stay below."),
    )


def heard(s: Shown) -> tuple[float | None, float | None]:
    """NLL of the model and of the true density on the same rows: fresh ones where there are some, else held-out ones."""
    result = s.result
    if "nll_test" in result:
        return result["nll_test"], result.get("nll_oracle_test")
    return result.get("nll_held_out", s.last("nll_held_out")), oracle(s)


def oracle(s: Shown) -> float | None:
    """The true density's NLL on the held-out rows; while the run goes on, on a sample of all its rows."""
    if "nll_oracle" in s.result or s.run.spec is None:
        return s.result.get("nll_oracle")
    return _oracle(s.run.spec.to_json())


@st.cache_data(max_entries=32, show_spinner=False)
def _oracle(spec: str) -> float | None:
    try:
        rows = data.source(Spec.parse(spec))
    except ValueError:
        return None
    if rows.log_density is None or rows.y is None:
        return None
    keep = np.random.default_rng(0).permutation(len(rows))[:2_000]
    return float(-rows.log_density(rows.x[keep], rows.y[keep]).mean())


def least_squares(s: Shown) -> float | None:
    """NLL of the least-squares line with one Gaussian width for every x, on the points of the picture; one input only."""
    line, dots = reading.picture(s, "baseline"), reading.points(s)
    if line is None or dots is None or data.widths(s.run.spec) != (1, 1):
        return None
    spread = float(np.std(dots[1] - np.interp(dots[0], line["x"], line["mean"])))
    return IGNORANT + math.log(spread) if spread > 0 else None


def _nats(value: float | None) -> str:
    return "–" if value is None else f"{reading.figure(value, '.3f')} {t('nats')}"


def _gap(gap: float) -> str:
    word = t("{gap} nats above it") if gap >= 0 else t("{gap} nats below it, by chance")
    return word.format(gap=f"{abs(gap):.3f}")


def _standard_note(s: Shown, nll: float | None) -> str:
    width = spread(s)
    if nll is None or width is None:
        return ""
    return t("{value} in standard units", value=reading.figure(nll - math.log(width), ".3f"))


def spread(s: Shown) -> float | None:
    """The standard deviation of y over all rows; of several outputs their product, as a density counts them."""
    if s.run.spec is None:
        return None
    try:
        y = data.source(s.run.spec).y
    except ValueError:
        return None
    return None if y is None else float(np.prod(np.asarray(y, float).reshape(len(y), -1).std(0))) or None
