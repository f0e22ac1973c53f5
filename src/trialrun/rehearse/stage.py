"""Where a rehearsal is played: the protocol, the conduct, and what is still to happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from trialrun.conduct import commands as do
from trialrun.errors import TrialrunError
from trialrun.ledger.state import StudyState
from trialrun.protocol.model import Protocol
from trialrun.rehearse import people
from trialrun.rehearse.conductor import Conductor
from trialrun.rehearse.diary import Diary


def clock_time(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of the rehearsal's clock; minutes may run over the hour."""
    return datetime.combine(day, time(hour), tzinfo=people.ZONE) + timedelta(minutes=minute)


@dataclass(slots=True)
class Stage:
    """What everybody in a rehearsal acts on.

    `samples` False leaves out observations that no tally counts, for trials by the many.
    """

    protocol: Protocol
    conductor: Conductor
    samples: bool = True
    diary: Diary = field(default_factory=Diary)

    @property
    def state(self) -> StudyState:
        """The study as it stands."""
        return self.conductor.state

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
