"""Is it calibrated: what a model that keeps its promises would show, what this one shows, and the verdict in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard.charts import calibration as charts
from dashboard.charts import density_slices
from dashboard.screens.density import metrics, view
from dashboard.text import t
from dashboard.widgets import layout
from dashboard.widgets.shown import Shown

Array = np.ndarray
_LITTLE = 0.03  # off by less than this is told as a little, however many rows make it certain


def draw(shown: list[Shown], chart: Any) -> dict[str, Any]:
    """The verdict, its three numbers, PIT histogram and coverage curve beside each other, ribbons below."""
    s = shown[0]
    found = view.picture(s, "calibration")
    if found is None:
        view.absent(s, t("The check of calibration appears here with its first picture."))
        return {}
    st.markdown(f"**{verdict(found, metrics.rows(s, int(found['n'])))}**")
    _numbers(s, found)
    figures = {"pit": _pit(found), "coverage": _coverage(found)}
    left, right = st.columns(2)
    with left:
        chart("pit").show(figures["pit"], height=260)
    with right:
        chart("coverage").show(figures["coverage"], height=260)
    view.choose_varied(s)
    if ribbons := _ribbons(s):
        figures["ribbons"] = ribbons
        chart("ribbons").show(ribbons, height=300)
    if (outputs := int(found["outputs"])) > 1:
        st.caption(t("Every row counts once for each of its {n} outputs, each given those before it.", n=outputs))
    if s.result and not metrics.fresh(s):
        st.caption(t("The rows of this check also chose when to stop, so this check is slightly optimistic."))
    with st.expander(t("How to read these pictures")):
        _explained()
    return figures


def _at(found: dict[str, Array], nominal: float) -> tuple[float, float, float]:
    """Observed coverage of an interval, and the band of a calibrated model."""
    place = int(np.abs(np.asarray(found["nominal"]) - nominal).argmin())
    return tuple(float(np.asarray(found[k])[place]) for k in ("observed", "coverage_low", "coverage_high"))  # type: ignore[return-value]


def verdict(found: dict[str, Array], rows: str) -> str:
    """One sentence that reads the numbers of these rows: too narrow, too wide, shifted, misshapen, or as promised."""
    observed, low, high = _at(found, 0.9)
    little, held = abs(observed - 0.9) < _LITTLE, view.share(observed, 1)
    if observed < low:
        sentence = (
            "A little too narrow: the 90 % interval holds only {held} of {rows}."
            if little
            else "Too narrow: the 90 % interval holds only {held} of {rows}."
        )
        return t(sentence, held=held, rows=rows)
    if observed > high:
        sentence = (
            "A little too wide: the 90 % interval holds {held} of {rows}."
            if little
            else "Too wide: the 90 % interval holds {held} of {rows}."
        )
        return t(sentence, held=held, rows=rows)
    if float(found["ks"]) > float(found["ks_limit"]):
        return _uneven(found, held, rows)
    return t(
        "As promised: the 90 % interval holds {held} of {rows}; a calibrated model holds {low} to {high}.",
        held=held,
        rows=rows,
        low=view.share(low, 1),
        high=view.share(high, 1),
    )


def _uneven(found: dict[str, Array], held: str, rows: str) -> str:
    """What is wrong where the interval holds what it should and F(y | x) is not uniform all the same."""
    middle = _middle(found)
    if abs(middle - 0.5) > _LITTLE:
        side = t("low") if middle > 0.5 else t("high")
        return t(
            "Shifted: the 90 % interval holds {held} of {rows}, but the predictions lie too {side}.",
            held=held,
            rows=rows,
            side=side,
        )
    sentence = (
        "A little misshapen: the 90 % interval holds {held} of {rows}, but inside it they lie unevenly "
        "(distance {ks}, limit {limit})."
        if float(found["ks"]) < _LITTLE
        else "Misshapen: the 90 % interval holds {held} of {rows}, but inside it they lie unevenly "
        "(distance {ks}, limit {limit})."
    )
    ks, limit = f"{float(found['ks']):.4f}", f"{float(found['ks_limit']):.4f}"
    return t(sentence, held=held, rows=rows, ks=ks, limit=limit)


def _middle(found: dict[str, Array]) -> float:
    """The mean of F(y | x) as the histogram has it: above a half, y lies above what was predicted."""
    counts = np.asarray(found["pit_counts"], float)
    return float(counts @ (np.arange(len(counts)) + 0.5) / len(counts) / counts.sum())


def _numbers(s: Shown, found: dict[str, Array]) -> None:
    observed, low, high = _at(found, 0.5)
    crps, alone = (float(np.ravel(found[k])[0]) for k in ("crps", "crps_marginal"))
    cells = st.columns(3)
    layout.number(
        cells[0],
        t("50 % interval holds"),
        view.share(observed, 1),
        note=t("calibrated: {low} to {high}", low=view.share(low, 1), high=view.share(high, 1)),
    )
    layout.number(
        cells[1],
        t("PIT, KS distance"),
        f"{float(found['ks']):.4f}",
        note=t("calibrated: below {limit}", limit=f"{float(found['ks_limit']):.4f}"),
        help=t("The largest gap between the distribution of F(y | x) and the uniform one, 0 to 1."),
    )
    layout.number(
        cells[2],
        t("CRPS"),
        f"{crps:.3g}",
        note=t("{value} without x", value=f"{alone:.3g}"),
        help=t(
            "Continuous ranked probability score, in the unit of {y}: lower is better. Of a single guess it is the "
            "absolute error; beside it what the distribution of {y} scores that ignores the inputs.",
            y=_output(s),
        ),
    )


def _output(s: Shown) -> str:
    from dashboard.pickers import problem

    return problem.axes(s.run.spec)[1]


def _pit(found: dict[str, Array]) -> dict[str, Any]:
    counts, low, high = (np.asarray(found[k], float) for k in ("pit_counts", "pit_low", "pit_high"))
    out = int(((counts < low) | (counts > high)).sum())
    title = (
        t("PIT: all {bins} bins lie in the band", bins=len(counts))
        if not out
        else t("PIT: {out} of {bins} bins lie outside the band", out=out, bins=len(counts))
    )
    return charts.pit(counts, low, high, title=title)


def _coverage(found: dict[str, Array]) -> dict[str, Any]:
    nominal, observed, low, high = (
        np.asarray(found[k], float) for k in ("nominal", "observed", "coverage_low", "coverage_high")
    )
    below, above = int((observed < low).sum()), int((observed > high).sum())
    title = t("Intervals hold what they promise")
    if below or above:
        less = "{n} of {m} intervals hold less than they should"
        more = "{n} of {m} intervals hold more than they should"
        title = t(less if below > above else more, n=max(below, above), m=len(nominal))
    return charts.coverage(nominal, observed, low, high, title=title)


def _ribbons(s: Shown) -> dict[str, Any] | None:
    picture, seen = view.picture(s, "ribbons"), view.seen(s)
    if picture is None or seen is None:
        return None
    levels = [float(v) for v in picture["levels"]]
    return density_slices.ribbons(
        picture["x"],
        levels,
        picture["quantiles"],
        points=view.points(s) if seen.inputs == 1 else None,
        support=seen.support,
        title=t("Quantiles of {y} over {x}, other inputs at their medians", y=seen.names[1], x=seen.names[0])
        if seen.inputs > 1
        else t("{share} of the rows should lie in the pale band", share=view.share(levels[-1] - levels[0])),
        xlabel=seen.names[0],
        ylabel=seen.names[1],
    )


def _explained() -> None:
    st.markdown(
        t(
            "**PIT** (probability integral transform): F(y | x) is the share of the learned density that lies below the value "
            "that came. If the density is right, it is uniform: every bar as high as the dashed line, within the grey band 95 "
            "times in 100. A ∪ means too narrow, a ∩ too wide, a slope means shifted."
        )
    )
    st.markdown(
        t(
            "**Coverage**: of the rows inside the central 50 % interval there should be 50 %, and so on. Below the dashed line "
            "intervals are too narrow, above it too wide. With 95 % bands, one place in twenty lies outside by chance."
        )
    )
    st.markdown(
        t(
            "Calibration alone is no skill: the distribution of y without x is calibrated too. CRPS and NLL reward narrow "
            "densities that are right."
        )
    )
