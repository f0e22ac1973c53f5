"""Eligibility text and structured fields to criteria: the text reader's one door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trialrun.criteria.criterion import (
    Combination,
    Criteria,
    Criterion,
    CriterionKind,
    Logic,
    Mentioned,
    Question,
    Status,
    Unnamed,
    read_combination,
)
from trialrun.criteria.nodes import Atom, Elapsed, Node, Presence, atoms, mapped
from trialrun.criteria.text_reader.donors import of_donor, speaks_of_donors, without_donor
from trialrun.criteria.text_reader.fields import field_criteria, read_fields
from trialrun.criteria.text_reader.item_reading import Found, logic_of, read_item, sound, trailing
from trialrun.criteria.text_reader.named_above import is_name, read_below
from trialrun.criteria.text_reader.organ_heading import OrganHeading, read_organ_heading
from trialrun.criteria.text_reader.outline import Item, read_outline
from trialrun.criteria.text_reader.statement import Ask, Fields, Statement
from trialrun.criteria.text_reader.windows import Window
from trialrun.criteria.text_reader.words import Token, read_tokens
from trialrun.vocabulary.own import OWN
from trialrun.vocabulary.table import variables

# Not measured in a window: a heading's window is not meant for these.
_TIMELESS = frozenset(
    {"age", "sex", "informed_consent", "donor_informed_consent", "able_to_comply"}
)
_DISEASE = {"diagnosis", "disease status"}


def read_criteria(
    text: str | None,
    *,
    minimum_age: str | None = None,
    maximum_age: str | None = None,
    sex: str | None = None,
) -> Criteria:
    """The criteria of a record: its `eligibilityCriteria` as stored, and its structured fields.

    Never fails and drops nothing: what is not understood keeps its words, with status `unread` or
    `partly` and a question. Spans count code points of `text`.
    """
    fields = read_fields(minimum_age, maximum_age, sex)
    reader = _Reader(fields)
    for section in read_outline(text or "").sections:
        reader.section(section.kind, section.items)
    written, root = _with_alternatives(reader.found)
    known = field_criteria(fields, minimum_age, maximum_age, written)
    return Criteria(all=(*known, *written), root=root)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What an item's surroundings say about it."""

    kind: CriterionKind
    parent: str | None = None
    logic: Logic | None = None  # how the item and its neighbours combine, where told
    window: Window | None = None
    doubts: tuple[str, ...] = ()  # topics: the surroundings may restrict or invert it
    donor: bool = False  # what stands above is said of the donor
    name: str = ""  # what stands above, where it only names what is measured


