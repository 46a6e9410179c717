"""What all viewers of this server share: the jobs' client, the store, and who may start and stop."""

from __future__ import annotations

import sys

import streamlit as st

from dashboard import jobs, settings, state

_LOOPBACK = ("127.0.0.1", "localhost", "::1", "")


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
        return (st.get_option("server.address") or "") in _LOOPBACK
    if state.token() != chosen.key and state.token(st.query_params.get("token")) not in (chosen.token, chosen.key):
        return False
    # Every address that is shown can be passed on: it lets others look, and never carries the presenter's key.
    if st.query_params.get("token") != chosen.token:
        st.query_params["token"] = chosen.token
    return True


def may_steer() -> bool:
    """Who may start, pause and stop: the presenter, or anybody on this machine's own address."""
    chosen = options()
    return state.token() == chosen.key if chosen.key else may_look()
