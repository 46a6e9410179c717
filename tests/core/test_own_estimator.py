"""The README's "Add your own estimator", executed: dropped in as a plug-in and into the package, and found everywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, sys
from core import discover, params
from core.spec import Spec
from tests import checks
cls = discover.load("estimators", "ranks")
for rule in checks.checks():
    rule(cls)
from sklearn.utils.estimator_checks import check_estimator
check_estimator(cls())
spec = Spec.parse({"family": "estimators", "method": "ranks", "data": {"distribution": {"name": "gaussian", "rho": 0.8}}})
method = spec.build()
for step in method.steps(spec.source()):
    pass
print(json.dumps({"mi": method.finish().mi_, "form": list(params.parameters(cls)), "names": discover.names("estimators")}))
"""


def block() -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Add your own estimator")[1].split("\n## ")[0]
    return re.search(r"```python\n(.*?)```", section, re.DOTALL).group(1)  # type: ignore[union-attr]


@pytest.mark.parametrize("place", ["plug-in", "package"])
def test_the_twenty_lines_of_the_readme_are_found_and_keep_every_rule(tmp_path, place):
    project, data = ROOT, tmp_path / "data"
    if place == "package":
        project = tmp_path / "copy"
        shutil.copytree(ROOT / "core", project / "core")
        shutil.copytree(ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("artefacts"))
        target = project / "core" / "estimators"
    else:
        target = data / "plugins" / "estimators"
        target.mkdir(parents=True)
    (target / "ranks.py").write_text(block(), encoding="utf-8")
    environment = os.environ | {"INFOSCOPE_DATA": str(data), "PYTHONPATH": str(project), "SCIPY_ARRAY_API": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT], cwd=project, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert "ranks" in said["names"] and "most" in said["form"]
    assert 0.4 < said["mi"] < 0.52  # Spearman's r of a Gaussian pair with ρ = .8 is .786: 0.48 nats
    shell = subprocess.run(
        [sys.executable, "-m", "core", "spec", "ranks"], cwd=project, env=environment, capture_output=True, text=True
    )
    assert json.loads(shell.stdout)["method"] == "ranks", shell.stderr


def test_the_block_is_about_twenty_lines():
    assert len([line for line in block().splitlines() if line.strip()]) <= 26
