"""Deep InfoMax's prior with one sign for both players: the features help the discriminator, and run away from uniform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from core import device
from core.learning import prior
from core.learning.backbones import linear
from core.learning.scaling import Scale, unit
from core.learning.training import Training
from core.method import Checkpoint, Pitfall, Source, Step
from core.params import Range
from core.sentences import Sentence

SIGNS = {"wrong": -1.0, "right": 1.0}
MOST, FEATURES, HIDDEN, BATCH, EVERY = 2_000, 8, 64, 256, 10


class _Run(NamedTuple):
    """Both encoders with their discriminators, in training, and the flattened rows."""

    networks: Any  # a ModuleDict
    training: Training
    x: Tensor


@dataclass(eq=False, repr=False, kw_only=True)
class PriorSign(Pitfall):
    """A small network whose features y shall make σ(y) uniform, trained on the same batches with either sign.

    Right: it descends −E log D(σ(y)), which the discriminator tries to raise. Wrong: it ascends that, which lowers the
    discriminator's loss, as one loss for both players does. The figure is the Kolmogorov–Smirnov distance of σ(y_j) from
    the uniform distribution, the mean of 8 features: 0 is a perfect fit, 1 none at all. Any data; at most 2,000 rows.
    """

    title: ClassVar[str] = "A prior with the wrong sign"
    reference: ClassVar[str] = "R. D. Hjelm et al. (2019), arXiv:1808.06670, equation 7"
    about: ClassVar[tuple[str, ...]] = ("encoders",)
    rank: ClassVar[int] = 4
    quantity: ClassVar[str] = "KS distance from uniform"
    mistake: ClassVar[str] = (
        "Encoder and discriminator descend the same loss, so the features make themselves easy to tell."
    )
    remedy: ClassVar[str] = "Give the encoder the opposite sign: it has to deceive the discriminator."
    shows: ClassVar[float | None] = 0.2

    iterations: Annotated[int, Range(10, 5_000, log=True), "Training steps of either network."] = 400

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step per ten optimisation steps: "wrong" and "right" are the mean KS distances on the rows."""
        self.check_parameters()
        scale, where = Scale.of(source.x), device.resolve(self.device)
        x = unit(scale.apply(source.x[:MOST]).to(where)).flatten(1)
        x = (x - x.mean(0)) / x.std().clamp(min=1e-6)
        draw = torch.Generator().manual_seed(self.seed())
        networks = nn.ModuleDict({side: self._pair(x.shape[1], draw) for side in SIGNS}).to(where)
        adam = torch.optim.Adam(networks.parameters(), lr=2e-3)
        self._run = _Run(networks, Training(networks, adam, device.generator(self.seed(), where)), x)
        yield from self._run.training.iterate(self._several, self.total, start)

    @property
    def total(self) -> int:
        """One Step per ten optimisation steps."""
        return max(1, self.iterations // EVERY)

    def checkpoint(self) -> Checkpoint | None:
        """Both networks as they stand."""
        return self._under_way().training.checkpoint()

    def _pair(self, d: int, draw: torch.Generator) -> nn.ModuleDict:
        body = nn.Sequential(linear(d, HIDDEN, draw), nn.ReLU(), linear(HIDDEN, FEATURES, draw))
        return nn.ModuleDict({"encoder": body, "prior": prior.UniformPrior(FEATURES, draw)})

    def _several(self, index: int) -> dict[str, float]:
        run, generator = self._run, self._run.training.generator
        for _ in range(EVERY):
            rows = torch.randint(len(run.x), (BATCH,), generator=generator, device=run.x.device)
            losses = []
            for side, sign in SIGNS.items():
                pair: Any = run.networks[side]
                terms = pair["prior"](pair["encoder"](run.x[rows]), generator)
                losses.append(sign * terms.loss_prior + terms.loss_discriminator)
            run.training.optimiser.zero_grad()
            torch.stack(losses).sum().backward()
            run.training.optimiser.step()
        return self._figures()

    @torch.no_grad()
    def _figures(self) -> dict[str, float]:
        run = self._run
        encoded = {side: run.networks[side]["encoder"](run.x) for side in SIGNS}
        return {side: float(prior.ks(y).mean()) for side, y in encoded.items()}

    def finish(self) -> PriorSign:
        """Set `wrong_` and `right_` as they stand."""
        self._under_way()
        self.wrong_, self.right_ = (self._figures()[side] for side in SIGNS)
        return self

    def _verdict(self) -> str:
        return Sentence(
            "With one loss for both players σ(y) ends {wrong:.2f} from uniform, with opposite signs {right:.2f}.",
            wrong=self.wrong_,
            right=self.right_,
        )
