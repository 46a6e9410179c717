"""Opening a table, its matrix of mutual information, and one pair of columns looked at closely."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import TableError, units
from core.data.tables import BUNDLED, Table, load_table, save_upload
from core.spec import Spec, SpecError
from dashboard import state
from dashboard.charts import bars, heat, points
from dashboard.components import estimates, export, player, server, verdict
from dashboard.components import pick as picks
from dashboard.components.address import Address
from dashboard.components.live import show
from dashboard.components.player import Shown
from dashboard.text import plain, t

_USABLE = ("numeric", "integer", "boolean", "datetime", "categorical")
_CLOSED = ("ksg", "gaussian", "histogram")
_MOST = 30  # columns chosen at first: 435 pairs, some ten seconds on a laptop


@st.cache_data(max_entries=16, show_spinner=False)
def _load(reference: str) -> Table:
    return load_table(reference)


def pick(address: Address, first: str | None = None) -> Table | None:
    """One of the bundled tables, or a file of one's own. What is wrong with a file is said in one sentence."""
    uploaded = _upload(address)
    known = {name: t(entry.title) for name, entry in BUNDLED.items()}
    first = first or next(iter(BUNDLED))
    key = address.begin("t", first, _allowed)
    options = list(dict.fromkeys([*known, *([uploaded] if uploaded else []), str(state.widget(key))]))
    name = st.selectbox(t("Table"), options, key=key, format_func=lambda i: known.get(i) or _name(i))
    address.end("t", name, first)
    if name in BUNDLED:
        entry = BUNDLED[name]
        st.caption(f"{t(entry.sentence)} {entry.source}. {entry.licence}.")
    try:
        return _load(name)
    except (TableError, ValueError) as error:
        st.error(plain(error), icon=":material/error:")
        return None


def _allowed(reference: str) -> str:
    """A link may name a bundled table or an upload's id, never a path of this machine."""
    if reference not in BUNDLED and not re.fullmatch(r"[a-z0-9]{8,64}", reference):
        raise ValueError(t("{name} is no table of this dashboard", name=reference[:80]))
    return reference


def _name(reference: str) -> str:
    try:
        return _load(reference).name
    except ValueError:
        return reference


def _upload(address: Address) -> str | None:
    """Keep an uploaded file and choose it; how it is read can be told where the guess was wrong."""
    with st.expander(t("How the file is read")):
        st.caption(t("Only where the guess is wrong; then open the file again."))
        told = {
            "encoding": st.selectbox(
                t("Encoding"), (None, "utf-8", "gb18030", "latin-1", "utf-16"), format_func=_guess
            ),
            "delimiter": st.selectbox(t("Delimiter"), (None, ",", ";", "\t", "|"), format_func=_guess),
            "decimal": st.selectbox(t("Decimal mark"), (None, ".", ","), format_func=_guess),
        }
    file = st.file_uploader(
        t("Open a file"),
        key=address.key("file"),
        max_upload_size=200,
        help=t("CSV or similar text, up to 200 MB. It stays on this computer."),
    )
    if file is None:
        return None
    try:
        reference = save_upload(file.getvalue(), file.name, **{k: v for k, v in told.items() if v})
        _load(reference)
    except (TableError, ValueError) as error:
        st.error(plain(error), icon=":material/error:")
        return None
    if state.chosen("upload") != reference:
        state.choose("upload", reference)
        state.set_widget(address.key("t"), reference)
        for name in ("x", "y", "target", "columns"):
            state.drop_widget(address.key(name))
        state.show_runs(address.page, [])
    return reference


def _guess(value: str | None) -> str:
    return t("guess") if value is None else {"\t": t("tab")}.get(value, value)


def usable(table: Table) -> list[str]:
    """The columns that an estimator can take."""
    return [c.name for c in table.columns if c.kind in _USABLE]


def listed(text: str, names: list[str]) -> list[str]:
    """Columns from a link: a JSON list, or names between commas as the list of runs writes them."""
    try:
        wanted = json.loads(text)
    except ValueError:
        wanted = text
    if isinstance(wanted, str) or not isinstance(wanted, list):
        wanted = [text] if text in names else text.split(",")
    found = [n for n in wanted if n in names]
    if len(found) < len(wanted) or not found:
        missing = next((str(n) for n in wanted if n not in names), text)
        raise ValueError(t("there is no column {name}", name=missing[:80]))
    return found


