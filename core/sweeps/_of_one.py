"""A sweep that asks one estimator again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from core import params
from core.analysis.estimate import estimator_class
from core.method import MIEstimator, Sweep


@dataclass(eq=False, repr=False, kw_only=True)
class OfOneEstimator(Sweep):
    """One estimator with its settings, checked before the first step."""

    takes: ClassVar[tuple[str, ...]] = ("rows",)

    method: Annotated[str, "The estimator, by the name of its file."] = "ksg"
    settings: Annotated[tuple[Any, ...], "Parameters of the estimator: pairs of a name and a value."] = ()

    @classmethod
    def repeated(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        """The estimate that is made again and again."""
        given = {"method": cls.method, "settings": cls.settings} | parameters
        return {"family": MIEstimator.family, "method": given["method"], "parameters": dict(given["settings"])}

    def check_parameters(self) -> None:
        """Also the estimator's own. Errors: ValueError in one sentence."""
        super().check_parameters()
        self._estimator()

    def _estimator(self) -> MIEstimator:
        cls: Any = estimator_class(self.method)
        made: MIEstimator = cls(**params.check(cls, dict(self.settings)), random_state=self.seed(), device=self.device)
        return made
