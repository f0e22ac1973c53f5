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
        "    – Without serum creatinine, creatinine clearance: not known, unless the rest "
        "already shows that it does not stand in the way." in said
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
