"""The figures of MI estimation, from runs as the store holds them: used by the estimate and the table page."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core import units
from dashboard.charts import bars, palette, points, surfaces
from dashboard.charts import curves as charts
from dashboard.text import t
from dashboard.widgets import layout, server
from dashboard.widgets.live import show
from dashboard.widgets.run_settings import same_data
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import SURFACES, amount, difference, estimate, has_critic, names, truth

Steps = tuple[np.ndarray, np.ndarray]
_PREVIEW = 1_500  # pairs of a distribution that are drawn before anything runs, at most


def _scaled(values: Any, unit: str) -> np.ndarray:
    return np.asarray(values) * units.per_nat(unit)


def _finite(values: np.ndarray) -> np.ndarray:
    """Off the support the true pointwise MI is −∞: left blank."""
    return np.where(np.isfinite(values), values, np.nan)


def estimated(s: Shown) -> Steps | None:
    """A run's estimate at every step at which it was made, its result the last; None before the first.

    A training's is made on held-out rows. A closed form has one value, however many parts its work has.
    """
    found = s.curves()
    steps, values = found.get("mi_held_out" if _trained(s) else "mi", (np.empty(0, int), np.empty(0)))
    if not _trained(s):
        steps, values = steps[-1:], values[-1:]
    if "mi" in s.result:
        before = steps < s.run.step
        steps = np.append(steps[before], s.run.step)
        values = np.append(values[before], s.result["mi"])
    return (steps, values) if len(steps) else None


def _trained(s: Shown) -> bool:
    """Whether a run minimises something; what takes many parts of work need not train."""
    return "loss" in s.run.info or not {"loss", "mi_held_out"}.isdisjoint(s.curves())


def curves(shown: list[Shown], unit: str) -> dict[str, Any]:
    """Training and held-out estimate of every run against the step, with its interval at its end; truths dashed."""
    drawn: list[charts.Curve] = []
    known = [truth(s.run.spec) for s in shown]
    one = known[0] if len(set(known)) == 1 else None
    for s, name, (colour, symbol), true in zip(shown, names(shown), _styles(shown), known, strict=True):
        line = partial(charts.Curve, method=_method(s), colour=colour, symbol=symbol)
        if _trained(s) and "mi" in (found := s.curves()):
            steps, values = found["mi"]
            label = t("{method}, training", method=name)
            drawn.append(line("mi", label, steps=steps, values=_scaled(values, unit), kind="training"))
        if (found_mi := estimated(s)) is not None:
            interval = s.result.get("interval")
            low, high = map(float, _scaled(interval or (0.0, 0.0), unit))
            label = t("{method}, held out", method=name) if _trained(s) else name
            kind: charts.Kind = "held out" if _trained(s) else "closed form"
            ends = (low, high) if interval else None
            steps, values = found_mi[0], _scaled(found_mi[1], unit)
            drawn.append(line("mi_held_out", label, steps=steps, values=values, kind=kind, interval=ends))
        if one is None and true is not None:
            label = t("truth of {method}", method=name)
            drawn.append(line("truth", label, steps=[1], values=[float(_scaled(true, unit))], kind="truth"))
    scaled = None if one is None else float(_scaled(one, unit))
    figure = charts.estimate(drawn, truth=scaled, unit=unit, title=_headline(shown, unit), at=shown[0].at)
    figure["layout"]["meta"]["scale"] = {"y": units.per_nat(unit)}
    if len(shown) > 3:  # room for their names; on a phone they stand one below the other
        figure["layout"]["meta"]["narrow_height"] = 1 + 0.03 * len(shown)
    return _standing(figure, shown)


def _method(s: Shown) -> str:
    return s.run.spec.method if s.run.spec else s.run.id


def _styles(shown: list[Shown]) -> list[tuple[str, str]]:
    return palette.styles([_method(s) for s in shown])


def _headline(shown: list[Shown], unit: str) -> str:
    """What the picture shows, as a sentence with the figures in it."""
    values = [estimate(s)[0] for s in shown]
    s, value = shown[0], values[0]
    ended = all(s.run.status == "finished" and s.at is None for s in shown)
    if len(shown) > 1:
        known = [v for v in values if v is not None]
        if not ended or len(known) < len(shown) or not same_data([s.run.spec for s in shown if s.run.spec]):
            return t("Estimates against the training step") if any(map(_trained, shown)) else t("The estimates so far")
        low, high = amount(min(known), unit).split()[0], amount(max(known), unit)
        return t("{n} estimates end between {low} and {high}", n=len(known), low=low, high=high)
    if value is None:
        return t("Estimates against the training step") if has_critic(s) else t("The estimate appears here")
    name, true = names(shown)[0], truth(s.run.spec)
    if true is None:
        sentence = "{method} ends at {value}" if ended else "{method} stands at {value}"
        return t(sentence, method=name, value=amount(value, unit))
    gap = difference(value, true, unit).lstrip("−")
    side = t("above") if value > true else t("below")
    sentence = "{method} ends {gap} {side} the truth" if ended else "{method} stands {gap} {side} the truth"
    return t(sentence, method=name, gap=gap, side=side)


def routes(shown: list[Shown], unit: str) -> dict[str, Any] | None:
    """What each route found of the first run that compared several, the reported one named; None where none did."""
    for s in shown:
        found = s.result.get("routes", [])
        if len(found) > 1:
            names, methods = [t(route["route"]) for route in found], [route["method"] for route in found]
            title = t("Reported: {route}", route=t(s.result["route"]))
            values, ends = (_scaled([route[key] for route in found], unit) for key in ("mi", "interval"))
            true = truth(s.run.spec)
            scaled = None if true is None else float(_scaled(true, unit))
            return bars.estimates(methods, names, values, ends, scaled, unit, title)
    return None


def loss(shown: list[Shown]) -> dict[str, Any] | None:
    """What each run minimises. It is no mutual information and has an axis of its own; a closed form minimises nothing."""
    drawn = []
    for s, name, (colour, symbol) in zip(shown, names(shown), _styles(shown), strict=True):
        if "loss" in (found := s.curves()):
            drawn.append(charts.Curve("loss", name, _method(s), *found["loss"], "loss", None, colour, symbol))
    if not drawn and not any(map(has_critic, shown)):
        return None
    figure = charts.loss(drawn, title=t("Training loss"), ylabel=t("loss (nats)"), at=shown[0].at)
    figure["layout"]["showlegend"] = False  # the colours are those of the estimates above
    return _standing(figure, shown)


def _standing(figure: dict[str, Any], shown: list[Shown]) -> dict[str, Any]:
    """A replay moves along axes that stand still."""
    if shown[0].at is not None and any(map(_trained, shown)):
        charts.until(figure, max(s.run.step for s in shown))
    return figure


def critic(shown: list[Shown], unit: str) -> dict[str, Any] | None:
    """The learned pointwise MI of the first run that has one; its title says which, where there are several."""
    for s, name in zip(shown, names(shown), strict=True):
        if (figure := _learned(s, unit, f" ({name})" if len(shown) > 1 else "")) is not None:
            return figure
    return None


def _learned(s: Shown, unit: str, of: str) -> dict[str, Any] | None:
    """As a surface beside the true one; in more dimensions, point by point."""
    if not SURFACES & set(s.run.views):
        return None
    if (picture := s.picture("critic")) is not None:
        scores, zlabel = _scaled(picture["scores"], unit), t("pointwise MI ({unit})", unit=t(unit))
        if "truth" not in picture:
            return surfaces.surface(
                picture["x"], picture["y"], scores, t("What the critic learned") + of, *_sides(s), zlabel=zlabel
            )
        true = _scaled(picture["truth"], unit)
        reach = _reach(_finite(true))
        # Off the support it is −∞, the end of the colours: left blank it would look like 0.
        true = np.where(np.isneginf(true), -reach, _finite(true))
        return surfaces.pair(
            picture["x"],
            picture["y"],
            scores,
            true,
            (t("critic"), t("truth")),
            title=t("Learned and true pointwise MI") + of,
            zlabel=zlabel,
            limit=reach,
        )
    if (picture := s.picture("scores")) is not None and "truth" in picture:
        figure = points.learned_vs_true(
            _scaled(picture["learned"], unit),
            _finite(_scaled(picture["truth"], unit)),
            xlabel=t("true pointwise MI ({unit})", unit=t(unit)),
            ylabel=t("learned ({unit})", unit=t(unit)),
            title=t("Learned and true pointwise MI of held-out rows") + of,
        )
        figure["layout"]["meta"]["scale"] = dict.fromkeys("xy", units.per_nat(unit))
        return figure
    return None


def _sides(s: Shown) -> tuple[str, str]:
    """What the axes of a critic's surface are called: the columns of a table, where they are."""
    return s.run.spec.data.sides() if s.run.spec else ("x", "y")


