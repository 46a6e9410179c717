"""Sets of pictures that are fetched when somebody asks for them: where from, how checked, and where they lie.

Nothing here runs by itself: reading a set looks at this machine only, and `fetch` is the one function that connects.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data.mirrors import File, get
from core.paths import data_folder
from core.sentences import Sentence

VARIABLE = "INFOSCOPE_PICTURES"  # a folder that holds sets already: mnist/, fashion-mnist/, cifar10/
_STALE = 3_600.0  # seconds since a partial file was last written to
_SPARE = 64 * 2**20  # bytes that stay free on the disk


@dataclass(frozen=True)
class Download:
    """A set's files, the addresses that they are tried at in turn, and folders of other programs that may hold them."""

    files: tuple[File, ...]
    mirrors: tuple[str, ...]
    also: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)


def _idx(*rows: tuple[str, str, int]) -> tuple[File, ...]:
    return tuple(File(f"{stem}.gz", sha256, size, stem) for stem, sha256, size in rows)


DOWNLOADS: dict[str, Download] = {
    "mnist": Download(
        _idx(
            (
                "train-images-idx3-ubyte",
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                9_912_422,
            ),
            ("train-labels-idx1-ubyte", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28_881),
            ("t10k-images-idx3-ubyte", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1_648_877),
            ("t10k-labels-idx1-ubyte", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4_542),
        ),
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
        ("MNIST/raw",),
    ),
    "fashion-mnist": Download(
        _idx(
            (
                "train-images-idx3-ubyte",
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                26_421_880,
            ),
            ("train-labels-idx1-ubyte", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
            ("t10k-images-idx3-ubyte", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
            ("t10k-labels-idx1-ubyte", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148),
        ),
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        ("FashionMNIST/raw",),
    ),
    # The binary version: the other one is a pickle, and no pickle is ever loaded.
    "cifar10": Download(
        (
            File(
                "cifar-10-binary.tar.gz",
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                170_052_171,
                "cifar-10-batches-bin",
            ),
        ),
        ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
        (".",),
    ),
}


def downloads_folder(name: str) -> Path:
    """Where the files of a set come to lie."""
    return data_folder() / "downloads" / name


def located(name: str) -> dict[str, Path] | None:
    """File name → path of a set that is here, from the folder that `INFOSCOPE_PICTURES` names or from the downloads.

    A file may be unpacked already. None where anything is missing. Nothing is fetched.
    """
    download = DOWNLOADS[name]
    named = os.environ.get(VARIABLE)
    own = [Path(named).expanduser() / folder for folder in (name, *download.also)] if named else []
    return next((found for folder in [*own, downloads_folder(name)] if (found := files_in(folder, name))), None)


def files_in(folder: Path, name: str) -> dict[str, Path] | None:
    """File name → path of a set whose files all lie in this folder, or None."""
    found = {}
    for file in DOWNLOADS[name].files:
        there = [folder / word for word in (file.name, file.unpacked) if (folder / word).exists()]
        if not there:
            return None
        found[file.name] = there[0]
    return found


def fetch(
    name: str, progress: Callable[[int, int], None] | None = None, mirrors: tuple[str, ...] | None = None
) -> dict[str, Path]:
    """Download what is missing of a set, one mirror after the other, check it, and return file name → path.

    `progress(done, total)` is told bytes; what it raises ends the download. A file is kept only when its size and
    SHA-256 are the published ones, so an interrupted download begins again at the first file that is not here yet.
    Errors: ValueError in one sentence: no network, refused, cut, another checksum, disk full.
    """
    if name not in DOWNLOADS:
        raise ValueError(
            Sentence(
                "{name!r} is not a set that can be downloaded; there are {names}",
                name=name[:80],
                names=", ".join(DOWNLOADS),
            )
        )
    download, folder = DOWNLOADS[name], downloads_folder(name)
    missing = [file for file in download.files if not (folder / file.name).is_file()]
    done = download.size - sum(file.size for file in missing)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        _room(name, folder, sum(file.size for file in missing))
        for file in missing:
            _from_mirrors(name, file, folder, mirrors or download.mirrors, _after(done, download.size, progress))
            done += file.size
    except OSError as error:
        why = (
            "the disk is full"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else error.strerror or "the system refuses"
        )
        raise ValueError(
            Sentence(
                "{name} cannot be kept in {folder}: {why}; free some space or set INFOSCOPE_DATA",
                name=name,
                folder=folder,
                why=why,
            )
        ) from error
    return {file.name: folder / file.name for file in download.files}


def _sweep(folder: Path) -> None:
    """Removes what a process that was killed left half written; a download of another process is younger."""
    for partial in folder.glob("*.partial"):
        if time.time() - partial.stat().st_mtime > _STALE:
            partial.unlink(missing_ok=True)


def _after(before: int, total: int, progress: Callable[[int, int], None] | None) -> Callable[[int], None]:
    return lambda n: progress(before + n, total) if progress else None


def _room(name: str, folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise ValueError(
            Sentence(
                "{name} needs {needed:.0f} MB and the disk of {folder} has {free:.0f} MB free: "
                "free some space or set INFOSCOPE_DATA to a folder on another disk",
                name=name,
                needed=(needed + _SPARE) / 1e6,
                folder=folder,
                free=free / 1e6,
            )
        )


def _from_mirrors(name: str, file: File, folder: Path, mirrors: tuple[str, ...], told: Callable[[int], None]) -> None:
    reasons = []
    for mirror in mirrors:
        beside = folder / f"{file.name}.{os.getpid()}.partial"
        try:
            reason = get(mirror + file.name, file, beside, told)
            if not reason:
                beside.replace(folder / file.name)
                return
            reasons.append(reason)
        finally:
            beside.unlink(missing_ok=True)
    said = "; then ".join(dict.fromkeys(reasons))
    raise ValueError(
        Sentence(
            "{name} could not be downloaded: {file}: {why}; try again when connected, "
            "or name a folder that holds {name} in {variable}",
            name=name,
            file=file.name,
            why=said,
            variable=VARIABLE,
        )
    )
