"""What the terminal shows: true numbers, counts before percents, in 88 columns, in any case."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from trialrun.protocol.model import Protocol
from trialrun.rehearse.forecast_text import forecast_text
from trialrun.rehearse.tally import Tally
from trialrun.wording.catalogue import LOCALES, Locale
from trialrun.wording.terminal import columns
from unit.rehearse import made_up_trials as made

PLAN = made.protocol()
TRIALS = made.trials(1000)
LARGE = made.protocol(
    enrolment=replace(PLAN.enrolment, target=300, planned_end=None),
    interventions=(), outcomes=(), safety=None, assumptions=(), assumed=(), model="PARALLEL",
    rehearsal_model="generic", title="长" * 90 + " and a title of many words" * 8,
)  # fmt: skip
CASES: dict[str, tuple[Protocol, tuple[Tally, ...]]] = {
    "many": (PLAN, TRIALS),
    "one": (PLAN, TRIALS[:1]),
    "barren": (PLAN, made.BARREN),
    "nobody": (PLAN, (made.NOTHING,)),
    "none": (PLAN, ()),
    "large": (LARGE, made.trials(30, target=300)),
}


def written(case: str, locale: Locale = "en") -> str:
    plan, ones = CASES[case]
    single = ones[0] if ones else None
    return forecast_text(
        plan, made.of(plan, ones), ones, single=single, locale=locale, questions=made.QUESTIONS
    )


@pytest.mark.parametrize(("case", "locale"), [*product(CASES, LOCALES)])
def test_every_case_fits_and_begins_with_simulated(case: str, locale: Locale) -> None:
    text = written(case, locale)
    assert text.splitlines()[0].startswith({"en": "SIMULATED", "zh": "模拟（SIMULATED）"}[locale])
    for line in text.splitlines():
        assert columns(line) <= 88, line
        assert line == line.rstrip()
    assert not re.search(r"\d\.\d{3}|\de[-+]?\d|Fraction|Decimal|None|nan", text)
    assert text == written(case, locale)


def test_it_leads_with_the_chance_to_be_full_in_time() -> None:
    in_time = sum(one.full_after is not None and one.full_after <= 541 for one in TRIALS)
    decision = written("many").split("Enrolment and time")[0].splitlines()
    first = next(at for at, line in enumerate(decision) if " of 1000 trials" in line)
    assert decision[first].startswith(f"  {in_time} of 1000 trials  All 10 enrolled by the planned")
    assert decision[first + 1].strip().startswith(f"{in_time / 10:.1f} % (Monte Carlo")


def test_responses_are_recounted() -> None:
    rows = dict(re.findall(r"^ {4}(\d+) +(\d+) +[\d.]+ % ", written("many"), re.MULTILINE)[:7])
    assert rows["1"] == str(sum(one.responders >= 1 for one in TRIALS))
    assert rows["4"] == str(sum(one.responders >= 4 for one in TRIALS))


def test_limits_at_n_are_the_well_known_ones() -> None:
    text = written("many")
    assert re.search(r"3/10 +30\.0 % +6\.7–65\.2 %", text)
    assert "0 of 10 excludes only true rates above 25.9 % (one-sided 95 %)" in text


def test_one_run_is_one_of_the_trials() -> None:
    fewer = sum(one.responders < TRIALS[0].responders for one in TRIALS)
    same = sum(one.responders == TRIALS[0].responders for one in TRIALS)
    told = f"more than {fewer} of 1000 trials ({fewer / 10:.1f} %), the same as {same}"
    part = written("many").split("This run among the 1000")[1]
    assert re.search(rf"^ +{TRIALS[0].responders} +With a response\n +{re.escape(told)}$", part,
                     re.MULTILINE)  # fmt: skip
    plan, ones = CASES["many"]
    assert "This run" not in forecast_text(plan, made.of(plan, ones), ones)


def test_what_is_missing_is_said() -> None:
    barren, large, none = written("barren"), written("large"), written("none")
    assert re.search(r"^ +median not reached +Months until all 10 are enrolled$", barren, re.M)
    assert "0 of 20 trials" in barren
    assert re.search(r"not estimable +All 300 enrolled by the planned end\n.*no planned end", large)
    assert "The protocol lists no assumption." in large
    assert "No question was settled by assumption." in large
    assert "not estimable" in none
    assert "1 of 1 trial\n" not in written("one") and "1 trials" not in written("one")


def test_a_large_trial_has_short_tables() -> None:
    table = written("large").split("Trials with at least k responses")[1].split("How wide")[0]
    assert 3 <= len(table.strip().splitlines()) <= 14


def test_what_it_cannot_say_is_said() -> None:
    text, other = written("many"), written("large")
    assert "calibrated" in text and "not validated" in text
    assert "Nothing is attributed to a product by a single arm" in text
    assert "nothing here compares arms" in other
    for name, value, *_ in made.ASSUMPTIONS:
        assert re.search(rf"^ +{name} +{re.escape(value)}", text, re.MULTILINE)
    assert f"regimen-days: {made.QUESTIONS['regimen-days'][:40]}" in text


def test_no_registry_number_comes_along() -> None:
    plan = replace(PLAN, title="Extension of NCT01234567")
    assert "NCT0" not in forecast_text(plan, made.of(plan, TRIALS), TRIALS)
