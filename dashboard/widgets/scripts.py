"""A run as a Python script or a notebook that repeats it anywhere where `core` is installed."""

from __future__ import annotations

import hashlib
import json
import pprint

from core.spec import Spec

_IMPORTS = "from core import files\nfrom core.spec import Spec"
_RUN = """spec = Spec.parse(settings)
method = spec.build()
for step in method.steps(spec.source()):
    print(step.index, step.info)
print(files.english(method.finish().result(), indent=1))
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
        return f"{_IMPORTS}\n\nsettings = {settings}\n{_RUN}"
    head, separator, check = (_ARGUMENT.format(name=brought.name) + "\n").partition("\n\n")
    find = f'settings["data"]["{spec.data.kind}"] = {brought.expression}\n'
    first = f"{head}{separator}{brought.imports}{_IMPORTS}\n\n{check}"
    return f"{first}settings = {settings}\n{find}{_RUN}"


def notebook(spec: Spec, title: str) -> str:
    """The script of a run as a notebook: what it is, its settings, the run, its result. Uploaded data are looked for by the
    name of their file, in the folder of the notebook."""
    brought = spec.data.brought()
    settings = pprint.pformat(json.loads(spec.to_json()), width=110, sort_dicts=False)
    first = _IMPORTS.splitlines()
    if brought is not None:
        first = [
            *brought.imports.splitlines(),
            "from pathlib import Path",
            "",
            *first,
            "",
            f"file = Path({brought.name!r})",
        ]
    chosen = [f"settings = {settings}"]
    if brought is not None:
        chosen.append(f'settings["data"]["{spec.data.kind}"] = {brought.expression}')
    *run, result = _RUN.strip().splitlines()
    cells = [
        _cell("markdown", f"# {title}"),
        *(_cell("code", "\n".join(part)) for part in (first, chosen, run, [result])),
    ]
    about = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _cell(kind: str, text: str) -> dict[str, object]:
    """A cell as nbformat 4.5 has it; its id follows from what stands in it."""
    cell = {"cell_type": kind, "id": hashlib.sha256(text.encode()).hexdigest()[:16], "metadata": {}, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
