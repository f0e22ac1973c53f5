"""Levels of the spine that are counted without a comparison."""

from __future__ import annotations

import pytest
from tests.unit.criteria.test_own_limits import read, stated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Disc disease at one level or two contiguous levels from C2 to T1", (">= 1", "<= 2")),
        ("Undergoing one or two level anterior cervical discectomy", (">= 1", "<= 2")),
        ("Spinal stenosis at 1 or 2 levels", (">= 1", "<= 2")),
        ("Symptomatic at two contiguous levels from C3 to C7", ("== 2",)),
        ("Pain at one level or three levels of the lumbar spine", ()),
        ("Trained to one or two levels of the game", ()),
    ],
)
def test_levels_of_the_spine(text: str, found: tuple[str, ...]) -> None:
    assert sorted(stated(read(text))) == sorted(f"surgical_levels {one}" for one in found)
