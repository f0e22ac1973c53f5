"""A simulated person as rows of the OMOP CDM 5.4.

Standard concept ids stand here only where they were seen in a public data set (OHDSI's Eunomia
"Synthea27Nj", CDM 5.4); every other code has a local concept above 2,000,000,000, whose
`vocabulary_id` and `concept_code` say what it is. A row that does not count (entered in error,
cancelled) was never loaded; what OMOP cannot hold is in `truth.Lack`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from trialrun.rehearse.screening_population.coding import (
    LOCAL_VOCABULARY,
    Coding,
    code_mapping,
    coding,
)
from trialrun.rehearse.screening_population.history import VARIABLES
from trialrun.rehearse.screening_population.measured import Flaw
from trialrun.rehearse.screening_population.person import SCREENING, Person
from trialrun.rehearse.screening_population.population import ALL_VARIABLES

Value = str | int | float | None
Row = tuple[Value, ...]
LOCAL_IDS = 2_000_000_000

# From CONCEPT of Eunomia's Synthea27Nj (5.4).
_SEEN = {
    ("LOINC", "10230-1"): 3027172, ("LOINC", "1742-6"): 3006923, ("LOINC", "1975-2"): 3024128,
    ("LOINC", "2160-0"): 3016723, ("LOINC", "59408-5"): 40762499, ("LOINC", "6690-2"): 3000905,
    ("LOINC", "718-7"): 3000963, ("LOINC", "751-8"): 3013650, ("LOINC", "777-3"): 3024929,
    ("LOINC", "29463-7"): 3025315, ("LOINC", "8302-2"): 3036277, ("SNOMED", "233604007"): 255848,
}  # fmt: skip
_UNITS = {
    "kg": 9529, "umol/L": 8749, "cm": 8582, "g/dL": 8713, "%": 8554, "10*3/uL": 8848,
    "mg/dL": 8840,
}  # fmt: skip
_UNIT_NAMES = {
    "kg": "kilogram", "umol/L": "micromole per liter", "cm": "centimeter",
    "g/dL": "gram per deciliter", "%": "percent", "10*3/uL": "thousand per microliter",
    "mg/dL": "milligram per deciliter",
}  # fmt: skip
# As the CDM's description of `measurement.operator_concept_id` lists them.
_OPERATORS = {"<": 4171756, ">": 4172704}
_SEXES = {"male": 8507, "female": 8532}

TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("person_id", "BIGINT"), ("gender_concept_id", "BIGINT"), ("year_of_birth", "INTEGER"),
        ("month_of_birth", "INTEGER"), ("day_of_birth", "INTEGER"),
        ("birth_datetime", "TIMESTAMP"), ("race_concept_id", "BIGINT"),
        ("ethnicity_concept_id", "BIGINT"), ("person_source_value", "VARCHAR"),
        ("gender_source_value", "VARCHAR"),
    ),
    "observation_period": (
        ("observation_period_id", "BIGINT"), ("person_id", "BIGINT"),
        ("observation_period_start_date", "DATE"), ("observation_period_end_date", "DATE"),
        ("period_type_concept_id", "BIGINT"),
    ),
    "measurement": (
        ("measurement_id", "BIGINT"), ("person_id", "BIGINT"),
        ("measurement_concept_id", "BIGINT"), ("measurement_date", "DATE"),
        ("measurement_datetime", "TIMESTAMP"), ("measurement_type_concept_id", "BIGINT"),
        ("operator_concept_id", "BIGINT"), ("value_as_number", "DOUBLE"),
        ("value_as_concept_id", "BIGINT"), ("unit_concept_id", "BIGINT"),
        ("range_low", "DOUBLE"), ("range_high", "DOUBLE"),
        ("measurement_source_value", "VARCHAR"), ("measurement_source_concept_id", "BIGINT"),
        ("unit_source_value", "VARCHAR"), ("value_source_value", "VARCHAR"),
    ),
    "condition_occurrence": (
        ("condition_occurrence_id", "BIGINT"), ("person_id", "BIGINT"),
        ("condition_concept_id", "BIGINT"), ("condition_start_date", "DATE"),
        ("condition_start_datetime", "TIMESTAMP"), ("condition_end_date", "DATE"),
        ("condition_type_concept_id", "BIGINT"), ("condition_source_value", "VARCHAR"),
        ("condition_source_concept_id", "BIGINT"),
    ),
    "concept": (
        ("concept_id", "BIGINT"), ("concept_name", "VARCHAR"), ("domain_id", "VARCHAR"),
        ("vocabulary_id", "VARCHAR"), ("concept_class_id", "VARCHAR"),
        ("standard_concept", "VARCHAR"), ("concept_code", "VARCHAR"),
        ("valid_start_date", "DATE"), ("valid_end_date", "DATE"), ("invalid_reason", "VARCHAR"),
    ),
    "cdm_source": (
        ("cdm_source_name", "VARCHAR"), ("cdm_source_abbreviation", "VARCHAR"),
        ("source_description", "VARCHAR"), ("cdm_version", "VARCHAR"),
        ("cdm_release_date", "DATE"),
    ),
}  # fmt: skip


def source_row(seed: int) -> Row:
    """The one row of `cdm_source`."""
    words = f"SIMULATED people of seed {seed}; nobody of them exists"
    return ("SIMULATED screening population", "SIMULATED", words, "5.4", SCREENING.isoformat())


def person_row(person: Person) -> Row:
    """The row of `person`; month and day of birth are null where they are not known."""
    parts = [int(part) for part in person.birth.split("-")]
    year, month, day = (*parts, None, None)[:3]
    sex = _SEXES[person.sex]
    return (person.number, sex, year, month, day, None, 0, 0, person.code, person.sex)


def period_row(person: Person) -> Row:
    """The row of `observation_period`."""
    end = SCREENING.replace(month=SCREENING.month + 1).isoformat()
    return (person.number, person.number, f"{person.birth[:4]}-01-01", end, 0)


def measurement_rows(person: Person) -> Iterator[Row]:
    """Rows of `measurement`; ids are the person's number and the place among their results."""
    for place, reading in enumerate(person.readings):
        if reading.flaw in {Flaw.IN_ERROR, Flaw.CANCELLED} or len(reading.at) == 7:
            continue
        code = coding(reading.variable)
        concept = concept_id(reading.variable)
        time = reading.at[:19].replace("T", " ") if len(reading.at) > 10 else None
        yield (
            person.number * 1000 + place, person.number, concept, reading.at[:10], time, 0,
            _OPERATORS.get(reading.comparator),
            float(reading.value), None, _UNITS.get(reading.unit, 0),
            float(reading.low) if reading.low else None,
            float(reading.high) if reading.high else None,
            code.code, concept, reading.unit or None,
            f"{reading.comparator}{reading.value}",
        )  # fmt: skip


