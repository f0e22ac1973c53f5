"""One rule, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from trialrun.record.model import Study
from trialrun.wording.catalogue import Locale, say


class Level(Enum):
    """Whether a finding keeps a record from being released, or asks for a second look."""

    ERROR = "error"
    WARNING = "warning"


# Places where a rule does not hold, each as a path or a group with the numbers in question.
Check: TypeAlias = Callable[[Study], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `report.rule_<id>` says it; `source` is where it is from.

    DED: the registry's data element definitions; PRS: its review criteria and news of 2018; AR:
    arithmetic; N11: N Engl J Med 2011;364:852, table 3; RRS: the upload schema of 2017.
    """

    id: str
    level: Level
    source: str
    check: Check

    def words(self, locale: Locale = "en") -> str:
        """What the rule asks for."""
        return say(f"report.rule_{self.id}", locale)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold, and where."""

    rule: Rule
    where: str
