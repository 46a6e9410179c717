"""Exact quantities of information theory, in nats: of probability tables, and of Gaussians by their covariance.

mutual_information([[0.4, 0.1], [0.1, 0.4]])          0.1927… nats
gaussian_mutual_information([[1, 0.8], [0.8, 1]], 1)  0.5108… nats
"""

from __future__ import annotations

from core.information.gaussians import (
    gaussian_conditional_entropy,
    gaussian_entropy,
    gaussian_kl,
    gaussian_mutual_information,
)
from core.information.tables import (
    binary_entropy,
    conditional_entropy,
    cross_entropy,
    entropy,
    joint_entropy,
    js,
    kl,
    mutual_information,
    pointwise_mi,
    self_information,
)

__all__ = [
    "binary_entropy",
    "conditional_entropy",
    "cross_entropy",
    "entropy",
    "gaussian_conditional_entropy",
    "gaussian_entropy",
    "gaussian_kl",
    "gaussian_mutual_information",
    "joint_entropy",
    "js",
    "kl",
    "mutual_information",
    "pointwise_mi",
    "self_information",
]
