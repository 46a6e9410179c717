"""With which method, parameters and seed: what every page's form is built from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import streamlit as st

from core import discover
from core.params import Param, Range, parameters
from core.spec import Spec
from dashboard import state
from dashboard.text import t
from dashboard.widgets import form, server
from dashboard.widgets.address import VIEW, Address, encode, follow, show_in_link, view

SEED = Param("seed", int, 0, "The same seed gives the same data and the same run.", Range(0, 2**32 - 1))


def members(address: Address, family: str, data: str = "") -> dict[str, str]:
    """Name → title of a family; a file that cannot be imported is said on the page, and the others work.

    data: what the chosen data give, for those alone that take it.
    """
    classes, faults = discover.importable(family)
    for fault in faults:
        state.note(address.page, t("A method is left out: {fault}", fault=fault))
    suited = {name: cls for name, cls in classes.items() if not data or data in cls.takes}
    return {name: t(cls.title) for name, cls in suited.items()}


def choice(
    address: Address, name: str, options: Mapping[str, str], label: str, help: str, default: str | None = None
) -> str:
    """One of several, shown by title and linked by id."""
    first = default or next(iter(options))
    param = Param(name, str, first, help, choices=tuple(options))
    key = address.begin(name, first, param.check)
    names = list(options)
    place = names.index(state.widget(key)) if state.widget(key) in names else 0  # see form._widget
    value = st.selectbox(label, names, place, key=key, help=help, format_func=lambda i: options.get(i, i))
    return address.end(name, value, first)


def several(
    address: Address, name: str, options: Mapping[str, str], default: Sequence[str], label: str, help: str
) -> list[str]:
    """Any number of several, shown by title and linked by ids."""
    key = address.begin(name, list(default), lambda text: _known(text, options, label))
    held = state.widget(key) or ()
    if any(chosen not in options for chosen in held):  # of another experiment, whose options were others
        state.set_widget(key, [chosen for chosen in held if chosen in options] or list(default))
    chosen = st.multiselect(
        label,
        list(options),
        key=key,
        help=help,
        wrap=True,
        select_all=False,  # Enter after a few letters would take all that have them
        format_func=lambda i: options.get(i, i),
    )
    address.end(name, tuple(chosen), tuple(default))
    return chosen


def methods(address: Address, family: str) -> dict[str, dict[str, Any]]:
    """Several methods of a family to be overlaid, each with its own form. Name → parameters that differ from default."""
    titles = members(address, family)
    help = t("Several can be trained at once and are drawn over each other.")
    names = several(address, "m", titles, tuple(titles)[:1], t("Estimators"), help)
    return {name: settings(address, family, name, titles[name]) for name in names}


def one(address: Address, family: str, data: str = "") -> tuple[str, str]:
    """One method of a family, at first the lowest in rank: its name and its title. Where there is no other, nothing is asked.

    data: see `members`.
    """
    titles = members(address, family, data)
    name = choice(address, "m", titles, t("Method"), t("How it is learned.")) if len(titles) > 1 else next(iter(titles))
    return name, titles[name]


def settings(
    address: Address,
    family: str,
    name: str,
    title: str,
    data: str = "",
    counted: str = "",
    but: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A method's parameters, folded away. data: see `form.fields`. counted: the label with which the number of what is found
    stands above the others, where it does. but: parameters that the page asks for itself."""
    cls: Any = discover.load(family, name)
    address.know(f"{name}.{p}" for p in parameters(cls))
    number = cls.counted() if counted else None
    skip = (*form.HIDDEN, *but) if number is None else (*form.HIDDEN, *but, number.name)
    above = form.field(address, number, f"{name}.{number.name}", counted) if number else None
    if not [p for p in parameters(cls) if p not in skip]:
        values = {}
    else:
        with form.folded(address, name, t("Settings of {method}", method=title)) as drawn:
            values = form.fields(address, cls, name, skip, data, drawn)
    return values if number is None or above == number.default else values | {number.name: above}


def seed(address: Address) -> int:
    """The seed of data and training."""
    return int(form.field(address, SEED, "seed", t("Seed")))


def unit(address: Address, place: Any = None) -> str:
    """Nats or bits: only how numbers are shown. place: where it stands, for a panel that draws it beside its own numbers: a click
    then draws that panel anew and nothing else, since a widget belongs to the fragment that draws it."""
    units = ("nats", "bits")
    param = Param("unit", str, "nats", "", choices=units)
    key = address.begin("unit", "nats", param.check)
    with place or nullcontext():
        value = st.segmented_control(
            t("Unit"),
            units,
            key=key,
            required=True,
            help=t("One nat is 1.4427 bits."),
            format_func=t,
            on_change=show_in_link,  # the page that writes its link is not drawn with its panel
            args=(address.page, "unit", "nats"),
        )
    return str(address.end("unit", value or "nats", "nats"))


def unit_of(page: str) -> str:
    """The unit as it was chosen, where the page has no place for choosing it."""
    return str(state.widget(f"{page}:unit") or "nats")


def unit_left(page: str) -> str:
    """The unit that a page had when it was left."""
    return state.remembered(page).get("unit", "nats")


def spec(family: str, method: str, parameters: dict[str, Any], data: dict[str, Any], seed: int) -> Spec:
    """The run that these choices describe, on the device and threads of this server. Errors: SpecError."""
    options = server.options()
    return Spec.parse(
        {
            "family": family,
            "method": method,
            "parameters": parameters,
            "data": data,
            "seed": seed,
            "device": options.device,
            "threads": options.threads,
        }
    )


def presets(address: Address, choices: Mapping[str, tuple[str, str, dict[str, Any]]]) -> None:
    """A row of ready settings, which a press fills in and starts: name → (label, help, settings). The one that the form has
    is marked."""
    page, now = address.page, address.settings()

    def press(values: dict[str, Any]) -> None:
        follow(page, {k: v for k, v in view().items() if k == "unit"} | values)  # the run is seen on the first tab
        state.choose(f"{page}.launch", True)

    if not server.may_steer():  # a press starts a run, and runs are the presenter's
        return
    with st.container(horizontal=True, gap="small"):
        for name, (label, help, values) in choices.items():
            on = now == {k: encode(v) for k, v in values.items() if k not in VIEW}
            st.button(
                label,
                key=f"{page}:preset.{name}",
                help=help,
                on_click=press,
                args=(values,),
                type="secondary" if on else "tertiary",
                icon=":material/check:" if on else None,
            )


def _known(text: str, titles: Mapping[str, str], label: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    for name in names:
        if name not in titles:
            raise ValueError(t("there is no {name} among the {choices}", name=name[:80], choices=label))
    return names
