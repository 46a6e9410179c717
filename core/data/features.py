"""What a run has learned, kept as arrays beside it, for later runs to look at."""

from __future__ import annotations

import numpy as np

from core.method import Array, Source
from core.places import run_folder
from core.sentences import Sentence


def save_features(identifier: str, arrays: dict[str, Array]) -> None:
    """Keep a run's picture "features": features (n, d), and labels and clusters (n,) where there are any."""
    from safetensors.numpy import save_file

    folder = run_folder(identifier)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / "features.partial"
    save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, beside)
    beside.replace(folder / "features.safetensors")


def has_features(identifier: str) -> bool:
    """Whether a run left features."""
    return (run_folder(identifier) / "features.safetensors").is_file()


def features_source(identifier: str) -> Source:
    """The features of a run as x, its labels (or else its clusters) as labels. Errors: ValueError in one sentence."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(run_folder(identifier) / "features.safetensors")
    except (OSError, SafetensorError) as error:
        raise ValueError(
            Sentence(
                "run {identifier} left no features to look at; choose a finished clustering run", identifier=identifier
            )
        ) from error
    return Source(arrays["features"], labels=arrays.get("labels", arrays.get("clusters")), x_names=(identifier,))
