"""Tables that lie in a folder which the server's owner names: found by a name or a pattern in it, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from core.data import opening
from core.data.archive_listing import litter
from core.data.big_tables import Progress, draw
from core.data.opening import SUFFIXES, TableError
from core.data.table_uploads import save_upload
from core.sentences import Sentence

VARIABLE = "INFOSCOPE_TABLES"
_MOST = 500  # files that are listed, and files of one pattern


def table_folder() -> Path | None:
    """The folder that `$INFOSCOPE_TABLES` names; None where it names none."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().resolve() if named else None


def listed() -> list[str]:
    """The tables in the folder, as they are named below it. Links and hidden files are left out."""
    found: list[str] = []
    root = table_folder()
    for place, folders, files in os.walk(root, followlinks=False) if root else ():
        above = Path(place)
        folders[:] = sorted(f for f in folders if not litter((f,)) and not (above / f).is_symlink())
        for name in sorted(files):
            path = above / name
            if path.suffix.lower() in SUFFIXES[:-1] and _inside(path, root or above):
                found.append(path.relative_to(root or above).as_posix())
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def matching(pattern: str) -> list[Path]:
    """The files that a name or a pattern such as 2024/*.csv gives. Errors: TableError, also for what leads out of the folder."""
    root, parts = table_folder(), PurePosixPath(pattern).parts
    if root is None:
        raise TableError(
            Sentence("no folder of tables is named on this server: its owner sets {variable}", variable=VARIABLE)
        )
    if (
        not parts
        or pattern.startswith(("/", "\\", "~"))
        or ".." in parts
        or "\\" in pattern
        or "\0" in pattern
        or "**" in pattern
    ):
        raise TableError(
            Sentence(
                "{pattern!r} is no name below the folder of tables: give one such as 2024/*.csv", pattern=pattern[:80]
            )
        )
    paths = sorted(path for path in root.glob(pattern) if _inside(path, root))[: _MOST + 1]
    if not paths:
        raise TableError(Sentence("there is no table {pattern!r} in the folder of tables", pattern=pattern[:80]))
    if len(paths) > _MOST:
        raise TableError(
            Sentence("{pattern!r} gives more than {most} files: name fewer", pattern=pattern[:80], most=_MOST)
        )
    return paths


def _inside(path: Path, root: Path) -> bool:
    """An ordinary file below the folder that no link leads to."""
    return (
        path.is_file()
        and path.resolve() == path
        and path.is_relative_to(root)
        and not litter(path.relative_to(root).parts)
    )


def open_from_folder(pattern: str, progress: Progress | None = None) -> str:
    """Keep a file as an upload, or a sample of the rows of one that is too large, or of several; returns the upload's id."""
    paths = matching(pattern)
    if len(paths) == 1 and paths[0].stat().st_size <= opening.LIMIT:
        return save_upload(paths[0].read_bytes(), paths[0].name)
    drawn = draw(paths, progress)
    name: str = PurePosixPath(pattern).name
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        name += paths[0].suffix  # of a pattern
    if drawn.rows < drawn.of or drawn.ragged:
        # The remark stands in front: what a table's name ends in says what it is.
        name = Sentence("{rows:,} of {of:,} rows of {name}", name=name, rows=drawn.rows, of=drawn.of + drawn.ragged)
    if drawn.ragged:
        name = Sentence("without {n:,} of another number of cells, {name}", name=name, n=drawn.ragged)
    return save_upload(drawn.data, str(name), **drawn.options)
