"""A protocol or a fact that cannot be taken as it stands: said what, where, and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.study_folder import Answer, Shell, new_study, opened
from trialrun.record.example import example_numbers

(EXAMPLE,) = example_numbers()


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    return Shell(monkeypatch, tmp_path)


@pytest.fixture
def drafted(shell: Shell, tmp_path: Path) -> Path:
    """The worked example, drafted into `study`."""
    shell.ok("draft", EXAMPLE, "-o", "study")
    return tmp_path / "study"


def names(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


# --- protocol.toml ---------------------------------------------------------------------------

# What is written instead of what, where that is, and in which words it is said.
WRONG_PLANS: dict[str, tuple[str, str, str, str, str]] = {
    "an unknown unit": (
        'dose = "25 mg/m2"', 'dose = "25 mg/m3"', "regimen.fludarabine.dose", "mg/m3", "mg/m2"
    ),
    "a unit of something else": (
        'dose = "25 mg/m2"', 'dose = "25 mmol/L"', "regimen.fludarabine.dose", "mmol/L", "dose"
    ),
    "a bare number": (
        'dose = "25 mg/m2"', "dose = 25", "regimen.fludarabine.dose", "text", '"25 mg/m2"'
    ),
    "a number without unit": (
        'dose = "25 mg/m2"', 'dose = "25"', "regimen.fludarabine.dose", "unit", "mg/m2"
    ),
    "a rule of no variable": (
        'rule = "ecog <= 3"', 'rule = "ecgo <= 3"', "criterion.I5.rule", "'ecgo'", "ecog"
    ),
    "a rule that breaks off": (
        'rule = "ecog <= 3"', 'rule = "ecog <="', "criterion.I5.rule, column 8, at the end",
        "expected a number", "Write",
    ),
    "a rule in another unit": (
        'rule = "spo2 >= 92 %', 'rule = "spo2 >= 92 kg', "criterion.I6.4.rule", "kg", "%"
    ),
    "a key there is not": (
        'dose = "25 mg/m2"', 'does = "25 mg/m2"', "regimen.fludarabine.does", "no such key", "dose"
    ),
    "an intervention there is not": (
        'intervention = "fludarabine"', 'intervention = "fludarabin"',
        "regimen.fludarabine.intervention", "fludarabin", "fludarabine",
    ),
    "no TOML": ('dose = "25 mg/m2"', "dose = = 25", "line", "TOML", "line"),
}  # fmt: skip


@pytest.mark.parametrize("command", ["check", "questions", "rehearse"])
@pytest.mark.parametrize("fault", WRONG_PLANS)
def test_a_fault_in_a_plan_is_named(shell: Shell, drafted: Path, fault: str, command: str) -> None:
    old, new, place, what, remedy = WRONG_PLANS[fault]
    file = drafted / "protocol.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    before = names(drafted)
    answer = shell.run(command, "study")
    assert answer.code == 3, answer
    assert answer.err.startswith("error: study/protocol.toml")
    for words in (place, what, remedy):
        assert words in answer.err, (words, answer.err)
    assert names(drafted) == before
    assert [one.name for one in drafted.parent.iterdir()] == ["study"]


def test_all_faults_of_a_plan_are_named_at_once(shell: Shell, drafted: Path) -> None:
    file = drafted / "protocol.toml"
    text = file.read_text(encoding="utf-8").replace("25 mg/m2", "25").replace("<= 3", "<= 3 kg")
    file.write_text(text, encoding="utf-8")
    answer = shell.run("check", "study")
    assert answer.code == 3
    assert "regimen.fludarabine.dose" in answer.err and "criterion.I5.rule" in answer.err


# --- facts -----------------------------------------------------------------------------------


def fact(variable: str, value: object, unit: str | None = None) -> dict[str, object]:
    made: dict[str, object] = {"variable": variable, "value": value, "at": "2026-03-01"}
    return made if unit is None else made | {"unit": unit}


WRONG_FACTS: dict[str, tuple[dict[str, object], str, str]] = {
    "creatinine without unit": (fact("creatinine", 130), "130 has no unit", "umol/L"),
    "ANC 350": (fact("anc", 350, "10*9/L"), "350 10*9/L is outside", "was it 350 /uL?"),
    "weight 700": (fact("weight", 700, "kg"), "700", "kg"),
    "ECOG 2-3": (fact("ecog", "2-3"), "2-3", "the one grade that holds"),
    "a variable there is not": (fact("creatinin", 1, "mg/dL"), "creatinin", "creatinine"),
    "a unit of something else": (fact("creatinine", 1, "kg"), "kg", "mg/dL"),
    "a day there is not": (fact("ecog", 1) | {"at": "2026-02-30"}, "2026-02-30", "YYYY-MM-DD"),
    "no value": ({"variable": "ecog", "at": "2026-03-01"}, "value", "value"),
    "words for a number": (fact("weight", "heavy", "kg"), "heavy", "number"),
    "not a number": (fact("weight", "NaN", "kg"), "NaN", "number"),
}


def said(answer: Answer, where: str, what: str, remedy: str) -> None:
    assert answer.code == 3, answer
    assert answer.out == ""
    first, *rest = answer.err.splitlines()
    assert first.startswith("error: ") and where in first and what in first, answer.err
    assert remedy in " ".join([*rest, first.rpartition(what)[2]]), answer.err


@pytest.mark.parametrize("fault", WRONG_FACTS)
def test_a_fact_that_cannot_be_taken_is_not_screened(
    shell: Shell, drafted: Path, fault: str
) -> None:
    wrong, what, remedy = WRONG_FACTS[fault]
    (drafted.parent / "facts.json").write_text(json.dumps([fact("ecog", 1), wrong]))
    before = names(drafted)
    said(shell.run("screen", "study", "facts.json"), "facts.json, fact 2", what, remedy)
    assert names(drafted) == before


def test_a_fact_that_cannot_be_taken_is_not_recorded(shell: Shell, tmp_path: Path) -> None:
    new_study(tmp_path)
    opened(shell)
    shell.must("RegisterParticipant", "COO", participant="001", site="S1")
    before = names(tmp_path / "study")
    for wrong, what, remedy in WRONG_FACTS.values():
        facts = [fact("ecog", 1), wrong]
        said(shell.do("RecordFacts", "COO", participant="001", facts=facts),
             "facts", what, remedy)  # fmt: skip
    assert names(tmp_path / "study") == before


@pytest.mark.parametrize(
    ("value", "verdict"), [("49.9", "FALSE"), ("50", "TRUE"), (50, "TRUE"), (49.9, "FALSE")]
)
def test_a_value_on_a_limit_is_no_error_and_keeps_its_side(
    shell: Shell, drafted: Path, value: object, verdict: str
) -> None:
    facts = [
        fact("lvef", value, "%"), fact("arrhythmia", False), fact("pericardial_effusion", False),
    ]  # fmt: skip
    (drafted.parent / "facts.json").write_text(json.dumps(facts))
    told = shell.ok(
        "screen", "study", "facts.json", "--as-of", "2026-03-02", "--format", "json"
    ).json
    (heart,) = [one for one in told["criteria"] if re.search("LVEF", one["text"])]
    assert heart["verdict"] == verdict, heart


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "this is not JSON"),
        ("[{]", "this is not JSON"),
        ('{"variable": "ecog"}', "this is not a list of facts"),
        ('["ecog"]', "this is not a fact"),
        ('[{"variable": "ecog", "variable": "anc"}]', "stands there twice"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_holds_no_facts_is_said_to(
    shell: Shell, drafted: Path, text: str, what: str
) -> None:
    (drafted.parent / "facts.json").write_text(text)
    answer = shell.run("screen", "study", "facts.json")
    assert answer.code == 3
    assert what in answer.err and "facts.json" in answer.err
