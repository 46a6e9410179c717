"""Writes down what workers say, in order; on a full disk it remembers what is owed, and tries again."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from core import files
from core.sentences import Sentence
from dashboard.jobs.writer import Writer

FINISH = 120.0  # seconds that a stopped worker has to its partial result, once it has heard: beside others it is slow
OWED = 5000  # changes remembered while the disk is full: a quarter of an hour of two runs


@dataclass(eq=False)
class Slot:
    """A worker process in a slot."""

    id: str
    process: Any
    pipe: Connection
    step: int = 0
    pace: float = 0.0  # seconds a step, lately
    heard: float | None = None  # when its last steps came, monotonic
    longest: float = 0.0  # seconds between two of its messages of steps: pairs of columns come in bursts
    patience: float = 0.0  # seconds that it was given to end
    paused: float | None = None  # since when, monotonic
    leaving: bool = False
    total: int = 0
    stopping: bool = False
    acknowledged: bool = False  # it has begun to end
    deadline: float = float("inf")  # of an order that must not take for ever
    ended: bool = False  # it has said its last word
    again: tuple[int | None, bool] | None = None  # resumed while leaving: what to do next

    def tell(self, order: str, **details: Any) -> None:
        """An order to the worker; a dead one is found by its sentinel."""
        with contextlib.suppress(OSError):
            self.pipe.send((order, details))


class RunRecorder:
    """Between the workers and the store."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._owed: deque[tuple[Callable[..., None], tuple[Any, ...], dict[str, Any]]] = deque()

    def write(self, change: Callable[..., None], *values: Any, **columns: Any) -> None:
        """Change the store; on a full disk remember what is owed, in order, and try again."""
        self._owed.append((change, values, columns))
        self.flush()

    def flush(self) -> bool:
        """Write what is owed; whether that was all."""
        while self._owed:
            change, values, columns = self._owed[0]
            try:
                change(*values, **columns)
            except (sqlite3.OperationalError, OSError) as error:
                print(f"the store cannot be written: {error}", file=sys.stderr, flush=True)
                if len(self._owed) > OWED:
                    self._owed.popleft()
                return False
            self._owed.popleft()
        return True

    def read(self, slot: Slot, limit: int | None = None) -> None:
        """What the worker has said since, at most `limit` messages."""
        count = 0
        try:
            while slot.pipe.poll() and (limit is None or count < limit):
                kind, details = slot.pipe.recv()
                count += 1
                slot.step = details["step"]
                getattr(self, f"_on_{kind}")(slot, details)
        except (EOFError, OSError):
            pass  # its sentinel follows

    def _on_started(self, slot: Slot, said: dict[str, Any]) -> None:
        slot.total = said["total"]
        self.write(self.writer.go_back, slot.id, said["at"])
        columns = {"total": said["total"], "views": said["views"], "step": said["at"], "phase": "training"}
        self.write(self.writer.update, slot.id, **columns)
        for sentence in said["notices"]:
            self.write(self.writer.notice, slot.id, sentence)

    def _on_steps(self, slot: Slot, said: dict[str, Any]) -> None:
        now = {name: said[name] for name in ("step", "seconds", "rate", "info", "total")}
        done = max(said["step"], 1)  # a plug-in may count its steps from 0
        moment = time.monotonic()
        slot.longest = max(slot.longest, moment - slot.heard if slot.heard is not None else 0.0)
        slot.heard = moment
        slot.pace = 1 / said["rate"] if said["rate"] else said["seconds"] / done
        self.write(self.writer.batch, slot.id, said["first"], said["last"], said["batch"], **now)

    def _on_frame(self, slot: Slot, said: dict[str, Any]) -> None:
        self.write(self.writer.frame, slot.id, said["name"], said["at"], said["arrays"])

    def _on_saved(self, slot: Slot, said: dict[str, Any]) -> None:
        self.write(self.writer.update, slot.id, checkpoint=said["at"], saved_seconds=said["seconds"])

    def _on_notice(self, slot: Slot, said: dict[str, Any]) -> None:
        self.write(self.writer.notice, slot.id, said["sentence"])

    def _on_paused(self, slot: Slot, said: dict[str, Any]) -> None:
        slot.paused, slot.heard = time.monotonic(), None
        self.write(self.writer.update, slot.id, status="paused", seconds=said["seconds"])

    def _on_running(self, slot: Slot, said: dict[str, Any]) -> None:
        slot.paused = None
        self.write(self.writer.update, slot.id, status="running")

    def _on_acknowledged(self, slot: Slot, said: dict[str, Any]) -> None:
        slot.acknowledged = True
        if slot.stopping:
            slot.patience, slot.deadline = FINISH, time.monotonic() + FINISH

    def _on_finishing(self, slot: Slot, said: dict[str, Any]) -> None:
        self.write(self.writer.update, slot.id, phase="finishing")
        self._on_acknowledged(slot, said)

    def _on_left(self, slot: Slot, said: dict[str, Any]) -> None:
        slot.ended = True

    def _on_interrupted(self, slot: Slot, said: dict[str, Any]) -> None:
        slot.ended = True
        self.interrupt(slot.id)

    def _on_ended(self, slot: Slot, said: dict[str, Any]) -> None:
        slot.ended = True
        slot.deadline = time.monotonic() + 5.0
        result = None if said["result"] is None else files.to_json(said["result"])
        columns = {"step": said["step"], "seconds": said["seconds"], "message": said["message"], "result": result}
        if not said.get("again", True):  # the file stays, for whoever wants the last weights
            columns["checkpoint"] = None
        self.write(self.writer.end, slot.id, status=said["status"], **columns)

    def reap(self, slot: Slot) -> None:
        """A run whose worker died without a last word says why."""
        if slot.ended:
            return
        if slot.leaving:
            self.interrupt(slot.id)
        elif slot.stopping:
            self.write(self.writer.end, slot.id, status="stopped", message=self._without_result(slot))
        else:
            self.write(self.writer.end, slot.id, status="failed", message=self._why(slot))

    @staticmethod
    def _without_result(slot: Slot) -> Sentence:
        """Why a run that was stopped has no result: it came to no end of its step, or of what follows the last."""
        seconds = f"{slot.patience:.0f}" if slot.patience >= 1 else f"{slot.patience:.1f}"
        if slot.acknowledged:
            return Sentence("Its result was not computed within {seconds} s, so there is none.", seconds=seconds)
        return Sentence("Its step was not done within {seconds} s, so there is no result.", seconds=seconds)

    def interrupt(self, id: str) -> None:
        """The run did not end by itself."""
        saved = self.saved(id)
        on = (
            Sentence("Resume starts it anew.")
            if saved is None
            else Sentence("Resume goes on from step {saved}.", saved=saved)
        )
        message = Sentence("The server ended before this run did. {on}", on=on)
        self.write(self.writer.end, id, status="interrupted", message=message)

    def saved(self, id: str) -> int | None:
        """The step of a run's checkpoint, None before the first."""
        return self.writer.one("SELECT checkpoint FROM runs WHERE id = ?", id)[0]

    def _why(self, slot: Slot) -> str:
        code = slot.process.exitcode
        saved = self.saved(slot.id)
        on = (
            Sentence("Start it again.") if saved is None else Sentence("Resume goes on from step {saved}.", saved=saved)
        )
        if code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            cause = Sentence(", most often for lack of memory") if name == "SIGKILL" else ""
            return Sentence(
                "The system ended the process of this run ({name}){cause}. {on}",
                name=name,
                cause=cause,
                on=on,
            )
        return Sentence(
            "The process of this run ended by itself (exit code {code}). {on}",
            code=code,
            on=on,
        )
