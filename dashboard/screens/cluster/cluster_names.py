"""Names for clusters, kept with the run: what a viewer typed, or else the label that a cluster stands for."""

from __future__ import annotations

import contextlib
import json

from core import files
from core.paths import run_folder
from dashboard.text import t
from dashboard.widgets import label_names
from dashboard.widgets.shown import Shown

LONGEST = 40  # characters of a name


def labels(s: Shown) -> list[str]:
    """The labels of the rows as words, in the order of the confusion's rows; empty without labels."""
    found = s.picture("confusion")
    return [] if found is None else label_names.words(s, found["classes"].tolist())


def by_default(s: Shown, k: int) -> list[str]:
    """The label that each cluster is matched to, or its number."""
    found = s.picture("confusion")
    stands_for = [-1] * k if found is None else found["mapping"].tolist()
    known = labels(s)
    return [known[i] if i >= 0 else t("cluster {j}", j=j) for j, i in enumerate(stands_for)]


def of(s: Shown, k: int) -> list[str]:
    """Each cluster's name, (k,)."""
    typed = _read(s.run.id)
    return [typed.get(str(j)) or name for j, name in enumerate(by_default(s, k))]


def numbered(s: Shown, k: int, typed: bool = False, short: bool = False) -> list[str]:
    """Each cluster's number and, where it has one, its name: "cluster 3, named 7"; `short`: "3 “7”", beside an axis that says
    cluster; `typed`: only names that somebody gave."""
    plain = by_default(s, k) if typed else [t("cluster {j}", j=j) for j in range(k)]
    bare, named = ("{j}", "{j} “{name}”") if short else ("cluster {j}", "cluster {j}, named {name}")
    return [t(bare, j=j) if name == plain[j] else t(named, j=j, name=name) for j, name in enumerate(of(s, k))]


def keep(run: str, names: dict[int, str]) -> None:
    """Keep the names that differ from the default, by cluster. Errors: OSError."""
    path = run_folder(run) / "names.json"
    short = {str(j): " ".join(name.split())[:LONGEST] for j, name in names.items() if name.strip()}
    files.write(path, files.english(short))


def _read(run: str) -> dict[str, str]:
    """What was kept; nothing where there is no file, or none that can be read."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((run_folder(run) / "names.json").read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return {str(j): str(name)[:LONGEST] for j, name in found.items()}
    return {}
