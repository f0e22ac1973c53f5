"""FHIR R4 into facts: what counts, what does not and why, and what is refused with words."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from trialrun.errors import InputError, NotSupported
from trialrun.readers.patients.complete import declared_codes
from trialrun.readers.patients.fhir.bundle import read_bundle
from trialrun.readers.patients.opening import open_patients
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.vocabulary.fact import Fact

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1960-05", "gender": "female"}


def observation(loinc: str = "1742-6", **fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": loinc}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-01T10:30:00+08:00",
    } | fields


def coded(loinc: str) -> dict[str, Any]:
    return {"code": {"coding": [{"system": LOINC, "code": loinc}]}}


def quantity(value: object, unit: str = "U/L", **more: Any) -> dict[str, Any]:
    return {"value": value, "code": unit, "unit": unit} | more


def condition(code: str = "91861009", system: str = SNOMED, **fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "c1",
        "code": {"coding": [{"system": system, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "onsetDateTime": "2026-01-05",
    } | fields


def read(*resources: dict[str, Any]) -> tuple[Patient, Tally]:
    tally = Tally()
    entry = [{"resource": one} for one in (PATIENT, *resources)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entry}
    (patient,) = read_bundle(json.dumps(bundle).encode(), tally)
    assert tally.balanced
    return patient, tally


def facts(*resources: dict[str, Any]) -> list[Fact]:
    """What the resources gave beside the patient's own birth and sex."""
    return [
        fact for fact in read(*resources)[0].facts if fact.variable not in {"sex", "birth_date"}
    ]


def reason(*resources: dict[str, Any]) -> Reason:
    patient, tally = read(*resources)
    assert len(patient.facts) == 2
    ((kind, found),) = tally.aside
    assert tally.aside[kind, found] == 1
    return found


def test_the_patient_gives_birth_and_sex_and_death() -> None:
    patient, tally = read()
    assert [(fact.variable, fact.value, str(fact.at)) for fact in patient.facts] == [
        ("birth_date", "1960-05", "1960-05"),
        ("sex", "female", "1960-05"),
    ]
    assert patient.died == "" and tally.patients == 1 and tally.facts == 2
    for field, died in (
        ({"deceasedDateTime": "2025-12-01T01:00:00Z"}, "2025-12-01"),
        ({"deceasedBoolean": True}, "yes"),
        ({"deceasedBoolean": False}, ""),
    ):
        (dead,) = read_bundle(json.dumps([PATIENT | field]).encode(), Tally())
        assert dead.died == died


def test_a_value_keeps_its_unit_sign_time_and_limits() -> None:
    limits = {"low": {"value": 7, "unit": "U/L"}, "high": {"value": 40.5, "unit": "U/L"}}
    (fact,) = facts(
        observation(valueQuantity=quantity(5, "U/L", comparator="<"), referenceRange=[limits])
    )
    assert fact == Fact(
        id="Observation/o1",
        variable="alt",
        value="5",
        unit="U/L",
        comparator="<",
        at=fact.at,
        source="LOINC 1742-6",
        low="7",
        high="40.5",
    )
    assert str(fact.at) == "2026-03-01T10:30:00+08:00"


@pytest.mark.parametrize(
    ("given", "unit"),
    [
        ({"value": 150, "unit": "K/uL"}, "10*3/uL"),
        ({"value": 150, "code": "10*9/L", "unit": "G/l"}, "10*9/L"),
        ({"value": 150, "code": "x", "unit": "10*3/uL"}, "10*3/uL"),
        ({"value": 150, "code": "/mm3"}, "/uL"),
    ],
)
def test_a_unit_is_its_code_or_its_text(given: dict[str, object], unit: str) -> None:
    (fact,) = facts(observation("777-3", valueQuantity=given))
    assert (fact.value, fact.unit) == ("150", unit)


def test_only_the_one_normal_range_in_the_values_unit_is_taken() -> None:
    def limits(*ranges: dict[str, Any]) -> tuple[str | None, str | None]:
        value = quantity(1.1, "mg/dL")
        (fact,) = facts(observation("2160-0", valueQuantity=value, referenceRange=list(ranges)))
        return fact.low, fact.high

    high = {"high": {"value": 1.2}}
    coded = {"type": {"coding": [{"code": "normal"}]}}
    assert limits(high) == (None, "1.2")
    assert limits(high | coded, {"high": {"value": 9}, "type": {"coding": [{"code": "critical"}]}})
    assert limits({"high": {"value": 106.08, "unit": "umol/L"}}) == (None, "1.2")
    assert limits(high, {"high": {"value": 1.0}}) == (None, None)
    assert limits(high, {"high": {"value": 1.0}, "appliesTo": [{"text": "women"}]}) == (None, "1.2")
    assert limits({"high": {"value": "about 1"}}, {"text": "0-1"}) == (None, None)
    assert limits({"text": "< 1.2"}) == (None, None)


