"""Shows the readers of tables and pictures to the corpus of bad files: their report of one file, in the corpus's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import core
from core.data.archive_listing import folder_listing
from core.data.idx_files import read_pairs
from core.data.numpy_files import read_arrays
from core.data.picture_files import read_pictures


def load(path: str) -> dict[str, Any]:
    """What was read of one file, or the sentence that refused it; any other exception is the corpus's crash."""
    if "dataset" in (parts := Path(path).parts):
        return _dataset(Path(path), parts[parts.index("dataset") + 1])
    try:
        table = core.read_table(path)
    except core.TableError as error:
        return {"status": "error", "messages": [str(error)]}
    columns = [vars(column) for column in table.columns]
    return {"status": "ok", "messages": list(table.notices), "n_rows": len(table.frame), "columns": columns}


def _dataset(path: Path, kind: str) -> dict[str, Any]:
    try:
        if kind == "images":
            return _picture(path, next(p for p in path.parents if p.name == "images"))
        pictures = read_arrays(path, path.name) if kind == "npy" else read_pairs(*_pair(path))
    except ValueError as error:
        return {"status": "error", "messages": [str(error)]}
    return {"status": "ok", "messages": [], "n_rows": len(pictures[0])}


def _picture(path: Path, root: Path) -> dict[str, Any]:
    """The whole folder is read; a picture that it left out is refused, in the words of the notice that names it."""
    pictures, name = read_pictures(root, "images"), path.relative_to(root).as_posix()
    said = [clause for notice in pictures.notices for clause in notice.split(": ", 1)[-1].split("; ")]
    refused = [clause for clause in said if clause.startswith(f"{name} ")]
    here = {member.name for member in folder_listing(root).members}
    assert refused or name in here or path.suffix != ".png", f"{name} is neither read nor refused"
    return {"status": "error" if refused else "ok", "messages": refused or list(pictures.notices)}


def _pair(path: Path) -> tuple[Path, Path]:
    """A file of pictures with its labels, or the other way round: the good one's where it has none of its own."""
    images = "-images-idx3-ubyte" in path.name
    other = (
        path.name.replace("-images-idx3-", "-labels-idx1-")
        if images
        else path.name.replace("-labels-idx1-", "-images-idx3-")
    )
    if not (path.parent / other).exists():
        other = "good-labels-idx1-ubyte" if images else "good-images-idx3-ubyte"
    return (path, path.parent / other) if images else (path.parent / other, path)
