"""What a clustering is compared with is on the same footing: the same scale of columns, the loss's own floor."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core import saved
from core.clusterers import IIC, KMeans
from core.clusterers._heads import floor, joint, negative_mi
from core.data.design_matrix import samples_source
from core.data.tables import load_table
from core.method import Checkpoint


@pytest.fixture(scope="module")
def wine():
    names = [column.name for column in load_table("wine").columns if column.name != "cultivar"]
    return samples_source("wine", names, "cultivar")


def test_k_means_of_a_table_does_not_depend_on_its_units(wine) -> None:
    method = KMeans(n_clusters=3, random_state=0).run(wine)
    # scikit-learn's KMeans on standardised columns: 172 of 178; on raw ones, where proline's hundreds decide: 125.
    assert method.result()["accuracy"] == pytest.approx(172 / 178, abs=1e-12)
    raw = KMeans(n_clusters=3, standardise=False, random_state=0).run(wine).result()
    assert raw["accuracy"] == pytest.approx(125 / 178, abs=1e-12)
    grams = KMeans(n_clusters=3, random_state=0).fit(wine.x * np.geomspace(1e-3, 1e3, wine.x.shape[1]))
    assert np.array_equal(grams.labels_, method.labels_)
    assert np.array_equal(method.predict(wine.x), method.labels_)
    # Centres are the means of their rows, in the table's own units.
    means = [wine.x[method.labels_ == j].mean(0) for j in range(3)]
    assert method.cluster_centers_ == pytest.approx(np.array(means), rel=1e-9)


def test_iics_line_to_beat_is_k_means_on_what_iic_sees(wine) -> None:
    method = IIC(n_clusters=3, epochs=1, heads=2, over_heads=0, width=4, random_state=0, device="cpu").run(wine)
    told = method.result()
    assert told["kmeans_accuracy"] == KMeans(n_clusters=3, random_state=0).run(wine).result()["accuracy"]
    assert told["kmeans_rows"] == 178


def test_a_saved_k_means_remembers_its_scale(wine, tmp_path) -> None:
    method = KMeans(n_clusters=3, random_state=0).run(wine)
    assert saved.save(method, tmp_path / "model.safetensors")
    assert np.array_equal(
        saved.load(tmp_path / "model.safetensors").predict_proba(wine.x), method.predict_proba(wine.x)
    )


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("k", [2, 10])
def test_no_loss_lies_below_its_floor_and_the_floor_is_reached(k: int, weight: float) -> None:
    perfect = torch.eye(k)[torch.arange(k).repeat(20)][:, None]
    collapsed = torch.eye(k)[torch.zeros(20 * k, dtype=torch.long)][:, None]
    ends = [float(negative_mi(joint(p, p), weight)) for p in (perfect, collapsed)]
    # The clip of empty cells at 1e-9 costs at most k² · 1e-9 · (1 + 2λ) ln 1e9.
    assert min(ends) == pytest.approx(floor(k, weight), abs=2e-5)
    drawn = torch.rand(64, 40, k, generator=torch.Generator().manual_seed(k)) ** 6
    p, q = (drawn / drawn.sum(2, keepdim=True)).chunk(2)
    assert (negative_mi(joint(p, q), weight) >= floor(k, weight) - 2e-5).all()
    assert floor(k, 1.0) == pytest.approx(-math.log(k))


def test_a_run_with_another_entropy_weight_stays_above_its_floor(wine) -> None:
    method = IIC(
        n_clusters=3, epochs=12, heads=2, over_heads=0, width=8, entropy_weight=2.0, random_state=0, device="cpu"
    )
    losses = [step.info["loss_best_head"] for step in method.steps(wine) if "epoch" in step.info]
    told = method.finish().result()
    assert told["floor"] == pytest.approx(-3 * math.log(3)) and min(losses) >= told["floor"]
    assert told["loss"] == pytest.approx(min(losses), abs=1e-6)


def test_a_k_means_saved_before_it_had_a_scale_answers_from_the_raw_values(wine, tmp_path) -> None:
    method = KMeans(n_clusters=3, standardise=False, random_state=0).run(wine)
    kept = method.get_state()
    earlier = Checkpoint(0, {"centers": kept.tensors["centers"]}, kept.meta)
    again = KMeans(n_clusters=3).set_state(earlier)
    assert np.array_equal(again.predict(wine.x), method.predict(wine.x))
