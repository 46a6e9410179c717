"""Snapshots of a network's features: t-SNE maps that begin where the one before ended, computed beside the page."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.projections import tsne
from core.projections._descent import Descent
from core.spec import Spec
from dashboard.widgets import through_training
from dashboard.widgets.explorer import snapshots

ROWS = load_digits().data[:200]


def alike(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of where the points lie."""
    return float(np.corrcoef((a - a.mean(0)).ravel(), (b - b.mean(0)).ravel())[0, 1])


@pytest.fixture(scope="module")
def maps() -> list[np.ndarray]:
    """Of rows and of their mirror images, which have the same neighbours."""
    return [*tsne.sequence([ROWS, -ROWS])]


def test_a_map_begins_where_the_one_before_ended(maps):
    assert all(places.shape == (200, 2) for places in maps)
    assert alike(*maps) > 0.9 and not np.array_equal(*maps)
    alone = Descent(-ROWS, iterations=tsne.FIRST)
    alone.advance(tsne.FIRST)
    assert alike(maps[0], alone.coordinates) < 0.5, "by itself it lies the other way round"


def test_maps_of_all_snapshots_are_made_in_order_and_told_of(maps, monkeypatch):
    monkeypatch.setattr(snapshots, "maps", {"run": (kept := {})}.__getitem__)
    frames = {1: {"features": ROWS}, 7: {"features": -ROWS}}
    store = SimpleNamespace(view=lambda run, name, step: frames.get(step))
    told = []
    snapshots.mapping(store, "run", np.array([1, 7, 9]))(lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)] and list(kept) == [1, 7]
    assert all(np.allclose(kept[step], places, atol=1e-3) for step, places in zip(kept, maps, strict=True))


@pytest.mark.parametrize("ready", [False, True])
def test_until_its_map_is_there_a_snapshot_is_shown_and_called_by_its_principal_components(monkeypatch, ready):
    spec = Spec.parse({"family": "encoders", "method": "dgi", "data": {"graph": "karate"}})
    run = SimpleNamespace(id="run", spec=spec, active=False)
    s = SimpleNamespace(run=run, at=None, parameter=lambda name: 8)
    frame = {"features": ROWS[:34, :8], "rows": np.arange(34)}
    store = SimpleNamespace(frames=lambda *_: np.array([5]), view=lambda *_: frame)
    shown = []
    monkeypatch.setattr(through_training.server, "store", lambda: store)
    monkeypatch.setattr(through_training, "_chosen", lambda *_: (5, "tsne"))
    monkeypatch.setattr(through_training, "_mapped", lambda *_: ROWS[:34, :2] if ready else None)
    monkeypatch.setattr(
        through_training.explorer, "show", lambda key, known, places, view: shown.append((view.title, places))
    )
    assert through_training.draw("key", s)
    ((title, places),) = shown
    assert ("t-SNE" in title, "34 nodes" in title, places.shape[1]) == (ready, True, 2 if ready else 3)
