"""Headers of hospitals' tables: a variable and a unit word for word, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialrun.readers.patients.statement import unit_of
from trialrun.readers.patients.tables import headers
from trialrun.readers.patients.tables.headers import _names, _plain, _spellings, read_header
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tables.proposal import propose_mapping
from trialrun.readers.patients.tables.source import TableSource
from trialrun.readers.patients.tally import Reason
from trialrun.values.unit import Unit
from trialrun.vocabulary.table import variables


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("Bili [mg/dl]", "total_bilirubin", "mg/dL"),
        ("BILI(MG/DL)", "total_bilirubin", "mg/dL"),
        ("Bilirubin ges. {µmol/l}", "total_bilirubin", "umol/L"),
        ("ALT_U_L", "alt", "U/L"),
        ("ALT, U/L", "alt", "U/L"),
        ("ALT in U/l", "alt", "U/L"),
        ("ASAT (GOT) [U/l]", "ast", "U/L"),
        ("GPT/ALT [U/l]", "alt", "U/L"),
        ("S-Krea", "creatinine", None),
        ("Kreatinin i.S. [mg/dl]", "creatinine", "mg/dL"),
        ("Leukozyten [G/l]", "wbc", "10*9/L"),
        ("Thrombozyten (Tsd/µl)", "platelets", "10*3/uL"),
        ("PLT x10^9/L", "platelets", "10*9/L"),
        ("Neutrophile [%]", "neutrophil_share", "%"),
        ("Neutrophile abs. [/nl]", "anc", "10*3/uL"),
        ("Größe (cm)", "height", "cm"),
        ("Alter [Jahre]", "age", "a"),
        ("Temp. (°C)", "temperature", "Cel"),
        ("谷丙转氨酶（U/L）", "alt", "U/L"),
        ("丙氨酸氨基转移酶", "alt", None),
        ("血小板计数（×10⁹/L）", "platelets", "10*9/L"),
        ("年龄（岁）", "age", "a"),
        ("总胆红素【μmol/L】", "total_bilirubin", "umol/L"),
        ("性别", "sex", None),
        ("ECOG评分", "ecog", None),
        ("乙肝表面抗原", "hbsag_positive", None),
    ],
)
def test_what_a_header_says(text: str, name: str, unit: str | None) -> None:
    header = read_header(text)
    assert header is not None and header.variable.name == name and not header.unfit
    found = unit_of(name, header.unit) if header.unit else None
    assert (found.code if isinstance(found, Unit) else None) == unit


@pytest.mark.parametrize(
    "text",
    ["Quick", "Quick (%)", "ALT/AST", "GOT (GPT)", "Wert", "shoe size", "HF", "K", "Bili?", "",
     "ALT Datum", "Blasten KM (%)", "()", "[mg/dl]", "ALT ULN", "Lymphozyten", "mg/dl"],
)  # fmt: skip
def test_what_is_not_sure_is_not_mapped(text: str) -> None:
    assert read_header(text) is None


def test_a_unit_that_the_variable_has_not_makes_it_another_thing() -> None:
    header = read_header("Lymphocyte count (%)")
    assert header is not None and header.unfit == "%"
    plain = read_header("Creatinine (enzymatic)")
    assert plain is not None and (plain.unit, plain.unfit) == ("", "")


def test_grams_and_giga_are_told_apart_by_what_is_measured() -> None:
    for name, code in (("wbc", "10*9/L"), ("albumin", "g/L"), ("haemoglobin", "g/L")):
        found = unit_of(name, "g/l")
        assert isinstance(found, Unit) and found.code == code
    assert unit_of("creatinine", "Tsd/µl") is Reason.UNKNOWN_UNIT


def test_no_name_means_two_variables() -> None:
    seen: dict[str, str] = {}
    for name, texts in _names().items():
        assert texts and name in variables()
        for text in texts:
            assert text == _plain(text), f"write {_plain(text)!r}"
            assert seen.setdefault(text, name) == name, text
    for row in variables().values():
        for text in (row.name, row.en, row.zh, *row.synonyms):
            assert seen.get(_plain(text), row.name) == row.name, text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("reticulocyte_count", "reticulocyte_count"),  # a synonym of `reticulocytes`, too
        ("cap_score", "cap_score"),
        ("糖化血红蛋白", "hba1c"),  # and the IFCC's, without its brackets
        ("Kessler心理困扰量表（6项）", "kessler6"),
    ],
)
def test_a_whole_name_goes_before_a_synonym_and_a_part(text: str, name: str) -> None:
    header = read_header(text)
    assert header is not None and header.variable.name == name


def test_a_label_that_is_left_of_two_is_not_sure() -> None:
    assert read_header("Kessler心理困扰量表") is None  # of 10 items or of 6


def test_the_order_of_rows_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = dict(_spellings())
    monkeypatch.setattr(headers, "variables", lambda: dict(reversed(list(variables().items()))))
    assert _spellings.__wrapped__() == usual


GERMAN = """Pat.-Nr.;Datum;Bili [mg/dl];Krea [mg/dl];Leukozyten [G/l];Hb (g/dl);GPT (U/l);\
GPT OGN (U/l);Geschlecht;Geburtsdatum;Bemerkung
17;01.02.2026;0,7;1,1;4,2;9,5;30;45;m;05.1960;ok
18;02.2026;0,9;1,3;3,9;8,5;31;45;w;1961;-
19;03.02.2026;0,9;1,3;3,9;8,5;31;45;w;1961;-
20;04.02.2026;0,9;1,3;3,9;8,5;31;45;w;1961;-
"""
CHINESE = """住院号,检查日期,谷丙转氨酶（U/L）,总胆红素（μmol/L）,血小板计数（10^9/L）,\
年龄（岁）,性别
a1,2026-03-01,35,12.1,55,61,女
"""
ENGLISH = """record_id,visit_date,ALT_U_L,AST (U/L),PLT x10^9/L,Creatinine umol/L,ECOG PS,Notes
1,03/25/2026,30,31,150,80,1,
"""
SHEETS = {
    "a German laboratory": (
        GERMAN,
        {
            "total_bilirubin": "mg/dl", "creatinine": "mg/dl", "wbc": "G/l", "haemoglobin": "g/dl",
            "alt": "U/l", "sex": "", "birth_date": "",
        },
        ("Pat.-Nr.", "Datum", "DD.MM.YYYY"),
    ),
    "a Chinese ward": (
        CHINESE,
        {"alt": "U/L", "total_bilirubin": "μmol/L", "platelets": "10^9/L", "age": "岁", "sex": ""},
        ("住院号", "检查日期", "YYYY-MM-DD"),
    ),
    "an English export": (
        ENGLISH,
        {"alt": "U/L", "ast": "U/L", "platelets": "x10^9/L", "creatinine": "umol/L", "ecog": ""},
        ("record_id", "visit_date", "MM/DD/YYYY"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_spreadsheet_is_proposed_and_read(sheet: str, tmp_path: Path) -> None:
    text, wanted, (patient, date, form) = SHEETS[sheet]
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    proposed = propose_mapping(tmp_path / "x.csv")
    made = read_mapping(proposed)
    assert (made.patient, made.date, made.date_form) == (patient, date, form)
    assert {column.variable: column.unit for column in made.columns} == wanted
    if sheet == "a German laboratory":
        assert '# values = {"m" = "…", "w" = "…"}  # female, male' in proposed
    answered = read_mapping(proposed.replace('decimal = ""', 'decimal = ","'))
    source = TableSource(tmp_path / "x.csv", answered)
    first = next(source.patients())
    assert {fact.variable for fact in first.facts} >= set(wanted) - {"sex"}
    assert all(fact.unit or fact.variable in {"sex", "birth_date"} for fact in first.facts)


def test_limits_twins_and_what_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        "id,date,ALT (U/L),ALT 上限,GPT (U/l),Lymphocytes count (%),Temp max\n"
        "1,2026-03-01,30,40,31,20,38\n"
    )
    text = propose_mapping(tmp_path / "x.csv")
    made = read_mapping(text)
    assert [(c.name, c.high_column) for c in made.columns if c.variable == "alt"] == [
        ("ALT (U/L)", "ALT 上限"), ("GPT (U/l)", "ALT 上限"),
    ]  # fmt: skip
    assert "More than one column is alt" in text and "[ALT (U/L), GPT (U/l)]" in text
    assert {column.variable for column in made.columns} == {"alt"}
    assert "不止一列是alt" in propose_mapping(tmp_path / "x.csv", locale="zh")


def test_a_long_table_takes_the_unit_from_the_name(tmp_path: Path) -> None:
    lines = [
        f"{n},2026-03-01,{name},3{n}"
        for n in (1, 2)
        for name in ("GPT [U/l]", "Krea [µmol/l]", "Thrombozyten [Tsd/µl]", "Quick [%]")
    ]
    (tmp_path / "x.csv").write_text("\n".join(["Fallnummer,Datum,Untersuchung,Wert", *lines]))
    made = read_mapping(propose_mapping(tmp_path / "x.csv"))
    assert (made.form, made.patient, made.name_column) == ("long", "Fallnummer", "Untersuchung")
    assert made.value_column == "Wert"
    assert {column.variable: column.unit for column in made.columns} == {
        "alt": "U/l", "creatinine": "µmol/l", "platelets": "Tsd/µl",
    }  # fmt: skip
