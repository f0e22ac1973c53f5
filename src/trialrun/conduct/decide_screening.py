"""Decisions from registration to enrolment."""

from __future__ import annotations

from dataclasses import replace

from trialrun.conduct import commands as do
from trialrun.conduct import policies
from trialrun.conduct.deviation import Category, found
from trialrun.conduct.eligibility import decided, is_judgement
from trialrun.conduct.recorded import has
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.safety import GVHD_GRADE, GVHD_LEAST, Cause, suspension
from trialrun.conduct.situation import Decision, Situation
from trialrun.conduct.values import value_refused
from trialrun.ledger import events as ev
from trialrun.ledger.state import Participant
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

SUBJECTS = ("participant", "donor")


def register(here: Situation, command: do.RegisterParticipant) -> Decision:
    """A person who is considered, at an open site, under an approved protocol."""
    if command.participant in here.state.participants:
        return refuse(Rule.PARTICIPANT_EXISTS, participant=command.participant)
    return (
        policies.code_fits(here, command.participant, of="a participant")
        or policies.approval_in_force(here)
        or policies.site_open(here, command.site)
        or here.drafts(ev.ParticipantRegistered(participant=command.participant, site=command.site))
    )


def consent(here: Situation, who: Participant, command: do.RecordConsent) -> Decision:
    """Consent with its date and time; a copy that was not given is a deviation."""
    refusal = (
        policies.one_of("subject", command.subject, SUBJECTS)
        or policies.not_blank(form_version=command.form_version, language=command.language)
        or policies.person_known(here, command.explained_by)
        or here.future("given_at", command.given_at)
        or policies.collected_at(who, command.given_at)
        or _consent_fits(here, command)
    )
    if refusal is not None:
        return refusal
    event = ev.ConsentGiven(
        id=f"{who.code}.consent.{len(who.consents) + 1}",
        participant=who.code,
        subject=command.subject,
        donor=command.donor,
        form_version=command.form_version,
        language=command.language,
        explained_by=command.explained_by,
        given_at=command.given_at,
        copy_given=command.copy_given,
        witness=command.witness,
        optional_items=command.optional_items,
    )
    departed = () if command.copy_given else (found(Category.NO_COPY),)
    return here.drafts(
        (event, event.given_at),
        *here.deviations(who, departed, about=event.id, at=event.given_at),
    )


def _consent_fits(here: Situation, command: do.RecordConsent) -> Refusal | None:
    if not command.given_at.has_time:
        return refuse(Rule.TIME_NEEDED, field="given_at", moment=command.given_at)
    if command.subject == "participant":
        return (
            None
            if command.donor is None
            else refuse(Rule.NOT_ONE_OF, field="donor", value=command.donor, choices=("(empty)",))
        )
    if command.donor is None:
        return refuse(Rule.DONOR_UNNAMED)
    return policies.code_fits(here, command.donor, of="a donor")


def facts(here: Situation, who: Participant, command: do.RecordFacts) -> Decision:
    """Values of variables; routine values from before consent may be used for screening."""
    if not command.facts:
        return refuse(Rule.NOTHING_RECORDED)
    refusal = policies.approval_in_force(here) or _has_consented(here, who)
    if command.activity is not None and command.activity not in {
        one.id for one in here.plan.schedule
    }:
        refusal = refusal or refuse(
            Rule.ACTIVITY_UNKNOWN,
            activity=command.activity,
            activities=tuple(one.id for one in here.plan.schedule),
        )
    refusal = refusal or _planned_day(here, command)
    if refusal is not None:
        return refusal
    named = _named(who, command.facts)
    taken: set[str] = set()
    for fact in named:
        refusal = _fact_fits(here, who, fact, taken)
        if refusal is not None:
            return refusal
        taken.add(fact.id)
    early = command.activity is not None and next(
        (fact for fact in named if policies.consent_in_force(who, fact.at) is not None), None
    )
    departed = here.deviations(
        who, (found(Category.BEFORE_CONSENT),), about=early.id, at=early.at
    ) if early else ()  # fmt: skip
    recorded = (
        (
            ev.FactRecorded(
                participant=who.code,
                fact=fact,
                activity=command.activity,
                planned_day=command.planned_day,
            ),
            fact.at,
        )
        for fact in named
    )
    severe = suspension(here.state, Cause.ACUTE_GVHD) if _severe_gvhd(named) else ()
    return here.drafts(*recorded, *departed, *severe)


