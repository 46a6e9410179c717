"""One published file from one mirror: all of its bytes and no other, or the reason in a few words."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.sentences import Sentence

TIMEOUT = 20.0  # seconds until a mirror that says nothing is given up


@dataclass(frozen=True)
class File:
    """One file of a set: its name as published, SHA-256 and size in bytes, and its name once it is unpacked."""

    name: str
    sha256: str
    size: int
    unpacked: str


def get(url: str, file: File, beside: Path, progress: Callable[[int], None]) -> str | None:
    """One try at one address: None when the file is here and right, else the reason in a few words."""
    import pooch
    import requests

    counted = None
    try:
        with beside.open("wb") as out:
            counted = _Counted(out, file.size, progress)
            # As they are: a server that unpacks on the way would send other bytes than the published ones.
            headers = {"Accept-Encoding": "identity"}
            pooch.HTTPDownloader(timeout=TIMEOUT, chunk_size=2**16, headers=headers)(url, counted, None)
            out.flush()
            os.fsync(out.fileno())
    except _TooLong:
        return Sentence("the mirror sends more than the {size:,} bytes that are published", size=file.size)
    except requests.HTTPError as error:
        return Sentence(
            "the mirror answers {response}", response=getattr(error.response, "status_code", "with an error")
        )
    except (requests.Timeout, requests.ConnectionError, ssl.SSLError) as error:
        if counted is not None and counted.n:
            return Sentence("the connection broke before all of its {size:,} bytes had come", size=file.size)
        slow = isinstance(error, requests.Timeout)
        return "the mirror does not answer in time" if slow else "there is no connection to the mirror"
    except requests.RequestException:
        return Sentence("the connection broke before all of its {size:,} bytes had come", size=file.size)
    if counted.n != file.size:
        return Sentence("it came cut, {n:,} of {size:,} bytes", n=counted.n, size=file.size)
    if pooch.file_hash(str(beside), alg="sha256") != file.sha256:
        return "its checksum is not the published one, so it was thrown away"
    return None


class _TooLong(Exception):
    pass


class _Counted:
    """A file that says how much was written to it, and takes no more than it should."""

    def __init__(self, out: IO[bytes], limit: int, progress: Callable[[int], None]) -> None:
        self.out, self.limit, self.progress, self.n = out, limit, progress, 0

    def write(self, data: bytes) -> int:
        self.n += len(data)
        if self.n > self.limit:
            raise _TooLong
        self.progress(self.n)
        return self.out.write(data)

    def flush(self) -> None:
        """Asked for after every piece; the disk is told once, at the end."""
