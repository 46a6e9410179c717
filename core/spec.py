"""A run as data: family, method, parameters, data reference, seed, device, threads; validated, and JSON both ways.

It is enough to reproduce the run: the URL, the exported script, the shell and the store all hold it.

    {"family": "estimators", "method": "mine", "parameters": {"hidden": 64},
     "data": {"distribution": {"name": "gaussian", "rho": 0.8}, "n": 10000}, "seed": 0}
"""

from __future__ import annotations

import contextlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core import discover, params, sentences
from core.data.references import KINDS, Data
from core.method import DEVICES, Method, Sweep
from core.sentences import Listing, Sentence

Name = Annotated[str, Field(min_length=1, max_length=200)]
Device = Annotated[str, Field(pattern=f"^({DEVICES})$")]


class SpecError(ValueError):
    """A spec that cannot be run, in one sentence that names the field, its value and what is allowed."""


_GIVEN = {
    "rows": Sentence("rows"),
    "pictures": Sentence("pictures"),
    "graph": Sentence("a graph"),
    "tasks": Sentence("tasks"),
}
_WERE_ENCODERS = ("pca", "tsne")
_BESIDE = ("random_state", "device")  # parameters of a method that stand beside them in a spec
_PROGRAMS = ("infoscope", "torch", "numpy", "scikit-learn")


class Spec(BaseModel):
    """One run. `parameters` are the method's, all of them, as their annotations allow; seed and device stand beside them.

    `versions` says with what the run was made; specs of before have none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        single = self.single()  # a scan's runs read what their method does
        _refuse_other_data(discover.load(single.family, single.method), self.data)
        self.data.check(single.family)
        return self

    @classmethod
    def parse(cls, value: str | bytes | dict[str, Any]) -> Spec:
        """From JSON text or a dict. Errors: SpecError, one sentence a fault, joined by semicolons."""
        try:
            return cls.model_validate(value) if isinstance(value, dict) else cls.model_validate_json(value)
        except ValidationError as error:
            raise SpecError(Listing(_sentence(fault) for fault in error.errors())) from error

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

    def source(self) -> Any:
        """The rows, drawn or read anew from the reference: a `Source`, for a sweep over columns a `TableSource`, for one over
        tasks a `TaskSource`.

        Errors: ValueError in one sentence.
        """
        return self.data.source(self.seed, self.single().family)


def _refuse_other_data(cls: Any, data: Any) -> None:
    """Errors: ValueError where a method cannot learn from what these data are."""
    if data.gives not in cls.takes:
        raise ValueError(
            Sentence(
                "{method} cannot learn from {data}, which gives {given}: it takes {taken}",
                method=Sentence(cls.title),
                data=data.title(),
                given=_GIVEN[data.gives],
                taken=Listing([_GIVEN[name] for name in cls.takes], ", "),
            )
        )


def _family(family: Any, method: Any) -> Any:
    """The family in which a method is now."""
    return "projections" if family == "encoders" and method in _WERE_ENCODERS else family


def _sentence(fault: Any) -> str:
    loc = fault["loc"]
    if len(loc) > 2 and loc[1] in KINDS:  # the kind of data, which stands before its own field
        loc = (loc[0], *loc[2:])
    place = ".".join(str(part) for part in loc)
    cause = fault.get("ctx", {}).get("error")
    message: str = sentences.of(cause) if isinstance(cause, ValueError) else fault["msg"].rstrip(".")
    if fault["type"] == "string_pattern_mismatch":
        message = Sentence("is not written as it must be")
    value = fault.get("input")
    shown = f"{value!r}"
    if fault["type"] == "value_error" or not place:
        return message
    if isinstance(value, (dict, list)) or len(shown) > 80:
        return Sentence("{place}: {message}", place=place, message=message)
    return Sentence("{place}={shown}: {message}", place=place, shown=shown, message=message)
