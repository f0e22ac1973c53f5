"""Laboratory grades after CTCAE v5.0 and v6.0: versioned, three-valued, from stored inputs.

A grade is not an adverse event; it is computed from a value, the reporting laboratory's limits and
the baseline, all of which are kept, so that regrading by another version is a computation. Where a
limit or the baseline is missing and could change the grade, the grade is a range.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from trialrun.errors import FactError, NotSupported
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS, Unit


class Version(Enum):
    """Editions of CTCAE whose laboratory grades are known here."""

    V5 = "5.0"
    V6 = "6.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one test is graded in one version; the data file says what the fields mean."""

    test: str
    version: Version
    term: str
    unit: Unit
    molar: Fraction | None
    low: bool
    from_limit: bool
    cuts: tuple[Fraction, ...]
    abnormal_baseline: tuple[Fraction, ...]
    first_included: bool
    baseline_also: tuple[Fraction, ...]
    baseline_low_only: bool

    @property
    def worst(self) -> int:
        """The highest grade that a number alone can give."""
        return len(self.cuts) + self.from_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A value as the laboratory gave it, its limits, and the baseline before treatment.

    `comparator` is empty or one of `< <= > >=`. The baseline's own sample is graded with
    `is_baseline`, by the limits alone.
    """

    test: str
    value: Quantity
    comparator: str = ""
    lower_limit: Quantity | None = None
    upper_limit: Quantity | None = None
    baseline: Quantity | None = None
    is_baseline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The grade of a measurement: from `least` to `most`; 0 is no adverse event."""

    measurement: Measurement
    version: Version
    term: str
    least: int
    most: int
    missing: tuple[str, ...] = ()  # what would narrow the range

    @property
    def grade(self) -> int | None:
        """The grade, where what is known gives one."""
        return self.least if self.least == self.most else None


def grade(measurement: Measurement, version: Version = Version.V5) -> Graded:
    """The grade of a measurement by one version of CTCAE."""
    rule = rule_for(measurement.test, version)
    low_end, high_end = _bounds(measurement, rule)
    upper = _limit(measurement.upper_limit, rule, "upper limit")
    lower = _limit(measurement.lower_limit, rule, "lower limit")
    baseline = None
    if not measurement.is_baseline:
        baseline = _limit(measurement.baseline, rule, "baseline")
    missing: tuple[str, ...] = ()
    if rule.low:
        # A lower value is a worse one: the best the value can be is its high end.
        least = _low(high_end, rule, lower, optimistic=True)
        most = _low(low_end, rule, lower, optimistic=False)
        if least != most and rule.from_limit and lower is None:
            missing = ("lower_limit",)
    else:
        context = _Context(rule, lower, upper, baseline, measurement.is_baseline)
        least, most = context.least(low_end), context.most(high_end)
        if least != most:
            missing = context.missing()
    return Graded(
        measurement=measurement,
        version=version,
        term=rule.term,
        least=least,
        most=most,
        missing=missing,
    )


def regrade(graded: Graded, version: Version) -> Graded:
    """The same measurement by another version."""
    return grade(graded.measurement, version)


# --- how far a value is from a cut -----------------------------------------------------------

# A value just below 5 is (5, −1), just above it (5, 1): tuples compare as the numbers would.
_Point = tuple[Fraction, int]
_NOTHING: _Point = (Fraction(0), 0)
_ANYTHING: _Point = (Fraction(10) ** 12, 0)


def _bounds(measurement: Measurement, rule: Rule) -> tuple[_Point, _Point]:
    value = measurement.value.exact(rule.unit, molar=rule.molar)
    if value < 0:
        raise FactError(
            f"{measurement.test} {measurement.value} is below zero", remedy="Check the value."
        )
    match measurement.comparator:
        case "":
            return (value, 0), (value, 0)
        case "<":
            return _NOTHING, (value, -1)
        case "<=":
            return _NOTHING, (value, 0)
        case ">":
            return (value, 1), _ANYTHING
        case ">=":
            return (value, 0), _ANYTHING
        case other:
            raise FactError(f"{other!r} is not a comparator", remedy="Use <, <=, > or >=.")


def _below(value: _Point, cut: Fraction) -> bool:
    return value < (cut, 0)


def _above(value: _Point, cut: Fraction, *, included: bool = False) -> bool:
    return value >= (cut, 0) if included else value > (cut, 0)


def _low(value: _Point, rule: Rule, limit: Fraction | None, *, optimistic: bool) -> int:
    """The worst grade whose cut the value is below; the laboratory's limit opens grade 1."""
    first = 2 if rule.from_limit else 1
    for position in reversed(range(len(rule.cuts))):
        if _below(value, rule.cuts[position]):
            return first + position
    if not rule.from_limit:
        return 0
    if limit is None:
        return 0 if optimistic else 1
    return int(_below(value, limit))


