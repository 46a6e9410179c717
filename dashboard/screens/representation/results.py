"""A representation while it is learned, and what its features are worth once it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.probes import COMPARED
from dashboard.charts import curves, representations
from dashboard.screens.representation import learned, terms
from dashboard.screens.representation.after_run import after_training, below, unlabelled, without_probes
from dashboard.text import t
from dashboard.widgets import layout, standing
from dashboard.widgets.live import in_pairs
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import amount

# What features are compared with: name → (label, colour and mark).
BESIDE = {name: (title, name) for name, title in COMPARED.items()} | {"random": ("untrained network", "random")}
_FEW = 500  # scored rows, below which an accuracy is uncertain by several points, which is said beside it
# Layers below the features, which a linear probe is fitted on.
STAGES = {"conv": "last convolution", "fc": "layer before the features"}
KINDS = {"linear": "linear", "two_layer": "two linear layers", "knn": "five nearest", "mlp": "MLP"}


def numbers(s: Shown) -> None:
    """Accuracy of a linear probe, the information of two views below its ceiling, and the time."""
    cells, result = st.columns(3), s.result
    mi, ceiling = result.get("mi", s.last("mi")), result.get("ceiling", s.last("ceiling"))
    table = result.get("probes", {})
    accuracy = table["features"]["linear"]["test"] if table else s.last("probe")
    beside = {n: table[n]["linear"]["test"] if table else s.last(f"probe_{n}") for n in BESIDE}
    plain = [f"{t(BESIDE[n][0])} {v:.1%}" for n in ("pixels", "noise") if (v := beside[n]) is not None]
    said = " · ".join([*_interval(table), *plain])
    layout.number(
        cells[0],
        t("Linear probe"),
        "–" if accuracy is None else f"{accuracy:.1%}",
        note=said or (t("needs data with labels") if unlabelled(s) else ""),
        help=t(
            "Accuracy of logistic regression on the features, on rows that neither it nor the network was trained on."
        ),
    )
    layout.number(
        cells[1],
        t("Information of two views"),
        "–" if mi is None else f"≥ {mi:.3f} {t('nats')}",
        note="" if ceiling is None else t("can show at most {bound}", bound=f"{ceiling:.3f}"),
        help=t(
            "InfoNCE on held-out pairs: a lower bound, never above the logarithm of the number of pairs. Near that ceiling it says no more than that."
        ),
    )
    layout.number(cells[2], t("Time"), standing.took(s.run), note=t(s.run.status))


def _interval(table: dict[str, Any]) -> list[str]:
    """Between what the probe's accuracy lies, where it was scored on few rows."""
    score = table["features"]["linear"] if table else {"n": _FEW}
    if score["n"] >= _FEW:
        return []
    ends = {end: f"{score[end]:.0%}" for end in ("low", "high")}
    return [t("95 % interval {low} to {high}, {n} rows", **ends, n=score["n"])]


def training(page: str, s: Shown, chart: Any) -> None:
    """The live page: what there is by now, two in a row."""
    numbers(s)
    found = {"probe": _probe(s), "mi": _information(s), "critic": _critic(s)}
    found |= {"local": learned.local(s)} | terms.figures(s)
    # Losses come with the first step; which pictures there will be, the run says itself.
    later = {name for name in ("probe", "mi", *s.run.views) if s.expects(name, told_by="epoch")}
    shown = {name: figure for name, figure in found.items() if figure or name in later}
    if "probe" not in shown and s.run.active and _may_be_probed(s):
        shown = {"probe": None, **shown}
    heights = dict.fromkeys(shown, 340) | dict.fromkeys(("loss", "terms", "game", "prior_ks", "ndm"), 280)
    in_pairs(chart, shown, heights, t("This picture comes with the first epochs."))
    after_training(page, s, shown)


def probed(page: str, s: Shown, chart: Any) -> None:
    """The table of probes, drawn and as numbers."""
    numbers(s)
    table = s.result.get("probes")
    if not table:
        return without_probes(s)
    names = _names(s.parameter("n_features"))
    kinds = {kind: t(label) for kind, label in KINDS.items()}
    score = table["features"]["linear"]
    figure = representations.probes(
        table,
        names,
        kinds,
        title=headline(table),
    )
    chart("probes").show(figure, height=380)
    st.dataframe(
        _frame(table, names, kinds), hide_index=True, alt=t("Accuracy of each probe on each kind of features.")
    )
    on = t("test pictures") if s.result.get("scored_on") == "test" else t("rows held out of training")
    st.caption(
        t(
            "Fitted on training rows, scored on {n} {on}, with 95 % intervals. A name is followed by its number of features; "
            "raw values are all of them. The table has the training rows in brackets, where noise too scores above chance.",
            n=f"{score['n']:,}",
            on=on,
        )
    )
    below(f"{page}.probes", s, {"probes": figure})


