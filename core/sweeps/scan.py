"""One parameter of one method over several values, a Step a value, and what each of these runs has to say."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from joblib import Parallel, delayed

from core import discover, params
from core.method import Array, Checkpoint, Method, Source, Step, Sweep
from core.sentences import Sentence

_OWN = ("random_state", "device")  # belong to the scan, which hands them to every part
MOST = 64  # values: one run each


@dataclass(eq=False, repr=False, kw_only=True)
class Scan(Sweep):
    """Runs a method once for each value of one parameter, all else equal, on the same data and with the same seed.

    `rows_` has a row for each value: "value" and every number in the method's own `result`, nested names joined by dots,
    such as IIC's "agreement_all". No row is chosen here: which number to go by is for the reader, and those that count
    labels say so.
    """

    title: ClassVar[str] = "Scan of one parameter"
    reference: ClassVar[str] = (
        "T. Lange, V. Roth, M. L. Braun, J. M. Buhmann (2004), Stability-based validation of clustering solutions, "
        "Neural Computation 16, 1299"
    )
    views: ClassVar[tuple[str, ...]] = ("scan",)

    kind: Annotated[Literal["clusterers", "encoders", "projections"], "The family of the method that is run."] = (
        "clusterers"
    )
    method: Annotated[str, "The method that is run, by the name of its file."] = "iic"
    parameter: Annotated[str, "The parameter that is varied."] = "n_clusters"
    values: Annotated[tuple[Any, ...], "The values that it takes, one run each."] = (6, 8, 10, 12, 15)
    settings: Annotated[tuple[Any, ...], "Other parameters: pairs of a name and a value."] = ()

    @classmethod
    def repeated(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        """The run that the values are put into."""
        given = {"kind": cls.kind, "method": cls.method, "settings": cls.settings} | parameters
        return {"family": given["kind"], "method": given["method"], "parameters": dict(given["settings"])}

    def check_parameters(self) -> None:
        """Also that the method has these parameters and may take these values. Errors: ValueError in one sentence."""
        super().check_parameters()
        self._parts()

    def steps(self, source: Source, start: Checkpoint | None = None) -> Iterator[Step]:
        """A Step a value: "value" (its place where it is no number) and the numbers of that run's result.

        Parts run side by side as joblib sees fit, each in a thread: the work is done outside Python's lock. On a GPU
        they follow one another. A checkpoint's parts are not run again.
        """
        from core import device

        self.check_parameters()
        parts = self._parts()
        self._run = rows = list(start.meta["rows"]) if start else []
        jobs = -1 if device.resolve(self.device).type == "cpu" else 1
        with Parallel(n_jobs=jobs, prefer="threads", pre_dispatch="n_jobs", return_as="generator") as pool:
            for numbers in pool(delayed(_numbers_of)(part, source) for part in parts[len(rows) :]):
                value = self.values[len(rows)]
                rows.append({"value": value, **numbers})
                yield Step(len(rows), {"value": _number(value, len(rows) - 1), **numbers})

    @property
    def total(self) -> int:
        """The number of values."""
        return len(self.values)

    def checkpoint(self) -> Checkpoint | None:
        """The rows so far."""
        rows = self._under_way()
        return Checkpoint(len(rows), {}, {"rows": rows})

    def finish(self) -> Self:
        """Set `rows_`, of as many values as were reached. Errors: ValueError where the run did not begin."""
        self.rows_ = list(self._under_way())
        return self

    def result(self) -> dict[str, Any]:
        """What was varied, and the rows."""
        return {"kind": self.kind, "method": self.method, "parameter": self.parameter, "rows": self.rows_}

    def view(self, name: str) -> dict[str, Array]:
        """ "scan": "value" (m,) and each number by its name (m,), NaN where a part has not got it."""
        if name != "scan":
            return super().view(name)
        rows = self._shown_run(name)
        names = list(dict.fromkeys(key for row in rows for key in row if key != "value"))
        found = {key: np.array([row.get(key, math.nan) for row in rows], dtype=float) for key in names}
        return {"value": np.array([_number(row["value"], i) for i, row in enumerate(rows)]), **found}

    def _parts(self) -> list[Method]:
        """The method once for each value, checked and not yet run."""
        cls: Any = discover.load(self.kind, self.method)
        known = params.parameters(cls)
        if self.parameter not in known or self.parameter in _OWN:
            near = difflib.get_close_matches(self.parameter, known, 1)
            hint = (
                Sentence("did you mean {near}?", near=near[0])
                if near
                else Sentence("it has {names}", names=", ".join(n for n in known if n not in _OWN))
            )
            raise ValueError(
                Sentence(
                    "parameter={parameter!r} is no parameter of {title} that can be varied; {hint}",
                    parameter=self.parameter,
                    title=cls.title,
                    hint=hint,
                )
            )
        if not 1 <= len(self.values) <= MOST:
            raise ValueError(
                Sentence(
                    "values has {n_values} entries; give 1 to {most} values of {parameter}",
                    n_values=len(self.values),
                    most=MOST,
                    parameter=self.parameter,
                )
            )
        if any(
            not isinstance(pair, tuple) or len(pair) != 2 or pair[0] in (*_OWN, self.parameter)
            for pair in self.settings
        ):
            raise ValueError(
                Sentence(
                    "settings={settings!r} must be pairs of a name and a value, and of other parameters than "
                    "{parameter} and {names}",
                    settings=self.settings,
                    parameter=self.parameter,
                    names=" and ".join(_OWN),
                )
            )
        others = params.check(cls, dict(self.settings))
        varied = [known[self.parameter].check(value) for value in self.values]
        seed = {"random_state": self.seed(), "device": self.device}
        return [cls(**others, **{self.parameter: value}, **seed) for value in varied]


def _numbers_of(part: Method, source: Source) -> dict[str, float]:
    numbers = dict(_numbers(part.run(source).result()))
    part.__dict__.pop("_run", None)  # its data and networks: there may be many parts
    return numbers


def _numbers(numbers: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of a nested result with the path to each."""
    for key, value in numbers.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{before}{key}.")
        elif isinstance(value, (int, float)):  # also yes and no
            yield f"{before}{key}", float(value)


def _number(value: Any, place: int) -> float:
    return float(value) if isinstance(value, (int, float)) else float(place)
