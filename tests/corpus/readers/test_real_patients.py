"""The real sets: every row counted, both faces equal, the traps of each set taken as they are."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from trialrun.readers.patients.long_form import FACTS, row_of
from trialrun.readers.patients.opening import PatientSource, open_patients
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.tally import Reason

pytest.importorskip("ibis")

PATIENTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "patients"
EICU_LABS = """format = 1
file = "lab.csv.gz"
form = "long"
patient = "patientunitstayid"
date = "labresultoffset"
minutes_from = "2015-01-01T00:00Z"
name_column = "labname"
value_column = "labresult"
unit_column = "labmeasurenamesystem"
decimal = "."
""" + "".join(
    f'[[column]]\nname = "{name}"\nvariable = "{variable}"\n'
    for name, variable in (
        ("creatinine", "creatinine"),
        ("Hgb", "haemoglobin"),
        ("platelets x 1000", "platelets"),
        ("ALT (SGPT)", "alt"),
        ("total bilirubin", "total_bilirubin"),
    )
)
EICU_PEOPLE = """format = 1
patient = "patientunitstayid"
at = "2015-01-01"
[[column]]
name = "age"
variable = "age"
unit = "a"
[[column]]
name = "gender"
variable = "sex"
[[column]]
name = "admissionweight"
variable = "weight"
unit = "kg"
[[column]]
name = "admissionheight"
variable = "height"
unit = "cm"
"""


def both_ways(source: PatientSource, folder: Path) -> list[Patient]:
    """The patients, after both faces gave the same facts and the counts added up."""
    patients = list(source.patients())
    tally = source.tally
    assert tally.balanced
    assert sum(tally.rows.values()) == sum(tally.used.values()) + sum(tally.aside.values())
    assert tally.patients == len(patients) == len({patient.code for patient in patients})
    one_by_one = Counter(
        row_of(patient.code, fact) for patient in patients for fact in patient.facts
    )
    population = source.population(folder)
    table = population.facts.select(*FACTS).to_pyarrow().to_pylist()
    together = Counter(tuple(row[name] for name in FACTS) for row in table)
    assert one_by_one == together
    assert tally.facts == len(table)
    people = population.people.to_pyarrow().to_pylist()
    assert {(one["patient"], one["died"]) for one in people} == {
        (patient.code, patient.died) for patient in patients
    }
    for patient in patients:
        assert len({fact.id for fact in patient.facts}) == len(patient.facts)
    return patients


def count(patients: list[Patient], variable: str) -> int:
    return sum(fact.variable == variable for patient in patients for fact in patient.facts)


def test_synthea_bundles() -> None:
    source = open_patients(PATIENTS / "synthea-fhir-r4")
    patients = list(source.patients())
    tally = source.tally
    assert tally.balanced and tally.facts == sum(len(patient.facts) for patient in patients)
    assert len(patients) == 308 and tally.rows["Patient"] == 308
    # 42,803 observations, of which 2,585 are panels of two parts.
    assert tally.rows["Observation"] == 42_803 + 2_585
    assert tally.rows["Condition"] == 2_317
    assert tally.units == {("egfr", "mL/min"): 389}
    # No reference range anywhere; platelets in 10*3/uL and once in K/uL; LVEF in 26 patients.
    facts = [fact for patient in patients for fact in patient.facts]
    assert all(fact.low is None and fact.high is None for fact in facts)
    assert {fact.unit for fact in facts if fact.variable == "platelets"} == {"10*3/uL"}
    assert sum(any(f.variable == "lvef" for f in p.facts) for p in patients) == 26
    assert (
        Counter(fact.source for fact in facts if fact.variable == "creatinine")["LOINC 2160-0"] == 1
    )
    creatinine = {p.code for p in patients if any(f.source == "LOINC 38483-4" for f in p.facts)}
    assert len(creatinine) == 119


def test_forty_synthea_bundles_both_ways(tmp_path: Path) -> None:
    (tmp_path / "bundles").mkdir()
    for path in sorted((PATIENTS / "synthea-fhir-r4").glob("*.json.gz"))[-40:]:
        (tmp_path / "bundles" / path.name).write_bytes(path.read_bytes())
    source = open_patients(tmp_path / "bundles")
    # The last file holds practitioners, and nobody is a patient there.
    assert len(both_ways(source, tmp_path)) == 39
    assert source.tally.rows["Practitioner"] > 0


def test_one_synthea_bundle_is_the_folders(tmp_path: Path) -> None:
    path = min((PATIENTS / "synthea-fhir-r4").glob("*.json.gz"))
    (patient,) = open_patients(path).patients()
    bundle = json.loads(gzip.decompress(path.read_bytes()))
    (own,) = [
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Patient"
    ]
    birth = next(fact for fact in patient.facts if fact.variable == "birth_date")
    assert (patient.code, birth.value) == (own["id"], own["birthDate"])
    listed = "\n".join(json.dumps(entry["resource"]) for entry in bundle["entry"])
    (tmp_path / "lines.ndjson").write_text(listed)
    (again,) = open_patients(tmp_path / "lines.ndjson").patients()
    assert len(again.facts) == len(patient.facts)


def test_synthea_bulk_says_that_observations_are_missing(tmp_path: Path) -> None:
    source = open_patients(PATIENTS / "synthea-bulk-10")
    patients = both_ways(source, tmp_path)
    assert len(patients) == 13 and source.tally.rows["Condition"] == 555
    assert [dict(values) for (key, values) in source.tally.notes if key == "lacks"] == [
        {"kind": "Observation"}
    ]
    assert count(patients, "pregnant") > 0


def test_mimic_on_fhir(tmp_path: Path) -> None:
    source = open_patients(PATIENTS / "mimic-iv-demo-fhir-2.1.0")
    patients = both_ways(source, tmp_path)
    tally = source.tally
    assert len(patients) == 100
    # 91 readings of oxygen saturation have no value; temperatures are in degrees Fahrenheit.
    assert count(patients, "spo2") + tally.aside["Observation", Reason.NO_VALUE] > 1_169
    assert not tally.units
    warm = [fact for one in patients for fact in one.facts if fact.variable == "temperature"]
    assert len(warm) > 700 and {fact.unit for fact in warm} == {"Cel"}
    assert all(fact.source.endswith("[degF]") for fact in warm)
    # Codes without dots under the hospital's own systems, dated by their encounters.
    assert sum(any(f.variable == "aml" for f in p.facts) for p in patients) >= 1
    assert sum(any(f.variable == "prior_hsct" for f in p.facts) for p in patients) >= 1
    assert all(
        "encounter" in fact.source
        for patient in patients
        for fact in patient.facts
        if fact.source.startswith("ICD")
    )
    assert {dict(values)["system"] for key, values in tally.notes if key == "system_by_name"} == {
        "ICD-10-CM",
        "ICD-9-CM",
    }


def test_mimic_in_omop_holds_the_same_people(tmp_path: Path) -> None:
    omop_source = open_patients(PATIENTS / "mimic-iv-demo-omop-0.9")
    omop = both_ways(omop_source, tmp_path)
    fhir = list(open_patients(PATIENTS / "mimic-iv-demo-fhir-2.1.0").patients())
    assert len(omop) == 100 and any(patient.code.startswith("-") for patient in omop)
    told = "\n".join(omop_source.tally.lines())
    assert "no table measurement" in told and "no table observation" in told
    # Who is who: the FHIR identifier is the source value of the OMOP person.
    fhir_names, omop_names = {}, {}
    folder = PATIENTS / "mimic-iv-demo-fhir-2.1.0"
    for line in gzip.decompress((folder / "MimicPatient.ndjson.gz").read_bytes()).splitlines():
        person = json.loads(line)
        fhir_names[person["id"]] = person["identifier"][0]["value"]
    lines = (PATIENTS / "mimic-iv-demo-omop-0.9" / "person.csv").read_text().splitlines()
    header = lines[0].split(",")
    for line in lines[1:]:
        row = dict(zip(header, line.split(","), strict=False))
        omop_names[row["person_id"]] = row["person_source_value"]

    def told_of(patients: list[Patient], names: dict[str, str]) -> dict[str, set[tuple[str, str]]]:
        return {
            names[patient.code]: {
                (fact.variable, fact.value[:4] if fact.variable == "birth_date" else fact.value)
                for fact in patient.facts
            }
            for patient in patients
        }

    here, there = told_of(fhir, fhir_names), told_of(omop, omop_names)
    assert here.keys() == there.keys()
    measured = {
        "heart_rate", "respiratory_rate", "spo2", "systolic_bp", "diastolic_bp", "temperature",
    }  # fmt: skip
    only_fhir, only_omop = Counter[str](), Counter[str]()
    for name, facts in here.items():
        only_fhir.update(one for one, _ in facts - there[name] if one not in measured)
        only_omop.update(one for one, _ in there[name] - facts)
    assert not only_omop
    # Two things only FHIR holds here: diagnoses of the emergency department, and codes of a
    # status (transplanted), which OMOP keeps in the table observation.
    lines = gzip.decompress((folder / "MimicConditionED.ndjson.gz").read_bytes()).splitlines()
    department = {json.loads(line)["id"] for line in lines}
    extra = {
        fact.id.removeprefix("Condition/").partition("#")[0]
        for patient in fhir
        for fact in patient.facts
        if fact.id.startswith("Condition/")
        and (fact.variable, fact.value) not in there[fhir_names[patient.code]]
        and fact.variable not in {"prior_hsct", "prior_allogeneic_hsct"}
    }
    assert extra <= department and sum(only_fhir.values()) <= 40


@pytest.mark.parametrize("form", ["Synthea27Nj_5.4.zip", "Synthea27NjParquet_5.4.zip"])
def test_eunomia_in_omop(form: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(PATIENTS / "synthea27nj-omop-5.4" / form) as archive:
        archive.extractall(tmp_path / "omop")
    folder = next(tmp_path.joinpath("omop").rglob("[pP][eE][rR][sS][oO][nN].*")).parent
    source = open_patients(folder)
    patients = both_ways(source, tmp_path)
    assert len(patients) == 28 and source.tally.rows["measurement"] == 10_040
    facts = [fact for patient in patients for fact in patient.facts]
    # U/L has no concept here: its text is read.
    assert {fact.unit for fact in facts if fact.variable == "alt"} == {"U/L"}
    assert {fact.unit for fact in facts if fact.variable == "platelets"} == {"10*3/uL"}
    holders = Counter(v for p in patients for v in {f.variable for f in p.facts})
    assert (holders["total_bilirubin"], holders["creatinine"]) == (3, 10)
    assert (holders["platelets"], holders["spo2"]) == (28, 4)
    assert sum(bool(patient.died) for patient in patients) == 3


def test_eicu_labs_in_a_long_table(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(EICU_LABS)
    table = PATIENTS / "eicu-demo-subset" / "lab.csv.gz"
    source = open_patients(table, mapping=tmp_path / "mapping.toml")
    patients = both_ways(source, tmp_path)
    tally = source.tally
    assert tally.rows["row"] == 29_961
    assert (
        tally.used["row"]
        + sum(tally.aside["row", reason] for reason in (Reason.NO_VALUE, Reason.DUPLICATE))
        == 996 + 996 + 863 + 347 + 340 - tally.by_reason()[Reason.NO_UNIT]
    )
    assert not tally.units
    assert count(patients, "platelets") > 850


def test_eicu_people_in_a_wide_table(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(EICU_PEOPLE)
    table = PATIENTS / "eicu-demo-subset" / "patient.csv.gz"
    source = open_patients(table, mapping=tmp_path / "mapping.toml")
    patients = both_ways(source, tmp_path)
    assert len(patients) == 174  # the file has four empty lines
    ages = [fact for patient in patients for fact in patient.facts if fact.variable == "age"]
    assert {(fact.comparator, fact.value) for fact in ages if fact.comparator} == {(">", "89")}
