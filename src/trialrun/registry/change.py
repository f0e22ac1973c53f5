"""What differs between two versions of a record, place by place, with what stood there before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialrun.record.bag import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place that differs; `before` is None where nothing was, `after` where nothing is now."""

    place: str
    before: Json
    after: Json


def changes(before: Json, after: Json, place: str = "") -> Iterator[Change]:
    """Every smallest place at which two records differ, in the order of the older one.

    A list is one place: an item that was put in first would make every other one differ.

    >>> [change.place for change in changes({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}})]
    ['a.c']
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            inner = f"{place}.{key}" if place else key
            if key not in after:
                yield Change(place=inner, before=before[key], after=None)
            elif key not in before:
                yield Change(place=inner, before=None, after=after[key])
            else:
                yield from changes(before[key], after[key], inner)
        return
    if repr(before) != repr(after):  # 1 is not true, though Python says so
        yield Change(place=place, before=before, after=after)
