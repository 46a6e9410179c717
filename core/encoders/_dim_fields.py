"""The parameters of Deep InfoMax, each written once: its type, range, sentence and place in the form."""

from __future__ import annotations

from typing import Annotated, Literal

from core.learning import maps
from core.params import Field, Range

Pairing = Annotated[
    Literal["views", "same"],
    "Map and features from two views of a picture, or from the same one as in the paper.",
    Field("Pairs", "Views"),
]
Objective = Annotated[
    Literal["auto", "codes", "infonce", "jsd", "dv"],
    "What the local and the global term ascend: the information of learned codes of both sides, or a bound of a critic's "
    "scores. Auto: codes for rows and grey pictures; for colour pictures InfoNCE between windows from anywhere in the "
    "picture, in other hues or in grey. The reported bound is InfoNCE for all.",
    Field("Objective", "Training"),
]
Kind = Annotated[
    Literal["dot", "concat"],
    "Where a critic scores. Dot encodes map and features and compares all pairs at once; concat is a network of "
    "both together, slowly.",
    Field("Critic", "Network"),
]
LocalWeight = Annotated[float, Range(0, 10), "Weight β of the local term.", Field("Local weight β", "Training")]
GlobalWeight = Annotated[float, Range(0, 10), "Weight α of the global term.", Field("Global weight α", "Training")]
PriorWeight = Annotated[
    float, Range(0, 10), "Weight γ with which features become uniform.", Field("Prior weight γ", "Training")
]
Temperature = Annotated[
    float,
    Range(0.02, 2.0, log=True),
    "Dot critic: scores are cosines divided by this.",
    Field("Temperature", "Training"),
]
Hidden = Annotated[
    int, Range(4, 4096, log=True), "Hidden units of the critics.", Field("Hidden units of the critic", "Network")
]
Negatives = Annotated[
    int,
    Range(1, 512, log=True),
    "Concat critic: other rows that a row is compared with.",
    Field("Negatives of each row", "Training"),
]
Backbone = Annotated[
    maps.Kind,
    "Pooled: small convolutions; strided: the paper's; dense: no stride, a map of many places, a hundred times the work.",
    Field("Backbone", "Network"),
]
