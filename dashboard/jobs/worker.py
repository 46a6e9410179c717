"""A worker's process: it hears orders beside the training, and ends when nobody is left at the other end."""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import threading
from multiprocessing.connection import Connection

from dashboard.jobs.run_session import Job, Orders, RunSession

NICE = 5  # a third of what a process of nice 0 gets: clicks go first, and a run beside two busy processes still moves


def main(pipe: Connection, job: Job) -> None:
    """The process: everything it has to say goes through the pipe; it ends when the other end is gone."""
    faulthandler.enable()
    be_nice()
    orders: Orders = queue.SimpleQueue()
    signal.signal(signal.SIGTERM, lambda *_: orders.put(("leave", {})))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_listen, args=(pipe, orders), daemon=True).start()
    session = RunSession(pipe, job, orders)
    try:
        session.go()
    except BaseException as error:
        session.fail(error)
    pipe.close()
    # Threads of libraries must not keep a finished worker; everything is written and sent.
    os._exit(0)


def be_nice() -> None:
    """The server's clicks go first; said again where workers are spawned and inherit nothing."""
    if hasattr(os, "nice") and (now := os.nice(0)) < NICE:
        os.nice(NICE - now)


def _listen(pipe: Connection, orders: Orders) -> None:
    """Hand on the orders; when the supervisor is gone nobody wants this run here any more."""
    while True:
        try:
            orders.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)