@dataclass(slots=True)
class _Reader:
    """Criteria read so far, and how many of each kind."""

    fields: Fields
    found: list[Criterion] = field(default_factory=list)
    counts: dict[CriterionKind, int] = field(
        default_factory=lambda: {"inclusion": 0, "exclusion": 0}
    )

    def section(self, kind: CriterionKind | None, items: Sequence[Item]) -> None:
        """All items under one heading."""
        place = _Place(
            kind=kind or "inclusion",
            logic="or" if kind == "exclusion" else "and",
            doubts=() if kind is not None else ("no_heading",),
        )
        letter = "E" if kind == "exclusion" else "I"
        codes = []
        for _ in items:
            self.counts[place.kind] += 1
            codes.append(f"{letter}{self.counts[place.kind]}")
        self.siblings(items, codes, place)

    def siblings(self, items: Sequence[Item], codes: Sequence[str], place: _Place) -> None:
        """Items beside each other; an "or" between them puts both in doubt where all are needed."""
        joins = [trailing(read_tokens(item.text.text)) for item in items]
        for at, (item, code) in enumerate(zip(items, codes, strict=True)):
            before = "or" if at and joins[at - 1][2] == "or" else joins[at][1]
            after = joins[at][2]
            if at + 1 < len(items) and (joins[at + 1][1] == "or" or _only_or(joins[at + 1])):
                after = "or"
            if at and _only_or(joins[at - 1]):
                before = "or"
            doubts = list(place.doubts)
            if place.logic != "or" and "or" in {before, after} and len(items) > 1:
                doubts.append("readings")
            if item.doubtful:
                doubts.append("readings")
            donor = place.donor
            if item.scope is not None and place.parent is None:
                donor = speaks_of_donors(item.scope.text)
                doubts += [] if donor else ["section"]
            donor = donor or speaks_of_donors(item.text.text)
            asked = tuple(dict.fromkeys(doubts))
            self.item(item, code, replace(place, doubts=asked, donor=donor))

    def item(self, item: Item, code: str, place: _Place) -> None:
        """One item and all below it."""
        said = Statement(text=item.text.text, kind=place.kind, fields=self.fields)
        tokens, _, _ = trailing(read_tokens(said.text))
        inner = [f"{code}.{number}" for number in range(1, len(item.below) + 1)]
        heading = read_organ_heading(said, tokens) if item.below and tokens else None
        if heading is not None:
            self.head(item, code, inner, place, heading)
            return
        below = read_below(said, tokens, place.name) if place.name else None
        found = below or read_item(said, without_donor(tokens) if place.donor else tokens)
        found = of_donor(said, found) if place.donor else found
        if item.below and found.status in {Status.COMPUTABLE, Status.JUDGEMENT}:
            found = Found(Status.PARTLY, found.node, (*found.asks, said.ask("heading", tokens)))
        self.add(item, code, place, found)
        if item.below:
            logic = self.found[-1].logic
            doubts = (*place.doubts, "heading")
            name = said.text if is_name(said.text, tokens) else ""
            under = replace(place, parent=code, logic=logic, doubts=doubts, name=name)
            self.siblings(item.below, inner, under)

    def head(
        self, item: Item, code: str, inner: Sequence[str], place: _Place, heading: OrganHeading
    ) -> None:
        """A criterion that only heads others: its window stands on them."""
        said = Statement(text=item.text.text, kind=place.kind, fields=self.fields)
        window, asks, sure = heading.window, list[Ask](), True
        if window is not None:
            topics = [
                topic
                for topic, holds in (
                    ("calendar", window.calendar),
                    ("no_anchor", window.anchor is None),
                    ("anchor", window.vague),
                )
                if holds
            ]
            asks = [said.ask(topic, window.words) for topic in topics]
            sure = topics in ([], ["anchor"])
        start = len(self.found)
        status = Status.COMPUTABLE if sure else Status.PARTLY
        self.add(item, code, place, Found(status, None, tuple(asks)), heading.logic)
        below = replace(
            place,
            parent=code,
            logic=heading.logic,
            window=window if window is not None and window.anchor is not None else place.window,
            doubts=place.doubts if sure else (*place.doubts, "heading"),
        )
        self.siblings(item.below, inner, below)
        if heading.denies and not all(_is_sound(one) for one in self.found[start + 1 :]):
            self.doubt(start, said)

    def doubt(self, start: int, said: Statement) -> None:
        """A heading says "no …", and it is not clear that below it stands what is sound."""
        for at in range(start, len(self.found)):
            one = self.found[at]
            questions = one.questions
            if at == start:
                ask = said.ask("readings", read_tokens(said.text))
                questions = (*questions, _question(one.id, ask, None, len(questions)))
            status = Status.PARTLY if one.status is Status.COMPUTABLE else one.status
            self.found[at] = replace(one, status=status, questions=questions)

    def add(
        self, item: Item, code: str, place: _Place, found: Found, logic: Logic | None = None
    ) -> None:
        """A criterion, with what its surroundings put in doubt."""
        status, asks = found.status, list(found.asks)
        said = Statement(text=item.text.text, kind=place.kind)
        tokens = read_tokens(said.text)
        for topic in place.doubts:
            if status in {Status.COMPUTABLE, Status.JUDGEMENT}:
                status = Status.PARTLY
            if topic == "section" and item.scope is not None:
                asks.append(Ask(topic="section", words={"words": item.scope.text}))
            elif tokens and topic != "heading":
                asks.append(said.ask(topic, tokens))
            elif tokens and not asks:
                asks.append(said.ask("scope", tokens))
        node = found.node if place.window is None else _windowed(found.node, place.window)
        asks.extend(_own_ask(said, node, tokens))
        if logic is None:
            logic = logic_of(node) if not item.below else _below_logic(node, place.kind)
        self.found.append(
            Criterion(
                id=code,
                parent=place.parent,
                kind=place.kind,
                logic=logic,
                text=item.text.text,
                span=item.text.span,
                status=status,
                rule=node,
                mentioned=tuple(
                    Mentioned(
                        atom=atom,
                        span=item.text.span_of(one.start, one.end),
                        doubtful=bool(one.asks),
                    )
                    for one in found.mentions
                    for atom in one.atoms
                ),
                unnamed=tuple(
                    Unnamed(
                        words=one.words,
                        op=one.op,
                        value=one.value,
                        unit=one.unit,
                        span=item.text.span_of(one.start, one.end),
                    )
                    for one in found.unknown
                ),
                questions=tuple(
                    _question(code, ask, item, number) for number, ask in enumerate(asks)
                ),
            )
        )


