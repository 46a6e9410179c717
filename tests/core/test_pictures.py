"""Pictures that people bring: read as they meant it, or left out by name; nothing is opened that could do harm."""

from __future__ import annotations

import io
import json
import os
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data import archive_listing, images
from core.data.decoding import decode, size_of
from core.data.idx_files import read_idx
from core.data.images import image_source, keep_folder, load, save_pictures
from core.data.numpy_files import read_arrays
from tests.reference import bad_files, reference


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INFOSCOPE_DATA", str(tmp_path / "store"))


def encoded(values: np.ndarray | Image.Image, kind: str = "PNG", **options) -> bytes:
    image = values if isinstance(values, Image.Image) else Image.fromarray(values)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def grey(value: int, size: int = 8) -> np.ndarray:
    return np.full((size, size), value, np.uint8)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_the_corpus_of_bad_pictures_is_read_or_refused_as_it_should_be(tmp_path):
    found = bad_files(tmp_path, only=("dataset",))
    assert len(found) >= 28 and {f: bad for f, bad in found.items() if bad} == {}
    assert not list((tmp_path / "files").glob("CANARY*"))


def test_folders_are_classes_and_train_and_test_split_the_set():
    files = {
        f"set/{part}/{c}/{i}.png": encoded(grey(10 * c + i))
        for part in ("train", "test")
        for c in (2, 10)
        for i in range(3)
    }
    pictures = load(save_pictures(zipped(files), "set.zip"))
    assert pictures.classes == ("2", "10")  # as people count, not as letters sort
    assert pictures.labels.tolist() == [1, 1, 1, 0, 0, 0]
    assert pictures.x[:, 0, 0, 0].tolist() == [100, 101, 102, 20, 21, 22]
    assert pictures.test_x.shape == (6, 1, 8, 8) and pictures.test_labels.tolist() == [1, 1, 1, 0, 0, 0]
    assert pictures.notices == ()


def test_a_flat_zip_has_no_labels_and_a_loose_picture_takes_them_away():
    flat = load(save_pictures(zipped({f"{i}.png": encoded(grey(i)) for i in range(4)}), "a.zip"))
    assert flat.labels is None and flat.classes == () and len(flat.x) == 4
    files = {"a/1.png": encoded(grey(1)), "b/2.png": encoded(grey(2)), "3.png": encoded(grey(3))}
    mixed = load(save_pictures(zipped(files), "b.zip"))
    assert mixed.labels is None and len(mixed.x) == 3
    assert any("beside the class folders" in notice for notice in mixed.notices)


def test_another_size_is_brought_to_that_of_most_and_said():
    files = {f"{i}.png": encoded(grey(50)) for i in range(5)} | {"wide.png": encoded(np.full((20, 60), 50, np.uint8))}
    pictures = load(save_pictures(zipped(files), "a.zip"))
    assert pictures.x.shape == (6, 1, 8, 8) and (pictures.x == 50).all()
    assert pictures.notices == ("1 picture of 6 is brought to the size 8 × 8, cropped at the centre.",)


def test_photographs_are_reduced_and_colour_is_kept():
    files = {f"{i}.jpg": encoded(np.full((300, 400, 3), (250, 10, 10), np.uint8), "JPEG") for i in range(3)}
    pictures = load(save_pictures(zipped(files), "a.zip"))
    assert pictures.x.shape == (3, 3, 48, 64)  # the longer side is 64
    assert abs(pictures.x.mean((0, 2, 3)) - (250, 10, 10)).max() < 3  # JPEG rounds colours


@pytest.mark.parametrize(
    ("image", "values"),
    [
        (Image.fromarray(np.full((6, 6), 51_400, np.uint16)), 200),  # 51,400 = 200 × 257
        (Image.new("1", (6, 6), 1), 255),
        (Image.new("LA", (6, 6), (0, 0)), 255),  # transparent is white
        (Image.new("RGBA", (6, 6), (10, 10, 10, 255)), 10),
        (Image.new("P", (6, 6), 0), 0),
        (Image.new("CMYK", (6, 6), (0, 0, 0, 0)), 255),
    ],
    ids=["16-bit", "1-bit", "transparent", "opaque alpha", "palette", "CMYK"],
)
def test_unusual_modes_become_grey_bytes(image, values):
    found = decode(encoded(image, "TIFF" if image.mode == "CMYK" else "PNG"), (6, 6)).values
    assert found.shape == (6, 6) and found.dtype == np.uint8 and (found == values).all()


