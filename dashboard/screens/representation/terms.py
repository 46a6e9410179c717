"""What a run descends and what becomes of it: its loss or the terms of it, each against the step on an axis of its own."""

from __future__ import annotations

import math
from typing import Any

from dashboard.charts import curves, palette
from dashboard.text import t
from dashboard.widgets.shown import Shown

Figures = dict[str, dict[str, Any] | None]
# What a loss is, by the objective that is ascended.
_LOSSES = {
    "auto": "minus information of a batch (nats)",
    "codes": "minus information of the codes of a batch (nats)",
    "infonce": "minus InfoNCE of a batch (nats)",
    "jsd": "logistic loss (no information)",
    "dv": "minus Donsker–Varadhan of a batch (nats)",
}


def figures(s: Shown) -> Figures:
    """Each by its name, None where the run has no such curve."""
    return {"loss": _loss(s), "terms": _terms(s), "game": _game(s), "prior_ks": _fit(s), "ndm": _ndm(s)}


def method(s: Shown) -> str:
    """The method whose colour the run's lines have."""
    return s.run.spec.method if s.run.spec else ""


def _loss(s: Shown) -> dict[str, Any] | None:
    found = s.curves()
    if "loss" not in found:
        return None
    lines = [curves.Curve("loss", t("training batches"), method(s), *found["loss"], "training")]
    title = t("The loss of each batch")
    if len((held_out := s.curve("loss_held_out"))[1]):
        lines.append(curves.Curve("loss_held_out", t("held-out rows"), method(s), *held_out, "held out"))
        title = t("The loss of each batch, and {value} on held-out rows", value=f"{held_out[1][-1]:.3f}")
    label = t(_LOSSES.get(s.parameter("objective"), "loss"))
    return curves.loss(lines, title=title, ylabel=label, at=s.at)


def _terms(s: Shown) -> dict[str, Any] | None:
    lines = _lines(s, {"loss_local": t("local: places and features"), "loss_global": t("global: whole pictures")})
    if not lines:
        return None
    label = t(_LOSSES.get(s.parameter("objective"), "loss"))
    return curves.loss(lines, title=t("The local and the global term of each batch"), ylabel=label, at=s.at)


def _game(s: Shown) -> dict[str, Any] | None:
    """Both players' losses: neither is information."""
    lines = _lines(s, {"loss_discriminator": t("discriminator"), "loss_prior": t("encoder")})
    if not lines:
        return None
    chance = 2 * math.log(2), t("discriminator that cannot tell, 2 ln 2")
    title = t("The prior: a discriminator against the encoder")
    return curves.loss(lines, title=title, ylabel=t("logistic loss (no information)"), at=s.at, reference=chance)


def _lines(s: Shown, labels: dict[str, str]) -> list[curves.Curve]:
    """Curves of training batches, told apart by their colours."""
    found, colours = s.curves(), (palette.BLUE, palette.VERMILION)
    return [
        curves.Curve(name, label, method(s), *found[name], "loss", colour=colour)
        for (name, label), colour in zip(labels.items(), colours, strict=True)
        if name in found
    ]


def _fit(s: Shown) -> dict[str, Any] | None:
    title = t("Distance of σ(feature) from uniform, held-out rows: {value}")
    return _figure(s, "prior_ks", title, t("mean KS distance"))


def _ndm(s: Shown) -> dict[str, Any] | None:
    title = t("All features together share {value} nats, held-out rows")
    return _figure(s, "ndm", title, t("neural dependency measure (nats)"))


def _figure(s: Shown, name: str, title: str, ylabel: str) -> dict[str, Any] | None:
    """One held-out figure against the step; the title has the result where there is one."""
    found = s.curves()
    if name not in found or not len(found[name][0]):
        return None
    last = s.result.get(name, found[name][1][-1])
    line = curves.Curve(name, t("held-out rows"), method(s), *found[name], "held out")
    return curves.loss([line], title=title.format(value=f"{last:.2f}".replace("-", "−")), ylabel=ylabel, at=s.at)
