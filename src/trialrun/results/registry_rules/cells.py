"""Numbers and counts of a results record, read from the texts that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from trialrun.record.model import Study
from trialrun.record.results_section import (
    Denom,
    FlowMilestone,
    FlowPeriod,
    MeasureClass,
    Measurement,
)

COUNTS = ("COUNT_OF_PARTICIPANTS", "COUNT_OF_UNITS")
_COMPARED = re.compile(r"^[<>≤≥=~\s]+")


def decimal_of(text: str | None) -> Decimal | None:
    """The number of a text; None for NA, for nothing, and for what is no number."""
    if text is None:
        return None
    try:
        value = Decimal(_COMPARED.sub("", text.strip().replace(",", "")))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def whole_of(text: str | None) -> int | None:
    """A count; None where the text is not one."""
    value = decimal_of(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


def is_na(text: str | None) -> bool:
    """Whether a cell says that there is no number."""
    return text is not None and text.strip().upper() in {"NA", "N/A"}


def milestone(period: FlowPeriod, kind: str) -> Mapping[str, int] | None:
    """Participants by group at a milestone of this type; None where the period has none."""
    found = next((one for one in period.milestones if one.type == kind), None)
    return None if found is None else achieved(found)


def achieved(one: FlowMilestone) -> dict[str, int]:
    """Participants by group at a milestone."""
    return {
        stats.group_id or "": count
        for stats in one.achievements
        if (count := whole_of(stats.num_subjects)) is not None
    }


def started(study: Study) -> int | None:
    """All who started the first period."""
    periods = study.results.participant_flow.periods
    counts = milestone(periods[0], "STARTED") if periods else None
    return None if counts is None else sum(counts.values())


def analysed(denoms: Iterable[Denom]) -> dict[str, int] | None:
    """Participants by group of a denominator; None where it is in other units, or not there."""
    for denom in denoms:
        if (denom.units or "").casefold() == "participants":
            return {
                count.group_id or "": value
                for count in denom.counts
                if (value := whole_of(count.value)) is not None
            }
    return None


def measurements(classes: Iterable[MeasureClass]) -> Iterator[tuple[MeasureClass, Measurement]]:
    """Every cell with the class that it is in."""
    for one in classes:
        for category in one.categories:
            for measurement in category.measurements:
                yield one, measurement
