"""What is to be grouped: nothing is downloaded unasked, one's own pictures are found by the link, columns stay columns."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import downloads, images
from core.data.downloads import DOWNLOADS, File
from core.data.tables import save_upload
from core.spec import Spec
from dashboard import pages
from dashboard.widgets import background_tasks
from tests.core.test_downloads import Server
from tests.core.test_pictures import encoded, grey, zipped


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path / "store"))
    monkeypatch.delenv(downloads.VARIABLE, raising=False)


def opened(**query: str) -> AppTest:
    at = AppTest.from_string("from dashboard import app\napp.main('embedding')", default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def button(at: AppTest, word: str):
    return next(b for b in at.button if word in b.label)


def box(at: AppTest, label: str):
    return next(b for b in at.selectbox if b.label == label)


def labels(at: AppTest) -> list[str]:
    return [b.label for b in at.button]


def patiently(at: AppTest, done) -> None:
    """As the page's own timer does, which a test's page does not have."""
    until = time.monotonic() + 90  # generous: the machine may be busy
    while time.monotonic() < until:
        if done(at.run()):
            return
        time.sleep(0.1)
    pytest.fail(f"never: {labels(at)}, {[c.value for c in at.caption]}, {[e.value for e in at.error]}")


def finished(at: AppTest) -> bool:
    """No download is under way, has failed or is still to be asked for."""
    return not at.error and not any(word in label for label in labels(at) for word in ("Download", "Stop"))


def captions(at: AppTest) -> str:
    return " ".join(c.value for c in at.caption)


def test_a_set_that_is_not_here_offers_its_download_and_connects_to_nobody(monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *a: pytest.fail("a connection was opened"))
    at = opened(i="cifar10")
    assert not at.exception and "Download 170 MB" in labels(at)
    assert button(at, "Start").disabled
    assert background_tasks.find("download.cifar10") is None


@pytest.fixture
def small_mnist(monkeypatch):
    """Forty pictures in MNIST's format from a server of this machine."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype=np.uint8).tobytes()
    data = {}
    for file in DOWNLOADS["mnist"].files:
        if "images" in file.name:
            data[file.name] = gzip.compress(struct.pack(">4I", 2051, 40, 28, 28) + pixels)
        else:
            data[file.name] = gzip.compress(struct.pack(">2I", 2049, 40) + bytes(i % 10 for i in range(40)))
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.files = data
        files = tuple(File(n, hashlib.sha256(d).hexdigest(), len(d), n[:-3]) for n, d in data.items())
        monkeypatch.setitem(DOWNLOADS, "mnist", replace(DOWNLOADS["mnist"], files=files, mirrors=(server.address,)))
        monkeypatch.setitem(images.SETS, "mnist", replace(images.SETS["mnist"], size=40))
        yield server
        server.shutdown()


def test_a_download_that_was_asked_for_ends_with_the_pictures(small_mnist):
    at = opened(i="mnist")
    button(at, "Download").click()
    patiently(at, finished)
    assert not at.exception and not at.error and not button(at, "Start").disabled
    assert len(small_mnist.asked) == 4
    # For everybody, and after a refresh.
    assert next(n for n in opened(i="mnist").slider if n.label == "Number of pictures").value == 40


def test_a_download_that_fails_says_why_and_can_be_tried_again(small_mnist):
    name = "t10k-labels-idx1-ubyte.gz"
    small_mnist.faults[name] = "missing"
    at = opened(i="mnist")
    button(at, "Download").click()
    patiently(at, lambda at: at.error)
    assert "the mirror answers 404" in at.error[0].value.replace("\\", "") and button(at, "Start").disabled
    small_mnist.faults.clear()
    button(at, "Download").click()
    patiently(at, finished)
    assert small_mnist.asked.count(name) == 2 and len(small_mnist.asked) == 5


def test_an_upload_is_read_beside_the_page_and_its_link_opens_it_again():
    files = {f"{c}/{i}.png": encoded(grey(100 * c + i)) for c in (0, 1) for i in range(20)} | {"0/bad.png": b"text"}
    at = opened()
    at.file_uploader[0].upload("mine.zip", zipped(files), "application/zip").run()
    reference = at.query_params["i"][0] if isinstance(at.query_params["i"], list) else at.query_params["i"]
    patiently(at, lambda at: "40 pictures of 8 × 8 pixels, 2 classes" in captions(at))
    assert "bad\\.png" in captions(at) and not button(at, "Start").disabled
    again = opened(i=reference)
    assert not again.exception and "40 pictures of 8 × 8 pixels, 2 classes, none kept apart" in captions(again)
    assert "mine.zip" in box(again, "Data").options


@pytest.fixture
def held(monkeypatch):
    """Work in a process of its own that reads nothing until it is let go; what was asked of it."""
    asked, go = [], threading.Event()
    child = lambda *command: asked.append(command) or (lambda progress: go.wait(60))  # noqa: E731
    monkeypatch.setattr(background_tasks, "child", child)
    yield asked
    go.set()


