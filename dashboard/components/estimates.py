"""The figures of MI estimation, from runs as the store holds them: used by the estimate and the table page."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core import units
from dashboard.charts import curves as charts
from dashboard.charts import heat, points
from dashboard.components import layout
from dashboard.components.live import show
from dashboard.components.player import Shown
from dashboard.components.verdict import amount, title
from dashboard.text import t

_TRAINED = {"mi": "training", "mi_held_out": "held out"}


def _scaled(values: np.ndarray, unit: str) -> np.ndarray:
    return np.asarray(values) / units.LN2 if unit == "bits" else np.asarray(values)


def _finite(values: np.ndarray) -> np.ndarray:
    """Off the support the true pointwise MI is −∞: left blank."""
    return np.where(np.isfinite(values), values, np.nan)


def curves(shown: list[Shown], truth: float | None, unit: str) -> dict[str, Any]:
    """Training and held-out estimate of every run against the step, the truth as a dashed line."""
    drawn = []
    for s in shown:
        method = s.run.spec.method if s.run.spec else s.run.id
        for name, (steps, values) in s.curves().items():
            if name in _TRAINED:
                kind = _TRAINED[name] if s.run.total > 1 else "closed form"
                label = f"{title(method)}, {t(kind)}"
                drawn.append(charts.Curve(name, label, method, steps, _scaled(values, unit), kind))
    scaled = None if truth is None else float(_scaled(np.asarray(truth), unit))
    figure = charts.estimate(drawn, truth=scaled, unit=unit, title=_headline(shown, truth, unit), at=shown[0].at, say=t)
    if shown[0].at is not None:  # a replay moves along axes that stand still
        figure["layout"]["xaxis"]["range"] = [0, max(s.run.step for s in shown)]
    return figure


def _headline(shown: list[Shown], truth: float | None, unit: str) -> str:
    """What the picture shows, as a sentence with the figures in it."""
    s = shown[0]
    value = s.result.get("mi", s.last("mi_held_out"))
    if value is None or len(shown) > 1:
        return t("Estimates against the training step")
    name = title(s.run.spec.method) if s.run.spec else s.run.id
    ended = s.run.status == "finished" and s.at is None
    if truth is None:
        return (
            t("{method} ends at {value}", method=name, value=amount(value, unit))
            if ended
            else t("{method} stands at {value}", method=name, value=amount(value, unit))
        )
    gap = amount(abs(value - truth), unit)
    side = t("above") if value > truth else t("below")
    sentence = "{method} ends {gap} {side} the truth" if ended else "{method} stands {gap} {side} the truth"
    return t(sentence, method=name, gap=gap, side=side)


def loss(shown: list[Shown]) -> dict[str, Any]:
    """What each run minimises. It is no mutual information and has an axis of its own."""
    drawn = []
    for s in shown:
        method = s.run.spec.method if s.run.spec else s.run.id
        if "loss" in (found := s.curves()):
            drawn.append(charts.Curve("loss", title(method), method, *found["loss"], "loss"))
    return charts.loss(drawn, title=t("Training loss"), ylabel=t("loss"), at=shown[0].at, say=t)


def critic(shown: list[Shown], unit: str) -> dict[str, Any] | None:
    """The learned pointwise MI of the first run that has one."""
    return next((figure for s in shown if (figure := _learned(s, unit))), None)


def _learned(s: Shown, unit: str) -> dict[str, Any] | None:
    """As a surface beside the true one; in more dimensions, point by point."""
    if not {"critic", "scores"} & set(s.run.views):
        return None
    if (picture := s.picture("critic")) is not None:
        scores, zlabel = _scaled(picture["scores"], unit), t("pointwise MI ({unit})", unit=t(unit))
        if "truth" not in picture:
            return heat.surface(
                picture["x"], picture["y"], scores, title=t("What the critic learned"), zlabel=zlabel, say=t
            )
        true = _finite(_scaled(picture["truth"], unit))
        return heat.pair(
            picture["x"],
            picture["y"],
            scores,
            true,
            (t("critic"), t("truth")),
            title=t("Learned and true pointwise MI"),
            zlabel=zlabel,
            limit=_reach(true),
            say=t,
        )
    if (picture := s.picture("scores")) is not None and "truth" in picture:
        return points.learned_vs_true(
            _scaled(picture["learned"], unit),
            _finite(_scaled(picture["truth"], unit)),
            xlabel=t("true pointwise MI ({unit})", unit=t(unit)),
            ylabel=t("learned ({unit})", unit=t(unit)),
            say=t,
            title=t("Learned and true pointwise MI of held-out rows"),
        )
    return None


def _reach(true: np.ndarray) -> float:
    """Colours reach as far as the peaks: in empty corners the truth falls without end and would drown the rest."""
    return 1.5 * max(float(np.nanmax(true)), 0.5)


def preview(data: dict[str, Any], unit: str) -> None:
    """What the chosen distribution looks like, before anything runs."""
    from core.distributions import from_dict

    try:
        joint = from_dict(data["distribution"])
    except ValueError as error:
        layout.empty(str(error))
        return
    x, y = _sample(repr(sorted(data["distribution"].items())), data["distribution"])
    said = t(
        "{rows} pairs of this distribution: its mutual information is {mi}",
        rows=f"{len(x):,}",
        mi=amount(joint.true_mi, unit),
    )
    names = ("x", "y") if x.shape[1] == 1 else ("x₁", "y₁")
    show(points.scatter(x[:, 0], y[:, 0], *names, title=said, say=t), key="estimate-preview", height=420)
    st.caption(t("Press Start to train. Nothing runs before."))


@st.cache_data(max_entries=64, show_spinner=False)
def _sample(identity: str, distribution: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    from core.distributions import from_dict

    return from_dict(distribution).sample(1_500, seed=0)
