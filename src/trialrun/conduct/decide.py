"""`decide(protocol, state, command) -> entries to append, or a Refusal`: the only way to append.

First who may (permissions), then what the state allows (policies and the rooms by topic). Pure: the
time, the person and every id are arguments.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias, assert_never

from trialrun.conduct import commands as do
from trialrun.conduct import (
    decide_correction,
    decide_safety,
    decide_screening,
    decide_study,
    decide_treatment,
    permissions,
    policies,
)
from trialrun.conduct.recorded import recorded
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.situation import Author, Decision, Situation
from trialrun.ledger.state import Participant, StudyState
from trialrun.protocol.model import Protocol

StudyCommand: TypeAlias = (
    do.AddPerson
    | do.GrantRole
    | do.RevokeRole
    | do.ApproveProtocol
    | do.OpenSite
    | do.ApproveRecordSearch
    | do.SuspendEnrolment
    | do.ResumeEnrolment
    | do.CloseStudy
    | do.RegisterParticipant
)
TreatmentCommand: TypeAlias = (
    do.PassGate
    | do.ReceiveProduct
    | do.ReleaseProduct
    | do.FailProduct
    | do.GiveAdministration
    | do.DiscontinueIntervention
    | do.StartSubsequentTherapy
)
ScreeningCommand: TypeAlias = (
    do.RecordConsent
    | do.RecordFacts
    | do.JudgeCriterion
    | do.DecideEligibility
    | do.EndScreening
    | do.EnrolParticipant
)


def decide(
    protocol: Protocol | None,
    state: StudyState,
    command: do.Command,
    *,
    by: Author,
    now: datetime,
) -> Decision:
    """The entries that a command makes, or why it is refused.

    `protocol` is the one in force in this state; `now` is aware. Broken input (an unreadable
    protocol file, a field that does not exist) is an error; everything else is a Refusal.
    """
    here = Situation.of(protocol, state, by, now)
    if isinstance(command, do.StartStudy):
        return decide_study.start(here, command)
    if state.started is None:
        return refuse(Rule.NOT_STARTED)
    about = participant_of(state, command)
    if isinstance(about, Refusal):
        return about
    refusal = permissions.refused(state, command, actor=by.person, role=by.role, about=about)
    if refusal is not None:
        return refusal
    if isinstance(command, do.Correct):
        return decide_correction.correct(here, command)
    refusal = policies.study_open(here)
    if refusal is not None:
        return refusal
    if isinstance(command, do.RecordDeviation):
        return decide_safety.deviation(here, about, command)
    if isinstance(command, StudyCommand):
        return _study(here, command)
    assert about is not None  # every other command names a participant
    if isinstance(command, ScreeningCommand):
        return _screening(here, about, command)
    if isinstance(command, TreatmentCommand):
        return _treatment(here, about, command)
    match command:
        case do.ReportAdverseEvent():
            return decide_safety.report(here, about, command)
        case do.ChangeAdverseEvent():
            return decide_safety.change(here, about, command)
        case do.AssessResponse():
            return decide_safety.assess(here, about, command)
        case do.WithdrawFromStudy():
            return decide_safety.withdraw(here, about, command)
        case do.MarkLostToFollowUp():
            return decide_safety.lose(here, about, command)
        case do.RecordDeath():
            return decide_safety.die(here, about, command)
        case do.CompleteParticipant():
            return decide_safety.complete(here, about)
        case _:
            assert_never(command)


def participant_of(state: StudyState, command: do.Command) -> Participant | Refusal | None:
    """The participant that a command concerns, whose site then decides who may; None where none."""
    code: str | None
    match command:
        case do.RegisterParticipant():
            return None
        case do.ReleaseProduct():
            product = state.products.get(command.product)
            if product is None:
                return refuse(Rule.PRODUCT_UNKNOWN, product=command.product)
            code = product.received.event.participant
        case do.Correct():
            thing = recorded(state, command.target)
            if thing is None:
                return refuse(Rule.TARGET_UNKNOWN, target=command.target)
            code = thing.participant or getattr(thing.event, "participant", None)
        case _:
            code = getattr(command, "participant", None)
    if code is None:
        return None
    found = state.participants.get(code)
    return refuse(Rule.PARTICIPANT_UNKNOWN, participant=code) if found is None else found


def _study(here: Situation, command: StudyCommand) -> Decision:
    match command:
        case do.AddPerson():
            return decide_study.add_person(here, command)
        case do.GrantRole():
            return decide_study.grant_role(here, command)
        case do.RevokeRole():
            return decide_study.revoke_role(here, command)
        case do.ApproveProtocol():
            return decide_study.approve(here, command)
        case do.OpenSite():
            return decide_study.open_site(here, command)
        case do.ApproveRecordSearch():
            return decide_study.approve_search(here, command)
        case do.SuspendEnrolment():
            return decide_study.suspend(here, command)
        case do.ResumeEnrolment():
            return decide_study.resume(here, command)
        case do.CloseStudy():
            return decide_study.close(here, command)
        case do.RegisterParticipant():
            return decide_screening.register(here, command)
        case _:
            assert_never(command)


def _screening(here: Situation, who: Participant, command: ScreeningCommand) -> Decision:
    match command:
        case do.RecordConsent():
            return decide_screening.consent(here, who, command)
        case do.RecordFacts():
            return decide_screening.facts(here, who, command)
        case do.JudgeCriterion():
            return decide_screening.judge(here, who, command)
        case do.DecideEligibility():
            return decide_screening.decide(here, who)
        case do.EndScreening():
            return decide_screening.end_screening(here, who, command)
        case do.EnrolParticipant():
            return decide_screening.enrol(here, who, command)
        case _:
            assert_never(command)


def _treatment(here: Situation, who: Participant, command: TreatmentCommand) -> Decision:
    match command:
        case do.PassGate():
            return decide_treatment.pass_gate(here, who, command)
        case do.ReceiveProduct():
            return decide_treatment.receive(here, who, command)
        case do.ReleaseProduct():
            return decide_treatment.release(here, command)
        case do.FailProduct():
            return decide_treatment.fail(here, who, command)
        case do.GiveAdministration():
            return decide_treatment.give(here, who, command)
        case do.DiscontinueIntervention():
            return decide_treatment.discontinue(here, who, command)
        case do.StartSubsequentTherapy():
            return decide_treatment.subsequent_therapy(here, who, command)
        case _:
            assert_never(command)