def test_pictures_that_are_being_read_are_not_said_to_be_unreadable(held):
    at = opened(i=images.save_pictures(zipped({"a.png": encoded(grey(0))}), "mine.zip"))
    assert not at.exception and button(at, "Start").disabled
    assert "The pictures are being read" in captions(at) and "could not be read" not in captions(at)
    assert any(b.label == "Stop" for b in at.button)


def test_an_archive_is_unpacked_in_a_process_and_never_in_the_servers_threads(held, monkeypatch, tmp_path):
    archive = tmp_path / "cifar-10-binary.tar.gz"
    archive.write_bytes(b"packed")
    monkeypatch.setattr(downloads, "located", lambda name: {archive.name: archive})
    entry = replace(images.SETS["cifar10"], read=lambda files: pytest.fail("unpacked in the server"))
    monkeypatch.setitem(images.SETS, "cifar10", entry)
    at = opened(i="cifar10")
    assert not at.exception and held == [("pictures", "cifar10")]
    assert "The pictures are being read" in captions(at) and "Download" not in "".join(labels(at))


def test_a_file_without_pictures_says_why(tmp_path):
    reference = images.save_pictures(zipped({"a.png": b"text"}), "mine.zip")
    at = opened(i=reference)
    patiently(at, lambda at: at.error)
    assert "holds no images that can be read" in at.error[0].value and button(at, "Start").disabled


@pytest.mark.parametrize("link", ["/etc", "../../etc/passwd", "C:\\pictures", "nosuch"])
def test_a_link_opens_no_folder_of_this_machine(link):
    at = opened(i=link)
    assert not at.exception and any("is no set of pictures" in w.value for w in at.warning)
    assert box(at, "Data").value == "digits"


def test_a_link_to_an_upload_that_is_not_here_says_so():
    at = opened(i="0123456789abcdef")
    patiently(at, lambda at: at.error)
    assert "is not a known set of pictures" in at.error[0].value


def folder_of(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    for i in range(12):
        (tmp_path / "mine" / f"{i}.png").write_bytes(encoded(grey(i)))
    return tmp_path / "mine"


def test_a_folder_of_this_computer_is_opened_by_its_path_and_linked_by_an_id(tmp_path):
    at = opened()
    at.text_input[0].set_value(str(folder_of(tmp_path))).run()
    button(at, "Open the folder").click().run()
    patiently(at, lambda at: "12 pictures of 8 × 8 pixels" in captions(at))
    assert str(tmp_path) not in str(dict(at.query_params))


def test_on_the_labs_network_there_is_no_path_to_type(monkeypatch):
    from dashboard import settings
    from dashboard.widgets import server

    monkeypatch.setattr(server, "options", lambda: settings.Settings(token="t", key="k"))
    monkeypatch.setattr(server, "may_steer", lambda: True)  # the presenter, whose cookie a page of a test has not got
    at = opened()
    assert not at.exception and len(at.file_uploader) == 1 and not at.text_input


def test_columns_of_a_table_leave_the_labels_out_and_come_back_from_a_link():
    at = opened(i="table", t="penguins")
    assert not at.exception
    chosen = at.multiselect[0]
    assert "species" not in chosen.options and "body_mass_g" in chosen.value and "island" not in chosen.value
    data = {"table": "penguins", "x": ["bill_length_mm", "body_mass_g"], "labels": "sex"}
    spec = Spec.parse({"family": "encoders", "method": "pca", "data": data})
    at = opened(**{k: v for k, v in pages.settings(spec).items() if isinstance(v, str)})
    assert at.multiselect[0].value == data["x"]
    assert box(at, "Compare with").value == "sex"


TOWNS = "town,country,size,note,same\n" + "".join(f"t{i % 40},c{i % 3},{i}.5,a long remark {i},1\n" for i in range(400))


def test_columns_that_cannot_be_grouped_by_are_left_out_with_the_reason():
    at = opened(i="table", t=save_upload(TOWNS.encode(), "towns.csv"))
    assert not at.exception
    assert at.multiselect[0].options == ["country", "size"]
    assert box(at, "Compare with").value is None and box(at, "Compare with").proto.placeholder == "nothing"
    said = captions(at).replace("\\", "")
    assert "3 columns are left out: town (more than 30 categories), note (text), same (constant)." in said


def test_the_inputs_of_a_density_say_which_columns_are_left_out():
    at = AppTest.from_string("from dashboard import app\napp.main('density')", default_timeout=60)
    for key, value in {"p": "table", "t": save_upload(TOWNS.encode(), "towns.csv")}.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    assert "2 columns are left out: note (text), same (constant)." in captions(at).replace("\\", "")


def test_no_column_is_no_run():
    at = opened(i="table")
    at.multiselect[0].set_value([]).run()
    assert not at.exception and button(at, "Start").disabled


def test_a_spec_of_all_pictures_is_linked_as_all():
    spec = Spec.parse({"family": "encoders", "method": "pca", "data": {"images": "mnist"}})
    assert pages.settings(spec)["n"] == 60_000
