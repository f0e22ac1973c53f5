"""Codes and registry numbers: plain characters only, nothing after them."""

from __future__ import annotations

import pytest

from trialrun.errors import InputError
from trialrun.values.identifier import is_nct, read_code


@pytest.mark.parametrize(
    "text", ["NCT12345678\n", "NCT1234567", "NCT１２３４５６７８", "nct12345678", ""]
)
def test_only_eight_plain_digits_make_a_registry_number(text: str) -> None:
    assert is_nct("NCT12345678")
    assert not is_nct(text)


@pytest.mark.parametrize("text", ["A-1\n", "", " A", "Ä1", "A" * 65])
def test_a_code_has_plain_characters_and_no_more(text: str) -> None:
    assert read_code("A-1", of="a participant") == "A-1"
    with pytest.raises(InputError, match="not a code for a participant"):
        read_code(text, of="a participant")
