"""Two columns looked at closely: their points, what each estimator says of them, and a critic trained on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core import discover, units
from core.data.tables import Table
from core.sentences import Listing, Sentence, of
from core.spec import Spec
from dashboard import state
from dashboard.charts import bars, surfaces
from dashboard.pickers import table_reading, tables
from dashboard.screens.table import focus, plane, question
from dashboard.screens.table.matrix_form import methods, settings
from dashboard.text import plain, t, t_in
from dashboard.widgets import estimate_charts, export, player, server, trust_summary, two_estimates
from dashboard.widgets import fields as picks
from dashboard.widgets.address import Address
from dashboard.widgets.live import show
from dashboard.widgets.shown import Shown

_HEIGHT = 400


def pair(address: Address, table: Table, method: str, seed: int, unit: str) -> None:
    """Two columns closely: their points, several estimators, and a button that trains a critic on them."""
    names = tables.usable(table)
    if len(names) < 2:
        return
    left, middle, right = st.columns([2, 2, 1.4], vertical_alignment="bottom")
    with left:
        x = _column(address, "x", names)
    with middle:
        y = _column(address, "y", names)
    focus.end(address, (x, y))
    if x == y:
        st.markdown(f"#### {t('One pair')}")
        st.caption(t("Choose two different columns."))
        return
    reference = str(state.widget(address.key("t")))
    with right:
        st.button(
            t("Train {method} on this pair", method=trust_summary.title(_trained())),
            key=address.key("train"),
            icon=":material/play_arrow:",
            width="stretch",
            disabled=not server.may_steer(),
            help=server.view_only() or None,
            on_click=_train,
            args=(address.page, reference, x, y),
        )
    # All is made before any of it is drawn: until then heading and figures are those of the pair before.
    with st.spinner(t("Estimating {x} and {y}", x=plain(x), y=plain(y))):
        found, sentences = estimated(reference, x, y, seed, tuple(trust_summary.closed_forms()))
        figure = plane.of_pair(table, reference, x, y, seed, unit)
    st.markdown(f"#### {t('One pair: {x} and {y}', x=plain(x), y=plain(y))}")
    with st.container(key="wrap-pair"):
        dots, several = st.columns(2)
    with dots:
        show(figure, key=f"table-scatter-{reference}-{x}-{y}", height=_HEIGHT)
        st.caption(t(plane.MEANING))
    if found:
        with several:
            show(_several(found, method, unit), key=f"table-several-{reference}-{x}-{y}", height=_HEIGHT)
    st.caption("  \n".join(plain(t_in(sentence, unit)) for sentence in sentences))  # a line for each estimator


def _column(address: Address, side: str, names: list[str]) -> str:
    """A box whose value `focus.begin` has given."""
    return str(st.selectbox(side, names, key=address.key(side), format_func=tables.labels(names)))


def _trained() -> str:
    """The first in rank of the estimators that train."""
    return discover.having("estimators", closed_form=False)[0]


def _train(page: str, reference: str, x: str, y: str) -> None:
    kept = [r.id for r in player.runs(page) if r.spec and r.spec.family == "sweeps"]
    player.start(page, lambda: [picks.spec("estimators", _trained(), {}, {"table": reference, "x": [x], "y": [y]}, 0)])
    state.show_runs(page, [*kept, *(i for i in state.runs(page) if i not in kept)])


@st.cache_data(max_entries=128, show_spinner=False)
def estimated(
    reference: str, x: str, y: str, seed: int, methods: tuple[str, ...]
) -> tuple[list[dict[str, Any]], list[str]]:
    """A pair as the matrix estimates it, a row for each estimator without training, and what is to be said of it."""
    from core import mi_matrix
    from core.analysis.matrix import WITHOUT_P

    try:
        table = table_reading.load(reference)
    except ValueError as error:  # the upload is gone; what was trained on it is still here
        return [], [of(error)]
    found: list[dict[str, Any]] = []
    sentences: list[str] = []
    reasons: dict[str, list[str]] = {}
    for method in methods:
        try:
            matrix = mi_matrix(table, [x, y], method=method, seed=seed, n_jobs=1)
        except ValueError as error:
            return [], [of(error)]
        row = matrix.long.iloc[0].to_dict()
        sentences += [
            said for said in matrix.notices if getattr(said, "template", "") != WITHOUT_P
        ]  # no p-values are shown here
        if row["trust"] != "green" and row["reasons"]:
            said = row["reasons"]
            reasons[trust_summary.title(method)] = list(said.values.values()) if isinstance(said, Listing) else [said]
        if np.isfinite(row["mi"]):
            found.append(row)
    return found, list(dict.fromkeys([*sentences, *_by_estimator(reasons, len(methods))]))


def _by_estimator(reasons: dict[str, list[str]], methods: int) -> list[str]:
    """A line for what the same estimators say; of what all say, mostly of the data, no name."""
    who: dict[str, list[str]] = {}
    for title, said in reasons.items():
        for reason in said:
            who.setdefault(reason, []).append(title)
    lines: dict[tuple[str, ...], list[str]] = {}
    for reason, titles in sorted(who.items(), key=lambda item: -len(item[1])):
        lines.setdefault(tuple(titles), []).append(reason)
    named = "{method}: {reasons}"
    return [
        Listing(said, " ")
        if len(titles) == methods > 1
        else Sentence(named, method=", ".join(titles), reasons=Listing(said, " "))
        for titles, said in lines.items()
    ]


def _several(found: list[dict[str, Any]], method: str, unit: str) -> dict[str, Any]:
    """The estimators without training; the matrix's own one stands in the title with the number of its cell."""
    own = next((row for row in found if row["method"] == method), found[0])
    scale, name = units.per_nat(unit), trust_summary.title(own["method"])
    figure = bars.estimates(
        [row["method"] for row in found],
        [trust_summary.title(row["method"]) for row in found],
        np.array([row["mi"] for row in found]) * scale,
        np.array([[row["low"], row["high"]] for row in found]) * scale,
        unit=unit,
        title=t("{method} on {n} rows: {mi}", n=f"{own['n']:,}", method=name, mi=trust_summary.amount(own["mi"], unit)),
    )
    # A zoom follows the unit; the file of the picture says which columns it is of, which the title does not.
    figure["layout"]["meta"] |= {"scale": {"x": scale}, "file": f"{own['x']} {own['y']} MI"}
    return figure


