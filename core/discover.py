"""A file is a registration: one public class per module of a family's folder, named after the module; a broken file is loud.

Own methods need no place in the package: `<data folder>/plugins/<family>/name.py` counts the same.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from core.paths import data_folder
from core.sentences import Sentence

FAMILIES = ("distributions", "estimators", "clusterers", "encoders", "projections", "densities", "pitfalls", "sweeps")


class DiscoveryError(ImportError):
    """A method's file does not keep the rule; the message names the file and says what to change."""


@cache
def modules(family: str) -> dict[str, Path]:
    """Name → file, sorted by name, the package's own before plug-ins; reads the folders, imports nothing."""
    if family not in FAMILIES:
        raise ValueError(Sentence("family {family!r} is not one of {names}", family=family, names=", ".join(FAMILIES)))
    own = Path(__file__).parent / family
    found: dict[str, Path] = {}
    for folder in (own, data_folder() / "plugins" / family):
        for path in sorted(folder.glob("[!_]*.py")):
            if path.stem in found:
                raise DiscoveryError(
                    Sentence(
                        "{name} in {folder}: the name {stem} is taken; rename the file",
                        name=path.name,
                        folder=folder.name,
                        stem=path.stem,
                    )
                )
            found[path.stem] = path
    return found


def names(family: str) -> list[str]:
    """The names of a family's members."""
    return list(modules(family))


@cache
def load(family: str, name: str) -> Any:
    """The class that the module of that name holds. Errors: ValueError for an unknown name, DiscoveryError for a bad file."""
    files = modules(family)
    if name not in files:
        raise ValueError(
            Sentence(
                "there is no {name!r} among {family}; there are {names}",
                name=name,
                family=family,
                names=", ".join(files),
            )
        )
    return public_class(_import(family, name, files[name]))


def every(family: str) -> dict[str, Any]:
    """Name → class for the whole family."""
    return {name: load(family, name) for name in modules(family)}


def importable(family: str) -> tuple[dict[str, Any], list[Exception]]:
    """Name → class of the family's members that can be imported, in the order of their ranks, and why others cannot."""
    found: dict[str, Any] = {}
    faults: list[Exception] = []
    for name in modules(family):
        try:
            found[name] = load(family, name)
        except Exception as error:  # a plug-in may fail in any way
            faults.append(error)
    return {name: found[name] for name in sorted(found, key=lambda n: (getattr(found[n], "rank", 0), n))}, faults


def having(family: str, **qualities: object) -> list[str]:
    """Names of the members that say so of themselves, the first in rank first: `having("estimators", closed_form=True)`."""
    classes, _ = importable(family)
    return [
        n for n, cls in classes.items() if all(getattr(cls, key, None) == value for key, value in qualities.items())
    ]


def name_of(cls: type) -> str:
    """The name under which a class is found: its module's."""
    return cls.__module__.rpartition(".")[2]


def forget() -> None:
    """Look at the folders again, for files that were added meanwhile."""
    importlib.invalidate_caches()
    for name in list(sys.modules):  # at once: another thread may be importing
        if name.startswith("core.plugins"):  # the data folder may be another one by now
            del sys.modules[name]
    modules.cache_clear()
    load.cache_clear()


def public_class(module: ModuleType) -> type:
    """The one public class that a module defines itself."""
    own = [c for n, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__ and n[0] != "_"]
    if len(own) != 1:
        listed = ", ".join(c.__name__ for c in own) or "none"
        raise DiscoveryError(
            Sentence(
                "{file}: one public class is expected, found {listed}; begin helpers with _",
                file=module.__file__,
                listed=listed,
            )
        )
    return own[0]


def _import(family: str, name: str, path: Path) -> ModuleType:
    if path.parent == Path(__file__).parent / family:
        return importlib.import_module(f"core.{family}.{name}")
    try:
        return importlib.import_module(f"core.plugins.{family}.{name}")
    except Exception as error:
        raise DiscoveryError(
            Sentence(
                "{name} in plugins/{family} cannot be imported: {error}", name=path.name, family=family, error=error
            )
        ) from error