def condition_rows(person: Person) -> Iterator[Row]:
    """Rows of `condition_occurrence`. ICD codes are source concepts, as everywhere in OMOP."""
    for place, finding in enumerate(person.findings):
        if finding.in_error or not finding.present or len(finding.at) == 7:
            continue
        code = coding(finding.variable)
        concept = concept_id(finding.variable)
        standard = 0 if code.vocabulary == "ICD10CM" else concept
        yield (
            person.number * 1000 + place, person.number, standard, finding.at, None, None, 0,
            code.code, concept,
        )  # fmt: skip


def mapping() -> str:
    """The mapping.toml: in which zone the times are, and what the local concepts mean."""
    codes = code_mapping(ALL_VARIABLES, system=LOCAL_VOCABULARY)
    return f'format = 1\nutc_offset = "+00:00"\n{codes}'


def concept_rows() -> Iterator[Row]:
    """The concepts that the other tables name."""
    for name in ALL_VARIABLES:
        code = coding(name)
        domain = "Condition" if name in VARIABLES else "Measurement"
        yield _concept(concept_id(name), code, domain)
    for unit, number in _UNITS.items():
        yield _concept(number, Coding("", "UCUM", unit, _UNIT_NAMES[unit]), "Unit")
    for sex, number in _SEXES.items():
        yield _concept(number, Coding("", "Gender", sex[0].upper(), sex.upper()), "Gender")


def _concept(number: int, code: Coding, domain: str) -> Row:
    seen = "S" if number < LOCAL_IDS else None
    kind = domain if domain in {"Unit", "Gender"} else "Code"
    return (
        number, code.display, domain, code.vocabulary, kind, seen, code.code,
        "1970-01-01", "2099-12-31", None,
    )  # fmt: skip


@cache
def concept_id(variable: str) -> int:
    """The standard concept where it was seen, else a local one."""
    code = coding(variable)
    seen = _SEEN.get((code.vocabulary, code.code))
    return LOCAL_IDS + 1 + ALL_VARIABLES.index(variable) if seen is None else seen
