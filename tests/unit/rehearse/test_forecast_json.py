"""The forecast for programs: one line, stable, exact, nothing that a reader could round."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from trialrun.ledger.canonical import canonical_bytes
from trialrun.rehearse.forecast_json import forecast_json
from trialrun.rehearse.tally import Tally
from unit.rehearse import made_up_trials as made

PLAN = made.protocol()
TRIALS = made.trials(200)
CASES = {
    "many": TRIALS,
    "one": TRIALS[:1],
    "barren": made.BARREN,
    "nobody": (made.NOTHING,),
    "none": (),
}


def no_float(text: str) -> object:
    raise AssertionError(text)


def written(ones: tuple[Tally, ...], single: Tally | None = None) -> str:
    return forecast_json(PLAN, made.of(PLAN, ones), ones, single=single, questions=made.QUESTIONS)


@pytest.mark.parametrize("case", CASES)
def test_it_is_one_canonical_line_without_floats(case: str) -> None:
    ones = CASES[case]
    text = written(ones, ones[0] if ones else None)
    read = json.loads(text, parse_float=no_float)
    assert canonical_bytes(read).decode() + "\n" == text
    assert text == written(ones, ones[0] if ones else None)
    assert read["simulated"] is True and read["trials"] == len(ones)


def test_its_numbers_agree_with_a_recount() -> None:
    read = json.loads(written(TRIALS, TRIALS[0]))
    by_end = sum(one.full_after is not None and one.full_after <= 541 for one in TRIALS)
    assert read["planned_days"] == 541
    assert read["chances"]["full_by_planned_end"]["events"] == by_end
    for row in read["outcomes"]["responders"]["at_least"]:
        assert row["chance"]["events"] == sum(one.responders >= row["k"] for one in TRIALS)
        assert Decimal(row["chance"]["lower"]) < Decimal(row["chance"]["upper"])
    deaths = next(one for one in read["single"] if one["name"] == "deaths")
    assert deaths["fewer"] == sum(one.deaths < TRIALS[0].deaths for one in TRIALS)
    assert read["counts"]["deaths"]["total"] == sum(one.deaths for one in TRIALS)


def test_assumptions_and_questions_are_whole() -> None:
    read = json.loads(written(TRIALS))
    assert [one["name"] for one in read["assumptions"]] == [one[0] for one in made.ASSUMPTIONS]
    assert read["assumed_questions"][0] == {
        "id": "regimen-days", "words": made.QUESTIONS["regimen-days"],
    }  # fmt: skip
    assert read["assumed_questions"][-1]["words"] == ""


def test_no_registry_number_comes_along() -> None:
    plan = replace(PLAN, title="Extension of NCT01234567")
    text = forecast_json(plan, made.of(plan, TRIALS), TRIALS)
    assert "NCT0" not in text and plan.record_sha256 in text
