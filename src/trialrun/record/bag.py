"""What a record holds that the model does not: kept, counted and listed, never fatal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Path: TypeAlias = tuple[str | int, ...]


class Oddity(Enum):
    """Why something is in the bag."""

    UNKNOWN_FIELD = "unknown field"
    UNKNOWN_WORD = "unknown word"  # the model has the word too, as the registry wrote it
    WRONG_TYPE = "wrong type"
    EMPTY = "empty"  # an empty list or object, or null, where the model says "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """One thing that the model does not hold: its path, and its value as JSON text."""

    path: Path
    oddity: Oddity
    text: str

    @property
    def place(self) -> str:
        """The path as people write it.

        >>> Stray(path=("a", 3, "b"), oddity=Oddity.EMPTY, text="null").place
        'a[3].b'
        """
        return _written(self.path, numbered=True)

    @property
    def field(self) -> str:
        """The path without list positions: the same for every item of a list."""
        return _written(self.path, numbered=False)


@dataclass(frozen=True, slots=True)
class Bag:
    """All that a record holds beside the model, in the order of the record."""

    strays: tuple[Stray, ...] = ()

    def __len__(self) -> int:
        return len(self.strays)

    def counts(self) -> tuple[tuple[str, Oddity, int], ...]:
        """How often each field strays, in the order in which the fields come."""
        counted = Counter((stray.field, stray.oddity) for stray in self.strays)
        return tuple((field, oddity, count) for (field, oddity), count in counted.items())


def _written(path: Path, *, numbered: bool) -> str:
    parts = [
        (f"[{step}]" if numbered else "[]") if isinstance(step, int) else f".{step}"
        for step in path
    ]
    return "".join(parts).removeprefix(".")
