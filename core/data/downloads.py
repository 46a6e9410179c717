"""Sets of pictures and graphs that are fetched when somebody asks for them: where from, how checked, and where they lie.

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


def _planetoid(name: str, *rows: tuple[str, str, int]) -> Download:
    files = tuple(File(f"ind.{name}.{part}", sha256, size, f"ind.{name}.{part}") for part, sha256, size in rows)
    return Download(files, ("https://raw.githubusercontent.com/kimiyoung/planetoid/master/data/",), ("planetoid",))


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
    "cora": _planetoid(
        "cora",
        ("x", "23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab", 22_119),
        ("y", "94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1", 4_054),
        ("tx", "b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a", 148_025),
        ("ty", "41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad", 28_135),
        ("allx", "9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543", 257_305),
        ("ally", "2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71", 47_959),
        ("graph", "58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d", 59_847),
        ("test.index", "297ce89af2b51a6a194181c7dbe1796c6a1cf9cd9349a88383b1b1e227867875", 5_000),
    ),
    "citeseer": _planetoid(
        "citeseer",
        ("x", "d20de19150741e555de0ed037195630fc194114ebc7fd72ced62810148aa22f6", 31_087),
        ("y", "8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924", 3_014),
        ("tx", "539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21", 260_321),
        ("ty", "55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce", 24_135),
        ("allx", "2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668", 595_021),
        ("ally", "f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95", 55_623),
        ("graph", "d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7", 61_987),
        ("test.index", "2af990671580b6b2df5d158d1038f8292e30c9cd821b5453f399659b25b723d4", 5_000),
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


def _from_mirrors(
    name: str, file: File, folder: Path, mirrors: tuple[str, ...], received: Callable[[int], None]
) -> None:
    reasons = []
    for mirror in mirrors:
        beside = folder / f"{file.name}.{os.getpid()}.partial"
        try:
            reason = get(mirror + file.name, file, beside, received)
            if not reason:
                beside.replace(folder / file.name)
                return
            reasons.append(reason)
        finally:
            beside.unlink(missing_ok=True)
    why = "; then ".join(dict.fromkeys(reasons))
    raise ValueError(
        Sentence(
            "{name} could not be downloaded: {file}: {why}; try again when connected, "
            "or name a folder that holds {name} in {variable}",
            name=name,
            file=file.name,
            why=why,
            variable=VARIABLE,
        )
    )
