"""A run that is stopped early keeps where it stood, and can go on."""

from __future__ import annotations

import itertools

import torch

from core.method import Checkpoint
from core.spec import Spec
from dashboard.jobs import saving


def _checkpoint_at(step: int) -> Checkpoint:
    data = {"distribution": {"name": "gaussian"}, "n": 400}
    spec = Spec.parse(
        {"family": "estimators", "method": "mine", "parameters": {"iterations": 3_000}, "data": data, "device": "cpu"}
    )
    method = spec.build()
    for _ in itertools.islice(method.steps(spec.source()), step):
        pass
    return method.checkpoint()


def test_a_critic_is_kept_before_its_first_look_at_validation_rows(tmp_path):
    assert saving.save(_checkpoint_at(3), tmp_path / "checkpoint") == 3
    assert Checkpoint.load(tmp_path / "checkpoint").index == 3


def test_weights_that_are_not_finite_never_replace_finite_ones(tmp_path):
    file = tmp_path / "checkpoint"
    good = _checkpoint_at(3)
    saving.save(good, file)
    for name in ("module.", "optimiser.", "extra."):
        key = next(k for k, t in good.tensors.items() if k.startswith(name) and t.is_floating_point())
        spoilt = good.tensors | {key: torch.full_like(good.tensors[key], torch.nan)}
        assert saving.save(Checkpoint(4, spoilt, good.meta), file) is None
    assert Checkpoint.load(file).index == 3
