"""What a run's pictures hold, read once for every tab that draws them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.pickers import problem as data
from dashboard.text import t
from dashboard.widgets.shown import Shown

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class DensityView:
    """The density of a run as it stands: p (ny, nx) over x (nx,) and y (ny,), and what belongs to it.

    means, sigmas, weights: (nx, k) of the mixture, or None. names: of the varied input and of the output; of several
    `inputs` the others stand at their medians.
    """

    x: Array
    y: Array
    p: Array
    truth: Array | None
    means: Array | None
    sigmas: Array | None
    weights: Array | None
    line: tuple[Array, Array] | None
    support: tuple[float, float] | None
    names: tuple[str, str]
    inputs: int
    outputs: int


def seen(s: Shown) -> DensityView | None:
    """All that is drawn of a run's density, or None before its first picture."""
    density = picture(s, "density")
    if density is None:
        return None
    parts, base, support = (picture(s, name) for name in ("components", "baseline", "support"))
    of_parts = (parts or {}).get
    return DensityView(
        density["x"],
        density["y"],
        density["density"],
        density.get("truth"),
        of_parts("means"),
        of_parts("sigmas"),
        of_parts("weights"),
        None if base is None else (base["x"], base["mean"]),
        None if support is None else _ends(support),
        data.axes(s.run.spec, int(np.ravel(density["input"])[0])),
        *data.widths(s.run.spec),
    )


def picture(s: Shown, name: str) -> dict[str, Array] | None:
    """One of a run's pictures, None where it has none; over the input that the viewer has chosen to vary."""
    if name not in s.run.views:
        return None
    chosen = state.chosen(_varied(s)) if may_vary(s) and name != "calibration" else None
    return s.picture(name) if chosen is None else _of_model(s.run.id, f"{name}:{chosen}")


@st.cache_data(max_entries=64, show_spinner=False)
def _of_model(run: str, name: str) -> dict[str, Array] | None:
    """The picture as the finished model draws it: a run keeps its pictures over one input alone."""
    from core import saved

    try:
        return saved.of_run(run).view(name) or None
    except ValueError:
        return None


def may_vary(s: Shown) -> bool:
    """Whether another input can be varied: there are several, and the run has left its model."""
    return s.at is None and s.run.status in ("finished", "stopped") and data.widths(s.run.spec)[0] > 1


def choose_varied(s: Shown) -> None:
    """Which input the pictures vary; at first the one on which the output depends most."""
    stored = s.picture("density")
    if not may_vary(s) or stored is None:
        return
    names = [data.axes(s.run.spec, i)[0] for i in range(data.widths(s.run.spec)[0])]
    first = int(np.ravel(stored["input"])[0])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("Varied input"), width="content", help=t("The others stand at their medians."))
        picked = st.selectbox(
            t("Varied input"),
            range(len(names)),
            index=first,
            format_func=lambda i: names[i],
            key=f"density:varied.{s.run.id}",
            width=300,
            label_visibility="collapsed",
        )
    state.choose(_varied(s), None if picked == first else picked)


def _varied(s: Shown) -> str:
    return f"density.varied.{s.run.id}"


def _ends(support: dict[str, Array]) -> tuple[float, float]:
    low, high = support["x"]
    return float(low), float(high)


def absent(s: Shown, sentence: str) -> None:
    """Why there is no picture yet: it is on its way, it does not apply, or nobody looked so early in the run."""
    if s.at is not None:
        st.caption(t("No picture was kept this early in the run: pictures are kept while somebody looks at them."))
    elif s.result:  # with it every picture was drawn
        st.caption(t("This method has no such picture for these data."))
    elif not s.run.active:
        st.caption(t("The run ended before this picture was drawn."))
    else:
        st.caption(sentence)


def points(s: Shown) -> tuple[Array, Array] | None:
    """Training rows: the varied input and the output."""
    return _pairs(picture(s, "points"))


def samples(s: Shown) -> tuple[Array, Array] | None:
    """One draw of the learned density for each of those rows."""
    return _pairs(picture(s, "samples"))


def _pairs(rows: dict[str, Array] | None) -> tuple[Array, Array] | None:
    return None if rows is None else (np.ravel(rows["x"]), np.ravel(rows["y"]))  # columns, of the rows as given


def figure(value: float, form: str = "") -> str:
    """A number for a sentence: three digits or whole thousands, a true minus, and no sign on what rounds to zero."""
    text = format(value, form or (",.0f" if 1e3 <= abs(value) < 1e9 else ".3g"))
    return text.replace("-", "−") if float(text.replace(",", "")) else text.removeprefix("-")


def share(value: float, digits: int = 0) -> str:
    """A share as a percentage."""
    return f"{100 * value:.{digits}f} %"


def problem(s: Shown) -> str:
    """The name of the problem that a run learns, or nothing."""
    spec = s.run.spec
    return spec.data.named if spec is not None and spec.data.kind == "problem" else ""


def labels(shown: list[Shown]) -> list[str]:
    """What sets each run apart from those beside it; equal settings are told apart by a number."""
    words = {
        "n_components": lambda v: t("K = {k}", k=v),
        "hidden": lambda v: t("{n} units", n=v),
    }
    differ = [n for n in words if len({s.parameter(n) for s in shown}) > 1] or list(words)
    said = [
        ", ".join(words[n](s.parameter(n)) for n in differ if s.parameter(n) is not None) or s.run.id for s in shown
    ]
    return said if len(set(said)) == len(said) else [f"{label} ({i + 1})" for i, label in enumerate(said)]
