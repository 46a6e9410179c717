"""What is left when a worker, the supervisor or the whole server is killed without warning."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from dashboard.jobs import Client, Store
from tests.dashboard.toys import folder_with_slow, reached, slow, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is not a word of Windows")

SERVER = """
import sys, time
from dashboard.jobs import connect
from tests.dashboard.toys import slow
client = connect(workers=2)
print(client._process.pid, flush=True)
print(client.submit(slow(length=3)), flush=True)
print(client.submit(slow(length=100_000)), flush=True)
print(client.submit(slow(length=250, seed=3)), flush=True)
print(client.submit(slow(length=5, seed=4)), flush=True)
time.sleep(1000)
"""


@pytest.fixture
def folder(tmp_path):
    with folder_with_slow(tmp_path) as path:
        yield path


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return (
            "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
            if sys.platform == "linux"
            else not os.kill(pid, 0)
        )
    except (OSError, ProcessLookupError):
        return False


def workers(folder: Path) -> list[int]:
    """The worker processes of this folder that live: each leaves its number when it begins."""
    return [int(p.name) for p in (folder / "pids").glob("*") if alive(int(p.name))]


def test_a_killed_worker_is_told_within_seconds_and_the_next_job_starts_and_it_can_be_resumed(folder):
    client, store = Client(workers=1, threads=1), Store()
    try:
        whole = client.submit(slow(length=200, seed=3))
        reached(store, whole, "finished")
        killed, waiting = client.submit(slow(length=200, seed=3)), client.submit(slow(length=5))
        until(lambda: store.run(killed).checkpoint)
        os.kill(*workers(folder), signal.SIGKILL)
        assert until(lambda: store.run(killed).status == "failed") < 3
        run = store.run(killed)
        assert "SIGKILL" in run.message and f"step {run.checkpoint}" in run.message and run.resumable
        assert reached(store, waiting, "finished", "failed").status == "finished"
        client.resume(killed)
        assert reached(store, killed, "finished", "failed").status == "finished"
        assert store.result(killed)["mi"] == store.result(whole)["mi"]
        for one, other in zip(store.curve(killed).columns["loss"], store.curve(whole).columns["loss"], strict=True):
            np.testing.assert_array_equal(one, other)
    finally:
        client.close()


def test_a_killed_server_loses_no_result_leaves_no_process_and_its_runs_go_on_later(folder):
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    store = Store()
    supervisor, done, endless, broken, queued = (server.stdout.readline().strip() for _ in range(5))
    reached(store, done, "finished")
    result = store.result(done)
    until(lambda: store.run(endless).checkpoint and store.run(broken).checkpoint)
    seen = store.run(broken)
    processes = workers(folder)
    assert len(processes) == 2 and alive(int(supervisor))
    server.kill()
    server.wait()
    assert until(lambda: not alive(int(supervisor)) and not workers(folder)) < 5

    client = Client(workers=2, threads=1)
    try:
        assert store.result(done) == result and store.run(done).status == "finished"
        assert reached(store, queued, "finished").step == 5  # it had not begun: it waits again and gets its turn
        for id in (endless, broken):
            run = store.run(id)
            assert run.status == "interrupted" and "Resume goes on" in run.message and run.resumable
        assert store.run(broken).checkpoint >= seen.checkpoint
        client.resume(broken)
        finished = reached(store, broken, "finished", "failed")
        steps = store.curve(broken).columns["loss"][0]
        assert finished.status == "finished" and finished.seconds > seen.seconds
        np.testing.assert_array_equal(steps, np.arange(1, 251))
    finally:
        client.close()
    assert not workers(folder)


def test_a_killed_supervisor_is_replaced_and_its_runs_say_that_they_were_interrupted(folder):
    client, store = Client(workers=1, threads=1), Store()
    try:
        id = client.submit(slow(length=100_000))
        until(lambda: store.run(id).checkpoint)
        begun = time.monotonic()
        os.kill(client._process.pid, signal.SIGKILL)
        assert until(lambda: store.run(id).status == "interrupted") < 5
        until(lambda: not workers(folder))
        assert time.monotonic() - begun < 5
        client.resume(id)
        saved = store.run(id).checkpoint
        until(lambda: store.run(id).status == "running" and store.run(id).step > saved)
        client.stop(id)
        assert reached(store, id, "stopped").message
    finally:
        client.close()


def test_a_run_that_its_server_closed_has_its_last_steps_in_the_checkpoint(folder):
    client, store = Client(workers=1, threads=1), Store()
    id = client.submit(slow(length=100_000))
    until(lambda: store.run(id).step > 5)
    client.close()
    run = store.run(id)
    assert run.status == "interrupted" and run.checkpoint == run.step == store.curve(id).columns["loss"][0][-1]
