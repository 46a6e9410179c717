"""A run as a Python script that repeats it anywhere where `core` is installed."""

from __future__ import annotations

import json
import pprint

from core.spec import Spec

_RUN = """spec = Spec.parse(settings)
method = spec.build()
for step in method.steps(spec.source()):
    print(step.index, step.info)
print(method.finish().result())
"""
_ARGUMENT = """import sys
from pathlib import Path

if len(sys.argv) != 2:
    sys.exit("Give the file of the data, which was uploaded as " + {name!r} + ".")
file = Path(sys.argv[1])
"""


def script(spec: Spec) -> str:
    """The script of a run. Where its data were uploaded, it takes their file as its argument."""
    brought = spec.data.brought()
    settings = pprint.pformat(json.loads(spec.to_json()), width=110, sort_dicts=False)
    if brought is None:
        return f"from core.spec import Spec\n\nsettings = {settings}\n{_RUN}"
    head, separator, check = (_ARGUMENT.format(name=brought.name) + "\n").partition("\n\n")
    find = f'settings["data"]["{spec.data.kind}"] = {brought.expression}\n'
    first = f"{head}{separator}{brought.imports}from core.spec import Spec\n\n{check}"
    return f"{first}settings = {settings}\n{find}{_RUN}"
