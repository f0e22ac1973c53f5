"""The items of a record's eligibility text, each with its words, its kind and what stands above it.

The criteria reader tells inclusion from exclusion and knows how lists nest; an item under no clear
heading has no kind that a finding could rest on, so it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from trialrun.criteria.criterion import Criteria, Criterion, CriterionKind
from trialrun.criteria.text_reader import read_criteria
from trialrun.protocol.findings.finding import Finding, Sort
from trialrun.protocol.findings.texts import criteria
from trialrun.record.model import Study

TEXT = "eligibilityModule.eligibilityCriteria"
# Questions of the reader that say: this may hold for some only, or be the contrary.
_DOUBTS = frozenset({"section", "heading", "scope", "no_heading", "contrary", "readings"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One criterion as stored: `stored` is the text's slice at `span`, `above` what it hangs on.

    `common` is False where it may hold for some participants only.
    """

    criterion: Criterion
    stored: str
    span: tuple[int, int]
    above: tuple[str, ...]
    common: bool

    @property
    def kind(self) -> CriterionKind:
        """Inclusion or exclusion."""
        return self.criterion.kind

    def finding(
        self, rule: str, sort: Sort, match: re.Match[str] | None = None, **values: str
    ) -> Finding:
        """A finding on this item, or on the words of it that a pattern found."""
        start, end = (0, len(self.stored)) if match is None else match.span()
        return Finding(
            rule=rule,
            sort=sort,
            where=TEXT,
            quoted=self.stored[start:end],
            span=(self.span[0] + start, self.span[0] + end),
            values=values,
        )


def read(study: Study) -> Criteria:
    """The record's criteria as the text reader reads them."""
    known = study.protocol.eligibility
    return _read(known.eligibility_criteria, known.minimum_age, known.maximum_age, known.sex)


@lru_cache(maxsize=4)  # every rule of one record asks
def _read(
    text: str | None, minimum_age: str | None, maximum_age: str | None, sex: str | None
) -> Criteria:
    return read_criteria(text, minimum_age=minimum_age, maximum_age=maximum_age, sex=sex)


_SEVERAL = re.compile(
    r"^[^\n]{0,70}\b(?:groups?|cohorts?|arms?|parts?|stages?|phases?|sub-?stud(?:y|ies)"
    r"|controls?|patients"
    r"|subjects|participants|volunteers|donors?|children|module|step"
    r"|adults)\b(?![^\n]*criteria)[^\n]{0,40}:\W*$",
    re.IGNORECASE | re.MULTILINE,
)


_ALTERNATIVE = re.compile(r"^\W*(?:and/)?or\W*$", re.IGNORECASE | re.MULTILINE)


def one_population(study: Study) -> bool:
    """Whether the text has one set of criteria: one heading of each kind, no heading of a group."""
    text = criteria(study)
    headings = [
        len(re.findall(rf"\b{word}\w*\s+criteria", text, re.IGNORECASE))
        for word in ("inclusion", "exclusion")
    ]
    return max(headings) <= 1 and not _SEVERAL.search(text) and not _ALTERNATIVE.search(text)


def lead_in(text: str, item: Item) -> str:
    """The nearest line above an item that ends with a colon: what its list is said to be."""
    lines = text[: item.span[0]].splitlines()
    return next((line for line in reversed(lines) if line.rstrip().endswith(":")), "")


def items(study: Study) -> Iterator[Item]:
    """All items under a clear heading, in their order."""
    text, all_ = criteria(study), read(study)
    by_id = {one.id: one for one in all_}
    for one in all_:
        if one.span is None or any(asked.topic == "no_heading" for asked in one.questions):
            continue
        above: list[Criterion] = []
        parent = one.parent
        while parent is not None:
            above.append(by_id[parent])
            parent = by_id[parent].parent
        line = (one, *above)
        yield Item(
            criterion=one,
            stored=text[slice(*one.span)],
            span=one.span,
            above=tuple(each.text for each in reversed(above)),
            common=not any(asked.topic in _DOUBTS for each in line for asked in each.questions)
            and not any(each.logic == "or" for each in above),
        )
