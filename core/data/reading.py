"""A file as a table: CSV in any form, Excel, JSON, Parquet, Arrow, compressed or not. Its first bytes decide, not its name.

Every cell of a text, a sheet or of JSON is read as a string once; then each column is converted as a whole, and what was
dropped or did not convert is counted and named by line and column in `Table.notices`. Nothing is guessed silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from core.data import frames, number_columns, opening, parsing
from core.data.cells import Cells, missing_as_null
from core.data.column_types import TOLD, convert
from core.data.columnar_files import columnar_format, read_columnar
from core.data.encoding import text_encoding
from core.data.json_records import is_json, json_records
from core.data.opening import TableError
from core.data.parsing import Rows
from core.data.spelling import spelled
from core.data.table import Table, describe
from core.data.unpacking import is_workbook, unpacked
from core.data.workbooks import sheet_records
from core.sentences import Sentence

OPTIONS = ("encoding", "delimiter", "decimal", "header", "sheet", "kinds")  # how `read_table` may be told to read


def read_table(
    path_or_file: Any,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
    sheet: str | None = None,
    kinds: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Table:
    """A table from a path, bytes or a binary file object; what is None is worked out from the file.

    encoding: one of ENCODINGS. delimiter: one character. decimal: "." or ",". header: whether the first row holds names.
    sheet: of a workbook. kinds: column → "number", "category", "date", "date, month first" or "text". name: for messages.
    Errors: TableError, one sentence, for what is no table or cannot be read without guessing.
    """
    told = _Told(encoding, delimiter, decimal, header, sheet, dict(kinds or {}))
    told.check()
    if name is not None and not isinstance(name, str):
        raise TableError(Sentence("name={name!r:.80} is not text: give the name to show in messages", name=name))
    data, name = opening.load(path_or_file, name)
    opening.refuse_large(data, name)
    inside, inner = unpacked(data, name)
    opening.refuse_named(inner)
    if columnar_format(inside):
        return _of_columns(read_columnar(inside, name), told, name)
    rows, reading, sheets = _rows(inside, name, told)
    return _of_rows(rows, reading, sheets, told, name)


def rereadable(data: bytes, name: str) -> bool:
    """Whether a file holds text or a sheet, of which another encoding, delimiter or first line may make a table."""
    try:
        inside, _ = unpacked(data, name)
        opening.refuse_foreign(inside, name)
    except TableError:
        return False
    return bool(inside.strip(b"\0 \t\r\n")) and not columnar_format(inside) and not is_json(inside)


@dataclass
class _Told:
    """How the file is to be read, as far as that was said."""

    encoding: str | None
    delimiter: str | None
    decimal: str | None
    header: bool | None
    sheet: str | None
    kinds: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        if self.delimiter is not None and (
            not isinstance(self.delimiter, str) or len(self.delimiter) != 1 or self.delimiter in '"\r\n'
        ):
            raise TableError(
                Sentence("delimiter={delimiter!r} is not one character: give , ; a tab or |", delimiter=self.delimiter)
            )
        if self.decimal not in (None, ".", ","):
            raise TableError(Sentence('decimal={decimal!r} is neither "." nor ","', decimal=self.decimal))
        if self.header not in (None, True, False):
            raise TableError(Sentence("header={header!r} is neither True nor False", header=self.header))
        for column, kind in self.kinds.items():
            if kind not in TOLD:
                raise TableError(
                    Sentence(
                        "kinds={kind!r} for column {column!r} is unknown: choose one of {names}",
                        kind=kind,
                        column=str(column)[:80],
                        names=", ".join(TOLD),
                    )
                )

    def known(self, names: list[str], table: str) -> None:
        """That the columns that are told of are there. Errors: TableError."""
        if missing := [str(column) for column in self.kinds if column not in names]:
            raise TableError(
                Sentence(
                    "{table} has no column {name!r}, whose kind was told: name one that it has",
                    table=table,
                    name=missing[0][:80],
                )
            )


def _rows(data: bytes, name: str, told: _Told) -> tuple[Rows, dict[str, Any], tuple[str, ...]]:
    """The cells as strings, how they were read, and the sheets there are."""
    notices: list[str] = []
    if is_workbook(data):
        records, sheet, sheets = sheet_records(data, name, told.sheet, notices)
        return parsing.arrange(records, name, told.header, notices), {"sheet": sheet}, sheets
    if told.sheet is not None:
        raise TableError(
            Sentence("sheet={sheet!r} has no use here: {name} is no Excel workbook", sheet=told.sheet, name=name)
        )
    if is_json(data):
        return parsing.arrange(json_records(data, name), name, True, notices), {}, ()
    opening.refuse_foreign(data, name)
    data, codec, errors, notices = text_encoding(data, name, told.encoding)
    rows = parsing.split(data, codec, errors, name, told.delimiter, told.header)
    rows.notices = notices + rows.notices
    return rows, {"encoding": codec, "delimiter": rows.delimiter}, ()


def _of_rows(rows: Rows, reading: dict[str, Any], sheets: tuple[str, ...], told: _Told, name: str) -> Table:
    columns = [missing_as_null(*pair, rows.lines) for pair in zip(rows.names, rows.columns, strict=True)]
    columns = _without_empty(columns, rows)
    told.known([cells.name for cells in columns], name)
    plain = [spelled(cells) for cells in columns]
    mark = told.decimal or number_columns.decimal_mark(plain, rows.delimiter)
    series, described, notices = {}, [], rows.notices
    for cells, numbers in zip(columns, plain, strict=True):
        series[cells.name], kind = convert(cells, numbers, mark, told.kinds.get(cells.name))
        described.append(describe(cells.name, series[cells.name], kind))
        notices += cells.notices
    if rows.doubt and described[0].kind in ("text", "categorical"):
        notices.append(rows.doubt)
    reading |= {"decimal": mark, "header": rows.header}
    return Table(pd.DataFrame(series), tuple(described), tuple(notices), name, reading, sheets)


def _without_empty(columns: list[Cells], rows: Rows) -> list[Cells]:
    """Columns that have neither a name nor a value are left out, and said."""
    empty = {place for place in rows.unnamed if columns[place].text.null_count == len(rows.lines)}
    if not empty or len(empty) == len(columns):
        return columns
    rows.notices.append(
        Sentence("Every line ends with a separator: the empty last column was left out.")
        if empty == {len(columns) - 1}
        else Sentence(
            "{n} column without a name and a value was left out.",
            many="{n} columns without a name and a value were left out.",
            n=len(empty),
        )
    )
    return [cells for place, cells in enumerate(columns) if place not in empty]


def _of_columns(table: pa.Table, told: _Told, name: str) -> Table:
    frame, notices = frames.frame_of(table)
    told.known(list(frame.columns), name)
    series, described = {}, []
    for column, values in frame.items():
        if kind := told.kinds.get(str(column)):
            cells = Cells(str(column), *frames.as_strings(values))
            series[column], kind = convert(cells, spelled(cells), ".", kind)
            notices += cells.notices
        else:
            series[column], kind = frames.typed(values, notices)
        described.append(describe(str(column), series[column], kind))
    return Table(pd.DataFrame(series), tuple(described), tuple(notices), name)
