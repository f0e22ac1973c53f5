"""What a proposal finds beside the values, and what the answers to its questions do."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialrun.errors import InputError
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tables.proposal import propose_mapping
from trialrun.readers.patients.tables.source import TableSource

LONG = """patient,item,value,unit,low,high,sign,state,drawn
p,2160-0,1.2,mg/dL,0.5,1.1,,final,2026-03-01
p,1742-6,5,U/L,10,40,<,final,2026-03-01
p,777-3,100,10*9/L,150,400,,entered-in-error,2026-03-01
p,sex,female,,,,,final,2026-03-01
p,AML,true,,,,,final,2026-03-01
"""


def proposed(folder: Path, text: str) -> tuple[Path, str]:
    table = folder / "x.csv"
    table.write_text(text, encoding="utf-8")
    return table, propose_mapping(table)


def test_limits_signs_and_states_of_a_long_table_stand_in_its_proposal(tmp_path: Path) -> None:
    table, text = proposed(tmp_path, LONG.replace("state", "status"))
    made = read_mapping(text)
    assert (made.form, made.name_column, made.value_column) == ("long", "item", "value")
    assert (made.low_column, made.high_column) == ("low", "high")
    assert (made.comparator_column, made.status_column) == ("sign", "status")
    (patient,) = TableSource(table, made).patients()
    assert {(one.variable, one.comparator + one.value, one.high) for one in patient.facts} == {
        ("creatinine", "1.2", "1.1"), ("alt", "<5", "40"), ("sex", "female", None),
        ("aml", "true", None),
    }  # fmt: skip


def test_a_code_of_several_variables_or_of_none_is_no_name(tmp_path: Path) -> None:
    _, text = proposed(tmp_path, LONG + "p,99999-9,7,,,,,final,2026-03-01\n")
    assert "99999-9" not in {column.name for column in read_mapping(text).columns}
    assert "99999-9" in text


@pytest.mark.parametrize(
    ("name", "dates", "form"),
    [
        ("Datum", "10.03.2026 03.2026 2026", "DD.MM.YYYY"),
        ("Datum", "10.03.2026 11.03.2026 unbekannt", "DD.MM.YYYY"),
        ("visit", "2026-03-10 2026-03-11 2026-03", "YYYY-MM-DD"),
        ("visit", "10.03.2026 03.2026 2026", None),
        ("Datum", "10.03.2026 x y z", None),
        ("shoe", "20260310 20260311 20260312", None),
        ("Date", "20260310 20260311 20260312", "YYYYMMDD"),
    ],
)
def test_a_column_of_dates(name: str, dates: str, form: str | None, tmp_path: Path) -> None:
    lines = [f"{number},{at}" for number, at in enumerate(dates.split())]
    _, text = proposed(tmp_path, "\n".join([f"id,{name}", *lines, ""]))
    made = read_mapping(text)
    assert (made.date, made.date_form if made.date else None) == (name if form else "", form)


WIDE = "id;Krea;AML;Tag 1;Tag 2\n1;1,2;ja;2026-03-01;2026-03-02\n"


def answer(text: str, kind: str, given: str) -> str:
    """The proposal with this answer written beside its question."""
    before, _, after = text.partition(f'.{kind}"\n')
    assert after
    return f'{before}.{kind}"\n' + after.replace('answer = ""', f'answer = "{given}"', 1)


def test_an_answer_beside_its_question_counts(tmp_path: Path) -> None:
    table, text = proposed(tmp_path, WIDE)
    text = answer(answer(text, "unit", "mg/dL"), "decimal", ",")
    text = text.replace('# values = {"ja" = "…"}', 'values = {"ja" = "true"}')
    (patient,) = TableSource(table, read_mapping(text)).patients()
    assert {(one.variable, one.value) for one in patient.facts} == {
        ("creatinine", "1.2"), ("aml", "true"),
    }  # fmt: skip


def test_the_day_of_a_table_without_dates_is_an_answer(tmp_path: Path) -> None:
    table, text = proposed(tmp_path, "id,Krea (mg/dl)\n1,1.2\n")
    (patient,) = TableSource(table, read_mapping(answer(text, "date", "2026-03-01"))).patients()
    assert [(one.value, str(one.at)) for one in patient.facts] == [("1.2", "2026-03-01")]


@pytest.mark.parametrize(
    ("kind", "given", "entry", "words"),
    [
        ("decimal", ".", ('decimal = ""', 'decimal = ","'), "Q2.decimal is answered '.'"),
        ("unit", "mg/dL", ('unit = ""', 'unit = "umol/L"'), "unit of Krea is 'umol/L'"),
        ("values", "ja", None, "values does not say what to do with it"),
        ("decimal", "comma", None, "decimal is 'comma'"),
    ],
)
def test_an_answer_is_never_passed_over(
    kind: str, given: str, entry: tuple[str, str] | None, words: str, tmp_path: Path
) -> None:
    _, text = proposed(tmp_path, WIDE)
    text = answer(text, kind, given)
    if entry is not None:
        assert entry[0] in text
        text = text.replace(*entry, 1)
    with pytest.raises(InputError, match=words):
        read_mapping(text)
