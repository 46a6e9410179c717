"""Parameters that learners of two views share, each written once: its type, range, sentence and place in the form."""

from __future__ import annotations

from typing import Annotated, Literal

from core.params import Field, Range

Epochs = Annotated[
    int | None,
    Range(1, 10_000, log=True),
    "How often every training row is seen; empty: for a few hundred steps.",
    Field("Epochs"),
]
Rotation = Annotated[
    float,
    Range(0, 180),
    "Pictures: half are turned by up to this many degrees.",
    Field("Largest rotation (degrees)", "Views", "pictures"),
]
Crop = Annotated[
    float,
    Range(0.2, 0.85),
    "Pictures: the smallest window cut out, as part of the side.",
    Field("Smallest crop", "Views", "pictures"),
]
Noise = Annotated[
    float,
    Range(0, 3),
    "Rows: deviation of the noise that a view adds to standardised columns.",
    Field("Noise added to a view", "Views", "rows"),
]
Backbone = Annotated[
    Literal["auto", "strided", "vgg", "perceptron"],
    "The network that the others stand on; auto goes by the data.",
    Field("Backbone", "Network"),
]
Size = Annotated[
    int | None,
    Range(8, 96),
    "Pictures: pixels a side that the network sees; empty: by the data.",
    Field("Picture side seen by the network (pixels)", "Network", "pictures"),
]
Width = Annotated[
    int | None,
    Range(4, 256, log=True),
    "Channels of the first layer; the last has four times as many. Empty: 32, or 16 for pictures of up to 16 pixels.",
    Field("Channels of the first layer", "Network"),
]
BatchSize = Annotated[int, Range(2, 10_000, log=True), "Rows in a step.", Field("Batch size", "Training")]
LearningRate = Annotated[
    float, Range(1e-5, 1.0, log=True), "Step size of Adam at the start.", Field("Learning rate", "Training")
]
Jitter = Annotated[
    float | None,
    Range(0, 1),
    "Pictures: change of brightness, contrast and colour; empty: .4 for colour, 0 for grey.",
    Field("Colour and brightness jitter", "Views", "pictures"),
]
Flip = Annotated[
    bool,
    "Pictures: half are mirrored; not for what has a right way round, such as digits.",
    Field("Mirror pictures", "Views", "pictures"),
]
Mask = Annotated[
    float,
    Range(0, 0.9),
    "Rows: part of the values that a view hides by their column's mean.",
    Field("Fraction of values hidden", "Views", "rows"),
]
Schedule = Annotated[
    Literal["cosine", "constant", "steps"],
    "How the step size falls: as a cosine in the second half, never, or × 0.8 every 400 epochs.",
    Field("Learning-rate schedule", "Training"),
]
Precision = Annotated[
    Literal["auto", "float32", "bfloat16"],
    "Numbers in the network's products; auto is bfloat16 on CUDA.",
    Field("Number format", "Training"),
]
Neighbours = Annotated[
    float | None,
    Range(0, 1),
    "Fraction of pairs whose second look is at one of the nearest rows; empty: none of colour pictures, otherwise half.",
    Field("Fraction of pairs with a neighbour", "Views"),
]
Copies = Annotated[
    int, Range(1, 8), "Varied views of each row in a step.", Field("Views of each row in a step", "Views")
]
