"""The course of one enrolled simulated participant: a biography, put on the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from trialrun.conduct import commands as do
from trialrun.conduct.planned import planned_dose
from trialrun.ledger.events import Causality, CheckAnswer, Measured, Reason
from trialrun.protocol.model import Gate, Kind, RegimenItem
from trialrun.rehearse import people
from trialrun.rehearse.biography import (
    Assessment,
    Biography,
    Container,
    Dose,
    Ending,
    Harm,
    Observation,
)
from trialrun.rehearse.stage import Stage, clock_time
from trialrun.rehearse.tally import COUNTED
from trialrun.rehearse.typical import typical
from trialrun.values.moment import Moment, of_datetime
from trialrun.vocabulary.fact import Fact

# Days from enrolment to the first administration: admission, central line, product made.
LAG_DAYS = 3


class Course:
    """Writes every deed of a biography into the walk's diary."""

    def __init__(self, stage: Stage, code: str, biography: Biography) -> None:
        self.stage = stage
        self.code = code
        self.life = biography
        self.protocol = stage.protocol
        self.day_zero = date.min
        self.over = False

    def begin(self, enrolled_at: datetime) -> None:
        """Put the whole course on the calendar."""
        first = min((dose.day for dose in self.life.doses), default=0)
        self.day_zero = enrolled_at.date() + timedelta(days=LAG_DAYS - first)
        started = self._products(enrolled_at)
        if not started:
            return
        for dose in self.life.doses:
            self._dose(dose)
        for item, day, reason in self.life.withheld:
            self._withheld(item, day, reason)
        for observation in self.life.observations:
            if self.stage.samples or any(value[0] in COUNTED for value in observation.values):
                self._observation(observation)
        for number, harm in enumerate(self.life.harms, start=1):
            self._harm(number, harm)
        for assessment in self.life.assessments:
            self._assessment(assessment)
        for day, therapy in self.life.therapies:
            self._therapy(day, therapy)
        self._write(self.life.end_day, 20, 0, self._end)

    def _at(self, day: int, hour: int, minute: int = 0) -> datetime:
        return clock_time(self.day_zero + timedelta(days=day), hour, minute)

    def _write(self, day: int, hour: int, minute: int, deed: Callable[[datetime], None]) -> None:
        """Nothing happens to somebody who is off study."""

        def unless_over(at: datetime) -> None:
            if not self.over:
                deed(at)

        self.stage.diary.write(self._at(day, hour, minute), unless_over)

    # --- products and doses --------------------------------------------------------------

    def _products(self, at: datetime) -> bool:
        """Receive the containers before lymphodepletion; False where none could be made."""
        failed = [one for one in self.life.containers if one.failed]
        if failed:
            reason = "expansion failed its release criteria"
            failing = do.FailProduct(participant=self.code, item=failed[0].item, reason=reason)
            self.stage.must(failing, actor=people.LABORATORY, at=at + timedelta(minutes=30))
            leave = do.WithdrawFromStudy(participant=self.code, reason=Reason.OTHER)
            self.stage.must(leave, actor=people.INVESTIGATOR, at=at + timedelta(hours=1))
            return False
        for container in self.life.containers:
            self._write(-7, 12, container.ordinal, self._receive(container))
        return True

    def _product(self, ordinal: int) -> str:
        return f"{self.code}-P{ordinal}"

    def _receive(self, container: Container) -> Callable[[datetime], None]:
        def deed(at: datetime) -> None:
            product = self._product(container.ordinal)
            receive = do.ReceiveProduct(
                product=product,
                participant=self.code,
                item=container.item,
                donor=f"{self.code}-D",
                measures=tuple(
                    Measured(name, value, unit)
                    for name, (value, unit) in container.measures.items()
                ),
                expires_at=of_datetime(self._at(30, 23)),
            )
            self.stage.must(receive, actor=people.LABORATORY, at=at)
            release = do.ReleaseProduct(product=product, pending=("sterility, 14 days",))
            self.stage.must(release, actor=people.LABORATORY, at=at + timedelta(minutes=1))

        return deed

    def _dose(self, dose: Dose) -> None:
        item = self.protocol.item(dose.item)
        self._write(dose.day, item.hour, dose.minutes_late, lambda at: self._give(item, dose, at))

    def _give(self, item: RegimenItem, dose: Dose, at: datetime) -> None:
        self._gates(item, at)
        who = self.stage.state.participants[self.code]
        product = None
        if self.protocol.intervention(item.intervention).kind is Kind.CELL_PRODUCT:
            mine = [one for one in self.life.containers if one.item == item.id]
            product = self._product(mine[len(who.given(item.id))].ordinal)
            amount, unit = self._cells(product)
        else:
            planned = planned_dose(self.protocol, who, item)
            amount, unit = (
                (Decimal(1), "1") if planned is None else (planned.value, planned.unit.code)
            )
            amount *= dose.share
        command = do.GiveAdministration(
            participant=self.code,
            item=item.id,
            amount=amount,
            unit=unit,
            started_at=of_datetime(at),
            ended_at=of_datetime(at + timedelta(minutes=dose.minutes_long)),
            product=product,
            checked_by=people.PHARMACIST,
        )
        self.stage.must(
            command, actor=people.COORDINATOR, at=at + timedelta(minutes=dose.minutes_long + 5)
        )

    def _cells(self, product: str) -> tuple[Decimal, str]:
        received = self.stage.state.products[product].received.event
        measure = next(one for one in received.measures if one.variable == "viable_nk_per_kg")
        return measure.value, measure.unit

    def _gates(self, item: RegimenItem, at: datetime) -> None:
        who = self.stage.state.participants[self.code]
        for gate in self.protocol.gates:
            if item.id not in gate.before:
                continue
            given = sum(len(who.given(one)) for one in gate.before)
            ordinal = given + 1 if gate.repeats else 1
            if (gate.id, ordinal) not in who.gates:
                self._pass(gate, at - timedelta(minutes=45))

    def _pass(self, gate: Gate, at: datetime) -> None:
        checks = tuple(CheckAnswer(check.id, True) for check in gate.checks)
        command = do.PassGate(participant=self.code, gate=gate.id, checks=checks)
        self.stage.must(command, actor=people.INVESTIGATOR, at=at)

    def _withheld(self, item: str, day: int, reason: Reason) -> None:
        intervention = self.protocol.item(item).intervention

        def deed(at: datetime) -> None:
            command = do.DiscontinueIntervention(
                participant=self.code, intervention=intervention, reason=reason
            )
            self.stage.must(command, actor=people.INVESTIGATOR, at=at)

        self._write(day, 9, 0, deed)

    # --- what is seen --------------------------------------------------------------------

    def _observation(self, seen: Observation) -> None:
        def deed(at: datetime) -> None:
            moment = of_datetime(at)
            facts = tuple(
                Fact(
                    id=f"{self.code}.{name}.{seen.activity}.{seen.planned_day}.{seen.minute}",
                    variable=name,
                    value=value,
                    unit=unit,
                    comparator=comparator,
                    at=moment,
                    source="simulated",
                    high=None if unit is None else typical(name).upper_limit,
                )
                for name, value, unit, comparator in seen.values
            )
            command = do.RecordFacts(
                participant=self.code,
                facts=facts,
                activity=seen.activity,
                planned_day=seen.planned_day,
            )
            self.stage.must(command, actor=people.COORDINATOR, at=at + timedelta(minutes=10))

        if seen.values:
            self._write(seen.day, 0, seen.minute, deed)

    def _harm(self, number: int, harm: Harm) -> None:
        self._write(harm.day, 0, harm.minute, lambda at: self._report(number, harm, at))

    def _report(self, number: int, harm: Harm, at: datetime) -> None:
        ends = harm.end_day is not None and harm.grade < 5
        outcome = "fatal" if harm.grade == 5 else "not recovered" if not ends else "recovering"
        command = do.ReportAdverseEvent(
            participant=self.code,
            term=harm.term,
            soc=harm.soc,
            grade=harm.grade,
            terminology="CTCAE 5.0",
            onset=of_datetime(at),
            serious=harm.serious,
            seriousness=harm.seriousness,
            causality=tuple(
                Causality(one.id, one.id in harm.related_to) for one in self.protocol.interventions
            ),
            dose_limiting=harm.dose_limiting,
            outcome=outcome,
            systematic=True,
        )
        before = set(self.stage.state.participants[self.code].adverse_events)
        self.stage.must(command, actor=people.INVESTIGATOR, at=at + timedelta(minutes=20))
        after = self.stage.state.participants[self.code].adverse_events
        (event,) = set(after) - before
        if ends and harm.end_day is not None:
            self._write(harm.end_day, 16, number, lambda then: self._resolve(event, then))

    def _resolve(self, event: str, at: datetime) -> None:
        command = do.ChangeAdverseEvent(
            participant=self.code, event=event, ended=Moment(f"{at:%Y-%m-%d}"), outcome="recovered"
        )
        self.stage.must(command, actor=people.INVESTIGATOR, at=at)

    def _assessment(self, seen: Assessment) -> None:
        def deed(at: datetime) -> None:
            command = do.AssessResponse(
                participant=self.code,
                assessed_at=of_datetime(at),
                planned_day=seen.planned_day,
                definition=seen.definition,
                category=seen.category,
                mrd=seen.mrd,
            )
            self.stage.must(command, actor=people.INVESTIGATOR, at=at + timedelta(minutes=30))

        self._write(seen.day, 15, 0, deed)

    def _therapy(self, day: int, therapy: str) -> None:
        def deed(at: datetime) -> None:
            command = do.StartSubsequentTherapy(
                participant=self.code, therapy=therapy, started_at=Moment(f"{at:%Y-%m-%d}")
            )
            self.stage.must(command, actor=people.COORDINATOR, at=at)

        self._write(day, 11, 0, deed)

    def _end(self, at: datetime) -> None:
        today = Moment(f"{at:%Y-%m-%d}")
        command: do.Command
        match self.life.ending:
            case Ending.COMPLETED:
                command = do.CompleteParticipant(participant=self.code)
            case Ending.DIED:
                command = do.RecordDeath(
                    participant=self.code,
                    died_at=today,
                    cause=self.life.end_cause,
                    related=self.life.end_related,
                )
            case Ending.LOST:
                command = do.MarkLostToFollowUp(participant=self.code, last_contact=today)
            case Ending.WITHDREW:
                command = do.WithdrawFromStudy(
                    participant=self.code, reason=Reason.WITHDRAWAL_BY_SUBJECT
                )
        self.stage.must(command, actor=people.INVESTIGATOR, at=at)
        self.over = True
