"""Words and ticks: lines that fit, no mark that starts a line, labels that do not meet."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from trialrun.results.figures.axis import plain, powers, round_ticks
from trialrun.results.figures.text import width, wrap
from trialrun.results.figures.trajectory import spread

words = st.text(alphabet="abcWMi .,()（），。细胞输注-\u00a0", max_size=60)


@given(words, st.integers(30, 200))
def test_lines_fit_and_lose_nothing(text: str, room: int) -> None:
    lines = wrap(text, 11, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert width(line, 11) <= room or len(line) <= 1


@given(words)
def test_a_line_that_fits_is_one_line(text: str) -> None:
    assert wrap(text, 11, width(text, 11) + 1) == (text.rstrip(),)


def test_chinese_breaks_between_characters_but_not_before_a_closing_mark() -> None:
    lines = wrap("供体细胞输注，清淋后第零天。", 10, 64)
    assert len(lines) == 3
    assert not any(line[0] in "，。" for line in lines)
    assert wrap("甲乙（丙）丁", 10, 33) == ("甲乙", "（丙）", "丁")


def test_a_count_keeps_together() -> None:
    assert wrap("Followed to day 28 (n\u00a0=\u00a020)", 11, 110) == (
        "Followed to day 28",
        "(n\u00a0=\u00a020)",
    )


@given(
    st.lists(st.floats(0, 200).map(lambda y: round(y, 1)), max_size=14).map(sorted),
)
def test_labels_are_moved_apart_and_stay_inside(wanted: list[float]) -> None:
    placed = spread(wanted, low=4, high=196)
    assert len(placed) == len(wanted)
    for earlier, later in pairwise(placed):
        assert later - earlier >= 10.9
    assert all(4 <= y <= 196 for y in placed)


def test_labels_that_do_not_meet_stay_where_they_are() -> None:
    assert spread([10, 50, 90], low=0, high=100) == [10, 50, 90]


numbers = st.decimals(min_value=-500, max_value=500, places=2)


@given(numbers, st.decimals(min_value=Decimal("0.01"), max_value=800, places=2))
def test_round_ticks_lie_inside_and_are_even(low: Decimal, span: Decimal) -> None:
    ticks = round_ticks(low, low + span)
    assert all(low <= tick <= low + span for tick in ticks)
    assert len(ticks) <= 6
    steps = {later - earlier for earlier, later in pairwise(ticks)}
    assert len(steps) <= 1


def test_powers_and_plain_numbers() -> None:
    assert [plain(tick) for tick in powers(Decimal("0.07"), Decimal(300))] == [
        "0.1", "1", "10", "100",
    ]  # fmt: skip
    assert [plain(tick) for tick in powers(Decimal("0.1"), Decimal(10))] == ["0.1", "1", "10"]
    assert plain(Decimal("-1.50")) == "−1.5"
    assert plain(Decimal("1E+3")) == "1000"
