"""Page config, navigation, server hygiene: nothing else.

streamlit run dashboard/app.py
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dashboard import first_page, pages, settings, state
from dashboard.bundles import Bundles
from dashboard.gate import Gate
from dashboard.screens.home import welcome
from dashboard.text import LANGUAGES, t
from dashboard.widgets import server

_ASSETS = Path(__file__).resolve().parents[1] / "assets"


@st.cache_resource
def _warm_up() -> None:
    """Import what pages will need behind the first paint, then take it all out of the garbage collector's walks.

    Streamlit collects after every rerun; without the freeze that walks every object of torch and plotly each time.
    """

    def work() -> None:
        server.client()  # first: the workers' process takes as long to load, on another core

        import plotly.graph_objects  # noqa: F401

        from core import discover

        for family in discover.FAMILIES:
            for name in discover.names(family):
                with contextlib.suppress(Exception):  # the page that offers it says what is wrong with it
                    discover.load(family, name)
        gc.collect()
        gc.freeze()

    wait = threading.Timer(1.0, work)  # importing torch would hold up the first paint
    wait.daemon, wait.name = True, "warm-up"
    wait.start()


def _to_first(request: Request) -> RedirectResponse:
    """The first page stands at the bare address, and is found by its name too."""
    return RedirectResponse(f"./?{request.url.query}".rstrip("?"))


def main(first: str = "home") -> None:
    """Draw the page that the address names, or the first."""
    st.set_page_config(page_title="Infoscope", page_icon=str(_ASSETS / "pictures" / "icon.svg"), layout="wide")
    st.html(_ASSETS / "style" / "app.css")
    _warm_up()
    state.language(st.query_params.get("lang") if st.query_params.get("lang") in LANGUAGES else None)
    page = st.navigation(pages.navigation(first), position="top")
    if server.may_look():
        page.run()
    elif server.options().token:
        st.error(t("This dashboard needs the link that its owner was given: it carries a token."))
    else:
        st.error(
            t(
                "This server was started for the network without a token. Start it in its own folder with `streamlit run "
                "dashboard/app.py` for this computer alone, or with `python -m dashboard --lab` for the network."
            )
        )


if __name__ == "__main__":  # a viewer's page
    main()
else:  # `streamlit run` has imported this file to find the server in it
    app = st.App(
        __file__,
        # st.image would send one frame of a moving picture
        routes=[
            Route("/home", _to_first),
            Mount(f"/{welcome.ADDRESS}", StaticFiles(directory=welcome.PICTURES)),
            *(Route(f"/{page.name}", first_page.answer) for page in pages.registered() if page.name != "home"),
        ],
        middleware=[Middleware(Gate, chosen=settings.read(sys.argv[1:])), Middleware(Bundles)],
    )
