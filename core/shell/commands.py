"""What each command gives, as JSON's values: mi, matrix, spec, download, pictures (`run` is in `running`)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core import discover, files, params
from core.data.references.tasks import TELLING
from core.shell.progress import counted

METHODS = tuple(family for family in discover.FAMILIES if family != "distributions")
# What a spec of each family starts from: small, bundled or drawn, and known to make a picture.
START: dict[str, dict[str, Any]] = {
    "estimators": {"distribution": {"name": "gaussian"}, "n": 10_000},
    "clusterers": {"images": "digits"},
    "encoders": {"images": "digits"},
    "projections": {"images": "digits"},
    "pitfalls": {"images": "digits"},
    "densities": {"problem": "inverse", "n": 1_000},
    "graph": {"graph": "karate"},  # of those that learn from graphs, whatever their family
    "tasks": {"tasks": list(TELLING), "n": 2_000},  # of those that compare methods
    "rows": {"distribution": {"name": "gaussian"}, "n": 2_000},  # of sweeps of one pair of columns
    "sweeps": {"table": "weather", "x": ["day_of_year", "precipitation", "temp_max", "temp_min", "wind"]},
}


def mi(arguments: argparse.Namespace) -> dict[str, Any]:
    import pandas as pd

    from core.data.tables import columns_source
    from core.units import equivalent_correlation, to_bits

    source = columns_source(_reference(arguments.file), arguments.x, arguments.y)
    parameters = dict(_parameter(text) for text in arguments.param)
    params.refuse(parameters, random_state="--seed", **{name: f"--{name}" for name in ("x", "y", "method", "seed")})
    from core import estimate_mi  # after the table: a wrong column is said before torch has loaded

    x, y = pd.DataFrame(source.x, columns=source.x_names), pd.DataFrame(source.y, columns=source.y_names)
    found = estimate_mi(x, y, arguments.method, seed=arguments.seed, progress=counted("steps"), **parameters)
    return {
        "mi": found.mi,
        "mi_bits": to_bits(found.mi),
        "interval": found.interval,
        "equivalent_correlation": equivalent_correlation(found.mi),
        "trust": {"level": found.trust.level, "reasons": found.trust.reasons},
        "method": found.method,
        **{key: found.said[key] for key in ("route", "why", "routes", "skipped") if key in found.said},
        "n": len(source),
        "seconds": found.seconds,
        "notices": source.notices,
    }


def matrix(arguments: argparse.Namespace) -> dict[str, Any]:
    from core import mi_matrix
    from core.data.tables import load_table

    table = load_table(_reference(arguments.file))
    found = mi_matrix(table, columns=arguments.columns, target=arguments.target, method=arguments.method)
    return {
        "columns": list(found.mi.columns),
        "rows": list(found.mi.index),
        "mi": found.mi.to_numpy(),
        "long": found.long.to_dict("records"),
        "notices": list(dict.fromkeys([*table.notices, *found.notices])),
    }


def spec(arguments: argparse.Namespace) -> dict[str, Any]:
    from core.spec import Spec

    family, method = _named(arguments.method)
    cls: Any = discover.load(family, method)
    described = params.parameters(cls)
    parameters = {n: p.default for n, p in described.items() if n not in ("random_state", "device")}
    data = START.get(cls.takes[0], START[family])
    start = {"family": family, "method": method, "parameters": files.plain(parameters), "data": data}
    return json.loads(Spec.parse(start).to_json())


def download(arguments: argparse.Namespace) -> dict[str, Any]:
    from core.data import downloads

    here = downloads.located(arguments.set) if arguments.set in downloads.DOWNLOADS else None
    files = here or downloads.fetch(arguments.set, counted("bytes"))
    return {"set": arguments.set, "files": files}


def pictures(arguments: argparse.Namespace) -> dict[str, Any]:
    from core.data import images

    found = images.load(arguments.set, counted("files"))
    return {
        "pictures": len(found.x),
        "test": 0 if found.test_x is None else len(found.test_x),
        "shape": found.x.shape[1:],
        "classes": found.classes,
        "notices": found.notices,
    }


def _reference(file: str) -> str:
    """In a shell a plain word may be a file's name too."""
    path = Path(file)
    return str(path.resolve()) if path.is_file() else file


def _named(text: str) -> tuple[str, str]:
    """Family and method of `family/method`, or of a method's name alone: then the first family that has it."""
    known = {family: discover.names(family) for family in METHODS}
    wanted, _, method = text.rpartition("/")
    for family, names in known.items():
        if method in names and wanted in ("", family):
            return family, method
    listed = "; ".join(f"{family}: {', '.join(names)}" for family, names in known.items() if names)
    raise ValueError(f"there is no method {text!r}; there are {listed}")


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ValueError(f"--param {text!r} is not name=value")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
