"""Estimators on tasks whose mutual information is known: a Step for each task, estimator and seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from scipy.special import stdtrit

from core.method import Array, Checkpoint, Step, TaskSource
from core.params import Range
from core.sweeps._cells import Board, OfCells, check_methods

WITHIN = 0.1  # nats from the truth that count as right, as the benchmark of the tasks has it


@dataclass(eq=False, repr=False, kw_only=True)
class Arena(OfCells):
    """Each estimator on each task, with seeds that follow one another from the run's own; all see the same rows of a task.

    `rows_` has a row for each: task, truth, method, seed, mi, interval, trust, reasons, seconds, error (all in nats). A cell
    that fails is a row without a number and with the sentence that says why. No cell is left out of `summary`.
    """

    title: ClassVar[str] = "Arena of estimators"
    reference: ClassVar[str] = (
        "P. Czyż, F. Grabowski, J. E. Vogt, N. Beerenwinkel, A. Marx (2023), Beyond Normal: On the Evaluation of Mutual "
        "Information Estimators; arXiv:2306.11078"
    )
    views: ClassVar[tuple[str, ...]] = ("errors",)
    takes: ClassVar[tuple[str, ...]] = ("tasks",)

    methods: Annotated[tuple[Any, ...], "The estimators that are compared, by the names of their files."] = (
        "ksg",
        "gaussian",
        "t_copula",
        "mixture_copula",
    )
    seeds: Annotated[int, Range(1, 20), "Samples of each task, each with a seed of its own."] = 1

    def check_parameters(self) -> None:
        """Also that the estimators are there, each once. Errors: ValueError in one sentence."""
        super().check_parameters()
        check_methods(self.methods)

    def steps(  # type: ignore[override]  # an arena is of tasks
        self, source: TaskSource, start: Checkpoint | None = None
    ) -> Iterator[Step]:
        """A Step a cell: "error" is the estimate less the truth in nats, and not there for a cell that failed. All tasks
        with the first seed come first. A checkpoint's cells are not computed again."""
        self.check_parameters()
        self._run = board = Board(source, list(start.meta["rows"]) if start else [])
        for name, joint, seed, method in self._cells(source)[len(board.rows) :]:
            error = board.add({"task": name}, joint, source.n, method, seed, self.device)
            yield Step(len(board.rows), error)

    def _cells(self, source: TaskSource) -> list[tuple[str, Any, int, str]]:
        first = self.seed()
        seeds = [(first + k) % 2**32 for k in range(self.seeds)]
        return [(name, joint, seed, m) for seed in seeds for name, joint in source.tasks for m in self.methods]

    @property
    def total(self) -> int:
        """The number of cells."""
        tasks = len(self._current.source.tasks) if self._current is not None else 1
        return tasks * len(self.methods) * self.seeds

    def result(self) -> dict[str, Any]:
        """Tasks, methods, the rows, and a summary of each method."""
        done = [name for name, _ in self._under_way().source.tasks]
        summary = [summarised(m, [row for row in self.rows_ if row["method"] == m]) for m in self.methods]
        return {"tasks": done, "methods": list(self.methods), "rows": self.rows_, "summary": summary}

    def view(self, name: str) -> dict[str, Array]:
        """ "errors": error (tasks, methods) in nats, the mean over the seeds so far, NaN where nothing is known yet."""
        if name != "errors":
            return super().view(name)
        board = self._shown_run(name)
        return {"error": errors(board.rows, [task for task, _ in board.source.tasks], self.methods)}


def errors(rows: list[dict[str, Any]], tasks: list[str], methods: Any) -> Array:
    """Estimate less truth in nats (tasks, methods): the mean over the seeds, NaN where no estimate is known."""
    known = _cells_of(rows)
    each = [_mean(known.get((task, method))) for task in tasks for method in methods]
    return np.array(each).reshape(len(tasks), len(methods))


def _cells_of(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Array]:
    """(task, method) → estimate less truth of each sample that has an estimate."""
    known: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row["mi"] is not None:
            known.setdefault((row["task"], row["method"]), []).append(row["mi"] - row["truth"])
    return {cell: np.array(off) for cell, off in known.items()}


def _mean(off: Array | None) -> float:
    return float("nan") if off is None else float(off.mean())


def closest(rows: list[dict[str, Any]], methods: list[str]) -> list[str]:
    """The method whose estimates are off by least on average over the tasks, and those that are no further off than chance
    may bring, by a paired t test over the tasks at 5 %. All methods need an estimate of each task."""
    tasks, known = list(dict.fromkeys(row["task"] for row in rows)), _cells_of(rows)
    off = np.array([[np.abs(known[task, method]).mean() for method in methods] for task in tasks])
    order = np.argsort(off.mean(axis=0), kind="stable")
    beyond = off[:, order] - off[:, order[:1]]
    if (n := len(tasks)) < 2:
        return [methods[i] for i in order]
    reach = stdtrit(n - 1, 0.975) * beyond.std(axis=0, ddof=1) / np.sqrt(n)
    return [methods[i] for i, mean, most in zip(order, beyond.mean(axis=0), reach, strict=True) if mean <= most]


def summarised(method: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """One method over its cells. A cell that failed counts as one that is not within reach of the truth."""
    found = [row for row in rows if row["mi"] is not None]
    off = [row["mi"] - row["truth"] for row in found]
    held = [row["interval"][0] <= row["truth"] <= row["interval"][1] for row in found if row["interval"]]
    return {
        "method": method,
        "cells": len(rows),
        "failed": len(rows) - len(found),
        "within": sum(abs(e) <= WITHIN for e in off),
        "error": float(np.mean(np.abs(off))) if off else None,
        "bias": float(np.mean(off)) if off else None,
        "covered": float(np.mean(held)) if held else None,
        "seconds": float(np.mean([row["seconds"] for row in rows])) if rows else None,
    }
