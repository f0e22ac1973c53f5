"""A correction changes the fields it names, and refuses what makes a thing what it is."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest

from trialrun.errors import FactError
from trialrun.ledger.correction import corrected, current, fixed_fields, text_of
from trialrun.ledger.events import (
    AdministrationGiven,
    Causality,
    DeviationRecorded,
    FactRecorded,
    FieldChange,
    ProductReceived,
    ResponseAssessed,
)
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

FACT = FactRecorded(
    participant="P-1",
    fact=Fact(id="f1", variable="weight", value="70", unit="kg", at=Moment("2026-03-01")),
)
DOSE = AdministrationGiven(
    id="a1",
    participant="P-1",
    item="flu",
    intervention="fludarabine",
    ordinal=1,
    planned_day=-6,
    planned_amount=Decimal("45.5"),
    planned_unit="mg",
    working="",
    amount=Decimal("45.5"),
    unit="mg",
    started_at=Moment("2026-03-01T09:00Z"),
    ended_at=Moment("2026-03-01T09:30Z"),
)


def test_a_fact_is_corrected_inside_its_event() -> None:
    fixed = corrected(FACT, (FieldChange("value", "70", "71.5"), FieldChange("low", None, "1")))
    assert fixed.fact.value == "71.5"
    assert fixed.fact.low == "1"
    assert fixed.fact.at == FACT.fact.at


def test_numbers_times_and_nothing_are_read_by_the_field_s_type() -> None:
    fixed = corrected(
        DOSE,
        (
            FieldChange("amount", "45.5", "44"),
            FieldChange("ended_at", None, "2026-03-01T09:45Z"),
            FieldChange("planned_unit", "mg", None),
        ),
    )
    assert fixed.amount == Decimal("44")
    assert fixed.ended_at == Moment("2026-03-01T09:45Z")
    assert fixed.planned_unit is None


@pytest.mark.parametrize(
    ("field", "new", "words"),
    [
        ("id", "a2", "can be corrected"),
        ("participant", "P-2", "can be corrected"),
        ("no_such", "1", "can be corrected"),
        ("amount", "a lot", "not a value"),
        ("amount", None, "cannot be empty"),
        ("started_at", "yesterday", "not a date"),
    ],
)
def test_what_cannot_be_corrected_says_so(field: str, new: str | None, words: str) -> None:
    with pytest.raises(FactError, match=words):
        corrected(DOSE, (FieldChange(field, None, new),))


def test_a_part_with_parts_is_recorded_anew() -> None:
    seen = ResponseAssessed(
        id="r1",
        participant="P-1",
        assessed_at=Moment("2026-03-29"),
        planned_day=28,
        definition="eln-2022",
        category="CR",
        mrd="negative",
    )
    with pytest.raises(FactError, match="as one field"):
        corrected(seen, (FieldChange("seen", None, "x"),))
    with pytest.raises(FactError, match="as one field"):
        text_of((Causality("nk", True),))


def test_current_reads_what_stands() -> None:
    assert current(FACT, "value") == "70"
    assert current(DOSE, "amount") == "45.5"
    assert current(DOSE, "product") is None
    names = {one.name for one in fields(DOSE)}
    assert names & fixed_fields(AdministrationGiven) == {
        "id", "participant", "item", "intervention", "ordinal"
    }  # fmt: skip
    assert "product" in fixed_fields(ProductReceived)


def test_free_text_is_not_copied_into_a_body_that_is_never_redacted() -> None:
    note = DeviationRecorded(
        id="d1", participant="P-1", category="other", important=False, note="Li Na came late"
    )
    with pytest.raises(FactError, match="free text") as caught:
        corrected(note, (FieldChange("note", "Li Na came late", "came late"),))
    assert "redacted" in caught.value.remedy
    with pytest.raises(FactError, match="free text"):
        current(note, "note")
    assert corrected(note, (FieldChange("important", "false", "true"),)).important
