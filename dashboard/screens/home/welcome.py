"""The first page: a sentence, moving pictures of real runs, and one button."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import pages, state
from dashboard.jobs import Run
from dashboard.text import t
from dashboard.widgets import server

if TYPE_CHECKING:
    from core.spec import Spec

PICTURES = Path(__file__).resolve().parents[3] / "assets" / "pictures" / "home"
ADDRESS = "pictures"  # where the server has them
_DATA = {"distribution": {"name": "gaussian"}, "n": 10_000, "fresh": False}  # of the button's run
_PITFALLS = {"cluster": "wrong", "density": "pitfalls", "representation": "wrong"}  # the page, and its tab
_TILES = (
    (
        "estimate",
        "Watch an estimate approach the truth",
        "MINE, InfoNCE and others, where the mutual information is known.",
    ),
    ("table", "Ask your own table", "Which columns depend on which, in any form, and how far to believe it."),
    ("cluster", "See pictures sort themselves", "IIC groups pictures without labels; labels only score it."),
    ("density", "Learn more than a mean", "A mixture density network where one x has several y."),
)


def hero() -> None:
    """What this is, and the button."""
    left, right = st.columns([3, 1.2], vertical_alignment="center", gap="large")
    with left:
        st.markdown(f"# {t('See mutual information')}")
        st.markdown(
            t(
                "How much does one thing say about another? Choose a distribution, columns of your own (on the page Table) or "
                "pictures, train an estimator, and watch it approach the truth. Every number comes with an interval and the reasons to believe or doubt it."
            )
        )
    with right:
        st.button(
            t("Start a run now"),
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            key="home:start",
            on_click=_start,
            disabled=not server.may_steer(),
            help=server.view_only() or _what_starts(),
        )
        st.page_link(pages.link_to("table"), label=t("Open my own table"), icon=":material/upload_file:")
    if state.chosen("home.started"):
        state.choose("home.started", None)
        st.switch_page(pages.link_to("estimate"))
    for sentence in state.take_notes("home"):
        st.warning(sentence)


def _what_starts() -> str:
    """What the button does, and how long it took on this computer before; nobody knows before the first time."""
    what = t("Trains MINE on a correlated Gaussian pair with ρ = 0.8.")
    took = [run.ended - run.started for run in _first_runs() if run.ended is not None and run.started is not None]
    if not took:
        return what
    return f"{what} {t('Here it has taken {seconds} s.', seconds=f'{max(median(took), 1):.0f}')}"


def _first_runs() -> list[Run]:
    """The finished runs of the button. The first paint imports no method: until they are there, no run is known."""
    if "core.estimators.mine" not in sys.modules:
        return []
    from dashboard.widgets import run_settings

    first = [_spec()]
    alike = [run for run in server.store().runs(limit=200) if run.status == "finished" and _looks_first(run)]
    return [run for run in alike if run.spec is not None and run_settings.same([run.spec], first)]


def _looks_first(run: Run) -> bool:
    """What its JSON can tell: parsing all runs of the store would stand before every drawing of this page."""
    given = run.spec_dict
    return given.get("method") == "mine" and given.get("data", {}).get("n") == _DATA["n"]


def _spec() -> Spec:
    from dashboard.widgets import fields

    return fields.spec("estimators", "mine", {}, _DATA, 0)


def _start() -> None:
    from dashboard.widgets import player

    player.start("estimate", lambda: [_spec()])
    state.remember("estimate", {})
    state.choose("home.started", True)


def pictures() -> None:
    """A tile a page, each with a moving picture of a real run."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    for pair in (_TILES[:2], _TILES[2:]):
        for column, (name, title, sentence) in zip(st.columns(2, gap="large"), pair, strict=True):
            with column, st.container(border=True):
                st.html(_moving(name, theme, t(title)))
                st.markdown(f"**{t(title)}**  \n{t(sentence)}")
                st.page_link(pages.link_to(name), label=t("Open"), icon=":material/arrow_forward:")


def _moving(name: str, theme: str, alt: str) -> str:
    """The picture as its file is, and its last moment alone for those who want nothing to move.

    For either theme, because it may change while the page stands (app.css shows one of them); `theme` is that of now, for
    browsers that cannot ask. Of the other nothing is loaded before it is seen: it is hidden until the style sheet is there to ask.
    """
    return "".join(
        f'<picture class="on-{ground}{"" if ground == theme else " other"}"{"" if ground == theme else " style=display:none"}>'
        f'<source media="(prefers-reduced-motion: reduce)" srcset="{ADDRESS}/{name}-{ground}-still.webp">'
        f'<img class="moving" src="{ADDRESS}/{name}-{ground}.webp" alt="{escape(alt)}" width="720" height="260"'
        f"{'' if ground == theme else ' loading=lazy'}></picture>"
        for ground in ("light", "dark")
    )


def pitfalls() -> None:
    """Where the usual mistakes can be seen: they are tabs of three pages, and nobody finds a tab by chance."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="home-pitfalls"):
        st.markdown(
            f"**{t('What goes wrong')}**  \n{t('Common mistakes next to the correct method, on the same data.')}"
        )
        for name, tab in _PITFALLS.items():
            st.page_link(pages.link_to(name), label=t(pages.named(name).title), query_params={"tab": tab})


def facts() -> None:
    """What can be relied on, in one line."""
    st.caption(
        t(
            "Everything runs on this computer and nothing is sent anywhere. Runs are kept, can be found by their link, and replayed."
        )
    )