def test_a_flag_without_a_number_is_above_or_below_the_limit() -> None:
    flag = [{"coding": [{"code": "H"}]}]
    (fact,) = facts(observation(interpretation=flag, valueString="see report"))
    assert (fact.comparator, fact.value, fact.unit) == (">", "1", "xULN")
    (low,) = facts(observation("777-3", interpretation=[{"coding": [{"code": "LL"}]}]))
    assert (low.comparator, low.value, low.unit) == ("<", "1", "xLLN")
    (plain,) = facts(observation(interpretation=flag, valueQuantity=quantity(90)))
    assert (plain.value, plain.unit) == ("90", "U/L")
    assert reason(observation(interpretation=[{"coding": [{"code": "H"}, {"code": "L"}]}])) is (
        Reason.NO_VALUE
    )


def test_components_count_one_by_one() -> None:
    parts = [
        coded("8480-6") | {"valueQuantity": quantity(120, "mm[Hg]")},
        coded("8462-4") | {"dataAbsentReason": {}},
        coded("0-0") | {"valueQuantity": quantity(1)},
    ]
    patient, tally = read(observation("85354-9", component=parts))
    assert [fact.id for fact in patient.facts if fact.variable == "systolic_bp"] == [
        "Observation/o1.0"
    ]
    assert tally.rows["Observation"] == 3 and tally.used["Observation"] == 1
    assert tally.by_reason() == {Reason.NO_VALUE: 1, Reason.UNKNOWN_CODE: 1}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": "entered-in-error"}, Reason.ENTERED_IN_ERROR),
        ({"status": "cancelled"}, Reason.CANCELLED),
        ({"status": "registered"}, Reason.CANCELLED),
        ({"valueQuantity": {"unit": "U/L"}}, Reason.NO_VALUE),
        ({"valueQuantity": {"value": 30}}, Reason.NO_UNIT),
        ({"valueQuantity": quantity(30, "furlong")}, Reason.UNKNOWN_UNIT),
        ({"valueQuantity": quantity(30, "mg/dL")}, Reason.UNFIT_UNIT),
        ({"valueQuantity": quantity("abc")}, Reason.BAD_VALUE),
        ({"valueQuantity": quantity(True)}, Reason.BAD_VALUE),
        ({"valueQuantity": quantity(1e308)}, Reason.BAD_VALUE),
        ({"valueQuantity": quantity(30, comparator="ad")}, Reason.BAD_VALUE),
        ({"valueString": "1,5 U/L"}, Reason.DECIMAL_COMMA),
        ({"valueString": "50.000 U/L"}, Reason.DECIMAL_COMMA),
        ({"valueRange": {"low": {"value": 1}}}, Reason.BAD_VALUE),
        ({"effectiveDateTime": "yesterday"}, Reason.BAD_DATE),
        ({"effectiveDateTime": "2024-02-31"}, Reason.BAD_DATE),
        ({"effectiveDateTime": None}, Reason.NO_DATE),
        ({"subject": None}, Reason.NO_PATIENT),
        ({"subject": {"reference": "Group/1"}}, Reason.NO_PATIENT),
        ({"code": {}}, Reason.NO_CODE),
        ({"code": {"text": "liver test"}}, Reason.UNKNOWN_CODE),
        ({"code": {"coding": [{"system": "urn:local", "code": "1742-6"}]}}, Reason.UNKNOWN_CODE),
    ],
)
def test_what_is_no_fact_is_set_aside_with_its_reason(fields: dict[str, Any], why: Reason) -> None:
    given = observation(**{"valueQuantity": quantity(30)} | fields)
    if any(key in fields for key in ("valueString", "valueRange")):
        del given["valueQuantity"]
    assert reason({key: value for key, value in given.items() if value is not None}) is why


def test_implausible_values_are_kept_and_questioned() -> None:
    patient, tally = read(observation("2160-0", valueQuantity=quantity(130, "mg/dL")))
    assert patient.facts[-1].value == "130"
    assert tally.questioned == {"creatinine": 1} and tally.used["Observation"] == 1


