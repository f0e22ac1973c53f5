"""OMOP into facts: codes, units, signs and words decided once, and joined in the database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from trialrun.errors import InputError, OutsideError
from trialrun.readers.patients.long_form import FACTS, row_of
from trialrun.readers.patients.omop.source import OmopSource
from trialrun.readers.patients.opening import open_patients
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tally import Reason
from trialrun.vocabulary.fact import Fact

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("ibis")

CONCEPTS = """
    (1, 'ALT', 'LOINC', '1742-6'), (2, 'Creatinine', 'LOINC', '2160-0'),
    (3, 'Leukocytes', 'LOINC', '6690-2'), (4, 'ECOG', 'LOINC', '89247-1'),
    (5, 'HBsAg', 'LOINC', '5196-1'), (6, 'AML', 'SNOMED', '91861009'),
    (7, 'AML in relapse', 'ICD10CM', 'C92.02'), (8, 'MDS', 'ICD10CM', 'D46.21'),
    (9, 'Malignant neoplastic disease', 'SNOMED', '363346000'),
    (10, 'Some leukaemia below', 'SNOMED', '1'), (11, 'AML, new concept', 'SNOMED', '2'),
    (20, 'unit', 'UCUM', 'U/L'), (21, 'unit', 'UCUM', 'mg/dL'), (22, 'unit', 'UCUM', 'furlong'),
    (30, 'Positive', 'SNOMED', '10828004'), (31, 'Glucose', 'LOINC', '2345-7')
