"""Decisions about adverse events, responses, deviations and the end of participation.

Adverse events and death are taken about people who are off study too: safety follow-up goes on.
"""

from __future__ import annotations

from dataclasses import replace

from trialrun.assess.ctcae import REGISTRY_SOCS, registry_soc
from trialrun.conduct import commands as do
from trialrun.conduct import policies
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.safety import Cause, crossed, suspension
from trialrun.conduct.situation import Decision, Situation
from trialrun.ledger import events as ev
from trialrun.ledger.state import Participant
from trialrun.values.moment import Moment, before
from trialrun.values.truth import Truth

# ICH E2A: what makes an adverse event serious.
SERIOUSNESS = (
    "death",
    "life-threatening",
    "hospitalisation",
    "disability",
    "congenital anomaly",
    "medically important",
)
# CDISC controlled terminology, in lower case.
OUTCOMES = (
    "recovered",
    "recovering",
    "not recovered",
    "recovered with sequelae",
    "fatal",
    "unknown",
)
GRADES = range(1, 6)
FATAL_GRADE = 5
MRD = ("negative", "positive", "not evaluated")
_GVHD = ("graft versus host", "graft vs host", "graft-versus-host", "gvhd")


def report(here: Situation, who: Participant, command: do.ReportAdverseEvent) -> Decision:
    """An adverse event; one that is dose-limiting may reach the boundary and suspend enrolment."""
    event = ev.AdverseEventReported(
        id=f"{who.code}.ae.{len(who.adverse_events) + 1}",
        participant=who.code,
        term=command.term,
        soc=registry_soc(command.soc),
        grade=command.grade,
        terminology=command.terminology,
        onset=command.onset,
        ended=command.ended,
        serious=command.serious,
        seriousness=command.seriousness,
        causality=command.causality,
        dose_limiting=command.dose_limiting,
        outcome=command.outcome,
        systematic=command.systematic,
        narrative=command.narrative,
    )
    refusal = (
        policies.approval_in_force(here)
        or policies.harm_collected(here, who)
        or policies.not_blank(term=command.term, terminology=command.terminology)
        or _interventions(here, command)
        or harm_fits(here, who, event)
        or _seriousness(event)
    )
    return refusal or here.drafts((event, event.onset), *harm_suspends(here, who, event))


def change(here: Situation, who: Participant, command: do.ChangeAdverseEvent) -> Decision:
    """How an adverse event went on."""
    kept = who.adverse_events.get(command.event)
    if kept is None:
        return refuse(Rule.EVENT_UNKNOWN, event=command.event, events=tuple(who.adverse_events))
    event = kept.event
    new = {
        name: value
        for name in ("grade", "ended", "serious", "dose_limiting", "outcome")
        if (value := getattr(command, name)) is not None
    }
    changed = replace(event, **new)
    if changed == event and not command.narrative:
        return refuse(Rule.NOTHING_CHANGED, target=command.event)
    refusal = policies.approval_in_force(here) or harm_fits(here, who, changed)
    return refusal or here.drafts(
        ev.AdverseEventChanged(
            id=event.id,
            participant=who.code,
            grade=command.grade,
            ended=command.ended,
            serious=command.serious,
            dose_limiting=command.dose_limiting,
            outcome=command.outcome,
            narrative=command.narrative,
        ),
        *harm_suspends(here, who, changed),
    )


def _interventions(here: Situation, command: do.ReportAdverseEvent) -> Refusal | None:
    known = tuple(one.id for one in here.plan.interventions)
    for one in command.causality:
        if one.intervention not in known:
            return refuse(
                Rule.INTERVENTION_UNKNOWN, intervention=one.intervention, interventions=known
            )
    return None


def harm_fits(here: Situation, who: Participant, event: ev.AdverseEventReported) -> Refusal | None:
    """Whether an adverse event is stated without contradiction.

    Grade 5, a fatal outcome and seriousness by death go together; the death itself is recorded by
    its own command, before or after, and is an open step until it is.
    """
    if event.grade not in GRADES:
        return refuse(Rule.GRADE_RANGE, grade=event.grade)
    refusal = (
        policies.one_of("soc", event.soc, REGISTRY_SOCS)
        or policies.one_of("outcome", event.outcome, OUTCOMES)
        or here.future("onset", event.onset)
        or policies.alive_at(who, event.onset)
    )
    for one in event.seriousness:
        refusal = refusal or policies.one_of("seriousness", one, SERIOUSNESS)
    if refusal is not None:
        return refusal
    if event.ended is not None:
        refusal = here.future("ended", event.ended)
        if before(event.ended, event.onset) is Truth.TRUE:
            refusal = _order("onset", event.onset, "ended", event.ended)
    fatal = (event.grade == FATAL_GRADE, event.outcome == "fatal")
    if len(set(fatal)) > 1 or (fatal[0] and not event.serious):
        refusal = refusal or refuse(Rule.FATAL_GRADE, grade=event.grade, outcome=event.outcome)
    return refusal