def test_a_camera_held_upright_is_turned():
    values = np.zeros((4, 10), np.uint8)
    values[:, 0] = 255  # the left edge, which orientation 6 (turn by 90° to the right) makes the top
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(values, "PNG", exif=exif)
    assert size_of(data) == (4, 10)
    turned = decode(data, (4, 10)).values
    assert turned.shape == (10, 4) and (turned[0] == 255).all() and (turned[1:] == 0).all()


def test_paths_and_links_out_of_a_zip_are_refused_and_named():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../up.png", "/etc/root.png", "C:/drive.png", "a/../../up.png", "good.png"):
            archive.writestr(name, encoded(grey(1)))
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    pictures = load(save_pictures(out.getvalue(), "a.zip"))
    assert len(pictures.x) == 1
    said = pictures.notices[0]
    assert (
        said.startswith("5 of 6 pictures are skipped")
        and said.count("leads outside") == 4
        and "link.png is a link" in said
    )


def test_a_folder_is_refused_only_when_nothing_is_left(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.png").write_text("text")
    (tmp_path / "p" / "notes.txt").write_text("text")
    with pytest.raises(ValueError, match=r"p holds no images that can be read: a\.png is not an image"):
        image_source(str(tmp_path / "p"))
    (tmp_path / "p" / "b.png").write_bytes(encoded(grey(1)))
    source = image_source(str(tmp_path / "p"))
    assert len(source) == 1 and source.notices[0].startswith("1 of 2 pictures is skipped: a.png")
    assert source.notices[1] == "1 other file is left aside: it is not a picture."


def test_limits_are_said_before_anything_is_unpacked(monkeypatch):
    files = {f"{i}.png": encoded(grey(i)) for i in range(4)}
    monkeypatch.setattr(archive_listing, "MOST", 3)
    with pytest.raises(ValueError, match=r"holds 4 pictures, more than the limit of 3"):
        load(save_pictures(zipped(files), "a.zip"))
    monkeypatch.setattr(archive_listing, "MOST", 10)
    monkeypatch.setattr(archive_listing, "FILE", 10)
    with pytest.raises(ValueError, match=r"holds no images that can be read: .* larger than the limit"):
        load(save_pictures(zipped(files | {"5.png": encoded(grey(5))}), "a.zip"))


def test_the_second_run_decodes_nothing(monkeypatch):
    reference = save_pictures(zipped({f"{i}.png": encoded(grey(i)) for i in range(12)}), "a.zip")
    first, said = image_source(reference, 10, seed=3), []
    monkeypatch.setattr("core.data.picture_files.decoding.decode", lambda *a: pytest.fail("decoded twice"))
    second = image_source(reference, 10, seed=3)
    load(reference, lambda done, total: said.append(done))
    assert np.array_equal(first.x, second.x) and said == []


def test_progress_reaches_its_end():
    reference = save_pictures(zipped({f"{i}.png": encoded(grey(i)) for i in range(5)}), "a.zip")
    said = []
    load(reference, lambda done, total: said.append((done, total)))
    assert said == sorted(said) and said[-1] == (10, 10)


def test_an_upload_has_the_id_of_its_content_and_its_name():
    data = zipped({"1.png": encoded(grey(1))})
    reference = save_pictures(data, "mine.zip")
    assert reference == save_pictures(data, "other.zip") and len(reference) == 16
    assert images.title(reference) == "other.zip"
    with pytest.raises(ValueError, match="is not a known set of pictures"):
        load("0123456789abcdef")
    with pytest.raises(ValueError, match=r"notes\.txt is no zip archive"):
        save_pictures(b"hello", "notes.txt")


def test_a_kept_folder_that_has_changed_asks_to_be_opened_again(tmp_path):
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "a.png").write_bytes(encoded(grey(1)))
    reference = keep_folder(str(folder))
    (folder / "b.png").write_bytes(encoded(grey(2)))
    with pytest.raises(ValueError, match="p has changed since it was opened: open it again"):
        load(reference)
    again = keep_folder(str(folder))
    assert again != reference and len(load(again).x) == 2
    (folder / "a.png").unlink()
    assert len(load(again).x) == 2  # decoded already: a run can be repeated


