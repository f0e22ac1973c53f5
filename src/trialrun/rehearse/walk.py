"""One simulated trial, walked through the real conduct day by day.

Everything that happens here happens through the conduct: nobody is enrolled, dosed or assessed
but by a command that the trial's rules accepted. A refusal that the walk did not foresee is an
error of the rehearsal, and stops it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from trialrun.conduct import commands as do
from trialrun.conduct.safety import Cause, enrol_from, pending_could_cross, places_left
from trialrun.ledger.events import ScreeningEnd
from trialrun.protocol.model import Protocol
from trialrun.rehearse import people
from trialrun.rehearse.biography import Candidate
from trialrun.rehearse.conductor import Conductor
from trialrun.rehearse.course import Course
from trialrun.rehearse.screening import Screening
from trialrun.rehearse.stage import Stage, clock_time

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
        self.stage = Stage(protocol, conductor, samples)
        self._reviewed: set[int] = set()
        self._screened = 0
        for candidate in candidates:
            arrival = clock_time(start + timedelta(days=candidate.arrival), 9)
            patience = arrival + timedelta(days=PATIENCE_DAYS)
            self.stage.diary.write(arrival, self._arrival(candidate, patience))

    def run(self, progress: Callable[[datetime], None] | None = None) -> None:
        """Walk until nothing is left to happen."""
        today: date | None = None
        while (following := self.stage.diary.next()) is not None:
            at, deed = following
            if today is not None and at.date() != today:
                self.stage.conductor.end_day()
                if progress is not None:
                    progress(at)
            today = at.date()
            deed(at)
            self._review(at)
        if today is not None:
            self.stage.conductor.end_day()

    def _review(self, at: datetime) -> None:
        """Have a suspension reviewed, once, unless the boundary caused it."""
        pause = self.stage.state.suspended
        if pause is None or pause.entry in self._reviewed:
            return
        self._reviewed.add(pause.entry)
        if pause.reason != Cause.DOSE_LIMITING:
            self.stage.diary.write(at + timedelta(days=REVIEW_DAYS), self._resume)

    def _resume(self, at: datetime) -> None:
        pause = self.stage.state.suspended
        if pause is not None and pause.reason != Cause.DOSE_LIMITING:
            resume = do.ResumeEnrolment(reason="idmc-review", note="simulated review")
            self.stage.must(resume, actor=people.SPONSOR, at=at)

    def _arrival(self, candidate: Candidate, patience: datetime) -> Callable[[datetime], None]:
        """Screen on the day somebody comes, or as soon as enrolment is open; else they are gone.

        Nobody is screened for a place that is not there: values would lapse before treatment.
        """

        def deed(at: datetime) -> None:
            if self._open(at):
                self._screened += 1
                code = people.participant_code(self._screened)
                if Screening(self.stage, code, candidate).run(at):
                    self._enrol(code, candidate, at + timedelta(hours=7), patience)
            elif at < patience:
                self.stage.diary.write(at + timedelta(days=1), deed)

        return deed

    def _open(self, at: datetime) -> bool:
        """Whether somebody found eligible today could be enrolled today."""
        protocol, state = self.stage.protocol, self.stage.state
        if state.suspended is not None or places_left(protocol, state) == 0:
            return False
        today = at.date()
        if enrol_from(protocol, state, today) != today:
            return False
        return not pending_could_cross(protocol, state, today)

    @property
    def full(self) -> bool:
        """Whether no place is left."""
        return places_left(self.stage.protocol, self.stage.state) == 0

    def _enrol(self, code: str, candidate: Candidate, at: datetime, patience: datetime) -> None:
        """Enrol now, or try again tomorrow while enrolment is suspended."""
        command = do.EnrolParticipant(participant=code, arm=candidate.arm)
        refusal = self.stage.conductor.act(command, actor=people.INVESTIGATOR, at=at)
        if refusal is None:
            Course(self.stage, code, candidate.biography).begin(at)
            return
        if self.full or at >= patience:
            reason = ScreeningEnd.ENROLMENT_COMPLETE if self.full else ScreeningEnd.OTHER
            end = do.EndScreening(participant=code, reason=reason)
            self.stage.must(end, actor=people.COORDINATOR, at=at)
            return
        tomorrow = at + timedelta(days=1)
        self.stage.diary.write(tomorrow, lambda then: self._enrol(code, candidate, then, patience))
