"""The outline of eligibility text: headings, nested lists in all their shapes, nothing dropped."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.criteria.criterion import Criteria, Status
from trialrun.criteria.text_reader import read_criteria
from trialrun.criteria.text_reader.amounts import read_amount
from trialrun.criteria.text_reader.outline import read_outline
from trialrun.criteria.text_reader.plain import read_plain
from trialrun.criteria.text_reader.words import read_tokens


def ids(criteria: Criteria) -> list[str]:
    return [one.id for one in criteria]


def test_nesting_by_indentation() -> None:
    criteria = read_criteria(
        "Inclusion Criteria:\n\n1. Adequate organ function:\n\n   * LVEF ≥ 50%\n"
        "   * ALT < 3 x ULN\n     and AST < 3 x ULN\n2. ECOG 0-1\n\nExclusion Criteria:\n\n* HIV\n"
    )
    assert ids(criteria) == ["I1", "I1.1", "I1.2", "I2", "E1"]
    assert criteria["I1.2"].text == "ALT < 3 x ULN and AST < 3 x ULN"
    assert {one.status for one in criteria} == {Status.COMPUTABLE}


def test_nesting_by_numbers_where_indentation_is_lost() -> None:
    criteria = read_criteria(
        "Inclusion Criteria\n\n1. AML patients;\n2. Adequate organ function:\n\n1. LVEF ≥ 50%;\n"
        "2. ALT < 3 x ULN;\n3. ECOG 0-1;\n"
    )
    assert ids(criteria) == ["I1", "I2", "I2.1", "I2.2", "I2.3"]
    # "3." goes on with either list: that is said, and not guessed.
    assert criteria["I2.3"].status is Status.PARTLY
    assert "readings" in {question.topic for question in criteria["I2.3"].questions}
    longer = read_criteria(
        "Inclusion Criteria\n\n1. a;\n2. b;\n3. c;\n4. Adequate organ function:\n1. LVEF ≥ 50%;\n"
        "2. ALT < 3 x ULN;\n5. ECOG 0-1;"
    )
    assert ids(longer)[-3:] == ["I4.1", "I4.2", "I5"]
    assert longer["I5"].status is Status.COMPUTABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Inclusion Criteria: 1) Age ≥ 18 years; 2) ECOG 0-1", ["I1", "I2"]),
        ("Inclusion Criteria:\n* Organs: (1) LVEF ≥ 50% (2) INR ≤ 1.5", ["I1", "I1.1", "I1.2"]),
        ("Inclusion Criteria:\n(1) HIV\n(2) asthma\n(3) COPD", ["I1", "I2", "I3"]),
        ("Inclusion Criteria:\na. HIV\nb. asthma", ["I1", "I2"]),
        ("Inclusion Criteria:\n- HIV\n- asthma", ["I1", "I2"]),
        ("Inclusion Criteria:\n① HIV；② asthma", ["I1", "I2"]),
        ("Inclusion Criteria:\nHIV; asthma; COPD", ["I1", "I2", "I3"]),
        ("Key Inclusion Criteria:\n* HIV\nKey Exclusion Criteria:\n* asthma", ["I1", "E1"]),
        ("INCLUSION CRITERIA:\nHIV\nEXCLUSION CRITERIA:\nNone", ["I1"]),
        ("Inclusion:\n* HIV\n\nMedical conditions:\n\n* asthma", ["I1", "I2"]),
        ("Inclusion Criteria:\n1. 2 or more asthma attacks", ["I1"]),
        ("Inclusion Criteria:\n* 1.5 mg/dL or less of creatinine", ["I1"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_lists_in_their_shapes(text: str, expected: list[str]) -> None:
    assert ids(read_criteria(text)) == expected


def test_a_text_without_headings_leaves_open_which_kind_it_is() -> None:
    criteria = read_criteria("Age ≥ 18 years; HIV infection; signed informed consent")
    assert ids(criteria) == ["I1", "I2", "I3"]
    assert {one.status for one in criteria} == {Status.PARTLY}
    assert all("no_heading" in {q.topic for q in one.questions} for one in criteria)


@pytest.mark.parametrize(
    "heading",
    [
        "Inclusion Criteria for Cohort B:",
        "Inclusion Criteria:\n\nFemale participants:",
        "Inclusion Criteria:\n\nCardiac patients:",
        "Patients who meet one or more of the following criteria are eligible:",
    ],
)
def test_what_holds_only_for_some_is_not_a_rule_for_all(heading: str) -> None:
    one = read_criteria(f"{heading}\n\n* Age ≥ 18 years\n* ECOG 0-1")["I1"]
    assert one.status is Status.PARTLY
    assert "section" in {question.topic for question in one.questions}


@pytest.mark.parametrize(
    "heading",
    [
        "Inclusion Criteria:\n\nPatients must meet all of the following criteria:",
        "Main inclusion criteria:",
        "Inclusion Criteria for all participants:",
        "Inclusion Criteria:\n\nPerformance status:",
    ],
)
def test_what_holds_for_all_is_one(heading: str) -> None:
    one = read_criteria(f"{heading}\n\n* Age ≥ 18 years\n* ECOG 0-1")["I1"]
    assert one.status is Status.COMPUTABLE


def test_a_heading_that_is_not_understood_may_restrict_what_is_below() -> None:
    criteria = read_criteria(
        "Inclusion Criteria:\n\n1. With a moonlike face:\n\n   * ALT < 5 x ULN\n   * AST < 5 x ULN"
    )
    assert criteria["I1"].status is Status.UNREAD
    assert criteria["I1.1"].status is Status.PARTLY


def test_a_heading_that_denies_needs_what_is_sound_below() -> None:
    head = (
        "Inclusion Criteria:\n\n1. No serious organ dysfunction within 2 weeks before enrolment:\n"
    )
    good = read_criteria(head + "   * LVEF ≥ 50%\n   * no arrhythmia")
    assert good["I1"].status is Status.COMPUTABLE
    assert {atom.window_days for one in good for atom in one.atoms} == {14}
    bad = read_criteria(head + "   * LVEF < 50%\n   * arrhythmia")
    assert {one.status for one in bad} == {Status.PARTLY}


def test_an_or_between_items_puts_both_in_doubt() -> None:
    criteria = read_criteria("Inclusion Criteria:\n\n* HIV; or\n* asthma\n* COPD")
    assert [one.status for one in criteria] == [
        Status.PARTLY, Status.PARTLY, Status.COMPUTABLE,
    ]  # fmt: skip
    # Among exclusions every one stands by itself anyway.
    excluded = read_criteria("Exclusion Criteria:\n\n* HIV; or\n* asthma")
    assert {one.status for one in excluded} == {Status.COMPUTABLE}


def test_spans_are_code_points_of_the_stored_text() -> None:
    text = "Inclusion Criteria:\n\n1. Age \\>= 18 years 😀\n2. ALT \\< 2 x ULN"
    criteria = read_criteria(text)
    for code, words in (("I1", "Age \\>= 18 years 😀"), ("I2", "ALT \\< 2 x ULN")):
        span = criteria[code].span
        assert span is not None and text[span[0] : span[1]] == words
    assert criteria["I2"].text == "ALT < 2 x ULN"


def test_escapes_and_entities_are_taken_off() -> None:
    stored = "a \\* b &gt; c\u200b d <!-- x -->"
    plain = read_plain(stored, 0, len(stored))
    assert plain.text == "a * b > c d"
    assert stored[slice(*plain.span)] == stored.removesuffix(" <!-- x -->")


PIECES = st.sampled_from(
    ["Inclusion Criteria:", "Exclusion Criteria:", "\n", "\n\n", "* ", "1. ", "2. ", "   - ",
     "(a) ", "Age ≥ 18 years", "no arrhythmia", "HIV or asthma", "ALT < 2 x ULN", "treatment",
     "within 14 days before ", " or ", " and ", ", ", "; ", ":", ".", "\\>", "(", ")", "ULN",
     "1,500/mm3", "10", "x 10", "⁹/L", "²", "if ", "not ", "history of ", "such as ", "ECOG 0-",
     "the interval between ", "e.g. ", "3 of the following:", "informed consent", "-", "/", "\t",
     "\r", "\x00", "𝟓", "½", "℃", "12 weeks (3 months)", "Life expectancy ≥ "]
)  # fmt: skip
texts = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=120))


@given(texts)
def test_any_text_is_read_and_nothing_of_it_is_dropped(text: str) -> None:
    criteria = read_criteria(text, minimum_age="18 Years", sex="FEMALE")
    covered = [False] * len(text)
    for start, end in (
        *(one.span for one in criteria if one.span is not None),
        *(heading.span for heading in read_outline(text).headings),
    ):
        assert 0 <= start < end <= len(text)
        covered[start:end] = [True] * (end - start)
    rest = "".join(sign if not seen else "\x00" for sign, seen in zip(text, covered, strict=True))
    # What no criterion and no heading holds are list markers, white space and escapes.
    for left in re.split(r"[\x00\n]+", rest):
        assert not re.search(r"[^\W\d_]{6}", left), left


@given(texts)
def test_reading_the_same_text_twice_gives_the_same(text: str) -> None:
    assert read_criteria(text) == read_criteria(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,500/mm3", "1500", "/uL"),
        ("1.5 x 10^9/L", "1.5", "10*9/L"),
        ("1.5×10⁹ / L", "1.5", "10*9/L"),
        ("1.5*109/L", "1.5", "10*9/L"),
        ("100 x 10E9/L", "100", "10*9/L"),
        ("100 K/µL", "100", "10*3/uL"),
        ("100 000/mcL", "100000", "/uL"),
        ("75,000 cells per microliter", "75000", "/uL"),
        ("1.5 mg / dl", "1.5", "mg/dL"),
        ("50 ml/min/1.73m²", "50", "mL/min/{1.73_m2}"),
        ("50 ml / min", "50", "mL/min"),
        ("2.5 times the upper limit of normal", "2.5", "xULN"),
        ("2.5-fold ULN", "2.5", "xULN"),
        ("ULN", "1", "xULN"),
        ("ULN x 1.5", "1.5", "xULN"),
        ("two weeks", "2", "wk"),
        ("18 years of age", "18", "a"),
        ("450 msec", "450", "ms"),
        ("92%", "92", "%"),
        ("132 µmol/L", "132", "umol/L"),
        ("7", "7", None),
    ],
)
def test_amounts(text: str, value: str, unit: str | None) -> None:
    amount = read_amount(text, 0)
    assert amount is not None
    assert (str(amount.value), amount.unit, amount.slip) == (value, unit, False)
    assert amount.end == len(text)


@pytest.mark.parametrize("text", ["50.000/mm3", "1,5 mg/dL"])
def test_numbers_that_can_be_read_in_two_ways(text: str) -> None:
    amount = read_amount(text, 0)
    assert amount is not None and amount.slip


def test_comparisons_in_words_are_signs() -> None:
    for text, sign in (
        ("greater than or equal to 5", ">="), ("no more than 5", "<="), ("not less than 5", ">="),
        ("at least 5", ">="), ("under 5", "<"), ("exceeding 5", ">"), ("up to 5", "<="),
    ):  # fmt: skip
        assert [token.norm for token in read_tokens(text)] == [sign, "5"]
    assert [token.norm for token in read_tokens("above all")] == ["above", "all"]


@pytest.mark.parametrize(
    "note",
    [
        "Note: Other protocol-defined inclusion/exclusion criteria may apply.",
        "* Additional exclusion criteria apply",
        "OTHER PROTOCOL SPECIFIED ELIGIBILITY CRITERIA MAY APPLY",
    ],
)
def test_a_note_that_the_protocol_has_others_is_no_criterion(note: str) -> None:
    outline = read_outline(f"Exclusion Criteria:\n\n* Pregnancy\n* Asthma\n\n{note}")
    items = [item.text.text for section in outline.sections for item in section.items]
    assert items == ["Pregnancy", "Asthma"]
    assert outline.headings[-1].text == note.removeprefix("* ")


def test_nothing_is_said_of_how_parts_of_an_exclusion_combine_where_no_word_tells() -> None:
    heart = "* Wobbles\n  * NYHA class III\n  * QTc > 470 ms\n"
    text = f"Exclusion Criteria:\n\n{heart}* Any of:\n  * HIV\n  * HCV"
    found = read_criteria(text)
    assert found["E1"].logic is None and found["E2"].logic == "or"
    assert read_criteria(text.replace("Exclusion", "Inclusion"))["I1"].logic == "and"


def test_a_line_of_a_small_word_alone_is_asked_about() -> None:
    one = read_criteria("Inclusion Criteria:\n\n* and\n* ECOG 0-1")["I1"]
    assert one.status is Status.UNREAD and [q.topic for q in one.questions] == ["not_understood"]
