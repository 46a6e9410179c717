"""Sentences are English as they stand, and keep what another language needs: through errors, processes and files."""

from __future__ import annotations

import pickle

import pytest

from core import files, sentences
from core.sentences import Listing, Sentence

ROWS = Sentence("{n} row", many="{n} rows", n=3)
LIMIT = Sentence("{name} = {value:g} leaves {rows}", name="clip", value=0.5, rows=ROWS)


def marked(one: str, many: str | None, n: object) -> str:
    return f"⟦{one if many is None or n == 1 else many}⟧"


def test_it_is_its_english_text():
    assert LIMIT == str(LIMIT) == "clip = 0.5 leaves 3 rows"
    assert Sentence("{n} row", many="{n} rows", n=1) == "1 row"
    assert Sentence("100 % of {no} values") == "100 % of {no} values", "what has no values has no places"


@pytest.mark.parametrize(
    "way", [lambda s: s, lambda s: pickle.loads(pickle.dumps(s)), lambda s: files.from_json(files.to_json(s))]
)
def test_templates_are_translated_wherever_it_has_been(way):
    assert way(LIMIT) == LIMIT
    assert way(LIMIT).said(marked) == "⟦clip = 0.5 leaves ⟦3 rows⟧⟧"


def test_one_after_the_other():
    both = Listing([LIMIT, "as typed {x}"])
    assert both == pickle.loads(pickle.dumps(both)) == "clip = 0.5 leaves 3 rows; as typed {x}"
    assert "⟦3 rows⟧" in files.from_json(files.to_json([both]))[0].said(marked)
    assert Listing([]) == ""


def test_an_error_says_its_sentence():
    assert sentences.of(ValueError(LIMIT)) is LIMIT
    assert sentences.of(ValueError("plain")) == "plain"
    assert str(ValueError(LIMIT)) == LIMIT


def test_json_for_others_is_english_and_a_file_that_was_tampered_with_harms_nothing():
    assert files.english({"said": LIMIT, "nan": float("nan")}) == '{"said": "clip = 0.5 leaves 3 rows", "nan": null}'
    assert files.from_json('{"sentence": "{gone} and {x.__class__}", "values": {"x": 1}}') == "{gone} and {x.__class__}"
    assert files.from_json('{"sentence": "a", "values": {}, "other": 1}') == {"sentence": "a", "values": {}, "other": 1}
    assert sentences.parse('{"sentence": "cut') == '{"sentence": "cut'
