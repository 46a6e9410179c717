"""What all viewers of this server share: the jobs' client, the store, and who may start and stop."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard import gate, jobs, settings, state
from dashboard.text import t

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@st.cache_resource
def options() -> settings.Settings:
    """The named options that this server was started with."""
    return settings.read(sys.argv[1:])


@st.cache_resource
def client() -> jobs.Client:
    """The one client of this server; it starts the supervisor of the workers."""
    chosen = options()
    return jobs.connect(workers=chosen.workers, threads=chosen.threads)


@st.cache_resource
def store() -> jobs.Store:
    """The runs of this data folder, to read."""
    return jobs.Store()


def may_look() -> bool:
    """On the lab's network only those whose link carries a token; on this machine's own address everybody."""
    chosen = options()
    if not chosen.token:
        return st.get_option("server.address") in _LOOPBACK
    if not may_steer() and state.token(st.query_params.get("token")) != chosen.token:
        return False
    # Every address that is shown can be passed on: it lets others look, and never carries the presenter's key.
    if st.query_params.get("token") != chosen.token:
        st.query_params["token"] = chosen.token
    return True


def may_steer() -> bool:
    """Who may start, stop and upload: the presenter, or anybody on this machine's own address."""
    chosen = options()
    if not chosen.key:
        return may_look()
    return gate.is_presenter(chosen, st.context.cookies)


def view_only() -> str:
    """Why a button that starts a run cannot be pressed, or nothing for whoever may press it."""
    return "" if may_steer() else t("View only: the presenter starts and stops runs.")


def invitation(to_start: str) -> str:
    """What is said where nothing has run yet: how to start to whoever may, and to others that it is not theirs to do."""
    return to_start if may_steer() else t("The presenter has not started a run yet.")


def address(path: str, query: Mapping[str, str]) -> str:
    """The whole link to a page, to be passed on: on the lab's network with the address and the token for viewers."""
    chosen, here = options(), urlsplit(st.context.url or "")
    host = here.netloc or f"{_LOOPBACK[0]}:{st.get_option('server.port')}"
    if chosen.token and here.hostname in (*_LOOPBACK, None):  # the presenter's own name for this machine
        host = f"{st.get_option('browser.serverAddress')}:{st.get_option('server.port')}"
    token = {"token": chosen.token} if chosen.token else {}
    return f"{here.scheme or 'http'}://{host}/{path}?{urlencode({**query, **token}, safe=',')}"
