"""One supervisor to a data folder: a lock that the operating system takes back when its holder dies."""

from __future__ import annotations

import os
from pathlib import Path


class FolderLock:
    """A lock on `<folder>/supervisor.lock`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        """True when it is ours now; at once."""
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            else:
                import fcntl

                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
