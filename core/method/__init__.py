"""The one contract: every method yields `Step`s from a `Source`, and is a scikit-learn estimator besides.

A closed form yields once, a network thousands of times. A script iterates `steps`, a unit test takes five of them,
`fit` drains them, and a worker process that pulls the same generator is the live dashboard. Pause means: stop pulling.
"""

from core.method.base import DEVICES, Method
from core.method.families import (
    Clusterer,
    ConditionalDensity,
    Encoder,
    MIEstimator,
    Pitfall,
    Projection,
    Sweep,
)
from core.method.source import Array, Source, TableSource, TaskSource
from core.method.step import Checkpoint, Step
from core.method.validation import check_is_fitted, validate_data
from core.params import Range

__all__ = [
    "DEVICES",
    "Array",
    "Checkpoint",
    "Clusterer",
    "ConditionalDensity",
    "Encoder",
    "MIEstimator",
    "Method",
    "Pitfall",
    "Projection",
    "Range",
    "Source",
    "Step",
    "Sweep",
    "TableSource",
    "TaskSource",
    "check_is_fitted",
    "validate_data",
]
