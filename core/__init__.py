"""Infoscope's numerics: importable, testable and useful without the dashboard.

estimate_mi(x, y)            mutual information of two arrays, with an interval and a verdict on how far to believe it
conditional_mi(x, y, z)      beyond what z says; total_correlation, interaction_information, transfer_entropy likewise
mi_matrix(table)             of every pair of columns, with p-values
select_features(table, y)    columns that tell most of one; FeatureSelector is the same for scikit-learn
compare_clusterings(table, first, second)    two columns of labels
mi_by_lag(x, y)              what one series tells of another some steps later; transfer_entropy_by_lag, phase_synchrony
read_table(path)             a table from a file, with what was read and what was dropped
core.distributions           joint distributions that know their MI
core.information             exact quantities of tables and Gaussians
core.estimators, .clusterers, .encoders, .projections, .densities      the methods, each a scikit-learn estimator
core.spec.Spec               a run as data, for the shell (python -m core), the store and the link
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.analysis.clusterings import compare_clusterings
    from core.analysis.estimate import Estimate, estimate_mi
    from core.analysis.feature_selector import FeatureSelector
    from core.analysis.lags import mi_by_lag, phase_synchrony, transfer_entropy_by_lag
    from core.analysis.matrix import MIMatrix, mi_matrix
    from core.analysis.selection import select_features
    from core.analysis.several import conditional_mi, interaction_information, total_correlation, transfer_entropy
    from core.data.tables import Table, TableError, read_table

# Torch's threads wait for each other asleep, not spinning; it has to be said before torch is loaded. Beside busy
# processes a convolutional net on two threads then took 3.4 s and not 15, and a fifth of the processor's time.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

_WHERE = {
    "estimate_mi": "core.analysis.estimate",
    "Estimate": "core.analysis.estimate",
    "conditional_mi": "core.analysis.several",
    "interaction_information": "core.analysis.several",
    "total_correlation": "core.analysis.several",
    "transfer_entropy": "core.analysis.several",
    "mi_matrix": "core.analysis.matrix",
    "select_features": "core.analysis.selection",
    "compare_clusterings": "core.analysis.clusterings",
    "mi_by_lag": "core.analysis.lags",
    "transfer_entropy_by_lag": "core.analysis.lags",
    "phase_synchrony": "core.analysis.lags",
    "FeatureSelector": "core.analysis.feature_selector",
    "MIMatrix": "core.analysis.matrix",
    "read_table": "core.data.tables",
    "Table": "core.data.tables",
    "TableError": "core.data.tables",
}
_PACKAGES = (
    "analysis",
    "clusterers",
    "data",
    "densities",
    "distributions",
    "encoders",
    "estimators",
    "evaluation",
    "information",
    "projections",
)

__all__ = [
    "Estimate",
    "FeatureSelector",
    "MIMatrix",
    "Table",
    "TableError",
    "compare_clusterings",
    "conditional_mi",
    "estimate_mi",
    "interaction_information",
    "mi_by_lag",
    "mi_matrix",
    "phase_synchrony",
    "read_table",
    "select_features",
    "total_correlation",
    "transfer_entropy",
    "transfer_entropy_by_lag",
]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `import core` stays instant, and the first page needs no torch.
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    if name in _PACKAGES:
        return import_module(f"core.{name}")
    raise AttributeError(f"module 'core' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, *_PACKAGES])