def draw_pair(shown: list[Shown], chart: Any, unit: str) -> None:
    """What was trained on a pair: the same pictures as on the estimate page, without a truth."""
    for data in (tables.columns(s.run.spec) for s in shown[:1] if s.run.spec):
        st.markdown(f"**{t('Trained on {x} and {y}', x=plain(', '.join(data.x)), y=plain(', '.join(data.y)))}**")
    doubts = {s.run.id: said for s in shown if (said := _doubt(s))}
    trust_summary.numbers(shown, unit, doubts)
    for said in doubts.values():
        st.warning(plain(said), icon=":material/warning:")
    _beside(shown, unit)
    figure = estimate_charts.curves(shown, unit)
    chart("pair").show(figure, height=300)
    surface = _surface(shown, unit)
    if surface:
        chart("surface").show(surface, height=280)
    with st.container(horizontal=True):
        export.figures("table:pair", {"pair": figure, "critic": surface})
        export.runs("table:pair", [s.run.spec for s in shown if s.run.spec])
    trust_summary.reasons(shown, unit, doubts)


def settings_of(spec: Spec) -> dict[str, Any]:
    """The settings that look at the pair of a run closely, by its own estimator where the matrix has it."""
    data = tables.columns(spec)
    pair = {side: names[0] for side, names in (("x", data.x), ("y", data.y)) if names and len(names) == 1}
    method = {"method": spec.method} if spec.method in methods() else {}
    return {"t": data.table, "m": next(iter(question.registered()))} | pair | method


def _surface(shown: list[Shown], unit: str) -> dict[str, Any] | None:
    """What the critic learned, its axes with the names and dates of the columns, as in the picture of the rows."""
    surface = estimate_charts.critic(shown, unit)
    drawn = next((s for s in shown if s.run.spec and s.picture("critic") is not None), None)
    if surface is None or drawn is None:
        return surface
    data = tables.columns(drawn.run.spec)  # type: ignore[arg-type]
    try:
        table = table_reading.load(data.table)
    except ValueError:  # the upload is gone
        return surface
    return surfaces.named(surface, plane.names(table, data.x[0]), plane.names(table, data.y[0]))


def _doubt(s: Shown) -> str:
    """Whether what was trained contradicts an estimator beside it that finds any kind of dependence too, without training."""
    sure = discover.having("estimators", closed_form=True, any_dependence=True)
    found = [r for r in _without_training(s) if r["method"] in sure]
    said = (two_estimates.disagreement(s, r["method"], (r["low"], r["high"])) for r in found)
    return next(filter(None, said), "")


def _without_training(s: Shown) -> list[dict[str, Any]]:
    """What the estimators that do not train say of a run's pair; none before the run has ended."""
    spec = s.run.spec
    if spec is None or "mi" not in s.result:
        return []
    _, seed = settings("table", spec.seed)
    methods = tuple(trust_summary.closed_forms())
    data = tables.columns(spec)
    return estimated(data.table, data.x[0], data.y[0], seed, methods)[0]


def _beside(shown: list[Shown], unit: str) -> None:
    """The matrix's number of the same pair, by its name: two estimators are two numbers."""
    spec, result = shown[0].run.spec, shown[0].result
    if spec is None:
        return
    method, _ = settings("table", spec.seed)
    if (row := next((row for row in _without_training(shown[0]) if row["method"] == method), None)) is None:
        return
    said = "{own} says {learned}, judged on held-out rows; {other} says {mi} on all {n} rows."
    if any(run.spec and run.spec.method == "matrix" for run in player.runs("table")):
        said = "{own} says {learned}, judged on held-out rows; {other} says {mi} on all {n} rows, as in the matrix."
    amounts = {"learned": trust_summary.amount(result["mi"], unit), "mi": trust_summary.amount(row["mi"], unit)}
    names = {"own": trust_summary.title(spec.method), "other": trust_summary.title(method)}
    both = t(said, **names, **amounts, n=f"{row['n']:,}")
    st.caption(plain(f"{both} {two_estimates.preferred(shown[0], method, row['mi'], (row['low'], row['high']))}"))
