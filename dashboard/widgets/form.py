"""A form that nobody wrote: every field is drawn from the annotation that also validates, documents and exports it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pandas as pd
import streamlit as st

from core.params import Param, Range, parameters
from dashboard import state
from dashboard.text import plain, t
from dashboard.widgets.address import Address, decode

HIDDEN = ("random_state", "device", "of")


def fields(
    address: Address, cls: type, prefix: str, skip: tuple[str, ...] = HIDDEN, data: str = "", drawn: bool = True
) -> dict[str, Any]:
    """Draw a field for each parameter of a method or distribution; returns those that differ from their default.

    Groups are folded, those without one stand above them. data: "pictures" or "rows" leaves out what is for the other.
    drawn: False where all of them stand in what is folded, see `folded`.
    """
    groups: dict[str, list[Param]] = {"": []}
    for name, param in parameters(cls).items():
        if name not in skip and (not data or param.field.data in ("", data)):
            groups.setdefault(param.field.group, []).append(param)
    chosen = {}
    for group, params in groups.items():
        with folded(address, f"{prefix}.{group}", t(group)) if group and drawn else nullcontext(drawn) as shown:
            for param in params:
                value = field(address, param, f"{prefix}.{param.name}", drawn=shown)
                if value != param.default:
                    chosen[param.name] = value
    return chosen


@contextmanager
def folded(address: Address, name: str, label: str) -> Iterator[bool]:
    """A part of a form that a click unfolds; gives whether it is open. The fields of one that is not are not drawn: most of a
    form is folded most of the time, and every field costs each click a share, here and in the browser. They keep their values."""
    place = st.expander(label, key=f"fold.{address.page}.{name}", on_change="rerun")
    with place:
        yield bool(place.open)


def field(address: Address, param: Param, name: str, label: str | None = None, drawn: bool = True) -> Any:
    """One parameter as the widget that suits its type and range; returns its value. drawn: False in what is folded."""
    key = address.begin(name, param.default, lambda text: decode(param, text))
    if not drawn:
        return address.end(name, state.keep_widget(key), param.default)
    label = label or t(param.label)
    value = _widget(param, label, key, t(param.help))
    if (corrected := state.chosen(f"{key}.corrected")) and corrected[0] == value:
        st.caption(f":red[{plain(corrected[1])}]")
    return address.end(name, value, param.default)


def _widget(param: Param, label: str, key: str, help: str) -> Any:
    # The value is said again as the default: a browser that is still loading the widget when the page runs anew begins
    # from its default, and would send back the lowest value as if it had been chosen.
    value = state.widget(key)
    if param.choices:
        place = param.choices.index(value) if value in param.choices else 0
        return st.selectbox(label, param.choices, place, key=key, help=help, format_func=t)
    if param.type is bool:
        return st.toggle(label, bool(value), key=key, help=help)
    if param.type in (int, float):
        return _number(param, label, key, help)
    if param.type is tuple:
        return _table(label, key, help)
    return st.text_input(label, value or "", key=key, help=help)


def _number(param: Param, label: str, key: str, help: str) -> Any:
    limits = param.range
    whole = param.type is int
    if limits and not limits.log and not param.optional and (not whole or limits.high - limits.low <= 40):
        return _slider(param, limits, label, key, help)
    value = state.widget(key)
    # Without limits of its own: a box that has them turns red and goes on with its last value in silence.
    return st.number_input(
        label,
        value=value,
        key=key,
        help=help,
        step=step_from(value, limits, whole),
        format=None if whole else "%.6g",
        on_change=_correct,
        args=(param, label, key),
    )


def _correct(param: Param, label: str, key: str) -> None:
    """For callbacks: a number outside the range becomes the nearest legal one, and a sentence says so."""
    value, limits = state.widget(key), param.range
    state.choose(f"{key}.corrected", None)
    if value is None or limits is None or limits.low <= value <= limits.high:
        return
    limit = param.type(limits.low if value < limits.low else limits.high)
    low = "{name}: {value} is below the smallest value allowed, {limit}. {limit} is used."
    high = "{name}: {value} is above the largest value allowed, {limit}. {limit} is used."
    sentence = t(low if value < limits.low else high, name=label, value=_typed(value), limit=_typed(limit))
    state.set_widget(key, limit)
    state.choose(f"{key}.corrected", (limit, sentence))


def _typed(value: float) -> str:
    return (f"{value:,}" if isinstance(value, int) else f"{value:g}").replace("-", "−")


def _slider(param: Param, limits: Range, label: str, key: str, help: str) -> Any:
    whole, low, high = param.type is int, param.type(limits.low), param.type(limits.high)
    step = slider_step(limits, param.default, whole)
    # In its own digits: by two, which are Streamlit's, 0.005 would be shown as 0.01.
    return st.slider(
        label, low, high, state.widget(key), key=key, help=help, step=step, format=None if whole else "%.6g"
    )


def slider_step(limits: Range, default: float, whole: bool) -> float:
    """About a hundredth of the range, or finer where the default lies between two such steps."""
    if whole:
        return 1
    step = 10.0 ** round(math.log10((limits.high - limits.low) / 100))
    while step > 1e-6 and not math.isclose(default / step, round(default / step), abs_tol=1e-6):
        step /= 10
    return step


def step_from(value: float | None, limits: Range | None, whole: bool) -> float | None:
    """What plus and minus add and take away. On a logarithmic range a power of ten, at most half of the value, and no
    step so large that it would leave the range."""
    if limits is None or not limits.log or not value or value <= 0:
        return 1 if whole else None
    step = 10.0 ** math.floor(math.log10(value / 2))
    room = [gap for gap in (value - limits.low, limits.high - value) if gap > 0]
    step = min(step, *room) if room else step
    return max(1, int(step)) if whole else float(f"{step:.6g}")


def _table(label: str, key: str, help: str) -> tuple[tuple[float, ...], ...]:
    """A joint table to type in; an edited cell that is empty or negative counts as nothing."""
    rows = state.widget(key)
    st.caption(f"{label}. {t('An empty or negative cell counts as 0.')}", help=help)
    edited = st.data_editor(pd.DataFrame(list(rows)), key=f"{key}.editor", hide_index=True, width="stretch")
    return tuple(tuple(max(float(v), 0.0) if pd.notna(v) else 0.0 for v in row) for row in edited.to_numpy())
