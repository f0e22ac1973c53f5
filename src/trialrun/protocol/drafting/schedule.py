"""What is observed on which days: for NK cells after chemotherapy, other cells, any trial."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.protocol.drafting.asking import ASSUMED
from trialrun.protocol.parts import ActivityPart, Asked
from trialrun.values.quantity import Quantity, read_quantity
from trialrun.wording.catalogue import say

_NONE, _DAY, _THREE_DAYS, _WEEK = (read_quantity(f"{n} d") for n in (0, 1, 3, 7))
_LEVELS = ("alc", "nk_share_of_lymphocytes", "donor_chimerism")
_COUNTS = ("wbc", "anc", "alc", "platelets", "haemoglobin")
_CHEMISTRY = ("creatinine", "alt", "total_bilirubin", "crp", "temperature", "spo2")
_BODY = ("weight", "height", "ecog")
_MARROW = ("marrow_blasts", "circulating_blasts", "mrd_level")


def nk_schedule(
    cell_days: tuple[int, ...] | Asked, before: int, follow_up: Asked
) -> tuple[ActivityPart, ...]:
    """Kinetics before and one hour after each infusion and later; marrow on day 28; counts.

    `before` is the day before the first treatment. Sampling days 7, 14, 28 and marrow on day 28
    follow Bachanova 2014 (Blood 123:3855), the denser first days are for the peak.
    """
    return (
        _activity("baseline", (*_BODY, *_COUNTS, *_CHEMISTRY), (before,), _WEEK, _NONE),
        _activity("marrow-before", _MARROW, (before,), _WEEK, _NONE),
        _activity("nk-before", _LEVELS, cell_days, _NONE, _NONE),
        _activity("nk-after", _LEVELS, cell_days, _NONE, _NONE),
        _activity("nk-kinetics", _LEVELS, (3, 5, 7, 10, 14, 21, 28), _DAY, _DAY),
        _activity("counts", _COUNTS, (0, 3, 5, 7, 10, 14, 21, 28, 42), _DAY, _DAY),
        _activity("safety", (*_CHEMISTRY, *_REACTIONS), (0, 1, 2, 4, 7, 14, 28), _NONE, _DAY),
        _activity("marrow", _MARROW, (28,), _THREE_DAYS, _THREE_DAYS),
        _activity("follow-up", (*_COUNTS, "ecog"), follow_up, _WEEK, _WEEK),
    )


_REACTIONS = ("crs_grade", "icans_grade", "acute_gvhd_grade")


def cell_schedule(before: int, follow_up: Asked) -> tuple[ActivityPart, ...]:
    """For other cells after chemotherapy: baseline, counts and safety."""
    return (
        _activity("baseline", (*_BODY, *_COUNTS, *_CHEMISTRY), (before,), _WEEK, _NONE),
        _activity("counts", _COUNTS, (0, 3, 7, 14, 21, 28), _DAY, _DAY),
        _activity("safety", (*_CHEMISTRY, "crs_grade", "icans_grade"), (0, 1, 3, 7, 14, 28), _NONE,
                  _DAY),
        _activity("follow-up", (*_COUNTS, "ecog"), follow_up, _WEEK, _WEEK),
    )  # fmt: skip


def generic_schedule(days: Sequence[int], *, dosed_by_body: bool) -> tuple[ActivityPart, ...]:
    """For any trial: body and vital signs at the start, then visits."""
    first = min(days)
    start = ("weight", "height") if dosed_by_body else ("weight",)
    later = tuple(sorted({day for day in days if day > first}))
    visits = (_activity("visit", ("weight",), later, _THREE_DAYS, _THREE_DAYS),) if later else ()
    return (_activity("baseline", start, (first,), _NONE, _NONE), *visits)


def _activity(
    code: str,
    variables: tuple[str, ...],
    days: tuple[int, ...] | Asked,
    earlier: Quantity,
    later: Quantity,
) -> ActivityPart:
    return ActivityPart(
        id=code,
        title=say(f"protocol.activity_{code.replace('-', '_')}"),
        variables=variables,
        days=days,
        earlier=earlier,
        later=later,
        source=ASSUMED,
    )