@dataclass(frozen=True, slots=True)
class _Context:
    """What a rising test is graded with."""

    rule: Rule
    lower: Fraction | None
    upper: Fraction | None
    baseline: Fraction | None
    is_baseline: bool

    def least(self, value: _Point) -> int:
        return min(self._grades(value))

    def most(self, value: _Point) -> int:
        return max(self._grades(value))

    def _grades(self, value: _Point) -> set[int]:
        """Every grade that the value may have, whatever the missing limits are."""
        by_limit = {
            _high(value, self.rule.cuts, self.upper, included=False)
        } if self.upper is not None else set(range(len(self.rule.cuts) + 1))  # fmt: skip
        if self.rule.abnormal_baseline and not self.is_baseline:
            return self._by_baseline(value, by_limit)
        if self.rule.baseline_also and not self.is_baseline:
            return {max(one, two) for one in by_limit for two in self._raised(value)}
        return by_limit

    def _by_baseline(self, value: _Point, by_limit: set[int]) -> set[int]:
        cuts, included = self.rule.abnormal_baseline, self.rule.first_included
        if self.baseline is None:
            if self.upper is None:
                return by_limit | set(range(len(cuts) + 1))
            # An abnormal baseline is above the limit, so it is passed fewer times than the limit.
            return by_limit | set(range(_high(value, cuts, self.upper, included=False) + 1))
        times = {_high(value, cuts, self.baseline, included=included)}
        if self.upper is None:
            return by_limit | times
        return times if self.baseline > self.upper else by_limit

    def _raised(self, value: _Point) -> set[int]:
        """Grades 2 and 3 by multiples of the baseline, where those count."""
        cuts = self.rule.baseline_also
        if self.baseline is None:
            return {0, *range(2, len(cuts) + 2)}
        raised = _high(value, cuts, self.baseline, included=False)
        answers = {raised + 1 if raised else 0}
        if not self.rule.baseline_low_only:
            return answers
        if self.lower is None:
            return answers | {0}
        return answers if self.baseline < self.lower else {0}

    def missing(self) -> tuple[str, ...]:
        uses_baseline = bool(self.rule.abnormal_baseline or self.rule.baseline_also)
        wanted = (
            ("upper_limit", self.upper is None),
            ("baseline", uses_baseline and self.baseline is None and not self.is_baseline),
            ("lower_limit", self.rule.baseline_low_only and self.lower is None),
        )
        return tuple(name for name, lacking in wanted if lacking)


def _high(value: _Point, cuts: tuple[Fraction, ...], times: Fraction, *, included: bool) -> int:
    reached = [
        _above(value, cut * times, included=included and position == 0)
        for position, cut in enumerate(cuts)
    ]
    return max((position + 1 for position, over in enumerate(reached) if over), default=0)


def _limit(quantity: Quantity | None, rule: Rule, name: str) -> Fraction | None:
    if quantity is None:
        return None
    number = quantity.exact(rule.unit, molar=rule.molar)
    if number <= 0:
        raise FactError(
            f"{name} {quantity} of {rule.test} is not above zero", remedy=f"Check the {name}."
        )
    return number


# --- the table -------------------------------------------------------------------------------


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every version."""
    source = files("trialrun.assess").joinpath("ctcae_laboratory.toml")
    rows = tomllib.loads(source.read_text(encoding="utf-8"))["rule"]
    return tuple(_read_rule(row) for row in rows)


def rule_for(test: str, version: Version) -> Rule:
    """The rule of a test in a version."""
    for rule in rules():
        if rule.test == test and rule.version is version:
            return rule
    raise NotSupported(
        f"CTCAE {version.value} has no laboratory grade for {test!r} here",
        remedy="Grade it by hand, or name another version.",
    )


def _read_rule(row: dict[str, Any]) -> Rule:
    def cuts(name: str) -> tuple[Fraction, ...]:
        return tuple(Fraction(cut) for cut in row.get(name, ()))

    return Rule(
        test=row["test"],
        version=Version(row["version"]),
        term=row["term"],
        unit=UNITS[row["unit"]],
        molar=Fraction(row["molar"]) if "molar" in row else None,
        low=row["direction"] == "low",
        from_limit=row.get("from_limit", False),
        cuts=cuts("cuts"),
        abnormal_baseline=cuts("abnormal_baseline"),
        first_included=row.get("first_included", False),
        baseline_also=cuts("baseline_also"),
        baseline_low_only=row.get("baseline_low_only", False),
    )
