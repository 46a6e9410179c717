"""The numbers that matter, above the pictures: likelihood, what bounds it, and what the 90 % interval holds.

Each is computed once, by the run, on the rows that judge it (`rows`): titles, cards and tables say the same number.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from core.spec import Spec
from dashboard.pickers import problem
from dashboard.screens.density import view
from dashboard.text import t
from dashboard.widgets import layout, trust_summary
from dashboard.widgets.shown import Shown
from dashboard.widgets.standing import took


def above(s: Shown) -> None:
    """NLL beside that of the true density, or of y without x; and what the 90 % interval holds."""
    nll, known = heard(s), oracle(s)
    cells = st.columns(3)
    layout.number(
        cells[0],
        t("NLL on {rows}", rows=rows(s)) if s.result else t("Validation NLL"),
        _nats(nll),
        note=_standard_note(s, nll) or t("lower is better"),
        help=t(
            "Mean of −log p(y | x) over rows that the network was not trained on. Lower is better. While a run goes on, "
            "these are the validation rows that decide when to stop."
        ),
    )
    if known is not None:
        note = _gap(nll, known) if nll is not None and s.result else t("no model does better on average")
        layout.number(cells[1], t("NLL of the true density"), _nats(known), note=note)
    else:
        _without_x(cells[1], s, nll)
    held = s.result.get("coverage_90")
    soon = t("comes at the end") if held is None and s.run.active else ""
    layout.number(
        cells[2],
        t("90 % interval holds"),
        "–" if held is None else view.share(held, 1),
        note=" · ".join(filter(None, (soon, _standing(s)))),
        help=t("Of the rows that judge the run, the share whose y lies inside the learned central 90 % interval."),
    )


def _standing(s: Shown) -> str:
    status = t(s.run.status)
    if not s.run.seconds:
        return status
    time = {"status": status, "time": took(s.run)}
    return t("{status} for {time}", **time) if s.run.status == "running" else t("{status} after {time}", **time)


def _without_x(cell: Any, s: Shown, nll: float | None) -> None:
    """What y costs where x is not known: the learned density averaged over x, on the rows of the information."""
    mi = s.result.get("mi") if s.result.get("n_mi") == s.result.get("n_calibration") else None
    layout.number(
        cell,
        t("NLL without x"),
        _nats(None if mi is None or nll is None else nll + mi),
        note=t("the learned density, averaged over x"),
        help=t("What the same rows cost if x is ignored. The difference is the information that x gives about y."),
    )


def heard(s: Shown) -> float | None:
    """The model's NLL on the rows that judge it; while the run goes on, on those that decide when to stop."""
    return s.result.get("nll", s.result.get("nll_held_out", s.last("nll_held_out")))


def rows(s: Shown, n: int | None = None) -> str:
    """The rows that judge a run, in words: all that judge a finished one, or n of them."""
    number = f"{s.result.get('n_calibration', 0) if n is None else n:,}"
    return t("{n} fresh points", n=number) if fresh(s) else t("{n} held-out rows", n=number)


def fresh(s: Shown) -> bool:
    """Whether points that were drawn for it alone judge a run, and not rows that also chose when to stop."""
    return s.result.get("calibrated_on", "fresh rows" if view.problem(s) else "") == "fresh rows"


def turns(s: Shown) -> str:
    """How the held-out rows of several averaged networks come to their number, in words; nothing where one set judges all."""
    networks, n = len(s.result.get("restart_nll", ())), s.result.get("n_held_out", 0)
    if networks < 2 or s.parameter("keep") != "average" or fresh(s):
        return ""
    return t(
        "Each of {networks} networks holds out {each} rows, {n} in all.",
        networks=networks,
        each=f"{n // networks:,}",
        n=f"{n:,}",
    )


def oracle(s: Shown) -> float | None:
    """The true density's NLL on the rows that judge the run, where it is known; the same before its end and after."""
    if "nll_oracle" in s.result or s.run.spec is None:
        return s.result.get("nll_oracle")
    return _oracle(s.run.spec.to_json())


@st.cache_data(max_entries=32, show_spinner=False)
def _oracle(spec: str) -> float | None:
    try:
        apart = problem.source(Spec.parse(spec)).test
    except ValueError:
        return None
    if apart is None or apart.log_density is None or apart.y is None:
        return None
    return float(-apart.log_density(apart.x, apart.y).mean())


def least_squares(s: Shown) -> float | None:
    """NLL of the least-squares line with one Gaussian width for every x, on rows that it has not seen; one input only."""
    line = view.picture(s, "baseline")
    if line is None or "nll" not in line or problem.widths(s.run.spec) != (1, 1):
        return None
    return float(np.ravel(line["nll"])[0])


def _nats(value: float | None) -> str:
    return "–" if value is None else f"{view.figure(value, '.3f')} {t('nats')}"


def _gap(nll: float, known: float) -> str:
    word = t("{gap} nats above it") if nll >= known else t("{gap} nats below it, by chance")
    return word.format(gap=distance(nll, known))


def distance(nll: float, other: float) -> str:
    """Between two displayed NLL (nats), as whoever subtracts them finds it."""
    return trust_summary.difference(max(nll, other), min(nll, other), "nats").split()[0]


def _standard_note(s: Shown, nll: float | None) -> str:
    width = spread(s)
    if nll is None or width is None:
        return ""
    return t("{value} in standard units", value=view.figure(nll - math.log(width), ".3f"))


def spread(s: Shown) -> float | None:
    """The standard deviation of y over all rows; of several outputs their product, as a density counts them."""
    if s.run.spec is None:
        return None
    try:
        y = problem.source(s.run.spec).y
    except ValueError:
        return None
    return None if y is None else float(np.prod(np.asarray(y, float).reshape(len(y), -1).std(0))) or None
