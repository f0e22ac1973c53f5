"""What can be read of a criterion that is not understood as a whole, and what is left of it.

Only parts that stand by themselves are read: nothing behind a condition ("if", "for women"), an
exception or a label that is not understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from trialrun.criteria.nodes import Node, Presence, Unread, atoms, joined
from trialrun.criteria.text_reader.clauses import read_clause, trimmed
from trialrun.criteria.text_reader.for_some import bend_of, is_said_of_some
from trialrun.criteria.text_reader.lexicon import CONDITION, find
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.seams import (
    Piece,
    Seam,
    is_for_some,
    put_together,
    seam_of,
    without_lone_brackets,
)
from trialrun.criteria.text_reader.statement import Ask, Reading, Statement, norms
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables

_TURNS, _PERMITS, _EXCEPTS = bag("turns"), bag("permits"), bag("exceptions")
_SUBJECTS = bag("subjects")


@dataclass(frozen=True, slots=True)
class Partial:
    """The parts that were read, in their order, and questions about the rest."""

    node: Node | None
    asks: tuple[Ask, ...]


def read_partly(said: Statement, tokens: Sequence[Token]) -> Partial:
    """The parts of an item that stand by themselves; what is left stays as words in the rule."""
    pieces: list[Piece] = []
    asks: list[Ask] = []
    rest: list[Token] = []
    seam: tuple[Seam, bool] = ("and", True)
    read_any = False

    def leave() -> None:
        nonlocal rest
        words = without_lone_brackets(trimmed(rest))
        if any(token.kind in {"word", "number"} for token in words):
            topic = "exception" if set(norms(words)) & _EXCEPTS else "not_understood"
            asks.append(said.ask(topic, words))
            pieces.append(Piece(Unread(words=said.words(words)), *seam))
        rest = []

    for sentence in _sentences(said, tokens):
        first = len(pieces)
        for place, (part, reading) in enumerate(_parts(said, sentence)):
            before = [token for token in tokens if token.end <= part[0].start]
            joint = seam_of(said, before, part, begins=place == 0), place == 0
            if reading is None:
                if rest and joint[0] != "and":
                    leave()
                seam = seam if rest else joint
                rest.extend(part)
                continue
            leave()
            pieces.append(Piece(reading.node, *joint))
            asks.extend(reading.asks)
            read_any = True
        leave()
        pieces[first:] = _unless(said, pieces[first:], sentence)
    if not read_any:
        return Partial(None, tuple(asks))
    return Partial(put_together(pieces), tuple(asks))


def _unless(said: Statement, pieces: list[Piece], sentence: Sequence[Token]) -> list[Piece]:
    """An inclusion's `A unless B`: either of them; B alone makes it neither true nor false."""
    turn = _turn(sentence)
    if said.kind != "inclusion" or bend_of(sentence[turn:]) != "unless" or len(pieces) < 2:
        return pieces
    last = pieces[-1].node
    begun = isinstance(last, Unread) and last.words.lstrip("(, ").startswith(
        said.words(sentence[turn : turn + 1])
    )
    read = [one for one in pieces if any(atoms(one.node))]
    if not begun or read != pieces[:-1]:
        return pieces
    node = joined((put_together(read), last), "or")
    return [Piece(node, pieces[0].seam, begins=pieces[0].begins)]


def _turn(tokens: Sequence[Token]) -> int:
    """Where a sentence turns to what bends it; its end where it does not."""
    return next((at for at, token in enumerate(tokens) if token.norm in _TURNS), len(tokens))


def _sentences(said: Statement, tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Cut at full stops before a capital, and at semicolons, outside parentheses."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.norm == "(") - (token.norm == ")")
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        ends = token.norm == "." and (
            after is None or (said.text[after.start].isupper() and after.start > token.end)
        )
        if depth <= 0 and (ends or token.norm == ";"):
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts if part]


