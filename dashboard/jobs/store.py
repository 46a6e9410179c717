"""The read side of the store: any number of readers, in any process, while the supervisor alone writes."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core import files, sentences
from core.paths import data_folder
from core.sentences import Sentence
from dashboard.jobs import packing
from dashboard.jobs.records import Curve, JobsError, Run, check_id

_FIELDS = (
    "id, spec, status, message, viewer, created, started, ended, seconds, step, total, rate, place, checkpoint, "
    "phase, info, views, notices"
)


class Store:
    """The runs of one data folder (`path` names another `runs.sqlite`). Thread-safe; make one for the whole server.

    Errors of every method: JobsError when the file is there but cannot be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = Path(path) if path else data_folder() / "runs.sqlite"
        # Whole curves of the runs that are looked at, so that a snapshot reads only the batches that came since.
        self._curves: OrderedDict[str, Curve] = OrderedDict()
        self._lock = threading.Lock()
        self._now = _Now()

    def run(self, id: str) -> Run | None:
        """The run of that id, or None (also for what is no id at all)."""
        rows = self._rows(f"SELECT {_FIELDS} FROM runs WHERE id = ?", id)
        return _run(rows[0]) if rows else None

    def runs(self, limit: int = 100, viewer: str | None = None) -> list[Run]:
        """The latest runs, newest first in the order of submission; of one viewer where named."""
        chosen, values = ("", ()) if viewer is None else ("WHERE viewer = ?", (viewer,))
        return [
            _run(r) for r in self._rows(f"SELECT {_FIELDS} FROM runs {chosen} ORDER BY no DESC LIMIT ?", *values, limit)
        ]

    def seated(self) -> list[Run]:
        """The runs that hold a place, the one that was seated first at the front."""
        return [_run(r) for r in self._rows(f"SELECT {_FIELDS} FROM runs WHERE phase != '' ORDER BY started, no")]

    def curve(self, id: str, after: int = 0) -> Curve:
        """All values with nothing left out, of the batches after `after` (a `Curve.last`); empty for an unknown run."""
        rows = self._rows("SELECT no, steps FROM curves WHERE run = ? AND no > ? ORDER BY no", id, after)
        columns = packing.join_columns([packing.unpack(blob) for _, blob in rows])
        return Curve(columns, rows[-1][0] if rows else after)

    def snapshot(self, id: str, points: int = 500) -> Curve:
        """The curves to draw: at most `points` values a column, with minima and maxima kept (MinMaxLTTB)."""
        whole = self._whole(id)
        return Curve({name: thinned(*column, points) for name, column in whole.columns.items()}, whole.last)

    def frames(self, id: str, name: str) -> np.ndarray:
        """The steps at which a picture was kept, rising, (k,) int64; at most about 40, the last one always."""
        rows = self._rows("SELECT step FROM views WHERE run = ? AND name = ? ORDER BY step", id, name)
        return np.array([step for (step,) in rows], dtype=np.int64)

    def view(self, id: str, name: str, step: int | None = None) -> dict[str, np.ndarray] | None:
        """The arrays of a picture: the last frame at or before `step` (default: the last of all), or None."""
        rows = self._rows(
            "SELECT arrays FROM views WHERE run = ? AND name = ? AND step <= ? ORDER BY step DESC LIMIT 1",
            id,
            name,
            2**62 if step is None else int(step),
        )
        return packing.unpack(rows[0][0]) if rows else None

    def result(self, id: str) -> dict[str, Any] | None:
        """What a finished or stopped run had to say: `steps`, `seconds` and the method's own fields; else None.

        Estimators have `mi` (nats), `interval` [low, high] and `trust` {"level", "reasons"}. A number that is not
        finite is null.
        """
        rows = self._rows("SELECT result FROM runs WHERE id = ?", id)
        return files.from_json(rows[0][0]) if rows and rows[0][0] else None

    def _whole(self, id: str) -> Curve:
        with self._lock:
            known = self._curves.pop(id, Curve())
            whole = known.joined(self.curve(id, known.last))
            self._curves[id] = whole
            while len(self._curves) > 8:
                self._curves.popitem(last=False)
            return whole

    @contextmanager
    def moment(self) -> Iterator[None]:
        """What this thread reads inside is one snapshot of one moment, and nothing is asked twice."""
        if self._now.answers is not None or not self.path.exists():
            yield
            return
        self._now.answers = {}
        try:
            yield
        finally:
            database = self._now.database
            self._now.answers = self._now.database = None
            if database is not None:
                database.close()

    def _ask(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        answers = self._now.answers
        if answers is None:
            with closing(_open(self.path)) as database:
                return database.execute(query, values).fetchall()
        if (query, values) not in answers:
            if self._now.database is None:
                self._now.database = _open(self.path)
                self._now.database.execute("BEGIN")
            answers[query, values] = self._now.database.execute(query, values).fetchall()
        return answers[query, values]

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        try:
            return self._ask(query, values)
        except sqlite3.OperationalError as error:
            if "no such table" in str(error) or "no such column" in str(error):
                return []  # the supervisor is about to make it, or to bring it up to date
            raise JobsError(
                Sentence("The store {name} cannot be read just now: {error}.", name=self.path.name, error=error)
            ) from error
        except sqlite3.DatabaseError as error:
            raise JobsError(
                Sentence(
                    "The store {name} cannot be read: {error}; move it away to begin anew.",
                    name=self.path.name,
                    error=error,
                )
            ) from error


class _Now(threading.local):
    """The connection and the answers of this thread's `moment`, None outside of one."""

    database: sqlite3.Connection | None = None
    answers: dict[Any, list[tuple[Any, ...]]] | None = None


def _open(path: Path) -> sqlite3.Connection:
    # A connection a moment costs a tenth of a millisecond, and leaves nothing open behind a closed tab.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0, isolation_level=None)


def thinned(steps: np.ndarray, values: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray]:
    """At most so many points of a curve, its minima and maxima among them (MinMaxLTTB)."""
    if len(steps) <= points:
        return steps, values
    from tsdownsample import MinMaxLTTBDownsampler

    kept = MinMaxLTTBDownsampler().downsample(steps, values, n_out=points)
    return steps[kept], values[kept]


def _run(row: tuple[Any, ...]) -> Run:
    *plain, info, views, notices = row
    run, shown, said = Run(*plain), tuple(json.loads(views)), tuple(files.from_json(notices))
    return replace(run, info=json.loads(info), message=sentences.parse(run.message), views=shown, notices=said)


__all__ = ["Store", "check_id"]
