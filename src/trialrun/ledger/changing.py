"""`replace` for the frozen values of the state: as `dataclasses.replace`, several times as fast.

Folding does little else. The classes of `ledger.state` take every field when they are made and do
nothing else then, so the old values are read in one go and the new ones put over them.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from dataclasses import fields

    @cache
    def _reading(kind):
        names = tuple(one.name for one in fields(kind))
        return names, attrgetter(*names)

    def replace(value, /, **changes):
        """The value with some fields changed."""
        names, read = _reading(type(value))
        return type(value)(**dict(zip(names, read(value), strict=True)) | changes)


def finish(made: object, **last: object) -> None:
    """The last fields of a value that was made just now and that nobody else holds yet."""
    for name, value in last.items():
        object.__setattr__(made, name, value)


__all__ = ["finish", "replace"]
