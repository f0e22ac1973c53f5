"""The same simulated people in FHIR, bulk, OMOP and CSV: equal facts, equal verdicts.

Where a form holds less, `truth.Lack` names why; the readers must find exactly the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.parser import read_rule
from trialrun.criteria.verdict import judge
from trialrun.readers.patients.opening import open_patients
from trialrun.rehearse.screening_population.person import ANCHORS
from trialrun.rehearse.screening_population.population import people
from trialrun.rehearse.screening_population.truth import Form, Lack, facts, lack
from trialrun.study.screening_population import write_population
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

SEED, COUNT = 31, 120
READ = (Form.FHIR, Form.BULK, Form.OMOP, Form.OMOP_CSV, Form.CSV)
PEOPLE = tuple(people(SEED, COUNT))
DATES = {name: Moment(day) for name, day in ANCHORS.items()}
RULES = (
    "age >= 18 a at screening", "ecog <= 2 within 28 days before screening", "sex == female",
    "alt < 2 x ULN within 14 days before treatment", "total_bilirubin < 1.5 x ULN at screening",
    "creatinine < 1.5 mg/dL within 28 days before screening", "lvef >= 50 %", "spo2 >= 92 %",
    "worst platelets >= 20 10*9/L within 28 days before screening", "any haemoglobin < 9 g/dL",
    "count (anc >= 0.5 10*9/L within 60 days before screening) >= 2",
    "aml and (relapsed_disease or refractory_disease or mrd_positive)", "aml", "pneumonia",
    "pericardial_effusion or arrhythmia", "since pneumonia >= 14 d at screening", "apl",
    "not active_infection", "any prior_malignancy",
)  # fmt: skip


@pytest.fixture(scope="module", params=READ, ids=lambda form: form.value)
def form(request: pytest.FixtureRequest) -> Form:
    if request.param in {Form.OMOP, Form.OMOP_CSV}:
        pytest.importorskip("duckdb")
        pytest.importorskip("ibis")
    return Form(request.param)


@pytest.fixture(scope="module")
def read(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, tuple[Fact, ...]]:
    """Each person's facts as the form's reader finds them, by number."""
    folder = tmp_path_factory.mktemp(form.value)
    write_population(SEED, COUNT, form, folder)
    source = open_patients(folder)  # which finds the mapping beside them
    found = {int(one.code.removeprefix("SIM-")): one.facts for one in source.patients()}
    assert source.tally.balanced
    return found


def key(fact: Fact) -> tuple[object, ...]:
    """Everything that a verdict may depend on; ids and sources are the form's own."""
    at = fact.at.instant or fact.at.text
    return (
        fact.variable, fact.value, fact.unit, fact.comparator, at, fact.low, fact.high,
    )  # fmt: skip


def test_each_form_gives_the_facts_that_it_holds(
    form: Form, read: Mapping[int, tuple[Fact, ...]]
) -> None:
    assert set(read) == {person.number for person in PEOPLE}
    for person in PEOPLE:
        wanted = Counter(key(fact) for fact in facts(person, form))
        assert Counter(key(fact) for fact in read[person.number]) == wanted, person.code


def test_verdicts_are_those_of_the_whole_truth_but_for_what_is_lacking(
    form: Form, read: Mapping[int, tuple[Fact, ...]]
) -> None:
    seen = Counter[str]()
    for person in PEOPLE:
        found = verdicts(read[person.number])
        assert found == verdicts(facts(person, form))
        whole = verdicts(facts(person, Form.CSV))
        for rule, one, other in zip(RULES, found, whole, strict=True):
            seen["same" if one == other else "other"] += 1
            if one != other:
                assert lacking(person.number, rule, form), (person.code, rule)
    assert seen["same"] > 0.8 * seen.total()
    assert seen["other"] == 0 or form is not Form.CSV


def test_the_guide_tells_every_difference_between_the_forms() -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "patients.md"
    told = guide.read_text(encoding="utf-8").split("## The same people in another form")[1]
    rows = [line for line in told.split("\n## ")[0].splitlines() if line.startswith("| ")]
    words = {
        Lack.MONTH: "| OMOP | a date that is known to the month",
        Lack.RULED_OUT: "| OMOP | that somebody does not have a condition",
        Lack.KIND: "| FHIR | that somebody has no arrhythmia",
    }
    assert set(words) == set(Lack)
    for start in words.values():
        assert any(row.startswith(start) for row in rows), start


def lacking(number: int, rule: str, form: Form) -> set[Lack]:
    """Why this form may say something else on this rule about this person."""
    person = PEOPLE[number - 1]
    return {
        why
        for item in (*person.readings, *person.findings)
        if item.variable in rule and (why := lack(form, item)) is not None
    }


@cache
def criteria() -> Criteria:
    return Criteria(
        all=tuple(
            Criterion(id=f"I{number}", kind="inclusion", text=rule, status=Status.COMPUTABLE,
                      rule=read_rule(rule))
            for number, rule in enumerate(RULES, start=1)
        )
    )  # fmt: skip


def verdicts(known: tuple[Fact, ...]) -> list[str]:
    judged = judge(criteria(), known, anchors=DATES, judgements={}, as_of=DATES["screening"])
    return [verdict.truth.name for verdict in judged.verdicts]
