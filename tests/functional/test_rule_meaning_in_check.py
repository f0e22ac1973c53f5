"""`check` says what a corrected rule means; `screen` takes the site's own limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.study_folder import Shell
from trialrun.record.example import example_numbers

(EXAMPLE,) = example_numbers()


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    return Shell(monkeypatch, tmp_path)


@pytest.fixture
def study(shell: Shell, tmp_path: Path) -> Path:
    """The worked example, drafted."""
    shell.ok("draft", EXAMPLE, "-o", "study")
    return tmp_path / "study"


def test_check_says_what_each_rule_means_and_what_a_missing_value_does(
    shell: Shell, study: Path
) -> None:
    said = shell.ok("check", "study").out
    assert "What each rule means (23):" in said
    assert "What nobody recorded is not absent: it is not known." in said
    assert (
        "    – No value of serum creatinine, creatinine clearance: not known, unless the rest of "
        "the rule already lets the person in." in said
    )
    assert "各条规则的含义（23条）：" in shell.ok("check", "study", "--locale", "zh").out
    rules = shell.ok("check", "study", "--format", "json").json["rules"]
    assert {"I6.2", "E2"} <= {one["id"] for one in rules}
    assert all(one["rule"] and one["means"] for one in rules)


def test_a_rule_that_somebody_corrects_is_told_anew_with_a_word_of_time_that_nobody_explains(
    shell: Shell, study: Path
) -> None:
    file = study / "protocol.toml"
    text = file.read_text(encoding="utf-8")
    new = "worst alt <= 3 x ULN within 7 days before leukapheresis"
    assert 'rule = "ecog <= 3"' in text
    file.write_text(text.replace('rule = "ecog <= 3"', f'rule = "{new}"'), encoding="utf-8")
    said = shell.ok("check", "study").out
    assert (
        "I5: to be met: worst value of alanine aminotransferase (ALT) at most 3 times the upper "
        "limit of normal, measured within 7 days before leukapheresis" in said
    )
    assert f"    {new}\n" in said
    assert "“leukapheresis” has no [[anchor]] in this protocol" in said
    assert "means = one of: screening, consent, enrolment, day-zero, fludarabine, " in said


def test_what_keeps_a_rule_from_deciding_is_told_with_it(shell: Shell, study: Path) -> None:
    file = study / "protocol.toml"
    text = file.read_text(encoding="utf-8")
    said = shell.ok("check", "study").out
    assert "  I6: to be met: all of I6.1, I6.2, I6.3, I6.4\n" in said
    assert said.count("Only a part of the criterion is written as a rule") == 3  # I1, I8, E1
    heading = 'id = "I6"\nkind = "inclusion"\nlogic = "and"\n'
    words, rest = text.split(heading)[1].split('status = "computable"', 1)
    file.write_text(
        text.split(heading)[0] + heading + words + 'status = "unread"' + rest, encoding="utf-8"
    )
    said = shell.ok("check", "study").out
    assert said.count("It stands below I6, which is not written as a rule yet") == 4
    assert "I6: to be met" not in said


def test_an_exclusion_of_several_parts_says_whether_one_is_enough(
    shell: Shell, study: Path
) -> None:
    file = study / "protocol.toml"
    text = file.read_text(encoding="utf-8")
    heading = 'id = "I6"\nkind = "inclusion"\nlogic = "and"\n'
    parts = text.replace('parent = "I6"\nkind = "inclusion"', 'parent = "I6"\nkind = "exclusion"')
    silent = parts.replace(heading, 'id = "I6"\nkind = "exclusion"\n')
    file.write_text(silent, encoding="utf-8")
    said = shell.ok("check", "study").out
    assert "I6: leaves out only whoever meets all of I6.1, I6.2, I6.3, I6.4" in said
    assert "No logic is written, so all of them must hold." in said
    refused = shell.run("check", "study", "--for", "approval").out
    assert "Criterion I6 excludes by I6.1, I6.2, I6.3, I6.4: is one of them enough?" in refused
    file.write_text(silent.replace('id = "I6"\n', 'id = "I6"\nlogic = "or"\n'), encoding="utf-8")
    said = shell.ok("check", "study").out
    assert "I6: leaves out whoever meets any of I6.1, I6.2, I6.3, I6.4" in said
    assert "No logic is written" not in said
    assert "is one of them enough" not in shell.run("check", "study", "--for", "approval").out


def test_a_part_that_is_not_a_rule_is_nobodys_judgement(shell: Shell, study: Path) -> None:
    assert "[inclusion · partly computable]" in shell.ok("criteria", "study").out
    folder = study.parent / "people"
    shell.ok("patients", "-o", "people", "--count", "3", "--seed", "7")
    at = ("--as-of", "2026-03-16")
    one = shell.ok("screen", "study", f"people/{sorted(folder.glob('SIM-*'))[0].name}", *at)
    judged = one.out.partition("To be judged by an investigator, and signed:\n")[2]
    assert judged.splitlines()[0].startswith("  - E9") and judged.splitlines()[1] == ""
    assert "Not written as a rule yet, and so not known for anybody: I1, I8, E1." in one.out
    assert "stands below" not in one.out
    many = shell.ok("screen", "study", "people", *at).out
    assert "Not written as rules yet, so that nobody can be eligible before: I1, I8, E1." in many


def test_a_rule_that_can_come_out_only_one_way_is_named_first(shell: Shell, study: Path) -> None:
    assert "come out only one way" not in shell.ok("check", "study").out
    file = study / "protocol.toml"
    text = file.read_text(encoding="utf-8")
    wide = text.replace('rule = "ecog <= 3"', 'rule = "ecog <= 5"')
    file.write_text(wide, encoding="utf-8")
    said = shell.ok("check", "study").out
    told = said[said.index("Rules that can come out only one way") :].splitlines()
    assert told[0].endswith("whoever the patient is (1):")
    assert told[1:3] == [
        "  I5: “ecog <= 5” holds for every value that anybody can have: it decides nothing.",
        "  I5: So nobody can fail this inclusion.",
    ]
    assert "因此没有人会不满足这条入选标准。" in shell.ok("check", "study", "--locale", "zh").out
    rules = shell.ok("check", "study", "--format", "json").json["rules"]
    assert [len(one["comes_out_one_way"]) for one in rules if one["id"] == "I5"] == [2]
    none = 'rule = "alt < 2 x ULN and alt > 3 x ULN and aml"'
    file.write_text(text.replace('rule = "ecog <= 3"', none), encoding="utf-8")
    assert "I5: So nobody can meet this inclusion" in shell.ok("check", "study").out


def test_screening_takes_the_sites_own_limits(shell: Shell, study: Path) -> None:
    facts = [
        {"variable": "alt", "value": "70", "unit": "U/L", "at": "2026-03-01", "source": "chart"},
        {"variable": "total_bilirubin", "value": "1", "unit": "mg/dL", "at": "2026-03-01",
         "high": "1.2", "source": "chart"},
        {"variable": "active_hepatitis", "value": "false", "at": "2026-03-01", "source": "chart"},
    ]  # fmt: skip
    (study.parent / "facts.json").write_text(json.dumps(facts), encoding="utf-8")

    def liver() -> str:
        found = shell.ok(
            "screen", "study", "facts.json", "--as-of", "2026-03-05", "--format", "json"
        ).json
        return str(next(one for one in found["criteria"] if one["id"] == "I6.2"))

    assert "came without the laboratory's upper limit" in liver()
    (study / "limits.toml").write_text(
        '[[limit]]\nvariable = "alt"\nfrom = 2026-01-01\nhigh = "40 U/L"\n', encoding="utf-8"
    )
    assert "(limit 40 U/L: site table from 2026-01-01)" in liver()
    assert "'verdict': 'TRUE'" in liver()
    (study / "limits.toml").write_text("limit = 3", encoding="utf-8")
    wrong = shell.run("screen", "study", "facts.json")
    assert wrong.code == 3
    assert "limits.toml" in wrong.err
