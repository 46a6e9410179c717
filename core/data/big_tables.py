"""Files beyond what is read whole: passed through once in blocks, and a random sample of their rows kept.

The sample is a file of its own, CSV or Parquet, and is read as any upload is; so what is worked out of it is said of it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv, dataset, parquet

from core.data import opening, parsing
from core.data.columnar_files import columnar_format
from core.data.encoding import text_encoding
from core.data.opening import TableError
from core.data.unpacking import stream
from core.sentences import Sentence

ROWS = 200_000
_CELLS = 20_000_000  # of a sample: fewer rows where columns are many
_HEAD = 2**20
_BLOCK = 2**24
Progress = Callable[[int, int], None]


class Drawn(NamedTuple):
    """A sample as a file, how many rows it has, of how many they were drawn, and how many had other numbers of cells.

    options: how `read_table` is to be told to read it.
    """

    data: bytes
    rows: int
    of: int
    ragged: int
    options: dict[str, Any]


def draw(paths: Sequence[Path], progress: Progress | None = None, rows: int = ROWS, seed: int = 0) -> Drawn:
    """A random sample of the rows of files that have the same columns, in their order; all rows where they are few enough.

    progress(done, total) is called with bytes as the files are passed through. Errors: TableError.
    """
    progress = progress or (lambda done, total: None)
    try:
        with paths[0].open("rb") as file:
            columnar = columnar_format(file.read(8))
        ragged: list[int] = []
        blocks = _columnar(paths, columnar, progress) if columnar else _text(paths, progress, ragged)
        table, of = _sampled(blocks, rows, np.random.default_rng(seed))
    except (pa.ArrowException, OSError, EOFError) as error:
        if isinstance(error, TableError):
            raise
        said = str(error).splitlines()[0][:200]
        raise TableError(
            Sentence("{name} cannot be read to its end: {reason}", name=paths[0].name, reason=said)
        ) from error
    out = io.BytesIO()
    if columnar:
        parquet.write_table(table, out)
        return Drawn(out.getvalue(), table.num_rows, of, 0, {})
    # Under its own delimiter, which decides what a comma in a number means.
    delimiter = _Layout.of(*_head(paths[0])).delimiter
    csv.write_csv(table, out, csv.WriteOptions(delimiter=delimiter))
    options = {"header": True, "encoding": "utf-8", "delimiter": delimiter}
    return Drawn(out.getvalue(), table.num_rows, of, len(ragged), options)


def _head(path: Path) -> tuple[bytes, str]:
    """The first bytes of a text, and its name."""
    with path.open("rb") as raw:
        return stream(raw).read(_HEAD), path.name


def _sampled(blocks: Iterator[pa.RecordBatch], rows: int, draws: np.random.Generator) -> tuple[pa.Table, int]:
    """The rows with the smallest of random numbers: each sample of that size is equally likely."""
    kept: list[pa.RecordBatch] = []
    keys: list[np.ndarray] = []
    limit, count, schema = 1.0, 0, None
    for block in blocks:
        schema = schema or block.schema
        most = min(rows, max(_CELLS // max(len(schema), 1), 1))
        count += len(block)
        drawn = draws.random(len(block))
        chosen = np.flatnonzero(drawn < limit)
        kept.append(block.take(pa.array(chosen)))
        keys.append(drawn[chosen])
        if sum(map(len, keys)) > 2 * most:
            limit = _prune(kept, keys, most)
    if not count or schema is None:
        raise TableError(Sentence("the files are empty: there are no rows of data in them"))
    _prune(kept, keys, most)
    return pa.Table.from_batches(kept, schema), count


def _prune(kept: list[pa.RecordBatch], keys: list[np.ndarray], most: int) -> float:
    """Keeps the smallest; returns the number below which a further one has to be."""
    every = np.concatenate(keys)
    limit = float(np.partition(every, most)[most]) if len(every) > most else 1.0
    for place, (block, key) in enumerate(zip(kept, keys, strict=True)):
        chosen = np.flatnonzero(key < limit)
        kept[place], keys[place] = block.take(pa.array(chosen)), key[chosen]
    return limit


def _columnar(paths: Sequence[Path], what: str, progress: Progress) -> Iterator[pa.RecordBatch]:
    data = dataset.dataset([str(path) for path in paths], format="parquet" if what == "Parquet" else "feather")
    total, done = data.count_rows(), 0
    for block in data.to_batches(batch_size=65_536):
        done += len(block)
        progress(done, total)
        yield block


def _text(paths: Sequence[Path], progress: Progress, ragged: list[int]) -> Iterator[pa.RecordBatch]:
    total, before = sum(path.stat().st_size for path in paths), 0
    names: list[str] | None = None
    for path in paths:
        found = _Layout.of(*_head(path))
        if names not in (None, found.names):
            raise TableError(
                Sentence(
                    "{name} has other columns than {first}: name files that have the same",
                    name=path.name,
                    first=paths[0].name,
                )
            )
        names = found.names
        with path.open("rb") as raw:
            for block in found.blocks(stream(raw), ragged):
                progress(before + raw.tell(), total)
                yield block
        before += path.stat().st_size


class _Layout(NamedTuple):
    """How a text is laid out, worked out from its first lines."""

    names: list[str]
    skip: int
    delimiter: str
    encoding: str

    @classmethod
    def of(cls, head: bytes, name: str) -> _Layout:
        opening.refuse_foreign(head, name)
        if len(head) >= _HEAD:
            head = head[: head.rfind(b"\n") + 1] or head
        head, encoding, errors, _ = text_encoding(head, name, None)
        rows = parsing.split(head, encoding, errors, name, None)
        if rows.delimiter == " ":
            raise TableError(
                Sentence("{name} is too large for columns that blanks align: save it with commas", name=name)
            )
        return cls(rows.names, int(rows.lines[0]) - 1, rows.delimiter, encoding)

    def blocks(self, file: Any, ragged: list[int]) -> Iterator[pa.RecordBatch]:
        """All rows as strings; those of another number of cells are left out, and counted in ragged."""

        def left_out(row: csv.InvalidRow) -> str:
            ragged.append(row.actual_columns)
            return "skip"

        yield from csv.open_csv(
            file,
            csv.ReadOptions(
                block_size=_BLOCK,
                skip_rows=self.skip,
                column_names=self.names,
                encoding="utf8" if self.encoding.startswith("utf-8") else self.encoding,
            ),
            csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=left_out),
            csv.ConvertOptions(column_types={name: pa.string() for name in self.names}, strings_can_be_null=False),
        )
