"""Whether a ledger is what was written: digests, hashes, gaps, and a head kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialrun.errors import AlteredLedger
from trialrun.ledger.entry import NOTHING, Entry, Head, chained, digest
from trialrun.ledger.events import Redacted
from trialrun.ledger.redaction import lawful
from trialrun.wording.catalogue import Locale, say


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written: where, and what; `kind` is a key of `verify`."""

    position: int
    kind: str
    values: tuple[tuple[str, str | int], ...] = ()

    def words(self, locale: Locale) -> str:
        """What was found, as a sentence."""
        return say(f"verify.{self.kind}", locale, **dict(self.values))

    @property
    def what(self) -> str:
        """The sentence in English."""
        return self.words("en")


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
    except AlteredLedger as error:
        checker.fault(checker.position + 1, "unreadable", what=error.what)
    else:
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

    def fault(self, position: int, kind: str, **values: str | int) -> None:
        self.faults.append(Fault(position, kind, tuple(values.items())))

    def check(self, entry: Entry) -> None:
        self.count += 1
        at = self.position + 1
        if entry.position != at:
            self.fault(at, "missing_entry", at=at, found=entry.position)
        if entry.study != self.study:
            self.fault(at, "other_study", study=entry.study)
        if entry.previous != self.hash:
            self.fault(at, "not_following")
        if chained(self.hash, entry.header_bytes) != entry.hash:
            self.fault(at, "header_changed")
        self._check_parts(entry)
        version = self.streams.get(entry.stream, 0) + 1
        if entry.stream_version != version:
            self.fault(at, "stream_jump", stream=entry.stream, before=version - 1,
                       found=entry.stream_version)  # fmt: skip
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
                self.fault(entry.position, "part_changed", part=name)
        for name in entry.parts:
            if name not in entry.digests:
                self.fault(entry.position, "part_added", part=name)

    def _check_meaning(self, entry: Entry) -> None:
        try:
            event = entry.event
        except AlteredLedger as error:
            # A missing body is judged when all redactions are known.
            if not any(place[0] == entry.position for place in self.missing):
                self.fault(entry.position, "not_understood", what=error.what)
            return
        if isinstance(event, Redacted):
            self._check_redaction(event, entry.position)

    def _check_redaction(self, redacted: Redacted, position: int) -> None:
        place = (redacted.entry, redacted.part)
        if not lawful(redacted):
            self.fault(position, "unlawful_redaction")
        elif place in self.missing:
            self.missing[place] = True
        else:
            self.fault(position, "not_redacted", entry=place[0], part=place[1])

    def _compare_head(self, kept: Head) -> None:
        if kept.hash != self.hash:
            self.fault(kept.position, "other_chain")

    def finish(self) -> None:
        for (position, name), allowed in self.missing.items():
            if not allowed:
                self.fault(position, "part_missing", part=name)
        if self.kept is None:
            return
        if self.kept.study != self.study:
            self.fault(self.kept.position, "other_head", study=self.kept.study)
        if self.kept.position > self.position:
            self.fault(self.position + 1, "cut", last=self.position, kept=self.kept.position)
