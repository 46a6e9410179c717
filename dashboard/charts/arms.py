"""The robot arm: how it can stand with its hand at one place, and the density of its two angles there."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.sentences import Sentence
from dashboard.charts import palette, surfaces
from dashboard.charts._figure import TRUTH, Figure, axis, dots, figure, line


def poses(true: Any, learned: Any, shares: Any, hand: tuple[float, float], title: str = "") -> Figure:
    """Arms from the shoulder over the elbow to the hand: true (m, 3, 2) dashed, learned (k, 3, 2), in metres.

    shares: (k,), the part of the density that lies near each learned arm, its opacity.
    """
    true, learned = np.asarray(true, float).reshape(-1, 3, 2), np.asarray(learned, float).reshape(-1, 3, 2)
    data = [_arm(arm, share, place) for place, (arm, share) in enumerate(zip(learned, shares, strict=True))]
    for place, arm in enumerate(true):
        look = {"line": TRUTH, "legendgroup": "true", "showlegend": place == 0, "hoverinfo": "skip"}
        data.append(line(arm[:, 0], arm[:, 1], Sentence("exact solutions"), **look))
    cross, hover = {"symbol": "x", "size": 11, "color": palette.INK}, "%{x:.2f} m, %{y:.2f} m"
    data.append(dots(hand[:1], hand[1:], Sentence("hand"), marker=cross, hovertemplate=hover))
    alt = Sentence(
        "An arm with its hand at {x} m across and {y} m up: {n} exact solutions, {k} learned ones.",
        x=f"{hand[0]:.2f}",
        y=f"{hand[1]:.2f}",
        n=len(true),
        k=len(learned),
    )
    # One metre is as long across as up.
    x = axis(Sentence("across (m)"), range=[-1.1, 2.0], constrain="domain")
    y = axis(Sentence("up (m)"), range=[-1.1, 2.0], scaleanchor="x", constrain="domain")
    return figure(data, title, alt, x, y, showlegend=True)


def _arm(arm: np.ndarray, share: float, place: int) -> Figure:
    look = {
        "mode": "lines+markers",
        "line": {"color": palette.BLUE, "width": 6},
        "marker": {"size": 10, "color": palette.BLUE},
        "opacity": 0.35 + 0.6 * float(share),
        "hovertemplate": "%{x:.2f} m, %{y:.2f} m",
    }
    return line(arm[:, 0], arm[:, 1], Sentence("learned"), legendgroup="learned", showlegend=place == 0) | look


def angles(shoulder: Any, elbow: Any, p: Any, true: Any, title: str = "") -> Figure:
    """p(shoulder, elbow | hand) (ny, nx) at angles in degrees, the exact solutions (m, 2) marked."""
    labels: dict[str, Any] = {
        "xlabel": Sentence("shoulder (degrees)"),
        "ylabel": Sentence("elbow (degrees)"),
        "zlabel": Sentence("probability in 10° × 10°"),
    }
    out = surfaces.density(shoulder, elbow, p, title=title, **labels)
    x, y = np.asarray(true, float).reshape(-1, 2).T
    cross = {"symbol": "x-open", "size": 12, "color": palette.VERMILION, "line": {"width": 2}}
    hover = "%{x:.0f}°, %{y:.0f}°"
    out["data"].append(dots(x, y, Sentence("exact solutions"), showlegend=True, hovertemplate=hover, marker=cross))
    out["layout"]["showlegend"] = True
    return out
