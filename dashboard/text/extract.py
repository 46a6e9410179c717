"""Every sentence that people are shown, for translators: `python -m dashboard.text.extract`.

What is written in `t`, `tn` or `Sentence` is read off the source, also where it is named or chosen a few lines before. What
classes say of themselves (titles, help, groups, choices) is asked of the classes that are discovered.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core import discover
from core.data import images
from core.data.graphs import GRAPHS
from core.data.problems import PROBLEMS
from core.data.tables import BUNDLED
from core.params import Param, parameters
from core.sentences import Sentence
from dashboard import text
from dashboard.jobs.records import STATUSES

ROOT = Path(__file__).parents[2]
_ROOMS = ("core", "dashboard")
_SAID = {"t": (0,), "tn": (0, 1), "Sentence": (0,), "Param": (3,)}  # which arguments are sentences
_BY_NAME = {"Sentence": "many", "Page": "title", "Param": "choices"}
# What a class or a set says of itself.
_FIELDS = ("title", "sentence", "provenance", "mistake", "remedy", "quantity", "on", "ways", "descends")


@cache
def template() -> Catalog:
    """All sentences in English, those for other numbers of things beside their singular."""
    found = Catalog(project="Infoscope", charset="utf-8")
    for room in _ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for line, *said in written(path):
                found.add(tuple(said) if len(said) > 1 else said[0], locations=[(str(path.relative_to(ROOT)), line)])
    for owner, sentence in spoken():
        _add(found, sentence, owner)
    return found


def _add(found: Catalog, sentence: str, owner: str) -> None:
    one = sentence.template if isinstance(sentence, Sentence) else sentence
    if any(c.isalpha() for c in one):
        found.add(one, auto_comments=[owner])
    for value in sentence.values.values() if isinstance(sentence, Sentence) else ():
        if isinstance(value, Sentence):
            _add(found, value, owner)


def written(path: Path) -> Iterator[tuple[Any, ...]]:
    """(line, sentence) or (line, sentence, its plural) for each that is written in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = _named(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = node.func.id
        if name == "map" and isinstance(node.args[0], ast.Name) and node.args[0].id in _SAID:
            sentences = [_literals(node.args[1], named)]
        else:
            sentences = [_literals(node.args[i], named) for i in _SAID.get(name, ()) if i < len(node.args)]
            sentences += [_literals(k.value, named) for k in node.keywords if k.arg == _BY_NAME.get(name, "")]
        if len(sentences) == 2 and name in ("tn", "Sentence"):
            yield from ((node.lineno, one, many) for one in sentences[0] for many in sentences[1])
        else:
            yield from ((node.lineno, one) for some in sentences for one in some if any(c.isalpha() for c in one))


def _named(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """What names stand for in a file, wherever they are given it."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
            targets, value = [node.target], node.value
        elif isinstance(node, (ast.For, ast.comprehension)):
            targets, value = [node.target], node.iter
        for name in (n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)):
            found.setdefault(name.id, []).extend([value] if value is not None else [])
    return found


def _literals(node: ast.AST, named: dict[str, list[ast.expr]], depth: int = 4) -> list[str]:
    """The strings that an expression may be, as far as a file says."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value else []
    inner: list[ast.AST] = []
    if isinstance(node, ast.Name) and depth:
        inner, depth = list(named.get(node.id, ())), depth - 1
    elif isinstance(node, ast.IfExp):
        inner = [node.body, node.orelse]
    elif isinstance(node, (ast.BoolOp, ast.Dict)):
        inner = list(node.values)
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        inner = list(node.elts)
    elif isinstance(node, (ast.Subscript, ast.Starred)):
        inner = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOOKS:
        inner = [node.func.value, *node.args[1:]]
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("zip", "enumerate", "sorted")
    ):
        inner = list(node.args)
    return [found for part in inner for found in _literals(part, named, depth)]


_LOOKS = ("get", "items", "values")


def spoken() -> Iterator[tuple[str, str]]:
    """(who says it, sentence) for what classes and sets say of themselves."""
    for name, owner in [*_classes(), *_sets()]:
        for field in _FIELDS:
            said = getattr(owner, field, "")
            yield from (
                (name, one) for one in ((said,) if isinstance(said, str) else said or ()) if isinstance(one, str)
            )
    for name, cls in _classes():
        for param in parameters(cls).values():
            yield from ((f"{name}.{param.name}", said) for said in _asked(param))
    yield from (("status", status) for status in STATUSES)


def _classes() -> Iterator[tuple[str, type]]:
    for family in discover.FAMILIES:
        for name in discover.names(family):
            yield f"{family}/{name}", discover.load(family, name)


def _sets() -> Iterator[tuple[str, Any]]:
    for known in (images.SETS, GRAPHS, BUNDLED, PROBLEMS):
        yield from known.items()


def _asked(param: Param) -> Iterator[str]:
    yield from (param.label, param.help, param.field.group, *(param.choices or ()))


def main(folder: Path = text.FOLDER) -> None:
    """Write the template, and bring every language's file up to date: what is new in it is empty, what is gone is kept apart."""
    with (folder / "infoscope.pot").open("wb") as out:
        write_po(out, template(), sort_by_file=True, width=120)
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as there:
            catalogue = read_po(there, locale=path.stem)
        catalogue.update(template(), no_fuzzy_matching=True)
        with path.open("wb") as out:
            write_po(out, catalogue, sort_by_file=True, width=120, include_lineno=False)
        missing = sum(1 for m in catalogue if m.id and not m.string)
        print(f"{path.name}: {len(catalogue) - missing} of {len(catalogue)} sentences are translated", file=sys.stderr)


if __name__ == "__main__":
    main()
