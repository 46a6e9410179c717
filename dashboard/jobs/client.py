"""The server's side of the jobs: starts the supervisor, hands it orders, starts it again when it has died."""

from __future__ import annotations

from core.spec import Spec


class Client:
    """Orders to the supervisor of one data folder. Thread-safe; `connect` gives the one of this process.

    `workers` runs train at once (default: the cores, at most 2), each with `threads` threads unless its spec says more
    (default: the cores shared out, at most 4). Errors of every method: JobsError, one sentence, when the order cannot be
    carried out, the run does not exist, or another server works with this data folder (reading works all the same).
    """

    def __init__(self, workers: int | None = None, threads: int | None = None) -> None: ...

    def submit(self, spec: Spec, viewer: str = "", steps: int | None = None) -> str:
        """Queue a run, fair between viewers; with `steps` it does that many and waits paused. Returns the id.

        Errors: QueueFull, which tells the limit (20 waiting or training).
        """
        raise NotImplementedError

    def pause(self, id: str) -> None:
        """Stop pulling steps and write a checkpoint; after a minute the slot goes to the next in the queue."""

    def resume(self, id: str) -> None:
        """Go on: paused, or interrupted, stopped or failed with a checkpoint; without a slot it queues again."""

    def step(self, id: str, n: int = 1) -> None:
        """While paused: do n steps, then wait paused again."""

    def stop(self, id: str) -> None:
        """End it where it stands and keep the partial result; the status becomes "stopped"."""

    def look(self, id: str, names: list[str] | tuple[str, ...]) -> None:
        """Somebody is looking at these pictures: for about 3 s they are published, at most twice a second."""

    def delete(self, id: str) -> None:
        """Remove the run, its curves, pictures and files. Errors: JobsError while it trains."""

    def close(self) -> None:
        """End the supervisor and its workers; running runs become "interrupted", with a checkpoint."""


def connect(workers: int | None = None, threads: int | None = None) -> Client:
    """The one client of this server process and data folder, started when first asked for."""
    raise NotImplementedError
