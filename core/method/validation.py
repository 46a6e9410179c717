"""scikit-learn's checks of what `fit` is given, with sentences for people in place of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import validation
from sklearn.utils.validation import check_is_fitted

from core.arrays import plain, shown
from core.sentences import Sentence

if TYPE_CHECKING:
    from core.method.base import Method

__all__ = ["check_is_fitted", "validate_data"]


def validate_data(method: Method, X: Any, *y: Any, **checks: Any) -> Any:
    """scikit-learn's check of X, and of y where it is given, which also takes tensors. Errors: ValueError."""
    try:
        return validation.validate_data(method, plain(X), *map(plain, y), **checks)
    except OverflowError as error:
        raise ValueError(
            Sentence("a number beyond ±1.8e308 is too large for double precision: divide its column")
        ) from error
    except ValueError as error:
        raise _in_one_sentence(error, X) from error


def _in_one_sentence(error: ValueError, X: Any) -> ValueError:
    """scikit-learn's own words without the values and the advice that it prints below them."""
    first = str(error).split("\n")[0]
    if "contains NaN" in first or "contains infinity" in first:
        return ValueError(Sentence("{fault}: drop or fill those rows", fault=first.rstrip(".")))
    if first.startswith("Expected 2D array"):
        what = Sentence("has the shape {shape}", shape=np.shape(X)) if np.ndim(X) else f"is {shown(X)}"
        return ValueError(
            Sentence(
                "X {what}: give rows (n, d). Reshape your data by X.reshape(-1, 1) if it is a single column", what=what
            )
        )
    if first.startswith("Complex data not supported"):
        return ValueError("Complex data not supported: give real and imaginary part as two columns")
    if first.startswith("could not convert string"):
        return ValueError(Sentence("X or y holds text, not numbers: {first}", first=first))
    return error
