"""What learners share: best weights, clipping, layers, schedules, the order of parameters, and one end before any step."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core import discover, params
from core.learning import best
from core.learning.layers import BatchedLinear, clip_each, one_stream, stream_each
from core.learning.scaling import Scale
from core.learning.schedules import cosine, late_cosine
from core.learning.training import Training
from core.learning.views import PictureViews, _hue
from core.method import Checkpoint, Source


def training(module: torch.nn.Module) -> Training:
    return Training(module, torch.optim.Adam(module.parameters(), 0.1), torch.Generator().manual_seed(0))


def test_of_networks_side_by_side_each_keeps_its_own_best_weights():
    layer = BatchedLinear(3, 2, one_stream(2, torch.Generator().manual_seed(0)))
    run, first = training(layer), layer.weight.detach().clone()
    best.keep(run, torch.tensor([True, True]))
    with torch.no_grad():
        layer.weight += 1
    asked = best.merged(run, torch.tensor([False, True]))
    assert torch.equal(best.kept(run)["weight"], first), "asking changes nothing"
    assert torch.equal(asked["weight"], torch.stack([first[0], first[1] + 1]))
    with torch.no_grad():
        layer.weight += 1  # what was kept is a copy
    assert torch.equal(asked["weight"][1], first[1] + 1)


def test_best_weights_are_in_the_checkpoint_with_those_of_layers_that_count(tmp_path):
    run = training(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)))
    assert best.kept(run) == {}
    best.keep(run, torch.tensor(True))
    run.checkpoint().save(tmp_path / "c")
    again = training(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3)))
    again.restore(Checkpoint.load(tmp_path / "c"))
    assert best.kept(again).keys() == run.module.state_dict().keys()
    assert all(torch.equal(value, best.kept(run)[name]) for name, value in best.kept(again).items())


@pytest.mark.parametrize("squares", [False, True])
def test_each_networks_gradient_is_clipped_by_its_own_norm(squares):
    layer = BatchedLinear(3, 2, one_stream(2, torch.Generator().manual_seed(0)))
    layer.weight.grad, layer.bias.grad = torch.zeros(2, 3, 2), torch.zeros(2, 1, 2)
    layer.weight.grad[0, 0], layer.bias.grad[1, 0, 0] = torch.tensor([30.0, 40.0]), 2.0
    clip_each(layer, 5.0, squares)
    assert layer.weight.grad[0, 0].tolist() == pytest.approx([3.0, 4.0], rel=1e-5)
    assert layer.bias.grad[1, 0].tolist() == [2.0, 0.0]


def test_with_a_stream_each_the_first_network_is_the_same_however_many_there_are():
    of = lambda n: BatchedLinear(4, 3, stream_each([torch.Generator().manual_seed(7 + i) for i in range(n)]))  # noqa: E731
    assert torch.equal(of(1).weight[0], of(3).weight[0]) and torch.equal(of(1).bias[0], of(3).bias[0])
    assert not torch.equal(of(3).weight[0], of(3).weight[1]) and of(3).weight.abs().max() <= 0.5


def test_a_late_cosine_is_flat_in_the_first_half():
    assert [late_cosine(i, 100) for i in (0, 25, 50)] == [1, 1, 1]
    assert late_cosine(100, 100) == cosine(100, 100) == pytest.approx(0.01)


def test_a_constant_column_of_y_keeps_its_unit_or_its_own_size_where_that_is_less():
    scale = Scale.of_columns(np.array([[1.0, 5.0, 1e-3], [3.0, 5.0, 1e-3]]))
    assert scale.span[:2].tolist() == [1.0, 1.0] and 0 < scale.span[2] <= 1e-3
    assert np.allclose(scale(np.array([[3.0, 5.0, 1e-3]])), [[1, 0, 0]])


def test_parameters_of_a_nearer_class_come_before_those_of_one_further_up():
    names = list(params.parameters(discover.load("encoders", "mine")))
    assert names[-2:] == ["random_state", "device"]
    assert names.index("negatives") < names.index("n_features") < names.index("epochs") < names.index("learning_rate")
    iic = list(params.parameters(discover.load("clusterers", "iic")))
    views = [n for n in iic if params.parameters(discover.load("clusterers", "iic"))[n].field.group == "Views"]
    assert views == ["neighbours", "lag", "copies", "rotation", "crop", "jitter", "flip", "noise", "mask"]


@pytest.mark.parametrize("family", ["estimators", "encoders", "clusterers", "densities", "projections", "pitfalls"])
def test_a_method_without_a_step_says_so_at_its_end(family):
    for name in discover.names(family):
        with pytest.raises(ValueError, match="has not taken a step yet"):
            discover.load(family, name)().finish()


def test_a_pitfall_that_is_stopped_within_its_first_epoch_says_so(monkeypatch):
    from core.clusterers import IIC

    monkeypatch.setattr(IIC, "steps", lambda self, source: iter(()))
    method = discover.load("pitfalls", "labels_for_choosing")()
    pictures = np.random.default_rng(0).random((40, 1, 8, 8))
    assert list(method.steps(Source(pictures, labels=np.arange(40) % 2))) == []
    with pytest.raises(ValueError, match="has not taken a step yet"):
        method.finish()


def test_views_of_photographs_keep_their_range_and_a_fifth_of_them_are_grey():
    """Windows of a part of the area from anywhere; colours turn about the axis of greys, which itself stays."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(500, 3, 16, 16, generator=generator)
    views = PictureViews(12, 25.0, 0.5, jitter=0.4, photo=True)
    varied = views.vary(x, torch.Generator().manual_seed(1))
    assert varied.shape == (500, 3, 12, 12) and varied.min() >= 0 and varied.max() <= 1
    grey = (varied - varied.mean(1, keepdim=True)).abs().amax((1, 2, 3)) < 1e-5
    assert 0.14 < grey.float().mean() < 0.26
    flat = torch.full((4, 3, 16, 16), 0.5)
    out = views.vary(flat, torch.Generator().manual_seed(1))
    assert (out - out.mean(1, keepdim=True)).abs().max() < 1e-6, "grey has no hue"
    theta = views._windows(x, torch.Generator().manual_seed(2))
    area = theta[:, 0, 0] * theta[:, 1, 1]
    assert (theta[:, :, :2].abs().sum(2) + theta[:, :, 2].abs()).max() <= 1 + 1e-6, "nothing outside the picture"
    assert area.min() > 0.2 and area.max() > 0.85 and (theta[:, :, 2].abs() > 0.3).any()
    mirrored = replace(views, flip=True)._windows(x, torch.Generator().manual_seed(2))
    assert 0.4 < (mirrored[:, 0, 0] < 0).float().mean() < 0.6
    assert torch.equal(mirrored[:, 0, 0].abs(), theta[:, 0, 0])


def test_a_hue_turned_about_a_third_of_the_circle_makes_red_green():
    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    third = torch.full((1, 1, 1, 1), 2 * math.pi / 3)
    turned = red.mean() + _hue(red - red.mean(), third)
    assert torch.allclose(turned.flatten(), torch.tensor([0.0, 1.0, 0.0]), atol=1e-6)
