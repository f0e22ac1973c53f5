"""Units as people write them: no UCUM mark is left, and no two of a dimension look alike."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from trialrun.values.unit import UNITS
from trialrun.values.unit_symbol import symbol


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("10*9/L", "× 10⁹/L"),
        ("10*12/L", "× 10¹²/L"),
        ("10*6.[IU]/m2", "× 10⁶ IU/m²"),
        ("/uL", "/µL"),
        ("umol/L", "µmol/L"),
        ("ug/kg/min", "µg/kg/min"),
        ("u[IU]/mL", "µIU/mL"),
        ("mm[Hg]", "mmHg"),
        ("Cel", "°C"),
        ("mL/min/{1.73_m2}", "mL/min/1.73 m²"),
        ("{copies}/mL", "copies/mL"),
        ("cm2", "cm²"),
        ("mg/dL", "mg/dL"),
        ("U/L", "U/L"),
        ("%", "%"),
        ("1", ""),
        ("{score}", ""),
    ],
)
def test_a_unit_as_people_write_it(code: str, shown: str) -> None:
    assert code in UNITS
    assert symbol(code) == shown


def test_every_unit_is_written_without_marks_and_told_from_the_others() -> None:
    for code in UNITS:
        assert not re.search(r"[\[\]{}*_']|m\d|\bu[gLm]", symbol(code)), code
    seen = Counter(symbol(code) for code in UNITS)
    assert {shown for shown, count in seen.items() if count > 1} == {""}
