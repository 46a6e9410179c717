"""The store: what is written is read back, decimated without losing extremes, and nothing survives half."""

from __future__ import annotations

import errno
import time

import numpy as np
import pytest
import torch

from core import files
from core.method import Checkpoint, Step
from dashboard.jobs import Curve, JobsError, Store, packing, saving
from dashboard.jobs import store as store_module
from dashboard.jobs.queue import FairQueue
from dashboard.jobs.recorder import RunRecorder
from dashboard.jobs.records import check_id
from dashboard.jobs.writer import FRAMES, Writer

ID = "abcdefghij01"


@pytest.fixture
def writer(tmp_path):
    made = Writer(tmp_path)
    made.add(ID, '{"family": "estimators", "method": "gone", "data": {"problem": "inverse"}}', "ann")
    yield made
    made.close()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs.sqlite")


def put(writer, first, last, value=float):
    """Steps first … last with a loss each, and a held-out value every tenth."""
    steps = [Step(i, {"loss": value(i)} | ({"mi": -i} if i % 10 == 0 else {})) for i in range(first, last + 1)]
    writer.batch(ID, first, last, packing.pack_steps(steps), step=last)


def test_a_snapshot_has_few_points_and_keeps_the_spike_and_each_columns_own_steps(writer, store):
    for first in range(1, 20_001, 1000):
        put(writer, first, first + 999, lambda i: 1e6 if i == 7777 else float(np.sin(i)))
    drawn = store.snapshot(ID, points=500)
    steps, values = drawn.columns["loss"]
    assert len(steps) <= 500 and values.max() == 1e6 and steps[values.argmax()] == 7777
    assert (drawn.columns["mi"][0] % 10 == 0).all() and (drawn.columns["mi"][1] == -drawn.columns["mi"][0]).all()


def test_reading_on_gives_what_reading_whole_gives(writer, store):
    put(writer, 1, 15)
    read = store.curve(ID)
    put(writer, 16, 40)
    put(writer, 41, 43)
    later = store.curve(ID, after=read.last)
    assert later.columns["loss"][0][0] == 16
    read, whole = read.joined(later), store.curve(ID)
    for name in ("loss", "mi"):
        for mine, all_of_it in zip(read.columns[name], whole.columns[name], strict=True):
            np.testing.assert_array_equal(mine, all_of_it)


def test_after_a_resume_no_step_is_there_twice_for_old_and_new_readers(writer, store):
    put(writer, 1, 15)
    put(writer, 16, 40)
    held = store.curve(ID)
    store.snapshot(ID)
    writer.frame(ID, "critic", 12, packing.pack({"t": np.zeros(1)}))
    writer.frame(ID, "critic", 38, packing.pack({"t": np.zeros(1)}))
    writer.go_back(ID, 20)
    put(writer, 21, 30, lambda i: 100.0 + i)
    for curve in (store.curve(ID), store.snapshot(ID), held.joined(store.curve(ID, after=held.last))):
        steps, values = curve.columns["loss"]
        np.testing.assert_array_equal(steps, np.arange(1, 31))
        assert values[19] == 20 and values[20] == 121
        np.testing.assert_array_equal(curve.columns["mi"][0], [10, 20, 30])
    assert store.frames(ID, "critic").tolist() == [12]


def test_joining_nothing_changes_nothing():
    curve = Curve({"a": (np.array([1]), np.array([2.0]))}, 3)
    assert curve.joined(Curve({}, 3)) is curve


def test_values_that_are_not_finite_leave_no_trace(writer, store):
    put(writer, 1, 3, lambda i: float("nan") if i == 2 else float("inf") if i == 3 else 1.0)
    assert store.curve(ID).columns["loss"][0].tolist() == [1]