def _seriousness(event: ev.AdverseEventReported) -> Refusal | None:
    """A report says what makes an event serious; a change that makes it so says it in words."""
    if event.serious and not event.seriousness:
        return refuse(Rule.SERIOUSNESS_MISSING)
    return refuse(Rule.NOT_SERIOUS) if event.seriousness and not event.serious else None


def harm_suspends(
    here: Situation, who: Participant, event: ev.AdverseEventReported
) -> tuple[ev.EnrolmentSuspended, ...]:
    """The suspension that an adverse event brings with it, if any."""
    acute_gvhd = any(word in event.term.casefold() for word in _GVHD) and event.grade >= 3
    if acute_gvhd and "chronic" not in event.term.casefold():
        return suspension(here.state, Cause.ACUTE_GVHD)
    if event.grade == FATAL_GRADE and any(one.related for one in event.causality):
        return suspension(here.state, Cause.RELATED_DEATH)
    if event.dose_limiting and crossed(here.plan, here.state, also=who.code):
        return suspension(here.state, Cause.DOSE_LIMITING)
    return ()


def _order(earlier: str, first: Moment, later: str, second: Moment) -> Refusal:
    return refuse(Rule.WRONG_ORDER, earlier=earlier, first=first, later=later, second=second)


def assess(here: Situation, who: Participant, command: do.AssessResponse) -> Decision:
    """A response category, with the facts of that day that it could be seen from."""
    refusal = (
        policies.enrolled(who)
        or policies.not_blank(definition=command.definition, category=command.category)
        or policies.one_of("mrd", command.mrd, MRD)
        or here.future("assessed_at", command.assessed_at)
        or policies.collected_at(who, command.assessed_at)
        or policies.alive_at(who, command.assessed_at)
    )
    day = command.assessed_at.day
    seen = tuple(
        ev.SeenFact(code, kept.version)
        for code, kept in who.facts.items()
        if kept.event.fact.at.day == day
    )
    event = ev.ResponseAssessed(
        id=f"{who.code}.response.{len(who.responses) + 1}",
        participant=who.code,
        assessed_at=command.assessed_at,
        planned_day=command.planned_day,
        definition=command.definition,
        category=command.category,
        mrd=command.mrd,
        seen=seen,
    )
    return refusal or here.drafts((event, event.assessed_at))


def deviation(here: Situation, who: Participant | None, command: do.RecordDeviation) -> Decision:
    """Something that was not as the protocol says, found by a person."""
    refusal = policies.not_blank(category=command.category)
    stem = "study" if who is None else who.code
    count = len(here.state.deviations) if who is None else len(who.deviations)
    return refusal or here.drafts(
        ev.DeviationRecorded(
            id=f"{stem}.deviation.{count + 1}",
            participant=None if who is None else who.code,
            category=command.category,
            important=command.important,
            about=command.about,
            note=command.note,
        )
    )


# --- the end of participation ----------------------------------------------------------------


def withdraw(here: Situation, who: Participant, command: do.WithdrawFromStudy) -> Decision:
    """Participation taken back."""
    return policies.on_study(who) or here.drafts(
        ev.WithdrewFromStudy(participant=who.code, reason=command.reason, note=command.note)
    )


def lose(here: Situation, who: Participant, command: do.MarkLostToFollowUp) -> Decision:
    """Somebody can no longer be reached since their last contact."""
    return (
        policies.on_study(who)
        or policies.enrolled(who)
        or here.future("last_contact", command.last_contact)
        or here.drafts(
            (
                ev.LostToFollowUp(participant=who.code, last_contact=command.last_contact),
                command.last_contact,
            )
        )
    )


def die(here: Situation, who: Participant, command: do.RecordDeath) -> Decision:
    """A death; one that is related to treatment suspends enrolment in the same batch."""
    if who.died is not None:
        return refuse(
            Rule.DEAD,
            participant=who.code,
            died_at=who.died.event.died_at,
            moment=command.died_at,
        )
    refusal = policies.not_blank(cause=command.cause) or here.future("died_at", command.died_at)
    for kept in who.administrations.values():
        if before(command.died_at, kept.event.started_at) is Truth.TRUE:
            refusal = refusal or _order(
                kept.event.id, kept.event.started_at, "died_at", command.died_at
            )
    return refusal or here.drafts(
        (
            ev.Died(
                participant=who.code,
                died_at=command.died_at,
                cause=command.cause,
                related=command.related,
            ),
            command.died_at,
        ),
        *(suspension(here.state, Cause.RELATED_DEATH) if command.related else ()),
    )


def complete(here: Situation, who: Participant) -> Decision:
    """The study completed as the protocol defines it."""
    return (
        policies.on_study(who)
        or policies.enrolled(who)
        or here.drafts(ev.ParticipantCompleted(participant=who.code))
    )
