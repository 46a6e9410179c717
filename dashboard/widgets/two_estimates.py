"""Two estimates of the same data: whether they agree, and which of them to believe."""

from __future__ import annotations

from core import discover
from dashboard.text import t
from dashboard.widgets import trust_summary
from dashboard.widgets.shown import Shown


def disagreement(s: Shown, other: str, interval: tuple[float, float]) -> str:
    """One sentence where a run's interval and that of another estimator on the same data (nats) do not overlap."""
    _, own = trust_summary.estimate(s)
    if own is None or s.run.spec is None or (own[0] <= interval[1] and interval[0] <= own[1]):
        return ""
    if _nothing(own, interval):
        return ""
    named = {"own": trust_summary.title(s.run.spec.method), "other": trust_summary.title(other)}
    if own[1] < interval[0] and discover.load("estimators", other).any_dependence:
        said = "{own} and {other} disagree beyond their intervals: a critic that finds less than {other} has not learned all; do not quote {own} here."
    else:
        said = "{own} and {other} disagree beyond their intervals: quote neither before it is known why."
    return t(said, **named)


def _nothing(*intervals: tuple[float, float]) -> bool:
    """Whether all of them reach down to 0."""
    return all(low <= 0.0 for low, _ in intervals)


def preferred(s: Shown, other: str, mi: float, interval: tuple[float, float]) -> str:
    """Which of two estimates of the same data to believe, a run's or another method's (nats), or that they agree."""
    value, own = trust_summary.estimate(s)
    if value is None or own is None or s.run.spec is None:
        return ""
    if own[0] <= mi <= own[1] or interval[0] <= value <= interval[1]:
        return t("They agree within their intervals.")
    if _nothing(own, interval):
        return t("Neither is clearly above 0.")
    cls, named = (
        discover.load("estimators", other),
        {"own": trust_summary.title(s.run.spec.method), "other": trust_summary.title(other)},
    )
    said = "Each lies outside the other’s interval: quote neither before it is known why."
    if value < mi and cls.any_dependence:
        said = "Each lies outside the other’s interval: believe {other}, since a critic that finds less has not learned all."
    elif value > mi and not cls.any_dependence:
        said = "Each lies outside the other’s interval: believe {own}, since {other} misses some kinds of dependence."
    return t(said, **named)
