"""The simulated screening population: the same everywhere, with every flaw and every boundary."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from trialrun.errors import InputError
from trialrun.rehearse.screening_population import csv_rows, fhir, omop
from trialrun.rehearse.screening_population.coding import LOCAL, code_mapping, coding
from trialrun.rehearse.screening_population.laboratories import ASSAYS, CHANGE, NAMES
from trialrun.rehearse.screening_population.long_form import Rows, long_rows
from trialrun.rehearse.screening_population.measured import SHAPES, Flaw
from trialrun.rehearse.screening_population.person import SCREENING, Person, Reading
from trialrun.rehearse.screening_population.population import batches, people
from trialrun.rehearse.screening_population.truth import (
    Form,
    Lack,
    fact_of,
    facts,
    lack,
)
from trialrun.values.quantity import plain
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility

MANY = tuple(people(20260302, 1500))


def readings(variable: str | None = None) -> list[Reading]:
    return [one for person in MANY for one in person.readings if variable in {None, one.variable}]


def test_people_are_the_same_on_every_machine() -> None:
    text = "\n".join(repr(person) for person in people(7, 40))
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "3f7010f764666e93d5f9417aaa9f02b8b29efcbe3ec39cf1dbfbcf83dade05f9"
    )


def test_a_person_does_not_depend_on_how_many_others_are_drawn() -> None:
    assert tuple(people(20260302, 3, first=701)) == MANY[700:703]
    assert tuple(people(20260302, 1, first=1500)) == MANY[-1:]
    assert next(people(8, 1)) != next(people(9, 1))


@pytest.mark.parametrize(("seed", "count", "first"), [(-1, 1, 1), (1, -1, 1), (1, 1, 0)])
def test_numbers_that_draw_nobody_are_named(seed: int, count: int, first: int) -> None:
    with pytest.raises(InputError, match="cannot be drawn"):
        list(people(seed, count, first=first))


def test_who_they_are() -> None:
    ages = [SCREENING.year - int(person.birth[:4]) for person in MANY]
    assert min(ages) <= 3
    assert max(ages) >= 90
    assert all(0 < age <= 96 for age in ages)
    assert 0.5 < sum(person.sex == "male" for person in MANY) / len(MANY) < 0.6
    leukaemia = sum(one.variable == "aml" and one.present for p in MANY for one in p.findings)
    assert 0.76 < leukaemia / len(MANY) < 0.84
    births = Counter(person.birth for person in MANY)
    for years in (18, 70):  # a birthday on the screening date, the day before it, the day after
        on = date(SCREENING.year - years, SCREENING.month, SCREENING.day)
        for beside in (-1, 0, 1):
            assert births[(on + timedelta(days=beside)).isoformat()] >= 1
    assert {len(person.birth) for person in MANY} == {4, 7, 10}


def test_every_flaw_occurs_and_none_too_often() -> None:
    flaws = Counter(one.flaw for one in readings())
    assert set(flaws) == set(Flaw)
    assert all(0.003 < many / len(readings()) < 0.06 for flaw, many in flaws.items() if flaw)
    assert {len(one.at) for one in readings()} == {7, 10, 20}


@pytest.mark.parametrize("variable", list(SHAPES))
def test_values_stand_on_limits_and_one_step_beside(variable: str) -> None:
    shape = SHAPES[variable]
    places: Counter[tuple[str, int]] = Counter()
    for one in readings(variable):
        if not one.counts or one.flaw is Flaw.IMPLAUSIBLE:
            continue
        assay = ASSAYS[NAMES.index(one.laboratory)][variable]
        steps = Fraction(one.value) * 10**assay.decimals
        targets = {limit: Fraction(limit) * assay.steps for limit in shape.limits}
        if one.high:
            high = Fraction(one.high) * 10**assay.decimals
            targets |= {f"x{many}": Fraction(many) * high for many in shape.multiples}
        for name, target in targets.items():
            if target.denominator == 1 and abs(steps - target) <= 1:
                places[name, int(steps - target)] += 1
    wanted = {*shape.limits, *(f"x{many}" for many in shape.multiples)}
    assert all(places[name, beside] >= 1 for name in wanted for beside in (-1, 0, 1)), places


def test_the_same_limit_in_two_units() -> None:
    found = {(one.value, one.unit) for one in readings("creatinine")}
    assert {("1.50", "mg/dL"), ("132.6", "umol/L")} <= found
    assert {one.unit for one in readings("alt") if one.counts} == {"U/L", "[IU]/L"}
    assert {one.unit for one in readings("platelets") if one.counts} == {
        "10*3/uL", "10*9/L", "/uL",
    }  # fmt: skip


def test_limits_are_dated_by_sex_and_the_third_laboratory_prints_none() -> None:
    sexes = {person.code: person.sex for person in MANY}
    printed: dict[tuple[str, str, bool], set[str]] = {}
    for one in readings("alt"):
        if len(one.at) == 20:
            after = date.fromisoformat(one.at[:10]) >= SCREENING + timedelta(days=CHANGE)
            key = (one.laboratory, sexes[one.id[:11]], after)
            printed.setdefault(key, set()).add(one.high)
    assert all(len(limits) == 1 for limits in printed.values())
    assert printed["SIM-LAB-1", "male", False] == {"50"}
    assert printed["SIM-LAB-1", "male", True] == {"44"}
    assert printed["SIM-LAB-1", "female", True] == {"32"}
    assert printed["SIM-LAB-3", "male", True] == {""}


def test_implausible_numbers_are_those_that_the_vocabulary_questions() -> None:
    for person in MANY:
        for one in person.readings:
            if one.counts:
                questioned = plausibility(fact_of(one)) is not None
                assert questioned == (one.flaw is Flaw.IMPLAUSIBLE), one


def test_somebody_lacks_each_variable() -> None:
    for variable in (*SHAPES, "weight", "height"):
        having = sum(any(one.variable == variable for one in p.readings) for p in MANY)
        assert 0.4 < having / len(MANY) < 0.97, variable


def test_the_long_form_is_the_same_people() -> None:
    wanted = Counter(
        _key(fact)
        for person in MANY[:500]
        for fact in facts(person, Form.PARQUET)
        if fact.variable not in {"sex", "birth_date"}
    )
    found = Counter(
        key
        for batch in batches(20260302, 500, size=170)
        for rows in long_rows(batch)
        for key in _keys(rows)
    )
    assert found == wanted


def _key(fact: Fact) -> tuple[object, ...]:
    value = {"true": 1.0, "false": 0.0}.get(fact.value) if fact.unit is None else float(fact.value)
    low, high = (None if one is None else float(one) for one in (fact.low, fact.high))
    unit = fact.unit
    return (
        fact.id[:11], fact.variable, value, unit, fact.comparator,
        fact.at.day, fact.at.has_time, low, high,
    )  # fmt: skip


def _keys(rows: Rows) -> list[tuple[object, ...]]:
    keys = []
    for i in range(len(rows.person)):
        day = SCREENING + timedelta(days=int(rows.day[i]))
        low, high = (None if np.isnan(one[i]) else float(one[i]) for one in (rows.low, rows.high))
        keys.append(
            (
                f"SIM-{rows.person[i]:07d}", rows.variable, float(rows.value[i]), rows.unit,
                ("", "<", ">")[rows.comparator[i]], day.replace(day=1) if rows.month[i] else day,
                bool(rows.minute[i] >= 0), low, high,
            )
        )  # fmt: skip
    return keys


@pytest.mark.parametrize("form", [Form.FHIR, Form.OMOP, Form.CSV])
def test_what_a_form_cannot_hold_is_named_and_nothing_else_is_missing(form: Form) -> None:
    lacks: Counter[Lack] = Counter()
    for person in MANY[:300]:
        whole, held = facts(person), facts(person, form)
        missing = {fact.id for fact in whole} - {fact.id for fact in held}
        named = {
            one.id: lack(form, one)
            for one in (*person.readings, *person.findings)
            if lack(form, one) is not None
        }
        assert missing <= set(named)
        lacks.update(why for why in named.values() if why is not None)
    omop = {Lack.MONTH, Lack.RULED_OUT}
    wanted = {Form.FHIR: {Lack.KIND}, Form.OMOP: omop, Form.CSV: set()}
    assert set(lacks) == wanted[form]


def test_rows_of_omop_are_the_items_with_a_day_that_count() -> None:
    for person in MANY[:100]:
        readings = [
            one for one in person.readings
            if one.flaw not in {Flaw.IN_ERROR, Flaw.CANCELLED} and len(one.at) > 7
        ]  # fmt: skip
        findings = [
            one for one in person.findings
            if one.present and not one.in_error and len(one.at) > 7
        ]  # fmt: skip
        assert len(list(omop.measurement_rows(person))) == len(readings)
        assert len(list(omop.condition_rows(person))) == len(findings)


def test_rows_have_their_tables_columns() -> None:
    person = MANY[0]
    for table, rows in (
        ("person", [omop.person_row(person)]),
        ("observation_period", [omop.period_row(person)]),
        ("measurement", omop.measurement_rows(person)),
        ("condition_occurrence", omop.condition_rows(person)),
        ("concept", omop.concept_rows()),
        ("cdm_source", [omop.source_row(7)]),
    ):
        assert all(len(row) == len(omop.TABLES[table]) for row in rows), table
    assert all(len(row) == len(csv_rows.COLUMNS) for row in csv_rows.rows(person))


def test_concepts_are_seen_ones_or_local_ones_and_each_is_listed() -> None:
    ids = {row[0] for row in omop.concept_rows()}
    assert len(ids) == len(list(omop.concept_rows()))
    local = [row for row in omop.concept_rows() if int(row[0] or 0) > omop.LOCAL_IDS]
    assert all(row[5] is None for row in local)  # never called standard
    used = {row[2] for p in MANY[:50] for row in omop.measurement_rows(p)}
    used |= {row[8] for p in MANY[:50] for row in omop.condition_rows(p)}
    assert used <= ids


def test_codes_are_verified_ones_or_local_ones() -> None:
    assert coding("creatinine").code == "2160-0"
    assert coding("mrd_positive").system == LOCAL
    assert coding("prior_malignancy").system == LOCAL  # its code is another variable's too
    told = code_mapping(("mrd_positive", "creatinine"), system=LOCAL)
    assert 'code = "SIM-MRD-POSITIVE"\nvariable = "mrd_positive"\n' in told
    assert "creatinine" not in told


def test_bundles_say_that_they_are_simulated_and_carry_no_issued_number() -> None:
    for person in MANY[:20]:
        text = fhir.bundle_text(person)
        bundle = json.loads(text)
        assert bundle["meta"]["tag"][0]["code"] == "HTEST"
        assert bundle["entry"][0]["resource"]["name"][0]["text"].startswith("SIMULATED SIM-")
        assert not re.search(r"NCT\d{8}|ChiCTR|ISRCTN", text)
        ids = [one["resource"]["id"] for one in bundle["entry"]]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", one) for one in ids)


def test_a_bundle_holds_every_item_of_its_person() -> None:
    person = next(p for p in MANY if any(one.comparator for one in p.readings))
    resources = {one["id"]: one for one in fhir.resources(person)}
    assert len(resources) == 1 + len(person.readings) + len(person.findings)
    for one in person.readings:
        resource = resources[one.id]
        if one.flaw is Flaw.CANCELLED:
            assert "valueQuantity" not in resource
            continue
        if one.variable == "ecog":
            assert resource["valueInteger"] == int(one.value)
            continue
        quantity = resource["valueQuantity"]
        assert plain(Decimal(repr(quantity["value"]))) == plain(Decimal(one.value))
        assert quantity.get("comparator", "") == one.comparator
        assert quantity.get("code", "") == one.unit


def test_withdrawn_and_unitless_results_are_no_facts() -> None:
    person: Person = MANY[0]
    one = replace(person.readings[0], flaw=Flaw.NONE)
    for flaw in Flaw:
        changed = replace(person, readings=(replace(one, flaw=flaw),))
        set_aside = flaw in {Flaw.IN_ERROR, Flaw.CANCELLED, Flaw.STRANGE_UNIT, Flaw.NO_UNIT}
        assert any(fact.id == one.id for fact in facts(changed)) != set_aside