def _parts(
    said: Statement, tokens: tuple[Token, ...]
) -> list[tuple[tuple[Token, ...], Reading | None]]:
    """Parts of one sentence with what each gives; from a turn on, nothing is read."""
    whole = read_clause(said, tokens)
    if whole is not None and is_for_some(tokens, whole.node):
        return [(tokens, None)]
    if whole is not None and whole.sure:
        return [(tokens, whole)]
    turn = _turn(tokens)
    # "should be" and "must be" stand in front of a limit as well; elsewhere a sentence permits.
    if any(token.norm in _PERMITS for token in tokens[:turn]):
        return [(tokens, None)]
    label = next((at for at, token in enumerate(tokens[:turn]) if token.norm == ":"), None)
    if label is not None or turn == 0:
        return [(tokens, None)]
    result: list[tuple[tuple[Token, ...], Reading | None]] = []
    head, tail = tokens[:turn], tokens[turn:]
    diagnosis = _diagnosis(said, head)
    if diagnosis is not None:
        found, at = diagnosis
        return [(head[:at], found), (head[at:] + tail, None)]
    parts = _cut(head)
    for part, following in zip_longest(parts, parts[1:]):
        aside = part[0].norm == "(" and (not result or result[-1][1] is None)
        reading = None if aside or _leans(part) else read_clause(said, part)
        if reading is not None and (not reading.sure or _narrowed(reading, following)):
            reading = None
        if reading is not None and following is not None and _widened(following):
            reading = None
        behind = tail if following is None else following
        if reading is not None and (_for_a_sex(behind) or _for_some(said, tokens, part)):
            reading = None
        if reading is not None and part is not parts[0] and _ages_something(reading, part):
            reading = None
        result.append((part, reading))
    if tail:
        result.append((tail, None))
    if len(result) > 1 and all(reading is None for _, reading in result):
        return [(tokens, None)]
    return result


def _ages_something(reading: Reading, part: Sequence[Token]) -> bool:
    """Whether "4 weeks old", behind something else, may be the age of that."""
    aged = any(atom.variable == "age" for atom in atoms(reading.node))
    return aged and not {"age", "aged"} & set(norms(part))


def _for_some(said: Statement, tokens: Sequence[Token], part: Sequence[Token]) -> bool:
    before = [token for token in tokens if token.end <= part[0].start]
    behind = [token for token in tokens if token.start >= part[-1].end]
    return said.kind == "inclusion" and is_said_of_some(said, before, behind, tokens)


def _for_a_sex(following: Sequence[Token]) -> bool:
    """Whether a limit is only for one sex: `≥ 13 g/dL (men)`, `≥ 13 g/dL for men`."""
    opens = bool(following) and following[0].norm in {"(", "for", "in"}
    some = bag("sexes") | {"cohort", "arm", "part", "group"}
    return opens and bool(set(norms(following[1:3])) & some)


def _narrowed(reading: Reading, following: Sequence[Token] | None) -> bool:
    """Whether a bare condition goes on in a parenthesis, which may say which kind is meant."""
    opens = following is not None and following[0].norm == "("
    return opens and any(
        isinstance(atom, Presence) and variables()[atom.variable].group != "consent"
        for atom in atoms(reading.node)
    )


def _widened(following: Sequence[Token]) -> bool:
    """Whether a parenthesis gives another limit for some: `(≤ 5 x ULN if liver metastases)`."""
    opens = following[0].norm == "(" and any(token.kind == "op" for token in following)
    return opens and any(token.norm in _TURNS for token in following)


def _leans(part: Sequence[Token]) -> bool:
    """Whether a part cannot stand by itself: it begins or ends in the middle of something."""
    words = norms(trimmed(part))
    return not words or words[-1] in {"with", "of", "than", "to", "by", "the", "a", "and", "or"}


def _cut(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """At a comma with and, and around parentheses; a bare comma or "or" may share words."""
    parts: list[list[Token]] = [[]]
    depth = 0
    at = 0
    while at < len(tokens):
        norm = tokens[at].norm
        if norm == "(" and depth == 0:
            parts.append([])
        depth += (norm == "(") - (norm == ")")
        pair = norms(tokens[at : at + 2])
        if depth == 0 and pair == (",", "and"):
            parts.append([])
            at += 2
            continue
        parts[-1].append(tokens[at])
        if norm == ")" and depth == 0:
            parts.append([])
        at += 1
    return [tuple(part) for part in parts if part]


def _diagnosis(said: Statement, tokens: Sequence[Token]) -> tuple[Reading, int] | None:
    """`AML patients receiving …`: whatever follows, the diagnosis is required."""
    if said.kind != "inclusion":
        return None
    at = 0
    led = False
    while at < len(tokens) and (tokens[at].norm in _SUBJECTS or tokens[at].norm in {"with", "all"}):
        led = led or tokens[at].norm == "with"
        at += 1
    found = find(tokens, at, len(tokens), CONDITION)
    if found is None or variables()[found[0]].group != "diagnosis":
        return None
    stop = found[1]
    subject = stop < len(tokens) and tokens[stop].norm in _SUBJECTS
    stop += int(subject)
    if (
        not (led or subject)
        or stop >= len(tokens)
        or tokens[stop].norm not in bag("after_diagnosis")
    ):
        return None
    if tokens[stop].norm in {"and", ","} and "or" in norms(tokens[stop:]):
        return None
    return Reading(node=Presence(variable=found[0])), stop
