"""Cluster: pictures grouped by mutual information alone, and compared with their labels only afterwards."""

from __future__ import annotations

import streamlit as st

from core.spec import SpecError
from dashboard.components import (
    clustered,
    clusters,
    layout,
    matching,
    pairs,
    pick,
    pictures,
    pitfalls,
    player,
    scans,
    server,
    tabs,
    trying,
)
from dashboard.components.address import Address
from dashboard.text import t

PAGE = "cluster"
SCAN = (6, 8, 10, 12, 15)  # numbers of clusters
WRONG = ("labels_for_choosing", "probe_on_test", "raw_logits")
DIGITS = {"images": "digits"}  # where no pictures are chosen

layout.head(
    t("Cluster"),
    t(
        "A network groups pictures by keeping the mutual information between two views of each; labels are never used for training."
    ),
)
address = Address(PAGE)
left, right = layout.sides()
with left:
    buttons = st.container()
    data = pictures.choose(address)
    method = pick.one(address, "clusterers", "iic")
    values = pick.settings(address, "clusterers", *method, data=pictures.kind(data))
    seed = pick.seed(address)
    try:
        specs = pictures.missing(data) or [pick.spec("clusterers", method[0], values, data, seed)]
    except SpecError as error:
        specs = str(error)
    with buttons:
        player.controls(PAGE, specs)

with right:
    tab, place = tabs.opened(
        address,
        {
            "training": t("Training"),
            "result": t("Result"),
            "try": t("Try it"),
            "scan": t("Scan over k"),
            "matching": t("How matching works"),
            "wrong": t("What goes wrong"),
        },
    )
with place:
    if tab == "training":
        player.panel(
            PAGE,
            lambda shown, chart: clusters.training(shown[0], chart),
            lambda: pairs.preview(data, method[0], values),
            family="clusterers",
        )
    elif tab == "result":
        player.panel(
            PAGE,
            lambda shown, chart: clustered.result(shown[0], chart),
            lambda: layout.empty(
                server.invitation(t("Press Start: the matching, the gallery and the scores appear here."))
            ),
            family="clusterers",
        )
    elif tab == "try":
        trying.bench(PAGE)
    elif tab == "scan":
        scans.section(PAGE, specs if isinstance(specs, str) else specs[0], "n_clusters", SCAN)
    elif tab == "matching":
        matching.example()
    else:
        st.caption(
            t("Errors made on purpose beside the right way, on the same pictures, so that their figures can be seen.")
        )
        for name in WRONG:
            with st.container(border=True):
                pitfalls.one(PAGE, name, data if pairs.ready(data) else DIGITS, seed)
address.close()
