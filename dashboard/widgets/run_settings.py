"""What runs were started with, as a page's settings: for links, for names that tell runs apart, and beside a form."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from core import discover
from core.params import parameters
from core.sentences import setting
from core.spec import Spec
from dashboard import pages
from dashboard.text import t


def of_method(spec: Spec) -> dict[str, Any]:
    """The part of a page's settings that says seed, method and parameters."""
    seed = {"seed": spec.seed} if spec.seed else {}
    return seed | {"m": spec.method} | {f"{spec.method}.{k}": v for k, v in spec.parameters.items()}


def through(data: Callable[[Any], dict[str, Any]]) -> Callable[[Spec], dict[str, Any]]:
    """What gives the settings of a page that start a run, the inverse of its form. data: that of the page's picker."""
    return lambda spec: data(spec.data) | of_method(spec)


def together(specs: Sequence[Spec]) -> dict[str, Any]:
    """The page's settings that start exactly these runs; those of the first run where no one form describes them all."""
    all_flat = [pages.settings(spec) for spec in specs]
    methods = [f["m"] for f in all_flat]
    shared = [
        {k: v for k, v in f.items() if k != "m" and not k.startswith(f"{f['m']}.")} for f in all_flat
    ]  # data and seed
    if not specs or len(set(methods)) < len(methods) or any(other != shared[0] for other in shared):
        return all_flat[0] if all_flat else {}
    return {k: v for f in all_flat for k, v in f.items()} | {"m": ",".join(methods)}


def complete(spec: Spec) -> dict[str, Any]:
    """Every setting of a run; what only says where and with what it runs is left out."""
    spec = spec.single()
    out: dict[str, Any] = {"family": spec.family, "m": spec.method, "seed": spec.seed}
    given = spec.data.model_dump()
    if drawn := given.pop("distribution", None):
        out["d"] = drawn.pop("name")
        out |= {f"d.{k}": v for k, v in drawn.items()}
    out |= given
    return out | {f"{spec.method}.{k}": v for k, v in spec.parameters.items()}


def same(left: Sequence[Spec], right: Sequence[Spec]) -> bool:
    """Whether these are the same runs, in any order."""
    key = lambda spec: json.dumps(complete(spec), sort_keys=True, default=str)  # noqa: E731
    return sorted(map(key, left)) == sorted(map(key, right))


def same_data(specs: Sequence[Spec]) -> bool:
    """Whether all runs saw the same rows: the same data with the same seed."""
    return len({s.data.model_dump_json() + str(s.seed) for s in specs}) < 2


def names(specs: Sequence[Spec], beside: Sequence[Spec] = ()) -> list[str]:
    """A name for each run: its method, and the settings in which it differs from the others and from those `beside`."""
    full = [complete(spec) for spec in (*specs, *beside)]
    found = []
    for spec, settings in zip(specs, full, strict=False):
        spec = spec.single()
        parts = [t(discover.load(spec.family, spec.method).title)]
        parts += [
            _said(spec, k, v) for k, v in settings.items() if k not in ("family", "m") and _differs(k, settings, full)
        ]
        found.append(", ".join(parts))
    again = {name for name in found if found.count(name) > 1}
    return [f"{name} ({found[: i + 1].count(name)})" if name in again else name for i, name in enumerate(found)]


def _differs(key: str, mine: dict[str, Any], full: Sequence[dict[str, Any]]) -> bool:
    """Parameters are compared among runs of their own method or distribution."""
    prefix = key.partition(".")[0] if "." in key else ""
    kin = [f for f in full if not prefix or f.get("d" if prefix == "d" else "m") == mine["d" if prefix == "d" else "m"]]
    return any(f.get(key) != mine[key] for f in kin)


def own(spec: Spec) -> list[str]:
    """The settings of a run's method that are not at their defaults, in words."""
    spec = spec.single()
    known = parameters(discover.load(spec.family, spec.method))
    return [
        t(setting(_label(spec, f"{spec.method}.{k}"), v))
        for k, v in spec.parameters.items()
        if k in known and known[k].check(v) != known[k].default
    ]


def _label(spec: Spec, key: str) -> str:
    """What a setting of a run is called in the middle of a sentence."""
    owner, _, name = key.rpartition(".")
    if owner != spec.method:
        return name
    known = parameters(discover.load(spec.family, spec.method)).get(name)
    if known is None:
        return name
    label = t(known.label)
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _said(spec: Spec, key: str, value: Any) -> str:
    if key == "d":
        return t(discover.load("distributions", value).title)
    if key == "fresh":
        return t("fresh draws") if value else t("fixed rows")
    if key == spec.data.kind:
        return t(spec.data.title())
    return t(setting(_label(spec, key), value))
