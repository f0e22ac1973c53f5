"""One event of each kind, as a small trial would have them."""

from __future__ import annotations

from decimal import Decimal

from support.ledgers import draft
from trialrun.ledger import events as ev
from trialrun.ledger.store import Store
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

DAY = Moment("2026-03-01")
NINE, TEN = Moment("2026-03-01T09:00+08:00"), Moment("2026-03-01T10:00+08:00")
WEIGHT = Fact(id="f-1", variable="weight", value="70", unit="kg", at=DAY, source="chart")

EVENTS: tuple[tuple[str, ev.Event], ...] = (
    ("study", ev.StudyStarted(mode=ev.Mode.REAL, record_sha256="0" * 64)),
    ("person:PI", ev.PersonAdded(person="PI")),
    ("person:PI", ev.RoleGranted(person="PI", role="investigator", site="S1")),
    ("person:PI", ev.RoleRevoked(person="PI", role="investigator", site="S1")),
    (
        "protocol",
        ev.ProtocolApproved(
            version="1",
            file_sha256="1" * 64,
            document_number="D-1",
            document_version="1.0",
            document_date=DAY,
            document_sha256="2" * 64,
            committee="IEC-1",
            approval_reference="R-1",
            approval_date=DAY,
            file_base64="dGl0bGUgPSAiw6kiCg==",
        ),
    ),
    ("site:S1", ev.SiteOpened(site="S1")),
    ("participant:P-1", ev.ParticipantRegistered(participant="P-1", site="S1")),
    (
        "participant:P-1",
        ev.ConsentGiven(
            id="P-1.consent.1",
            participant="P-1",
            subject="participant",
            form_version="2.0",
            language="zh",
            explained_by="PI",
            given_at=NINE,
            copy_given=True,
        ),
    ),
    ("participant:P-1", ev.FactRecorded(participant="P-1", fact=WEIGHT)),
    (
        "participant:P-1",
        ev.Corrected(
            target="f-1",
            participant="P-1",
            changes=(ev.FieldChange("value", "70", "72.5"),),
            reason="read from the wrong line — 看错行",
        ),
    ),
    (
        "participant:P-1",
        ev.CriterionJudged(participant="P-1", criterion="E9", met=True, reason="fit"),
    ),
    (
        "participant:P-1",
        ev.EligibilityDecided(
            participant="P-1",
            verdict=Truth.TRUE,
            verdicts=(ev.CriterionVerdict("I1", Truth.TRUE),),
            seen=(ev.SeenFact("f-1", 2),),
        ),
    ),
    ("participant:P-1", ev.ParticipantEnrolled(participant="P-1", arm="A", number=1)),
    (
        "participant:P-1",
        ev.GatePassed(
            participant="P-1", gate="start", ordinal=1, checks=(ev.CheckAnswer("fit", True),)
        ),
    ),
    (
        "product:B-1",
        ev.ProductReceived(
            product="B-1",
            participant="P-1",
            item="nk",
            donor="P-1-D",
            measures=(ev.Measured("viable_nk_per_kg", Decimal("15000000"), "{cells}/kg"),),
            expires_at=TEN,
        ),
    ),
    ("product:B-1", ev.ProductReleased(product="B-1", conditional=True, pending=("sterility",))),
    (
        "participant:P-1",
        ev.AdministrationGiven(
            id="P-1.dose.1",
            participant="P-1",
            item="nk",
            intervention="nk-cells",
            ordinal=1,
            planned_day=0,
            planned_amount=Decimal("10000000"),
            planned_unit="{cells}/kg",
            working="at least 1e7 per kg",
            amount=Decimal("15000000"),
            unit="{cells}/kg",
            started_at=NINE,
            ended_at=TEN,
            product="B-1",
            checked_by="PH",
        ),
    ),
    (
        "product:B-1",
        ev.ProductInfused(product="B-1", participant="P-1", administration="P-1.dose.1"),
    ),
    (
        "participant:P-1",
        ev.ProductFailed(participant="P-1", item="nk", reason="no expansion"),
    ),
    (
        "participant:P-1",
        ev.AdverseEventReported(
            id="P-1.ae.1",
            participant="P-1",
            term="Fever",
            soc="General disorders",
            grade=2,
            terminology="CTCAE 5.0",
            onset=TEN,
            serious=False,
            causality=(ev.Causality("nk-cells", True),),
            dose_limiting=False,
            outcome="recovering",
            narrative="after the infusion",
        ),
    ),
    (
        "participant:P-1",
        ev.AdverseEventChanged(id="P-1.ae.1", participant="P-1", ended=DAY, outcome="recovered"),
    ),
    (
        "participant:P-1",
        ev.ResponseAssessed(
            id="P-1.response.1",
            participant="P-1",
            assessed_at=Moment("2026-03-29"),
            planned_day=28,
            definition="eln-2022",
            category="CR",
            mrd="negative",
            seen=(ev.SeenFact("f-1", 2),),
        ),
    ),
    (
        "participant:P-1",
        ev.DeviationRecorded(
            id="P-1.deviation.1",
            participant="P-1",
            category="day-differs",
            important=False,
            about="P-1.dose.1",
            note="a day late",
        ),
    ),
    (
        "participant:P-1",
        ev.InterventionDiscontinued(
            participant="P-1", intervention="nk-cells", reason=ev.Reason.PHYSICIAN_DECISION
        ),
    ),
    (
        "participant:P-1",
        ev.SubsequentTherapyStarted(participant="P-1", therapy="hsct", started_at=DAY),
    ),
    ("participant:P-1", ev.LostToFollowUp(participant="P-1", last_contact=DAY)),
    ("participant:P-1", ev.WithdrewFromStudy(participant="P-1", reason=ev.Reason.OTHER)),
    (
        "participant:P-1",
        ev.Died(participant="P-1", died_at=Moment("2026-04"), cause="leukaemia", related=False),
    ),
    ("participant:P-1", ev.ParticipantCompleted(participant="P-1")),
    ("participant:P-2", ev.ParticipantRegistered(participant="P-2", site="S1")),
    (
        "participant:P-2",
        ev.ScreeningEnded(participant="P-2", reason=ev.ScreeningEnd.DECLINED, note="no time"),
    ),
    ("study", ev.EnrolmentSuspended(reason="toxicity-rule", note="two of three")),
    ("study", ev.EnrolmentResumed(reason="idmc-advice")),
    (
        "study",
        ev.Redacted(
            entry=20,
            part="text",
            reason_code="personal-data",
            first_person="PI",
            second_person="PH",
        ),
    ),
    ("study", ev.StudyClosed(reason="completed")),
    # Kinds that came after the first golden ledger was frozen stand behind it.
    (
        "site:S1",
        ev.RecordSearchApproved(
            site="S1",
            committee="IEC-1",
            approval_reference="W-1",
            approval_date=DAY,
            valid_until=Moment("2026-12-31"),
        ),
    ),
)


def write_one_of_each(store: Store) -> None:
    """Append each, in its own transaction."""
    for number, (stream, event) in enumerate(EVENTS, start=1):
        with store.writing() as write:
            write.append([draft(event, stream, f"c-{number}")], expected=write.head)