def test_of_many_frames_few_are_kept_evenly_and_the_first_and_last_always(writer, store):
    for step in range(1, 301):
        writer.frame(ID, "critic", step, packing.pack({"t": np.full((2, 2), step)}))
        assert store.frames(ID, "critic")[-1] == step
    at = store.frames(ID, "critic")
    assert len(at) == FRAMES and at[0] == 1
    assert np.diff(at).max() <= 4 * 300 / FRAMES  # thinning pairs of neighbours leaves gaps of a few mean widths
    assert store.view(ID, "critic")["t"][0, 0] == 300
    assert store.view(ID, "critic", int(at[5]) + 0)["t"][0, 0] == at[5]
    assert store.view(ID, "critic", 0) is None and store.view(ID, "other") is None


def test_arrays_come_back_as_they_were_text_and_shapes_included():
    arrays = {
        "f": np.eye(3, dtype=np.float32),
        "i": np.array(7),
        "b": np.array([True, False]),
        "t": np.array([["é", "中文"]]),
        "e": np.empty((0, 2)),
    }
    for name, back in packing.unpack(packing.pack(arrays)).items():
        np.testing.assert_array_equal(back, arrays[name])
        assert back.shape == arrays[name].shape
    with pytest.raises(ValueError, match="'o' holds object"):
        packing.pack({"o": np.array([object()])})


def test_runs_keep_their_order_when_the_clock_is_set_back(writer, store, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 5.0)
    writer.add("zzzzzzzzzzzz", "{}", "bob")
    assert [run.id for run in store.runs()] == ["zzzzzzzzzzzz", ID]
    assert [run.id for run in store.runs(viewer="ann")] == [ID] and len(store.runs(limit=1)) == 1


def test_a_run_whose_method_is_gone_is_still_listed_and_says_so(store, writer):
    run = store.run(ID)
    assert run.spec is None and "gone" in run.spec_fault and run.spec_dict["method"] == "gone"


def test_a_store_that_is_not_there_is_empty_and_stays_away(tmp_path):
    store = Store(tmp_path / "none" / "runs.sqlite")
    assert store.run(ID) is None and store.runs() == [] and store.curve(ID).columns == {} and store.result(ID) is None
    assert not (tmp_path / "none").exists()


def test_a_store_is_read_after_its_writer_has_gone(tmp_path, writer, store):
    put(writer, 1, 3)
    writer.close()
    assert store.run(ID).step == 3 and len(store.curve(ID).columns["loss"][0]) == 3


def test_a_damaged_store_is_said_in_one_sentence_and_left_alone(tmp_path):
    (tmp_path / "runs.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(JobsError, match="damaged"):
        Writer(tmp_path)
    with pytest.raises(JobsError, match="cannot be read"):
        Store(tmp_path / "runs.sqlite").runs()
    assert (tmp_path / "runs.sqlite").read_bytes().startswith(b"not a database")


def test_a_store_of_a_newer_version_is_refused(tmp_path, writer):
    writer._database.execute("PRAGMA user_version = 99")
    with pytest.raises(JobsError, match="newer version"):
        Writer(tmp_path)


@pytest.mark.parametrize("id", ["../../etc/pas", "", "ABCDEFGHIJKL", "abcdefghij0", "abcdefghij01\n", None])
def test_what_is_no_id_becomes_part_of_no_path(id):
    with pytest.raises(JobsError, match="12 letters and digits"):
        check_id(id)


def test_deleting_a_run_leaves_nothing_of_it(tmp_path, writer, store):
    put(writer, 1, 3)
    writer.frame(ID, "critic", 1, packing.pack({"t": np.zeros(1)}))
    writer.files(ID).mkdir(parents=True)
    writer.checkpoint(ID).write_bytes(b"x")
    writer.delete(ID)
    assert store.run(ID) is None and store.curve(ID).columns == {} and store.view(ID, "critic") is None
    assert not writer.files(ID).exists()


def test_a_full_disk_leaves_the_old_checkpoint_whole_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "runs" / "checkpoint.safetensors"
    assert saving.save(Checkpoint(5, {"w": torch.ones(3)}), path) == 5

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)  # when it has been written beside
    with pytest.raises(OSError, match="No space"):
        saving.save(Checkpoint(6, {"w": torch.zeros(3)}), path)
    assert Checkpoint.load(path).index == 5 and [p.name for p in path.parent.iterdir()] == [path.name]
    monkeypatch.undo()
    assert saving.save(Checkpoint(7, {"w": torch.zeros(3)}), path) == 7 == Checkpoint.load(path).index


