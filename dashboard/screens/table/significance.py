"""What of a matrix stands out from chance: which cells are pale, what the pointer is told, and how many there are."""

from __future__ import annotations

from typing import Any

import numpy as np

from core import discover
from core.analysis.significance import LEVEL
from core.evaluation.trust.serial import FEWEST
from dashboard.text import t, t_in, tn
from dashboard.widgets import trust_summary

_ALIKE = 2.0  # times the lowest noise level, up to which one level is said for all pairs


def untested(row: dict[str, Any]) -> bool:
    """Whether a pair has no p-value though its estimator gives them: its series are worth too few rows."""
    method = row.get("method")
    if row["mi"] is None or row.get("q") is not None or method not in discover.names("estimators"):
        return False
    return bool(discover.load("estimators", method).quick)


def quiet(names: list[str], long: list[dict[str, Any]] | None) -> np.ndarray | None:
    """(k, k), which pairs do not stand out; None where no estimator gives p-values."""
    known = {
        frozenset((r["x"], r["y"])): pale for r, pale in zip(long or (), _pale(long), strict=True) if pale is not None
    }
    return np.array([[known.get(frozenset((a, b)), False) for b in names] for a in names]) if known else None


def pale(long: list[dict[str, Any]]) -> list[bool]:
    """Which pairs of a list do not stand out, where that is known; untested ones do not."""
    return [bool(row) for row in _pale(long)]


def _pale(long: list[dict[str, Any]] | None) -> list[bool | None]:
    """None where an estimator gives no p-values."""
    return [row["q"] > LEVEL if row.get("q") is not None else (untested(row) or None) for row in long or ()]


def words(row: dict[str, Any], unit: str) -> list[str]:
    """q and the noise level of a pair, where they are known."""
    said = [trust_summary.stated("q", row["q"])] if row.get("q") is not None else []
    level = row.get("noise")
    return said if level is None else [*said, t("noise level {mi}", mi=trust_summary.amount(level, unit))]


def told(row: dict[str, Any], unit: str) -> str:
    """What the pointer is told of a pair."""
    pair = f"{row['x']} · {row['y']}"
    if row["mi"] is None:
        return f"{pair}: {t_in(row['reasons'], unit)}"
    said = [trust_summary.amount(row["mi"], unit), *words(row, unit), tn("{n:,} row", "{n:,} rows", row["n"])]
    return f"{pair}: {', '.join(said)}"


def summary(long: list[dict[str, Any]] | None, unit: str) -> str:
    """How many pairs stand out, how many were not tested and why, and what independent columns of this size would show."""
    known = [row for row in long or () if row.get("q") is not None]
    said = [_found(known), _untested(long or [])]
    if levels := [row["noise"] for row in known if row.get("noise") is not None]:
        said.append(_noise(levels, unit))
    return " ".join(filter(None, said))


def _noise(levels: list[float], unit: str) -> str:
    """One level where it is nearly the same for all pairs, else from where to where it goes."""
    low, high = min(levels), max(levels)
    if high <= _ALIKE * low:
        typical = trust_summary.amount(float(np.median(levels)), unit)
        return t("Of independent columns, 95 % of pairs stay below about {mi}.", mi=typical)
    ends = trust_summary.interval(low, high, unit)
    return t("Of independent columns, 95 % of pairs stay below {ends}, by kind and rows.", ends=ends)


def _found(known: list[dict[str, Any]]) -> str:
    if not known:
        return ""
    found = sum(row["q"] <= LEVEL for row in known)
    said = tn(
        "{found} of {n:,} tested pair stands out from chance (q ≤ 0.05, Benjamini–Hochberg).",
        "{found} of {n:,} tested pairs stand out from chance (q ≤ 0.05, Benjamini–Hochberg).",
        len(known),
        found=f"{found:,}",
    )
    return f"{said} {t('The others are drawn pale.')}" if found < len(known) else said


def _untested(long: list[dict[str, Any]]) -> str:
    """Series that drift look dependent even where they are not, and too few rows are left to tell."""
    if not (n := sum(map(untested, long))):
        return ""
    return tn(
        "{n:,} of {all:,} pairs was not tested and is drawn pale: its columns are series whose rows count as fewer than {fewest} independent ones.",
        "{n:,} of {all:,} pairs were not tested and are drawn pale: their columns are series whose rows count as fewer than {fewest} independent ones.",
        n,
        all=sum(row["mi"] is not None for row in long),
        fewest=FEWEST,
    )
