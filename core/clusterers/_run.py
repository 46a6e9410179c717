"""A run of IIC under way: its data, its training, and everything that may be asked of it between two steps."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core import device
from core.clusterers import _report
from core.clusterers._heads import Look, Network, look, through
from core.clusterers._pairs import Pairs
from core.evaluation.assignment import Assignment, match
from core.inputs import evenly, tiles, unit
from core.method import Array
from core.training import Training

SEEN = 4_000  # rows that the evaluation after each epoch looks at; above it a random part stands for all
TESTED = 2_000  # held-out pictures that it looks at; at the end all are
LOOK = 0  # the seed of those rows and of their views: the same for every run and epoch, so that losses compare


@dataclass(eq=False, kw_only=True)
class Run:
    """What a run consists of: its network and training state, the rows and their pairs.

    `labels` (n,) and `test` (scaled pictures, labels) are for reports only.

    `gap`: how much worse than the best a head's loss may be to count as near it. `final` and `proba` (n, k) are set at
    the end: the kept network, and what its kept head makes of all rows.
    """

    net: Network
    training: Training
    pairs: Pairs
    k: int
    gap: float
    entropy_weight: float
    batch: int
    epochs: int
    labels: Array | None = None
    test: tuple[Tensor, Array] | None = None
    final: Network | None = None
    proba: Array | None = None
    seen: Look | None = None

    def __post_init__(self) -> None:
        self.x, self.n = self.pairs.x, len(self.pairs.x)
        self.per_epoch = self.n // self.batch
        self.rows = sample(self.n)
        self.pictures = self.x.ndim == 4

    @property
    def network(self) -> Network:
        """The kept network at the end, the one that trains before."""
        return self.final or self.net

    def look(self) -> Look:
        """All heads on the rows that are looked at, by the weights of now; the same views every time."""
        if self.seen is None:
            again = device.generator(LOOK, self.x.device)
            x, views = unit(self.x[self.rows]), self.pairs.views
            self.seen = look(self.network, x, views, again, self.entropy_weight)
        return self.seen

    def posterior(self, x: Tensor, head: int) -> Array:
        """What a head makes of scaled rows, (n, k)."""
        network = self.network
        return through(network, x, self.pairs.views, lambda features: network.main(features)[:, head])

    def keep_best(self) -> None:
        """Remember the weights, if no epoch before had a lower loss."""
        training, seen = self.training, self.look()
        loss = float(seen.losses[seen.head])
        if loss < training.meta.get("loss", math.inf):
            training.meta |= {"loss": loss, "head": seen.head}
            training.extras |= {f"best.{k}": v.clone() for k, v in training.module.state_dict().items()}

    def settle(self) -> None:
        """The end: the weights of the best epoch, or those of now before the first is over, and all rows through them."""
        self.final, self.seen = copy.deepcopy(self.net), None
        if "head" in self.training.meta:
            best = {k[5:]: v for k, v in self.training.extras.items() if k.startswith("best.")}
            self.final.load_state_dict(best)
        self.proba = self.posterior(self.x, self.look().head)

    def report(self, epoch: int) -> dict[str, float]:
        """What an epoch has to say."""
        seen, near = self.look(), self._near()
        clusters = seen.clusters.cpu().numpy()
        kept = clusters[:, seen.head]
        sizes = np.bincount(kept, minlength=self.k)
        info = {"epoch": epoch, "mi": seen.mi, "entropy": _report.entropy(sizes)}
        info["loss_best_head"] = float(seen.losses[seen.head])
        info |= {"collapsed": float(_report.collapsed(sizes)), "heads_near_best": int(near.sum())}
        info["agreement"] = self._agreement(clusters, near)
        if self.labels is None:
            return info
        labels = self.labels[self.rows]
        each = _report.accuracies(labels, clusters, self.k)
        info |= {"accuracy": each[seen.head]} | {f"accuracy_{head + 1}": value for head, value in enumerate(each)}
        info |= self._baselines()
        if self.test is not None:
            info["test_accuracy"] = self.tested(match(labels, kept, self.k), TESTED)["test_accuracy"]
        return info

    def scores(self) -> dict[str, Any]:
        """How the heads near the best agree at the end, and how the clusters of all rows agree with labels."""
        assert self.proba is not None
        seen, clusters = self.look(), self.proba.argmax(1)
        every = seen.clusters.cpu().numpy()
        told: dict[str, Any] = {"agreement": self._agreement(every, self._near())}
        if self.labels is None:
            return told
        told |= _report.scores(self.labels, clusters, self.k)
        told["heads_accuracy"] = _report.accuracies(self.labels[self.rows], every, self.k)
        told |= self._baselines()
        return told | (self.tested(match(self.labels, clusters, self.k), None) if self.test is not None else {})

    def tested(self, fit: Assignment, most: int | None) -> dict[str, float]:
        """A map that was fitted on training labels, on at most so many held-out pictures."""
        assert self.test is not None
        x, labels = self.test
        rows = evenly(np.arange(len(labels)), most or len(labels))
        return _report.placed(fit, labels[rows], self.posterior(x[rows], self.look().head).argmax(1))

    def _near(self) -> Array:
        losses = self.look().losses
        return (losses - losses.min() <= self.gap).cpu().numpy()

    def _agreement(self, clusters: Array, near: Array) -> float:
        """Mean NMI of the best head with the others near it; 1 where there is no other."""
        others = near.copy()
        others[self.look().head] = False
        return float(_report.mutual(clusters, self.k)[self.look().head][others].mean()) if others.any() else 1.0

    def _baselines(self) -> dict[str, float]:
        return {k: v for k, v in self.training.meta.items() if k.endswith("kmeans_accuracy")}

    def view(self, name: str) -> dict[str, Array]:
        """The arrays of one of IIC's pictures; empty where the data have no labels or are no pictures."""
        seen = self.look()
        labels, every = None if self.labels is None else self.labels[self.rows], seen.clusters.cpu().numpy()
        clusters = every[:, seen.head]
        if name == "assignments":
            return self._assignments(seen)
        if name == "joint":
            return {"joint": seen.joint.cpu().numpy()}
        if name == "features":
            return self._features(clusters)
        if name == "sizes":
            return {"sizes": np.bincount(clusters, minlength=self.k)}
        if name == "agreement":
            return {"nmi": _report.mutual(every, self.k)}
        if name == "heads":
            known = {} if labels is None else {"accuracy": np.array(_report.accuracies(labels, every, self.k))}
            return {"loss": seen.losses.cpu().numpy(), "kept": np.array(seen.head), **known}
        if name == "pairs":
            return self._pairs() if self.pictures else {}
        if name.startswith("gallery"):
            return self._gallery(name, labels) if self.pictures else {}
        return _report.confusion(labels, clusters, self.k, name)

    def _pairs(self) -> dict[str, Array]:
        rows, again = torch.as_tensor(evenly(self.rows, 16), device=self.x.device), self.training.index
        looks = self.pairs.looks(rows, 1, device.generator(again, self.x.device))
        first, second = (tiles(side.cpu().numpy()) for side in looks.chunk(2))
        return {"first": first, "second": second}

    def _gallery(self, name: str, labels: Array | None) -> dict[str, Array]:
        proba, rows = self.look().proba.cpu().numpy(), None
        if name == "gallery_wrong":
            if labels is None:
                return {}
            clusters = proba.argmax(1)
            rows = ~_report.right(match(labels, clusters, self.k), labels, clusters)
        pictures = unit(self.x[self.rows]).cpu().numpy()
        return _report.gallery(pictures, proba, rows, least=name == "gallery_uncertain")

    def _assignments(self, seen: Look) -> dict[str, Array]:
        """The cluster and its probability: of all rows at the end, of those looked at before."""
        proba, index = (seen.proba.cpu().numpy(), self.rows) if self.proba is None else (self.proba, np.arange(self.n))
        known = {} if self.labels is None else {"label": self.labels[index]}
        return {"index": index, "cluster": proba.argmax(1), "certainty": proba.max(1), **known}

    def _features(self, clusters: Array) -> dict[str, Array]:
        few = evenly(np.arange(len(self.rows)), _report.PROJECTED)
        rows = self.rows[few]
        found = through(self.network, self.x[rows], self.pairs.views)
        known = {} if self.labels is None else {"labels": self.labels[rows]}
        return {"features": _report.components(found), "clusters": clusters[few], "rows": rows, **known}


def sample(n: int) -> Array:
    """The rows that are looked at."""
    return np.sort(np.random.default_rng(LOOK).permutation(n)[:SEEN])