"""
TABLES = {
    "person": "person_id BIGINT, gender_concept_id INT, gender_source_value VARCHAR, "
    "year_of_birth INT, month_of_birth INT, day_of_birth INT, birth_datetime TIMESTAMP",
    "death": "person_id BIGINT, death_date DATE",
    "measurement": "measurement_id BIGINT, person_id BIGINT, measurement_concept_id INT, "
    "measurement_date DATE, measurement_datetime TIMESTAMP, operator_concept_id INT, "
    "value_as_number DOUBLE, value_as_concept_id INT, unit_concept_id INT, range_low DOUBLE, "
    "range_high DOUBLE, measurement_source_value VARCHAR, unit_source_value VARCHAR, "
    "value_source_value VARCHAR",
    "condition_occurrence": "condition_occurrence_id BIGINT, person_id BIGINT, "
    "condition_concept_id INT, condition_start_date DATE, condition_start_datetime TIMESTAMP, "
    "condition_source_value VARCHAR, condition_source_concept_id INT",
    "concept_relationship": "concept_id_1 INT, concept_id_2 INT, relationship_id VARCHAR",
    "concept_ancestor": "ancestor_concept_id INT, descendant_concept_id INT",
}


def database(path: Path, rows: dict[str, str], leave: Sequence[str] = ()) -> Path:
    """A DuckDB file with these rows, as SQL values, and the concepts above."""
    with duckdb.connect(str(path)) as connection:
        for name, columns in TABLES.items():
            if name not in leave:
                connection.execute(f"CREATE TABLE {name} ({columns})")
        if "concept" not in leave:
            connection.execute(
                "CREATE TABLE CONCEPT AS SELECT * FROM (VALUES "
                + CONCEPTS
                + ") AS t(CONCEPT_ID, concept_name, vocabulary_id, concept_code)"
            )
        for name, values in rows.items():
            connection.execute(f"INSERT INTO {name} VALUES {values}")
    return path


PERSONS = """(-7, 8532, 'F', 1960, NULL, NULL, NULL), (8, 0, 'M', 1970, 2, NULL, NULL),
    (9, 0, NULL, 1980, 2, 30, NULL), (10, 8507, NULL, NULL, NULL, NULL, NULL)"""


def lab(number: int, *, person: int = -7, concept: int = 1, **given: object) -> str:
    """One row of measurement."""
    row = {
        "date": "DATE '2026-03-01'", "time": "NULL", "operator": "NULL", "value": "30",
        "word": "NULL", "unit": "20", "low": "NULL", "high": "NULL", "source": "NULL",
        "unit_text": "NULL", "text": "NULL",
    } | given  # fmt: skip
    return f"({number}, {person}, {concept}, {', '.join(str(one) for one in row.values())})"


def facts(source: OmopSource, code: str = "-7") -> list[Fact]:
    found = source.patient(code)
    assert found is not None and found[1].balanced
    assert found[1].facts == len(found[0].facts) and found[1].patients == 1
    return [fact for fact in found[0].facts if fact.variable not in {"sex", "birth_date"}]


def test_a_person_is_as_exact_as_the_columns(tmp_path: Path) -> None:
    rows = {"person": PERSONS, "death": "(8, DATE '2026-01-01'), (8, DATE '2025-12-01'), (9, NULL)"}
    source = OmopSource(database(tmp_path / "x.duckdb", rows))
    found = {
        patient.code: ([(fact.variable, fact.value) for fact in patient.facts], patient.died)
        for patient in source.patients()
    }
    assert found == {
        "-7": ([("birth_date", "1960"), ("sex", "female")], ""),
        "8": ([("birth_date", "1970-02"), ("sex", "male")], "2025-12-01"),
        "9": ([("birth_date", "1980")], "yes"),
        "10": ([], ""),
    }
    assert source.tally.balanced and source.tally.patients == 4
    assert source.tally.by_reason() == {Reason.NO_DATE: 1}
    assert any("birth of 1 person does not exist" in line for line in source.tally.lines())


def test_values_units_signs_limits_and_their_reasons(tmp_path: Path) -> None:
    rows = [
        lab(1, operator=4171756, low="7", high="40.5"),
        lab(2, value="31", unit="0", unit_text="'iU/L'"),
        lab(3, value="NULL", text="'<= 32'"),
        lab(4, value="33", operator=4172703, text="'33'"),
        lab(5, concept=2, value="130", unit="21"),
        lab(6, unit="0"),
        lab(7, unit="22"),
        lab(8, unit="21"),
        lab(9, value="NULL", text="'pending'"),
        lab(10, date="NULL", value="77"),
        lab(11, concept=31),
        lab(12, value="'nan'"),
        lab(13, person=999, value="34"),
        lab(14, operator=4171756, low="7", high="40.5"),
        lab(15, concept=0, source="'1742-6'", value="35"),
        lab(16, concept=0, source="'ALT'", value="36"),
    ]
    path = database(tmp_path / "x.duckdb", {"person": PERSONS, "measurement": ", ".join(rows)})
    source = OmopSource(path)
    found = [
        (f.id, f.comparator, f.value, f.unit, f.low, f.high)
        for f in sorted(facts(source), key=lambda fact: fact.value)
    ]
    assert found == [
        ("measurement/5#creatinine", "", "130", "mg/dL", None, None),
        ("measurement/1#alt", "<", "30", "U/L", "7", "40.5"),
        ("measurement/2#alt", "", "31", "[IU]/L", None, None),
        ("measurement/3#alt", "<=", "32", "U/L", None, None),
        ("measurement/4#alt", "", "33", "U/L", None, None),
        ("measurement/15#alt", "", "35", "U/L", None, None),
    ]
    tally = source.count()
    assert tally.balanced
    assert {
        reason: count for (kind, reason), count in tally.aside.items() if kind == "measurement"
    } == {
        Reason.NO_UNIT: 1,
        Reason.UNKNOWN_UNIT: 1,
        Reason.UNFIT_UNIT: 1,
        Reason.NO_VALUE: 1,
        Reason.NO_DATE: 1,
        Reason.UNKNOWN_CODE: 2,
        Reason.BAD_VALUE: 1,
        Reason.NO_PATIENT: 1,
        Reason.DUPLICATE: 1,
    }
    assert tally.questioned == {"creatinine": 1}
    assert tally.units == {("alt", "furlong"): 1, ("alt", "mg/dL"): 1}
    assert tally.codes == {("LOINC", "2345-7", "Glucose"): 1, ("measurement", "ALT", ""): 1}


def test_levels_and_words(tmp_path: Path) -> None:
    rows = [
        lab(1, concept=4, value="2", unit="0"),
        lab(2, concept=4, value="2.5", unit="0"),
        lab(3, concept=5, value="NULL", word="30", unit="NULL"),
        lab(4, concept=5, value="NULL", text="'Negative'", date="DATE '2026-03-02'", unit="NULL"),
        lab(5, concept=5, value="NULL", word="999", unit="NULL"),
    ]
    path = database(tmp_path / "x.duckdb", {"person": PERSONS, "measurement": ", ".join(rows)})
    source = OmopSource(path)
    assert [(f.variable, f.value, f.unit) for f in facts(source)] == [
        ("ecog", "2", "{score}"),
        ("hbsag_positive", "true", None),
        ("hbsag_positive", "false", None),
    ]
    assert source.count().by_reason()[Reason.BAD_VALUE] == 1
    assert source.tally.by_reason()[Reason.NO_VALUE] == 1 and source.tally.balanced


def test_codes_by_concept_mapping_hierarchy_and_source(tmp_path: Path) -> None:
    def diagnosis(number: int, concept: int, source: str = "NULL", own: str = "0") -> str:
        day = f"DATE '2026-01-{number:02}'"
        return f"({number}, -7, {concept}, {day}, NULL, {source}, {own})"

    rows = {
        "person": PERSONS,
        "condition_occurrence": ", ".join(
            [
                diagnosis(1, 6),
                diagnosis(2, 0, own="7"),
                diagnosis(3, 0, own="8"),  # two variables: MDS, and with excess blasts
                diagnosis(4, 10),  # below AML in the hierarchy
                diagnosis(5, 11),  # what AML maps to
                diagnosis(6, 0, "'C9202 '"),
                diagnosis(7, 0, "'20500'"),
                diagnosis(8, 12),  # below "malignant neoplasm": that is not followed down
                diagnosis(9, 0, "'E8401'"),  # cystic fibrosis, or an accident: nobody knows
                diagnosis(10, 999, "'91861009.0'", "998"),
            ]
        ),
        "concept_relationship": "(6, 11, 'Maps to'), (6, 31, 'Is a')",
        "concept_ancestor": "(6, 10), (9, 12), (6, 6)",
    }
    source = OmopSource(database(tmp_path / "x.duckdb", rows))
    found = {(f.variable, f.at.day.day) for f in facts(source)}
    assert found == {
        ("aml", 1), ("aml", 2), ("mds", 3), ("mds_raeb", 3), ("aml", 4), ("aml", 5), ("aml", 6),
        ("aml", 7), ("aml", 10),
    }  # fmt: skip
    tally = source.count()
    assert tally.balanced and tally.used["condition_occurrence"] == 8
    assert sum(key == "source_by_form" for key, _ in tally.notes) == 2


def test_a_sites_own_codes_mean_what_it_declares(tmp_path: Path) -> None:
    rows = [
        lab(1, concept=31, unit="20"),
        lab(2, concept=0, source="'PLT-X'", value="150", unit="0", unit_text="'10*9/L'"),
    ]
    path = database(tmp_path / "x.duckdb", {"person": PERSONS, "measurement": ", ".join(rows)})
    declared = read_mapping(
        'format = 1\n[[code]]\nsystem = "LOINC"\ncode = "2345-7"\nvariable = "alt"\n'
        '[[code]]\ncode = "PLT-X"\nvariable = "platelets"\n'
    )
    source = OmopSource(path, declared=declared)
    assert {(f.variable, f.value, f.source) for f in facts(source)} == {
        ("alt", "30", "measurement, declared code 2345-7"),
        ("platelets", "150", "measurement, declared code PLT-X"),
    }
    assert source.count().balanced


def test_times_count_only_with_a_declared_offset(tmp_path: Path) -> None:
    rows = [
        lab(1, time="TIMESTAMP '2026-03-01 01:30:00'"),
        lab(2, value="31", time="TIMESTAMP '2026-03-01 00:00:00'"),
    ]
    path = database(tmp_path / "x.duckdb", {"person": PERSONS, "measurement": ", ".join(rows)})
    assert {str(fact.at) for fact in facts(OmopSource(path))} == {"2026-03-01"}
    declared = read_mapping('format = 1\nutc_offset = "+08:00"\n')
    source = OmopSource(path, declared=declared)
    assert [str(fact.at) for fact in facts(source)] == ["2026-03-01T01:30:00+08:00", "2026-03-01"]
    assert same_both_ways(source) == 7


def same_both_ways(source: OmopSource) -> int:
    """How many facts there are, after both faces gave the same."""
    one_by_one = {
        row_of(patient.code, fact) for patient in source.patients() for fact in patient.facts
    }
    table = source.population().facts.select(*FACTS).to_pyarrow()
    together = {tuple(row[name] for name in FACTS) for row in table.to_pylist()}
    assert one_by_one == together and len(table) == len(together) == source.tally.facts
    return len(together)


def test_lists_declared_complete_say_absent(tmp_path: Path) -> None:
    rows = {
        "person": PERSONS,
        "condition_occurrence": "(1, -7, 6, DATE '2026-01-01', NULL, NULL, 0)",
    }
    path = database(tmp_path / "x.duckdb", rows)
    (tmp_path / "mapping.toml").write_text(
        'format = 1\ncomplete = ["aml", "mds"]\ncomplete_as_of = "2026-02-01"\n'
    )
    source = open_patients(path, mapping=tmp_path / "mapping.toml")
    assert isinstance(source, OmopSource)
    assert [(f.variable, f.value) for f in facts(source)] == [("aml", "true"), ("mds", "false")]
    assert same_both_ways(source) == 5 + 1 + 7
    assert any("2026-02-01" in line for line in source.tally.lines())


def test_missing_tables_are_said_and_nothing_falls(tmp_path: Path) -> None:
    leave = ["measurement", "condition_occurrence", "concept", "concept_ancestor", "death"]
    source = OmopSource(database(tmp_path / "x.duckdb", {"person": PERSONS}, leave))
    assert len(list(source.patients())) == 4
    told = "\n".join(source.tally.lines())
    for name in ("measurement", "observation", "drug_exposure", "concept"):
        assert f"no table {name}" in told
    assert source.patient("4711") is None
    found = source.patient("8")
    assert found is not None and "no table measurement" in "\n".join(found[1].lines())


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table person"):
        OmopSource(database(tmp_path / "x.duckdb", {}, ["person"]))
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"DUCK" * 1000)
    with pytest.raises((InputError, OutsideError)):
        open_patients(broken)
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("measurement.csv", "concept.csv"):
        (folder / name).write_text("a\n1\n")
    with pytest.raises(InputError, match="no table person"):
        open_patients(folder)
    (folder / "person.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="cannot be read"):
        open_patients(folder)


def test_parquet_columns_of_other_types_and_a_damaged_file(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.execute(
        "COPY (SELECT 7.0 AS person_id, '8507' AS gender_concept_id, '1960' AS year_of_birth) "
        f"TO '{tmp_path}/person.parquet'"
    )
    connection.execute(
        "COPY (SELECT i::DOUBLE AS measurement_id, '7' AS person_id, '2026-03-01' AS "
        "measurement_date, '1742-6' AS measurement_source_value, '3' || i AS value_as_number, "
        "'U/L' AS unit_source_value, repeat(i::VARCHAR, 50) AS value_source_value "
        f"FROM range(5000) t(i)) TO '{tmp_path}/measurement.parquet'"
    )
    source = open_patients(tmp_path)
    (patient,) = source.patients()
    assert (patient.code, patient.facts[0].value) == ("7", "1960")
    assert source.tally.used["measurement"] == 5000 and source.tally.balanced
    data = bytearray((tmp_path / "measurement.parquet").read_bytes())
    data[100:-2000] = bytes(len(data) - 2100)
    (tmp_path / "measurement.parquet").write_bytes(data)
    with pytest.raises(InputError, match="cannot be read"):
        list(open_patients(tmp_path).patients())


def test_a_csv_folder_with_broken_lines(tmp_path: Path) -> None:
    (tmp_path / "PERSON.csv").write_text(
        "PERSON_ID,gender_concept_id,year_of_birth\n1,8507,1960\n1,8507,1960\n2,8532\n3,8532,x\n"
    )
    (tmp_path / "measurement.csv").write_text("")
    source = open_patients(tmp_path)
    assert any("no table measurement" in line for line in source.tally.lines())
    assert [patient.code for patient in source.patients()] == ["1", "3"]
    assert source.tally.balanced and source.tally.rows["person"] == 4
    assert source.tally.by_reason() == {
        Reason.BROKEN_LINE: 1,
        Reason.DUPLICATE: 1,
        Reason.NO_DATE: 1,
    }
    assert source.tally.repeated == {"1": 1}


def test_one_person_is_read_without_the_others(tmp_path: Path) -> None:
    rows = [
        lab(1),
        lab(2, value="31", unit="22"),
        lab(3, person=8, value="32"),
        lab(4, person=8, unit="0"),
        lab(5, concept=31, person=9),
        *(lab(number, person=9, value=str(number)) for number in range(10, 40)),
    ]
    path = database(tmp_path / "x.duckdb", {"person": PERSONS, "measurement": ", ".join(rows)})
    alone, all_of_them = OmopSource(path), OmopSource(path)
    everybody = list(all_of_them.patients())
    for patient in everybody:
        found = alone.patient(patient.code)
        assert found is not None and found[0] == patient
        assert found[1].rows["measurement"] == {"-7": 2, "8": 2, "9": 31}.get(patient.code, 0)
    assert alone.tally.rows == {}  # nothing was counted for all
    found = alone.patient("8")
    assert found is not None
    assert found[1].by_reason() == {Reason.NO_UNIT: 1}
    assert [place.number for place in found[1].places[Reason.NO_UNIT]] == ["4"]


def test_the_rows_of_others_are_not_even_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trialrun.readers.patients.omop import source as module

    rows = [lab(1), *(lab(number, person=9, value=str(number)) for number in range(10, 40))]
    path = database(tmp_path / "x.duckdb", {"person": PERSONS, "measurement": ", ".join(rows)})
    sizes: list[int] = []
    seen = module.decided

    def decided(base: module.Database, *rest: Any) -> Any:
        sizes.append(module.scalar(base.tables["measurement"].count()))
        return seen(base, *rest)

    monkeypatch.setattr(module, "decided", decided)
    assert OmopSource(path).patient("-7") is not None
    assert sizes == [1]
