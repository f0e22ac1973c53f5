"""`trialrun criteria`: rules for people and for programs, of the example and of any record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from support.study_folder import new_study
from trialrun.cli.criteria import command
from trialrun.errors import RecordError

KEYS = {
    "id", "parent", "kind", "logic", "text", "span", "status", "rule", "wording", "anchor",
    "atoms", "questions",
}  # fmt: skip
ATOM = {"variable", "op", "value", "unit", "anchor", "window_days"}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_worked_example_as_text() -> None:
    shown = run("NCT04221971")
    assert "I5  [inclusion · computable]  ECOG≤3;" in shown
    assert "alt < 2 x ULN and total_bilirubin < 1.5 x ULN" in shown
    assert "combine as: (I1 and I3) or I4 (assumed)" in shown
    assert shown.rstrip().endswith(
        "computable: 19 · partly computable: 3 · judgement: 1 · not read: 0"
    )


def test_in_chinese() -> None:
    shown = run("NCT04221971", "--locale", "zh")
    assert "[排除标准 · 研究者判断]" in shown
    assert "低于2倍正常值上限" in shown


def test_for_programs() -> None:
    criteria = json.loads(run("NCT04221971", "--format", "json"))
    assert [one["id"] for one in criteria][:3] == ["S.age", "I1", "I2"]
    for one in criteria:
        assert set(one) == KEYS
        assert all(set(atom) == ATOM for atom in one["atoms"])
    by_id = {one["id"]: one for one in criteria}
    assert by_id["I6.1"]["atoms"][1] == {
        "variable": "lvef", "op": ">=", "value": "50", "unit": "%", "anchor": "treatment",
        "window_days": 14,
    }  # fmt: skip
    assert (by_id["I6"]["anchor"], by_id["I5"]["anchor"]) == ("treatment", None)
    assert by_id["I6.1"]["parent"] == "I6"


def test_any_record_in_a_file(tmp_path: Path) -> None:
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000000", "briefTitle": "A trial"},
            "eligibilityModule": {
                "eligibilityCriteria": "Inclusion Criteria:\n\n* ECOG 0 or 1\n* a blue moon",
                "sex": "FEMALE",
            },
        }
    }
    path = tmp_path / "record.json"
    path.write_text(json.dumps(study), encoding="utf-8")
    criteria = json.loads(run(str(path), "--format", "json"))
    assert [(one["id"], one["status"], one["rule"]) for one in criteria] == [
        ("S.sex", "computable", "sex == female"),
        ("I1", "computable", "ecog in {0, 1}"),
        ("I2", "unread", None),
    ]
    assert criteria[1]["atoms"][0]["value"] == ["0", "1"]
    assert criteria[2]["questions"] == ["What does “a blue moon” mean as a rule?"]


def test_what_is_said_beside_the_rule_is_told_and_the_words_are_not_repeated(
    tmp_path: Path,
) -> None:
    words = "Poor blue moon [AST or ALT ≥ 1.5 x ULN, or QTc interval≥480 ms]; red sun"
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000000", "briefTitle": "A trial"},
            "eligibilityModule": {"eligibilityCriteria": f"Exclusion Criteria:\n\n* {words}"},
        }
    }
    path = tmp_path / "record.json"
    path.write_text(json.dumps(study), encoding="utf-8")
    told = json.loads(run(str(path), "--format", "json"))[0]
    beside = [one["variable"] for one in told["atoms"] if one.get("in_rule") is False]
    assert beside == ["ast", "alt", "qtc"]
    text = run(str(path))
    assert "not in the rule (it decides nothing): ast >= 1.5 x ULN; alt >= 1.5 x ULN; qtc" in text
    assert text.count("red sun") == 2  # the criterion and its question: no rule of unread words


def test_what_is_no_record_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no such file"):
        run(str(tmp_path / "nothing.json"))


def test_as_a_library_of_cql_with_what_it_does_not_say() -> None:
    result = CliRunner().invoke(
        command, ["NCT04221971", "--format", "cql", "--as-of", "2026-03-16"], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert (
        result.stdout.startswith("library Eligibility") and 'define "I5 verdict"' in result.stdout
    )
    assert "I7: not in CQL (no verified code): life_expectancy >= 3 mo" in result.stderr
    without = CliRunner().invoke(command, ["NCT04221971", "--format", "cql"])
    assert without.exit_code == 2 and "--as-of" in without.output


def test_of_a_study_s_protocol(tmp_path: Path) -> None:
    new_study(tmp_path)
    shown = run(str(tmp_path / "study"))
    assert "creatinine > 1.5 mg/dL within 14 days before treatment" in shown
    written = run(str(tmp_path / "study"), "--format", "cql", "--as-of", "2026-03-16")
    assert "2160-0" in written
