"""The worked example's page, read exactly as the hand reading made for it has it."""

from __future__ import annotations

import json
from pathlib import Path

from trialrun.criteria.listing import list_criteria
from trialrun.criteria.text_reader import read_criteria
from trialrun.record.opening import open_record

SHARED = Path(__file__).resolve().parents[4] / "shared"
NORMATIVE = ("id", "parent", "kind", "logic", "status", "atoms")


def read() -> list[dict[str, object]]:
    page = (SHARED / "data" / "NCT04221971.page.txt").read_bytes()
    known = open_record(page, where="page").study.protocol.eligibility
    criteria = read_criteria(
        known.eligibility_criteria,
        minimum_age=known.minimum_age,
        maximum_age=known.maximum_age,
        sex=known.sex,
    )
    assert str(criteria.root) == "(I1 and I3) or I4"
    text = known.eligibility_criteria or ""
    for one in criteria:
        if one.span is not None:
            assert text[slice(*one.span)].replace("\\", "") == one.text
    return list_criteria(criteria)  # type: ignore[return-value]


def expected() -> list[dict[str, object]]:
    source = SHARED / "data" / "NCT04221971.expected.json"
    return list(json.loads(source.read_text(encoding="utf-8"))["criteria"])


def test_every_normative_field_is_as_the_hand_reading_has_it() -> None:
    found = [{key: one[key] for key in NORMATIVE} for one in read()]
    wanted = [{key: one[key] for key in NORMATIVE} for one in expected()]
    assert found == wanted


def test_it_asks_where_the_hand_reading_asks_and_nowhere_else() -> None:
    asked = {one["id"] for one in read() if one["questions"]}
    assert asked == {one["id"] for one in expected() if one["questions"]}


def test_the_words_are_those_of_the_page() -> None:
    assert [one["text"] for one in read()] == [one["text"] for one in expected()]
