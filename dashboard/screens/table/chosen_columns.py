"""What is to be said of a choice of columns: which tell nothing by themselves, and which others repeat."""

from __future__ import annotations

from typing import Any

from dashboard.text import t, tn

Row = dict[str, Any]


def by_chance(ranking: list[Row], target: str) -> str:
    """Which columns were chosen although they alone tell nothing; where all are such, the heading says it."""
    names = [row["column"] for row in ranking if row["relevance"] <= (row.get("noise") or 0.0)]
    if not names or len(names) == len(ranking):
        return ""
    return tn(
        "{names} was chosen for want of better ones: by itself it tells no more of {target} than chance would show.",
        "{names} were chosen for want of better ones: by themselves they tell no more of {target} than chance would show.",
        len(names),
        names=", ".join(names),
        target=target,
    )


def copies(ranking: list[Row]) -> list[str]:
    """A sentence for each chosen column that others repeat."""
    taken = {row["column"] for row in ranking}
    said = []
    for row in ranking:
        if left := [name for name in row["copies"] if name not in taken]:
            said.append(
                tn(
                    "{copies} is nearly a copy of {column} and was left out for it.",
                    "{copies} are nearly copies of {column} and were left out for it.",
                    len(left),
                    copies=", ".join(left),
                    column=row["column"],
                )
            )
        if again := [name for name in row["copies"] if name in taken and name > row["column"]]:
            said.append(
                t(
                    "{copies} and {column} are nearly copies, and both were chosen.",
                    copies=", ".join(again),
                    column=row["column"],
                )
            )
    return said
