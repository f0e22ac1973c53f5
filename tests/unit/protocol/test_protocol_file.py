"""protocol.toml: reading is the inverse of writing, and what is wrong is named with its remedy."""

from __future__ import annotations

import importlib.util
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import ProtocolError
from trialrun.protocol.file import FIRST_LINE, read_protocol_file, write_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.protocol.parts import Asked, CriterionPart
from trialrun.protocol.settling import approval_problems, settle
from trialrun.protocol.tables import Trouble, read_part, write_part
from trialrun.protocol.toml_text import toml_text
from trialrun.protocol.working_copy import SECTIONS

_spec = importlib.util.spec_from_file_location(
    "working_copies", Path(__file__).parent / "working_copies.py"
)
assert _spec is not None and _spec.loader is not None
copies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(copies)
ASSUMED, RECORD = copies.ASSUMED, copies.RECORD
parts_of, question, small = copies.parts_of, copies.question, copies.small


@given(st.data())
def test_every_part_reads_back_as_it_was_written(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(SECTIONS)))
    kind = SECTIONS[table][1]
    part = data.draw(parts_of(kind))
    text = toml_text(FIRST_LINE, {table: write_part(part)})
    trouble = Trouble("x", [])
    again = read_part(kind, tomllib.loads(text)[table], table, trouble)
    assert not trouble.found
    assert again == part


def test_a_whole_file_reads_back_as_it_was_written() -> None:
    for source in (RECORD, ASSUMED):
        file = small(source)
        assert read_protocol_file(write_protocol_file(file).encode(), where="x") == file


def test_the_first_line_says_the_format() -> None:
    assert write_protocol_file(small()).splitlines()[0] == "trialrun-protocol = 1"
    with pytest.raises(ProtocolError, match="reads format 1"):
        read_protocol_file(b"trialrun-protocol = 2\n", where="x")
    with pytest.raises(ProtocolError, match="no protocol file"):
        read_protocol_file(b"# hello\n", where="x")


def altered(old: str, new: str) -> bytes:
    text = write_protocol_file(small())
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "remedy"),
    [
        ('"25 mg/m2"', "25", "regimen.chemo.dose", "25 is a bare number", "25 mg/m2"),
        ('"25 mg/m2"', '"25"', "regimen.chemo.dose", "no unit", "25 mg/m2"),
        ('"25 mg/m2"', '"25 h"', "regimen.chemo.dose", "a time, not a mass per area", "25 mg/m2"),
        ('"25 mg/m2"', '"25 furlongs"', "regimen.chemo.dose", "unknown unit", "mg/m2"),
        ('"48 h"', '"48 mg"', "gap.chemo-cells.least", "a mass, not a time", "48 h"),
        ('"48 h"', "48", "gap.chemo-cells.least", "a bare number", "48 h"),
        ('"48 h"', '"48,5 h"', "gap.chemo-cells.least", "has a comma", "point"),
        ("target = 10", 'target = "ten"', "enrolment.target", "no whole number", "digits"),
        ('"age >= 18 a"', '"agee >= 18 a"', "criterion.I1.rule", "agee", "age"),
        ('"age >= 18 a"', '"age >= 18"', "criterion.I1.rule", "unit", ""),
        ('["anc"]', '["ancc"]', "activity.counts.variables", "no variable", "anc"),
        ('after = ["chemo"]', 'after = ["cheno"]', "gap.chemo-cells.after", "nowhere", "chemo"),
        ('question = "days"', 'question = "day"', "regimen.cells.days", "no question", ""),
        ('assumed = "0, 1, 2"', 'assumed = "daily"', "question.days.assumed", "study days", "0, 1"),
        ("[0, 7, 28]", "[0, 28, 7]", "activity.counts.days", "do not rise", "order"),
        ('status = "computable"', 'status = "fine"', "criterion.I1.status", "none of", "judgement"),
        ('"document: 6.2"', '"page 6.2"', "protocol.source", "no source", "document: 6.2"),
        ('hour = "09:00"', 'hour = "9 am"', "regimen.chemo.hour", "no full hour", "09:00"),
        ('counted = "infused"', 'conted = "infused"', "enrolment.conted", "no such key", "counted"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place_and_remedy(
    old: str, new: str, where: str, what: str, remedy: str
) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_protocol_file(altered(old, new), where="demo/protocol.toml")
    assert f"demo/protocol.toml: {where}" in str(caught.value)
    assert what in str(caught.value)
    assert remedy in str(caught.value)
    assert caught.value.exit_code == 3


def test_all_problems_are_named_at_once() -> None:
    data = altered('"25 mg/m2"', "25").replace(b'"48 h"', b"48")
    with pytest.raises(ProtocolError, match="2 things") as caught:
        read_protocol_file(data, where="x")
    assert "regimen.chemo.dose" in str(caught.value)
    assert "gap.chemo-cells.least" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"trialrun-protocol = 1\n[[[", b"<html>"])
