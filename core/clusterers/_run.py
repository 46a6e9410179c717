"""A run of IIC under way: its data, its training, and everything that may be asked of it between two steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from core import device
from core.arrays import evenly, principal_components
from core.clusterers import _report
from core.clusterers._heads import HeadScores, evaluate_heads, floor
from core.evaluation.assignment import Assignment, match
from core.learning import best
from core.learning.encoding import drawn, encode_in_batches
from core.learning.scaling import Scale, unit
from core.learning.two_view_run import TwoViewRun
from core.method import Array

BASELINE = 2_000  # rows that k-means clusters for comparison: a second or two before the first step
SEEN = 4_000  # rows that the evaluation after each epoch looks at; above it a random part stands for all
ALIKE = 2 * SEEN  # pairs of neighbours among them that it looks at
TESTED = 2_000  # held-out pictures that it looks at; at the end all are
LOOK = 0  # the seed of those rows and of their views: the same for every run and epoch, so that losses compare
VIEWS = (
    "joint",
    "confusion",
    "confusion_raw",
    "many_to_one",
    "sizes",
    "heads",
    "agreement",
    "pairs",
    "gallery",
    "gallery_uncertain",
    "gallery_wrong",
    "assignments",
    "features",
)  # what `Run.view` draws


@dataclass(eq=False, kw_only=True)
class Run(TwoViewRun):
    """What IIC adds to a run.

    `labels` (n,) and `test` (scaled pictures, labels) are for reports only.

    `gap`: how much worse than the best a head's loss may be to count as near it. `share`: of neighbours in a choice. `proba` (n, k) and `clusters` (n, heads)
    are set at the end: what the kept head and all heads of the kept network make of all rows.
    """

    k: int
    gap: float
    entropy_weight: float
    share: float
    labels: Array | None = None
    test: tuple[Tensor, Array] | None = None
    proba: Array | None = None
    clusters: Array | None = None
    seen: HeadScores | None = None

    def __post_init__(self) -> None:
        self.n = len(self.x)
        self.rows = sample(self.n)
        self.pictures = self.x.ndim == 4
        self.alike = self.pairs.among(self.rows, ALIKE)

    def begun(self, scale: Scale, seed: int) -> Self:
        """With what labels allow to say: the baselines' accuracies, and the held-out pictures."""
        source = self.source
        if source.labels is None:
            return self
        self.labels, few = np.asarray(source.labels), evenly(self.rows, BASELINE)
        self.training.meta |= _report.baselines(unit(self.x[few]).cpu().numpy(), self.labels[few], self.k, seed)
        if source.test is not None and source.test.labels is not None:
            self.test = scale.apply(source.test.x), np.asarray(source.test.labels)
        return self

    def look(self) -> HeadScores:
        """All heads on the rows that are looked at, by the weights of now; the same views every time."""
        if self.seen is None:
            again = device.generator(LOOK, self.x.device)
            x, views = unit(self.x[self.rows]), self.pairs.views
            self.seen = evaluate_heads(self.network, x, views, again, self.entropy_weight, self.alike, self.share)
        return self.seen

    def posterior(self, x: Tensor, head: int) -> Array:
        """What a head makes of scaled rows, (n, k)."""
        network = self.network
        return self._through(x, lambda features: network.main(features)[:, head])

    def _through(self, x: Tensor, read: Callable[[Tensor], Tensor] | None = None) -> Array:
        """The features of scaled rows, (n, d), or what `read` makes of them."""
        return encode_in_batches(self.network, x, self.pairs.views.anchor, read).cpu().numpy()

    def keep_best(self) -> None:
        """Remember the weights, if no epoch before had a lower loss."""
        training, seen = self.training, self.look()
        loss = float(seen.losses[seen.head])
        if loss < training.meta.get("loss", math.inf):
            training.meta |= {"loss": loss, "head": seen.head, "step": training.index + 1}
            best.keep(training, torch.tensor(True, device=self.x.device))

    def conclude(self) -> None:
        """The end: all rows through the kept network."""
        self.seen = None
        network, head, k = self.network, self.look().head, self.k

        def kept_and_all(features: Tensor) -> Tensor:
            p = network.main(features)
            return torch.cat([p[:, head], p.argmax(2).to(p.dtype)], 1)

        both = self._through(self.x, kept_and_all)
        self.proba, self.clusters = both[:, :k], both[:, k:].astype(np.int64)

    @property
    def kept_step(self) -> int:
        """The step after which the kept weights stood."""
        return int(self.training.meta.get("step", self.training.index))

    @property
    def judged(self) -> tuple[Array, Array]:
        """The rows that everything but the loss is reported on, and their clusters under each head, (rows, heads): the
        rows that are looked at while training goes on, all rows at the end."""
        if self.clusters is not None:
            return np.arange(self.n), self.clusters
        return self.rows, self.look().clusters.cpu().numpy()

    def report(self, epoch: int) -> dict[str, float]:
        """What an epoch has to say."""
        seen, (rows, clusters) = self.look(), self.judged
        kept = clusters[:, seen.head]
        sizes = np.bincount(kept, minlength=self.k)
        info = {"epoch": epoch, "mi": seen.mi, "clusters_in_use": _report.in_use(sizes), **self._counted()}
        info |= {"loss_best_head": float(seen.losses[seen.head]), "floor": floor(self.k, self.entropy_weight)}
        info |= {"collapsed": float(_report.collapsed(sizes)), "heads_near_best": self._near()}
        info |= _report.agreement_of_heads(clusters, self.k)
        if self.labels is None:
            return info
        labels = self.labels[rows]
        each = _report.accuracies(labels, clusters, self.k)
        info |= {"accuracy": each[seen.head]} | {f"accuracy_{head + 1}": value for head, value in enumerate(each)}
        info |= self._baselines()
        if self.test is not None:
            info["test_accuracy"] = self.tested(match(labels, kept, self.k), TESTED)["test_accuracy"]
        return info

    def scores(self) -> dict[str, Any]:
        """How the heads agree at the end, and how the clusters of all rows agree with labels."""
        _, every = self.judged
        clusters = every[:, self.look().head]
        report: dict[str, Any] = self._counted()
        report |= _report.agreement_of_heads(every, self.k)
        if self.labels is None:
            return report
        report |= _report.scores(self.labels, clusters, self.k)
        report["heads_accuracy"] = _report.accuracies(self.labels, every, self.k)
        report |= self._baselines()
        return report | (self.tested(match(self.labels, clusters, self.k), None) if self.test is not None else {})

    def tested(self, fit: Assignment, most: int | None) -> dict[str, float]:
        """A map that was fitted on training labels, on at most so many held-out pictures."""
        assert self.test is not None
        x, labels = self.test
        rows = evenly(np.arange(len(labels)), most or len(labels))
        return _report.placed(fit, labels[rows], self.posterior(x[rows], self.look().head).argmax(1))

    def _near(self) -> int:
        losses = self.look().losses
        return int((losses - losses.min() <= self.gap).sum())

    def _counted(self) -> dict[str, int]:
        return {"rows": self.n, "rows_looked_at": len(self.rows)}

    def _baselines(self) -> dict[str, float]:
        return {k: v for k, v in self.training.meta.items() if "kmeans" in k}

    def view(self, name: str) -> dict[str, Array]:
        """The arrays of one of IIC's pictures; empty where the data have no labels or are no pictures."""
        seen, (rows, every) = self.look(), self.judged
        labels, clusters = None if self.labels is None else self.labels[rows], every[:, seen.head]
        if name == "assignments":
            return self._assignments(seen)
        if name == "joint":
            return {"joint": seen.joint.cpu().numpy()}
        if name == "features":
            return self._features()
        if name == "sizes":
            return {"sizes": np.bincount(clusters, minlength=self.k)}
        if name == "agreement":
            return {"nmi": _report.mutual(every, self.k), "kept": np.array(seen.head)}
        if name == "heads":
            known = {} if labels is None else {"accuracy": np.array(_report.accuracies(labels, every, self.k))}
            return {"loss": seen.choice.cpu().numpy(), "kept": np.array(seen.head), **known}
        if name == "pairs":
            return self._pairs() if self.pictures else {}
        if name.startswith("gallery"):
            return self._gallery(name, rows, labels) if self.pictures else {}
        return _report.confusion(labels, clusters, self.k, name)

    def _pairs(self) -> dict[str, Array]:
        rows, again = torch.as_tensor(evenly(self.rows, 16), device=self.x.device), self.training.index
        once = replace(self.pairs, copies=1)
        return drawn(*once.looks(rows, device.generator(again, self.x.device)).chunk(2))

    def _gallery(self, name: str, rows: Array, labels: Array | None) -> dict[str, Array]:
        proba, among = self.look().proba.cpu().numpy() if self.proba is None else self.proba, None
        if name == "gallery_wrong":
            if labels is None:
                return {}
            clusters = proba.argmax(1)
            among = ~_report.right(match(labels, clusters, self.k), labels, clusters)
        chosen = _report.chosen(proba, among, least=name == "gallery_uncertain")
        return _report.gallery(lambda which: unit(self.x[rows[which]]).cpu().numpy(), proba, chosen, labels)

    def _assignments(self, seen: HeadScores) -> dict[str, Array]:
        """The cluster and its probability: of all rows at the end, of those looked at before."""
        proba, index = (seen.proba.cpu().numpy(), self.rows) if self.proba is None else (self.proba, np.arange(self.n))
        known = {} if self.labels is None else {"label": self.labels[index]}
        return {"index": index, "cluster": proba.argmax(1), "certainty": proba.max(1), **known}

    def _features(self) -> dict[str, Array]:
        few = evenly(np.arange(len(self.rows)), _report.PROJECTED)
        rows, seen = self.rows[few], self.look()
        clusters = seen.clusters[few, seen.head].cpu().numpy()
        found = self._through(self.x[rows])
        known = {} if self.labels is None else {"labels": self.labels[rows]}
        return {
            "features": principal_components(found, _report.COMPONENTS),
            "clusters": clusters,
            "rows": rows,
            **known,
        }


def sample(n: int) -> Array:
    """The rows that are looked at."""
    return np.sort(np.random.default_rng(LOOK).permutation(n)[:SEEN])
