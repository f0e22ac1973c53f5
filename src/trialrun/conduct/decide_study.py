"""Decisions about the study as a whole: start, people, roles, protocol, sites, enrolment, close."""

from __future__ import annotations

import base64
import hashlib

from trialrun.conduct import commands as do
from trialrun.conduct import policies
from trialrun.conduct.permissions import ROLES, Role
from trialrun.conduct.protocols import settled_file
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.situation import Decision, Situation
from trialrun.ledger import events as ev
from trialrun.protocol.model import Protocol
from trialrun.values.moment import before
from trialrun.values.truth import Truth

SHA256_DIGITS = 64


def start(here: Situation, command: do.StartStudy) -> Decision:
    """The first entries: the study, its first person, and that person's role."""
    if here.state.started is not None:
        return refuse(Rule.STARTED)
    if not _is_sha256(command.record_sha256):
        return refuse(Rule.NOT_ONE_OF, field="record_sha256", value=command.record_sha256,
                      choices=("64 hexadecimal digits",))  # fmt: skip
    me = here.by.person
    simulated = me.startswith(policies.SIMULATED)
    if simulated is not (command.mode is ev.Mode.REHEARSAL):
        return refuse(Rule.SIMULATED_CODE, code=me, of="a person", mode=command.mode.value)
    return here.drafts(
        ev.StudyStarted(mode=command.mode, record_sha256=command.record_sha256, seed=command.seed),
        ev.PersonAdded(person=me),
        ev.RoleGranted(person=me, role=Role.SPONSOR.value),
    )


def add_person(here: Situation, command: do.AddPerson) -> Decision:
    """A person of the team, by code."""
    if command.person in here.state.people:
        return refuse(Rule.PERSON_EXISTS, person=command.person)
    return policies.code_fits(here, command.person, of="a person") or here.drafts(
        ev.PersonAdded(person=command.person)
    )


def grant_role(here: Situation, command: do.GrantRole) -> Decision:
    """A role for a known person, at a site or for the whole study."""
    refusal = policies.person_known(here, command.person)
    if command.role not in ROLES:
        refusal = refuse(Rule.ROLE_UNKNOWN, role=command.role,
                         roles=tuple(one.value for one in ROLES))  # fmt: skip
    if command.site is not None:
        refusal = refusal or policies.code_fits(here, command.site, of="a site")
    if (command.person, command.role, command.site) in here.state.roles:
        refusal = refusal or refuse(Rule.ROLE_HELD, person=command.person, role=command.role)
    return refusal or here.drafts(
        ev.RoleGranted(person=command.person, role=command.role, site=command.site)
    )


def revoke_role(here: Situation, command: do.RevokeRole) -> Decision:
    """A role taken back; the study keeps at least one sponsor."""
    if (command.person, command.role, command.site) not in here.state.roles:
        return refuse(Rule.ROLE_NOT_HELD, person=command.person, role=command.role)
    sponsors = {person for person, role, site in here.state.roles if role == Role.SPONSOR}
    if command.role == Role.SPONSOR and len(sponsors) == 1:
        return refuse(Rule.LAST_SPONSOR, person=command.person)
    return here.drafts(ev.RoleRevoked(person=command.person, role=command.role, site=command.site))


def approve(here: Situation, command: do.ApproveProtocol) -> Decision:
    """The approved file in force, with the document and the ethics approval behind it."""
    started = here.state.started
    assert started is not None
    refusal = policies.not_blank(
        document_number=command.document_number,
        document_version=command.document_version,
        committee=command.committee,
        approval_reference=command.approval_reference,
    )
    if not _is_sha256(command.document_sha256):
        refusal = refusal or refuse(Rule.DOCUMENT_MISSING)
    refusal = (
        refusal
        or here.future("document_date", command.document_date)
        or here.future("approval_date", command.approval_date)
    )
    protocol = refusal or _settled(here, command.file, started.event.record_sha256)
    if isinstance(protocol, Refusal):
        return protocol
    return here.drafts(
        ev.ProtocolApproved(
            version=protocol.version,
            file_sha256=hashlib.sha256(command.file).hexdigest(),
            document_number=command.document_number,
            document_version=command.document_version,
            document_date=command.document_date,
            document_sha256=command.document_sha256,
            committee=command.committee,
            approval_reference=command.approval_reference,
            approval_date=command.approval_date,
            authority_reference=command.authority_reference,
            assumed=protocol.assumed,
            file_base64=base64.b64encode(command.file).decode("ascii"),
        )
    )


def _settled(here: Situation, file: bytes, record_sha256: str) -> Protocol | Refusal:
    """The executable protocol; in a real study nothing may be assumed, or cite only the record."""
    read, protocol = settled_file(file, accept_assumed=here.state.rehearsal)
    if read.meta.record_sha256 != record_sha256:
        return refuse(Rule.OTHER_RECORD, found=read.meta.record_sha256, wanted=record_sha256)
    if any(one.event.version == read.meta.version for one in here.state.approvals):
        return refuse(Rule.VERSION_EXISTS, version=read.meta.version)
    if isinstance(protocol, Protocol):
        return protocol
    return refuse(Rule.UNSETTLED, count=len(protocol), places=tuple(one.place for one in protocol))


def _is_sha256(text: str) -> bool:
    return len(text) == SHA256_DIGITS and all(digit in "0123456789abcdef" for digit in text)


def open_site(here: Situation, command: do.OpenSite) -> Decision:
    """A site that may screen and enrol from now on."""
    if command.site in here.state.sites:
        return refuse(Rule.SITE_EXISTS, site=command.site)
    return (
        policies.code_fits(here, command.site, of="a site")
        or policies.approval_in_force(here)
        or here.drafts(ev.SiteOpened(site=command.site))
    )


def approve_search(here: Situation, command: do.ApproveRecordSearch) -> Decision:
    """A site's leave to list people of its records, with the committee's reference behind it."""
    refusal = (
        policies.approval_in_force(here)
        or policies.site_open(here, command.site)
        or policies.not_blank(
            committee=command.committee, approval_reference=command.approval_reference
        )
        or here.future("approval_date", command.approval_date)
    )
    if refusal is None and before(command.valid_until, command.approval_date) is Truth.TRUE:
        refusal = refuse(
            Rule.WRONG_ORDER,
            earlier="approval_date",
            first=command.approval_date,
            later="valid_until",
            second=command.valid_until,
        )
    return refusal or here.drafts(
        ev.RecordSearchApproved(
            site=command.site,
            committee=command.committee,
            approval_reference=command.approval_reference,
            approval_date=command.approval_date,
            valid_until=command.valid_until,
        )
    )


def suspend(here: Situation, command: do.SuspendEnrolment) -> Decision:
    """Nobody is enrolled until enrolment is resumed."""
    if here.state.suspended is not None:
        return refuse(Rule.ALREADY_SUSPENDED)
    return policies.reason_code(command.reason) or here.drafts(
        ev.EnrolmentSuspended(reason=command.reason, note=command.note)
    )


def resume(here: Situation, command: do.ResumeEnrolment) -> Decision:
    """Enrolment goes on."""
    if here.state.suspended is None:
        return refuse(Rule.NOT_SUSPENDED)
    return policies.reason_code(command.reason) or here.drafts(
        ev.EnrolmentResumed(reason=command.reason, note=command.note)
    )


def close(here: Situation, command: do.CloseStudy) -> Decision:
    """Nothing more is added, corrections apart."""
    return policies.reason_code(command.reason) or here.drafts(
        ev.StudyClosed(reason=command.reason, note=command.note)
    )