def test_what_is_no_protocol_file_is_an_error_not_a_traceback(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_protocol_file(data, where="x")


@given(st.data())
def test_a_damaged_file_never_makes_a_traceback(data: st.DataObject) -> None:
    text = write_protocol_file(small())
    at = data.draw(st.integers(len(FIRST_LINE) + 1, len(text) - 1))
    length = data.draw(st.integers(1, 30))
    new = data.draw(st.sampled_from(["", "{", '"', "[", "1", "=", "\n", "[[gap]]\n", "é"]))
    damaged = text[:at] + new + text[at + length :]
    try:
        settle(read_protocol_file(damaged.encode(), where="x"), accept_assumed=True)
    except ProtocolError as error:
        assert error.what and error.where


# --- settling --------------------------------------------------------------------------------


def settled(file: object, **options: bool) -> Protocol:
    result = settle(file, **options)  # type: ignore[arg-type]
    assert isinstance(result, Protocol), [one.words() for one in result]
    return result


def test_an_assumed_answer_is_good_for_a_rehearsal_and_named() -> None:
    protocol = settled(small(), accept_assumed=True)
    assert protocol.item("cells").days == (0, 1, 2)
    assert protocol.assumed == ("days",)


def test_an_answer_goes_before_the_assumption_and_changes_the_days() -> None:
    answered = question(
        "days", assumed="0, 1, 2", answer="0, 2, 4", answered_by="INV", section="6.2"
    )
    protocol = settled(small(questions=(answered,)), accept_assumed=False)
    assert protocol.item("cells").days == (0, 2, 4)
    assert protocol.assumed == ()
    assert approval_problems(small(questions=(answered,))) == ()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "unanswered"),
        ({"questions": (question("days", answer="0, 2, 4"),)}, "answer-without-section"),
        ({"safety": None}, "no-safety"),
        ({"outcomes": ()}, "no-outcomes"),
        ({"criteria": ()}, "no-criteria"),
    ],
)
def test_nothing_that_is_open_is_approved(changes: dict[str, object], rule: str) -> None:
    assert rule in [one.rule for one in approval_problems(small(**changes))]


@pytest.mark.parametrize(
    ("source", "rule"),
    [(RECORD, "cites-only-the-record"), (ASSUMED, "cites-only-an-assumption")],
)
def test_a_value_that_cites_no_document_is_never_approved(source: object, rule: str) -> None:
    places = [one.place for one in approval_problems(small(source)) if one.rule == rule]  # type: ignore[arg-type]
    assert "regimen.chemo" in places and "safety" in places and "criterion.I1" in places


def test_every_unsettled_thing_has_its_words_in_both_languages() -> None:
    file = small(RECORD, safety=None, outcomes=())
    for one in approval_problems(file):
        assert one.words("en")
        assert one.words("zh") != one.words("en")


def test_a_criterion_that_was_not_read_is_a_judgement_in_a_rehearsal_only() -> None:
    criteria = (
        CriterionPart(id="I1", kind="inclusion", text="Fit", status="unread", source=RECORD),
        CriterionPart(
            id="E1", kind="exclusion", text="Ill", status="partly", rule="hiv", source=RECORD
        ),
    )
    protocol = settled(small(criteria=criteria), accept_assumed=True)
    assert [one.status.value for one in protocol.criteria] == ["judgement", "judgement"]
    assert {"criterion.I1", "criterion.E1"} <= set(protocol.assumed)
    rules = [one.rule for one in approval_problems(small(criteria=criteria))]
    assert rules.count("criterion-not-read") == 2


def test_a_judgement_needs_a_name_and_a_reason() -> None:
    bare = CriterionPart(id="E1", kind="exclusion", text="Unfit", status="judgement", source=RECORD)
    signed = replace(bare, declared_by="INV", reason="the investigator's own question")
    assert "judgement-undeclared" in [x.rule for x in approval_problems(small(criteria=(bare,)))]
    assert "judgement-undeclared" not in [
        x.rule for x in approval_problems(small(criteria=(signed,)))
    ]


def test_a_criterion_answered_none_is_left_out() -> None:
    extra = CriterionPart(
        id="D.hiv", kind="exclusion", text="HIV", status="computable", rule=Asked("hiv"),
        source=RECORD,
    )  # fmt: skip
    both = (*small().criteria, extra)
    for assumed, ids in (("none", ["I1"]), ("hiv", ["I1", "D.hiv"])):
        questions = (*small().questions, question("hiv", assumed=assumed))
        protocol = settled(small(criteria=both, questions=questions), accept_assumed=True)
        assert [one.id for one in protocol.criteria] == ids


def test_a_dose_for_the_whole_course_is_shared_and_a_least_dose_never_falls_short() -> None:
    cells = replace(small().regimen[1], per="course")
    protocol = settled(small(regimen=(small().regimen[0], cells)), accept_assumed=True)
    dose = protocol.item("cells").dose
    assert dose is not None
    assert str(dose.amount) == "3333340 {cells}/kg"


def test_a_gap_that_the_plan_breaks_is_not_settled() -> None:
    late = replace(small().regimen[0], hour=14)
    result = settle(small(regimen=(late, small().regimen[1])), accept_assumed=True)
    assert isinstance(result, tuple)
    assert [one.rule for one in result] == ["gap-not-met"]
    assert "44.5 h lie" in result[0].words()


def test_days_counted_from_one_are_settled_as_days_from_zero() -> None:
    cells = replace(small().regimen[1], days=(1, 8, 15))
    chemo = replace(small().regimen[0], days=(-6, -5))
    protocol = settled(small(regimen=(chemo, cells), questions=()), accept_assumed=True)
    assert protocol.item("cells").days == (0, 7, 14)
    assert protocol.item("chemo").days == (-7, -6)
    assert protocol.activity("counts").days == (-1, 6, 27)
