"""What was set aside, and why; nothing is dropped in silence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """Why something in a file is no record here; a sentence each in the catalogue."""

    ENCODING = "encoding"
    BROKEN = "broken"
    CUT_OFF = "cut_off"
    NO_STUDY = "no_study"
    NO_NUMBER = "no_number"
    UNREADABLE = "unreadable"
    UNKNOWN_FILE = "unknown_file"
    PACKED = "packed"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """One thing that was set aside: where it stands, the reason, and what was wrong in words."""

    where: str
    reason: Reason
    detail: str = ""
