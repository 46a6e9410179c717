"""A clustering once it is learned: the matching drawn, galleries, scores in one line each, names, and files to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.data.references import beside
from dashboard import state
from dashboard.charts import clusters, matching, pictures
from dashboard.screens.cluster import cluster_names, try_it
from dashboard.screens.cluster.training import k_of, notes, numbers, value
from dashboard.text import plain, t, tn
from dashboard.widgets import embedding, export, run_files, server
from dashboard.widgets.live import show
from dashboard.widgets.player import UNDER_WAY
from dashboard.widgets.shown import Shown

_GALLERIES = {"gallery": "most certain", "gallery_uncertain": "least certain", "gallery_wrong": "wrong"}
_TILE = 50  # pixels of a picture in the gallery
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
    parts = {"matching": _matching, "gallery": _gallery, "scores": _scores, "names": _names}
    titles = {"matching": t("Matching"), "gallery": t("Gallery"), "scores": t("Scores"), "names": t("Names")}
    part = st.segmented_control(
        t("Part of the result"),
        list(parts),
        default="matching",
        required=True,
        key="cluster.part",
        format_func=titles.get,
        label_visibility="collapsed",
    )
    shown = parts[part or "matching"](s, chart)
    with st.container(horizontal=True, vertical_alignment="center"):
        export.figures("cluster.result", shown)
        _rows(s)
        run_files.model(s.run, "cluster.model")
        embedding.link(s.run.id, t("See the features in the plane"))


def _matching(s: Shown, chart: Any) -> dict[str, Any]:
    raw, one = s.picture("confusion_raw"), s.picture("confusion")
    if raw is None or one is None:
        _nothing(
            s, "confusion", t("There are no labels to match the clusters to. The gallery shows what the clusters hold.")
        )
        return {}
    many = s.picture("many_to_one")
    ways = {"one": t("One cluster a label"), "many": t("Several clusters a label")}
    way = "one"
    if many is not None:
        way = st.segmented_control(t("Matching"), list(ways), default="one", required=True, key="cluster.way",
                                   format_func=ways.get, label_visibility="collapsed")  # fmt: skip
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
    st.caption(_rows_of(s, int(raw["counts"].sum())))
    left_out = int((np.asarray(chosen["mapping"]) < 0).sum())
    if left_out:
        one = "{n} cluster stands for no label: there are more clusters than labels."
        st.caption(tn(one, "{n} clusters stand for no label: there are more clusters than labels.", left_out))
    elif k < len(labels):
        one = "{n} label has no cluster of its own: there are fewer clusters than labels."
        many = "{n} labels have no cluster of their own: there are fewer clusters than labels."
        st.caption(tn(one, many, len(labels) - k))
    return {"mapping": figure}


def _rows_of(s: Shown, n: int) -> str:
    rows = value(s, "rows") or n
    if n == rows:
        return t("All {n} rows are counted.", n=f"{n:,}")
    return t("{n} of the {rows} rows are counted; all are when the run has ended.", n=f"{n:,}", rows=f"{rows:,.0f}")


def _gallery(s: Shown, chart: Any) -> dict[str, Any]:
    which = st.segmented_control(
        t("Pictures"), list(_GALLERIES), default="gallery", required=True, key="cluster.gallery",
        format_func=lambda name: t(_GALLERIES[name]), label_visibility="collapsed",
    )  # fmt: skip
    which = which or "gallery"
    seen = s.picture(which)
    if seen is None:
        _nothing(
            s,
            which,
            t("There is nothing to show here: the rows are not pictures, have no labels, or none is misassigned."),
        )
        return {}
    certain, k = seen["certainty"], len(seen["pictures"])
    called = cluster_names.numbered(s, k)
    words = [[t("{name}, certainty {p}", name=called[i], p=f"{p:.1%}") for p in line] for i, line in enumerate(certain)]
    labels = _labels(s, seen["label"]) if "label" in seen else None
    if labels:
        words = [
            [t("{said}, labelled {label}", said=said, label=label) for said, label in zip(*pair, strict=True)]
            for pair in zip(words, labels, strict=True)
        ]
    titles = {
        "gallery": t("The pictures of which each cluster is most certain"),
        "gallery_uncertain": t("The pictures of which each cluster is least certain"),
        "gallery_wrong": t(
            "Pictures whose cluster stands for another label, the most certain first; below each its label"
        ),
    }
    under = labels if which == "gallery_wrong" else None
    figure = pictures.sheet(seen["pictures"], called, titles[which], words=words, shown=certain > 0, under=under)
    sheet, closer = st.columns([1.35, 1], gap="medium")
    with sheet:
        clicked = chart(which).show(figure, height=min(_TILE * k + 20, 3000), click=True)
    place = f"{s.run.id}.{which}"
    if isinstance(clicked, int) and 0 <= clicked < certain.size and certain.flat[clicked] > 0:
        state.choose(place, clicked)
    with closer:
        _closer(s, seen["pictures"], state.chosen(place))
    return {which: figure}


def _labels(s: Shown, labels: np.ndarray) -> list[list[str]]:
    """The label of each picture in words; empty where there is no picture."""
    return [["" if label < 0 else cluster_names.words(s, [label])[0] for label in line] for line in labels.tolist()]


def _nothing(s: Shown, name: str, sentence: str) -> None:
    """Why a picture is not there; of a run under way only that it was asked for just now."""
    if name not in s.run.views:
        sentence = t("This method keeps nothing of the kind: train IIC to see it.")
    elif s.run.status in UNDER_WAY:
        sentence = t("This is drawn with the next step of the run.")
    elif server.store().view(s.run.id, name, s.at) is None:  # never drawn; an empty one does not apply to the data
        sentence = _undrawn(s)
    st.caption(sentence)


def _undrawn(s: Shown) -> str:
    """Why a picture that the data allow is not there, and which button brings it."""
    if s.at is not None and s.at < s.run.step:
        return t("This picture was not drawn yet at this step of the replay.")
    if s.run.status == "paused":
        return t("This run was paused before this picture was drawn: Play draws it.")
    if s.run.resumable:
        return t("This run was stopped before this picture was drawn: Resume draws it.")
    return t("This run ended before this picture was drawn.")


def _closer(s: Shown, shown: np.ndarray, at: int | None) -> None:
    """The picture that was clicked, and where the network would put it."""
    if at is None or at >= shown.shape[0] * shown.shape[1]:
        st.caption(t("Click a picture to see it larger, and how sure the network is of each cluster."))
        return
    picture = shown.reshape(-1, *shown.shape[2:])[at]
    show(pictures.sheet(picture[None, None], [""], t("The picture that was clicked")), "gallery-one", height=170)
    try:
        try_it.placed(s, np.rint(255 * np.atleast_3d(picture)).astype(np.uint8).transpose(2, 0, 1), "gallery-chances")
    except ValueError as error:
        st.caption(plain(error))


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
        t("The head with the lowest loss is also the best of {h}; labels were not used to choose it", h=len(right))
        if behind < 0.05
        else t("The head with the lowest loss is {points} points behind the best of {h}, which only labels could name",
               points=f"{behind:.1f}", h=len(right))
    )  # fmt: skip
    figure = clusters.heads(heads["loss"], right, kept, title)
    chart("heads").show(figure, height=280)
    return {"heads": figure}


def _names(s: Shown, chart: Any) -> dict[str, Any]:
    k = k_of(s)
    st.caption(t("Names are kept with the run, for the gallery and the exported rows. At first each is the label that it stands for."))  # fmt: skip
    sizes, key = s.picture("sizes"), f"cluster.names.{s.run.id}"
    # Other rows would end an edit that is under way: the table begins with the names of when it was opened.
    if not state.has_widget(key):
        state.choose(key, cluster_names.of(s, k))
    rows = pd.DataFrame({
        "cluster": np.arange(k),
        "rows": [0] * k if sizes is None else sizes["sizes"],
        "label": cluster_names.by_default(s, k),
        "name": state.chosen(key),
    })  # fmt: skip
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
    ours = frame(found, cluster_names.of(s, k_of(s)), lambda v: cluster_names.words(s, v))
    if s.run.spec is None:
        return ours
    try:
        return beside(run_files.origin(s.run.spec, ours.pop("index").to_numpy()), ours)
    except ValueError:  # the data are gone: their rows are still told apart
        return frame(found, cluster_names.of(s, k_of(s)), lambda v: cluster_names.words(s, v))


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
