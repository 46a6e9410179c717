"""A run in words: its data by the names that people know them by, and a setting with its value."""

from __future__ import annotations

from typing import Any

from core import discover
from core.data import images
from core.data.problems import PROBLEMS
from core.data.tables import BUNDLED, locate
from core.spec import Spec
from dashboard.text import t, tn

_COLUMNS = 3  # that are named; of more the number is said


def data(spec: Spec) -> str:
    """The data of a run in a few words, with what was taken of them."""
    given = spec.data.model_dump(exclude_none=True)
    if "distribution" in given:
        return _distribution(given["distribution"])
    if "table" in given:
        return f"{table(given['table'])}: {_columns(given)}"
    if "images" in given:
        name = pictures(given["images"])
        return t("{n} of {name}", n=f"{given['n']:,}", name=name) if "n" in given else name
    if "problem" in given:
        return problem(given["problem"])
    return features(given["run"])


def table(reference: str) -> str:
    """A bundled table's title, or the name of the file that was opened; the reference where neither is known any more."""
    if reference in BUNDLED:
        return t(BUNDLED[reference].title)
    try:
        return locate(reference)[2]
    except ValueError:
        return reference


def pictures(reference: str) -> str:
    """A set's title, or the name of what was opened; the reference where neither is known any more."""
    try:
        return t(images.title(reference)) if reference in images.SETS else images.title(reference)
    except ValueError:
        return reference


def features(run: str) -> str:
    """What an earlier run has learned."""
    return t("features of run {id}", id=run[:4])


def problem(name: str) -> str:
    """A problem's title, or its name where there is none of that name."""
    return t(PROBLEMS[name].title) if name in PROBLEMS else name


def _columns(given: dict[str, Any]) -> str:
    sides = [_listed(names) for names in (given["x"], given["y"]) if names]
    return " → ".join(sides)


def _listed(names: list[str]) -> str:
    if len(names) > _COLUMNS:
        return tn("{n} column", "{n} columns", len(names))
    return ", ".join(names)


def _distribution(given: dict[str, Any]) -> str:
    named = dict(given)
    title, inner = t(discover.load("distributions", named.pop("name")).title), named.pop("of", None)
    head = f"{title} {_distribution(inner)}" if isinstance(inner, dict) else title
    return ", ".join([head, *(setting(name, value) for name, value in named.items())])


def setting(word: str, value: Any) -> str:
    """A setting and its value: "ρ = 0.8", "rows = 2,000"."""
    word = {"rho": "ρ", "n": t("rows")}.get(word, t(word.replace("_", " ")))
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    if isinstance(value, str):
        value = t(value)
    elif isinstance(value, bool):
        value = t("yes") if value else t("no")
    elif isinstance(value, (int, float)):
        value = f"{value:,}" if isinstance(value, int) and word != "seed" else f"{value:g}"
    return f"{word} = {value}".replace("= -", "= −")