def test_what_a_full_disk_refused_is_written_in_order_once_there_is_room(writer, store):
    recorder = RunRecorder(writer)
    pages = writer.one("PRAGMA page_count")[0]
    writer._database.execute(f"PRAGMA max_page_count = {pages + 5}")  # SQLite's own way to a disk that is full
    for first in range(1, 4001, 400):
        steps = packing.pack_steps([Step(i, {"loss": float(i)}) for i in range(first, first + 400)])
        recorder.write(writer.batch, ID, first, first + 399, steps, step=first + 399)
    recorder.write(writer.end, ID, status="finished")
    assert store.run(ID).status == "queued" and store.run(ID).step < 4000 and not recorder.flush()
    writer._database.execute("PRAGMA max_page_count = 100000")
    assert recorder.flush() and store.run(ID).status == "finished"
    np.testing.assert_array_equal(store.curve(ID).columns["loss"][0], np.arange(1, 4001))


def test_weights_that_are_not_finite_never_replace_finite_ones(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    saving.save(Checkpoint(5, {"w": torch.ones(3)}), path)
    assert saving.save(Checkpoint(6, {"w": torch.tensor([1.0, float("nan")])}), path) is None
    assert Checkpoint.load(path).index == 5


def test_a_result_is_plain_json():
    said = {"a": np.float32(0.5), "b": float("nan"), "c": (np.arange(2), torch.ones(1)), "d": np.bool_(True), 3: None}
    assert files.plain(said) == {"a": 0.5, "b": None, "c": [[0, 1], [1.0]], "d": True, "3": None}


def test_the_queue_takes_viewers_in_turn_and_tells_the_places_beforehand():
    queue = FairQueue()
    for entry in ("a1", "a2", "a3", "b1", "c1", "b2"):
        queue.add(entry, entry[0])
    told = list(queue.order())
    assert told == ["a1", "b1", "c1", "a2", "b2", "a3"]
    served = [queue.pop(), queue.pop()]
    queue.add("c2", "c")
    queue.remove("b2")
    served += [queue.pop() for _ in range(len(queue))]
    assert served == ["a1", "b1", "c1", "a2", "c2", "a3"]
    with pytest.raises(IndexError):
        queue.pop()


@pytest.fixture
def opened(monkeypatch):
    """How often the store's file has been opened, and the questions that it was asked."""
    seen = {"opened": 0, "asked": []}

    def counting(path):
        seen["opened"] += 1
        database = real(path)
        database.set_trace_callback(seen["asked"].append)
        return database

    real = store_module._open
    monkeypatch.setattr(store_module, "_open", counting)
    return seen


def test_what_is_read_in_a_moment_is_one_snapshot_and_is_asked_once(writer, store, opened):
    put(writer, 1, 10)
    with store.moment():
        assert store.run(ID).step == 10
        put(writer, 11, 20)
        assert store.run(ID).step == 10 and store.snapshot(ID).columns["loss"][0][-1] == 10
        for _ in range(5):
            store.run(ID), store.result(ID), store.view(ID, "critic"), store.snapshot(ID)
    assert opened["opened"] == 1 and len(opened["asked"]) == len(set(opened["asked"]))
    assert store.run(ID).step == 20 and store.snapshot(ID).columns["loss"][0][-1] == 20


def test_a_moment_that_ends_by_an_error_leaves_nothing_open(writer, store, opened):
    with pytest.raises(RuntimeError), store.moment():
        store.run(ID)
        raise RuntimeError
    put(writer, 1, 3)
    assert store.run(ID).step == 3 and opened["opened"] == 2
