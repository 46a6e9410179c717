"""The numbers that matter, above the picture, and how far to believe them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from core import discover, units
from core.spec import Spec
from dashboard.text import plain, t, t_in
from dashboard.widgets import layout, run_settings, standing
from dashboard.widgets.shown import Shown

_COLOURS = {"green": "green", "amber": "orange", "red": "red"}
SURFACES = {"critic", "scores"}  # views of what a critic has learned
_TRUST = "How far to believe the estimate, from checks on rows, ties, intervals and overfitting."


def truth(spec: Spec | None) -> float | None:
    """The true MI in nats of a spec's data, where it is known."""
    return None if spec is None else spec.data.true_mi()


def _shown(nats: float, unit: str) -> float:
    """An MI as it is displayed."""
    return round(units.to_bits(nats) if unit == "bits" else nats, 3)


def _with_unit(value: float, unit: str) -> str:
    return f"{figure(value)} {t(unit)}"


def figure(value: float | None) -> str:
    """As everywhere on the pages: three places, a minus that is no hyphen, and never −0.000; nothing for None and NaN."""
    return "" if value is None or math.isnan(value) else f"{round(value, 3) + 0.0:.3f}".replace("-", "−")


def rate(p: float | None) -> str:
    """A p-value or a rate of false discoveries."""
    return "< 0.001" if p is not None and p < 0.001 else figure(p)


def stated(name: str, p: float | None) -> str:
    """ "p = 0.034", "p < 0.001"."""
    return f"{name} –" if p is None else f"{name} {'' if p < 0.001 else '= '}{rate(p)}"


def amount(nats: float, unit: str) -> str:
    """An MI with its unit."""
    return _with_unit(_shown(nats, unit), unit)


def interval(low: float, high: float, unit: str) -> str:
    """Both ends of an interval, the unit once."""
    return t("{low} to {high}", low=amount(low, unit).split()[0], high=amount(high, unit))


def doubts(found: Sequence[str], unit: str) -> str:
    """Why to believe an estimate with care or not at all, or that no check says so; safe where Markdown is read."""
    return plain(" ".join(t_in(reason, unit) for reason in found if reason) or t("No check found a reason for doubt."))


def difference(nats: float, other: float, unit: str) -> str:
    """How much larger the first is than the other, as whoever subtracts the two displayed numbers finds it."""
    return _with_unit(_shown(nats, unit) - _shown(other, unit), unit)


def title(method: str, family: str = "estimators") -> str:
    """A method's title as its class gives it."""
    return t(discover.load(family, method).title)


def closed_forms() -> list[str]:
    """The estimators that need no training, the first in rank first."""
    return discover.having("estimators", closed_form=True)


def names(shown: list[Shown]) -> list[str]:
    """A name for each run that tells it from the others."""
    made = iter(run_settings.names([s.run.spec for s in shown if s.run.spec]))
    return [next(made) if s.run.spec else s.run.id for s in shown]


def has_critic(s: Shown) -> bool:
    """Whether a run's method trains a critic that can be drawn: known before its first step."""
    return s.run.spec is not None and bool(SURFACES & set(discover.load(s.run.spec.family, s.run.spec.method).views))


def numbers(shown: list[Shown], unit: str, doubted: Collection[str] = ()) -> None:
    """One number a run, the truth beside it (or below each, where they differ), and how far each is to be trusted.

    doubted: the runs that something beside them speaks against; none of them is called good.
    """
    known = [truth(s.run.spec) for s in shown]
    values = [estimate(s)[0] for s in shown]
    one = known[0] if len(set(known)) == 1 else None
    place = layout.numbers()
    for s, name, true in zip(shown, names(shown), known, strict=True):
        _number(place, s, name, unit, true if one is None else None)
    if one is not None:
        off = [difference(value, one, unit) for value in values if value is not None]
        note = t("the estimate is off by {error}", error=off[0]) if len(shown) == len(off) == 1 else ""
        layout.number(place, t("Truth"), amount(one, unit), note=note or t("known exactly"))
    if len(shown) == 1:
        _trust(place, shown[0], doubted)
    else:
        _trusts(shown, doubted)
    if not run_settings.same_data([s.run.spec for s in shown if s.run.spec]):
        st.caption(
            t("These runs saw different data: each is compared with its own truth.")
            if any(true is not None for true in known)
            else t("These runs saw different data: their estimates are not of the same quantity.")
        )


