"""`trialrun check RECORD`: one page of questions, as text, JSON and a page to print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.faulty_records import eligibility, record
from trialrun.cli.app import cli
from trialrun.protocol.inquiry import PAGE

EXAMPLE = "NCT04221971"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["check", *map(str, words)])


def test_the_page_holds_the_most_deciding_and_counts_the_rest() -> None:
    page, whole = run(EXAMPLE).output, run(EXAMPLE, "--all").output
    told = json.loads(run(EXAMPLE, "--format", "json").output)
    count = len(told["questions"])
    assert f"{PAGE}." in page
    assert f"{PAGE + 1}." not in page
    assert f"{count}." in whole
    assert f"{count - PAGE} more question(s)" in page
    assert "more question(s)" not in whole
    weights = [one["weight"] for one in told["questions"]]
    assert weights == sorted(weights, reverse=True)
    places = [page.index(word) for word in ("Contradictory", "Ambiguous", "Missing")]
    assert places == sorted(places)


def test_questions_of_the_reader_are_merged_and_asked_once() -> None:
    told = json.loads(run(EXAMPLE, "--format", "json").output)["questions"]
    rules = [one["rule"] for one in told]
    assert "criteria-upper-limit" in rules
    assert "age-limit-only-structured" in rules
    assert "criteria-age-upper" not in rules  # the same question, from the reader
    assert not [one for one in rules if "not-understood" in one]
    assert len({(one["words"], one["quoted"]) for one in told}) == len(told)


@pytest.mark.parametrize(
    ("locale", "title", "answer"), [("en", "Questions", "Answer:"), ("zh", "问题", "答复：")]
)
def test_the_page_to_print_has_room_for_each_answer(locale: str, title: str, answer: str) -> None:
    html = run(EXAMPLE, "--format", "html", "--locale", locale).output
    assert title in html
    assert html.count(answer) == PAGE
    assert html.count('class="signature"') == 1
    assert EXAMPLE in html
    assert "<script" not in html


def test_words_of_a_record_are_escaped(tmp_path: Path) -> None:
    words = "Inclusion Criteria\n* Age 20-60 years <script>alert(1)</script>"
    file = tmp_path / "record.json"
    known = record(**eligibility(words, maximumAge="60 Years"))
    known["protocolSection"]["identificationModule"]["briefTitle"] = "<b>bold</b>"  # type: ignore[index]
    file.write_text(json.dumps(known), encoding="utf-8")
    html = run(file, "--format", "html").output
    assert "<script>alert" not in html
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold" in html


def test_a_sound_record_has_no_question(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record()), encoding="utf-8")
    assert "No question" in run(file).output
    assert run(file, "--format", "html").exit_code == 0
    assert json.loads(run(file, "--format", "json").output)["questions"] == []


@pytest.mark.parametrize(
    ("locale", "said", "none"), [("en", "decides much", "No question:"), ("zh", "关键", "没有问题")]
)
def test_a_page_without_a_weighty_question_does_not_say_that_there_is_none(
    tmp_path: Path, locale: str, said: str, none: str
) -> None:
    file = tmp_path / "record.json"
    arms = {"interventions": [{"type": "DRUG", "name": "drug a plus drug b"}]}
    file.write_text(json.dumps(record(armsInterventionsModule=arms)), encoding="utf-8")
    text = run(file, "--locale", locale).output
    assert said in text.splitlines()[0] and "--all" in text
    html = run(file, "--format", "html", "--locale", locale).output
    assert said in html and none not in html and none not in text


def test_the_page_to_print_is_of_a_record_only(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    assert CliRunner().invoke(cli, ["draft", EXAMPLE, "-o", str(folder)]).exit_code == 0
    result = run(folder, "--format", "html")
    assert result.exit_code != 0
    assert "registry record" in str(result.exception) + result.output


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_the_questions_may_go_into_a_file(tmp_path: Path, form: str) -> None:
    file = tmp_path / "questions"
    printed = run(EXAMPLE, "--format", form).output
    told = run(EXAMPLE, "--format", form, "-o", file)
    assert told.output == f"Written: {file}\n"
    assert file.read_text(encoding="utf-8") == printed


def test_what_is_open_in_a_protocol_goes_into_no_file(tmp_path: Path) -> None:
    CliRunner().invoke(cli, ["draft", EXAMPLE, "-o", str(tmp_path / "study")])
    refused = run(tmp_path / "study", "-o", tmp_path / "x")
    assert refused.exit_code == 2 and not (tmp_path / "x").exists()
