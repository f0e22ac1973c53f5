"""The loop that runs a trial: fold, decide, append; one batch, one transaction, all or nothing.

A batch is decided on the whole study's head, because places, products and staggering cross
participants. Each command sees what the ones before it in the batch did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from trialrun.conduct.commands import Command, RegisterParticipant, StartStudy
from trialrun.conduct.decide import decide, participant_of
from trialrun.conduct.protocols import Protocols
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.repeat import same_act
from trialrun.conduct.situation import Author
from trialrun.ledger.entry import Entry, Head
from trialrun.ledger.fold import evolve, fold
from trialrun.ledger.state import Participant, StudyState
from trialrun.ledger.store import Store, Writing

WHOLE_STUDY = "study"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was appended, and the state after it; `repeated` where a retry appended nothing."""

    entries: tuple[Entry, ...]
    state: StudyState
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody else acted on this participant since the person looked: what is new."""

    participant: str
    seen: int
    now: int
    changes: tuple[Entry, ...]


@dataclass(slots=True)
class Folded:
    """The state at a head, kept between batches so that only new entries are folded.

    Never trusted over the entries: when the head it knows is no longer in the chain, everything is
    folded anew.
    """

    head: Head | None = None
    state: StudyState = field(default_factory=StudyState)

    def at(self, ledger: Store | Writing) -> StudyState:
        """The state at the ledger's head."""
        head = ledger.head
        if self.head == head:
            return self.state
        known = self.head
        entries = ledger.entries(0 if known is None else known.position)
        first = next(entries, None)
        if known is not None and (first is None or first.previous != known.hash):
            self.state = StudyState()
            entries = ledger.entries()
            first = next(entries, None)
        if first is not None:
            self.state = fold(chain((first,), entries), self.state)
        self.head = head
        return self.state


class Batch:
    """Acts within one open transaction: each sees the ones before it; a refusal changes nothing."""

    def __init__(self, writing: Writing, state: StudyState, protocols: Protocols) -> None:
        self.writing = writing
        self.state = state
        self.protocols = protocols

    def act(
        self,
        command: Command,
        *,
        actor: str,
        role: str,
        now: datetime,
        command_id: str,
        origin: str = "api",
    ) -> tuple[Entry, ...] | Refusal:
        """The entries that one command made, appended and folded; or why not."""
        by = Author(
            person=actor,
            role=role,
            organisation=organisation(self.state, command, actor, role),
            origin=origin,
            command_id=command_id,
        )
        protocol = self.protocols.in_force(self.state)
        decision = decide(protocol, self.state, command, by=by, now=now)
        if isinstance(decision, Refusal):
            return decision
        entries = self.writing.append(decision, expected=self.writing.head)
        for entry in entries:
            self.state = evolve(self.state, entry)
        return entries


def organisation(state: StudyState, command: Command, actor: str, role: str) -> str:
    """For whom somebody acts: the site at which they hold the role, or the study as a whole."""
    if isinstance(command, StartStudy):
        return WHOLE_STUDY
    if isinstance(command, RegisterParticipant):
        site: str | None = command.site
    else:
        about = participant_of(state, command)
        site = about.site if isinstance(about, Participant) else None
    return site if site is not None and (actor, role, site) in state.roles else WHOLE_STUDY


class _Undone(Exception):
    """Leaves the transaction, which is rolled back."""

    def __init__(self, result: Refusal | Stale) -> None:
        super().__init__()
        self.result = result


def execute(
    store: Store,
    folded: Folded,
    protocols: Protocols,
    commands: Sequence[Command],
    *,
    actor: str,
    role: str,
    now: datetime,
    command_id: str,
    origin: str = "api",
    seen_version: int | None = None,
) -> Accepted | Refusal | Stale:
    """Append what the commands make, all of them or nothing.

    A `command_id` that was used before answers with what it made then, and appends nothing; used
    for another act it is refused. `seen_version` is the stream version of the participant that the
    person had before their eyes. `now` is aware, and the same clock as the store's.
    """
    try:
        with store.writing() as writing:
            batch = Batch(writing, folded.at(writing), protocols)
            before = writing.command(command_id)
            if before:
                if same_act(tuple(commands), before):
                    return Accepted(before, batch.state, repeated=True)
                raise _Undone(refuse(Rule.COMMAND_ID_REUSED, command_id=command_id))
            made: list[Entry] = []
            for command in commands:
                stale = _stale(batch, command, seen_version) if not made else None
                if stale is not None:
                    raise _Undone(stale)
                result = batch.act(
                    command,
                    actor=actor,
                    role=role,
                    now=now,
                    command_id=command_id,
                    origin=origin,
                )
                if isinstance(result, Refusal):
                    raise _Undone(result)
                made += result
            head = writing.head
    except _Undone as undone:
        return undone.result
    folded.head, folded.state = head, batch.state
    return Accepted(tuple(made), batch.state)


def _stale(batch: Batch, command: Command, seen_version: int | None) -> Stale | None:
    """What happened to the participant since the person looked."""
    about = participant_of(batch.state, command)
    if seen_version is None or not isinstance(about, Participant):
        return None
    if about.stream_version == seen_version:
        return None
    stream = f"participant:{about.code}"
    changes = tuple(
        entry
        for entry in batch.writing.entries()
        if entry.stream == stream and entry.stream_version > seen_version
    )
    return Stale(about.code, seen_version, about.stream_version, changes)
