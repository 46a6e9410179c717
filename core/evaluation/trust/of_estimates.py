"""What an estimate itself gives reason to doubt: its size, its sign, its interval, the training that led to it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.evaluation.trust.finding import Finding
from core.method import Step
from core.sentences import Sentence


def beyond_resolution(mi: float, n: int) -> Finding | None:
    """No distribution-free lower bound from n rows can exceed about ln n (McAllester & Stratos, arXiv:1811.04251)."""
    most = math.log(n)
    if mi < most - 1:
        return None
    near = (
        "{mi:.2f} nats is close to ln n = {most:.2f}, the most that {n:,} rows can establish: read it as a lower bound."
    )
    above = (
        "{mi:.2f} nats is above ln n = {most:.2f}, the most that {n:,} rows can establish: read it as a lower bound."
    )
    return Finding(
        "red",
        Sentence(near if mi <= most else above, mi=mi, most=most, n=n),
    )


def negative(mi: float) -> Finding | None:
    """An estimate may be negative, MI may not; a little below 0 is the noise of a held-out estimate."""
    if mi > -0.02:
        return None
    return Finding(
        "amber",
        Sentence(
            "The estimate is negative ({mi:.3f} nats), which MI cannot be: nothing was learned, read it as 0.", mi=mi
        ),
    )


def wide(mi: float, interval: tuple[float, float] | None) -> Finding | None:
    """An interval wider than 0.2 nats and than half of the estimate says little; so does one that goes as far as 0.15 nats
    and a quarter of it to one side."""
    if interval is None:
        return None
    width, aside = interval[1] - interval[0], max(interval[1] - mi, mi - interval[0])
    if not (width > max(0.2, 0.5 * abs(mi)) or aside > max(0.15, 0.25 * abs(mi))):
        return None
    low, high = interval
    return Finding("amber", Sentence("The interval is wide: {low:.2f} to {high:.2f} nats.", low=low, high=high))


def overfitted(training: float, held_out: float) -> Finding | None:
    """The training estimate stands far above the held-out one: the critic remembers rows."""
    above, of = training - held_out, abs(held_out)
    if above <= max(0.1, 0.25 * of):
        return None
    return Finding(
        "red" if above > max(0.5, of) else "amber",
        Sentence(
            "Training stands {above:.2f} nats above the held-out estimate: the critic overfits its training rows.",
            above=above,
        ),
    )


def overfitted_at_the_end(history: Sequence[Step]) -> Finding | None:
    """`overfitted` of the last quarter's training and the last held-out figure."""
    training = [s.info["mi"] for s in history[-max(1, len(history) // 4) :] if "mi" in s.info]
    held_out = [s.info["mi_held_out"] for s in history if "mi_held_out" in s.info]
    return overfitted(float(np.mean(training)), held_out[-1]) if training and held_out else None


def stopped(step: int, total: int, done: bool = False) -> Finding | None:
    """A run that was ended before its last step, though not because it no longer gained, reports a critic half trained."""
    if step == 0:
        return Finding("red", Sentence("The critic is untrained: the run was stopped before its first step."))
    if done or step >= total:
        return None
    return Finding(
        "amber",
        Sentence(
            "The training ended at step {step:,} of {total:,}: trained on, it may find more.", step=step, total=total
        ),
    )


def rising(gain: float, mi: float, half: float) -> Finding | None:
    """Rows that chose the weights saw the bound rise by `gain` nats in the second half of the run: it had not arrived.

    It counts from half of the interval's half-width on, so that a second gain of that size stays inside it; from a
    quarter of the estimate on where that is less, as for a critic that hardly began; and not below 0.002 nats.
    """
    if gain <= max(0.002, min(half / 2, mi / 4)):
        return None
    return Finding(
        "amber",
        Sentence(
            "The estimate was still rising at the end, by {gain:.3f} nats in the second half of the run: trained for longer, "
            "it may find more.",
            gain=gain,
        ),
    )


def near_ceiling(mi: float, ceiling: float, name: str) -> Finding | None:
    """A bound that cannot exceed `ceiling` (ln B for InfoNCE) and comes within 15 % of it says only: at least."""
    if mi < 0.85 * ceiling:
        return None
    return Finding(
        "red",
        Sentence(
            "{mi:.2f} nats is close to {name} = {ceiling:.2f}, which this bound cannot exceed: read it as a lower bound.",
            mi=mi,
            name=name,
            ceiling=ceiling,
        ),
    )


def folds_disagree(values: Sequence[float]) -> Finding | None:
    """Critics trained on different parts of the rows should see the same MI, to within 0.2 nats and a fifth of it."""
    spread, centre = float(np.std(values)), float(np.mean(values))
    if len(values) < 2 or spread <= max(0.2, 0.2 * abs(centre)):
        return None
    low, high = min(values), max(values)
    sentence = Sentence(
        "The folds disagree: their estimates run from {low:.2f} to {high:.2f} nats.", low=low, high=high
    )
    return Finding("amber", sentence)


def far_from_plug_in(mi: float, plug_in: float) -> Finding | None:
    """The mean learned log-ratio and the bound agree where the critic is right (the partition function is then 1)."""
    gap = abs(plug_in - mi)
    if gap <= max(0.15, 0.15 * abs(mi)):
        return None
    return Finding(
        "red" if gap > max(0.5, 0.5 * abs(mi)) else "amber",
        Sentence(
            "The bound ({mi:.2f} nats) and the mean of the learned log-ratio ({plug_in:.2f}) differ: the critic is not "
            "yet a log-ratio of densities.",
            mi=mi,
            plug_in=plug_in,
        ),
    )
