"""What of a matrix stands out from chance: which cells are pale, what the pointer is told, and how many there are."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.analysis.significance import LEVEL
from dashboard.text import t, tn
from dashboard.widgets import trust_summary


def quiet(names: list[str], long: list[dict[str, Any]] | None) -> np.ndarray | None:
    """(k, k), which pairs do not stand out; None where no p-values are known."""
    known = {frozenset((r["x"], r["y"])): r["q"] > LEVEL for r in long or () if r.get("q") is not None}
    return np.array([[known.get(frozenset((a, b)), False) for b in names] for a in names]) if known else None


def pale(long: list[dict[str, Any]]) -> list[bool]:
    """Which pairs of a list do not stand out, where that is known."""
    return [row.get("q") is not None and row["q"] > LEVEL for row in long]


def words(row: dict[str, Any], unit: str) -> list[str]:
    """q and the noise level of a pair; nothing where they are not known."""
    if row.get("q") is None:
        return []
    return [trust_summary.stated("q", row["q"]), t("noise level {mi}", mi=trust_summary.amount(row["noise"], unit))]


def told(row: dict[str, Any], unit: str) -> str:
    """What the pointer is told of a pair."""
    pair = f"{row['x']} · {row['y']}"
    if row["mi"] is None:
        return f"{pair}: {t(row['reasons'])}"
    said = [trust_summary.amount(row["mi"], unit), *words(row, unit), tn("{n:,} row", "{n:,} rows", row["n"])]
    return f"{pair}: {', '.join(said)}"


def summary(long: list[dict[str, Any]] | None, unit: str) -> str:
    """How many pairs stand out, and what independent columns of this size would show."""
    known = [row for row in long or () if row.get("q") is not None]
    if not known:
        return ""
    found = sum(row["q"] <= LEVEL for row in known)
    said = tn(
        "{found} of {n:,} pair stands out from chance (q ≤ 0.05, Benjamini–Hochberg).",
        "{found} of {n:,} pairs stand out from chance (q ≤ 0.05, Benjamini–Hochberg); the others are drawn pale.",
        len(known),
        found=f"{found:,}",
    )
    typical = float(np.median([row["noise"] for row in known]))
    noise = t("Of independent columns, 95 % of pairs stay below about {mi}.", mi=trust_summary.amount(typical, unit))
    return f"{said} {noise}"
