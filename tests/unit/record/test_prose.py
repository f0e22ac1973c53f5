"""Registry prose for the eye: paragraphs, headings, nested lists, and no word lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.record.prose import Block, Item, read_prose, show_plainly


def outline(items: tuple[Item, ...]) -> list:
    return [
        (f"{one.marker} {one.text}".strip(), outline(one.items)) if one.items else
        f"{one.marker} {one.text}".strip()
        for one in items
    ]  # fmt: skip


def test_indented_lists_nest() -> None:
    text = "Inclusion Criteria:\n\n* Adult\n* Sleeps badly:\n\n  1. early\n  2. often\n* Willing"
    heading, listed = read_prose(text)
    assert (heading.text, heading.heading) == ("Inclusion Criteria:", True)
    assert outline(listed.items) == [
        "Adult",
        ("Sleeps badly:", ["1. early", "2. often"]),
        "Willing",
    ]


def test_flat_numbers_of_a_page_nest_again() -> None:
    text = "1. A\n2. B:\n\n1. b one\n2. b two\n3. C\n4. D"
    assert outline(read_prose(text)[0].items) == [
        "1. A",
        ("2. B:", ["1. b one", "2. b two", "3. C", "4. D"]),
    ]
    text = "5. A\n6. B:\n\n1. b one\n2. b two\n7. C\n8. D"
    assert outline(read_prose(text)[0].items) == [
        "5. A", ("6. B:", ["1. b one", "2. b two"]), "7. C", "8. D",
    ]  # fmt: skip


def test_a_list_that_begins_again_without_a_colon_is_not_nested() -> None:
    text = "1. A\n2. B\n1. C\n2. D"
    assert outline(read_prose(text)[0].items) == ["1. A", "2. B", "1. C", "2. D"]


@pytest.mark.parametrize(
    "line",
    ["* x", "- x", "\\* x", "\\- x", "• x", "1. x", "1\\. x", "(1) x", "a. x", "b) x", "(iv) x"],
)
def test_markers_are_known(line: str) -> None:
    (block,) = read_prose(line)
    assert block.items[0].text == "x"


@pytest.mark.parametrize("line", ["1.5 mg", "-5 degrees", "*", "Vitamin D", "2021. was", "word"])
def test_other_lines_stay_text_or_keep_their_words(line: str) -> None:
    (block,) = read_prose(line)
    shown = block.text or f"{block.items[0].marker}{block.items[0].text}"
    assert shown.replace(" ", "") == line.replace(" ", "").strip("*")


def test_lines_that_continue_an_item_belong_to_it() -> None:
    text = "* A\n  goes on\n* B\n\n  and on\n\nAfter"
    blocks = read_prose(text)
    assert outline(blocks[0].items) == ["A goes on", "B and on"]
    assert blocks[1] == Block(text="After")


def test_escapes_go_for_display_only() -> None:
    assert show_plainly(r"Age \>= 18, \<2 \* ULN, a\_b, 50\%") == r"Age >= 18, <2 * ULN, a_b, 50\%"


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Inclusion Criteria", True),
        ("EXCLUSION CRITERIA:", True),
        ("Key Inclusion Criteria for Part A:", True),
        ("Inclusion of women is wanted.", False),
        ("Criteria", False),
    ],
)
def test_headings_of_criteria_are_known(text: str, heading: bool) -> None:
    assert read_prose(text)[0].heading is heading


def test_nothing_is_nothing() -> None:
    assert read_prose("") == read_prose(" \n\n ") == ()


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "  ", "    "]),
        st.sampled_from(["", "* ", "1. ", "2. ", "7. ", "a) "]),
        st.sampled_from(["word", "two words:", r"a \>= b", "", "Exclusion Criteria"]),
    ).map("".join),
    max_size=12,
)


@given(LINES)
def test_no_word_is_lost_or_moved(lines: list[str]) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[\w:>=)]+", text)

    def flat(items: tuple[Item, ...]) -> str:
        return " ".join(f"{one.marker} {one.text} {flat(one.items)}" for one in items)

    shown = " ".join(f"{block.text} {flat(block.items)}" for block in read_prose("\n".join(lines)))
    assert words(shown) == words("\n".join(lines))
