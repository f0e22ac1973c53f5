"""Tables with a declared mapping: wide and long, dates, signs, and a mapping that is proposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import evaluate
from trialrun.errors import InputError, TrialrunError
from trialrun.readers.patients.opening import open_patients
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tables.proposal import propose_mapping
from trialrun.readers.patients.tables.source import TableSource
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.truth import Truth

WIDE = """format = 1
patient = "id"
date = "visit"
decimal = "."
[[column]]
name = "alt"
variable = "alt"
unit = "U/L"
high_column = "alt_uln"
[[column]]
name = "age"
variable = "age"
unit = "a"
[[column]]
name = "aml"
variable = "aml"
values = { "1" = "true", "2" = "false" }
"""


def read(text: str, mapping: str, folder: Path, name: str = "x.csv") -> tuple[list[Patient], Tally]:
    (folder / name).write_bytes(text.encode())
    source = TableSource(folder / name, read_mapping(mapping))
    patients = list(source.patients())
    assert source.tally.balanced
    assert source.tally.facts == sum(len(patient.facts) for patient in patients)
    return patients, source.tally


def test_a_wide_table(tmp_path: Path) -> None:
    text = (
        "id,visit,alt,alt_uln,age,aml,shoe\n"
        "a,2026-03-01,<5,40,> 89,1,43\n"
        "a,2026-04-01 10:30,NA,,45,2,\n"
        'b,,7,,45,3,"\n'
    )
    patients, tally = read(text, WIDE, tmp_path)
    assert [patient.code for patient in patients] == ["a"]
    (facts,) = (patient.facts for patient in patients)
    assert [(f.variable, f.comparator, f.value, f.unit, f.high, str(f.at)) for f in facts] == [
        ("alt", "<", "5", "U/L", "40", "2026-03-01"),
        ("age", ">", "89", "a", None, "2026-03-01"),
        ("aml", "", "true", None, None, "2026-03-01"),
        ("age", "", "45", "a", None, "2026-04-01"),
        ("aml", "", "false", None, None, "2026-04-01"),
    ]  # fmt: skip
    assert facts[0].source == "x.csv, line 2, alt"
    assert tally.by_reason() == {Reason.NO_VALUE: 1, Reason.BROKEN_LINE: 1}
    assert any("Column shoe" in line for line in tally.lines())


def test_lines_of_a_patient_belong_together_wherever_they_are(tmp_path: Path) -> None:
    text = "id,visit,alt,alt_uln,age,aml\na,2026-03-01,5,,,\nb,2026-03-01,6,,,\na,2026-03-02,7,,,\n"
    text += ",2026-03-01,8,,,\na,2026-03-02,7,,,\nb,somewhen,9,,,\nb,,9,,,\n"
    patients, tally = read(text, WIDE, tmp_path)
    assert [(p.code, [f.value for f in p.facts]) for p in patients] == [
        ("a", ["5", "7"]), ("b", ["6"]),
    ]  # fmt: skip
    assert tally.by_reason() == {
        Reason.NO_VALUE: 12,
        Reason.NO_PATIENT: 3,
        Reason.DUPLICATE: 1,
        Reason.BAD_DATE: 1,
        Reason.NO_DATE: 1,
    }
    assert tally.repeated == {"a": 1}


def test_a_long_table(tmp_path: Path) -> None:
    mapping = """format = 1
