"""Whether a ledger is what was written: digests, hashes, gaps, and a head kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialrun.errors import TrialrunError
from trialrun.ledger.entry import NOTHING, Entry, Head, chained, digest
from trialrun.ledger.events import Redacted
from trialrun.ledger.redaction import lawful


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written: where, and what."""

    position: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification found."""

    head: Head
    entries: int
    redacted: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(entries: Iterable[Entry], study: str, kept: Head | None = None) -> Verification:
    """Check a chain from its first entry; `kept` is a head that was kept elsewhere.

    Without such a head a tail that was cut, or a chain that was made anew, cannot be seen.
    """
    checker = _Checker(study, kept)
    try:
        for entry in entries:
            checker.check(entry)
    except TrialrunError as error:
        checker.fault(checker.position + 1, error.what)
    checker.finish()
    return Verification(
        head=Head(study, checker.position, checker.hash),
        entries=checker.count,
        redacted=len(checker.missing),
        faults=tuple(sorted(checker.faults, key=lambda one: one.position)),
    )


class _Checker:
    def __init__(self, study: str, kept: Head | None) -> None:
        self.study, self.kept = study, kept
        self.position, self.hash = 0, NOTHING
        self.count = 0
        self.faults: list[Fault] = []
        self.missing: dict[tuple[int, str], bool] = {}
        self.streams: dict[str, int] = {}

    def fault(self, position: int, what: str) -> None:
        self.faults.append(Fault(position, what))

    def check(self, entry: Entry) -> None:
        self.count += 1
        at = self.position + 1
        if entry.position != at:
            self.fault(at, f"entry {at} is missing or out of place (found {entry.position})")
        if entry.study != self.study:
            self.fault(at, f"the entry belongs to study {entry.study}")
        if entry.previous != self.hash:
            self.fault(at, "the entry does not follow the one before it")
        if chained(self.hash, entry.header_bytes) != entry.hash:
            self.fault(at, "the header or the hash was changed")
        self._check_parts(entry)
        version = self.streams.get(entry.stream, 0) + 1
        if entry.stream_version != version:
            self.fault(at, f"{entry.stream} jumps from {version - 1} to {entry.stream_version}")
        self.streams[entry.stream] = entry.stream_version
        self._check_meaning(entry)
        self.position, self.hash = entry.position, entry.hash
        if self.kept is not None and entry.position == self.kept.position:
            self._compare_head(self.kept)

    def _check_parts(self, entry: Entry) -> None:
        for name, expected in entry.digests.items():
            part = entry.parts.get(name)
            if part is None or part.data is None:
                self.missing[entry.position, name] = False
            elif digest(part.salt, part.data) != expected:
                self.fault(entry.position, f"the {name} part or its salt was changed")
        for name in entry.parts:
            if name not in entry.digests:
                self.fault(entry.position, f"the {name} part was added")

    def _check_meaning(self, entry: Entry) -> None:
        try:
            event = entry.event
        except TrialrunError as error:
            # A missing body is judged when all redactions are known.
            if not any(place[0] == entry.position for place in self.missing):
                self.fault(entry.position, error.what)
            return
        if isinstance(event, Redacted):
            self._check_redaction(event, entry.position)

    def _check_redaction(self, redacted: Redacted, position: int) -> None:
        place = (redacted.entry, redacted.part)
        if not lawful(redacted):
            self.fault(position, "the redaction is not by two people, of a text, for a reason")
        elif place in self.missing:
            self.missing[place] = True
        else:
            self.fault(position, f"entry {place[0]} was redacted, and its {place[1]} part is there")

    def _compare_head(self, kept: Head) -> None:
        if kept.hash != self.hash:
            self.fault(kept.position, "the chain is not the one whose head was kept")

    def finish(self) -> None:
        for (position, name), allowed in self.missing.items():
            if not allowed:
                self.fault(position, f"the {name} part is missing, and no entry redacts it")
        if self.kept is None:
            return
        if self.kept.study != self.study:
            self.fault(self.kept.position, f"the kept head is of study {self.kept.study}")
        if self.kept.position > self.position:
            self.fault(
                self.position + 1,
                f"the ledger ends at {self.position}; a head of {self.kept.position} was kept",
            )
