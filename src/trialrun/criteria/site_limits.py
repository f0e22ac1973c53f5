"""A site's table of laboratory limits: for values that came without the laboratory's own.

The observation's own limits come first; this table fills in where it has none, by variable, sex
and the date of the observation, and the fact's source says so. It is applied before any engine
sees the facts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trialrun.errors import FactError, InputError, TrialrunError, UnitError
from trialrun.values.quantity import Quantity, plain, read_quantity
from trialrun.values.unit import Unit, factor, read_unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable, variables
from trialrun.vocabulary.variable import Kind

_KEYS = {"variable", "sex", "from", "until", "low", "high", "source"}
_HOW = (
    'Write [[limit]] with variable = "alt", from = 2026-01-01, high = "40 U/L"; '
    'and low, sex = "female", until = 2026-12-31, source where they hold.'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLimit:
    """The limits of one variable, for one sex or for both, from one day until another (included).

    `low` and `high` are in `unit`; at least one of them is there.
    """

    variable: str
    sex: str | None = None
    since: date
    until: date | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: Unit
    source: str = "site table"

    def holds(self, first: date, last: date) -> bool:
        """Whether it holds on all of these days."""
        return self.since <= first and (self.until is None or last <= self.until)

    def overlaps(self, other: SiteLimit) -> bool:
        """Whether both would hold for the same person on the same day."""
        if (self.variable, self.sex) != (other.variable, other.sex):
            return False
        return (other.until is None or self.since <= other.until) and (
            self.until is None or other.since <= self.until
        )


def read_site_limits(text: str, *, where: str) -> tuple[SiteLimit, ...]:
    """The rows of a `limits.toml`; what is wrong in one is an error that names it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", where=where, remedy=_HOW) from error
    rows = data.pop("limit", [])
    if data or not isinstance(rows, list):
        name = next(iter(data), "limit")
        raise InputError(f"{name!r} has no place here", where=where, remedy=_HOW)
    limits: list[SiteLimit] = []
    for number, row in enumerate(rows, start=1):
        here = f"{where}, limit {number}"
        if not isinstance(row, dict):
            raise InputError("this is no limit", where=here, remedy=_HOW)
        limit = _limit(row, here)
        if any(limit.overlaps(other) for other in limits):
            raise InputError(
                f"two limits of {limit.variable} hold on the same day",
                where=here,
                remedy="Give the older one an end: until = 2026-12-31.",
            )
        limits.append(limit)
    return tuple(limits)


def with_site_limits(
    facts: Iterable[Fact], limits: Sequence[SiteLimit], sex: str | None
) -> tuple[Fact, ...]:
    """The facts, those of a quantity without any limit filled from the table.

    `sex` is a code of the variable sex, or None where it is not known: then only limits for both
    sexes hold. A fact whose date is not exact gets a limit that holds on all days it may be of.
    Limits are converted into the fact's unit exactly: `n/d` where the decimals do not end.
    """
    return tuple(_filled(fact, limits, sex) for fact in facts)


def _filled(fact: Fact, limits: Sequence[SiteLimit], sex: str | None) -> Fact:
    row = variables().get(fact.variable)
    if row is None or row.kind is not Kind.QUANTITY or row.unit is None:
        return fact
    if fact.limits != (None, None):
        return fact
    found = [
        one
        for one in limits
        if one.variable == fact.variable
        and one.sex in {None, sex}
        and one.holds(fact.at.day, fact.at.last_day)
    ]
    if not found:
        return fact
    best = max(found, key=lambda one: one.sex is not None)
    unit = row.unit if fact.unit is None else read_unit(fact.unit)
    try:
        times = factor(best.unit, unit, molar=row.molar)
    except UnitError:
        return fact  # such as a value that is itself a multiple of a limit
    said = " to ".join(plain(one) for one in (best.low, best.high) if one is not None)
    note = f"limit {said} {best.unit.code}: {best.source} from {best.since.isoformat()}"
    return replace(
        fact,
        low=None if best.low is None else plain(Fraction(best.low) * times),
        high=None if best.high is None else plain(Fraction(best.high) * times),
        source=f"{fact.source} ({note})" if fact.source else note,
    )


def _limit(row: Mapping[str, Any], where: str) -> SiteLimit:
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        raise InputError(f"a limit has no {unknown[0]!r}", where=where, remedy=_HOW)
    try:
        about = variable(str(row.get("variable", "")), where=where)
        low, high = _amount(row, "low"), _amount(row, "high")
        given = low or high
        if about.kind is not Kind.QUANTITY or about.unit is None or given is None:
            raise FactError(f"{about.name} needs a quantity, with low or high")
        for amount in (low, high):
            if amount is not None:
                factor(amount.unit, about.unit, molar=about.molar)
    except TrialrunError as error:
        raise InputError(error.what, where=where, remedy=error.remedy or _HOW) from error
    sex, since, until = row.get("sex"), _day(row, "from", where), _day(row, "until", where)
    if sex is not None and sex not in variable("sex").values:
        raise InputError(f"{sex!r} is no sex that has limits of its own", where=where, remedy=_HOW)
    if since is None or (until is not None and until < since):
        raise InputError("a limit holds from a day, until a later one", where=where, remedy=_HOW)
    unit = given.unit
    bounds = [
        None if one is None else Decimal(plain(one.exact(unit, molar=about.molar)))
        for one in (low, high)
        if one is None or one.unit == unit
    ]
    if len(bounds) != 2:
        raise InputError("low and high are in two units", where=where, remedy=_HOW)
    if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
        raise InputError("low is above high", where=where, remedy=_HOW)
    return SiteLimit(
        variable=about.name,
        sex=sex,
        since=since,
        until=until,
        low=bounds[0],
        high=bounds[1],
        unit=unit,
        source=str(row.get("source", "site table")),
    )


def _amount(row: Mapping[str, Any], key: str) -> Quantity | None:
    given = row.get(key)
    if given is None:
        return None
    if not isinstance(given, str):
        raise FactError(f"{key} is a number with its unit, in quotes", remedy=_HOW)
    return read_quantity(given)


def _day(row: Mapping[str, Any], key: str, where: str) -> date | None:
    given = row.get(key)
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    raise InputError(f"{key} is not a day: {given}", where=where, remedy=_HOW)