def _own_ask(said: Statement, node: Node | None, tokens: Sequence[Token]) -> Iterator[Ask]:
    """That a rule asks for what only a person or a table's column can tell, once a criterion."""
    held = () if node is None else tuple(atoms(node))
    names = dict.fromkeys(atom.variable for atom in held if atom.variable.startswith(OWN))
    if names:
        said_names = ", ".join(variables()[name].en for name in names)
        yield said.ask("own", tokens, variables=said_names)


def _below_logic(node: Node | None, kind: str) -> Logic | None:
    """How those below an item combine; of what excludes, nobody can tell where no word does."""
    return logic_of(node) or ("and" if kind == "inclusion" else None)


def _only_or(join: tuple[Sequence[object], str, str]) -> bool:
    return not join[0] and "or" in join[1:]


def _windowed(node: Node | None, window: Window) -> Node | None:
    if node is None:
        return None

    def with_heading(atom: Atom) -> Atom:
        if atom.anchor is not None or atom.variable in _TIMELESS:
            return atom
        if isinstance(atom, Elapsed):
            return replace(atom, anchor=window.anchor)
        return replace(atom, anchor=window.anchor, window_days=window.days)

    return mapped(node, with_heading)


def _is_sound(one: Criterion) -> bool:
    """Whether a criterion describes what is healthy."""
    if one.status is not Status.COMPUTABLE:
        return False
    return all(sound(atom) is True for atom in one.atoms)


def _question(code: str, ask: Ask, item: Item | None, number: int) -> Question:
    span = None
    if item is not None and ask.end > ask.start:
        span = item.text.span_of(ask.start, ask.end)
    choices, assumed = _CHOICES.get(ask.topic, ((), None))
    suffix = "" if number == 0 else f".{number + 1}"
    return Question(
        id=f"{code}.{ask.topic}{suffix}",
        topic=ask.topic,
        words=ask.words,
        span=span,
        choices=ask.choices or choices,
        assumed=ask.assumed or assumed,
    )


# Short answers, and the one that the rule follows.
_CHOICES: dict[str, tuple[tuple[str, ...], str | None]] = {
    "anchor": (
        ("first treatment of any kind", "the studied product"),
        "first treatment of any kind",
    ),
    "upper_limit": (
        ("the limit just named", "the laboratory's upper limit"),
        "the limit just named",
    ),
    "section": (("everybody", "some"), None),
    "no_heading": (("inclusion", "exclusion"), "inclusion"),
    "own": (("a person enters it", "a table's column holds it"), "a person enters it"),
}


def _with_alternatives(
    found: Sequence[Criterion],
) -> tuple[tuple[Criterion, ...], Combination | None]:
    """A diagnosis beside other diagnoses: an alternative to them, or required as well?

    The combination is the assumed answer: the first diagnosis with the disease status that stands
    before the next one, or any of the following diagnoses.
    """
    tops = [
        one for one in found
        if one.parent is None and one.kind == "inclusion" and _groups(one) <= _DISEASE
        and _groups(one)
    ]  # fmt: skip
    first: list[Criterion] = []
    others: list[Criterion] = []
    for one in tops:
        known = {atom.variable for other in (*first, *others) for atom in other.atoms}
        named = {atom.variable for atom in one.atoms}
        diagnosed = any("diagnosis" in _groups(other) for other in first)
        if _groups(one) == {"diagnosis"} and diagnosed and not named & known:
            others.append(one)
        elif not others:
            first.append(one)
    if not others:
        return tuple(found), None
    base = " and ".join(one.id for one in first)
    parts = [f"({base})" if len(first) > 1 else base, *(one.id for one in others)]
    either = " or ".join(parts)
    result = list(found)
    for one in others:
        question = Question(
            id=f"{one.id}.alternative",
            topic="alternative",
            words={"words": one.text, "others": ", ".join(other.id for other in first)},
            span=one.span,
            choices=(either, "all required"),
            assumed=either,
        )
        result[result.index(one)] = replace(one, questions=(*one.questions, question))
    return tuple(result), read_combination(either)


def _groups(one: Criterion) -> set[str]:
    """What a criterion is about, where it says only that conditions are there."""
    if not one.atoms or not all(isinstance(atom, Presence) and atom.present for atom in one.atoms):
        return set()
    return {variables()[atom.variable].group for atom in one.atoms}