form = "long"
patient = "id"
date = "minutes"
minutes_from = "2026-01-01T00:00Z"
name_column = "test"
value_column = "result"
unit_column = "unit"
high_column = "high"
[[column]]
name = "ALT (SGPT)"
variable = "alt"
[[column]]
name = "PLT"
variable = "platelets"
unit = "10*9/L"
"""
    text = "id,minutes,test,result,unit,high\n1,90,ALT (SGPT),30,U/L,40\n1,-60,PLT,150,,\n"
    text += "1,0,BUN,9,mg/dL,\n1,x,PLT,1,,\n1,0,ALT (SGPT),30,K/mcL,\n1,0,ALT (SGPT),30,wibble,\n"
    (patient,), tally = read(text, mapping, tmp_path)
    assert [(f.value, f.unit, f.high, str(f.at)) for f in patient.facts] == [
        ("30", "U/L", "40", "2026-01-01T01:30:00+00:00"),
        ("150", "10*9/L", None, "2025-12-31T23:00:00+00:00"),
    ]
    assert tally.by_reason() == {
        Reason.UNKNOWN_CODE: 1,
        Reason.BAD_DATE: 1,
        Reason.UNFIT_UNIT: 1,
        Reason.UNKNOWN_UNIT: 1,
    }
    assert tally.codes == {("test", "BUN", ""): 1}
    assert tally.units == {("alt", "K/mcL"): 1, ("alt", "wibble"): 1}


def test_signs_and_states_in_columns_of_their_own(tmp_path: Path) -> None:
    mapping = """format = 1
form = "long"
patient = "id"
at = "2026-01-01"
name_column = "test"
value_column = "result"
comparator_column = "sign"
status_column = "state"
[[column]]
name = "ALT"
variable = "alt"
unit = "U/L"
"""
    text = "id,test,sign,result,state\n1,ALT,<,30,final\n1,ALT,,31,Entered-in-error\n"
    (patient,), tally = read(text + "1,ALT,,,cancelled\n1,ALT,about,32,\n", mapping, tmp_path)
    assert [(fact.comparator, fact.value) for fact in patient.facts] == [("<", "30")]
    assert tally.by_reason() == {
        Reason.ENTERED_IN_ERROR: 1,
        Reason.CANCELLED: 1,
        Reason.BAD_VALUE: 1,
    }


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        ("", "1.5", "1.5"),
        ("", "1,5", Reason.DECIMAL_COMMA),
        ("", "50.000", Reason.DECIMAL_COMMA),
        (",", "1,5", "1.5"),
        (",", "1.500,5", "1500.5"),
        (".", "1,500.5", "1500.5"),
        (".", "50.000", "50"),
        (".", "12,345,678.5", "12345678.5"),
        (".", "1.5.2", Reason.BAD_VALUE),
        # A sign that groups no thousands: one and a half, and never fifteen.
        (".", "1,5", Reason.DECIMAL_COMMA),
        (".", "0,500", Reason.DECIMAL_COMMA),
        (".", "1,50,000", Reason.DECIMAL_COMMA),
        (",", "1.5", Reason.DECIMAL_COMMA),
        (",", "1.5.2", Reason.DECIMAL_COMMA),
        (",", "1,500.5", Reason.DECIMAL_COMMA),
        (",", "<1.1", Reason.DECIMAL_COMMA),
        (".", "ca. 5", Reason.BAD_VALUE),
        (".", "١٥", Reason.BAD_VALUE),
    ],
)
def test_the_decimal_sign_is_declared_or_questioned(
    declared: str, text: str, value: str | Reason, tmp_path: Path
) -> None:
    mapping = f"""format = 1
