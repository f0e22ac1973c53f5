"""draft, questions, check and regimen from the command line: what they write, say and refuse."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trialrun.cli.app import cli
from trialrun.errors import InputError, NotSupported, OutsideError, ProtocolError, TrialrunError
from trialrun.record.example import example_numbers
from trialrun.study.whole_files import write_whole

(EXAMPLE,) = example_numbers()
OBSERVATIONAL = Path(__file__).parents[1] / "record" / "records" / "observational.json"


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(
        result.exception, SystemExit | TrialrunError
    ):
        raise result.exception
    return result


def error(*arguments: str | Path) -> TrialrunError:
    result = run(*arguments)
    assert isinstance(result.exception, TrialrunError), result.output
    return result.exception


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "nk"
    assert run("draft", EXAMPLE, "-o", made).exit_code == 0
    return made


def test_draft_writes_three_files_and_says_what_comes_next(tmp_path: Path) -> None:
    result = run("draft", EXAMPLE, "-o", tmp_path / "nk")
    assert result.exit_code == 0
    assert sorted(one.name for one in (tmp_path / "nk").iterdir()) == [
        "protocol.draft.toml", "protocol.toml", "record.json",
    ]  # fmt: skip
    assert "question(s) open" in result.output
    assert "trialrun questions" in result.output
    assert "已起草" in run("draft", EXAMPLE, "-o", tmp_path / "zh", "--locale", "zh").output


def test_drafting_again_keeps_what_people_wrote(folder: Path) -> None:
    run("questions", folder, "answer", "nk-cells-days", "0, 2, 4", "--by", "INV", "--section", "6")
    copy = folder / "protocol.toml"
    copy.write_text(copy.read_text().replace('hour = "11:00"', 'hour = "12:00"  # late round'))
    before = copy.read_text()
    assert run("draft", EXAMPLE, "-o", folder).exit_code == 0
    assert copy.read_text() == before


def test_the_record_of_a_study_that_has_begun_is_fixed(folder: Path) -> None:
    (folder / "ledger.sqlite").write_bytes(b"begun")
    assert run("draft", EXAMPLE, "-o", folder).exit_code == 0
    (folder / "record.json").write_text('{"record": {}}')
    assert "has begun" in str(error("draft", EXAMPLE, "-o", folder))


def test_a_working_copy_without_its_draft_is_not_overwritten(folder: Path) -> None:
    (folder / "protocol.draft.toml").unlink()
    before = (folder / "protocol.toml").read_text()
    assert isinstance(error("draft", EXAMPLE, "-o", folder), InputError)
    assert (folder / "protocol.toml").read_text() == before


def test_an_observational_record_is_refused_with_its_reason_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    wrong = error("draft", OBSERVATIONAL, "-o", tmp_path / "x")
    assert isinstance(wrong, NotSupported)
    assert "not this, because" in wrong.what
    assert not (tmp_path / "x").exists()


def test_an_interruption_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "a"
    old.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutsideError, match="No space"):
        write_whole({old: b"new", tmp_path / "b": b"new"})
    assert old.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_the_list_says_who_may_answer_with_choices_and_words(folder: Path) -> None:
    output = run("questions", folder).output
    for words in ("For the investigator", "For the pharmacist", "For the cell laboratory",
                  "nk-cells-days", "“interval was 1 day”", "· 0, 2, 4", "assumed in a rehearsal",
                  "0 of ", "before an approval"):  # fmt: skip
        assert words in output
    assert "For the pharmacist" not in run("questions", folder, "--who", "sponsor").output
    assert "研究者" in run("questions", folder, "--locale", "zh").output
    listed = json.loads(run("questions", folder, "--format", "json").output)
    assert {"questions", "open"} == set(listed)


def test_answering_fills_the_places_and_counts(folder: Path) -> None:
    result = run(
        "questions", folder, "answer", "nk-cells-days", "0, 2, 4", "--by", "INV", "--section", "6.2"
    )
    assert "regimen.nk-cells.days = 0, 2, 4" in result.output
    assert "activity.nk-after.days = 0, 2, 4" in result.output
    assert "1 of " in result.output
    questions = tomllib.loads((folder / "protocol.toml").read_text())["question"]
    done = next(one for one in questions if one["id"] == "nk-cells-days")
    assert (done["answer"], done["answered_by"], done["section"]) == ("0, 2, 4", "INV", "6.2")


def test_an_answer_that_breaks_a_gap_is_said_at_once_and_checked(folder: Path) -> None:
    result = run("questions", folder, "answer", "chemotherapy-hour", "14:00")
    assert "44 h lie between" in result.output
    checked = run("check", folder)
    assert checked.exit_code == 1
    assert "Blocking: 1" in checked.output


def test_an_answer_that_cannot_be_read_changes_nothing(folder: Path) -> None:
    before = (folder / "protocol.toml").read_bytes()
    wrong = error("questions", folder, "answer", "nk-cells-days", "sometimes")
    assert isinstance(wrong, ProtocolError)
    assert "0, 1, 2" in str(wrong)
    assert isinstance(error("questions", folder, "answer", "no-such", "1"), ProtocolError)
    assert isinstance(error("questions", folder, "answer", "day-zero", "nothing"), ProtocolError)
    assert (folder / "protocol.toml").read_bytes() == before


def test_an_answer_in_own_words_is_noted(folder: Path) -> None:
    result = run("questions", folder, "answer", "donor-who", "a parent or sibling")
    assert "in your own words" in result.output


def test_parts_are_confirmed_and_judgements_declared(folder: Path) -> None:
    assert (
        "section 6.1"
        in run("questions", folder, "confirm", "regimen.fludarabine", "--section", "6.1").output
    )
    run("questions", folder, "declare", "I1", "--by", "INV", "--reason", "no rule can say it")
    tables = tomllib.loads((folder / "protocol.toml").read_text())
    assert tables["regimen"][0]["source"] == "document: 6.1"
    criterion = next(one for one in tables["criterion"] if one["id"] == "I1")
    assert (criterion["status"], criterion["declared_by"]) == ("judgement", "INV")


@pytest.mark.parametrize(
    "words",
    [("answer", "x"), ("confirm", "regimen.fludarabine"), ("declare", "I1"), ("list", "x")],
)
def test_words_that_are_missing_are_a_usage_error(folder: Path, words: tuple[str, ...]) -> None:
    assert run("questions", folder, *words).exit_code == 2


def test_check_on_a_folder_a_file_and_a_record(folder: Path) -> None:
    for what in (folder, folder / "protocol.toml"):
        result = run("check", what)
        assert result.exit_code == 0, result.output
        assert "Nothing blocks." in result.output
    assert run("check", EXAMPLE).exit_code == 0
    assert "excluded-in-description-only" in run("check", EXAMPLE).output
    assert "questions not answered" in run("check", folder).output
    assert run("check", folder, "--for", "approval").exit_code == 1
    shown = json.loads(run("check", folder, "--format", "json").output)
    assert {"findings", "blocking", "open_before_approval", "rules"} == set(shown)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('dose = "25 mg/m2"', "dose = 25", "bare number"),
        ('dose = "25 mg/m2"', 'dose = "25 h"', "not a mass per area"),
        ('rule = "ecog <= 3"', 'rule = "ecogg <= 3"', "ecogg"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence_and_code_3(
    folder: Path, old: str, new: str, said: str
) -> None:
    copy = folder / "protocol.toml"
    assert old in copy.read_text()
    copy.write_text(copy.read_text().replace(old, new, 1))
    for wrong in (error("check", folder), error("questions", folder)):
        assert said in str(wrong)
        assert wrong.exit_code == 3


def test_what_is_not_there_is_a_sentence() -> None:
    assert isinstance(error("check", "/no/such/thing"), InputError | OutsideError)
    assert isinstance(error("questions", "/no/such/thing"), InputError | OutsideError)


def test_regimen_shows_doses_questions_and_words() -> None:
    output = run("regimen", EXAMPLE).output
    for words in ("fludarabine: 25 mg/m2", "> 10000000 cells/kg", "at least 48 h",
                  "1+E07", "of all together?"):  # fmt: skip
        assert words in output
    data = json.loads(run("regimen", EXAMPLE, "--format", "json").output)
    assert [one["intervention"] for one in data["regimen"]] == [
        "fludarabine", "cyclophosphamide", "NK cells",
    ]  # fmt: skip


def test_regimen_lists_what_it_did_not_read(tmp_path: Path) -> None:
    record = {
        "protocolSection": {
            "designModule": {"studyType": "INTERVENTIONAL"},
            "armsInterventionsModule": {
                "interventions": [
                    {"type": "DRUG", "name": "Xamab", "description": "5 to 10 mg daily"}
                ]
            },
        }
    }
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record))
    output = run("regimen", path).output
    assert "No dose was read." in output
    assert "a range" in output