def test_texts_words_and_levels() -> None:
    (number,) = facts(observation(valueString=" < 35 U/L "))
    assert (number.comparator, number.value, number.unit) == ("<", "35", "U/L")
    (level,) = facts(observation("89247-1", valueInteger=2))
    assert (level.value, level.unit) == ("2", "{score}")
    assert reason(observation("89247-1", valueString="2-3")) is Reason.BAD_VALUE
    assert reason(observation("89247-1", valueInteger=7)) is Reason.BAD_VALUE
    word = {"coding": [{"display": "Posi\u200btive", "code": "10828004"}]}
    (found,) = facts(observation("5196-1", valueCodeableConcept=word))
    assert (found.variable, found.value) == ("hbsag_positive", "true")


def test_times_are_as_exact_as_they_are_given() -> None:
    def at(**fields: Any) -> str:
        given = observation(valueQuantity=quantity(30), **fields)
        if "effectiveDateTime" not in fields:
            del given["effectiveDateTime"]
        (fact,) = facts(given)
        return str(fact.at)

    assert at(effectiveDateTime="2026-03") == "2026-03"
    assert at(effectiveDateTime="2026-03-01T10:30:00") == "2026-03-01"
    assert at(effectiveDateTime="2026-03-01T10:30:00.123456789Z") == "2026-03-01T10:30:00.123456Z"
    assert at(effectiveInstant="2026-03-01T10:30:00Z") == "2026-03-01T10:30:00Z"
    day = {"start": "2026-03-01T08:00:00Z", "end": "2026-03-01T09:00:00Z"}
    assert at(effectivePeriod=day) == "2026-03-01"
    assert at(effectivePeriod={"start": "2026-03-01", "end": "2026-03-04"}) == "2026-03"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (observation(valueQuantity=quantity(1), effectiveDateTime="2024-02-31"),
         "effectiveDateTime"),
        (observation(valueQuantity=quantity(1), effectiveDateTime=None,
                     effectivePeriod={"start": "2024-02-01", "end": "2024-02-31"}),
         "effectivePeriod.end"),
        (condition(onsetDateTime="2023-02-29", recordedDate="2024-01-01"), "onsetDateTime"),
        (condition(onsetDateTime=None, onsetPeriod={"start": "2024-13-01"}), "onsetPeriod.start"),
        (condition(onsetDateTime=None, encounter={"reference": "Encounter/e1"}), "encounter"),
        (condition(abatementDateTime="2024-02-31"), "abatement"),
        (PATIENT | {"birthDate": "1960-02-30"}, "birthDate"),
    ],
)  # fmt: skip
def test_an_impossible_date_is_named_and_no_other_is_taken(
    given: dict[str, Any], field: str
) -> None:
    stay = {"resourceType": "Encounter", "id": "e1", "period": {"start": "2024-02-31"}}
    only = {key: value for key, value in given.items() if value is not None}
    tally = Tally()
    read_bundle(json.dumps([stay, only]).encode(), tally, where="x.json")
    assert tally.by_reason() == {Reason.BAD_DATE: 1, Reason.ONLY_NAMES: 1} and tally.balanced
    assert [place.listing() for place in tally.places[Reason.BAD_DATE]] == [
        {"file": "x.json", "entry": 2, "column": field}
    ]
    assert "  1 whose date does not exist or cannot be read" in tally.lines()


def test_a_death_on_an_impossible_day_stays_a_death() -> None:
    tally = Tally()
    dead = PATIENT | {"deceasedDateTime": "2024-02-31"}
    (patient,) = read_bundle(json.dumps([dead]).encode(), tally)
    assert patient.died == "yes" and any("1 death " in line for line in tally.lines())


def test_a_condition_without_a_date_takes_its_encounters() -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e1",
        "period": {"start": "2026-01-02T10:00:00Z", "end": "2026-01-09"},
    }
    undated = condition(encounter={"reference": "Encounter/e1"})
    del undated["onsetDateTime"]
    (fact,) = facts(undated, encounter)
    assert str(fact.at) == "2026-01-02T10:00:00Z" and "encounter" in fact.source
    (recorded,) = facts(undated | {"recordedDate": "2026-01-03"}, encounter)
    assert str(recorded.at) == "2026-01-03" and "recorded" in recorded.source
    del undated["encounter"]
    assert reason(undated) is Reason.NO_DATE