def headline(table: dict[str, Any]) -> str:
    """Who wins by the best probe of each, the run's own layers among them, and where the features and noise stand."""
    words = {name: label for name, label in _called().items() if name in table}
    best = {name: max(score["test"] for score in table[name].values()) for name in words}
    winner = max(best, key=lambda name: best[name])  # of equals the first: the features
    second = "pixels" if winner == "features" else "features"
    return t(
        "Best by any probe: {winner} {first}; {second} {other}, noise {noise}",
        winner=words[winner],
        first=f"{best[winner]:.1%}",
        second=words[second],
        other=f"{best[second]:.1%}",
        noise=f"{best['noise']:.1%}",
    )


def _called() -> dict[str, str]:
    """What features are called: the learned ones, those beside them, and layers before the features."""
    beside = {n: t(label) for n, (label, _) in BESIDE.items()}
    return {"features": t("learned features")} | beside | {n: t(label) for n, label in STAGES.items()}


def _names(d: int | None) -> dict[str, str]:
    """Also how many they are, where the method has a number; raw values are all of them."""
    alone = ("pixels", *STAGES)
    return {n: label if d is None or n in alone else f"{label} ({d})" for n, label in _called().items()}


def _frame(table: dict[str, Any], names: dict[str, str], kinds: dict[str, str]) -> pd.DataFrame:
    """A row for each kind of features, a column for each probe: accuracy on test rows, on training rows in brackets."""
    rows = []
    for name in [n for n in names if n in table]:
        row: dict[str, Any] = {t("features"): names[name]}
        for kind, label in kinds.items():
            score = table[name].get(kind)
            row[label] = f"{score['test']:.1%} ({score['train']:.1%})" if score else "–"
        rows.append(row)
    return pd.DataFrame(rows)


def _may_be_probed(s: Shown) -> bool:
    """Whether there may be labels, as far as is known: the first probe comes some epochs after the first."""
    return s.at is None and not unlabelled(s)


def _probe(s: Shown) -> dict[str, Any] | None:
    found = s.curves()
    if "probe" not in found:
        return None
    steps, values = found["probe"]
    beside = {name: number for name in BESIDE if (number := s.last(f"probe_{name}")) is not None}
    lines = [
        curves.Curve(name, f"{t(BESIDE[name][0])} {number:.1%}", BESIDE[name][1], [1], [number], "closed form")
        for name, number in beside.items()
    ]
    kept = curves.Curve("probe", t("learned features"), terms.method(s), steps, values, "held out")
    ended = s.result["probes"]["features"]["linear"]["test"] if s.result.get("probes") else None
    last = ended if ended is not None else float(values[-1]) if len(values) else None
    said = "" if last is None else t("Linear probe: learned features {value}", value=f"{last:.1%}")
    if last is not None and "pixels" in beside:
        raw = f"{beside['pixels']:.1%}"
        said = t("Linear probe: learned features {value}, raw values {raw}", value=f"{last:.1%}", raw=raw)
    mark = None if ended is None else (s.run.step, ended, t("result {value}", value=f"{ended:.1%}"))
    return representations.watched(kept, lines, title=said, at=s.at, result=mark, until=s.at or s.run.step)


def _information(s: Shown) -> dict[str, Any] | None:
    found = s.curves()
    if "mi" not in found or not len(found["mi"][0]):
        return None
    ceiling = s.result.get("ceiling", s.last("ceiling"))
    last = s.result.get("mi", found["mi"][1][-1])
    return curves.loss(
        [curves.Curve("mi", t("InfoNCE on held-out pairs"), terms.method(s), *found["mi"], "held out")],
        title=t("Two views share at least {mi}", mi=amount(last, "nats"))
        if last > 0
        else t("Nothing that two views share, so far"),
        ylabel=t("mutual information (nats)"),
        at=s.at,
        reference=None if ceiling is None else (ceiling, t("ceiling {value}", value=f"{ceiling:.3f}")),
    )


def learned_of(page: str, s: Shown, chart: Any) -> None:
    """What the features have learned, in pictures."""
    numbers(s)
    below(f"{page}.learned", s, learned.draw(s, chart))


def _critic(s: Shown) -> dict[str, Any] | None:
    if (seen := s.picture("critic")) is None:
        return None
    scores = seen["scores"]
    right = float((scores.argmax(1) == np.arange(len(scores))).mean())
    said = t("The critic finds {share} of {n} held-out pairs: the diagonal", share=f"{right:.0%}", n=len(scores))
    return representations.found(scores, title=said)
