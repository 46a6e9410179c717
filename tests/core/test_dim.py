"""Deep InfoMax: its three terms, the sign of its prior, what it makes of pictures and tables, and how it comes back."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from core import saved
from core.encoders import DIM
from core.encoders.dim import OBJECTIVES
from core.evaluation import dependence
from core.evaluation.probes import probe
from core.learning import critics, local, maps, prior
from core.learning.layers import one_stream
from core.method import Checkpoint, Source

SMALL = {"epochs": 2, "width": 8, "hidden": 16, "batch_size": 100, "device": "cpu"}


def pictures(n: int = 400) -> Source:
    data = load_digits()
    return Source(np.rint(data.images[:n, None] * 255 / 16).astype(np.uint8), labels=data.target[:n])


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def trained():
    model = DIM(device="cpu", epochs=10, n_features=16)
    model.history_ = list(model.steps(pictures(1_797)))
    return model.finish()


def test_a_critic_that_says_nothing_has_the_loss_of_a_coin():
    """T = 0: the logistic objective is −2 ln 2, the two bounds of information are 0."""
    joint, marginal = torch.zeros(9, 20), torch.zeros(9, 19, 20)
    assert torch.allclose(-OBJECTIVES["jsd"](joint, marginal), torch.full((9,), 2 * math.log(2)))
    for name in ("infonce", "dv"):
        assert torch.allclose(OBJECTIVES[name](joint, marginal), torch.zeros(9), atol=1e-6)


@pytest.mark.parametrize("kind", ["dot", "concat", "codes"])
def test_scores_of_places_are_those_of_the_critic_one_by_one(kind):
    objective = {"objective": "codes"} if kind == "codes" else {"objective": "infonce", "critic": kind}
    critic = DIM(**objective, hidden=8, temperature=0.5)._critic(5, 3, seeded()).eval()
    if kind == "codes":  # letters that meet as often as chance has it say nothing
        assert local.scores(critic, torch.randn(6, 4, 5), torch.randn(4, 3), [1])[0].abs().max() < 1e-5
        critic.table.copy_(torch.rand(critic.table.shape, generator=seeded()))
    map_, y = torch.randn(4, 5, 2, 3, generator=seeded()), torch.randn(4, 3, generator=seeded(1))
    joint, marginal = local.scores(critic, local.places(map_), y, [1, 3])
    assert joint.shape == (6, 4) and marginal.shape == (6, 2, 4)
    alone = lambda place, i, j: critic(map_[i, :, place // 3, place % 3][None, None], y[j][None, None])  # noqa: E731
    for place, i in ((0, 0), (4, 2), (5, 3)):
        assert torch.allclose(joint[place, i], alone(place, i, i).squeeze(), atol=1e-5)
        for s, shift in enumerate((1, 3)):
            assert torch.allclose(marginal[place, s, i], alone(place, i, (i - shift) % 4).squeeze(), atol=1e-5)


def test_scores_of_the_dot_critic_stay_within_the_temperature():
    critic = critics.Cosine(4, 3, [8, 8], 0.1, one_stream(1, seeded()))
    scores = critic.matrix(100 * torch.randn(1, 9, 4), torch.randn(1, 7, 3))
    assert scores.shape == (1, 9, 7) and scores.abs().max() <= 10.0001


def test_both_players_of_the_prior_have_opposite_signs():
    """What pleases the encoder hurts the discriminator, and neither moves the other's weights."""
    game = prior.UniformPrior(3, seeded())
    y = torch.randn(50, 3, generator=seeded()).requires_grad_()
    encoder, discriminator = game(y, seeded(1))
    (of_encoder,) = torch.autograd.grad(encoder, y, retain_graph=True)
    assert not any(w.grad is not None for w in game.parameters())
    weights = torch.autograd.grad(encoder, list(game.parameters()), allow_unused=True, retain_graph=True)
    assert all(g is None for g in weights)
    assert torch.autograd.grad(discriminator, y, allow_unused=True, retain_graph=True) == (None,)
    with torch.no_grad():  # a step of the encoder down its own term raises the discriminator's
        moved = game(y - 5.0 * of_encoder, seeded(1))
    assert moved[0] < encoder and moved[1] > discriminator


def test_the_prior_alone_makes_any_features_uniform_and_the_wrong_sign_drives_them_away():
    """Features begin far from uniform, 3 + N(0, 1); one descent each way."""
    found = {}
    for sign in (1.0, -1.0):
        game, y = prior.UniformPrior(2, seeded()), torch.randn(400, 2, generator=seeded()).add(3).requires_grad_()
        adam = torch.optim.Adam([{"params": [y], "lr": 0.05}, {"params": game.parameters(), "lr": 2e-3}])
        for step in range(250):
            terms = game(y, seeded(step))
            adam.zero_grad()
            (sign * terms.loss_prior + terms.loss_discriminator).backward()
            adam.step()
        found[sign] = float(prior.ks(y.detach()).mean())
    assert found[1.0] < 0.25 and found[-1.0] > 0.9, found


