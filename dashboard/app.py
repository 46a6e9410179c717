"""Page config, navigation, server hygiene: nothing else.

streamlit run dashboard/app.py
"""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import streamlit as st

from dashboard import state
from dashboard.components import server
from dashboard.text import LANGUAGES, t

_ASSETS = Path(__file__).resolve().parents[1] / "assets"


@st.cache_resource
def _warm_up() -> None:
    """Import what pages will need behind the first paint, then take it all out of the garbage collector's walks.

    Streamlit collects after every rerun; without the freeze that walks every object of torch and plotly each time.
    """

    def work() -> None:
        import plotly.graph_objects  # noqa: F401

        from core import discover

        for family in discover.FAMILIES:
            discover.every(family)
        server.client()
        gc.collect()
        gc.freeze()

    threading.Thread(target=work, daemon=True, name="warm-up").start()


def main() -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="Infoscope", page_icon=str(_ASSETS / "pictures" / "icon.svg"), layout="wide")
    st.html(_ASSETS / "style" / "app.css")
    _warm_up()
    state.language(st.query_params.get("lang") if st.query_params.get("lang") in LANGUAGES else None)
    # The folder is not called "pages": Streamlit would serve its files without this one, and so without the token.
    pages = [
        st.Page("screens/home.py", title=t("Home"), url_path="home", default=True),
        st.Page("screens/estimate.py", title=t("Estimate"), url_path="estimate"),
        st.Page("screens/table.py", title=t("Table"), url_path="table"),
        st.Page("screens/cluster.py", title=t("Cluster"), url_path="cluster"),
        st.Page("screens/density.py", title=t("Density"), url_path="density"),
        st.Page("screens/embedding.py", title=t("Embedding"), url_path="embedding"),
        st.Page("screens/runs.py", title=t("Runs"), url_path="runs"),
    ]
    page = st.navigation(pages, position="top")
    if server.may_look():
        page.run()
    else:
        st.error(t("This dashboard needs the link that its owner was given: it carries a token."))


main()
