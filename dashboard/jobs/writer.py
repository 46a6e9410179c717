"""The one writer of the store: its schema, and every change that a run goes through."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core import files, older_specs
from core.sentences import Sentence
from dashboard.jobs import packing
from dashboard.jobs.records import JobsError, check_id

VERSION = 3
FRAMES = 40  # kept of each picture of a run: enough to scrub through, and 40 × 64 × 64 numbers stay small

_SCHEMA = """
CREATE TABLE runs (
    no INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of submission, whatever the clock says
    id TEXT UNIQUE NOT NULL, spec TEXT NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL DEFAULT '',
    viewer TEXT NOT NULL DEFAULT '', created REAL NOT NULL, started REAL, ended REAL,
    seconds REAL NOT NULL DEFAULT 0, step INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
    rate REAL NOT NULL DEFAULT 0, place INTEGER, checkpoint INTEGER, saved_seconds REAL NOT NULL DEFAULT 0,
    info TEXT NOT NULL DEFAULT '{}', views TEXT NOT NULL DEFAULT '[]', notices TEXT NOT NULL DEFAULT '[]', result TEXT,
    phase TEXT NOT NULL DEFAULT '');  -- what its process does just now; empty where it has none
CREATE TABLE curves (
    no INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: a reader asks for what came after the last it has
    run TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, steps BLOB NOT NULL);
CREATE INDEX curves_of_run ON curves (run, no);
CREATE TABLE views (run TEXT NOT NULL, name TEXT NOT NULL, step INTEGER NOT NULL, arrays BLOB NOT NULL,
    PRIMARY KEY (run, name, step));
"""
_FROM_1 = "ALTER TABLE runs ADD COLUMN phase TEXT NOT NULL DEFAULT '';"


class Writer:
    """The only connection that changes `<folder>/runs.sqlite`; the supervisor holds it. Errors: JobsError, OSError,
    sqlite3.Error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / "runs.sqlite", isolation_level=None, timeout=5.0)
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            found = self._database.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise JobsError(
                Sentence(
                    "The store runs.sqlite in {folder} is damaged ({error}); move it away.", folder=folder, error=error
                )
            ) from error
        if found > VERSION:
            raise JobsError(
                Sentence(
                    "The store in {folder} was written by a newer version of this program; use that one.", folder=folder
                )
            )
        if not found:
            self._database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        elif found < VERSION:
            self._bring_up(found)

    def _bring_up(self, found: int) -> None:
        """A store of before becomes one of now, or stays what it was."""
        with self._change() as db:
            if found < 2:
                db.execute(_FROM_1)
            for no, spec in db.execute("SELECT no, spec FROM runs").fetchall():
                db.execute("UPDATE runs SET spec = ? WHERE no = ?", (older_specs.completed(spec), no))
            db.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        """Fold the log into the file."""
        self._database.close()

    def add(self, id: str, spec: str, viewer: str) -> None:
        """A new run, queued."""
        values = (check_id(id), spec, "queued", viewer, time.time())
        with self._change() as db:
            db.execute("INSERT INTO runs (id, spec, status, viewer, created) VALUES (?, ?, ?, ?, ?)", values)

    def update(self, id: str, **columns: Any) -> None:
        """Set columns of a run; lists and dicts become JSON."""
        with self._change() as db:
            _update(db, id, columns)

    def end(self, id: str, **columns: Any) -> None:
        """Set a last status and all that belongs to it, and have it on the disk before returning."""
        self._database.execute("PRAGMA synchronous = FULL")  # the commit flushes the log, earlier batches included
        try:
            self.update(id, **columns, ended=time.time(), place=None, phase="")
        finally:
            self._database.execute("PRAGMA synchronous = NORMAL")

    def notice(self, id: str, sentence: str) -> None:
        """Add a sentence to the run's notices, once."""
        known = files.from_json(self.one("SELECT notices FROM runs WHERE id = ?", id)[0])
        if sentence not in known:
            self.update(id, notices=[*known, sentence])

    def batch(self, id: str, first: int, last: int, steps: bytes, **columns: Any) -> None:
        """A packed batch of steps, and the run's figures at its end."""
        with self._change() as db:
            db.execute("INSERT INTO curves (run, first, last, steps) VALUES (?, ?, ?, ?)", (id, first, last, steps))
            _update(db, id, columns)

    def frame(self, id: str, name: str, step: int, arrays: bytes) -> None:
        """A picture; of too many, the one goes whose neighbours are nearest to each other, never the last."""
        with self._change() as db:
            db.execute("INSERT OR REPLACE INTO views VALUES (?, ?, ?, ?)", (id, name, step, arrays))
            rows = db.execute("SELECT step FROM views WHERE run = ? AND name = ? ORDER BY step", (id, name)).fetchall()
            if len(rows) > FRAMES:
                at = [row[0] for row in rows]
                spare = min(range(1, len(at) - 1), key=lambda i: at[i + 1] - at[i - 1])
                db.execute("DELETE FROM views WHERE run = ? AND name = ? AND step = ?", (id, name, at[spare]))

    def go_back(self, id: str, step: int) -> None:
        """Forget what lies after a checkpoint: the run goes on from there."""
        with self._change() as db:
            late = db.execute("SELECT no, steps FROM curves WHERE run = ? AND last > ?", (id, step)).fetchall()
            for no, blob in late:
                columns = packing.join_columns([packing.unpack(blob)])
                kept = {name: (s[s <= step], v[s <= step]) for name, (s, v) in columns.items() if s[0] <= step}
                if kept:
                    db.execute(
                        "UPDATE curves SET last = ?, steps = ? WHERE no = ?", (step, packing.pack_columns(kept), no)
                    )
                else:
                    db.execute("DELETE FROM curves WHERE no = ?", (no,))
            db.execute("DELETE FROM views WHERE run = ? AND step > ?", (id, step))
            db.execute("UPDATE runs SET step = ?, seconds = saved_seconds WHERE id = ?", (step, id))
            if step == 0:
                db.execute("UPDATE runs SET seconds = 0, info = '{}' WHERE id = ?", (id,))

    def delete(self, id: str) -> None:
        """The run, its curves, pictures, files and log."""
        with self._change() as db:
            for table, key in (("curves", "run"), ("views", "run"), ("runs", "id")):
                db.execute(f"DELETE FROM {table} WHERE {key} = ?", (id,))
        shutil.rmtree(self.files(id), ignore_errors=True)
        self.log(id).unlink(missing_ok=True)

    def one(self, query: str, *values: Any) -> Any:
        """The first row of an answer, as a tuple; None where there is none."""
        return self._database.execute(query, values).fetchone()

    def all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of an answer."""
        return self._database.execute(query, values).fetchall()

    def files(self, id: str) -> Path:
        """The folder of a run's files."""
        return self.folder / "runs" / check_id(id)

    def checkpoint(self, id: str) -> Path:
        """Where a run's checkpoint lies, once there is one."""
        return self.files(id) / "checkpoint.safetensors"

    def log(self, id: str) -> Path:
        """Where the traceback of a run goes that ended by an internal error."""
        return self.folder / "logs" / f"{check_id(id)}.log"

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise


def _update(db: sqlite3.Connection, id: str, columns: dict[str, Any]) -> None:
    if columns:
        values: Iterable[Any] = (
            files.to_json(v) if isinstance(v, (dict, list, tuple, Sentence)) else v for v in columns.values()
        )
        db.execute(f"UPDATE runs SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?", (*values, id))
