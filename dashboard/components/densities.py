"""The figures of conditional densities, from runs as the store holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.params import Param, Range
from dashboard.charts import curves as charts
from dashboard.charts import heat, points
from dashboard.components import form, layout, pick
from dashboard.components.address import Address
from dashboard.components.live import show
from dashboard.components.player import Shown
from dashboard.text import t

ROWS = Param(
    "n", int, 1_000, "Points to learn from; the held-out loss is computed on a part of them.", Range(50, 100_000)
)


def problem(address: Address) -> dict[str, Any]:
    """Which one-to-many problem, as the data of a spec."""
    from core.data.problems import PROBLEMS

    titles = {name: t(entry.title) for name, entry in PROBLEMS.items()}
    name = pick.choice(address, "p", titles, t("Problem"), t("What is to be learned: y given x."), "inverse")
    st.caption(t(PROBLEMS[name].sentence))
    return {"problem": name, "n": form.field(address, ROWS, "n", t("Points"))}


def numbers(s: Shown) -> None:
    """Held-out NLL, that of the true density where it is known, and the time."""
    result = s.result
    nll, oracle = result.get("nll_held_out", s.last("nll_held_out")), result.get("nll_oracle")
    cells = st.columns(3)
    layout.number(
        cells[0],
        t("Held-out NLL"),
        "–" if nll is None else f"{nll:.3f} {t('nats')}",
        note=t("lower is better"),
        help=t("Mean of −log p(y | x) over points that the network was not trained on."),
    )
    layout.number(
        cells[1],
        t("NLL of the true density"),
        "–" if oracle is None else f"{oracle:.3f} {t('nats')}",
        note=t("no method can stay below it"),
    )
    layout.number(cells[2], t("Time"), f"{s.run.seconds:.1f} s", note=t(s.run.status))


def density(s: Shown) -> dict[str, Any] | None:
    """p(y | x) as a map over the points, the components' means by weight, and the least-squares line."""
    picture = s.picture("density")
    if picture is None:
        return None
    components, baseline, dots = s.picture("components"), s.picture("baseline"), s.picture("points")
    line = None if baseline is None else (baseline["x"], baseline.get("mean", baseline.get("y")), t("least squares"))
    return heat.density(
        picture["x"],
        picture["y"],
        picture["density"],
        means=None if components is None else (components["x"], components["means"].T),
        weights=None if components is None else components["weights"].T,
        baseline=line,
        points=None if dots is None else (dots["x"].ravel(), dots["y"].ravel()),
        title=t("Learned density p(y | x), over the points it was learned from"),
        say=t,
    )


def loss(s: Shown) -> dict[str, Any]:
    """Training and held-out NLL, with the true density's as a line where it is known."""
    found = s.curves()
    method = s.run.spec.method if s.run.spec else s.run.id
    lines = [
        charts.Curve(n, t(label), method, *found[n], kind)
        for n, label, kind in (("loss", "training", "training"), ("nll_held_out", "held out", "held out"))
        if n in found
    ]
    oracle = s.result.get("nll_oracle")
    return charts.loss(
        lines,
        title=t("Negative log-likelihood against the step"),
        ylabel=t("NLL (nats)"),
        at=s.at,
        reference=None if oracle is None else (oracle, t("true density {value}", value=f"{oracle:.3f}")),
        say=t,
    )


def preview(data: dict[str, Any]) -> None:
    """The points, before anything runs."""
    x, y = _points(data["problem"], data["n"])
    show(
        points.scatter(x, y, "x", "y", title=t("The points to learn from: some x have several y"), say=t),
        key="density-preview",
        height=420,
    )
    st.caption(t("Press Start to train. Nothing runs before."))


@st.cache_data(max_entries=16, show_spinner=False)
def _points(name: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    from core.data.problems import problem_source

    source = problem_source(name, min(n, 2_000), 0)
    assert source.y is not None
    return source.x[:, 0], source.y[:, 0]
