"""The histograms of a forecast: each over all its trials, with one run marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import count, pairwise

from trialrun.analysis.exact import shown
from trialrun.rehearse.forecast_numbers import Numbers, months
from trialrun.rehearse.forecast_words import WAITS
from trialrun.rehearse.tally import Tally
from trialrun.results.figures.frame import Figure
from trialrun.results.figures.histogram import Bin, Marker, histogram
from trialrun.results.printing import whole
from trialrun.wording.catalogue import Locale, say

_MOST_BINS = 16
_MOST_SINGLE = 24  # so many numbers are drawn each for itself
_MONTHS = (1, 2, 3, 6, 12, 24, 60)


def picture(
    name: str, told: Numbers, tallies: Sequence[Tally], *, single: Tally | None, locale: Locale
) -> Figure | None:
    """The histogram of a tally; None where no trial has it."""
    values = [value for one in tallies if (value := _value(name, one)) is not None]
    if not values:
        return None
    mine = None if single is None else _value(name, single)
    reach = values if mine is None else [*values, mine]
    if name in WAITS:
        return _of_months(name, told, values, reach, mine, locale)
    return _of_counts(name, told, values, reach, mine, locale)


def _value(name: str, one: Tally) -> int | None:
    """A tally; nobody enrolled has no last participant."""
    value: int | None = getattr(one, name)
    return None if name == "last_after" and not one.enrolled else value


def _of_months(
    name: str,
    told: Numbers,
    values: Sequence[int],
    reach: Sequence[int],
    mine: int | None,
    locale: Locale,
) -> Figure:
    planned = told.planned_days if name == "full_after" else None
    width, edges = _edges(min(reach), max(reach), 0 if planned is None else planned + 1)
    bins = tuple(
        Bin(
            low=_tenth(low),
            high=_tenth(high),
            count=sum(low <= value < high for value in values),
        )
        for low, high in pairwise(edges)
    )
    left_out = told.trials - len(values)
    return histogram(
        bins,
        title=say(f"forecast.picture_{name}", locale, n=whole(told.target)),
        axis_words=say("forecast.axis_months", locale, width=width),
        marker=None if mine is None else _marker(_tenth(mine), locale),
        emphasised=None if planned is None else (Decimal(-1), _tenth(planned + 1)),
        subtitle=(
            *((say("forecast.picture_dark", locale),) if planned is not None else ()),
            *((say("forecast.picture_left_out", locale, n=whole(left_out)),) if left_out else ()),
        ),
        locale=locale,
        code=f"forecast-{name.replace('_', '-')}",
    )


def _edges(least: int, most: int, anchor: int) -> tuple[int, tuple[int, ...]]:
    """Bins of whole months in days, one edge on the anchor: the width, and the edges."""
    span = months(max(most - least, 1))
    width = next((one for one in _MONTHS if span / one <= _MOST_BINS - 2), _MONTHS[-1])

    def edge(step: int) -> int:
        return anchor + step * width * 487 // 16

    first = next(step for step in count(0, -1) if edge(step) <= least)
    first = next(step for step in count(first) if edge(step + 1) > least)
    last = next(step for step in count(first + 1) if edge(step) > most)
    return width, tuple(max(edge(step), 0) for step in range(first, last + 1))


def _tenth(days: int) -> Decimal:
    return Decimal(shown(months(days), 1) or "0")


def _of_counts(
    name: str,
    told: Numbers,
    values: Sequence[int],
    reach: Sequence[int],
    mine: int | None,
    locale: Locale,
) -> Figure:
    counts = Counter(values)
    low = 0 if min(reach) <= _MOST_SINGLE // 2 else min(reach)
    single_numbers = max(reach) - low < _MOST_SINGLE
    if single_numbers:
        step = 1
        bins = tuple(
            Bin(low=Decimal(n), high=Decimal(n + 1), count=counts[n])
            for n in range(low, max(reach) + 1)
        )
    else:
        step = next(
            times * 10**power
            for power in count()
            for times in (1, 2, 5)
            if (max(reach) - low) // (times * 10**power) < _MOST_BINS - 1
        )
        bins = tuple(
            Bin(
                low=Decimal(n),
                high=Decimal(n + step),
                count=sum(counts[value] for value in range(n, n + step)),
            )
            for n in range(low // step * step, max(reach) + 1, step)
        )
    words = "axis_participants" if single_numbers else "axis_grouped"
    return histogram(
        bins,
        title=say(f"forecast.picture_{name}", locale, n=whole(told.target)),
        axis_words=say(f"forecast.{words}", locale, width=step),
        whole=single_numbers,
        marker=None if mine is None else _marker(Decimal(mine), locale),
        locale=locale,
        code=f"forecast-{name.replace('_', '-')}",
    )


def _marker(value: Decimal, locale: Locale) -> Marker:
    return Marker(value=value, text=say("forecast.this_run", locale))