@pytest.mark.parametrize(
    ("system", "code", "names"),
    [
        ("http://hl7.org/fhir/sid/icd-10-cm", "C92.01", {"aml"}),
        ("http://hl7.org/fhir/sid/icd-10-cm/", "c9201", {"aml"}),
        ("urn:oid:2.16.840.1.113883.6.90", "D46.21", {"mds", "mds_raeb"}),
        ("http://hospital.test/CodeSystem/diagnosis-icd10", "C9202", {"aml"}),
        ("http://hospital.test/CodeSystem/diagnosis-icd9", "20500", {"aml"}),
        ("http://hospital.test/CodeSystem/diagnosis-icd10-gm", "C92.0", set()),
        ("http://hospital.test/CodeSystem/procedure-icd10", "C9202", set()),
        ("http://hl7.org/fhir/sid/icd-10", "C92.0", set()),
        ("http://hl7.org/fhir/sid/icd-10-cm", "C92", set()),
    ],
)
def test_icd_with_and_without_dots(system: str, code: str, names: set[str]) -> None:
    patient, tally = read(condition(code, system))
    assert {fact.variable for fact in patient.facts[2:]} == names
    assert len({fact.id for fact in patient.facts}) == len(patient.facts)
    by_name = [key for key, _ in tally.notes if key == "system_by_name"]
    assert bool(by_name) == bool(names and "hospital" in system)


def test_conditions_that_are_not_so_or_are_over() -> None:
    def status(code: str) -> dict[str, Any]:
        return {"coding": [{"code": code}]}

    assert reason(condition(verificationStatus=status("provisional"))) is Reason.SUSPECTED
    wrong = condition(verificationStatus=status("entered-in-error"))
    assert reason(wrong) is Reason.ENTERED_IN_ERROR
    assert reason(condition(clinicalStatus=status("resolved"))) is Reason.ENDED
    over = condition(clinicalStatus=status("resolved"), abatementDateTime="2026-02-01")
    assert [(fact.value, str(fact.at)) for fact in facts(over)] == [
        ("true", "2026-01-05"),
        ("false", "2026-02-01"),
    ]
    # Another episode that lasts keeps the end away; "remission" of a leukaemia is no end.
    again = condition(id="c2", onsetDateTime="2026-01-20", clinicalStatus=status("remission"))
    assert [fact.value for fact in facts(over, again)] == ["true", "true"]
    # A variable that covers the whole past stays true.
    hiv = condition("B20", "http://hl7.org/fhir/sid/icd-10-cm", clinicalStatus=status("resolved"))
    assert [fact.value for fact in facts(hiv)] == ["true"]


REFUTED = {"verificationStatus": {"coding": [{"code": "refuted"}]}}


def test_a_refuted_condition_is_absent_on_the_day_that_it_was_recorded() -> None:
    refuted = condition(recordedDate="2026-02-01", **REFUTED)
    assert [(f.variable, f.value, str(f.at), f.source) for f in facts(refuted)] == [
        ("aml", "false", "2026-02-01",
         "SNOMED CT 91861009, ruled out, dated when it was recorded"),
    ]  # fmt: skip
    (fact,) = facts(condition(**REFUTED))
    assert (fact.value, str(fact.at)) == ("false", "2026-01-05")
    undated = {key: value for key, value in refuted.items() if not key.endswith(("Date", "Time"))}
    assert reason(undated) is Reason.NO_DATE
    wrong = {"verificationStatus": {"coding": [{"code": "refuted"}, {"code": "entered-in-error"}]}}
    assert reason(condition(**wrong)) is Reason.ENTERED_IN_ERROR


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "49436004"),  # atrial fibrillation: there are other arrhythmias
        ("http://hl7.org/fhir/sid/icd-10-cm", "C92.02"),  # AML in relapse: not all AML
        ("http://hl7.org/fhir/sid/icd-10-cm", "F10.1"),  # alcohol abuse, beside dependence
        (SNOMED, "363346000"),  # a malignancy of today says nothing of former ones
    ],
)
def test_who_has_not_one_kind_may_have_another(system: str, code: str) -> None:
    assert reason(condition(code, system, **REFUTED)) is Reason.REFUTED


