"""A clustering once it is learned: the matching drawn, galleries, scores in one line each, names, and files to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.references import beside
from dashboard import state
from dashboard.charts import clusters, matching
from dashboard.screens.cluster import absent, cluster_names, gallery
from dashboard.screens.cluster.training import k_of, notes, numbers, value
from dashboard.text import plain, t, tn
from dashboard.widgets import embedding, export, label_names, layout, run_files, server, standing
from dashboard.widgets.shown import Shown

_SCORES = (
    ("nmi", "NMI", "Information shared with the labels, divided by the mean of both entropies: 0 to 1."),
    ("ami", "AMI", "The same, less what chance alone would give: 0 for random clusters, 1 for equal ones."),
    ("ari", "ARI", "Pairs of rows on which both agree, less chance: 0 for random clusters, 1 for equal ones."),
    ("vi", "VI", "Variation of information in nats: what each says that the other does not; 0 for equal ones."),
    ("purity", "Many to one", "Rows in a cluster whose commonest label is theirs. It rises with k: read it beside k."),
)


def result(s: Shown, chart: Any) -> None:
    """Three numbers, and the part that was chosen."""
    numbers(s)
    notes(s)
    parts = {
        "matching": _matching,
        "gallery": gallery.gallery,
        "scores": _scores,
        "names": _names,
        "features": _features,
    }
    titles = {
        "matching": t("Matching"),
        "gallery": t("Gallery"),
        "scores": t("Scores"),
        "names": t("Names"),
        "features": t("Features"),
    }
    shown = parts[layout.one_of(t("Part of the result"), titles, "cluster.part")](s, chart)
    with st.container(horizontal=True, vertical_alignment="center"):
        export.figures("cluster.result", shown)
        _rows(s)
        run_files.model(s.run, "cluster.model")
        embedding.link(s.run.id, t("See the features in the plane"))


def _matching(s: Shown, chart: Any) -> dict[str, Any]:
    raw, one = s.picture("confusion_raw"), s.picture("confusion")
    if raw is None or one is None:
        missing = "confusion_raw" if raw is None else "confusion"
        absent.say_why(
            s, missing, t("There are no labels to match the clusters to. The gallery shows what the clusters hold.")
        )
        return {}
    many = s.picture("many_to_one")
    ways = {"one": t("One cluster a label"), "many": t("Several clusters a label")}
    way = "one" if many is None else layout.one_of(t("Matching"), ways, "cluster.way")
    chosen = many if way == "many" and many is not None else one
    share = f"{float(chosen['accuracy']):.1%}"
    title = (
        t("Labels against clusters before and after Hungarian matching: {share} on the diagonal", share=share)
        if chosen is one
        else t("Each cluster takes its commonest label: {share} of the rows agree", share=share)
    )
    labels, k = cluster_names.labels(s), raw["counts"].shape[1]
    called = cluster_names.numbered(s, k, typed=True, short=True)
    figure = matching.mapping(raw["counts"], chosen["mapping"], chosen["order"], labels, called, title)
    chart(f"mapping-{way}").show(figure, height=max(420, min(44 * len(labels) + 150, 900)))
    st.caption(" ".join(filter(None, (_rows_of(s, int(raw["counts"].sum())), _drawn_at(s)))))
    left_out = int((np.asarray(chosen["mapping"]) < 0).sum())
    if left_out:
        single = "{n} cluster stands for no label: there are more clusters than labels."
        st.caption(tn(single, "{n} clusters stand for no label: there are more clusters than labels.", left_out))
    elif k < len(labels):
        single = "{n} label has no cluster of its own: there are fewer clusters than labels."
        several = "{n} labels have no cluster of their own: there are fewer clusters than labels."
        st.caption(tn(single, several, len(labels) - k))
    return {"mapping": figure}


def _rows_of(s: Shown, n: int) -> str:
    rows = value(s, "rows") or n
    if n == rows:
        return t("All {n} rows are counted.", n=f"{n:,}")
    return t("{n} of the {rows} rows are counted; all are when the run has ended.", n=f"{n:,}", rows=f"{rows:,.0f}")


def _drawn_at(s: Shown) -> str:
    """That the matching is of another step than the accuracy above it; nothing where both are of one."""
    looks, drawn = s.curve("accuracy")[0], server.store().frames(s.run.id, "confusion")
    drawn = drawn if s.at is None else drawn[drawn <= s.at]
    if s.result or not len(looks) or not len(drawn) or looks[-1] == drawn[-1]:
        return ""
    return t(
        "The matching is of step {drawn}, in mid-epoch; the accuracy above is of step {looked}.",
        drawn=f"{int(drawn[-1]):,}",
        looked=f"{int(looks[-1]):,}",
    )


def _scores(s: Shown, chart: Any) -> dict[str, Any]:
    found = [(title, sentence, s.result[name]) for name, title, sentence in _SCORES if name in s.result]
    if found:
        for column, (title, sentence, number) in zip(st.columns(len(found)), found, strict=True):
            with column:
                st.metric(t(title), f"{number:.3f}" if title != "Many to one" else f"{number:.1%}")
                st.caption(t(sentence))
    else:
        st.caption(t("Scores against labels appear when a run with labels has finished."))
    heads = s.picture("heads")
    if heads is None or "accuracy" not in heads:
        return {}
    right, kept = np.asarray(heads["accuracy"]), int(heads["kept"])
    behind = 100 * (right.max() - right[kept])
    title = (
        t("The head that was kept is also the best of {h}; labels were not used to choose it", h=len(right))
        if behind < 0.05
        else t(
            "The head that was kept is {points} points behind the best of {h}, which only labels could name",
            points=f"{behind:.1f}",
            h=len(right),
        )
    )
    figure = clusters.heads(heads["loss"], right, kept, title)
    chart("heads").show(figure, height=280)
    return {"heads": figure}


def _features(s: Shown, chart: Any) -> dict[str, Any]:
    if not embedding.learned(f"cluster-{s.run.id}", s.run):
        soon = t("The features appear here once the run has ended. Some methods learn none.")
        st.caption(standing.without_result(s) or soon)
    return {}


def _names(s: Shown, chart: Any) -> dict[str, Any]:
    k = k_of(s)
    st.caption(
        t(
            "Names are kept with the run, for the gallery and the exported rows. At first each is the label that it stands for."
        )
    )
    sizes, key = s.picture("sizes"), f"cluster.names.{s.run.id}"
    # Other rows would end an edit that is under way: the table begins with the names of when it was opened.
    if not state.has_widget(key):
        state.choose(key, cluster_names.of(s, k))
    rows = pd.DataFrame(
        {
            "cluster": np.arange(k),
            "rows": [0] * k if sizes is None else sizes["sizes"],
            "label": cluster_names.by_default(s, k),
            "name": state.chosen(key),
        }
    )
    config = {
        "cluster": st.column_config.NumberColumn(t("cluster")),
        "rows": st.column_config.NumberColumn(t("rows")),
        "label": st.column_config.TextColumn(t("stands for")),
        "name": st.column_config.TextColumn(t("name"), max_chars=cluster_names.LONGEST),
    }
    fixed = ["cluster", "rows", "label"] if server.may_steer() else True
    edited = st.data_editor(rows, key=key, hide_index=True, disabled=fixed, column_config=config)
    typed = {j: str(name or "") for j, name in enumerate(edited["name"])}
    if [*typed.values()] != state.chosen(key):
        try:
            cluster_names.keep(s.run.id, {j: name for j, name in typed.items() if name != rows["label"][j]})
        except OSError as error:
            state.note("cluster", t("The names could not be kept: {fault}", fault=plain(error)))
    return {}


def _rows(s: Shown) -> None:
    """Every row with its cluster, as a file."""
    if (found := s.picture("assignments")) is not None:
        st.download_button(
            t("Rows (CSV)"),
            data=lambda: export.to_csv(_taken(s, found)),
            file_name=f"clusters-{s.run.id}.csv",
            mime="text/csv",
            key="cluster.rows",
            on_click="ignore",
            type="tertiary",
            icon=":material/table:",
            help=t(
                "Every row that was grouped: its number, its file or columns, and its cluster, name, certainty and label."
            ),
        )


def _taken(s: Shown, found: dict[str, np.ndarray]) -> pd.DataFrame:
    ours = frame(found, cluster_names.of(s, k_of(s)), lambda v: label_names.words(s, v))
    if s.run.spec is None:
        return ours
    try:
        return beside(run_files.origin(s.run.spec, ours.pop("index").to_numpy()), ours)
    except ValueError:  # the data are gone: their rows are still told apart
        return frame(found, cluster_names.of(s, k_of(s)), lambda v: label_names.words(s, v))


def frame(
    found: dict[str, np.ndarray], called: list[str], words: Callable[[list[Any]], list[Any]] = list
) -> pd.DataFrame:
    """One line a row: index, cluster, name, certainty and, where there is one, label."""
    cluster = found["cluster"].astype(int)
    lines = {
        "index": found.get("index", np.arange(len(cluster))),
        "cluster": cluster,
        "name": np.asarray(called, dtype=object)[cluster],
        "certainty": np.round(found["certainty"].astype(float), 6),
    }
    return pd.DataFrame(lines | ({"label": words(found["label"].tolist())} if "label" in found else {}))
