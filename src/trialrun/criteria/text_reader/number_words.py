"""Numbers written as words, up to nine hundred."""

from __future__ import annotations

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = {
    **{word: str(at) for at, word in enumerate((*_ONES, *_TEENS), start=1)},
    **{word: str(10 * at) for at, word in enumerate(_TENS, start=2)},
    "zero": "0",
}
TIMES_WORDS = {"once": "1", "twice": "2", "thrice": "3"}


def number_of_two(first: str, second: str) -> str | None:
    """The number that two words say: `twenty one`, `one hundred`."""
    if first in _TENS and second in _ONES:
        return str(int(NUMBER_WORDS[first]) + int(NUMBER_WORDS[second]))
    if first in _ONES and second == "hundred":
        return f"{NUMBER_WORDS[first]}00"
    return None