def matrix_specs(address: Address, table: Table) -> list[Spec] | str:
    """Which columns, against which target, by which estimator."""
    names = usable(table)
    first = names[:_MOST]
    key = address.begin("columns", first, lambda text: [n for n in json.loads(text) if n in names])
    columns = st.multiselect(t("Columns"), names, key=key, help=t("Every pair of these columns is estimated."))
    address.end("columns", columns if columns == first else json.dumps(columns), first)
    target = st.selectbox(
        t("Target"),
        [None, *columns],
        format_func=lambda n: t("every pair") if n is None else n,
        key=address.key("target"),
        help=t("Only pairs with this column, or every pair."),
    )
    method = picks.choice(
        address,
        "method",
        {m: verdict.title(m) for m in _CLOSED},
        t("Estimator of the matrix"),
        t("Nearest neighbours find any kind of dependence; the Gaussian sees monotone ones only."),
    )
    seed = picks.seed(address)
    if len(columns) < 2:
        return t("Choose at least two columns.")
    parameters = {"method": method} | ({"target": target} if target else {})
    try:
        return [picks.spec("sweeps", "matrix", parameters, {"table": _reference(address), "x": columns}, seed)]
    except SpecError as error:
        return str(error)


def _reference(address: Address) -> str:
    return str(state.widget(address.key("t")))


def summary(table: Table) -> None:
    """What was read and what was not."""
    kinds = pd.Series([c.kind for c in table.columns]).value_counts()
    said = ", ".join(f"{count} {t(kind)}" for kind, count in kinds.items())
    st.markdown(
        t(
            "{rows} rows and {columns} columns were read: {kinds}.",
            rows=f"{len(table.frame):,}",
            columns=len(table.columns),
            kinds=said,
        )
    )
    for sentence in table.notices[:3]:
        st.caption(plain(sentence))
    if len(table.notices) > 3:
        with st.expander(t("{n} more notes on what was read", n=len(table.notices) - 3)):
            for sentence in table.notices[3:]:
                st.caption(plain(sentence))


def preview(table: Table) -> None:
    """The columns and the first rows, before anything runs."""
    columns, rows = st.tabs([t("Columns"), t("First rows")])
    with columns:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        t("column"): c.name,
                        t("kind"): t(c.kind),
                        t("missing"): c.n_missing,
                        t("different"): c.n_unique,
                        t("smallest"): str(c.min if c.min is not None else ""),
                        t("largest"): str(c.max if c.max is not None else ""),
                    }
                    for c in table.columns
                ]
            ),
            hide_index=True,
            height=300,
        )
    with rows:
        st.dataframe(table.frame.head(100), hide_index=True, height=300)
    st.caption(t("Press Start to estimate the mutual information of every pair. Nothing runs before."))


def draw_matrix(shown: list[Shown], chart) -> None:  # type: ignore[no-untyped-def]
    """The matrix as far as it is known, and the pairs as a list."""
    for s in shown:
        _matrix(s, chart)


def draw_pair(shown: list[Shown], chart) -> None:  # type: ignore[no-untyped-def]
    """What was trained on a pair: the same pictures as on the estimate page, without a truth."""
    data = shown[0].run.spec.data  # type: ignore[union-attr]
    st.markdown(f"**{t('Trained on {x} and {y}', x=plain(', '.join(data.x)), y=plain(', '.join(data.y)))}**")  # type: ignore[union-attr]
    verdict.numbers(shown, None, "nats")
    figure = estimates.curves(shown, None, "nats")
    chart("pair").show(figure, height=300)
    surface = estimates.critic(shown, "nats")
    if surface:
        chart("surface").show(surface, height=280)
    with st.container(horizontal=True):
        export.figures("table:pair", {"pair": figure, "critic": surface})
        export.runs("table:pair", [s.run.spec for s in shown if s.run.spec])
    verdict.reasons(shown)


def _matrix(s: Shown, chart) -> None:  # type: ignore[no-untyped-def]
    spec = s.run.spec
    picture = s.picture("matrix")
    if spec is None or (picture is None and not s.expects("matrix")):
        return
    names = s.result.get("columns") or spec.data.x  # type: ignore[union-attr]
    figure = picture and heat.matrix(list(names), picture["mi"], unit="nats", title=_strongest(s), say=t)
    map_, list_ = st.columns([5, 4])
    with map_:
        waiting = t("The matrix appears here with its first pairs.")
        clicked = chart("matrix").show(figure, height=460, click=True, waiting=waiting)
        if clicked and clicked[0] != clicked[1]:
            _choose((names[clicked[1]], names[clicked[0]]))
    with list_:
        _pairs(s)
    with st.container(horizontal=True):
        export.figures("table:matrix", {"matrix": figure})
        export.runs("table", [spec])
    st.caption(plain(" ".join(s.result.get("notices", []))))


def _strongest(s: Shown) -> str:
    long = s.result.get("long")
    if not long:
        return t("Mutual information between columns, so far")
    top = max(long, key=lambda row: row["mi"] if row["mi"] is not None else -np.inf)
    return t("{x} and {y} share the most: {mi}", x=top["x"], y=top["y"], mi=verdict.amount(top["mi"], "nats"))


