"""From text to columns of strings: separator, header, and every line that does not fit, by its number."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TextIO

import numpy as np
import pyarrow as pa

from core.data import separator
from core.data.column_names import distinct
from core.data.header import drop_preamble, find_header
from core.data.opening import TableError
from core.data.records import Record, read_records
from core.sentences import Sentence

MAX_COLUMNS = 10_000
_CELLS = 500_000  # cells held as Python strings at a time
_SAMPLE = 200


@dataclass
class Rows:
    """The cells as strings, column by column, with the line on which each row begins (line 1 is the file's first)."""

    names: list[str]
    columns: list[pa.ChunkedArray]
    lines: np.ndarray
    header: bool = True  # whether the first row held the names
    unnamed: set[int] = field(default_factory=set)  # places of blank names
    delimiter: str = ","
    doubt: str = ""  # what to say of a single column of words
    notices: list[str] = field(default_factory=list)


def split(
    data: bytes, encoding: str, errors: str, name: str, delimiter: str | None, header: bool | None = None
) -> Rows:
    """Text → columns. Errors: TableError where rows and header disagree, or a quote never closes."""

    def text() -> TextIO:
        return io.TextIOWrapper(io.BytesIO(data), encoding, errors, newline="")

    notices: list[str] = []
    skip, marked = separator.marked(text())
    lines = list(islice(text(), skip, skip + 4 * _SAMPLE))
    delimiter = delimiter or marked or separator.sniff(lines)
    rows = arrange(read_records(text(), delimiter, skip, name, notices), name, header, notices)
    rows.delimiter = delimiter
    if len(rows.columns) == 1 and separator.looks_separated(lines):
        rows.doubt = Sentence(
            "Each line is read as one cell, {line!r}: if it holds several, choose the delimiter.",
            line=lines[0].strip()[:60],
        )
    return rows


def arrange(records: Iterator[Record], name: str, told: bool | None, notices: list[str]) -> Rows:
    """Records → columns. told: whether the first row holds names. Errors: TableError, as above."""
    sample = list(islice(records, _SAMPLE))
    if not sample:
        raise TableError(Sentence("{name} is empty: there is no data in it", name=name))
    header, body = find_header(drop_preamble(sample, notices), told, notices)
    width = _reconcile(header, [row for _, row in body], name, notices)
    if width > MAX_COLUMNS:
        raise TableError(
            Sentence(
                "{name} has {width:,} columns, too many: the limit is {max_columns:,} columns",
                name=name,
                width=width,
                max_columns=MAX_COLUMNS,
            )
        )
    columns, lines = _gather(header, chain(body, records), width, name, notices)
    unnamed = {place for place, cell in enumerate(header or ()) if not cell.strip()}
    return Rows(distinct(header, width, notices), columns, lines, header is not None, unnamed, notices=notices)


def _reconcile(header: list[str] | None, body: list[list[str]], name: str, notices: list[str]) -> int:
    """How many columns there are. A cell more in each row than in the header is refused, never shifted."""
    if not body:
        raise TableError(Sentence("{name} has only a header: there are no rows of data in it", name=name))
    usual = Counter(len(row) for row in body).most_common(1)[0][0]
    if header is None or usual == len(header):
        return usual
    if usual > len(header) and all(not "".join(row[len(header) :]).strip() for row in body):
        notices.append(
            Sentence("Each row ends with a separator that the header lacks: the empty last field was left out.")
        )
        return len(header)
    share = sum(len(row) == len(header) for row in body) / len(body)
    if share > 0.4:
        return len(header)
    raise TableError(
        Sentence(
            "{name}: rows have {usual} fields and the header has {n_header} column names; "
            "give each column one name, check the separator, or read the first line as data, without names",
            name=name,
            usual=usual,
            n_header=len(header),
        )
    )


def _gather(
    header: list[str] | None, records: Iterable[Record], width: int, name: str, notices: list[str]
) -> tuple[list[pa.ChunkedArray], np.ndarray]:
    """All rows that fit, packed chunk by chunk so that memory stays near the file's own size."""
    packed = _Packed(width)
    ragged: list[tuple[int, int]] = []
    repeated: list[int] = []
    for line, row in records:
        if len(row) > width and not "".join(row[width:]).strip():
            row = row[:width]
        if len(row) != width:
            ragged.append((line, len(row)))
        elif row == header:
            repeated.append(line)
        else:
            packed.add(line, row)
    columns, lines = packed.done()
    if len(ragged) >= max(len(lines), 1):
        raise TableError(
            Sentence(
                "{name}: {n} of {n_rows} rows do not have {width} fields, the first in line "
                "{line}; check the separator and the header",
                name=name,
                n=len(ragged),
                n_rows=len(ragged) + len(lines),
                width=width,
                line=ragged[0][0],
            )
        )
    if not len(lines):
        raise TableError(Sentence("{name} has only a header: there are no rows of data in it", name=name))
    if ragged:
        line, fields = ragged[0]
        notices.append(
            Sentence(
                "{n} row without {width} fields was left out, in line {line} ({fields} fields).",
                many="{n} rows without {width} fields were left out, the first in line {line} ({fields} fields).",
                n=len(ragged),
                width=width,
                line=line,
                fields=fields,
            )
        )
    if repeated:
        notices.append(
            Sentence(
                "{n} row that repeats the header was left out, in line {line}.",
                many="{n} rows that repeat the header were left out, the first in line {line}.",
                n=len(repeated),
                line=repeated[0],
            )
        )
    return columns, lines


class _Packed:
    """Rows that become columns, a chunk at a time."""

    def __init__(self, width: int) -> None:
        self.chunks: list[list[pa.Array]] = []
        self.numbers: list[np.ndarray] = []
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.size = max(_CELLS // width, 1)

    def add(self, line: int, row: list[str]) -> None:
        self.rows.append(row)
        self.lines.append(line)
        if len(self.rows) >= self.size:
            self._pack()

    def _pack(self) -> None:
        self.chunks.append([pa.array(column, pa.large_string()) for column in zip(*self.rows, strict=True)])
        self.numbers.append(np.array(self.lines))
        self.rows, self.lines = [], []

    def done(self) -> tuple[list[pa.ChunkedArray], np.ndarray]:
        if self.rows:
            self._pack()
        columns = [pa.chunked_array(list(parts)) for parts in zip(*self.chunks, strict=True)]
        return columns, np.concatenate(self.numbers) if self.numbers else np.empty(0, int)
