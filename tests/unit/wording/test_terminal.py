"""Terminal columns: nothing is lost and nothing is wider than asked for."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from trialrun.wording.terminal import columned, columns, hung, wrapped

TEXTS = st.text(st.sampled_from("ab  c-é模拟试验，。（）0."), max_size=60)


@given(TEXTS, st.integers(4, 40))
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    # A wide character keeps the closing marks behind it, however narrow the line.
    assert all(columns(line) <= width or re.fullmatch(r".[，。）]+", line) for line in lines)


def test_a_closing_mark_never_begins_a_line() -> None:
    assert wrapped("模拟试验，很好。", 8) == ("模拟试", "验，很", "好。")


def test_further_lines_hang_below_the_first() -> None:
    assert hung("· ", "one two three", 7) == ["· one", "  two", "  three"]
    assert hung("lead", "", 20) == ["lead"]


def test_numbers_are_flush_right_and_long_headings_break() -> None:
    assert columned(("Name", "A long heading"), [("one", "1"), ("twelve", "12")], 18) == [
        "         A long",
        "Name    heading",
        "one           1",
        "twelve       12",
    ]


@given(st.lists(st.tuples(TEXTS, st.text("0123456789", max_size=6)), max_size=5))
def test_a_table_keeps_its_width(rows: list[tuple[str, str]]) -> None:
    for line in columned(("What there is", "How many of them"), rows, 30):
        assert columns(line) <= 30