def _named(who: Participant, given: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts with their ids; those without one are numbered on."""
    number, named = len(who.facts), []
    for fact in given:
        one = fact
        while not one.id or (not fact.id and has(who, one.id)):
            number += 1
            one = replace(fact, id=f"{who.code}.fact.{number}")
        named.append(one)
    return tuple(named)


def _planned_day(here: Situation, command: do.RecordFacts) -> Refusal | None:
    """A planned day is one of the activity's days."""
    if command.planned_day is None or command.activity is None:
        return None
    days = next(one.days for one in here.plan.schedule if one.id == command.activity)
    return policies.one_of("planned_day", str(command.planned_day), tuple(map(str, days)))


def _has_consented(here: Situation, who: Participant) -> Refusal | None:
    """Some consent is recorded; facts may be older than it."""
    return policies.consent_in_force(who, here.today)


def _fact_fits(here: Situation, who: Participant, fact: Fact, taken: set[str]) -> Refusal | None:
    if fact.id in taken or has(who, fact.id) or not fact.id.startswith(f"{who.code}."):
        return refuse(Rule.FACT_EXISTS, fact=fact.id, participant=who.code)
    refusal = (
        here.future(fact.variable, fact.at)
        or policies.collected_at(who, fact.at)
        or policies.alive_at(who, fact.at)
    )
    return refusal or value_refused(fact)


def _severe_gvhd(facts: tuple[Fact, ...]) -> bool:
    return any(one.variable == GVHD_GRADE and int(one.number) >= GVHD_LEAST for one in facts)


def judge(here: Situation, who: Participant, command: do.JudgeCriterion) -> Decision:
    """A signature decides a criterion of judgement, and no other."""
    refusal = policies.approval_in_force(here) or policies.on_study(who)
    if refusal is not None:
        return refusal
    if command.criterion not in {one.id for one in here.plan.criteria}:
        return refuse(
            Rule.CRITERION_UNKNOWN,
            criterion=command.criterion,
            criteria=tuple(one.id for one in here.plan.criteria),
        )
    if not is_judgement(here.plan, command.criterion):
        return refuse(Rule.NOT_A_JUDGEMENT, criterion=command.criterion)
    return _has_consented(here, who) or here.drafts(
        ev.CriterionJudged(
            participant=who.code,
            criterion=command.criterion,
            met=command.met,
            reason=command.reason,
        )
    )


def decide(here: Situation, who: Participant) -> Decision:
    """Eligibility on the facts as they stand; found ineligible after enrolment is a deviation."""
    refusal = (
        policies.approval_in_force(here) or policies.on_study(who) or _has_consented(here, who)
    )
    if refusal is not None:
        return refusal
    event = decided(here.plan, who, here.today)
    late = who.enrolled is not None and event.verdict is not Truth.TRUE
    departed = (found(Category.INELIGIBLE),) if late else ()
    return here.drafts(event, *here.deviations(who, departed, about=who.code, at=here.today))


def end_screening(here: Situation, who: Participant, command: do.EndScreening) -> Decision:
    """A screened person does not go on."""
    return (
        policies.on_study(who)
        or policies.not_enrolled(who)
        or here.drafts(
            ev.ScreeningEnded(participant=who.code, reason=command.reason, note=command.note)
        )
    )


def enrol(here: Situation, who: Participant, command: do.EnrolParticipant) -> Decision:
    """The enrolling act: everything must stand, and there are no waivers."""
    refusal = (
        policies.approval_in_force(here)
        or policies.site_open(here, who.site)
        or policies.on_study(who)
        or policies.not_enrolled(who)
        or policies.consent_in_force(who, here.today)
        or policies.donor_consent_in_force(here.plan, who, here.today)
        or policies.decision_current(here, who)
        or policies.eligible(here, who)
        or policies.enrolment_not_suspended(here)
        or policies.place_left(here)
        or policies.staggered(here)
        or policies.toxicity_not_pending(here)
    )
    if refusal is not None:
        return refusal
    arms = tuple(one.id for one in here.plan.arms)
    arm = arms[0] if command.arm is None and len(arms) == 1 else command.arm
    if arm is None or arm not in arms:
        return refuse(Rule.ARM_NEEDED, arm=command.arm or "-", arms=arms)
    number = len(here.state.enrolled) + 1
    return here.drafts(ev.ParticipantEnrolled(participant=who.code, arm=arm, number=number))
