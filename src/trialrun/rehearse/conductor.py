"""The conduct of a rehearsal: every act is decided as in a real trial; a day is one commit."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

from trialrun.conduct.commands import Command
from trialrun.conduct.decide import decide
from trialrun.conduct.protocols import Protocols
from trialrun.conduct.refusal import Refusal
from trialrun.conduct.situation import Author
from trialrun.ledger.fold import evolve
from trialrun.ledger.state import StudyState
from trialrun.ledger.store import Store, Writing
from trialrun.rehearse.clock import Clock
from trialrun.rehearse.people import ROLES


class Conductor:
    """Acts on one study's store; the ids of commands count up, so that they are the seed's own."""

    def __init__(self, store: Store, protocols: Protocols, clock: Clock) -> None:
        self._store, self._protocols, self._clock = store, protocols, clock
        self._day = ExitStack()
        self._writing: Writing | None = None
        self._acts = 0
        self.state = StudyState()

    def act(self, command: Command, *, actor: str, at: datetime) -> Refusal | None:
        """Do one act; a refusal leaves the state as it was."""
        self._clock.now = max(self._clock.now, at)
        if self._writing is None:
            self._writing = self._day.enter_context(self._store.writing())
        self._acts += 1
        by = Author(
            person=actor,
            role=ROLES[actor],
            origin="rehearsal",
            command_id=f"sim-{self._acts:06d}",
        )
        protocol = self._protocols.in_force(self.state)
        decision = decide(protocol, self.state, command, by=by, now=self._clock.now)
        if isinstance(decision, Refusal):
            return decision
        for entry in self._writing.append(decision, expected=self._writing.head):
            self.state = evolve(self.state, entry)
        return None

    def end_day(self) -> None:
        """Commit the day's acts."""
        self._writing = None
        self._day.close()

    def give_up(self, error: BaseException) -> None:
        """Roll the day back after an error."""
        self._writing = None
        self._day.__exit__(type(error), error, error.__traceback__)
