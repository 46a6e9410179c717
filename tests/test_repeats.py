"""No run of six lines stands twice in core or in the dashboard: what two need has a name of its own."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST = 5  # equal lines in a row


def _lines(source: str) -> list[tuple[int, str]]:
    """Number and text of each line without blanks; imports, comments and lines of brackets alone are left out."""
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    skipped = {number for node in imports for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    lines = ((number, " ".join(line.split())) for number, line in enumerate(source.splitlines(), 1))
    return [
        (number, line)
        for number, line in lines
        if number not in skipped and line.strip("()[]{},: ") and not line.startswith("#")
    ]


def repeats(sources: dict[str, str]) -> list[str]:
    """Where more than `MOST` lines in a row are those of an earlier place."""
    seen: dict[tuple[str, ...], str] = {}
    found = []
    for name, source in sources.items():
        lines = _lines(source)
        for at in range(len(lines) - MOST):
            block = lines[at : at + MOST + 1]
            place = f"{name}:{block[0][0]}"
            if (first := seen.setdefault(tuple(line for _, line in block), place)) != place:
                found.append(f"{place} repeats {first}")
    return found


def test_a_repeat_is_found():
    block = "\n".join(f"x{i} = {i}" for i in range(6))
    assert repeats({"a": block, "b": f"import os\n\n{block.replace('x3', '   x3').replace('   ', '')}"}) == [
        "b:3 repeats a:1"
    ]
    assert not repeats({"a": block, "b": block.replace("x5", "y5")})


def test_no_six_lines_stand_twice():
    files = [path for folder in ("core", "dashboard") for path in sorted((ROOT / folder).rglob("*.py"))]
    assert not repeats({str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files})
