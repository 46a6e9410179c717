"""Sentences for people can be translated: all are in the template, and a language is one file."""

from __future__ import annotations

import ast
import re

import pytest
from babel.messages.pofile import read_po

from dashboard import text
from dashboard.text import extract

PROSE = re.compile(r"[A-Za-z]{2,}[,:]? [a-z]{2,}|[a-z]{3,} [A-Za-z]")
FOR_PROGRAMMERS = {"TypeError", "NotImplementedError", "AttributeError", "KeyError", "RuntimeError", "AssertionError"}


def places(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)", sentence))


def test_sentences_are_found_wherever_they_are_written(tmp_path):
    (tmp_path / "some.py").write_text(
        "NAMES = {'a': 'first name', 'b': 'second name'}\n"
        "def f(x, n):\n"
        "    low, high = 'too low', 'too high'\n"
        "    t(low if x else high, n=n), t(NAMES[x]), t(NAMES.get(x, 'no name')), tn('{n} row', '{n} rows', n)\n"
        "    return Sentence('{n} cell' ' is empty', many='{n} cells are empty', n=n), t(x)\n"
    )
    found = {tuple(said) for _, *said in extract.written(tmp_path / "some.py")}
    assert {s[0] for s in found if len(s) == 1} == {
        "too low",
        "too high",
        "first name",
        "second name",
        "no name",
    }
    assert {s for s in found if len(s) == 2} == {
        ("{n} row", "{n} rows"),
        ("{n} cell is empty", "{n} cells are empty"),
    }


def test_the_template_has_what_classes_sets_and_pages_say_of_themselves():
    for sentence in ("Estimate", "MINE", "Scores are clipped", "queued", "nats", "Number of {words}"):
        assert any(m.id and str(m.id).startswith(sentence) for m in extract.template()), sentence


def _unsaid(path):
    """Prose of errors, findings and notices that is no Sentence."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(n)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Sentence"
        for n in ast.walk(call)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            said = node.exc
        elif isinstance(node, ast.Call) and (
            getattr(node.func, "id", "") == "Finding" or "notices.append" in ast.unparse(node.func)
        ):
            said = node
        else:
            continue
        if getattr(said.func, "id", "") in FOR_PROGRAMMERS:
            continue
        for part in ast.walk(said):
            if id(part) in inside or not isinstance(part, (ast.JoinedStr, ast.Constant)):
                continue
            words = (
                part.value
                if isinstance(part, ast.Constant)
                else "".join(v.value for v in part.values if isinstance(v, ast.Constant))
            )
            if isinstance(words, str) and PROSE.search(words):
                yield f"{path.name}:{part.lineno}: {words}"


@pytest.mark.parametrize("room", ["core", "dashboard/jobs", "dashboard/charts"])
def test_errors_findings_and_notices_are_sentences(room):
    files = [p for p in (extract.ROOT / room).rglob("*.py") if p.parent.name != "shell"]  # a shell speaks English
    assert [said for path in sorted(files) for said in _unsaid(path)] == []


@pytest.mark.parametrize("path", sorted(text.FOLDER.glob("*.po")), ids=lambda path: path.stem)
def test_a_language_says_only_what_there_is_to_say_with_the_same_values(path):
    with path.open("rb") as there:
        catalogue = read_po(there, locale=path.stem)
    known = {m.id: m for m in extract.template()}
    for message in catalogue:
        if not message.id or not message.string:
            continue
        assert message.id in known or (isinstance(message.id, tuple) and message.id[0] in extract.template()), (
            message.id
        )
        of = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(places(one) <= set().union(*map(places, of)) for one in said), message.id


def test_a_sentence_that_counts_has_a_plural_of_its_own():
    both = [one for m in extract.template() for one in ([m.id] if isinstance(m.id, str) else m.id) if "(s)" in one]
    assert both == []
