"""Parquet and Arrow (Feather) files, whose columns have types already."""

from __future__ import annotations

import pyarrow as pa

from core.data.opening import TableError
from core.sentences import Sentence

CELLS = 200_000_000  # few bytes may stand for very many equal cells
_FORMATS = {b"PAR1": "Parquet", b"ARROW1": "Arrow", b"FEA1": "Arrow"}


def columnar_format(data: bytes) -> str | None:
    """Parquet or Arrow, by the first bytes; None for anything else."""
    return next((what for magic, what in _FORMATS.items() if data.startswith(magic)), None)


def read_columnar(data: bytes, name: str) -> pa.Table:
    """The whole file; an index that pandas has written into it is a column like the others. Errors: TableError."""
    what = columnar_format(data)
    try:
        table = _parquet(data, name) if what == "Parquet" else _arrow(data, name)
    except (pa.ArrowException, OSError, MemoryError, ValueError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(
            Sentence("{name} is a {what} file that is damaged or cut short: save it again", name=name, what=what)
        ) from error
    if not table.num_rows or not table.num_columns:
        raise TableError(Sentence("{name} is a {what} file without rows: there is no data in it", name=name, what=what))
    return table.replace_schema_metadata(None)


def _parquet(data: bytes, name: str) -> pa.Table:
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(data))
    _refuse_many(file.metadata.num_rows, file.metadata.num_columns, name)
    return file.read()


def _arrow(data: bytes, name: str) -> pa.Table:
    from pyarrow import feather

    table = feather.read_table(pa.BufferReader(data), memory_map=False)
    _refuse_many(table.num_rows, table.num_columns, name)
    return table


def _refuse_many(rows: int, columns: int, name: str) -> None:
    if rows * columns > CELLS:
        raise TableError(
            Sentence(
                "{name} has {rows:,} rows and {columns:,} columns, too many: the limit is {cells:,} cells",
                name=name,
                rows=rows,
                columns=columns,
                cells=CELLS,
            )
        )