def test_another_diagnosis_that_lasts_contradicts_what_was_ruled_out() -> None:
    refuted = condition(id="c2", recordedDate="2026-02-01", **REFUTED)
    patient, tally = read(condition(), refuted)
    assert [fact.value for fact in patient.facts if fact.variable == "aml"] == ["true"]
    assert tally.by_reason() == {Reason.REFUTED: 1}
    over = condition(abatementDateTime="2026-01-20")
    later = condition(id="c3", onsetDateTime="2026-02-20")
    found = facts(over, refuted, later)
    assert [(fact.value, str(fact.at)) for fact in found] == [
        ("true", "2026-01-05"), ("false", "2026-01-20"), ("false", "2026-02-01"),
        ("true", "2026-02-20"),
    ]  # fmt: skip


def test_a_sites_own_code_rules_out_what_it_declares() -> None:
    own = condition("X-1", "urn:site", **REFUTED)
    declared = declared_codes(
        read_mapping(
            'format = 1\n[[code]]\nsystem = "urn:site"\ncode = "X-1"\nvariable = "arrhythmia"\n'
        )
    )
    (patient,) = read_bundle(json.dumps([PATIENT, own]).encode(), Tally(), declared=declared)
    assert (patient.facts[-1].variable, patient.facts[-1].value) == ("arrhythmia", "false")


def test_a_sites_own_codes_mean_what_it_declares() -> None:
    own = condition("X-1", "urn:site") | {"id": "c7"}
    declared = declared_codes(
        read_mapping(
            'format = 1\n[[code]]\nsystem = "urn:site"\ncode = "X-1"\nvariable = "arrhythmia"\n'
        )
    )
    (patient,) = read_bundle(json.dumps([PATIENT, own]).encode(), Tally(), declared=declared)
    fact = patient.facts[-1]
    assert (fact.variable, fact.value, fact.source) == ("arrhythmia", "true", "declared code X-1")
    other = condition("X-1", "urn:elsewhere")
    (patient,) = read_bundle(json.dumps([PATIENT, other]).encode(), Tally(), declared=declared)
    assert len(patient.facts) == 2


def test_procedures_and_medicines_count_when_done() -> None:
    # No variable has a procedure's code yet: a diagnosis code shows the way.
    done = condition() | {"resourceType": "Procedure", "performedDateTime": "2026-01-05"}
    assert facts(done | {"status": "completed"})[0].variable == "aml"
    assert reason(done | {"status": "not-done"}) is Reason.CANCELLED
    assert reason(done | {"status": "entered-in-error"}) is Reason.ENTERED_IN_ERROR
    given = {
        "resourceType": "MedicationAdministration",
        "id": "m1",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "effectivePeriod": {"start": "2026-01-05T08:00:00Z"},
        "medicationReference": {"reference": "Medication/x"},
    }
    named = {
        "resourceType": "Medication",
        "id": "x",
        "code": {"coding": [{"system": "urn:atc", "code": "L01", "display": "cytarabine"}]},
    }
    _, tally = read(given, named)
    assert tally.codes == {("urn:atc", "L01", "cytarabine"): 1}
    assert reason(given) is Reason.NO_CODE


def test_equal_facts_are_kept_once_and_counted() -> None:
    one = observation(valueQuantity=quantity(30))
    patient, tally = read(
        one, one | {"id": "o2"}, one | {"id": "o3", "valueQuantity": quantity(31)}
    )
    assert [fact.value for fact in patient.facts if fact.variable == "alt"] == ["30", "31"]
    assert tally.by_reason() == {Reason.DUPLICATE: 1}


