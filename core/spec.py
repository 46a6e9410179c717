"""A run as data: family, method, parameters, data reference, seed, device, threads; validated, and JSON both ways.

It is enough to reproduce the run: the URL, the exported script, the shell and the store all hold it.

    {"family": "estimators", "method": "mine", "parameters": {"hidden": 64},
     "data": {"distribution": {"name": "gaussian", "rho": 0.8}, "n": 10000}, "seed": 0}
"""

from __future__ import annotations

import contextlib
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from core import discover, params
from core.method import DEVICES, Method, Source, Sweep
from core.sentences import Sentence

Name = Annotated[str, Field(min_length=1, max_length=200)]
Device = Annotated[str, Field(pattern=f"^({DEVICES})$")]


class SpecError(ValueError):
    """A spec that cannot be run, in one sentence that names the field, its value and what is allowed."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DistributionData(_Part):
    """Pairs from a distribution with known MI: a fixed sample of n rows, or fresh draws with n rows held out."""

    kind: ClassVar[str] = "distribution"
    distribution: dict[str, Any]  # {"name": …, parameters …, "of": {…}} for compositions
    n: int = Field(10_000, ge=50, le=2_000_000)
    fresh: bool = False

    @model_validator(mode="after")
    def _known(self) -> DistributionData:
        from core.distributions import from_dict, to_dict

        object.__setattr__(self, "distribution", to_dict(from_dict(self.distribution)))  # as `Spec.parameters`
        return self


class TableData(_Part):
    """Columns of a table: a bundled one by name, an uploaded one by its id, or a file's path.

    A sweep over pairs takes the columns x among themselves and leaves y empty. What groups rows takes x alone, and may
    name a column of labels, which is used for reports only.
    """

    kind: ClassVar[str] = "table"
    table: Name
    x: list[Name] = Field(min_length=1, max_length=500)
    y: list[Name] = Field([], max_length=500)
    labels: Name | None = None


class ImageData(_Part):
    """Pictures: a set by name, such as "digits", an upload by its id, or a folder's path; n of them, or all."""

    kind: ClassVar[str] = "images"
    images: Annotated[str, Field(min_length=1, max_length=4_000)]  # a path may be long
    n: int | None = Field(None, ge=10)


class ProblemData(_Part):
    """A one-to-many problem by name, such as "inverse"."""

    kind: ClassVar[str] = "problem"
    problem: Name
    n: int = Field(1_000, ge=20, le=1_000_000)


class RunData(_Part):
    """The features that an earlier run learned, by the run's id."""

    kind: ClassVar[str] = "run"
    run: str = Field(pattern=r"^[a-z0-9]{6,64}$")


_BESIDE = ("random_state", "device")  # parameters of a method that stand beside them in a spec
_PROGRAMS = ("infoscope", "torch", "numpy", "scikit-learn")
_WERE_ENCODERS = ("pca", "tsne")
_PAIRED = ("estimators", "densities", "sweeps")  # families that relate columns to each other
_KINDS = ("distribution", "table", "images", "problem", "run")


def _kind(value: Any) -> str | None:
    get = value.get if isinstance(value, dict) else lambda key: getattr(value, key, None)
    return next((kind for kind in _KINDS if get(kind) is not None), None)


Data = Annotated[
    Annotated[DistributionData, Tag("distribution")]
    | Annotated[TableData, Tag("table")]
    | Annotated[ImageData, Tag("images")]
    | Annotated[ProblemData, Tag("problem")]
    | Annotated[RunData, Tag("run")],
    Discriminator(
        _kind,
        custom_error_type="data",
        custom_error_message=Sentence("data must hold one of {names}", names=", ".join(_KINDS)),
    ),
]


