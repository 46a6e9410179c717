"""The pairs of a matrix on a Dask cluster: the same numbers, also where a worker is lost on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from core import mi_matrix
from core.analysis.matrix import Pairs
from core.data.tables import table_of


def mixed(n: int = 1_500, d: int = 15) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(n, d)), columns=[f"c{i}" for i in range(d)])
    frame["c1"] += frame["c0"]
    frame["kind"] = pd.Categorical(np.array(list("abc"))[np.digitize(frame["c0"], [-0.5, 0.5])])
    frame["whole"] = frame["c1"].round().clip(-2, 2).astype(int)
    return frame.where(rng.random(frame.shape) > 0.01)


def test_one_worker_of_two_is_killed_and_every_pair_is_as_it_is_here():
    distributed = pytest.importorskip("distributed", reason="a cluster needs the package distributed, an optional one")
    table = table_of(mixed())
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        pairs = Pairs(table, scheduler=cluster.scheduler_address)
        rows = iter(pairs)
        next(rows)
        victim, *_ = client.run(os.getpid).values()
        os.kill(victim, signal.SIGKILL)
        assert sum(1 for _ in rows) == len(pairs) - 1 == 135
        found = pairs.matrix()
    here = mi_matrix(table)
    key = ["x", "y"]
    one, other = (m.long.sort_values(key, ignore_index=True) for m in (found, here))
    numbers = [name for name in one if name not in ("reasons", "trust", "method", *key)]
    assert one[[*key, "trust"]].equals(other[[*key, "trust"]])
    # Where its arrays lie in memory may change the last digit of a sum.
    np.testing.assert_allclose(one[numbers].to_numpy(float), other[numbers].to_numpy(float), rtol=1e-9, atol=1e-12)
    assert [str(said) for said in one["reasons"]] == [str(said) for said in other["reasons"]]
    np.testing.assert_allclose(found.mi, here.mi, rtol=1e-9, atol=1e-12)


def test_without_the_package_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"scheduler='tcp://10\.0\.0\.1:8786' needs the package distributed"):
        mi_matrix(mixed(100, 3), scheduler="tcp://10.0.0.1:8786")


def test_an_address_where_nobody_answers_is_named():
    pytest.importorskip("distributed", reason="a cluster needs the package distributed, an optional one")
    with pytest.raises(ValueError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        mi_matrix(mixed(100, 3), scheduler="tcp://127.0.0.1:9")


def test_the_package_is_not_imported_unless_it_is_asked_for():
    code = (
        "import sys, numpy as np; from core import mi_matrix; mi_matrix(np.random.default_rng(0).normal(size=(30, 2)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", f"{code}; print('distributed' in sys.modules)"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert said.stdout.strip() == "False", said.stderr
