"""Response of each participant by an outcome's day, with what decided it and why not.

Responses are counted as they were assessed and recorded. Intercurrent events (ICH E9(R1)): an
assessment after a therapy outside the protocol (new therapy, transplant, donor lymphocytes) does
not count; death or a missing marrow before a response is no response; fewer infusions than planned
change nothing. Who is still in the trial and not yet due is pending, and in no denominator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.ending import Status, death, ending, first_therapy
from trialrun.analysis.estimate import Found, Method, Share, Traced, count, share
from trialrun.analysis.group import Group, members
from trialrun.analysis.sets import SetName, Sets, set_named
from trialrun.assess.aml_response import REMISSIONS
from trialrun.ledger.events import ResponseAssessed
from trialrun.ledger.state import Kept, Participant
from trialrun.protocol.model import Measure, Outcome
from trialrun.values.moment import before
from trialrun.values.truth import Truth

_REMISSION = frozenset(category.value for category in REMISSIONS)
_FAILURES = frozenset({"PR", "NR", "relapse"})  # with these, a negative MRD is no conversion
_BEST_FIRST = ("CR", "CRh", "CRi", "MLFS", "PR", "response", "NR", "no response", "NE")
PENDING = "not_yet"
_ASSESSED = ("marrow_blasts", "mrd_level", "mrd_positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Responded:
    """Whether one participant responded, the best category, and (if not) why.

    `analysis.nonresponse_<reason>` says the reason; it is empty for a responder.
    """

    achieved: bool
    category: str
    mrd: str
    day: int | None
    reason: str
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseResult:
    """One outcome in one group; `pending` are not in the share's denominator."""

    outcome: str
    participants: tuple[Responded, ...]
    share: Share
    pending: Traced[int]


def response(cutoff: Cutoff, sets: Sets, outcome: Outcome, group: Group) -> ResponseResult:
    """An outcome of response among those it is about."""
    among = members(cutoff, group, denominator(cutoff, sets, outcome))
    each = tuple(responded(cutoff, outcome, one) for one in among)
    bases = {one.participant: one.entries for one in among}
    due = [one for one in each if one.reason != PENDING]
    return ResponseResult(
        outcome=outcome.id,
        participants=each,
        share=share(
            [one.found for one in each if one.achieved],
            [
                Found(one.found.participant, (*bases[one.found.participant], *one.found.entries))
                for one in due
            ],
            Method(f"response_{outcome.measure.value.replace('-', '_')}"),
        ),
        pending=count(
            [Found(one.found.participant, bases[one.found.participant]) for one in each
             if one.reason == PENDING],
            Method("response_pending"),
        ),
    )  # fmt: skip


def denominator(cutoff: Cutoff, sets: Sets, outcome: Outcome) -> tuple[Found, ...]:
    """Whom an outcome is about: its population, those without the disease left out."""
    own = {
        Measure.RESPONSE: SetName.EVALUABLE_RESPONSE,
        Measure.MRD_CONVERSION: SetName.EVALUABLE_MRD,
    }.get(outcome.measure, SetName.STARTED)
    stated = set_named(outcome.population)
    base = sets.get(stated, sets[SetName.STARTED])
    return tuple(one for one in sets[own].members if one.participant in base.codes)


def responded(cutoff: Cutoff, outcome: Outcome, one: Found) -> Responded:
    """Whether one participant responded by the outcome's day."""
    who = cutoff.state.participants[one.participant]
    counted = _counted(cutoff, outcome, who)
    best = min(counted, key=lambda kept: _rank(kept, outcome), default=None)
    achieved = best is not None and _achieves(best.event, outcome.measure)
    entries = tuple(entry for kept in counted for entry in kept.entries)
    reason = ""
    if not achieved:
        reason, more = _why(cutoff, outcome, who, counted)
        entries += more
    return Responded(
        achieved=achieved,
        category=best.event.category if best else "",
        mrd=best.event.mrd if best else "",
        day=cutoff.study_date(who, best.event.assessed_at) if best else None,
        reason=reason,
        found=Found(who.code, best.entries if achieved and best else entries),
    )


def _counted(
    cutoff: Cutoff, outcome: Outcome, who: Participant
) -> tuple[Kept[ResponseAssessed], ...]:
    """The assessments that count: by the outcome's day with its window, before other therapy."""
    other = first_therapy(who)
    latest = None if outcome.day is None else outcome.day + window_after(cutoff, outcome.day)
    first = cutoff.first_dose(who)
    counted = []
    for kept in sorted(who.responses.values(), key=_order):
        event = kept.event
        day = cutoff.study_date(who, event.assessed_at)
        late = latest is not None and day is not None and day > latest
        if late and (event.planned_day is None or event.planned_day > (outcome.day or 0)):
            continue
        if first is None or before(event.assessed_at, first.event.started_at) is Truth.TRUE:
            continue
        if other is not None and before(other.event.started_at, event.assessed_at) is Truth.TRUE:
            continue
        counted.append(kept)
    return tuple(counted)


def window_after(cutoff: Cutoff, day: int) -> int:
    """Days after `day` that a marrow planned for it may still be taken, by the schedule."""
    late = [
        activity.days_after
        for activity in cutoff.protocol.schedule
        if day in activity.days and any(name in activity.variables for name in _ASSESSED)
    ]
    return max(late, default=0)


def _order(kept: Kept[ResponseAssessed]) -> tuple[tuple[str, str], int]:
    return kept.event.assessed_at.order(), kept.entry


def _rank(kept: Kept[ResponseAssessed], outcome: Outcome) -> tuple[bool, int, object]:
    category = kept.event.category
    known = _BEST_FIRST.index(category) if category in _BEST_FIRST else len(_BEST_FIRST)
    return (not _achieves(kept.event, outcome.measure), known, _order(kept))


def _achieves(event: ResponseAssessed, measure: Measure) -> bool:
    if measure is Measure.MRD_CONVERSION:
        return event.mrd == "negative" and event.category not in _FAILURES
    if measure is Measure.RESPONSE:
        return event.category in _REMISSION
    return event.category == "response" or event.category in _REMISSION


def _why(
    cutoff: Cutoff,
    outcome: Outcome,
    who: Participant,
    counted: Sequence[Kept[ResponseAssessed]],
) -> tuple[str, tuple[int, ...]]:
    """Why somebody did not respond, and the entries that show it beyond the assessments."""
    evaluable = [kept for kept in counted if kept.event.category != "NE"]
    if outcome.measure is Measure.MRD_CONVERSION:
        evaluable = [kept for kept in counted if kept.event.mrd != "not evaluated"]
    if evaluable:
        return "assessed", ()
    dead = death(who)
    if dead is not None:
        return "died", dead.found.entries
    other = first_therapy(who)
    if other is not None:
        return "other_therapy", other.entries
    over = ending(who)
    if over.status is Status.NOT_COMPLETED:
        return "left", over.found.entries
    day = cutoff.study_date(who, cutoff.at)
    if over.status is Status.ONGOING and (
        outcome.day is None or (day is not None and day <= outcome.day)
    ):
        return PENDING, ()
    return "not_assessed", ()