def _reach(true: np.ndarray) -> float:
    """Colours reach as far as the peaks: in empty corners the truth falls without end and would drown the rest."""
    return 1.5 * max(float(np.nanmax(true)), 0.5)


def preview(data: dict[str, Any], unit: str) -> None:
    """What the chosen distribution looks like, before anything runs."""
    from core.distributions import from_dict

    # Beside the new picture's place, where the one before stands until the new one is there.
    with st.spinner(t("Computing this distribution. A picture that stands here is still of the one before.")):
        try:
            joint = from_dict(data["distribution"])
        except ValueError as error:  # which those who may press Start are told there
            layout.empty(
                t(error) if server.view_only() else t("The distribution appears here once its settings are right.")
            )
            return
        n = min(data.get("n") or _PREVIEW, _PREVIEW)
        x, y = _sample(repr(sorted(data["distribution"].items())), data["distribution"], n)
        mi = amount(joint.true_mi, unit)
    said = t(
        "{rows} pairs of this distribution: its mutual information is {mi}",
        rows=f"{len(x):,}",
        mi=mi,
    )
    names = ("x", "y") if x.shape[1] == 1 else ("x₁", "y₁")
    show(points.scatter(x[:, 0], y[:, 0], *names, title=said), key="estimate-preview", height=420)
    st.caption(server.invitation(t("Press Start to train.")))


@st.cache_data(max_entries=64, show_spinner=False)
def _sample(identity: str, distribution: dict[str, Any], n: int) -> tuple[np.ndarray, np.ndarray]:
    from core.distributions import from_dict

    return from_dict(distribution).sample(n, seed=0)