def _pairs(s: Shown) -> None:
    """Every pair, the strongest first; a selected row is looked at below."""
    long = s.result.get("long")
    if not long:
        st.caption(t("The list of pairs appears when all are estimated."))
        return
    frame = pd.DataFrame(long)
    frame["|ρ|"] = [units.equivalent_correlation(v or 0.0) for v in frame["mi"]]
    columns = [c for c in ("x", "y", "mi", "|ρ|", "n", "trust") if c in frame]
    shown = frame[columns].rename(columns={"mi": t("MI (nats)"), "n": t("rows"), "trust": t("trust")})
    number = st.column_config.NumberColumn(format="%.3f", width=60)
    narrow = st.column_config.TextColumn(width=92)
    if state.chosen("pair") is None:
        state.choose("pair", (frame.iloc[0]["x"], frame.iloc[0]["y"]))
    event = st.dataframe(
        shown,
        hide_index=True,
        height=420,
        on_select="rerun",
        selection_mode="single-row",
        key="table:pairs",
        column_config={"x": narrow, "y": narrow, t("MI (nats)"): number, "|ρ|": number},
        alt=t("All pairs of columns with their mutual information."),
    )
    if event.selection.rows:
        row = frame.iloc[event.selection.rows[0]]
        _choose((row["x"], row["y"]))
    st.caption(
        t(
            "|ρ| is the correlation of a Gaussian pair with the same mutual information. Select a row to look at the pair."
        )
    )


def _choose(pair: tuple[str, str]) -> None:
    if state.chosen("pair") != pair:
        state.choose("pair", pair)
        st.rerun()


def pair(address: Address, table: Table) -> None:
    """Two columns closely: their points, several estimators, and a button that trains MINE on them."""
    names = usable(table)
    if len(names) < 2:
        return
    chosen = state.chosen("pair")
    if chosen and chosen[0] in names and chosen[1] in names and state.chosen("pair.shown") != chosen:
        state.choose("pair.shown", chosen)
        state.set_widget(address.key("x"), chosen[0])
        state.set_widget(address.key("y"), chosen[1])
    st.markdown(f"#### {t('One pair')}")
    left, middle, right = st.columns([2, 2, 1.4], vertical_alignment="bottom")
    with left:
        x = _column(address, "x", names, names[0], "x")
    with middle:
        y = _column(address, "y", names, names[1], "y")
    if x == y:
        st.caption(t("Choose two different columns."))
        return
    with right:
        st.button(
            t("Train MINE on this pair"),
            key=address.key("train"),
            icon=":material/play_arrow:",
            width="stretch",
            disabled=not server.may_steer(),
            on_click=_train,
            args=(address.page, _reference(address), x, y),
        )
    figure, said = _look(_reference(address), x, y, state.language())
    dots, several = st.columns(2)
    with dots:
        show(figure, key="table-scatter", height=320)
    with several:
        show(said[0], key="table-several", height=320)
    st.caption(plain(" ".join(said[1])))


def _column(address: Address, name: str, names: list[str], default: str, label: str) -> str:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(t("there is no column {name}", name=text[:80]))
        return text

    key = address.begin(name, default, read)
    if state.widget(key) not in names:
        state.set_widget(key, default)
    return str(address.end(name, st.selectbox(label, names, key=key), default))


def _train(page: str, reference: str, x: str, y: str) -> None:
    kept = [r.id for r in player.runs(page) if r.spec and r.spec.family == "sweeps"]
    player.start(page, lambda: [picks.spec("estimators", "mine", {}, {"table": reference, "x": [x], "y": [y]}, 0)])
    state.show_runs(page, [*kept, *(i for i in state.runs(page) if i not in kept)])


@st.cache_data(max_entries=128, show_spinner=False)
def _look(reference: str, x: str, y: str, language: str) -> tuple[dict[str, Any], tuple[dict[str, Any], list[str]]]:
    """The points of a pair, and what the estimators without training say of it."""
    import core
    from core.data.tables import columns_source

    source = columns_source(reference, [x], [y])
    a, b = source.x[:, 0], np.asarray(source.y)[:, 0]
    keep = np.sort(np.random.default_rng(0).permutation(len(a))[:2_000])
    dots = points.scatter(a[keep], b[keep], x, y, title=t("{n} complete rows", n=f"{len(a):,}"), say=t)
    done, sentences = [], [t(notice) for notice in source.notices]
    for method in _CLOSED:
        try:
            done.append((method, core.estimate_mi(source.x, source.y, method)))
        except ValueError as error:
            sentences.append(f"{verdict.title(method)}: {t(str(error))}")
    sentences += [
        f"{verdict.title(m)}: {t(reason)}" for m, e in done if e.trust.level != "green" for reason in e.trust.reasons
    ]
    figure = bars.estimates(
        [m for m, _ in done],
        [verdict.title(m) for m, _ in done],
        [e.mi for _, e in done],
        [e.interval for _, e in done],
        unit=t("nats"),
        title=t("Three estimators without training"),
        say=t,
    )
    return dots, (figure, sentences)
