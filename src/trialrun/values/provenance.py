"""Where a value comes from: the record's words, a section of the protocol, or our assumption."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Grade(Enum):
    """How well a number is founded."""

    MEASURED = "measured"
    TRANSFERRED = "transferred"
    ASSUMED = "assumed"


class Origin(Enum):
    """What kind of place a value was taken from."""

    RECORD = "record"  # words of the registry record: good for a draft, never for an approval
    DOCUMENT = "document"  # a section of the ethics-approved protocol document
    ASSUMED = "assumed"  # ours: good for a rehearsal, never for an approval


@dataclass(frozen=True, slots=True)
class Source:
    """What a value points at.

    `place` is a field path of the record ("eligibilityModule.eligibilityCriteria") or a section of
    the document ("6.2"); `span` is half-open, in code points of that field's text; `words` are the
    words themselves.
    """

    origin: Origin
    place: str = ""
    span: tuple[int, int] | None = None
    words: str = ""
