"""A fact: one value of one variable about one participant, with its time and its source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.values.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value of one variable.

    `value` is canonical text whose form the variable's kind decides: a plain decimal for a
    quantity, `0`–`n` for an ordinal, `true` or `false` for a boolean, a code, or an ISO date.
    `comparator` is empty or one of `< <= > >=`: "<5" is an interval, never the number 5.
    `low` and `high` are the reference limits that the laboratory printed, in `unit`; `limits` are
    those that something can be compared with.
    """

    id: str
    variable: str
    value: str
    unit: str | None = None
    comparator: str = ""
    at: Moment
    source: str = ""
    low: str | None = None
    high: str | None = None

    @property
    def number(self) -> Decimal:
        """The value of a quantity or ordinal."""
        return Decimal(self.value)

    @property
    def limits(self) -> tuple[str | None, str | None]:
        """The printed limits; a range that ends at zero or below is none, as "0 to 0" often is.

        Systems print it where no range is known, and every value would be above it.
        """
        if self.high is not None and Fraction(self.high) <= 0:
            return None, None
        return self.low, self.high

    @property
    def present(self) -> bool:
        """The value of a boolean."""
        return self.value == "true"
