"""A run as a Python script that repeats it anywhere where `core` is installed."""

from __future__ import annotations

import json
import pprint

from core.data import images, tables
from core.spec import ImageData, Spec, TableData

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
    name, find = _brought(spec)
    imports = "from core.data.tables import save_upload\n" if "save_upload" in find else ""
    settings = pprint.pformat(json.loads(spec.to_json()), width=110, sort_dicts=False)
    argument = _ARGUMENT.format(name=name) + "\n" if find else ""
    head, separator, check = argument.partition("\n\n")
    return f"{head}{separator}{imports}from core.spec import Spec\n\n{check}settings = {settings}\n{find}{_RUN}"


def _brought(spec: Spec) -> tuple[str, str]:
    """The name of a file that was uploaded, and the line that finds it again; empty where the script needs none."""
    data = spec.data
    if isinstance(data, TableData) and data.table not in tables.BUNDLED:
        try:
            _, options, name = tables.locate(data.table)
        except tables.TableError:  # the upload is gone; whoever has the file can still run the script
            options, name = {}, data.table
        told = "".join(f", {k}={v!r}" for k, v in options.items())
        return name, f'settings["data"]["table"] = save_upload(file.read_bytes(), file.name{told})\n'
    if isinstance(data, ImageData) and data.images not in images.SETS:
        try:
            name = images.title(data.images)
        except ValueError:
            name = data.images
        return name, 'settings["data"]["images"] = str(file.resolve())\n'
    return "", ""