class Spec(_Part):
    """One run. `parameters` are the method's, all of them, as their annotations allow; seed and device stand beside them.

    `versions` says with what the run was made; specs of before have none.
    """

    version: Literal[1] = 1
    family: Literal["estimators", "clusterers", "encoders", "projections", "densities", "pitfalls", "sweeps"]
    method: Name
    parameters: dict[str, Any] = {}
    data: Data
    seed: int = Field(0, ge=0, le=2**32 - 1)
    device: Device = "auto"
    threads: int | None = Field(None, ge=1, le=1024)
    versions: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _moved(cls, given: Any) -> Any:
        """What was written when projections were among the encoders, also as the runs of a scan, means what it meant."""
        if not isinstance(given, dict):
            return given
        given = given | {"family": _family(given.get("family"), given.get("method"))} if "family" in given else given
        scanned = given.get("parameters")
        if given.get("family") == "sweeps" and isinstance(scanned, dict) and "kind" in scanned:
            kind = _family(scanned["kind"], scanned.get("method"))
            given = given | {"parameters": scanned | {"kind": kind}}
        return given

    @model_validator(mode="after")
    def _buildable(self) -> Spec:
        cls = discover.load(self.family, self.method)
        params.refuse(self.parameters, random_state="seed", device="device")
        checked = params.check(cls, self.parameters)
        known = {name: param.default for name, param in params.parameters(cls).items() if name not in _BESIDE}
        # Every parameter is written down: a run that was stored keeps its meaning when a default changes.
        object.__setattr__(self, "parameters", known | checked)
        if self.family == "estimators" and isinstance(self.data, TableData) and not self.data.y:
            raise ValueError(Sentence("y is empty: name at least one column of the table for y"))
        if isinstance(self.data, TableData) and self.data.labels and (self.data.y or self.single().family in _PAIRED):
            raise ValueError(
                Sentence(
                    "labels={labels!r} has no use here: labels go with columns x alone, to be grouped",
                    labels=self.data.labels,
                )
            )
        if self.family == "clusterers" and isinstance(self.data, TableData) and self.data.y:
            raise ValueError(Sentence("y={y!r} has no use here: a clusterer groups the columns x alone", y=self.data.y))
        return self

    @classmethod
    def parse(cls, value: str | bytes | dict[str, Any]) -> Spec:
        """From JSON text or a dict. Errors: SpecError, one sentence a fault, joined by semicolons."""
        try:
            return cls.model_validate(value) if isinstance(value, dict) else cls.model_validate_json(value)
        except ValidationError as error:
            raise SpecError("; ".join(_sentence(fault) for fault in error.errors())) from error

    def to_json(self) -> str:
        """One line; `Spec.parse` gives the same spec back."""
        return self.model_dump_json(exclude_none=True)

    def build(self) -> Method:
        """The method, not yet run."""
        cls = discover.load(self.family, self.method)
        checked = params.check(cls, self.parameters)
        return cls(**checked, random_state=self.seed, device=self.device)

    def single(self) -> Spec:
        """The run that a sweep over one method repeats; any other spec as it is."""
        cls = discover.load(self.family, self.method)
        repeated = cls.repeated(params.check(cls, self.parameters)) if issubclass(cls, Sweep) else None
        return self.model_copy(update=repeated) if repeated else self

    def stamped(self, threads: int | None) -> Spec:
        """The run as it is about to be made here: with the threads it gets and the versions that are installed."""
        import platform
        from importlib import metadata

        versions = {"python": platform.python_version()}
        for name in _PROGRAMS:
            with contextlib.suppress(metadata.PackageNotFoundError):  # run from its folder, without being installed
                versions[name] = metadata.version(name)
        return self.model_copy(update={"threads": self.threads or threads, "versions": versions})

    def source(self) -> Source:
        """The data, drawn or read anew from the reference. Errors: ValueError in one sentence."""
        from core.data import resolve

        return resolve(self.data, self.seed, self.single().family)  # a scan's runs read what their method does


def _family(family: Any, method: Any) -> Any:
    """The family in which a method is now."""
    return "projections" if family == "encoders" and method in _WERE_ENCODERS else family


def _sentence(fault: Any) -> str:
    loc = fault["loc"]
    if len(loc) > 2 and loc[1] in _KINDS:  # the kind of data, which stands before its own field
        loc = (loc[0], *loc[2:])
    place = ".".join(str(part) for part in loc)
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    if fault["type"] == "string_pattern_mismatch":
        message = "is not written as it must be"
    value = fault.get("input")
    shown = f"{value!r}"
    if fault["type"] == "value_error" or not place:
        return message
    return (
        f"{place}: {message}" if isinstance(value, (dict, list)) or len(shown) > 80 else f"{place}={shown}: {message}"
    )
