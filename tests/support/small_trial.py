"""Trials made by hand or by chance for the tests of analysis and results: protocol and entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.ledger import events as ev
from trialrun.ledger.entry import NOTHING, Draft, Entry, Head, seal
from trialrun.protocol.model import (
    Activity,
    Arm,
    Dose,
    Enrolment,
    Gap,
    Intervention,
    Kind,
    Measure,
    Outcome,
    Protocol,
    RegimenItem,
    Safety,
)
from trialrun.values.moment import Moment
from trialrun.values.provenance import Origin, Source
from trialrun.values.quantity import read_quantity
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

SOURCE = Source(Origin.ASSUMED)
DAY_ZERO = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


# --- protocols -------------------------------------------------------------------------------


def nk_protocol(*, arms: int = 1, outcomes: Sequence[Measure] | None = None) -> Protocol:
    """Fludarabine, cyclophosphamide and three infusions of NK cells, in one or more arms."""
    arm_ids = [f"arm-{number}" for number in range(1, arms + 1)]
    measures = outcomes if outcomes is not None else (
        Measure.DOSE_LIMITING, Measure.RESPONSE, Measure.MRD_CONVERSION, Measure.KINETICS,
        Measure.SURVIVAL, Measure.ADVERSE_EVENTS,
    )  # fmt: skip
    return Protocol(
        version="1",
        title="NK cells after lymphodepletion in acute myeloid leukaemia",
        record_sha256="ab" * 32,
        allocation="NA",
        model="SINGLE_GROUP" if arms == 1 else "PARALLEL",
        criteria=criteria(),
        arms=tuple(
            Arm(
                id=code, title=f"NK cells, group {number}", type="EXPERIMENTAL",
                interventions=("flu", "cy", "nk"), source=SOURCE,
            )
            for number, code in enumerate(arm_ids, start=1)
        ),
        interventions=(
            Intervention(id="flu", name="Fludarabine", kind=Kind.DRUG, registry_type="DRUG",
                         source=SOURCE),
            Intervention(id="cy", name="Cyclophosphamide", kind=Kind.DRUG, registry_type="DRUG",
                         source=SOURCE),
            Intervention(id="nk", name="Donor NK cells", kind=Kind.CELL_PRODUCT,
                         registry_type="BIOLOGICAL", source=SOURCE),
        ),
        regimen=(
            _item("flu", "=", "25 mg/m2", (-6, -5, -4, -3, -2), 9),
            _item("cy", "=", "1000 mg/m2", (-4, -3), 11),
            _item("nk", ">", "1e7 {cells}/kg", (0, 1, 2), 10),
        ),
        gaps=(Gap(id="chemo-nk", after=("flu", "cy"), before="nk", least_hours=Decimal(48),
                  source=SOURCE),),
        gates=(),
        schedule=(
            Activity(id="marrow", title="Marrow", variables=("marrow_blasts", "mrd_level"),
                     days=(-7, 28), days_before=3, days_after=3, source=SOURCE),
        ),
        outcomes=tuple(_outcome(measure, number) for number, measure in enumerate(measures)),
        safety=Safety(
            window_start="flu", window_days_after_last=28, window_end="nk",
            definition="any related grade 4 event that lasts seven days",
            least_grade=3, stagger_days=14, suspend_at=(2, 2, 3, 3, 4, 4, 4, 5, 5, 5),
            source=SOURCE,
        ),
        enrolment=Enrolment(target=10, counted="enrolled", planned_start=None, planned_end=None,
                            source=SOURCE),
        body_surface="mosteller",
        day_zero="nk",
        anchors={},
        rehearsal_model="nk-aml",
        assumed=("day-zero",),
    )  # fmt: skip


def drug_protocol(*, arms: int = 2, primary: Measure = Measure.GENERIC_RESPONSE) -> Protocol:
    """A drug in parallel arms, without cells, window or safety rule."""
    codes = tuple(f"arm-{number}" for number in range(1, arms + 1))
    return Protocol(
        version="1", title="A drug in two groups", record_sha256="cd" * 32,
        allocation="RANDOMIZED", model="PARALLEL", criteria=Criteria(all=()),
        arms=tuple(
            Arm(id=code, title=f"Drug {code}", type="EXPERIMENTAL", interventions=("drug",),
                source=SOURCE)
            for code in codes
        ),
        interventions=(Intervention(id="drug", name="Drug", kind=Kind.DRUG, registry_type="DRUG",
                                    source=SOURCE),),
        regimen=(_item("drug", "=", "50 mg", (0, 7, 14), 9, name="drug"),),
        gaps=(), gates=(), schedule=(),
        outcomes=(_outcome(primary, 0), _outcome(Measure.ADVERSE_EVENTS, 1),
                  _outcome(Measure.OTHER, 2)),
        safety=None,
        enrolment=Enrolment(target=20, counted="enrolled", planned_start=None, planned_end=None,
                            source=SOURCE),
        body_surface="mosteller", day_zero="drug", anchors={}, rehearsal_model="generic",
    )  # fmt: skip


def criteria() -> Criteria:
    """Four criteria, two of them alternatives under a heading."""

    def one(code: str, text: str, parent: str | None = None, logic: str | None = None) -> Criterion:
        return Criterion(
            id=code, parent=parent, kind="exclusion" if code.startswith("E") else "inclusion",
            logic=logic, text=text, status=Status.JUDGEMENT,  # type: ignore[arg-type]
        )  # fmt: skip

    return Criteria(
        all=(
            one("I1", "Age of 18 years or more"),
            one("I2", "Either of:", logic="or"),
            one("I2.1", "relapsed disease", parent="I2"),
            one("I2.2", "refractory disease", parent="I2"),
            one("E1", "Active infection"),
        )
    )


def _item(
    code: str, comparator: str, amount: str, days: tuple[int, ...], hour: int, name: str = ""
) -> RegimenItem:
    return RegimenItem(
        id=code, intervention=name or code, arms=(),
        dose=Dose(comparator=comparator, amount=read_quantity(amount)),
        days=days, hour=hour, duration_hours=Decimal(1), source=SOURCE,
    )  # fmt: skip


def _outcome(measure: Measure, number: int) -> Outcome:
    titles = {
        Measure.DOSE_LIMITING: "Participants with a dose-limiting event",
        Measure.RESPONSE: "Complete remission by day 28",
        Measure.MRD_CONVERSION: "MRD conversion by day 28",
        Measure.KINETICS: "Peak of donor NK cells in blood",
        Measure.SURVIVAL: "Overall survival",
        Measure.ADVERSE_EVENTS: "Participants with adverse events",
        Measure.GENERIC_RESPONSE: "Response by day 28",
        Measure.OTHER: "Quality of sleep",
    }
    return Outcome(
        id=f"O{number + 1}", type="PRIMARY" if number == 0 else "SECONDARY",
        title=titles[measure], measure=measure, population="started",
        day=28 if "day 28" in titles[measure] else None,
        time_frame="28 days from the first infusion", method="", source=SOURCE,
    )  # fmt: skip


# --- entries ---------------------------------------------------------------------------------


class Book:
    """Events in order, with when they happened; `entries` seals them into a chain."""

    def __init__(self, mode: ev.Mode = ev.Mode.REHEARSAL) -> None:
        self.lines: list[tuple[ev.Event, Moment]] = []
        self.add(ev.StudyStarted(mode=mode, record_sha256="ab" * 32, seed=7), DAY_ZERO)

    def add(self, event: ev.Event, at: datetime) -> None:
        """One more event."""
        self.lines.append((event, moment(at)))

    def entries(self) -> tuple[Entry, ...]:
        """The chain."""
        head = Head("SIM-STUDY", 0, NOTHING)
        salts = iter(number.to_bytes(32, "big") for number in range(1, 10**6))
        drafts = [
            Draft(
                stream=_stream(event), event=event, actor="SIM-COORDINATOR", role="coordinator",
                organisation="SIM-SITE", occurred_at=at, origin="test", protocol_version="1",
                command_id=f"c{number}",
            )
            for number, (event, at) in enumerate(self.lines, start=1)
        ]  # fmt: skip
        return seal(
            drafts, head, {}, recorded_at=datetime(2027, 1, 5, 12, tzinfo=UTC),
            salts=lambda: next(salts), software_version="0",
        )  # fmt: skip

    # Short ways to say what happened to one participant.

    def register(self, code: str, at: datetime) -> None:
        self.add(ev.ParticipantRegistered(participant=code, site="SIM-SITE"), at)

    def consent(self, code: str, at: datetime) -> None:
        self.add(
            ev.ConsentGiven(
                id=f"{code}-consent", participant=code, subject="participant", form_version="1",
                language="en", explained_by="SIM-INVESTIGATOR", given_at=moment(at),
                copy_given=True,
            ),
            at,
        )  # fmt: skip

    def fact(
        self, code: str, variable: str, value: object, unit: str | None, at: datetime,
        comparator: str = "",
    ) -> None:  # fmt: skip
        number = len(self.lines)
        self.add(
            ev.FactRecorded(
                participant=code,
                fact=Fact(
                    id=f"{code}-f{number}", variable=variable, value=str(value), unit=unit,
                    comparator=comparator, at=moment(at), source="test",
                ),
            ),
            at,
        )  # fmt: skip

    def decide(self, code: str, verdicts: dict[str, Truth], at: datetime) -> None:
        truths = set(verdicts.values())
        whole = (
            Truth.FALSE if Truth.FALSE in truths
            else Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.TRUE
        )  # fmt: skip
        self.add(
            ev.EligibilityDecided(
                participant=code, verdict=whole, seen=(),
                verdicts=tuple(ev.CriterionVerdict(c, v) for c, v in verdicts.items()),
            ),
            at,
        )  # fmt: skip

    def end_screening(self, code: str, reason: ev.ScreeningEnd, at: datetime) -> None:
        self.add(ev.ScreeningEnded(participant=code, reason=reason), at)

    def enrol(self, code: str, at: datetime, arm: str = "arm-1", number: int = 0) -> None:
        self.add(
            ev.ParticipantEnrolled(
                participant=code, arm=arm, number=number or int(code.rsplit("-", 1)[1])
            ),
            at,
        )

    def give(
        self, code: str, item: str, amount: object, unit: str, at: datetime, *, day: int = 0,
        planned: object = None, product: str | None = None, minutes: int = 60,
        intervention: str = "",
    ) -> None:  # fmt: skip
        number = len(self.lines)
        self.add(
            ev.AdministrationGiven(
                id=f"{code}-a{number}", participant=code, item=item,
                intervention=intervention or item, ordinal=1, planned_day=day,
                planned_amount=None if planned is None else Decimal(str(planned)),
                planned_unit=None if planned is None else unit, working="",
                amount=Decimal(str(amount)), unit=unit, started_at=moment(at),
                ended_at=moment(at + timedelta(minutes=minutes)), product=product,
            ),
            at,
        )  # fmt: skip

    def product(self, code: str, name: str, nk: str, cd3: str, at: datetime) -> None:
        self.add(
            ev.ProductReceived(
                product=name, participant=code, item="nk", donor=f"{code}-D",
                measures=(
                    ev.Measured("viable_nk_per_kg", Decimal(nk), "{cells}/kg"),
                    ev.Measured("cd3_per_kg", Decimal(cd3), "{cells}/kg"),
                ),
            ),
            at,
        )  # fmt: skip

    def harm(
        self, code: str, term: str, soc: str, grade: int, at: datetime, *, serious: bool = False,
        related: bool = False, limiting: bool = False, ended: datetime | None = None,
        to: str = "nk",
    ) -> str:  # fmt: skip
        name = f"{code}-e{len(self.lines)}"
        self.add(
            ev.AdverseEventReported(
                id=name, participant=code, term=term, soc=soc, grade=grade,
                terminology="CTCAE 5.0", onset=moment(at),
                ended=None if ended is None else moment(ended), serious=serious,
                seriousness=("hospitalisation",) if serious else (),
                causality=(ev.Causality(to, related),), dose_limiting=limiting,
                outcome="fatal" if grade == 5 else "recovered", systematic=True,
            ),
            at,
        )  # fmt: skip
        return name

    def respond(
        self, code: str, category: str, mrd: str, at: datetime, *, day: int = 28,
        definition: str = "eln-2022",
    ) -> None:  # fmt: skip
        self.add(
            ev.ResponseAssessed(
                id=f"{code}-r{len(self.lines)}", participant=code, assessed_at=moment(at),
                planned_day=day, definition=definition, category=category, mrd=mrd,
            ),
            at,
        )  # fmt: skip

    def die(self, code: str, at: datetime, cause: str = "disease progression") -> None:
        self.add(ev.Died(participant=code, died_at=moment(at), cause=cause, related=False), at)


def moment(at: datetime) -> Moment:
    """The moment of a time, to the minute, in UTC."""
    return Moment(at.isoformat(timespec="minutes"))


def _stream(event: ev.Event) -> str:
    code = getattr(event, "participant", None)
    return f"participant:{code}" if code else "study"


# --- by chance -------------------------------------------------------------------------------

TERMS = (
    ("Febrile neutropenia", "Blood and lymphatic system disorders"),
    ("Anemia", "Blood and lymphatic system disorders"),
    ("Platelet count decreased", "Investigations"),
    ("Infusion related reaction", "Injury, poisoning and procedural complications"),
    ("Fever", "General disorders and administration site conditions"),
    ("Nausea", "Gastrointestinal disorders"),
    ("Lung infection", "Infections and infestations"),
    ("Cytokine release syndrome", "Immune system disorders"),
)


def random_book(protocol: Protocol, chance: Random, people: int) -> Book:
    """A trial that the rules of conduct might not allow, so that projections meet everything."""
    book = Book()
    for number in range(1, people + 1):
        code = f"SIM-{number:03d}"
        start = DAY_ZERO + timedelta(days=chance.randrange(0, 90))
        book.register(code, start - timedelta(days=20))
        if chance.random() < 0.1:
            book.end_screening(code, ev.ScreeningEnd.DECLINED, start - timedelta(days=20))
            continue
        book.consent(code, start - timedelta(days=19))
        _screen(book, protocol, chance, code, start)
    return book


def _screen(book: Book, protocol: Protocol, chance: Random, code: str, start: datetime) -> None:
    at = start - timedelta(days=15)
    if chance.random() < 0.95:
        book.fact(code, "age", chance.randrange(18, 80), "a", at)
    if chance.random() < 0.95:
        book.fact(code, "sex", chance.choice(("female", "male")), None, at)
    book.fact(code, "ecog", chance.randrange(0, 4), "{score}", at)
    blasts = chance.choice((None, 2, 4, 5, 12, 60))
    if blasts is not None:
        book.fact(code, "marrow_blasts", blasts, "%", at)
    if chance.random() < 0.6:
        book.fact(code, "mrd_level", chance.choice(("0.01", "0.1", "2")), "%", at)
    verdicts = {
        one.id: chance.choices((Truth.TRUE, Truth.FALSE, Truth.UNKNOWN), (14, 1, 1))[0]
        for one in protocol.criteria
    }
    book.decide(code, verdicts, start - timedelta(days=12))
    if any(truth is not Truth.TRUE for truth in verdicts.values()):
        if chance.random() < 0.9:
            book.end_screening(code, chance.choice(list(ev.ScreeningEnd)), start)
        return
    if chance.random() < 0.1:
        return
    book.enrol(code, start - timedelta(days=10), arm=chance.choice(protocol.arms).id)
    _treat(book, protocol, chance, code, start)


def _treat(book: Book, protocol: Protocol, chance: Random, code: str, start: datetime) -> None:
    if chance.random() < 0.1:
        _end(book, chance, code, start)
        return
    doses = [(day, item) for item in protocol.regimen for day in item.days]
    reached = chance.randrange(0, len(doses) + 1) if chance.random() < 0.3 else len(doses)
    for day, item in sorted(doses, key=lambda pair: pair[0])[:reached]:
        at = start + timedelta(days=day, minutes=chance.randrange(0, 200))
        amount, unit = ("15000000", "{cells}/kg") if item.id == "nk" else ("45", "mg")
        if item.id == "nk" and chance.random() < 0.9:
            name = f"{code}-P{day}"
            book.product(code, name, "15000000", "700000", start - timedelta(days=1))
        else:
            name = None  # type: ignore[assignment]
        book.give(code, item.id, amount, unit, at, day=day, planned=amount, product=name,
                  intervention=item.intervention)  # fmt: skip
    for _ in range(chance.randrange(0, 6)):
        term, soc = chance.choice(TERMS)
        at = start + timedelta(days=chance.randrange(-9, 50))
        event = book.harm(
            code, term, soc, chance.choices((1, 2, 3, 4, 5), (6, 6, 4, 2, 1))[0], at,
            serious=chance.random() < 0.3, related=chance.random() < 0.5,
            limiting=chance.random() < 0.1,
        )  # fmt: skip
        if chance.random() < 0.3:
            change = ev.AdverseEventChanged(
                id=event, participant=code, grade=chance.randrange(1, 6), outcome="recovered"
            )
            book.add(change, at + timedelta(days=1))
        elif chance.random() < 0.2:
            fixed = ev.Corrected(
                target=event, participant=code, reason="typed wrongly",
                changes=(ev.FieldChange("grade", None, str(chance.randrange(1, 6))),),
            )  # fmt: skip
            book.add(fixed, at + timedelta(days=2))
    _levels(book, chance, code, start)
    for day in (14, 28, 42):
        if chance.random() < 0.6:
            category = chance.choice(("CR", "CRh", "CRi", "MLFS", "PR", "NR", "NE", "response"))
            mrd = chance.choice(("negative", "positive", "not evaluated"))
            at = start + timedelta(days=day + chance.randrange(-2, 6))
            book.respond(code, category, mrd, at, day=day)
    if chance.random() < 0.2:
        at = start + timedelta(days=chance.randrange(3, 60))
        therapy = ev.SubsequentTherapyStarted(
            participant=code, therapy="HSCT", started_at=Moment(f"{at:%Y-%m-%d}")
        )
        book.add(therapy, at)
    _end(book, chance, code, start + timedelta(days=chance.randrange(5, 200)))


def _levels(book: Book, chance: Random, code: str, start: datetime) -> None:
    for day in (0, 3, 7, 14, 21, 28):
        at = start + timedelta(days=day, hours=-1 if day == 0 else 2)
        if chance.random() < 0.8:
            low = chance.random() < 0.3
            value = "0.05" if low else str(chance.randrange(1, 400))
            book.fact(code, "donor_nk_count", value, "/uL", at, "<" if low else "")


def _end(book: Book, chance: Random, code: str, at: datetime) -> None:
    match chance.randrange(0, 6):
        case 0:
            book.die(code, at)
        case 1:
            book.add(
                ev.WithdrewFromStudy(participant=code, reason=chance.choice(list(ev.Reason))), at
            )
        case 2:
            book.add(ev.LostToFollowUp(participant=code, last_contact=moment(at)), at)
        case 3 | 4:
            book.add(ev.ParticipantCompleted(participant=code), at)
        case _:
            pass  # still in the study at the cut-off


def codes(events: Iterable[ev.Event], kind: type[ev.Event]) -> set[str]:
    """The participants of all events of one kind."""
    return {str(event.participant) for event in events if isinstance(event, kind)}  # type: ignore[union-attr]
