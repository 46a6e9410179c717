"""The tables that come with the program, each with where it is from and under what licence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.sentences import Sentence

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "tables"


@dataclass(frozen=True)
class BundledTable:
    """One table of `assets/tables`; `labels` is the column of classes, for reports on what was grouped without it."""

    title: str
    sentence: str
    source: str
    licence: str
    labels: str


BUNDLED: dict[str, BundledTable] = {
    "weather": BundledTable(
        "Weather in Seattle",
        "A row a day, 2012–2015: temperature follows the day of the year along a wave, so the correlation misses most "
        "of what the one says about the other.",
        "NOAA, as compiled for vega-datasets (Python package 0.9.0); day_of_year computed from the date",
        "Public domain (work of the United States government)",
        "weather",
    ),
    "penguins": BundledTable(
        "Palmer penguins",
        "Size, sex, species and island of 344 penguins: numbers and categories side by side, a few values missing.",
        "K. B. Gorman, T. D. Williams, W. R. Fraser (2014), PLoS ONE 9(3): e90081; palmerpenguins 0.1.6 "
        "(A. M. Horst, A. P. Hill, K. B. Gorman)",
        "CC0 1.0",
        "species",
    ),
    "wine": BundledTable(
        "Italian wines",
        "Thirteen chemical measurements of 178 wines and the cultivar each was made from.",
        "M. Forina et al., PARVUS; S. Aeberhard, M. Forina (1992), UCI Machine Learning Repository, "
        "doi:10.24432/C5PC7J",
        "CC BY 4.0",
        "cultivar",
    ),
}


def bundled_path(name: str) -> Path:
    """Where the table of that name lies: beside the packages, in `assets/tables`."""
    if name not in BUNDLED:
        raise ValueError(
            Sentence("there is no bundled table {name!r}; there are {names}", name=name, names=", ".join(BUNDLED))
        )
    return FOLDER / f"{name}.csv"
