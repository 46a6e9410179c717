"""Runs in worker processes, with a store: pages read `Store`, and give orders through `connect()`.

    client = connect()                   one for the server; it starts the supervisor, which owns queue, workers and store
    id = client.submit(spec, viewer)     a core.spec.Spec; also pause, resume, stop, step, watch, delete
    store = Store()                      read-only; any process may read, at any time, also when no server lives
    store.run(id).status                 queued | running | paused | finished | stopped | failed | interrupted
    store.snapshot(id).columns["mi"]     (steps, values), at most 500 points a column

A refresh, a second tab and a restarted server find everything, because only the store knows anything.
"""

from __future__ import annotations

from dashboard.jobs.client import Client, connect
from dashboard.jobs.records import ACTIVE, STATUSES, Curve, JobsError, QueueFull, Run
from dashboard.jobs.store import Store

__all__ = ["ACTIVE", "STATUSES", "Client", "Curve", "JobsError", "QueueFull", "Run", "Store", "connect"]
