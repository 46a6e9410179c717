"""Excel workbooks (.xlsx) as records of strings, so that what judges a CSV judges a sheet."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from core.data.opening import TableError
from core.data.records import Record
from core.sentences import Sentence

UNPACKED = 2**30  # bytes of a workbook's parts: XML is many times the numbers in it
_SAMPLE = 200
_UNCOMPUTED = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>")


def sheet_records(
    data: bytes, name: str, sheet: str | None, notices: list[str]
) -> tuple[Iterator[Record], str, tuple[str, ...]]:
    """The rows of one sheet, its name, and the names of all. sheet: its name; the first that holds cells where None.

    Errors: TableError for a damaged or locked workbook, a sheet that is not there, one that is empty.
    """
    _check(data, name, notices)
    try:
        book = _open(data)
        sheets = {page.title: page for page in book.worksheets}
        if sheet is not None and sheet not in sheets:
            raise TableError(
                Sentence(
                    "{name} has no sheet {sheet!r}: choose one of {names}",
                    name=name,
                    sheet=sheet[:80],
                    names=", ".join(map(repr, list(sheets)[:6])),
                )
            )
        chosen = sheet or next(
            (t for t, page in sheets.items() if page.sheet_state == "visible" and _rows(page, 1)), ""
        )
        if not chosen or not _rows(sheets[chosen], 1):
            raise TableError(Sentence("{name} is empty: there is no data in its sheets", name=name))
    except TableError:
        raise
    except Exception as error:  # on damaged workbooks the reader raises nearly anything
        raise _damaged(name) from error
    if sheet is None and len(sheets) > 1:
        others = ", ".join(repr(title) for title in list(sheets)[:6] if title != chosen)
        notices.append(
            Sentence(
                "The workbook has {n} sheets: {chosen!r} is read; choose another, {others}, if it is not the one.",
                n=len(sheets),
                chosen=chosen,
                others=others,
            )
        )
    return _records(sheets[chosen], name), chosen, tuple(sheets)


def _check(data: bytes, name: str, notices: list[str]) -> None:
    """That its parts are whole and not too large; formulas that no program has computed yet are said."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            # Reading them all here finds damage, and a part that is larger than it says.
            formulas = 0 if size > UNPACKED else sum(len(_UNCOMPUTED.findall(archive.read(part))) for part in parts)
    except RuntimeError as error:
        raise TableError(Sentence("{name} is locked with a password: save it without one", name=name)) from error
    except Exception as error:  # on damaged archives the reader raises nearly anything
        raise _damaged(name) from error
    if size > UNPACKED:
        raise TableError(
            Sentence(
                "{name} is an Excel workbook that unpacks to {size:.1f} GB, too large: save it as CSV",
                name=name,
                size=size / 2**30,
            )
        )
    if formulas:
        notices.append(
            Sentence(
                "{n} formula was never computed and counts as missing: open the workbook in Excel and save it.",
                many="{n} formulas were never computed and count as missing: open the workbook in Excel and save it.",
                n=formulas,
            )
        )


def _damaged(name: str) -> TableError:
    return TableError(Sentence("{name} is an Excel workbook that is damaged: save it again, or as CSV", name=name))


def _open(data: bytes) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that a table does not need
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)


def _rows(page: Any, most: int) -> list[tuple[Any, ...]]:
    page.reset_dimensions()  # what the sheet says of its own size may be wrong, and would cut it
    rows = (row for row in page.iter_rows(values_only=True) if any(cell is not None for cell in row))
    return list(islice(rows, most))


def _records(page: Any, name: str) -> Iterator[Record]:
    """(row number, cells as strings) of every row with a value in it, each as wide as the widest of the first."""
    rows = _filled(page, name)
    sample = list(islice(rows, _SAMPLE))
    width = max((len(row) for _, row in sample), default=0)
    for line, row in chain(sample, rows):
        yield line, row + [""] * (width - len(row))


def _filled(page: Any, name: str) -> Iterator[Record]:
    try:
        for line, row in enumerate(page.iter_rows(values_only=True), 1):
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                yield line, cells
    except Exception as error:  # as above
        raise _damaged(name) from error


def _text(cell: Any) -> str:
    """A cell as a CSV file has it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, datetime.timedelta):
        minutes, seconds = divmod(cell.total_seconds(), 60)
        return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{seconds:06.3f}"
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return str(cell)
