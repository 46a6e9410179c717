"""The forty tasks of "Beyond Normal" by our own distributions: an explicit list, because its order and names are theirs."""

from __future__ import annotations

from typing import Any

Described = dict[str, Any]

_GAUSSIAN: Described = {"name": "gaussian", "rho": 0.75}


def _sparse(d: int) -> Described:
    return {"name": "multivariate_gaussian", "dimension": d, "pairs": 2, "rho": 0.8}


def _dense(d: int) -> Described:
    return {"name": "gaussian_factors", "columns_x": d, "columns_y": d, "common": 1.0}


def _student(d: int, dof: float) -> Described:
    return {"name": "student", "columns_x": d, "columns_y": d, "dof": dof}


def _of(name: str, inner: Described) -> Described:
    return {"name": name, "of": inner}


def _spiral(d: int, inner: Described) -> Described:
    return {"name": "spiral", "speed": 1.0 / d, "of": inner}


def described() -> dict[str, Described]:
    """Task → distribution as `from_dict` takes it, sorted as the benchmark lists them.

    References: Czyż et al. (2023), Beyond Normal: On the Evaluation of Mutual Information Estimators, arXiv:2306.11078.
    """
    tasks = {
        "1v1-additive-0.1": {"name": "additive_uniform", "noise": 0.1},
        "1v1-additive-0.75": {"name": "additive_uniform", "noise": 0.75},
        "1v1-bimodal-0.75": _of("bimodal", _GAUSSIAN),
        "1v1-normal-0.75": _GAUSSIAN,
        "half_cube-1v1-normal-0.75": _of("half_cube", _GAUSSIAN),
        "normal_cdf-1v1-normal-0.75": _of("normal_cdf", _GAUSSIAN),
        "swissroll_x-normal_cdf-1v1-normal-0.75": _of("swiss_roll", _of("normal_cdf", _GAUSSIAN)),
        "wiggly-1v1-normal-0.75": _of("wiggly", _GAUSSIAN),
    }
    for d in (2, 3, 5, 25, 50):
        tasks[f"multinormal-dense-{d}-{d}-0.5"] = _dense(d)
    for d in (2, 3, 5, 25):
        tasks[f"multinormal-sparse-{d}-{d}-2-2.0"] = _sparse(d)
    for d in (3, 5, 25):
        sparse = f"multinormal-sparse-{d}-{d}-2-2.0"
        for name in ("half_cube", "normal_cdf"):
            tasks[f"{name}-{sparse}"] = _of(name, _sparse(d))
        tasks[f"spiral-{sparse}"] = _spiral(d, _sparse(d))
        tasks[f"spiral-normal_cdf-{sparse}"] = _spiral(d, _of("normal_cdf", _sparse(d)))
    for d, dof in ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (5, 2), (5, 3)):
        tasks[f"student-identity-{d}-{d}-{dof}"] = _student(d, dof)
    for d, dof in ((1, 1), (2, 1), (3, 2), (5, 2)):
        tasks[f"asinh-student-identity-{d}-{d}-{dof}"] = _of("asinh", _student(d, dof))
    return dict(sorted(tasks.items()))
