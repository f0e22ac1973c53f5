"""Who may do what: one table of roles and commands. What the state allows is in `policies`.

A role is held at one site or for the whole study. A command about a participant needs its role at
that participant's site, or for the whole study. No role switches the ledger off, and the sponsor's
side does not write or change what a site records about participants (ICH E6(R3) 3.16.1(i)).
"""

from __future__ import annotations

from enum import StrEnum

from trialrun.conduct import commands as do
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.ledger.state import Participant, StudyState


class Role(StrEnum):
    """What somebody is in the study."""

    SPONSOR = "sponsor"
    INVESTIGATOR = "investigator"
    COORDINATOR = "coordinator"
    PHARMACIST = "pharmacist"
    CELL_LABORATORY = "cell-laboratory"
    STATISTICIAN = "statistician"
    MONITOR = "monitor"


ROLES = tuple(Role)
SPONSOR, INVESTIGATOR, COORDINATOR, PHARMACIST, LABORATORY, STATISTICIAN, MONITOR = ROLES
_SITE_TEAM = frozenset({INVESTIGATOR, COORDINATOR})
_EVERYBODY = frozenset(ROLES)

PERMITTED: dict[type[do.Command], frozenset[Role]] = {
    # Whoever starts the ledger becomes its sponsor; afterwards roles are granted.
    do.StartStudy: _EVERYBODY,
    do.AddPerson: frozenset({SPONSOR}),
    do.GrantRole: frozenset({SPONSOR}),
    do.RevokeRole: frozenset({SPONSOR}),
    do.ApproveProtocol: frozenset({SPONSOR, INVESTIGATOR}),
    do.OpenSite: frozenset({SPONSOR}),
    # The site answers for its records, not the sponsor.
    do.ApproveRecordSearch: frozenset({INVESTIGATOR}),
    do.RegisterParticipant: _SITE_TEAM,
    do.RecordConsent: _SITE_TEAM,
    do.RecordFacts: _SITE_TEAM | {PHARMACIST, LABORATORY},
    do.JudgeCriterion: frozenset({INVESTIGATOR}),
    do.DecideEligibility: frozenset({INVESTIGATOR}),
    do.EndScreening: _SITE_TEAM,
    do.EnrolParticipant: frozenset({INVESTIGATOR}),
    do.PassGate: frozenset({INVESTIGATOR}),
    do.ReceiveProduct: frozenset({LABORATORY, PHARMACIST}),
    do.ReleaseProduct: frozenset({LABORATORY}),
    do.FailProduct: frozenset({LABORATORY}),
    do.GiveAdministration: _SITE_TEAM | {PHARMACIST},
    do.ReportAdverseEvent: _SITE_TEAM,
    do.ChangeAdverseEvent: _SITE_TEAM,
    do.AssessResponse: frozenset({INVESTIGATOR}),
    do.RecordDeviation: _EVERYBODY,
    do.Correct: _SITE_TEAM | {PHARMACIST, LABORATORY},
    do.DiscontinueIntervention: frozenset({INVESTIGATOR}),
    do.StartSubsequentTherapy: _SITE_TEAM,
    do.WithdrawFromStudy: _SITE_TEAM,
    do.MarkLostToFollowUp: _SITE_TEAM,
    do.RecordDeath: _SITE_TEAM,
    do.CompleteParticipant: _SITE_TEAM,
    do.SuspendEnrolment: frozenset({SPONSOR, INVESTIGATOR}),
    do.ResumeEnrolment: frozenset({SPONSOR}),
    do.CloseStudy: frozenset({SPONSOR}),
}


def refused(
    state: StudyState, command: do.Command, *, actor: str, role: str, about: Participant | None
) -> Refusal | None:
    """Why this person in this role may not do this; None where they may.

    `about` is the participant that the command concerns, whose site then counts.
    """
    if isinstance(command, do.StartStudy):
        return None
    if actor not in state.people:
        return refuse(Rule.UNKNOWN_PERSON, person=actor)
    site = _site(command, about)
    permitted = PERMITTED[type(command)]
    held = (actor, role, None) in state.roles or (
        site is not None and (actor, role, site) in state.roles
    )
    if role in permitted and held:
        return _judgements(command, role)
    return refuse(
        Rule.NO_ROLE,
        person=actor,
        role=role or "-",
        command=type(command).__name__,
        roles=tuple(one.value for one in ROLES if one in permitted),
        site=site or "-",
    )


def may(
    state: StudyState, command: do.Command, *, actor: str, role: str, about: Participant | None
) -> bool:
    """Whether this person in this role may do this."""
    return refused(state, command, actor=actor, role=role, about=about) is None


def roles_for(
    state: StudyState, command: do.Command, *, actor: str, about: Participant | None
) -> tuple[Role, ...]:
    """The roles that this person holds and that permit this command, in the order of the table."""
    return tuple(role for role in ROLES if may(state, command, actor=actor, role=role, about=about))


def _site(command: do.Command, about: Participant | None) -> str | None:
    if about is not None:
        return about.site
    if isinstance(command, do.RegisterParticipant | do.ApproveRecordSearch):
        return command.site
    return None


def _judgements(command: do.Command, role: str) -> Refusal | None:
    """Causality and what is dose-limiting are judged by an investigator, whoever types the rest."""
    if role == INVESTIGATOR:
        return None
    match command:
        case do.ReportAdverseEvent() if command.causality:
            return refuse(Rule.JUDGEMENT_OF_INVESTIGATOR, field="causality")
        case do.ReportAdverseEvent() | do.ChangeAdverseEvent() if command.dose_limiting is not None:
            return refuse(Rule.JUDGEMENT_OF_INVESTIGATOR, field="dose_limiting")
        case do.RecordDeath() if command.related:
            return refuse(Rule.JUDGEMENT_OF_INVESTIGATOR, field="related")
        case _:
            return None


def render_permissions() -> str:
    """The table as Markdown, for the reference."""
    head = "| command | " + " | ".join(ROLES) + " |"
    line = "|---|" + ":-:|" * len(ROLES)
    rows = [
        f"| {command.__name__} | "
        + " | ".join("yes" if role in permitted else "" for role in ROLES)
        + " |"
        for command, permitted in PERMITTED.items()
        if command is not do.StartStudy
    ]
    return "\n".join([head, line, *rows]) + "\n"
