"""Small networks train on one thread, whatever the caller has set, and the caller finds his own number again."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice

import pytest
import torch

from core import device
from core.densities import MDN
from core.distributions import make
from core.estimators import MINE
from core.learning.training import Training
from core.method import Source


@pytest.fixture
def three():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def inside(monkeypatch):
    """The number of threads at every optimiser step."""
    seen, real = [], torch.optim.Adam.step
    monkeypatch.setattr(
        torch.optim.Adam, "step", lambda *a, **k: (seen.append(torch.get_num_threads()), real(*a, **k))[1]
    )
    return seen


@pytest.mark.parametrize("cls", [MINE, MDN])
def test_steps_are_done_on_one_thread_and_the_caller_has_his_own_between_them(cls, three, inside):
    method = cls(iterations=4, device="cpu")
    outside = [torch.get_num_threads() for _ in method.steps(Source(*make("gaussian").sample(100, 0)))]
    method.finish()
    assert inside and set(inside) == {1}
    assert set(outside) == {3} and torch.get_num_threads() == 3


@pytest.mark.parametrize("cls", [MINE, MDN])
def test_a_large_network_keeps_the_callers_threads(cls, three, inside):
    list(islice(cls(hidden=512, device="cpu").steps(Source(*make("gaussian").sample(60, 0))), 1))
    assert set(inside) == {3}


def test_an_end_in_the_middle_and_an_error_give_the_threads_back(three):
    steps = MINE(device="cpu").steps(Source(*make("gaussian").sample(100, 0)))
    next(steps)
    steps.close()
    assert torch.get_num_threads() == 3

    def fails(index):
        assert torch.get_num_threads() == 1
        raise ArithmeticError

    module = torch.nn.Linear(1, 1)
    training = Training(module, torch.optim.SGD(module.parameters()), torch.Generator(), threads=1)
    with pytest.raises(ArithmeticError):
        next(training.iterate(fails, 1, None))
    assert torch.get_num_threads() == 3


def test_the_scoring_and_the_pictures_are_done_on_one_thread_as_well(three, monkeypatch):
    method, seen = MINE(iterations=2, device="cpu"), []
    for _ in method.steps(Source(*make("gaussian").sample(100, 0))):
        pass
    real = method._run._score
    monkeypatch.setattr(method._run, "_score", lambda *a: (seen.append(torch.get_num_threads()), real(*a))[1])
    method.finish()
    method.view("scores")
    assert seen and set(seen) == {1} and torch.get_num_threads() == 3


@pytest.mark.parametrize(("own", "told"), [(None, "PASSIVE"), ("active", "ACTIVE")])
def test_threads_of_larger_networks_wait_asleep_unless_the_user_wants_otherwise(own, told):
    """What the OpenMP library that torch brings has understood, which it prints when it is loaded."""
    environment = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"} | {"OMP_DISPLAY_ENV": "TRUE"}
    environment |= {"OMP_WAIT_POLICY": own} if own else {}
    script = "import os, core; print(os.environ['OMP_WAIT_POLICY'].upper()); from core.learning import training"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == told
    said = [line for line in done.stderr.splitlines() if "OMP_WAIT_POLICY" in line]
    assert (said or not sys.platform.startswith("linux")) and all(f"'{told}'" in line for line in said)


def test_none_leaves_the_threads_alone(three):
    with device.threads(None):
        assert torch.get_num_threads() == 3