def test_a_folder_of_idx_files_is_read_as_what_it_is():
    source = image_source(str(reference("data/mnist")), 100)
    assert source.x.shape == (100, 1, 28, 28) and source.test is not None and len(source.test) == 10_000


def test_a_tenth_of_the_jpeg_pictures_loads_with_its_classes_and_test_set(tmp_path):
    with (
        zipfile.ZipFile(reference("data/cifar10-jpeg.zip")) as whole,
        zipfile.ZipFile(tmp_path / "tenth.zip", "w") as tenth,
    ):
        for name in sorted(name for name in whole.namelist() if name.endswith(".jpg"))[::10]:
            tenth.writestr(name, whole.read(name))
    source = image_source(str(tmp_path / "tenth.zip"), 1_000)
    assert source.x.shape == (1_000, 3, 32, 32) and source.test.x.shape == (1_000, 3, 32, 32)
    assert np.bincount(source.test.labels).tolist() == [100] * 10
    assert 115 < source.x.mean() < 127  # CIFAR-10's mean is 121; 1,000 pictures give it within 2


def test_numpy_files_hold_pictures_labels_and_a_test_set(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (20, 6, 5, 3), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", x_train=x, y_train=np.arange(20) % 3, x_test=x[:10], y_test=np.arange(10) % 3)
    source = image_source(str(tmp_path / "a.npz"))
    assert np.array_equal(source.x, x.transpose(0, 3, 1, 2)) and source.labels.tolist() == (np.arange(20) % 3).tolist()
    assert len(source.test) == 10
    np.save(tmp_path / "b.npy", (x[..., 0] / 255).astype(np.float32))
    assert np.array_equal(image_source(str(tmp_path / "b.npy")).x[:, 0], x[..., 0])
    np.save(tmp_path / "c.npy", x[..., 0].astype(np.int64) - 1)
    with pytest.raises(ValueError, match=r"c\.npy has values from -1 to 254: scale it"):
        image_source(str(tmp_path / "c.npy"))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_mutated_files_are_refused_in_a_sentence_or_read(data, tmp_path_factory):
    noise = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    kinds = {
        "PNG": encoded(noise[..., 0]),
        "JPEG": encoded(noise, "JPEG"),
        "GIF": encoded(grey(7), "GIF"),
        "TIFF": encoded(grey(7), "TIFF"),
        "WEBP": encoded(noise, "WEBP"),
        "BMP": encoded(grey(7), "BMP"),
    }
    whole = bytearray(kinds[data.draw(st.sampled_from(sorted(kinds)))])
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(1, len(whole)))])
    try:
        assert decode(cut, (6, 6)).values.shape[:2] == (6, 6)
        assert min(size_of(cut)) >= 4
    except ValueError as error:
        assert str(error) and "\n" not in str(error)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_mutated_idx_npy_and_zip_files_are_refused_in_a_sentence_or_read(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("m")
    out = io.BytesIO()
    np.savez(out, x=np.zeros((12, 5, 5), np.uint8), y=np.arange(12))
    starts = {
        "a.idx": bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4]) + bytes(32),
        "a.npz": out.getvalue(),
        "a.zip": zipped({"a/1.png": encoded(grey(1)), "b/2.png": encoded(grey(2))}),
    }
    name = data.draw(st.sampled_from(sorted(starts)))
    whole = bytearray(starts[name])
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = folder / name
    path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    try:
        if name == "a.idx":
            assert read_idx(path, 3).ndim == 3
        elif name == "a.npz":
            assert read_arrays(path, name).x.dtype == np.uint8
        else:
            assert load(os.fspath(path)).x.dtype == np.uint8
    except ValueError as error:
        assert str(error) and "\n" not in str(error)


def test_the_shell_reads_a_folder_and_says_what_was_read(tmp_path, capsys):
    from core.shell import main

    for name, data in {"a/1.png": encoded(grey(1)), "b/2.png": encoded(grey(2)), "b/3.png": b"text"}.items():
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_bytes(data)
    assert main(["pictures", str(tmp_path / "p")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["pictures"] == 2 and said["shape"] == [1, 8, 8] and said["classes"] == ["a", "b"] and said["test"] == 0
    assert said["notices"][0].startswith("1 of 3 pictures is skipped: b/3.png")
    assert main(["pictures", str(tmp_path / "nothing" / "here")]) == 2
    assert "error: there is no folder or file here" in capsys.readouterr().err
