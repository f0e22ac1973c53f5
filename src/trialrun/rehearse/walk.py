"""One simulated trial, walked through the real conduct day by day.

Everything that happens here happens through `conductor.act`: nobody is enrolled, dosed or assessed
but by a command that the trial's rules accepted. A refusal that the walk did not foresee is an
error of the rehearsal, and stops it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from trialrun.conduct import commands as do
from trialrun.conduct.safety import Cause, enrol_from, pending_could_cross, places_left
from trialrun.errors import TrialrunError
from trialrun.ledger.events import ScreeningEnd
from trialrun.protocol.model import Protocol
from trialrun.rehearse import people
from trialrun.rehearse.biography import Candidate
from trialrun.rehearse.conductor import Conductor
from trialrun.rehearse.course import Course
from trialrun.rehearse.diary import Diary
from trialrun.rehearse.screening import Screening

# Somebody who could be a participant waits so long for a place, and then is treated elsewhere.
PATIENCE_DAYS = 21
# So long the simulated IDMC takes over a single event; a crossed boundary ends enrolment for good.
REVIEW_DAYS = 28


class Walk:
    """The walk of one trial's candidates."""

    def __init__(
        self,
        protocol: Protocol,
        candidates: Sequence[Candidate],
        conductor: Conductor,
        start: date,
        *,
        samples: bool = True,
    ) -> None:
        """`samples` False leaves out observations that no tally counts, for trials by the many."""
        self.samples = samples
        self.protocol = protocol
        self.conductor = conductor
        self.start = start
        self.diary = Diary()
        self._reviewed: set[int] = set()
        self._screened = 0
        for candidate in candidates:
            arrival = self.at(start + timedelta(days=candidate.arrival), 9)
            patience = arrival + timedelta(days=PATIENCE_DAYS)
            self.diary.write(arrival, self._arrival(candidate, patience))

    @staticmethod
    def at(day: date, hour: int, minute: int = 0) -> datetime:
        """A time of the rehearsal's clock."""
        return datetime.combine(day, time(hour), tzinfo=people.ZONE) + timedelta(minutes=minute)

    def run(self, progress: Callable[[datetime], None] | None = None) -> None:
        """Walk until nothing is left to happen."""
        today: date | None = None
        while (following := self.diary.next()) is not None:
            at, deed = following
            if today is not None and at.date() != today:
                self.conductor.end_day()
                if progress is not None:
                    progress(at)
            today = at.date()
            deed(at)
            self._review(at)
        if today is not None:
            self.conductor.end_day()

    def _review(self, at: datetime) -> None:
        """Have a suspension reviewed, once, unless the boundary caused it."""
        pause = self.conductor.state.suspended
        if pause is None or pause.entry in self._reviewed:
            return
        self._reviewed.add(pause.entry)
        if pause.reason != Cause.DOSE_LIMITING:
            self.diary.write(at + timedelta(days=REVIEW_DAYS), self._resume)

    def _resume(self, at: datetime) -> None:
        pause = self.conductor.state.suspended
        if pause is not None and pause.reason != Cause.DOSE_LIMITING:
            resume = do.ResumeEnrolment(reason="idmc-review", note="simulated review")
            self.must(resume, actor=people.SPONSOR, at=at)

    def must(self, command: do.Command, *, actor: str, at: datetime) -> None:
        """Do an act that the walk has prepared for."""
        refusal = self.conductor.act(command, actor=actor, at=at)
        if refusal is not None:
            raise TrialrunError(
                f"the rehearsal was refused {type(command).__name__}: {refusal.rule}",
                where=f"{at:%Y-%m-%d}",
                remedy="The protocol asks for something that its own rules forbid; run "
                "`trialrun check` on it.",
            )

    def _arrival(self, candidate: Candidate, patience: datetime) -> Callable[[datetime], None]:
        """Screen on the day somebody comes, or as soon as enrolment is open; else they are gone.

        Nobody is screened for a place that is not there: values would lapse before treatment.
        """

        def deed(at: datetime) -> None:
            if self._open(at):
                self._screened += 1
                code = people.participant_code(self._screened)
                if Screening(self, code, candidate).run(at):
                    self._enrol(code, candidate, at + timedelta(hours=7), patience)
            elif at < patience:
                self.diary.write(at + timedelta(days=1), deed)

        return deed

    def _open(self, at: datetime) -> bool:
        """Whether somebody found eligible today could be enrolled today."""
        protocol, state = self.protocol, self.conductor.state
        if state.suspended is not None or places_left(protocol, state) == 0:
            return False
        today = at.date()
        if enrol_from(protocol, state, today) != today:
            return False
        return not pending_could_cross(protocol, state, today)

    @property
    def full(self) -> bool:
        """Whether no place is left."""
        return places_left(self.protocol, self.conductor.state) == 0

    def _enrol(self, code: str, candidate: Candidate, at: datetime, patience: datetime) -> None:
        """Enrol now, or try again tomorrow while enrolment is suspended."""
        command = do.EnrolParticipant(participant=code, arm=candidate.arm)
        refusal = self.conductor.act(command, actor=people.INVESTIGATOR, at=at)
        if refusal is None:
            Course(self, code, candidate.biography).begin(at)
            return
        if self.full or at >= patience:
            reason = ScreeningEnd.ENROLMENT_COMPLETE if self.full else ScreeningEnd.OTHER
            end = do.EndScreening(participant=code, reason=reason)
            self.must(end, actor=people.COORDINATOR, at=at)
            return
        tomorrow = at + timedelta(days=1)
        self.diary.write(tomorrow, lambda then: self._enrol(code, candidate, then, patience))
