"""Where each leaf lives in the long form: its bit in the masks, its place at its variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trialrun.criteria.columns.kleene import Leaf
from trialrun.criteria.nodes import Comparison, Count, Elapsed, In, Presence, Window
from trialrun.vocabulary.table import variables

WORD = 62  # bits of a mask; a signed word holds them on every engine


@dataclass(frozen=True, slots=True)
class Slot:
    """The `place`-th leaf of its variable, and bit number `bit` of the masks."""

    leaf: Leaf
    bit: int
    place: int

    @property
    def word(self) -> int:
        """The mask that holds its bit."""
        return self.bit // WORD

    @property
    def mask(self) -> int:
        """Its bit in that mask."""
        return 1 << (self.bit % WORD)


def variable_of(leaf: Leaf) -> str:
    """The variable that a leaf asks about."""
    return leaf.of.variable if isinstance(leaf, Count) else leaf.variable


def window_of(leaf: Leaf) -> Window | None:
    """The window of a leaf."""
    return leaf.of.window if isinstance(leaf, Count) else leaf.window


def pick_of(leaf: Comparison | In | Presence) -> str:
    """Which facts speak: latest, first, any or all; the worst is one of the last two."""
    if leaf.pick != "worst" or not isinstance(leaf, Comparison):
        return leaf.pick
    high_is_worse = variables()[leaf.variable].worse == "high"
    below = leaf.op in {"<", "<="}
    return "all" if below == high_is_worse else "any"


def slots(leaves: Iterable[Leaf]) -> dict[str, tuple[Slot, ...]]:
    """The slots by variable; equal leaves share one."""
    by_variable: dict[str, list[Slot]] = {}
    for bit, leaf in enumerate(dict.fromkeys(leaves)):
        row = by_variable.setdefault(variable_of(leaf), [])
        row.append(Slot(leaf, bit, len(row)))
    return {name: tuple(row) for name, row in by_variable.items()}


def words(by_variable: Mapping[str, Sequence[Slot]]) -> int:
    """How many masks there are."""
    bits = [slot.bit for row in by_variable.values() for slot in row]
    return max(bits, default=-1) // WORD + 1


def picked(by_variable: Mapping[str, Sequence[Slot]]) -> list[tuple[Window | None, str]]:
    """The windows of leaves of which the latest or the first fact decides, each once."""
    found = (
        (window_of(slot.leaf), pick_of(slot.leaf))
        for row in by_variable.values()
        for slot in row
        if not isinstance(slot.leaf, Count | Elapsed)
    )
    return list(dict.fromkeys(one for one in found if one[1] in {"latest", "first"}))
