"""The lines and tables of a forecast in one language."""

from __future__ import annotations

from fractions import Fraction

from trialrun.analysis.exact import Proportion, shown
from trialrun.protocol.model import Protocol
from trialrun.rehearse.forecast import Chance
from trialrun.rehearse.forecast_numbers import (
    Count,
    Numbers,
    Outcome,
    Standing,
    Wait,
    months,
    shown_at_least,
)
from trialrun.rehearse.forecast_part import Grid, Line
from trialrun.results.printing import NARROW, percent, percent_limits, whole
from trialrun.wording.catalogue import Locale, say

WAITS = ("full_after", "last_after")


def trials(count: int, locale: Locale) -> str:
    """ "1000 simulated trials"."""
    return say("forecast.trials_one" if count == 1 else "forecast.trials", locale, n=whole(count))


def in_months(days: int | None, locale: Locale) -> str:
    """Days as months with one decimal; None was not reached."""
    if days is None:
        return say("forecast.not_reached", locale)
    return shown(months(days), 1) or ""


class Words:
    """The numbers of one forecast in one language."""

    def __init__(self, told: Numbers, locale: Locale) -> None:
        self.told, self.locale = told, locale

    def say(self, key: str, /, **values: object) -> str:
        """A sentence of the forecast; the plural follows the number of trials."""
        if self.told.trials == 1 and key in {"of_trials", "came", "standing", "part_single"}:
            key += "_one"
        return say(f"forecast.{key}", self.locale, **values)

    # --- lines -------------------------------------------------------------------------------

    def planned_end(self, protocol: Protocol) -> Line:
        end, days = protocol.enrolment.planned_end, self.told.planned_days
        chance = self.told.full_by_planned_end
        if end is None or days is None or chance is None:
            return Line(
                label=self.say("full_by_no_planned_end", n=whole(self.told.target)),
                lead=self.say("not_estimable"),
                rest=self.say("no_planned_end"),
            )
        month = in_months(days, self.locale).replace("-", "−")
        return self.chance("full_by_planned_end", chance, end=end.text, months=month)

    def chance(self, key: str, chance: Chance, **values: object) -> Line:
        value = chance.value
        return Line(
            label=self.say(key, n=whole(self.told.target), **values),
            lead=self._of_trials(value),
            share=value,
            rest=""
            if value.n == 0
            else self.say(
                "share",
                percent=percent(value.estimate, self.locale),
                limits=percent_limits(value, self.locale),
            ),
        )

    def _of_trials(self, value: Proportion) -> str:
        if value.n == 0:
            return self.say("not_estimable")
        return self.say("of_trials", events=whole(value.events), n=whole(value.n))

    def wait(self, wait: Wait) -> Line:
        label = self.say(wait.name, n=whole(self.told.target))
        if self.told.trials == 0:
            return Line(label=label, lead=self.say("not_estimable"))
        low, median, high = (
            in_months(days, self.locale) for days in (wait.low, wait.median, wait.high)
        )
        never = wait.came < self.told.trials
        came = self.say("came", n=whole(wait.came), trials=whole(self.told.trials))
        return Line(
            label=label,
            lead=self.say("median", median=median),
            rest=self.say("range_never" if never else "range", low=low, high=high, came=came),
        )

    def spread(self, key: str, count: Count) -> Line:
        label = self.say(key)
        if self.told.trials == 0:
            return Line(label=label, lead=self.say("not_estimable"))
        return Line(label=label, lead=self._mean(count), rest=self._median_and_range(count))

    def _mean(self, count: Count) -> str:
        return self.say("mean", mean=shown(Fraction(count.total, self.told.trials), 1))

    def _median_and_range(self, count: Count) -> str:
        low, median, high = map(whole, (count.low, count.median, count.high))
        return self.say("median_and_range", median=median, low=low, high=high)

    def likely(self, outcome: Outcome) -> list[Line]:
        """How the middle count of responses would be reported."""
        if self.told.trials == 0:
            return []
        spread = Line(
            label=self.say(f"each_{outcome.name}"),
            lead=self.say("median", median=whole(outcome.count.median)),
            rest=self.say("range", low=whole(outcome.count.low), high=whole(outcome.count.high)),
        )
        middle = [one for one in outcome.limits if one.value.events == outcome.count.median]
        return [
            spread,
            *(
                Line(
                    label=self.say(f"likely_{outcome.name}"),
                    lead=self.say("count_of", k=whole(one.value.events), n=whole(one.value.n)),
                    share=one.value,
                    rest=self.say(
                        "reported",
                        percent=percent(one.value.estimate, self.locale),
                        limits=percent_limits(one.value, self.locale),
                    ),
                )
                for one in middle
            ),
        ]

    def ratio(self) -> Line:
        ratio, told = self.told.ratio, self.told
        label = self.say(f"ratio_{told.treated}")
        if not ratio.treated:
            return Line(label=label, lead=self.say("not_estimable"))
        low, median, high = (shown(one, 1) for one in (ratio.low, ratio.median, ratio.high))
        return Line(
            label=label,
            lead=shown(Fraction(ratio.screened, ratio.treated), 1) or "",
            rest=self.say(
                "each", screened=whole(ratio.screened), treated=whole(ratio.treated),
                unit=self.say(f"unit_{told.treated}"),
                spread=self.say("median_and_range", low=low, median=median, high=high),
            ),
        )  # fmt: skip

    def pooled(self, name: str, of: str) -> Line:
        part, base = self.told.count(name).total, self.told.count(of).total
        label = self.say(f"row_{name}")
        if not base:
            return Line(label=label, lead=self.say("not_estimable"))
        unit = self.say(f"unit_{of}")
        return Line(
            label=label,
            lead=self.say("part_of", part=whole(part), whole=whole(base), unit=unit),
            rest=percent(Fraction(part, base), self.locale),
        )

    def standing(self, standing: Standing) -> Line:
        value = standing.value
        n = standing.fewer + standing.same + standing.more
        if standing.name not in WAITS:
            lead = whole(value or 0)
        else:
            lead = self.say("never") if value is None else in_months(value, self.locale)
        return Line(
            label=self.say(f"row_{standing.name}"),
            lead=lead,
            at=standing.percentile,
            rest=self.say("not_estimable")
            if n == 0
            else self.say(
                "standing", fewer=whole(standing.fewer), same=whole(standing.same), n=whole(n),
                percent=percent(Fraction(standing.fewer, n), self.locale),
            ),
        )  # fmt: skip

    # --- tables ------------------------------------------------------------------------------

    def counts(self, title: str, names: list[str]) -> Grid:
        none = self.say("not_estimable")
        rows = []
        for count in map(self.told.count, names):
            mean = none
            spread = (none, none)
            if self.told.trials:
                mean = shown(Fraction(count.total, self.told.trials), 1) or ""
                spread = (whole(count.median), f"{whole(count.low)}–{whole(count.high)}")
            rows.append((self.say(f"row_{count.name}"), whole(count.total), mean, *spread))
        names_of = ("what", "all", "mean", "median", "range")
        return Grid(
            title=self.say(title),
            header=tuple(self.say(f"column_{one}") for one in names_of),
            rows=tuple(rows),
        )

    def at_least(self, outcome: Outcome) -> Grid:
        n = whole(self.told.trials)
        chances = shown_at_least(outcome)
        return Grid(
            title=self.say(f"at_least_table_{outcome.name}"),
            header=(
                self.say("column_k"),
                self.say("column_trials", n=n),
                self.say("column_percent"),
                self.say("column_monte_carlo"),
            ),
            rows=tuple(
                (whole(k), whole(one.value.events), *self._share(one.value)) for k, one in chances
            ),
            bars=tuple(one.value for _, one in chances),
        )

    def _share(self, value: Proportion) -> tuple[str, str]:
        if value.n == 0:
            return (self.say("not_estimable"),) * 2
        return percent(value.estimate, self.locale), percent_limits(value, self.locale)

    def limits(self, outcome: Outcome) -> Grid:
        n = whole(self.told.target)
        return Grid(
            title=self.say(f"limits_table_{outcome.name}", n=n),
            header=(
                self.say("column_count"),
                self.say("column_reported"),
                self.say("column_exact"),
                self.say("column_comes_up", n=whole(self.told.trials)),
            ),
            rows=tuple(
                (f"{one.value.events}/{one.value.n}", *self._share(one.value), whole(one.trials))
                for one in outcome.limits
            ),
            bars=tuple(one.value for one in outcome.limits),
        )

    def boundary(self) -> Grid:
        return Grid(
            title=self.say("boundary_table"),
            header=tuple(
                self.say(f"column_{one}") for one in ("rate", "suspends", "treated", "harmed")
            ),
            rows=tuple(
                (
                    f"{shown(row.rate, 0, percent=True)}{NARROW}%",
                    percent(row.suspended, self.locale),
                    shown(row.treated, 1) or "",
                    shown(row.dose_limited, 1) or "",
                )
                for row in self.told.boundary
            ),
            note=self.say("boundary_note", n=whole(self.told.target)),
            bars=tuple(row.suspended for row in self.told.boundary),
        )
