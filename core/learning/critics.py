"""Critics T(x, y), k of them side by side: separable, bilinear, concatenated.

Each is two encoders and a way to combine what they give, so that scoring a row against many others encodes it once.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.learning.layers import ACTIVATIONS, BatchedLinear, BatchedMLP, Draw, one_stream
from core.sentences import Sentence

KINDS = ("concat", "separable", "bilinear")
_CODES = 2**22  # floats of paired codes held at once, 16 MB
_MATRIX = 2**25  # scores of all pairs held at once, 128 MB
_FEW, _ROWS = 32, 256  # shifts, below which each is scored by itself; rows that a product is of at least


class Critic(nn.Module):
    """T(x, y) = combine(encode(x, y)); x (k, n, dx) and y (k, n, dy) give scores (k, n)."""

    def encode(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Each side by itself: f (k, n, h), g (k, m, h)."""
        raise NotImplementedError

    def combine(self, f: Tensor, g: Tensor) -> Tensor:
        """Scores (k, …) of codes (k, …, h) that broadcast against each other."""
        return (f * g).sum(-1)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.combine(*self.encode(x, y))

    def shifted(self, f: Tensor, g: Tensor, shifts: Sequence[int]) -> Tensor:
        """Scores (k, s, n) of codes f (k, n, h) of row i with g (k, m, h) of row i − shift, counted round the end; n ≤ m.

        They are of different rows for shifts 1 … m − 1.
        """
        n, longest = f.shape[1], max(shifts)
        round_ = torch.cat([g[:, g.shape[1] - longest :], g], 1)
        # Training needs all codes for its gradient; scoring takes as many shifts at a time as memory likes.
        many = len(shifts) if torch.is_grad_enabled() else max(1, _CODES // f.numel())
        parts = (shifts[i : i + many] for i in range(0, len(shifts), many))
        others = (torch.stack([round_[:, longest - s : longest - s + n] for s in part], 1) for part in parts)
        return torch.cat([self.combine(f.unsqueeze(1), codes) for codes in others], 1)

    def product(self, f: Tensor, g: Tensor) -> Tensor | None:
        """Scores (k, n, m) of all codes with all, where one product of matrices gives them."""
        return None

    def matrix(self, x: Tensor, y: Tensor) -> Tensor:
        """Scores (k, n, m) of every row of x with every row of y."""
        f, g = self.encode(x, y)
        return self.combine(f.unsqueeze(2), g.unsqueeze(1))


class Separable(Critic):
    """T(x, y) = f(x)·g(y) with two networks; all pairs of a batch cost one matrix product."""

    def __init__(self, dx: int, dy: int, hidden: int, layers: int, activation: str, draw: Draw):
        super().__init__()
        self.f, self.g = (BatchedMLP([d, *[hidden] * layers, min(hidden, 32)], activation, draw) for d in (dx, dy))

    def encode(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return self.f(x), self.g(y)

    def shifted(self, f: Tensor, g: Tensor, shifts: Sequence[int]) -> Tensor:
        (k, n), m, s = f.shape[:2], g.shape[1], len(shifts)
        if shifts != range(1, s + 1) or s < _FEW:
            return super().shifted(f, g, shifts)
        # Many shifts in a row: a product for some rows at a time, with little more than the rows before them.
        rows = min(n, max(s, _ROWS), max(1, _MATRIX // (2 * k * m)))
        parts = []
        for i in range(0, n, rows):
            some = f[:, i : i + rows]
            order = earlier(i, some.shape[1], s, m, g.device)
            scores = self.product(some, g[:, order[:m]])
            if len(order) > m:  # round the end, and so once more
                scores = torch.cat([scores, scores[:, :, : len(order) - m]], 2)
            parts.append(before(scores, s))
        return torch.cat(parts, 2)

    def product(self, f: Tensor, g: Tensor) -> Tensor:
        return f @ g.transpose(1, 2)

    def matrix(self, x: Tensor, y: Tensor) -> Tensor:
        return self.product(*self.encode(x, y))


class Cosine(Separable):
    """T(x, y) = cos(f(x), g(y)) / τ: scores between ±1/τ, which no pair can raise without the others."""

    def __init__(self, dx: int, dy: int, sizes: Sequence[int], temperature: float, draw: Draw):
        nn.Module.__init__(self)
        self.f, self.g = (BatchedMLP([d, *sizes], "relu", draw) for d in (dx, dy))
        self.temperature = temperature

    def encode(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        f, g = super().encode(x, y)
        return F.normalize(f, dim=-1) / self.temperature, F.normalize(g, dim=-1)


class Bilinear(Separable):
    """T(x, y) = f(x)ᵀ W y: one network, and a plain product with the columns of y (one column of ones added)."""

    def __init__(self, dx: int, dy: int, hidden: int, layers: int, activation: str, draw: Draw):
        nn.Module.__init__(self)
        self.f = BatchedMLP([dx, *[hidden] * layers, dy + 1], activation, draw)

    def encode(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return self.f(x), torch.cat([y, torch.ones_like(y[..., :1])], -1)


class Concat(Critic):
    """T(x, y) = network of x and y side by side; the first layer is a sum over both, so it is computed once a row."""

    def __init__(self, dx: int, dy: int, hidden: int, layers: int, activation: str, draw: Draw):
        super().__init__()
        self.first = BatchedLinear(dx + dy, hidden, draw)
        self.rest = BatchedMLP([*[hidden] * layers, 1], activation, draw)
        self.activation, self.dx = ACTIVATIONS[activation], dx

    def encode(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        weight = self.first.weight
        return torch.baddbmm(self.first.bias, x, weight[:, : self.dx]), y @ weight[:, self.dx :]

    def combine(self, f: Tensor, g: Tensor) -> Tensor:
        code = self.activation(f + g)  # of one network there may be many sets of codes: they go through it together
        return self.rest(code.reshape(len(self.first.weight), -1, code.shape[-1])).reshape(code.shape[:-1])


def earlier(first: int, rows: int, s: int, m: int, device: torch.device) -> Tensor:
    """The rows that stand 1 … s before some successive ones, of m that are counted round the end, from the last on backwards."""
    return (first + rows - 2 - torch.arange(rows + s - 1, device=device)) % m


def before(scores: Tensor, s: int) -> Tensor:
    """`Critic.shifted` for 1 … s, of the scores (k, n, n + s − 1) of n successive rows with those `earlier` than they are.

    Row i has its own from column n − 1 − i on: in lines that are one shorter, all stand below each other.
    """
    k, n, columns = scores.shape
    return scores.contiguous().as_strided((k, n, s), (n * columns, columns - 1, 1), n - 1).transpose(1, 2)


def partners(n: int, shifts: Sequence[int], device: torch.device) -> Tensor:
    """Row i − shift for each row i, around the end, (s, n)."""
    return (torch.arange(n, device=device) - torch.tensor(shifts, device=device)[:, None]) % n


def make(
    kind: str, k: int, dx: int, dy: int, *, hidden: int, layers: int, activation: str, generator: torch.Generator
) -> Critic:
    """k critics of a kind, their weights drawn from the generator, on its device. Errors: ValueError."""
    kinds = {"concat": Concat, "separable": Separable, "bilinear": Bilinear}
    if kind not in kinds:
        raise ValueError(Sentence("critic={kind!r} is not one of {names}", kind=kind, names=", ".join(KINDS)))
    return kinds[kind](dx, dy, hidden, layers, activation, one_stream(k, generator))
