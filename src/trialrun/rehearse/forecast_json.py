"""A forecast for programs: canonical JSON, counts and exact fractions, no rounded share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from trialrun.analysis.exact import Proportion
from trialrun.ledger.canonical import Canonical, canonical_bytes
from trialrun.protocol.model import Protocol
from trialrun.rehearse import forecast_numbers as numbers
from trialrun.rehearse.forecast import Chance, Forecast
from trialrun.rehearse.tally import Tally
from trialrun.values.identifier import unnumbered
from trialrun.wording.catalogue import say

FORMAT = "trialrun-forecast-1"


def forecast_json(
    protocol: Protocol,
    forecast: Forecast,
    tallies: Sequence[Tally],
    *,
    single: Tally | None = None,
    questions: Mapping[str, str] | None = None,
) -> str:
    """The whole forecast on one line; `questions` are the words of assumed questions by id.

    Shares are a numerator and a denominator, limits decimals as text; waits are days, null where
    the trial that stands there never comes so far.
    """
    told = numbers.number(protocol, forecast, tallies, single=single)
    end = protocol.enrolment.planned_end
    whole: dict[str, Canonical] = {
        "format": FORMAT,
        "simulated": True,
        "label": say("common.simulated"),
        "title": unnumbered(protocol.title),
        "record_sha256": protocol.record_sha256,
        "model": protocol.rehearsal_model,
        "trials": told.trials,
        "target": told.target,
        "planned_end": None if end is None else end.text,
        "planned_days": told.planned_days,
        "chances": {
            "full_by_planned_end": None
            if told.full_by_planned_end is None
            else _chance(told.full_by_planned_end),
            "full_at_all": _chance(told.full_at_all),
            "suspended": _chance(told.suspended),
        },
        "waits": {one.name: _wait(one) for one in (told.full_after, told.last_after)},
        "counts": {one.name: _count(one) for one in told.counts},
        "screened_per_treated": _ratio(told.ratio, told.treated),
        "outcomes": {one.name: _outcome(one) for one in told.outcomes},
        "none_of_n": _proportion(told.none_of_n),
        "boundary": [
            {
                "true_rate": _share(row.rate),
                "suspended": _share(row.suspended),
                "treated": _share(row.treated),
                "dose_limited": _share(row.dose_limited),
            }
            for row in told.boundary
        ],
        "single": None if single is None else [_standing(one) for one in told.standings],
        **_assumed(protocol, questions or {}),
    }
    return canonical_bytes(whole).decode("utf-8") + "\n"


def _assumed(protocol: Protocol, questions: Mapping[str, str]) -> dict[str, Canonical]:
    return {
        "assumptions": [
            {
                "name": one.name,
                "value": format(one.value, "f"),
                "unit": one.unit,
                "grade": one.grade.value,
                "basis": unnumbered(one.basis),
            }
            for one in protocol.assumptions
        ],
        "assumed_questions": [
            {"id": one, "words": unnumbered(questions.get(one, ""))} for one in protocol.assumed
        ],
    }


def _share(value: Fraction | None) -> Canonical:
    return None if value is None else [value.numerator, value.denominator]


def _proportion(value: Proportion) -> dict[str, Canonical]:
    return {
        "events": value.events,
        "n": value.n,
        "level": format(value.level, "f"),
        "sides": value.sides.value,
        "lower": None if value.lower is None else format(value.lower, "f"),
        "upper": None if value.upper is None else format(value.upper, "f"),
    }


def _chance(chance: Chance) -> Canonical:
    """A chance's `events` are trials."""
    return _proportion(chance.value)


def _wait(wait: numbers.Wait) -> Canonical:
    return {"came": wait.came, "p5": wait.low, "median": wait.median, "p95": wait.high}


def _count(count: numbers.Count) -> Canonical:
    return {"total": count.total, "p5": count.low, "median": count.median, "p95": count.high}


def _ratio(ratio: numbers.Ratio, treated: str) -> Canonical:
    return {
        "treated": treated,
        "screened_total": ratio.screened,
        "treated_total": ratio.treated,
        "trials": ratio.trials,
        "p5": _share(ratio.low),
        "median": _share(ratio.median),
        "p95": _share(ratio.high),
    }


def _outcome(outcome: numbers.Outcome) -> Canonical:
    return {
        "at_least": [
            {"k": k, "chance": _chance(one)} for k, one in enumerate(outcome.at_least, start=1)
        ],
        "distribution": [
            {"value": value, "trials": trials} for value, trials in outcome.distribution
        ],
        "limits": [
            {"trials": one.trials, "limits": _proportion(one.value)} for one in outcome.limits
        ],
    }


def _standing(standing: numbers.Standing) -> Canonical:
    return {
        "name": standing.name,
        "value": standing.value,
        "fewer": standing.fewer,
        "same": standing.same,
        "more": standing.more,
        "percentile": _share(standing.percentile),
    }
