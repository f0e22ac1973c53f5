"""The table of roles and commands, cell by cell, at the right site and at another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.refused_acts import enrolled, ready
from support.study_in_hand import ROLES, SITE, Hand, approval
from trialrun.conduct import commands as do
from trialrun.conduct.commands import COMMANDS
from trialrun.conduct.permissions import PERMITTED, Role, may, refused, roles_for
from trialrun.conduct.refusal import Rule
from trialrun.ledger import events as ev
from trialrun.study.actor import resolve_role
from trialrun.values.moment import Moment

HAND = enrolled()
NOW = Moment("2026-03-02T07:00+00:00")
# One of each command, about P1 where it is about anybody, without a judgement in it.
ACTS: dict[str, do.Command] = {
    "StartStudy": do.StartStudy(mode=ev.Mode.REAL, record_sha256="0" * 64),
    "AddPerson": do.AddPerson(person="X"),
    "GrantRole": do.GrantRole(person="INV", role="monitor"),
    "RevokeRole": do.RevokeRole(person="INV", role="monitor"),
    "ApproveProtocol": approval(HAND.now),
    "OpenSite": do.OpenSite(site="S2"),
    "ApproveRecordSearch": do.ApproveRecordSearch(
        site=SITE,
        committee="IEC",
        approval_reference="W-1",
        approval_date=Moment("2026-03-01"),
        valid_until=Moment("2026-12-31"),
    ),
    "RegisterParticipant": do.RegisterParticipant(participant="P9", site=SITE),
    "RecordConsent": HAND.consent_of(),
    "RecordFacts": do.RecordFacts(participant="P1", facts=()),
    "JudgeCriterion": do.JudgeCriterion(participant="P1", criterion="E2", met=True),
    "DecideEligibility": do.DecideEligibility(participant="P1"),
    "EndScreening": do.EndScreening(participant="P1", reason=ev.ScreeningEnd.OTHER),
    "EnrolParticipant": do.EnrolParticipant(participant="P1"),
    "PassGate": HAND.passing(),
    "ReceiveProduct": HAND.receipt("P1", "B1"),
    "ReleaseProduct": do.ReleaseProduct(product="B1"),
    "FailProduct": do.FailProduct(participant="P1", item="cells", reason="x"),
    "GiveAdministration": HAND.chemo(),
    "ReportAdverseEvent": HAND.harm(),
    "ChangeAdverseEvent": do.ChangeAdverseEvent(participant="P1", event="P1.ae.1", grade=2),
    "AssessResponse": do.AssessResponse(
        participant="P1", assessed_at=NOW, definition="ELN", category="CR"
    ),
    "RecordDeviation": do.RecordDeviation(participant="P1", category="x", important=False),
    "Correct": do.Correct(target="P1.fact.1", changes=(), reason="x"),
    "DiscontinueIntervention": do.DiscontinueIntervention(participant="P1", reason=ev.Reason.OTHER),
    "StartSubsequentTherapy": do.StartSubsequentTherapy(
        participant="P1", therapy="HSCT", started_at=NOW
    ),
    "WithdrawFromStudy": do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER),
    "MarkLostToFollowUp": do.MarkLostToFollowUp(participant="P1", last_contact=NOW),
    "RecordDeath": do.RecordDeath(participant="P1", died_at=NOW, cause="x", related=False),
    "CompleteParticipant": do.CompleteParticipant(participant="P1"),
    "SuspendEnrolment": do.SuspendEnrolment(reason="x"),
    "ResumeEnrolment": do.ResumeEnrolment(reason="x"),
    "CloseStudy": do.CloseStudy(reason="x"),
}
# What is said of the study as a whole takes a role of the whole study.
WHOLE = {
    "AddPerson", "GrantRole", "RevokeRole", "ApproveProtocol", "OpenSite", "SuspendEnrolment",
    "ResumeEnrolment", "CloseStudy",
}  # fmt: skip


def test_there_is_one_of_each() -> None:
    assert set(ACTS) == set(COMMANDS)
    assert all(type(command).__name__ == name for name, command in ACTS.items())


def holding(role: str, site: str | None) -> Any:
    """The state with one more person, who holds this role there."""
    hand = enrolled()
    hand.must(do.AddPerson(person="X"), do.GrantRole(person="X", role=role, site=site), actor="SPO")
    return hand.state


STATES = {
    (role.value, site): holding(role.value, site) for role in Role for site in (None, SITE, "S2")
}


@pytest.mark.parametrize("name", [name for name in ACTS if name != "StartStudy"])
@pytest.mark.parametrize("role", [role.value for role in Role])
@pytest.mark.parametrize("site", [None, SITE, "S2"])
def test_every_cell_of_the_table(name: str, role: str, site: str | None) -> None:
    state, command = STATES[role, site], ACTS[name]
    about = (
        None
        if name in WHOLE | {"RegisterParticipant", "ApproveRecordSearch"}
        else state.participants["P1"]
    )
    allowed = may(state, command, actor="X", role=role, about=about)
    in_table = role in PERMITTED[type(command)]
    in_place = site is None or (site == SITE and name not in WHOLE)
    assert allowed is (in_table and in_place)
    # A role that is claimed and not held is worth nothing.
    assert not may(state, command, actor="COO", role="monitor", about=about)
    assert (role in roles_for(state, command, actor="X", about=about)) is allowed


@given(st.sampled_from(sorted(ACTS)), st.sampled_from([*Role, "king", ""]), st.text(max_size=5))
def test_nobody_unknown_may_do_anything(name: str, role: str, person: str) -> None:
    if name == "StartStudy" or person in HAND.state.people:
        return
    about = HAND.who()
    refusal = refused(HAND.state, ACTS[name], actor=person, role=role, about=about)
    assert refusal is not None and refusal.rule is Rule.UNKNOWN_PERSON


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (HAND.harm(causality=(ev.Causality("cells", False),)), "causality"),
        (HAND.harm(dose_limiting=False), "dose_limiting"),
        (
            do.ChangeAdverseEvent(participant="P1", event="P1.ae.1", dose_limiting=True),
            "dose_limiting",
        ),
        (
            do.RecordDeath(participant="P1", died_at=NOW, cause="x", related=True),
            "related",
        ),
    ],
)
def test_judgements_are_the_investigator_s(command: do.Command, field: str) -> None:
    told = {"actor": "COO", "role": "coordinator", "about": HAND.who()}
    refusal = refused(HAND.state, command, **told)  # type: ignore[arg-type]
    assert refusal is not None and refusal.params["field"] == field
    assert may(HAND.state, command, actor="INV", role="investigator", about=HAND.who())


def test_a_revoked_role_is_gone_at_once() -> None:
    hand = ready().eligible()
    hand.must(do.RevokeRole(person="INV", role="investigator"), actor="SPO")
    assert hand.refused(do.EnrolParticipant(participant="P1")) == Rule.NO_ROLE


def test_the_sponsor_writes_nothing_about_participants() -> None:
    about_people = {name for name in ACTS if name not in WHOLE | {"StartStudy", "RecordDeviation"}}
    for name in about_people:
        assert Role.SPONSOR not in PERMITTED[COMMANDS[name]], name


def test_the_role_is_found_where_none_is_named() -> None:
    hand = ready().register()
    for person, role in ROLES.items():
        command = {
            "sponsor": do.AddPerson(person="Y"),
            "investigator": do.DecideEligibility(participant="P1"),
            "coordinator": do.EndScreening(participant="P1", reason=ev.ScreeningEnd.OTHER),
            "pharmacist": hand.chemo(),
            "cell-laboratory": do.FailProduct(participant="P1", item="cells", reason="x"),
        }.get(role, do.RecordDeviation(participant="P1", category="x", important=False))
        assert resolve_role(hand.state, command, person) == role
    # Nothing fits: a role that is held, so that the refusal can say what is missing.
    assert resolve_role(hand.state, do.AddPerson(person="Y"), "COO") == "coordinator"
    assert resolve_role(hand.state, do.DecideEligibility(participant="P9"), "INV") == "investigator"
    assert resolve_role(hand.state, do.AddPerson(person="Y"), "NOBODY") == ""
    assert resolve_role(Hand().state, do.AddPerson(person="Y"), "ANYBODY") == "sponsor"
