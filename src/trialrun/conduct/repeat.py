"""Whether a command that comes again under the same id is the same act: a retry, not another one.

A retry must never do a thing twice; and an id that is used again for something else must never make
that something vanish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from trialrun.conduct import commands as do
from trialrun.ledger import events as ev
from trialrun.ledger.entry import Entry

# The entry that a command makes first.
MAKES: dict[type[do.Command], type[ev.Event]] = {
    do.StartStudy: ev.StudyStarted,
    do.AddPerson: ev.PersonAdded,
    do.GrantRole: ev.RoleGranted,
    do.RevokeRole: ev.RoleRevoked,
    do.ApproveProtocol: ev.ProtocolApproved,
    do.OpenSite: ev.SiteOpened,
    do.ApproveRecordSearch: ev.RecordSearchApproved,
    do.RegisterParticipant: ev.ParticipantRegistered,
    do.RecordConsent: ev.ConsentGiven,
    do.RecordFacts: ev.FactRecorded,
    do.JudgeCriterion: ev.CriterionJudged,
    do.DecideEligibility: ev.EligibilityDecided,
    do.EndScreening: ev.ScreeningEnded,
    do.EnrolParticipant: ev.ParticipantEnrolled,
    do.PassGate: ev.GatePassed,
    do.ReceiveProduct: ev.ProductReceived,
    do.ReleaseProduct: ev.ProductReleased,
    do.FailProduct: ev.ProductFailed,
    do.GiveAdministration: ev.AdministrationGiven,
    do.ReportAdverseEvent: ev.AdverseEventReported,
    do.ChangeAdverseEvent: ev.AdverseEventChanged,
    do.AssessResponse: ev.ResponseAssessed,
    do.RecordDeviation: ev.DeviationRecorded,
    do.Correct: ev.Corrected,
    do.DiscontinueIntervention: ev.InterventionDiscontinued,
    do.StartSubsequentTherapy: ev.SubsequentTherapyStarted,
    do.WithdrawFromStudy: ev.WithdrewFromStudy,
    do.MarkLostToFollowUp: ev.LostToFollowUp,
    do.RecordDeath: ev.Died,
    do.CompleteParticipant: ev.ParticipantCompleted,
    do.SuspendEnrolment: ev.EnrolmentSuspended,
    do.ResumeEnrolment: ev.EnrolmentResumed,
    do.CloseStudy: ev.StudyClosed,
}
# What comes with the entries of other commands: consequences, and the start of a study.
FOLLOWS = (
    ev.DeviationRecorded,
    ev.ProductInfused,
    ev.EnrolmentSuspended,
    ev.StudyStarted,
    ev.PersonAdded,
    ev.RoleGranted,
)
# Written in the entry as the house writes it: a class of events, a unit.
_NORMALISED = frozenset({"soc", "unit"})


def same_act(commands: Sequence[do.Command], entries: Sequence[Entry]) -> bool:
    """Whether the entries are what these commands made."""
    rest = list(entries)
    for command in commands:
        kind = MAKES[type(command)]
        if isinstance(command, do.RecordFacts):
            facts = [one for one in rest if isinstance(one.event, ev.FactRecorded)]
            facts = facts[: len(command.facts)]
            if not _same_facts(command, facts):
                return False
            rest = [one for one in rest if one not in facts]
            continue
        place = next((i for i, one in enumerate(rest) if isinstance(one.event, kind)), None)
        if place is None or not _agree(command, rest[place].event):
            return False
        del rest[place]
    return all(isinstance(one.event, FOLLOWS) for one in rest)


def _agree(command: do.Command, event: ev.Event) -> bool:
    """Whether every field that both have says the same; what the command left open is free."""
    names = {one.name for one in fields(event)}
    return all(
        (said := getattr(command, one.name)) is None or said == getattr(event, one.name)
        for one in fields(command)
        if one.name in names and one.name not in _NORMALISED
    )


def _same_facts(command: do.RecordFacts, made: Sequence[Entry]) -> bool:
    events = [one.event for one in made if isinstance(one.event, ev.FactRecorded)]
    said = [(one.variable, one.value, one.at) for one in command.facts]
    kept = [(one.fact.variable, one.fact.value, one.fact.at) for one in events]
    return said == kept and all(one.participant == command.participant for one in events)
