"""Features laid out: the explorer of a run's layout, its figures, how to read it, and the link to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.data.references import Reference
from core.spec import Spec
from dashboard import pages
from dashboard.jobs import Run
from dashboard.text import plain, t
from dashboard.widgets import explorer, layout, server, standing
from dashboard.widgets.explorer import points
from dashboard.widgets.shown import Shown
from dashboard.widgets.trust_summary import title


def link(run: str, label: str) -> None:
    """A link to the features that a run has left, on the page that lays them out; nothing where it left none."""
    from core.data.features import has_features

    if has_features(run):
        query = {"i": f"run.{run}"}
        st.page_link(pages.link_to("embedding"), label=label, icon=":material/scatter_plot:", query_params=query)


def numbers(s: Shown) -> None:
    """How faithful the layout is, on how many rows that was computed, and the time."""
    result = s.result
    cells = layout.numbers()
    ranked, n = result.get("faithful_rows"), result.get("faithful_neighbours")
    on = "" if ranked is None else t("{n} nearest, {rows} rows", n=n, rows=f"{ranked:,}")
    for name, label, help in (
        (
            "trustworthiness",
            t("Trustworthiness"),
            t(
                "1 where all neighbours in the picture are neighbours among the features too; about 0.5 for a random picture."
            ),
        ),
        (
            "continuity",
            t("Continuity"),
            t(
                "1 where all neighbours among the features are neighbours in the picture too; about 0.5 for a random picture."
            ),
        ),
    ):
        value = result.get(name)
        layout.number(cells, label, "–" if value is None else f"{value:.3f}", note=on, help=help)
    layout.number(cells, t("Time"), standing.took(s.run), note=t(s.run.status))
    # Last, and with a short note: what stands below does not move when it comes, nor when the time has more digits.
    kl, loss = s.last("kl"), s.last("loss")
    if kl is not None:
        layout.number(cells, t("KL divergence"), f"{kl:.3f}", note=t("nats"), help=t("What t-SNE minimises."))
    elif loss is not None:
        layout.number(cells, t("Cross entropy"), f"{loss:.3f}", note=t("nats an edge"), help=t("What UMAP minimises."))
    elif "explained" in result:
        shares = result["explained_by_component"]
        layout.number(cells, t("Explained variance"), f"{sum(shares[:2]):.1%}", note=t("by the first two components"))


def explore(key: str, s: Shown, height: int = 560, group: str = "", heading: str = "") -> bool:
    """The explorer of a run's layout; False where there is no layout yet. Explorers of one group select together."""
    picture = s.picture("embedding")
    if picture is None:
        picture = s.picture("features")
    if picture is None or s.run.spec is None or not np.isfinite(picture["coordinates"]).all():
        return False
    try:
        known = points.of_spec(s.run.spec, picture["rows"])
    except ValueError as error:
        st.caption(plain(t(error)))
        return False
    heading = heading or t(
        "{n} rows of {data}, laid out by {method}",
        n=f"{len(known):,}",
        data=_data(s.run.spec.data),
        method=title(s.run.spec.method, s.run.spec.family),
    )
    view = explorer.View(heading, _axes(s.result), s.run.active, height, group)
    explorer.show(key, known, picture["coordinates"], view)
    return True


def source(run: Run) -> str:
    """What a run has left, as people tell runs apart: the data, the method, what it came to, and the seed."""
    assert run.spec is not None
    names = {"data": t(run.spec.data.title()), "method": title(run.spec.method, run.spec.family), "seed": run.spec.seed}
    share = _accuracy(server.store().result(run.id) or {})
    if share is None:
        return t("{data}: learned by {method}, seed {seed}", **names)
    return t("{data}: learned by {method}, accuracy {share}, seed {seed}", **names, share=f"{share:.1%}")


def _accuracy(result: dict[str, Any]) -> float | None:
    """Of the clusters that were matched to labels, or of a linear probe on the features; None without labels."""
    if result.get("accuracy") is not None:
        return float(result["accuracy"])
    probes = result.get("probes") or {}
    return float(probes["features"]["linear"]["test"]) if probes else None


def _data(data: Reference) -> str:
    learner = data.learned_by()
    run = server.store().run(learner) if learner else None
    return source(run) if run and run.spec else t(data.title())


def learned(key: str, run: Run, height: int = 560) -> bool:
    """All rows of which a finished run has kept features, along their principal components; False where it kept none."""
    from core.data.features import has_features

    if not has_features(run.id):
        return False
    spec = Spec.parse({"family": "projections", "method": "pca", "data": {"run": run.id}})
    places, shares = _components(run.id)
    try:
        known = points.of_spec(spec, np.arange(len(places)))
    except ValueError as error:
        st.caption(plain(t(error)))
        return False
    heading = t("What the run has learned of {n} rows, along the principal components", n=f"{len(known):,}")
    explorer.show(key, known, places, explorer.View(heading, _axes({"explained_by_component": shares}), height=height))
    return True


@st.cache_data(max_entries=4, show_spinner=False)
def _components(run: str) -> tuple[np.ndarray, list[float]]:
    """The first three principal components of a run's features, and the shares of the variance of the first two."""
    from core.arrays import principal_components
    from core.data.features import Features

    features = np.asarray(Features.load(run).features, dtype=np.float64)
    places = principal_components(features, 3)
    total = float(features.var(0).sum()) or 1.0
    return places.astype(np.float32), [float(v) / total for v in places[:, :2].var(0)]


def _axes(result: dict[str, Any]) -> tuple[str, str] | None:
    """The first two components and what they explain; other layouts have no axes."""
    shares = result.get("explained_by_component")
    if not shares:
        return None
    first, second = (*shares, 0.0)[:2]
    return (
        t("Component {j}: {share} of the variance", j=1, share=f"{first:.1%}"),
        t("Component {j}: {share} of the variance", j=2, share=f"{second:.1%}"),
    )


def warnings(method: str) -> None:
    """How a layout misleads; of a linear one, what it leaves out."""
    with st.expander(t("How this picture can mislead you")):
        if method == "pca":
            st.markdown(
                t("What lies apart here is apart. What lies together may still be apart along the other components.")
            )
            return
        st.markdown(
            "\n".join(
                f"- {line}"
                for line in (
                    t(
                        "The size of a group means nothing: dense groups are spread out, and sparse ones drawn together."
                    ),
                    t(
                        "The distance between groups may mean nothing: who is near is kept, and not how far the others are."
                    ),
                    t(
                        "Random noise can look like groups, and another perplexity or number of neighbours gives another "
                        "picture. Trust only what several of them show."
                    ),
                )
            )
        )
