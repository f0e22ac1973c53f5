"""What a record leaves to ask: findings and the criteria reader's questions, each asked once.

Contradictory first, then ambiguous, then missing; within each, what hangs most on the answer.
What the reader could not read as a rule is counted and not asked: it is work, and no question to
an investigator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trialrun.criteria.criterion import Question
from trialrun.criteria.explain import ask
from trialrun.protocol.findings import findings_on
from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import TEXT, read
from trialrun.protocol.findings.weight import weight_of
from trialrun.record.model import Study
from trialrun.wording.catalogue import Locale

Group = Literal["contradictory", "ambiguous", "missing"]
GROUPS: tuple[Group, ...] = ("contradictory", "ambiguous", "missing")
PAGE = 8  # questions, with room for their answers and a signature

_GROUP_OF: dict[str, Group] = {
    "contradiction": "contradictory", "ambiguity": "ambiguous", "gap": "missing",
}  # fmt: skip
# Of the reader's questions: group, weight, and the findings that ask the same. The reader asks
# rather than guesses: what it cannot be sure of is often plain to a person, so such questions
# weigh nothing and are shown only with the whole.
_TOPICS: dict[str, tuple[Group, int, frozenset[str]]] = {
    "age_differs": ("contradictory", 1, frozenset({"age-differs", "age-unit-slip"})),
    "age_upper": ("ambiguous", 0, frozenset({"age-limit-only-structured", "age-differs"})),
    "age_lower": ("ambiguous", 0, frozenset({"age-limit-only-structured", "age-differs"})),
    "sex": ("contradictory", 1, frozenset({"pregnancy-of-men", "condition-of-one-sex"})),
    "contrary": ("contradictory", 1, frozenset({"exclusion-negated"})),
    "implausible": ("contradictory", 0, frozenset({"unit-impossible"})),
    "unit": ("ambiguous", 0, frozenset({"unit-missing"})),
    "no_anchor": (
        "ambiguous", 0, frozenset({"window-without-anchor", "window-back-from-when"}),
    ),
    "anchor": ("ambiguous", 2, frozenset()),
    "readings": ("ambiguous", 0, frozenset()),
    "exception": ("ambiguous", 2, frozenset({"exception-by-judgement"})),
    "alternative": ("ambiguous", 2, frozenset()),
    "upper_limit": ("ambiguous", 2, frozenset({"uln-of-what"})),
    "value": ("ambiguous", 0, frozenset()),
    "variable": ("ambiguous", 2, frozenset()),
    "scope": ("ambiguous", 0, frozenset()),
    "heading": ("ambiguous", 0, frozenset()),
    "no_heading": ("ambiguous", 0, frozenset({"headings-missing"})),
    "calendar": ("ambiguous", 0, frozenset()),
    "own": ("missing", 0, frozenset()),
}  # fmt: skip
# One answer settles the others of these topics, so the first alone is asked.
_ONCE = frozenset({"no_anchor", "calendar", "no_heading", "heading", "scope"})
_NO_QUESTION = frozenset({"not_understood", "section"})


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """One question to the people behind a record: from a finding, or from the criteria reader."""

    origin: Finding | Question
    group: Group
    weight: int

    @property
    def rule(self) -> str:
        """The finding's rule, or the reader's topic with `criteria-` before it."""
        if isinstance(self.origin, Finding):
            return self.origin.rule
        return f"criteria-{self.origin.topic.replace('_', '-')}"

    @property
    def where(self) -> str:
        """The field of the record that it is about."""
        return self.origin.where if isinstance(self.origin, Finding) else TEXT

    @property
    def span(self) -> tuple[int, int] | None:
        """Where its words stand in that field, in code points, half-open."""
        return self.origin.span

    @property
    def asked_of(self) -> str:
        """Who may answer."""
        one = self.origin
        return one.who if isinstance(one, Finding) else one.asked_of.value

    def words(self, locale: Locale = "en") -> str:
        """The question as a sentence."""
        one = self.origin
        return one.words(locale) if isinstance(one, Finding) else ask(one, locale)

    def quoted(self, text: str) -> str:
        """The record's words; `text` is the stored eligibility text."""
        if isinstance(self.origin, Finding):
            return self.origin.quoted
        return text[slice(*self.span)] if self.span else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """All questions, the most deciding first, and how many criteria are no rules yet."""

    questions: tuple[RecordQuestion, ...]
    unread: int

    @property
    def nothing(self) -> str:
        """The word for a page without a question: none at all, or none of weight."""
        return "none_weighty" if self.questions else "none"

    def page(self, *, whole: bool = False) -> tuple[RecordQuestion, ...]:
        """What fits on a page, or the whole, in groups."""
        weighty = tuple(one for one in self.questions if one.weight)
        chosen = self.questions if whole else weighty[:PAGE]
        return tuple(one for group in GROUPS for one in chosen if one.group == group)


def inquire(study: Study) -> Inquiry:
    """The questions that a record leaves."""
    findings, criteria = findings_on(study), read(study)
    asked = [RecordQuestion(one, _GROUP_OF[one.sort], weight_of(one.rule)) for one in findings]
    seen: set[str] = set()
    for question in criteria.questions:
        topic = question.topic
        if topic in _NO_QUESTION or (topic in _ONCE and topic in seen):
            continue
        group, weight, same = _TOPICS.get(topic, ("ambiguous", 0, frozenset()))
        if not any(one.rule in same and _same_words(one, question) for one in findings):
            asked.append(RecordQuestion(question, group, weight))
            seen.add(topic)
    # Sorting keeps the order of the rules, and of the criteria, among equals.
    ordered = sorted(asked, key=lambda one: (-one.weight, GROUPS.index(one.group)))
    unread = sum(any(each.topic in _NO_QUESTION for each in one.questions) for one in criteria)
    return Inquiry(questions=tuple(ordered), unread=unread)


def _same_words(finding: Finding, question: Question) -> bool:
    """Whether they may be about the same words; whole fields are about all words."""
    if finding.span is None or question.span is None or question.topic in _ONCE:
        return True
    return finding.span[0] < question.span[1] and question.span[0] < finding.span[1]
