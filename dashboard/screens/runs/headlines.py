"""What a list of runs says of each: what it is called and the figure that it came to, the one that its own page puts first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core import discover, units
from core.params import parameters
from core.spec import Spec
from dashboard import pages
from dashboard.jobs import Run
from dashboard.text import t, t_in, tn
from dashboard.widgets import run_settings
from dashboard.widgets.fields import unit_left
from dashboard.widgets.trust_summary import amount, title

Result = dict[str, Any]


def name(run: Run) -> str:
    """A run's method as people call it; what it is called in the settings where these can no longer be read."""
    if run.spec is None:
        return str(run.spec_dict.get("method", "?"))
    spec = run.spec
    if (single := spec.single()) is not spec:
        scan: Any = spec.build()
        varied = parameters(discover.load(single.family, single.method))[scan.parameter]
        called = title(single.method, single.family)
        return t("{method}: scan of {parameter}", method=called, parameter=t(varied.label))
    if spec.family == "pitfalls":
        return t("What goes wrong: {what}", what=title(spec.method, spec.family))
    return title(spec.method, spec.family)


def settings(run: Run) -> str:
    """The settings of a run's method that are not at their defaults."""
    return ", ".join(run_settings.own(run.spec)) if run.spec else ""


def figure(run: Run, result: Result) -> str:
    """The figure that a run came to, in the unit that its page has; nothing where it has none yet."""
    if run.spec is None:
        return t("Its settings can no longer be read.")
    page = pages.showing(run.spec)
    return _FIGURES[run.spec.family](run.spec, result or _so_far(run), unit_left(page.name) if page else "nats")


def _so_far(run: Run) -> Result:
    """The last of the curves, where a run has no result. An estimator's "mi" is one of a training batch."""
    return {name: value for name, value in run.info.items() if name != "mi" or run.spec_dict["family"] != "estimators"}


def _information(spec: Spec, found: Result, unit: str) -> str:
    mi = found.get("mi", found.get("mi_held_out"))
    if mi is None:
        return ""
    rho = f"{units.equivalent_correlation(mi):.2f}"
    return t("MI {mi}, as |ρ| = {rho}", mi=amount(mi, unit), rho=rho)


def _likelihood(spec: Spec, found: Result, unit: str) -> str:
    nll = found.get("nll", found.get("nll_held_out"))
    return "" if nll is None else t("NLL {nll}", nll=amount(nll, "nats"))


def _clusters(spec: Spec, found: Result, unit: str) -> str:
    if (accuracy := found.get("accuracy")) is not None:
        return t("accuracy {share}", share=f"{accuracy:.1%}")
    if (agreement := found.get("agreement_all")) is not None:
        return t("heads agree {nmi} (NMI)", nmi=f"{agreement:.2f}")
    return "" if (mi := found.get("mi")) is None else t("information {mi}", mi=amount(mi, unit))


def _features(spec: Spec, found: Result, unit: str) -> str:
    if (probes := found.get("probes")) is not None:
        return t("linear probe {share}", share=f"{probes['features']['linear']['test']:.1%}")
    if (trust := found.get("trustworthiness")) is not None:
        return t("trustworthiness {share}", share=f"{trust:.3f}")
    if (share := found.get("explained")) is not None:
        return t("{share} of the variance", share=f"{share:.1%}")
    return "" if (mi := found.get("mi")) is None else t("information ≥ {mi}", mi=amount(mi, unit))


def _pairs(spec: Spec, found: Result, unit: str) -> str:
    if said := found.get("headline"):
        return t_in(said, unit)
    if spec.single() is not spec:
        return tn("{n} value", "{n} values", len(spec.build().get_params()["values"]))
    if summary := found.get("summary"):
        return tn("{n} estimate", "{n} estimates", sum(one["cells"] for one in summary))
    if rows := found.get("rows"):
        return tn("{n} estimate", "{n} estimates", len(rows))
    known = [row for row in found.get("long", ()) if row["mi"] is not None]
    if not known:
        return ""
    top = max(known, key=lambda row: row["mi"])
    return t("strongest: {x}, {y}, {mi}", x=top["x"], y=top["y"], mi=amount(top["mi"], unit))


def _both_ways(spec: Spec, found: Result, unit: str) -> str:
    if "wrong" not in found or "right" not in found:
        return ""
    cls: Any = discover.load(spec.family, spec.method)
    form = ".1%" if cls.quantity == "accuracy" else ".3f"
    wrong, right = (f"{found[way]:{form}}".replace("-", "−") for way in ("wrong", "right"))
    return t("{wrong} instead of {right}", wrong=wrong, right=right)


_FIGURES: dict[str, Callable[[Spec, Result, str], str]] = {
    "estimators": _information,
    "densities": _likelihood,
    "clusterers": _clusters,
    "encoders": _features,
    "projections": _features,
    "sweeps": _pairs,
    "pitfalls": _both_ways,
}