patient = "id"
at = "2026-03-01"
delimiter = ";"
decimal = "{declared}"
[[column]]
name = "x"
variable = "platelets"
unit = "10*9/L"
"""
    (patient,), tally = read(f"id;x\n1;{text}\n", mapping, tmp_path)
    if isinstance(value, Reason):
        assert tally.by_reason() == {value: 1}
    else:
        assert [fact.value for fact in patient.facts] == [value]


@pytest.mark.parametrize(
    ("form", "text", "at"),
    [
        ("DD.MM.YYYY", "1.2.2026", "2026-02-01"),
        ("MM/DD/YYYY", "02/01/2026", "2026-02-01"),
        ("DD/MM/YYYY", "01/02/2026 09:05", "2026-02-01T09:05+02:00"),
        ("YYYYMMDD", "20260201", "2026-02-01"),
        ("YYYY-MM-DD", "2026-02-01 00:00:00", "2026-02-01"),
        ("YYYY-MM-DD", "2026-02", "2026-02"),
        ("YYYY-MM-DD", "2026-02-30", None),
        ("DD.MM.YYYY", "2026-02-01", None),
        ("DD.MM.YYYY", "2026", "2026"),
        ("DD.MM.YYYY", "2026-05", "2026-05"),
        ("DD.MM.YYYY", "5.2026", "2026-05"),
        ("DD.MM.YYYY", "05/2026", None),
        ("DD.MM.YYYY", "13.2026", None),
        ("DD.MM.YYYY", "31.02.2026", None),
        ("MM/DD/YYYY", "05/2026", "2026-05"),
        ("DD-MM-YYYY", "05-2026", "2026-05"),
        ("YYYY/MM/DD", "2026/5", "2026-05"),
        ("YYYYMMDD", "202605", "2026-05"),
        ("YYYYMMDD", "2026", "2026"),
        ("YYYYMMDD", "20261301", None),
    ],
)
def test_dates_in_the_declared_form(form: str, text: str, at: str | None, tmp_path: Path) -> None:
    mapping = WIDE.replace("format = 1", f'format = 1\ndate_form = "{form}"\nutc_offset = "+02:00"')
    (patient,), tally = read(f"id,visit,alt,alt_uln,age,aml\n1,{text},5,,,\n", mapping, tmp_path)
    assert [str(fact.at) for fact in patient.facts] == ([at] if at else [])
    assert (Reason.BAD_DATE in tally.by_reason()) == (at is None)


def test_birth_and_sex_need_no_visit(tmp_path: Path) -> None:
    mapping = 'format = 1\npatient = "id"\ndied = "dead"\n' + "".join(
        f'[[column]]\nname = "{name}"\nvariable = "{variable}"\n'
        for name, variable in (("geb", "birth_date"), ("sex", "sex"))
    )
    patients, _ = read("id,geb,sex,dead\n1,1960,女,2026-01-01\n2,,male,no\n", mapping, tmp_path)
    assert [(f.variable, f.value, str(f.at)) for f in patients[0].facts] == [
        ("birth_date", "1960", "1960"),
        ("sex", "female", "1960"),
    ]
    assert [(p.died, len(p.facts)) for p in patients] == [("2026-01-01", 2), ("", 0)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "not TOML"),
        ("", "format is None"),
        ("format = 1\ncolour = 2", "knows no 'colour'"),
        ('format = 1\nform = "round"', "form is 'round'"),
        ('format = 1\ndecimal = ";"', "decimal is ';'"),
        ('format = 1\nutc_offset = "CET"', "utc_offset is 'CET'"),
        ('format = 1\nat = "1.2.2026"', "at: "),
        ('format = 1\ncomplete = ["conditions"]', "complete lists need the day"),
        ('format = 1\n[[column]]\nname = "x"\nvariable = "alt"', "no column names the patient"),
        ('format = 1\npatient = "id"\n[[column]]\nname = "x"\nvariable = "creatinin"', "creatinin"),
        ('format = 1\npatient = "id"\n[[column]]\nname = "x"', "name and its variable"),
        ("format = 1\npatient = 7", "patient is not a text"),
    ],
)
def test_a_wrong_mapping_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(TrialrunError, match=words) as caught:
        read_mapping(text)
    assert caught.value.remedy


def test_a_table_without_mapping_and_wrong_columns(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    table.write_text("id,alt\n1,30\n")
    with pytest.raises(InputError, match="needs a mapping") as caught:
        open_patients(table)
    assert "trialrun mapping x.csv" in caught.value.remedy
    (tmp_path / "mapping.toml").write_text(WIDE)
    with pytest.raises(InputError, match="no column 'age'"):
        list(open_patients(table).patients())
    table.write_bytes(b"id,alt\n1,\xff\n")
    with pytest.raises(InputError, match="not utf-8"):
        list(open_patients(table).patients())


PROPOSED = "Patient ID;Visit;ALT (U/L);ALT ULN;Serum Creatinine;Sex;HIV;shoe size\n"


def test_a_proposal_is_a_mapping_with_open_questions(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    table.write_text(PROPOSED + "1;01.02.2026;30,5;40;1,2;female;pos?;43\n")
    text = propose_mapping(table)
    made = read_mapping(text)
    assert (made.patient, made.date, made.date_form) == ("Patient ID", "Visit", "DD.MM.YYYY")
    assert (made.delimiter, made.decimal, made.form) == (";", "", "wide")
    assert {(c.name, c.variable, c.unit, c.high_column) for c in made.columns} == {
        ("ALT (U/L)", "alt", "U/L", "ALT ULN"),
        ("Serum Creatinine", "creatinine", "", ""),
        ("Sex", "sex", "", ""),
        ("HIV", "hiv", "", ""),
    }
    assert "QUESTION: Is the comma or the point the decimal sign?" in text
    assert "shoe size" in text
    assert "问题" in propose_mapping(table, locale="zh")
    # What is open is set aside; answered, it is read.
    (patient,) = TableSource(table, made).patients()
    assert {fact.variable for fact in patient.facts} == {"sex"}
    answered = text.replace('decimal = ""', 'decimal = ","').replace('unit = ""', 'unit = "mg/dL"')
    (patient,) = TableSource(table, read_mapping(answered)).patients()
    assert {(f.variable, f.value, f.high) for f in patient.facts} == {
        ("alt", "30.5", "40"), ("creatinine", "1.2", None), ("sex", "female", None),
    }  # fmt: skip


def test_a_long_table_is_proposed_as_one(tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    lines = ["subject,when,labname,result,unit"]
    lines += [
        f"{n},2026-01-0{n},{name},{n}.5,U/L"
        for n in (1, 2, 3)
        for name in ("ALT", "AST", "LDH", "Zzz")
    ]
    table.write_text("\n".join(lines) + "\n")
    made = read_mapping(propose_mapping(table))
    assert (made.form, made.name_column, made.value_column) == ("long", "labname", "result")
    assert (made.unit_column, made.date, made.decimal) == ("unit", "when", ".")
    assert {column.variable for column in made.columns} == {"alt", "ast", "ldh"}
    source = TableSource(table, made)
    assert sum(len(patient.facts) for patient in source.patients()) == 9
    assert source.tally.codes == {("labname", "Zzz", ""): 3}


GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "patients.md"


def test_a_column_is_mapped_to_a_variable_of_the_studys_own_as_the_guide_says(
    tmp_path: Path,
) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    shown = guide.split("### A variable of the study's own")[1].split("```toml\n")[1]
    mapping = 'format = 1\npatient = "id"\ndate = "visit"\n' + shown.split("```")[0]
    text = "id,visit,Wobble index\na,2026-03-01,8\nb,2026-03-01,5\nc,2026-03-01,\n"
    patients, tally = read(text, mapping, tmp_path)
    rule = read_rule("own_wobble_index_score >= 7")
    answers = {one.code: evaluate(rule, one.facts, anchors={}).truth for one in patients}
    assert answers == {"a": Truth.TRUE, "b": Truth.FALSE, "c": Truth.UNKNOWN}
    assert tally.aside.total() == 1


def test_one_patient_of_a_table_is_counted_alone(tmp_path: Path) -> None:
    text = "id,visit,alt,alt_uln,age,aml\na,2026-03-01,5,,,\nb,2026-03-01,x,,,\na,2026-03-02,y,,,\n"
    (tmp_path / "x.csv").write_text(text)
    source = TableSource(tmp_path / "x.csv", read_mapping(WIDE))
    everybody = {patient.code: patient for patient in source.patients()}
    found = source.patient("a")
    assert found is not None and found[0] == everybody["a"] and found[1].balanced
    assert found[1].by_reason() == {Reason.NO_VALUE: 4, Reason.BAD_VALUE: 1}
    assert [place.number for place in found[1].places[Reason.BAD_VALUE]] == ["4"]
    assert source.patient("c") is None and source.patient("") is None


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04\x14\x00\x06\x00\n1,2\n", b"\x89PNG\x1a\xff\x00,\n\x01,\x02\n"]
)
def test_a_file_that_is_no_text_is_no_table(content: bytes, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_bytes(content)
    with pytest.raises(InputError, match="no table"):
        propose_mapping(table)