def test_references_by_full_url_and_many_patients() -> None:
    def about(reference: str, value: int) -> dict[str, Any]:
        subject = {"reference": reference}
        return {"resource": observation(valueQuantity=quantity(value), subject=subject)}

    nameless = {"resourceType": "Patient", "birthDate": "1950-01-01"}
    entry: list[Any] = [
        {"fullUrl": "urn:uuid:a", "resource": nameless},
        {"fullUrl": "urn:uuid:b", "resource": PATIENT},
        about("urn:uuid:a", 30),
        about("urn:uuid:b", 31),
        about("http://x.test/fhir/Patient/p1/_history/2", 32),
        about("Patient/gone", 33),
        {"resource": PATIENT},
        {"nothing": 1},
        7,
    ]
    tally = Tally()
    data = json.dumps({"resourceType": "Bundle", "entry": entry}).encode()
    read_of = {patient.code: patient for patient in read_bundle(data, tally)}
    alt = {
        code: [fact.value for fact in patient.facts if fact.variable == "alt"]
        for code, patient in read_of.items()
    }
    assert alt == {"a": ["30"], "p1": ["31", "32"], "gone": ["33"]}
    assert tally.repeated == {"p1": 1} and tally.by_reason()[Reason.BROKEN_LINE] == 2
    assert tally.balanced and any(key == "no_patient_resource" for key, _ in tally.notes)


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        ({"resourceType": "MedicationOrder"}, "DSTU2"),
        ({"resourceType": "Condition", "clinicalStatus": "active"}, "STU3"),
        ({"resourceType": "Condition", "assertedDate": "2020-01-01"}, "STU3"),
        ({"resourceType": "Encounter", "class": [{}]}, "R5"),
        ({"resourceType": "MedicationRequest", "medication": {}}, "R5"),
        ({"resourceType": "Procedure", "occurrenceDateTime": "2020-01-01"}, "R5"),
    ],
)
def test_other_versions_are_refused(resource: dict[str, Any], version: str, tmp_path: Path) -> None:
    with pytest.raises(NotSupported, match=version) as caught:
        read(observation(valueQuantity=quantity(1)), resource)
    assert "R4" in caught.value.what and caught.value.remedy
    # Of many files, the others are read, and this one is counted and named.
    (tmp_path / "a.json").write_text(json.dumps([PATIENT]))
    (tmp_path / "b.json").write_text(json.dumps([PATIENT | {"id": "p2"}, resource]))
    source = open_patients(tmp_path)
    assert [patient.code for patient in source.patients()] == ["p1"]
    assert source.tally.by_reason() == {Reason.OTHER_VERSION: 2} and source.tally.balanced
    assert any("b.json" in line and version in line for line in source.tally.lines())


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", InputError, "not JSON"),
        (b"{", InputError, "not JSON"),
        (b"[" * 100_000, InputError, "not JSON"),
        (b'{"a": 1}', InputError, "no FHIR resource"),
        (b"3", InputError, "no FHIR resource"),
        (b"\xff\xfe\x00", InputError, "not JSON"),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', NotSupported, "XML"),
        (b'{"resourceType": "Bundle", "entry": 5}', InputError, "entry"),
        (b'{"resourceType": "Bundle", "type": "history"}', NotSupported, "history"),
    ],
)
def test_what_is_no_bundle_is_said(data: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        read_bundle(data, Tally(), where="x.json")


def test_files_and_folders(tmp_path: Path) -> None:
    value = observation(valueQuantity=quantity(30))
    lines = "\n".join(map(json.dumps, (PATIENT, value))) + "\n"
    single = tmp_path / "one.json.gz"
    single.write_bytes(gzip.compress(lines.encode()))
    (only,) = open_patients(single).patients()
    assert [fact.variable for fact in only.facts] == ["birth_date", "sex", "alt"]
    damaged = tmp_path / "cut.json.gz"
    damaged.write_bytes(single.read_bytes()[:-9])
    with pytest.raises(InputError, match="damaged"):
        list(open_patients(damaged).patients())
    # A folder: the damaged file is named, a patient in two files is one patient.
    (tmp_path / "two.json").write_text(
        json.dumps([PATIENT, value | {"id": "o9", "valueQuantity": quantity(31)}])
    )
    source = open_patients(tmp_path)
    (whole,) = source.patients()
    assert [fact.value for fact in whole.facts if fact.variable == "alt"] == ["30", "31"]
    assert source.tally.repeated == {"p1": 1} and source.tally.balanced
    assert any(line.startswith("cut.json.gz: ") for line in source.tally.lines())


def test_a_bulk_folder_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "Patient.ndjson").write_text(json.dumps(PATIENT) + "\n{broken\n\n[]\n")
    (tmp_path / "Condition.ndjson").write_text(json.dumps(condition()) + "\n")
    source = open_patients(tmp_path)
    (patient,) = source.patients()
    assert [fact.variable for fact in patient.facts] == ["birth_date", "sex", "aml"]
    assert source.tally.by_reason() == {Reason.BROKEN_LINE: 2} and source.tally.balanced
    told = "\n".join(source.tally.lines())
    assert "holds no Observation" in told and "holds no Condition" not in told
    assert "Patient.ndjson: 2 lines" in told
    assert list(source.patients()) == [patient]  # read once more, counted anew
    assert source.tally.rows["Patient"] == 3
    assert source.tally.lines("zh")[0].startswith("1名患者")
