"""A finding: what in a registry record contradicts itself, is missing, or reads two ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from trialrun.record.model import Study
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say

Sort = Literal["contradiction", "gap", "ambiguity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding of one rule, with the record's words and the field they stand in.

    `span` is half-open, in code points of that field's text; `who` may answer it.
    """

    rule: str
    sort: Sort
    where: str
    quoted: str = ""
    span: tuple[int, int] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    who: str = "investigator"

    def words(self, locale: Locale = "en") -> str:
        """What was found, as a sentence."""
        values = {
            key: _label(value, locale) if key == "variable" else value
            for key, value in self.values.items()
        }
        return say(f"findings.{self.rule.replace('-', '_')}", locale, **values)


def _label(english: str, locale: Locale) -> str:
    """A variable's label in the language; findings carry the English one."""
    return next(
        (row.label(locale) for row in variables().values() if row.label("en") == english), english
    )


Rule = Callable[[Study], tuple[Finding, ...]]