def test_ks_and_histogram_know_a_uniform_variable():
    u = torch.rand(4_000, 2, generator=seeded(), dtype=torch.float64)
    y = torch.log(u / (1 - u))
    assert prior.ks(y).max() < 0.04 and (prior.histogram(y) - 1).abs().max() < 0.2
    assert prior.ks(torch.full((50, 1), -40.0)) == pytest.approx(1.0)
    ends = prior.histogram(torch.full((50, 1), 40.0))
    assert ends[-1] == prior.BINS and ends[:-1].sum() == 0


def test_dependence_of_columns_is_that_of_the_gaussian_and_none_of_independent_ones():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(12_000, 2))
    pair = np.column_stack([z[:, 0], 0.8 * z[:, 0] + 0.6 * z[:, 1]])
    assert dependence.ndm(pair[:8_000], pair[8_000:]) == pytest.approx(0.511, abs=0.03)
    assert abs(dependence.ndm(z[:8_000], z[8_000:])) < 0.02
    table = dependence.of_pairs(np.column_stack([pair, z[:, 1] ** 2, np.ones(len(z))]))
    assert table[0, 1] == pytest.approx(0.511, abs=0.03) and table.diagonal().sum() == 0
    assert table[3].max() < 0.01


def test_each_term_is_a_curve_of_its_own_and_what_is_held_out_is_information(trained):
    first, last = trained.history_[0].info, trained.history_[-1].info
    assert set(first) == {"loss_local", "loss_global", "loss_prior", "loss_discriminator"}
    assert last["loss_local"] < first["loss_local"] and last["loss_global"] < first["loss_global"]
    assert {"mi", "ceiling", "mi_local", "prior_ks", "probe", "ndm"} <= set(last)
    assert 1.5 < last["mi"] <= last["ceiling"] == pytest.approx(math.log(359))
    assert 0.05 < last["mi_local"] <= math.log(128)  # a code of 50 letters tells less of a place than a critic would
    result = trained.result()
    assert result["mi"] == last["mi"] and result["ndm"] == last["ndm"]


def test_a_short_run_on_digits_beats_its_untrained_network_by_a_linear_probe(trained):
    probes = trained.result()["probes"]
    assert probes["features"]["linear"]["test"] > probes["random"]["linear"]["test"]
    assert set(probes["conv"]) == set(probes["fc"]) == {"linear"} and len(probes["features"]) == 4
    assert abs(probes["noise"]["linear"]["test"] - 0.1) < 0.06


HOW = ("views", "dot"), ("same", "concat"), ("same", "dot"), ("views", "concat")  # of two objectives, each two of them


@pytest.mark.parametrize(
    ("objective", "pairing", "critic"),
    [(name, *how) for i, name in enumerate(["codes", *OBJECTIVES]) for how in HOW[2 * (i % 2) :][:2]],
)
def test_every_objective_critic_and_pairing_learns(objective, critic, pairing, brief):
    model = DIM(**SMALL | {"epochs": 8}, objective=objective, critic=critic, pairing=pairing, negatives=8)
    steps = list(model.steps(Source(pictures().x)))
    found = [step.info["loss_local"] for step in steps]
    assert np.mean(found[-6:]) < np.mean(found[:3]), found


@pytest.mark.parametrize("backbone", ["pooled", "strided", "dense"])
def test_each_network_has_a_map_of_the_size_it_says(backbone):
    network = maps.network(backbone, (3, 32, 32), 32, 4, seeded())
    map_ = network.near(torch.zeros(2, 3, 32, 32))
    sides = {"pooled": 4, "strided": 8, "dense": 26}  # 26 × 26 as in the sources
    assert map_.shape == (2, network.channels, sides[backbone], sides[backbone])
    assert network.far(map_).shape == (2, network.d)


def test_the_dense_network_has_the_channels_of_the_sources():
    network = maps.network("dense", (3, 32, 32), 32, 64, seeded())
    assert network.channels == 128 and network.channels + 64 == 192


def test_colour_pictures_tables_and_a_single_column_are_taken(tmp_path, brief):
    colour = np.random.default_rng(0).integers(0, 256, (60, 3, 20, 20), dtype=np.uint8)
    table = np.random.default_rng(0).normal(size=(60, 5))
    for x in (colour, np.moveaxis(colour, 1, 3), table, table[:, :1]):
        model = DIM(**SMALL, n_features=4).fit(x)
        z = model.transform(x)
        assert z.shape == (60, 4) and np.isfinite(z).all()
        saved.save(model, tmp_path / "model.safetensors")
        assert np.array_equal(saved.load(tmp_path / "model.safetensors").transform(x), z)
    assert DIM(**SMALL).fit(colour)._share() == 0 < model._share()  # neighbours in pixels say little of photographs


