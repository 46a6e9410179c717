"""Downloads from a server of this machine: what is right is kept, and everything that goes wrong is one sentence."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from collections import namedtuple
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.data import downloads
from core.data.downloads import DOWNLOADS, Download, File, fetch
from core.data.images import image_source
from tests.reference import reference

GOOD = {"one.gz": bytes(range(256)) * 700, "two.gz": b"second file" * 1000}


class Server(ThreadingHTTPServer):
    """Serves `files`; `faults` name how a path is answered wrongly; `asked` lists what was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, str] = {}
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name, server = self.path.lstrip("/"), self.server
        server.asked.append(name)
        data, fault = server.files.get(name), server.faults.get(name)
        if data is None or fault == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if fault == "cut":
            data = data[: len(data) // 2]
        if fault == "wrong":
            data = data[:-1] + b"?"
        self.wfile.write(data)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        running.files = dict(GOOD)
        yield running
        running.shutdown()


@pytest.fixture
def tiny(tmp_path, monkeypatch, server):
    """A set of two files whose one mirror is the server."""
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path))
    monkeypatch.delenv(downloads.VARIABLE, raising=False)
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    files = tuple(File(n, hashlib.sha256(d).hexdigest(), len(d), n.removesuffix(".gz")) for n, d in GOOD.items())
    monkeypatch.setitem(DOWNLOADS, "tiny", Download(files, (server.address,)))
    return downloads.downloads_folder("tiny")


def left(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_good_files_are_kept_and_progress_counts_all_bytes(tiny):
    said = []
    paths = fetch("tiny", lambda done, total: said.append((done, total)))
    assert {name: path.read_bytes() for name, path in paths.items()} == GOOD
    assert downloads.located("tiny") == paths and left(tiny) == ["one.gz", "two.gz"]
    total = sum(map(len, GOOD.values()))
    assert said == sorted(said) and said[-1] == (total, total) and len(said) > 3


def test_what_is_here_is_not_asked_for_again(tiny, server):
    fetch("tiny")
    server.asked.clear()
    fetch("tiny")
    (tiny / "two.gz").unlink()
    fetch("tiny")
    assert server.asked == ["two.gz"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("wrong", "its checksum is not the published one"),
        ("cut", "the connection broke before all of its 11,000 bytes had come"),
        ("missing", "the mirror answers 404"),
    ],
)
def test_a_bad_answer_is_one_sentence_and_leaves_nothing_behind(tiny, server, fault, said):
    server.faults["two.gz"] = fault
    with pytest.raises(ValueError, match=said) as caught:
        fetch("tiny")
    assert "two.gz" in str(caught.value) and downloads.VARIABLE in str(caught.value)
    assert left(tiny) == ["one.gz"] and downloads.located("tiny") is None


def test_more_than_was_published_is_not_taken(tiny, server):
    server.files["two.gz"] += bytes(10**6)
    with pytest.raises(ValueError, match="sends more than the 11,000 bytes that are published"):
        fetch("tiny")
    assert left(tiny) == ["one.gz"]


def test_the_next_mirror_is_tried(tiny, server):
    with Server() as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        other.files, other.faults = dict(GOOD), {"one.gz": "missing", "two.gz": "wrong"}
        fetch("tiny", mirrors=(other.address, server.address))
        assert other.asked == server.asked == ["one.gz", "two.gz"]
        other.shutdown()


def test_without_a_network_it_says_so(tiny):
    nobody = Server()
    nobody.server_close()  # its port refuses
    with pytest.raises(ValueError, match="there is no connection to the mirror; try again when connected"):
        fetch("tiny", mirrors=(nobody.address,))
    assert left(tiny) == []


def test_a_full_disk_is_said_before_anything_is_fetched(tiny, monkeypatch):
    room = namedtuple("room", "total used free")
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda _: room(10**9, 10**9, 1_000))
    with pytest.raises(ValueError, match=r"tiny needs 67 MB and the disk of .* has 0 MB free"):
        fetch("tiny")


def test_a_disk_that_fills_up_keeps_what_was_there(tiny, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(downloads.os, "fsync", full)
    with pytest.raises(ValueError, match=r"tiny cannot be kept in .*: the disk is full; free some space"):
        fetch("tiny")
    assert left(tiny) == []


def test_who_listens_to_the_progress_can_end_it(tiny):
    class Enough(Exception):
        pass

    def stop(done, total):
        raise Enough

    with pytest.raises(Enough):
        fetch("tiny", stop)
    assert left(tiny) == []


def test_what_a_killed_download_left_is_removed_and_what_another_one_writes_is_not(tiny):
    tiny.mkdir(parents=True)
    for name, age in (("one.gz.1.partial", 7_200), ("one.gz.2.partial", 5)):
        (tiny / name).write_bytes(b"half")
        os.utime(tiny / name, (time.time() - age,) * 2)
    fetch("tiny")
    assert left(tiny) == ["one.gz", "one.gz.2.partial", "two.gz"]


def test_an_unknown_set_is_refused():
    with pytest.raises(ValueError, match="'imagenet' is not a set that can be downloaded; there are mnist"):
        fetch("imagenet")


def test_three_files_of_mnist_have_the_published_checksums(tiny, server, monkeypatch):
    folder = reference("data/mnist")
    server.files = {path.name: path.read_bytes() for path in folder.glob("*.gz")}
    whole = DOWNLOADS["mnist"]
    monkeypatch.setitem(DOWNLOADS, "mnist", replace(whole, files=whole.files[1:]))
    assert len(fetch("mnist", mirrors=(server.address,))) == 3
    # The fourth was compressed anew, so it is not the published file: it is thrown away, and the set is not there.
    monkeypatch.setitem(DOWNLOADS, "mnist", whole)
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte\.gz: it came cut"):
        fetch("mnist", mirrors=(server.address,))
    with pytest.raises(ValueError, match="mnist are not on this machine"):
        image_source("mnist")
