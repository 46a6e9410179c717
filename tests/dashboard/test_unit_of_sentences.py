"""What core says in nats is said in bits where the viewer has chosen bits."""

from __future__ import annotations

import math
import string

import pytest

from core import units
from core.sentences import Listing, Sentence
from dashboard import state
from dashboard.screens.table import matrix_files, question, significance
from dashboard.text import extract, plain, t, t_in

WIDE = "The interval is wide: {low:.2f} to {high:.2f} nats."
NATS = sorted(
    m.id
    for m in extract.template()
    if isinstance(m.id, str) and " nats" in m.id and "{" in m.id and m.locations[0][0].startswith("core")
)


def filled(template: str) -> Sentence:
    """A sentence of the template, each place its own value: decimals for amounts, whole numbers for what is counted."""
    places = [(name, spec) for _, name, spec, _ in string.Formatter().parse(template) if name]
    values = {}
    for i, (name, spec) in enumerate(places, 1):
        values[name] = (
            0.1 * i if spec[-1:] in ("f", "g") else 0.5 if spec.endswith("%") else 1_000 + i if spec else f"<{i}>"
        )
    return Sentence(template, **values)


@pytest.mark.parametrize("template", NATS)
def test_no_sentence_of_core_stays_in_nats_and_only_information_is_scaled(template):
    said, before = t_in(filled(template), "bits"), filled(template)
    assert "nats" not in said and "bits" in said
    after = units.in_bits(before)
    for _, name, spec, _ in string.Formatter().parse(template):
        if name:
            scaled = spec[-1:] in ("f", "g") and spec.startswith(".")
            old, new = before.values[name], after.values[name]
            assert new == (pytest.approx(old / units.LN2) if scaled else old)
    assert t_in(before, "nats") == t(before)


def test_there_are_sentences_of_nats():
    assert len(NATS) > 25 and WIDE in NATS


def test_bits_reach_the_parts_of_a_listing_and_every_language(monkeypatch):
    wide, rows = Sentence(WIDE, low=-0.43, high=0.89), Sentence("{n:,} rows are few.", n=1_000)
    assert t_in(Listing([wide, rows], " "), "bits") == "The interval is wide: −0.62 to 1.28 bits. 1,000 rows are few."
    near = (
        "{mi:.2f} nats is close to ln n = {most:.2f}, the most that {n:,} rows can establish: read it as a lower bound."
    )
    assert t_in(Sentence(near, mi=6.5, most=6.91, n=1_000), "bits").startswith("9.38 bits is close to log₂ n = 9.97, ")
    monkeypatch.setattr(state, "language", lambda *_: "zh")
    assert t_in(wide, "bits") == "区间较宽：−0.62 至 1.28 比特。" and "奈特" in t(wide)


def test_the_files_and_the_pointer_say_reasons_in_the_unit_of_their_columns():
    row = {"x": "a", "y": "b", "n": 100, "mi": 0.25, "low": -0.43, "high": 0.89, "trust": "amber", "method": "ksg"}
    row["reasons"] = Listing([Sentence(WIDE, low=-0.43, high=0.89)], " ")
    bits, nats = (matrix_files.list_frame([row], unit)["reasons"][0] for unit in ("bits", "nats"))
    assert bits == "The interval is wide: −0.62 to 1.28 bits." and "0.89 nats" in nats
    assert "1.28 bits" in significance.told(row | {"mi": None}, "bits")


def test_what_a_question_has_noticed_is_in_the_unit_and_no_markdown(monkeypatch):
    written: list[str] = []
    monkeypatch.setattr(question.st, "caption", written.append)
    noticed = Sentence("{x} tells {mi:.2f} nats.", x="a*b*c", mi=math.log(2))
    question.caption(["First."], {"notices": [noticed]}, "bits")
    assert written == [plain("First. a*b*c tells 1.00 bits.")]