def test_what_auto_ascends_goes_by_the_data(brief):
    """Codes for rows and grey pictures, InfoNCE of views of photographs for colour; what is named stays what it is."""
    rng = np.random.default_rng(0)
    grey, colour = (rng.integers(0, 256, (40, c, 16, 16), dtype=np.uint8) for c in (1, 3))
    for x, ascends, critic in (
        (grey, "codes", "Codes"),
        (colour, "infonce", "Cosine"),
        (rng.normal(size=(40, 3)), "codes", "Codes"),
    ):
        model = DIM(**SMALL | {"epochs": 1}, n_features=4).fit(x)
        assert model._ascends == ascends and type(model.network_.local).__name__ == critic
        views = model.augmentation()
        assert getattr(views, "photo", False) == (ascends == "infonce")
    named = DIM(**SMALL | {"epochs": 1}, n_features=4, objective="codes").fit(colour)
    assert named._ascends == "codes" and not named.augmentation().photo
    assert DIM(**SMALL).fit(rng.normal(size=(60, 3)))._share() == 0.5, "three columns are no colours"


def test_stopping_and_resuming_repeats_the_run(tmp_path, brief):
    data, first = pictures(), DIM(**SMALL | {"epochs": 4})
    steps = first.steps(data)
    list(islice(steps, 5))
    first.checkpoint().save(tmp_path / "run.safetensors")
    unbroken = list(steps)
    second = DIM(**SMALL | {"epochs": 4})
    assert list(second.steps(data, Checkpoint.load(tmp_path / "run.safetensors"))) == unbroken
    assert np.array_equal(first.finish().transform(data.x), second.finish().transform(data.x))


def test_pictures_of_a_run(trained):
    maps_ = trained.view("local")
    assert maps_["pictures"].shape == (8, 16, 16) and maps_["scores"].shape == (8, 4, 4)
    assert maps_["scores"].max() <= math.log(128) + 1e-4
    found = trained.view("prior")
    assert found["density"].shape == (20,) and found["density"].mean() == pytest.approx(1.0)
    assert found["ks"].mean() == pytest.approx(trained.figures_["prior_ks"], abs=1e-6)
    assert trained.view("dependence")["mi"].shape == (16, 16)


def test_a_network_that_does_not_fit_is_said_in_a_sentence():
    with pytest.raises(ValueError, match="backbone='strided' is for pictures; choose auto"):
        list(DIM(**SMALL, backbone="strided").steps(Source(np.eye(30, 4))))
    with pytest.raises(ValueError, match="at least 13 pixels a side, not 8; set size"):
        list(DIM(**SMALL, backbone="dense", size=8).steps(pictures()))


def test_neighbours_and_clusters_of_held_out_pictures(trained):
    found = trained.view("neighbours")
    assert found["pictures"].shape == (5, 7, 8, 8) and found["labels"].shape == (5, 7)
    assert (np.diff(found["distances"], axis=1) >= 0).all() and (found["distances"][:, 0] == 0).all()
    clusters = trained.view("clusters")
    assert clusters["before"].sum() == clusters["after"].sum() == 359
    shares = [clusters[name].trace() / 359 for name in ("before", "after")]
    assert np.allclose(shares, clusters["accuracy"])
    assert trained.view("features")["features"].shape[1] == 16


def test_of_a_table_there_are_places_but_no_pictures(brief):
    model = DIM(**SMALL, n_features=4).fit(np.random.default_rng(0).normal(size=(60, 5)))
    found = model.view("local")
    assert set(found) == {"scores"} and found["scores"].shape == (8, 1, 5)
    assert model.view("neighbours") == {} and model.view("clusters") == {}


@pytest.mark.parametrize(
    ("n", "batch", "epochs"), [(48, 48, 500), (160, 160, 313), (400, 256, 196), (1_438, 256, 40), (8_000, 256, 13)]
)
def test_few_rows_get_hundreds_of_steps_and_many_no_more_than_before(n, batch, epochs):
    assert DIM().enough(n, batch) == epochs


def _textures(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Colour pictures (n, 3, 24, 24) of stripes, checks and rings, in colours and at places of their own."""
    rng, kinds = np.random.default_rng(seed), np.arange(n) % 3
    y, x = np.mgrid[:24, :24]
    out = np.empty((n, 3, 24, 24))
    for i, kind in enumerate(kinds):
        u, v, width = x + rng.uniform(0, 24), y + rng.uniform(0, 24), rng.uniform(1.5, 3)
        a, b = np.sin(u / width), np.sin(v / width)
        mask = (a, a * b, np.sin(np.hypot(x - rng.uniform(6, 18), y - rng.uniform(6, 18)) / width))[kind] > 0
        out[i] = np.where(mask, *rng.uniform(0, 1, (2, 3, 1, 1))) + rng.normal(0, 0.05, (3, 24, 24))
    return (255 * out.clip(0, 1)).astype(np.uint8), kinds


def test_sixty_colour_pictures_are_worth_training_on(brief):
    (x, kinds), (others, truth) = _textures(60, 0), _textures(600, 1)
    model = DIM(size=16, width=8, device="cpu").fit(x)
    untrained = model._made(seeded()).eval()
    score = [
        probe(features(x), kinds, features(others), truth, ["linear"])["linear"].test
        for features in (model.transform, lambda X: model._features(X, untrained))
    ]
    assert score[0] > score[1] + 0.1
