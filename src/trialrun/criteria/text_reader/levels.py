"""Levels of numbered scales: parts of one such as "3b", and what lies between two limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from trialrun.criteria.nodes import Comparison, In, Node
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.row import ROMAN
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.variable import Kind, Variable

_PARTS = {"a": Decimal("0.1"), "b": Decimal("0.2"), "c": Decimal("0.3")}
_ROMAN_PART = re.compile(r"(i{1,3}|iv)([abc])")
# "2+" is a level of these, and not two or more.
IN_PLUSES = frozenset(
    {"urine_dipstick_protein", "her2_ihc", "stain_intensity", "faecal_occult_blood", "tonsil_grade"}
)
_BETWEEN = Decimal("1.5")  # the "1+" of spasticity
_FIRST = Decimal("0.1")
# The last part of a level: b, as a rule.
_LAST = {"bi_rads": Decimal("0.3")}
_OFTEN_LAST = Decimal("0.2")


def read_part(tokens: Sequence[Token], at: int, row: Variable) -> Amount | None:
    """The "3b" or "IIIb" of a scale of whole numbers: a level with a tenth for each letter."""
    token = tokens[at]
    if row.name == "ashworth" and [one.norm for one in tokens[at : at + 2]] == ["1", "+"]:
        return Amount(_BETWEEN, "{level}", tokens[at + 1].end)
    roman = _ROMAN_PART.fullmatch(token.norm)
    if roman is not None:
        return Amount(ROMAN[roman[1]] + _PARTS[roman[2]], "{level}", token.end)
    after = tokens[at + 1] if at + 1 < len(tokens) else token
    if len(token.norm) > 1 or not token.norm.isdigit() or after.norm not in _PARTS:
        return None
    if after.start != token.end:
        return None
    return Amount(int(token.norm) + _PARTS[after.norm], "{level}", after.end)


def level_of(written: str) -> Decimal:
    """The number of "3" or "3b"."""
    return int(written[0]) + _PARTS.get(written[1:], Decimal(0))


def whole_ends(row: Variable, low: Decimal, high: Decimal) -> tuple[Decimal, Decimal] | None:
    """The whole levels from "3a" to "5": None where one of them is meant in part only."""
    if low % 1 not in {0, _FIRST} or high % 1 not in {0, _last(row)}:
        return None
    return low // 1, high // 1


def whole_bound(row: Variable, op: str, value: Decimal) -> Decimal | None:
    """The whole level of a comparison with a part: "≥ 3a" is one with 3, "≥ 3b" is none."""
    end = _FIRST if op in {">=", "<"} else _last(row)
    return value // 1 if value % 1 in {0, end} else None


def _last(row: Variable) -> Decimal:
    return _LAST.get(row.name, _OFTEN_LAST)


def with_parts_joined(spans: Sequence[tuple[Decimal, Decimal]]) -> list[tuple[Decimal, Decimal]]:
    """With "3a, 3b" as the whole of 3."""
    kept: list[tuple[Decimal, Decimal]] = []
    for low, high in spans:
        before = kept[-1] if kept else (low, low)
        if kept and low == high and before[1] % 1 and low == before[1] + _FIRST:
            kept[-1] = (before[0], low)
        else:
            kept.append((low, high))
    return kept


def levels_between(row: Variable, atoms: Sequence[Node]) -> In | None:
    """The levels of `NYHA ≥ 2 and ≤ 3`, which are few; None where it is no limit from both sides.

    >>> from trialrun.vocabulary.table import variables
    >>> levels_between(variables()["nyha_class"], ())
    """
    if row.kind is not Kind.ORDINAL or len(atoms) != 2:
        return None
    low, high = 0, len(row.levels) - 1
    signs: set[str] = set()
    for atom in atoms:
        if not isinstance(atom, Comparison) or str(atom.limit.value) not in row.levels:
            return None
        at = row.levels.index(str(atom.limit.value))
        signs.add(atom.op[0])
        if atom.op[0] == ">":
            low = at + (atom.op == ">")
        else:
            high = at - (atom.op == "<")
    if signs != {"<", ">"} or low > high:
        return None
    return In(variable=row.name, values=row.levels[low : high + 1])
