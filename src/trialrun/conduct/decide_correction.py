"""Decisions about corrections: old beside new, a reason, and what follows from the new value."""

from __future__ import annotations

from dataclasses import replace

from trialrun.conduct import commands as do
from trialrun.conduct import policies
from trialrun.conduct.decide_safety import harm_fits, harm_suspends
from trialrun.conduct.departures import Given, departures
from trialrun.conduct.permissions import PERMITTED
from trialrun.conduct.recorded import Correctable, recorded
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.situation import Decision, Situation
from trialrun.conduct.values import read_again
from trialrun.errors import FactError
from trialrun.ledger import events as ev
from trialrun.ledger.correction import corrected, current
from trialrun.ledger.state import Participant
from trialrun.values.moment import Moment

# Who may record a thing may correct it.
RECORDED_BY: dict[type[Correctable], type[do.Command]] = {
    ev.FactRecorded: do.RecordFacts,
    ev.AdministrationGiven: do.GiveAdministration,
    ev.AdverseEventReported: do.ReportAdverseEvent,
    ev.ResponseAssessed: do.AssessResponse,
    ev.ConsentGiven: do.RecordConsent,
    ev.DeviationRecorded: do.RecordDeviation,
    ev.ProductReceived: do.ReceiveProduct,
}


def correct(here: Situation, command: do.Correct) -> Decision:
    """Fields of a recorded thing; what the person saw must be what it still says."""
    thing = recorded(here.state, command.target)
    if thing is None:
        return refuse(Rule.TARGET_UNKNOWN, target=command.target)
    refusal = (
        policies.not_blank(reason=command.reason)
        or _permitted(here, thing.event)
        or _seen(command, thing.event)
    )
    if refusal is not None:
        return refusal
    new = corrected(thing.event, command.changes)
    changes = command.changes
    if isinstance(new, ev.FactRecorded):
        try:
            new = replace(new, fact=read_again(new.fact))
        except FactError as error:
            return refuse(Rule.VALUE_REFUSED, what=error.what, helps=error.remedy)
        # The ledger keeps the value as a new one would be kept.
        changes = tuple(replace(one, new=current(new, one.field)) for one in changes)
    who = None if thing.participant is None else here.state.participants[thing.participant]
    refusal = _fits(here, who, new)
    if refusal is not None:
        return refusal
    event = ev.Corrected(
        target=command.target,
        participant=thing.participant,
        changes=changes,
        reason=command.reason,
    )
    return here.drafts(event, *_follows(here, who, new))


def _permitted(here: Situation, event: Correctable) -> Refusal | None:
    command = RECORDED_BY[type(event)]
    if here.by.role in PERMITTED[command]:
        return None
    return refuse(
        Rule.NO_ROLE,
        person=here.by.person,
        role=here.by.role,
        command=command.__name__,
        roles=tuple(sorted(PERMITTED[command])),
        site="-",
    )


def _seen(command: do.Correct, event: Correctable) -> Refusal | None:
    if not command.changes or all(one.old == one.new for one in command.changes):
        return refuse(Rule.NOTHING_CHANGED, target=command.target)
    for change in command.changes:
        now = current(event, change.field)
        if now != change.old:
            return refuse(
                Rule.STALE_CORRECTION,
                target=command.target,
                field=change.field,
                seen=change.old or "-",
                now=now or "-",
            )
    return None


def _fits(here: Situation, who: Participant | None, new: Correctable) -> Refusal | None:
    """The corrected thing is held to what is asked of a new one."""
    match new:
        case ev.FactRecorded():
            return here.future("at", new.fact.at)
        case ev.AdverseEventReported():
            return None if who is None else harm_fits(here, who, new)
        case ev.AdministrationGiven():
            return here.future("ended_at", new.ended_at)
        case ev.ConsentGiven():
            return here.future("given_at", new.given_at)
        case _:
            return None


def _follows(
    here: Situation, who: Participant | None, new: Correctable
) -> tuple[ev.Event | tuple[ev.Event, Moment], ...]:
    """What the new value brings with it: deviations it shows, a boundary it reaches."""
    if who is None:
        return ()
    match new:
        case ev.AdverseEventReported():
            return harm_suspends(here, who, new)
        case ev.AdministrationGiven():
            given = Given.of(
                here.plan, here.state, who, new, computable=new.planned_amount is not None
            )
            known = {
                one.event.category for one in who.deviations.values() if one.event.about == new.id
            }
            shown = tuple(one for one in departures(given) if one.category not in known)
            return here.deviations(who, shown, about=new.id, at=new.started_at)
        case _:
            return ()
