"""Orders and what becomes of them: one server's client, real worker processes, a slow little method."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.method import Checkpoint
from core.spec import Spec
from dashboard.jobs import Client, JobsError, QueueFull, Store, connect, scheduler
from dashboard.jobs.recorder import RunRecorder, Slot
from dashboard.jobs.scheduler import Scheduler
from tests.dashboard.toys import folder_with_slow, reached, slow, until

ENDS = ("finished", "stopped", "failed", "interrupted")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with folder_with_slow(tmp_path_factory.mktemp("data")) as path:
        yield path


@pytest.fixture(scope="module")
def client(folder):
    made = Client(workers=2, threads=1, paused=1.5)
    yield made
    made.close()


@pytest.fixture(scope="module")
def store(folder):
    return Store()


def test_when_a_run_is_said_to_be_finished_all_of_it_is_there(client, store):
    id = client.submit(slow(length=40), "ann")
    run = reached(store, id, *ENDS)  # asked every 10 ms, so that a status before its curve would be seen
    curve, result = store.curve(id).columns, store.result(id)
    assert (run.status, run.step, run.total, run.message, run.viewer) == ("finished", 40, 40, "", "ann")
    np.testing.assert_array_equal(curve["loss"][0], np.arange(1, 41))
    np.testing.assert_array_equal(curve["mi_held_out"][0], np.arange(1, 41, 5))
    assert store.frames(id, "weights").tolist()[-1] == 40 and store.view(id, "weights")["weights"].shape == (1, 3)
    assert result["steps"] == result["steps_done"] == 40 and result["nothing"] is None
    assert result["interval"] == [result["mi"] - 1, result["mi"] + 1]
    assert result["trust"] == {"level": "amber", "reasons": ["A toy."]}
    assert 0.4 <= run.seconds == result["seconds"]  # 40 steps of 10 ms
    assert run.progress == 1 and run.eta is None and run.spec == slow(length=40).stamped(1)


def test_a_paused_run_stands_still_and_steps_when_told_and_goes_on(client, store):
    id = client.submit(slow(length=100_000))
    until(lambda: store.run(id).step > 3)
    assert store.run(id).eta is None or store.run(id).eta > 0
    client.pause(id)
    paused = reached(store, id, "paused")
    time.sleep(0.3)
    assert store.run(id).step == paused.step == store.curve(id).columns["loss"][0][-1]
    client.step(id)
    until(lambda: store.run(id).step > paused.step)
    client.step(id, 3)
    until(lambda: store.run(id).step == paused.step + 4)
    time.sleep(0.2)
    assert (store.run(id).step, store.run(id).status) == (paused.step + 4, "paused")
    client.resume(id)
    assert store.run(id).status == "running"
    until(lambda: store.run(id).step > paused.step + 10)
    client.stop(id)
    reached(store, id, "stopped")


def test_a_run_can_begin_with_a_few_steps_and_wait(client, store):
    id = client.submit(slow(length=1000), steps=2)
    assert reached(store, id, "paused").step == 2
    client.stop(id)
    assert reached(store, id, *ENDS).status == "stopped"


def test_after_a_while_a_paused_run_gives_its_slot_back_and_goes_on_from_there(client, store):
    ids = [client.submit(slow(length=60, seed=i), steps=5) for i in range(3)]
    for id in ids:  # two slots: the third gets one only when a paused one has left
        assert reached(store, id, "paused").step == 5
    time.sleep(2.5)  # now none of them holds a slot
    client.step(ids[0], 2)
    until(lambda: store.run(ids[0]).step == 7 and store.run(ids[0]).status == "paused")
    for id in ids:
        client.resume(id)
    for id in ids:
        assert reached(store, id, *ENDS).status == "finished"
        np.testing.assert_array_equal(store.curve(id).columns["loss"][0], np.arange(1, 61))


def test_stop_keeps_the_partial_result(client, store):
    id = client.submit(slow(length=100_000))
    until(lambda: store.run(id).step > 5)
    client.stop(id)
    # A second on an idle machine; the tests' machine may have other things to do.
    assert until(lambda: not store.run(id).active) < 5
    run = store.run(id)
    assert run.status == "stopped" and str(run.step) in run.message and run.resumable
    assert store.result(id)["steps"] == run.step and store.result(id)["mi"]


def test_stop_waits_for_the_result_of_a_training_whose_steps_are_slow(client, store):
    id = client.submit(slow(wait=6, length=100))
    until(lambda: store.run(id).step >= 1)
    client.stop(id)
    run = reached(store, id, *ENDS)
    assert run.status == "stopped" and store.result(id)["mi"] and "there is no" not in run.message


def test_stop_waits_for_a_training_that_makes_pictures_between_two_quick_steps():
    """IIC at a step a second, and a density network at ten, lost what they had beside other work."""
    quick = Slot("a", SimpleNamespace(), SimpleNamespace(), step=43, total=400, pace=0.1)
    assert 10 <= scheduler._patience(quick) <= scheduler._patience(dataclasses.replace(quick, pace=60.0)) <= 30
    assert scheduler._patience(dataclasses.replace(quick, step=0)) < 1  # it may be a closed form
    bursts = dataclasses.replace(quick, longest=8.0)  # pairs of columns: ten at once, then none for a while
    assert scheduler._patience(bursts) == 24


def test_a_stopped_run_without_a_result_says_whether_a_step_or_its_end_took_too_long(monkeypatch):
    ends: list[str] = []
    writer = SimpleNamespace(end=lambda id, status, message: ends.append(str(message)), update=lambda *_, **__: None)
    slot = Slot("a", SimpleNamespace(), SimpleNamespace(), step=22, total=45, stopping=True, patience=24.0)
    RunRecorder(writer).reap(slot)
    RunRecorder(writer)._on_acknowledged(slot, {})
    RunRecorder(writer).reap(slot)
    assert ends[0] == "Its step was not done within 24 s, so there is no result."
    assert ends[1] == "Its result was not computed within 120 s, so there is none."


def test_a_result_that_takes_a_minute_beside_others_is_waited_for(monkeypatch):
    alive = SimpleNamespace(is_alive=lambda: True, kill=lambda: pytest.fail("the worker was ended"))
    said = {"step": 5, "seconds": 1.0}
    pipe = SimpleNamespace(poll=lambda: False)
    slot = Slot("a", alive, pipe, step=5, total=10, stopping=True)
    nothing = SimpleNamespace(update=lambda *_, **__: None)
    scheduler = Scheduler.__new__(Scheduler)
    scheduler.slots, scheduler.recorder = {"a": slot}, RunRecorder(nothing)
    scheduler.recorder._on_finishing(slot, said)
    began = time.monotonic()
    monkeypatch.setattr("dashboard.jobs.scheduler.time.monotonic", lambda: began + 60)
    scheduler.poll()


def test_stopping_a_run_that_has_left_its_slot_computes_its_result(client, store):
    id = client.submit(slow(length=1000), steps=4)
    reached(store, id, "paused")
    time.sleep(2.5)
    client.stop(id)
    run = reached(store, id, *ENDS)
    assert run.status == "stopped" and store.result(id)["steps"] == 5  # one more from the checkpoint


def test_a_step_that_takes_for_ever_does_not_keep_stop_waiting(client, store):
    id = client.submit(slow(wait=100))
    reached(store, id, "running")
    until(lambda: store.run(id).total)
    client.stop(id)
    assert until(lambda: not store.run(id).active) < 8
    assert store.run(id).status == "stopped" and "so there is no result" in store.run(id).message


def test_a_resumed_run_is_equal_to_the_bit_to_one_that_was_never_interrupted(client, store):
    whole, broken = client.submit(slow(length=60, seed=3)), client.submit(slow(length=60, seed=3))
    until(lambda: store.run(broken).step > 20)
    client.stop(broken)
    stopped = reached(store, broken, *ENDS)
    assert stopped.status == "stopped" and stopped.step < 60
    client.resume(broken)
    for id in (whole, broken):
        assert reached(store, id, "finished").seconds >= 0.5
    for name in ("loss", "mi_held_out"):
        for one, other in zip(store.curve(whole).columns[name], store.curve(broken).columns[name], strict=True):
            np.testing.assert_array_equal(one, other)
    assert store.result(whole)["mi"] == store.result(broken)["mi"]


def test_a_matrix_of_critics_that_was_stopped_amid_its_first_pairs_goes_on_from_there(client, store):
    """Its checkpoint is of no pair yet, and Resume said that there was none."""
    data = {"table": "wine", "x": ["alcohol", "ash", "hue", "flavanoids"]}
    matrix = {"family": "sweeps", "method": "matrix", "parameters": {"method": "mine"}, "data": data, "device": "cpu"}
    id = client.submit(Spec.parse(matrix))
    until(lambda: store.run(id).step >= 1)
    client.stop(id)
    stopped = reached(store, id, *ENDS)
    assert stopped.resumable and stopped.checkpoint == 0
    client.resume(id)
    assert len(reached(store, id, "finished") and store.result(id)["long"]) == 6


def test_twenty_runs_of_five_viewers_take_turns_two_at_once_and_the_twenty_first_is_refused(client, store):
    ids = [client.submit(slow(length=100_000), "a") for _ in range(2)]
    until(lambda: all(store.run(id).status == "running" for id in ids))  # nobody else waited: both slots are a's
    ids += [client.submit(slow(length=100_000), viewer) for viewer in "aabbbbccccddddeeee"]
    with pytest.raises(QueueFull, match="20"):
        client.submit(slow(), "z")
    until(lambda: all(store.run(id).queue_place for id in ids[2:]))
    waiting = sorted((store.run(id) for id in ids[2:]), key=lambda r: r.queue_place)
    assert [r.queue_place for r in waiting] == list(range(1, 19)) and {r.status for r in waiting} == {"queued"}
    assert "".join(r.viewer for r in waiting) == "bcdea" * 2 + "bcde" * 2
    client.stop(ids[0])
    assert until(lambda: store.run(waiting[0].id).status == "running") < 10
    for id in reversed(ids):
        client.stop(id)
        assert sum(store.run(other).status == "running" for other in ids) <= 2
    for id in ids:
        assert reached(store, id, *ENDS).status == "stopped"


def test_a_run_that_learns_no_features_says_nothing_of_them(client, store):
    data = {"table": "penguins", "x": ["bill_length_mm", "body_mass_g"]}
    spec = Spec.parse({"family": "sweeps", "method": "matrix", "parameters": {"method": "gaussian"}, "data": data})
    run = reached(store, client.submit(spec), *ENDS)
    assert run.status == "finished" and not [said for said in run.notices if "features" in said]


def test_a_plain_fault_is_told_in_its_own_sentence(client, store):
    id = client.submit(slow(fault="value", at=3))
    assert reached(store, id, *ENDS).message == "column age holds 3 words; choose another."
    assert store.run(id).status == "failed" and store.curve(id).columns["loss"][0].tolist() == [1, 2, 3]


def test_an_internal_fault_names_itself_and_keeps_its_traceback_in_the_log(client, store, folder):
    id = client.submit(slow(fault="internal", at=3))
    run = reached(store, id, *ENDS)
    assert run.status == "failed" and "(KeyError" in run.message and "Traceback" not in run.message
    assert run.step == 3 and "step" not in run.message  # its line says after which
    assert "Traceback" in (folder / "logs" / f"{id}.log").read_text()


def test_a_diverging_run_names_the_step_and_keeps_its_last_finite_weights(client, store, folder):
    id = client.submit(slow(fault="nan", at=150, length=1000))
    run = reached(store, id, *ENDS)
    assert run.status == "failed" and "step 151" in run.message and "learning rate" in run.message
    kept = Checkpoint.load(folder / "runs" / id / "checkpoint.safetensors")
    assert 0 < kept.index <= 150 and all(t.isfinite().all() for t in kept.tensors.values() if t.is_floating_point())


def test_a_diverged_run_offers_no_resume_that_would_diverge_again(client, store):
    id = client.submit(slow(fault="nan", at=150, length=1000))
    run = reached(store, id, *ENDS)
    assert run.status == "failed" and not run.resumable, "the same weights and batches give the same nan"
    with pytest.raises(JobsError, match="start it again"):
        client.resume(id)


def test_pictures_are_kept_while_somebody_looks_and_once_at_the_end(client, store):
    watched, alone = (client.submit(slow(length=150)) for _ in range(2))
    until(lambda: store.run(watched).step > 0)
    while store.run(watched).active:
        client.watch(watched, ["weights", "no such picture"])
        time.sleep(0.05)
    reached(store, alone, "finished")
    assert store.frames(alone, "weights").tolist() == [150]
    run, frames = store.run(watched), store.frames(watched, "weights")
    assert 2 <= len(frames) <= run.seconds / 0.5 + 2 and frames[-1] == 150


def test_a_paused_run_shows_its_picture_to_who_looks(client, store):
    id = client.submit(slow(length=1000), steps=4)
    reached(store, id, "paused")
    client.watch(id, ["weights"])
    until(lambda: store.frames(id, "weights").tolist() == [4])
    client.stop(id)
    reached(store, id, "stopped")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device")
def test_a_device_that_is_not_here_is_said_and_the_run_goes_on_the_cpu(client, store):
    id = client.submit(slow(length=3, device="cuda"))
    run = reached(store, id, *ENDS)
    assert run.status == "finished" and any("cuda" in n and "CPU" in n for n in run.notices)


def test_orders_that_make_no_sense_are_refused_in_a_sentence(client, store):
    id = client.submit(slow(length=100_000))
    until(lambda: store.run(id).step)
    with pytest.raises(JobsError, match="stop it before"):
        client.delete(id)
    with pytest.raises(JobsError, match="pause it"):
        client.step(id)
    client.stop(id)
    reached(store, id, "stopped")
    with pytest.raises(JobsError, match="cannot be paused"):
        client.pause(id)
    client.delete(id)
    assert store.run(id) is None
    for order in (client.pause, client.resume, client.stop, client.delete):
        with pytest.raises(JobsError, match="no run"):
            order("abcdefghij01")
        with pytest.raises(JobsError, match="12 letters"):
            order("../escape")


def test_a_second_server_is_told_why_it_cannot_start_runs_and_can_read(client, store, folder):
    second = Client()
    try:
        with pytest.raises(JobsError, match="Another Infoscope server"):
            second.submit(slow())
        assert Store().runs()
    finally:
        second.close()
    assert reached(store, client.submit(slow(length=2)), *ENDS).status == "finished"


def test_a_process_has_one_client(tmp_path):
    with folder_with_slow(tmp_path):
        first = connect()
        assert connect() is first
        first.close()


def test_the_supervisor_loads_no_torch_and_nothing_here_loads_streamlit():
    code = (
        "import sys, dashboard.jobs.supervisor, dashboard.jobs;"
        "print(sorted({'torch', 'sklearn', 'streamlit', 'plotly'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
