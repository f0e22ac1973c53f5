"""A criterion, all criteria of a trial, and the questions that reading them leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Literal, TypeAlias

from trialrun.criteria.nodes import Atom, Node, atoms
from trialrun.errors import RuleError

CriterionKind: TypeAlias = Literal["inclusion", "exclusion"]
Logic: TypeAlias = Literal["and", "or"]


class Status(Enum):
    """How far a criterion is executable."""

    COMPUTABLE = "computable"  # the rule is the whole criterion
    PARTLY = "partly"  # the rule is a part of it: evaluates to UNKNOWN
    JUDGEMENT = "judgement"  # a person decides it and signs
    UNREAD = "unread"  # no rule: evaluates to UNKNOWN


class AskedOf(Enum):
    """Who may answer a question."""

    INVESTIGATOR = "investigator"
    STATISTICIAN = "statistician"
    PHARMACIST = "pharmacist"
    LABORATORY = "cell-laboratory"
    SPONSOR = "sponsor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the words leave open, with the readings that are possible.

    `topic` names the sentence (`criteria.ask_<topic>`), `words` fill it; `explain.ask` says it.
    `choices` are short answers, in the rule language where they are rules; `assumed` is the one
    that the criterion's rule follows, good for a rehearsal only.
    """

    id: str
    topic: str
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    span: tuple[int, int] | None = None
    choices: tuple[str, ...] = ()
    assumed: str | None = None
    asked_of: AskedOf = AskedOf.INVESTIGATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """A comparison that the words of a criterion state, and whose place in its rule is not known.

    It decides nothing. `doubtful`: a question asks about its number or its unit. `span` as in
    `Criterion`.
    """

    atom: Atom
    span: tuple[int, int]
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnamed:
    """A limit of something that no variable of the vocabulary is: it decides nothing.

    `words` are the text's own for what is limited; `unit` is a UCUM code, "" where none is written.
    `span` as in `Criterion`.
    """

    words: str
    op: str
    value: Decimal
    unit: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion as it is written, and what it means.

    `rule` states the condition of `text`; an exclusion is not inverted. A criterion with others
    below it combines its own rule (if any) with theirs by `logic`. `span` is half-open, in code
    points of the stored eligibility text; None for a structured field.
    """

    id: str
    parent: str | None = None
    kind: CriterionKind
    logic: Logic | None = None
    text: str
    span: tuple[int, int] | None = None
    status: Status
    rule: Node | None = None
    mentioned: tuple[Mentioned, ...] = ()
    unnamed: tuple[Unnamed, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The atoms of its own rule."""
        return () if self.rule is None else tuple(atoms(self.rule))


@dataclass(frozen=True, slots=True)
class Combination:
    """How verdicts of criteria combine: all of, or any of, ids and combinations."""

    logic: Logic
    parts: tuple[str | Combination, ...]

    def __str__(self) -> str:
        return f" {self.logic} ".join(
            f"({part})" if isinstance(part, Combination) else part for part in self.parts
        )

    def names(self) -> Iterator[str]:
        """The ids in it, in their order."""
        for part in self.parts:
            if isinstance(part, str):
                yield part
            else:
                yield from part.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """All criteria of a trial. Every top criterion is required, but those that `root` combines."""

    all: tuple[Criterion, ...]
    root: Combination | None = None

    def __post_init__(self) -> None:
        ids = [one.id for one in self.all]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise RuleError(f"criterion {twice[0]} stands there twice")
        seen: dict[str, Criterion] = {}
        for one in self.all:
            parent = None if one.parent is None else seen.get(one.parent)
            if one.parent is not None and parent is None:
                raise RuleError(
                    f"criterion {one.id} belongs to {one.parent}, which does not stand before it"
                )
            if parent is not None and parent.kind != one.kind:
                raise RuleError(f"criterion {one.id} is of another kind than {parent.id}")
            seen[one.id] = one
        parents = {one.parent for one in self.all}
        for one in self.all:
            if one.status is Status.COMPUTABLE and one.rule is None and one.id not in parents:
                raise RuleError(f"criterion {one.id} is computable without a rule")
        for name in () if self.root is None else self.root.names():
            if name not in {one.id for one in self.top}:
                raise RuleError(f"the combination names {name!r}, which is no top criterion")

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, code: str) -> Criterion:
        found = next((one for one in self.all if one.id == code), None)
        if found is None:
            raise RuleError(
                f"no criterion is called {code!r}",
                remedy=f"The criteria are {', '.join(one.id for one in self.all)}.",
            )
        return found

    @property
    def top(self) -> tuple[Criterion, ...]:
        """The criteria that stand under no other."""
        return tuple(one for one in self.all if one.parent is None)

    def below(self, code: str) -> tuple[Criterion, ...]:
        """The criteria directly under this one."""
        return tuple(one for one in self.all if one.parent == code)

    @property
    def required(self) -> tuple[Criterion, ...]:
        """The top criteria that are not alternatives of `root`."""
        alternatives = set() if self.root is None else set(self.root.names())
        return tuple(one for one in self.top if one.id not in alternatives)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All open questions, in the order of the criteria."""
        return tuple(question for one in self.all for question in one.questions)


_DEEPEST = 60
_TOKEN = re.compile(r"\s*(?:(\()|(\))|([A-Za-z0-9._-]+))")


def read_combination(text: str) -> Combination | None:
    """`"(I1 and I3) or I4"` as a combination; None for the words "all required".

    >>> str(read_combination("(I1 and I3) or I4"))
    '(I1 and I3) or I4'
    """
    if text.strip() in {"", "all required"}:
        return None
    if text.count("(") > _DEEPEST:
        raise _unclear(text[:60])
    words = _words(text)
    result = _any_of(words, text)
    if words:
        raise _unclear(text)
    return result if isinstance(result, Combination) else Combination("and", (result,))


def _words(text: str) -> list[str]:
    words, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unclear(text)
        words.append(match.group(0).strip())
        at = match.end()
    return words


def _any_of(words: list[str], text: str) -> str | Combination:
    parts = [_all_of(words, text)]
    while words and words[0] == "or":
        words.pop(0)
        parts.append(_all_of(words, text))
    return parts[0] if len(parts) == 1 else Combination("or", tuple(parts))


def _all_of(words: list[str], text: str) -> str | Combination:
    parts = [_one(words, text)]
    while words and words[0] == "and":
        words.pop(0)
        parts.append(_one(words, text))
    return parts[0] if len(parts) == 1 else Combination("and", tuple(parts))


def _one(words: list[str], text: str) -> str | Combination:
    if not words or words[0] in {")", "and", "or"}:
        raise _unclear(text)
    word = words.pop(0)
    if word != "(":
        return word
    inner = _any_of(words, text)
    if not words or words.pop(0) != ")":
        raise _unclear(text)
    return inner


def _unclear(text: str) -> RuleError:
    return RuleError(
        f"{text!r} does not combine criteria",
        remedy='Write ids with and, or and parentheses, such as "(I1 and I3) or I4".',
    )