def _number(place: Any, s: Shown, name: str, unit: str, true: float | None) -> None:
    value, ends = estimate(s)
    of = "" if true is None else t("truth {value}", value=amount(true, unit))
    if value is None:
        none = t("no held-out value yet") if has_critic(s) else t("no value yet")
        none = none if s.run.active or s.at is not None else t("ended without a value")
        layout.number(place, name, "–", note=" · ".join(filter(None, (none, of))))
        return
    if ends:
        note = interval(*ends, unit)
    elif s.result:
        note = t("without an interval")
    else:
        note = t("held out, so far") if has_critic(s) else t("so far")
    equal = t("As strong as a Gaussian pair with |ρ| = {rho}.", rho=f"{units.equivalent_correlation(value):.3f}")
    layout.number(place, name, amount(value, unit), note=" · ".join(filter(None, (note, of))), help=equal)


def _level(s: Shown, doubted: Collection[str]) -> str:
    level = (s.result.get("trust") or {}).get("level", "")
    return "red" if level and s.run.id in doubted else level  # the words beside it say that it is not to be quoted


def word(level: str) -> str:
    """How far an estimate of this level may be believed, in a word or two."""
    return {"green": t("Good"), "amber": t("With care"), "red": t("Do not quote")}.get(level, "–")


def badge(level: str, text: str) -> str:
    """Text, already safe, in the colour of a level."""
    return f":{_COLOURS[level]}-badge[{text}]"


def _trust(place: Any, s: Shown, doubted: Collection[str]) -> None:
    note = t("the run took {time}", time=standing.took(s.run))
    if s.run.active:
        note = t("known when the run has ended")
    elif s.run.status == "stopped" and not s.run.step:
        note = t("stopped before its first step")
    elif s.run.status == "stopped":
        note = t("stopped at step {step} of {total}", step=f"{s.run.step:,}", total=f"{s.run.total:,}")
    layout.number(place, t("Trust"), word(_level(s, doubted)), note=note, help=t(_TRUST))


def _trusts(shown: list[Shown], doubted: Collection[str]) -> None:
    """How far to believe each of several estimates, in one line; why stands below the pictures."""
    told = zip(shown, names(shown), strict=True)
    known = [(name, level) for s, name in told if (level := _level(s, doubted))]
    if known:
        badges = " ".join(badge(level, f"{plain(name)}: {word(level)}") for name, level in known)
        st.markdown(f"{t('Trust')}: {badges}", help=t(_TRUST))


def estimate(s: Shown) -> tuple[float | None, tuple[float, float] | None]:
    """A run's estimate and its interval: the result, or before it the latest held-out estimate and None."""
    result = s.result
    if "mi" in result:
        return result["mi"], tuple(result["interval"]) if result.get("interval") else None  # type: ignore[return-value]
    value = s.last("mi_held_out")
    if value is None and not has_critic(s) and "loss" not in s.curves():  # nothing is held out where nothing is trained
        value = s.last("mi")
    return value, None


def reasons(shown: list[Shown], unit: str, doubted: Collection[str] = ()) -> None:
    """Why an estimate is to be believed or not, a line a run; where its truth is known, whether it was missed.

    doubted: as in `numbers`; what speaks against them is said beside them.
    """
    for s, name in zip(shown, names(shown), strict=True):
        trust = s.result.get("trust")
        if trust and s.run.spec:
            true = truth(s.run.spec)
            if true is not None and _missed(s.result, true):
                st.caption(_why_missed(s, name, true))
            clear = "No check found a reason for doubt."
            if s.run.id in doubted:
                clear = "The run’s own checks found no reason for doubt."
            text = " ".join(t_in(reason, unit) for reason in trust["reasons"]) or t(clear)
            st.markdown(f"{badge(_level(s, doubted), plain(name))} {plain(text)}")


def why(shown: list[Shown], unit: str) -> None:
    """Why the route that is reported was taken, and which were left out."""
    for s in shown:
        if said := s.result.get("why"):
            left_out = [t_in(skipped, unit) for skipped in s.result["skipped"]]
            st.caption(plain(" ".join([t_in(said, unit), *([t("Left out:"), *left_out] if left_out else [])])))


def _why_missed(s: Shown, name: str, true: float) -> str:
    """What an interval does not cover: chance, but no bias of the method."""
    first = t("The truth lies outside the interval of {method}.", method=name)
    if s.run.status == "stopped":
        return f"{first} " + t("The run was stopped before it had learned all.")
    if s.result["mi"] > true:
        return f"{first} " + t("The interval covers chance, not a method’s bias: this estimate is too high.")
    return f"{first} " + t("The interval covers chance, not a method’s bias: this estimate is too low.")


def _missed(result: dict[str, Any], true: float) -> bool:
    low, high = result.get("interval") or (-float("inf"), float("inf"))
    return not low <= true <= high
