"""The numbers that matter, above the picture, and how far to believe them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import discover, units
from core.spec import DistributionData, Spec
from dashboard.components import layout
from dashboard.components.player import Shown
from dashboard.text import t

_COLOURS = {"green": "green", "amber": "orange", "red": "red"}


def truth(spec: Spec | None) -> float | None:
    """The true MI in nats of a spec's data, where it is known."""
    if spec is None or not isinstance(spec.data, DistributionData):
        return None
    from core.distributions import from_dict

    return float(from_dict(spec.data.distribution).true_mi)


def amount(nats: float, unit: str) -> str:
    """An MI with its unit; −0.000 is 0.000."""
    value = units.to_bits(nats) if unit == "bits" else nats
    return f"{round(value, 3) + 0.0:.3f} {t(unit)}".replace("-", "−")


def title(method: str, family: str = "estimators") -> str:
    """A method's title as its class gives it."""
    return t(discover.load(family, method).title)


def numbers(shown: list[Shown], true: float | None, unit: str) -> None:
    """One number a method, the truth beside it, and where one stands alone its trust and time."""
    cells = [(s, *_estimate(s)) for s in shown]
    columns = st.columns(max(len(cells), 1) + (true is not None) + (len(cells) == 1))
    for column, (s, value, interval) in zip(columns, cells, strict=False):
        name = title(s.run.spec.method) if s.run.spec else s.run.id
        if value is None:
            layout.number(column, name, "–", note=t("no held-out value yet"))
            continue
        note = (
            t("{low} to {high}", low=amount(interval[0], unit).split()[0], high=amount(interval[1], unit))
            if interval
            else t("held out, so far")
        )
        equal = t("As strong as a Gaussian pair with |ρ| = {rho}.", rho=f"{units.equivalent_correlation(value):.3f}")
        layout.number(column, name, amount(value, unit), note=note, help=equal)
    rest = list(columns[len(cells) :])
    if true is not None:
        off = [value - true for _, value, _ in cells if value is not None]
        note = t("the estimate is off by {error}", error=amount(off[0], unit)) if len(off) == 1 else t("known exactly")
        layout.number(rest.pop(0), t("Truth"), amount(true, unit), note=note)
    if rest:
        run = shown[0].run
        trust = shown[0].result.get("trust") or {}
        word = {"green": t("Good"), "amber": t("With care"), "red": t("Do not quote")}.get(trust.get("level"), "–")
        layout.number(
            rest[0],
            t("Trust"),
            word,
            note=t("after {seconds} s", seconds=f"{run.seconds:.1f}"),
            help=t("How far to believe the estimate, from checks on rows, ties, intervals and overfitting."),
        )


def _estimate(s: Shown) -> tuple[float | None, tuple[float, float] | None]:
    result = s.result
    if "mi" in result:
        return result["mi"], tuple(result["interval"]) if result.get("interval") else None  # type: ignore[return-value]
    held_out = s.last("mi_held_out")
    return (held_out, None) if held_out is not None else (None, None)


def reasons(shown: list[Shown], true: float | None = None) -> None:
    """Why an estimate is to be believed or not, a line a method; where the truth is known, whether it was missed."""
    for s in shown:
        trust = s.result.get("trust")
        if trust and s.run.spec:
            colour = _COLOURS[trust["level"]]
            if true is not None and _missed(s.result, true):
                st.caption(
                    t(
                        "The truth lies outside the interval of {method}: the interval covers chance, not what a method "
                        "cannot learn. Most of these estimates are lower bounds, and a small critic stays below.",
                        method=title(s.run.spec.method),
                    )
                )
            text = " ".join(t(reason) for reason in trust["reasons"]) or t("No check found a reason for doubt.")
            st.markdown(f":{colour}-badge[{title(s.run.spec.method)}] {text}")


def _missed(result: dict[str, Any], true: float) -> bool:
    low, high = result.get("interval") or (-float("inf"), float("inf"))
    return not low <= true <= high
