"""Two limits of one thing: `ALT ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.nodes import Comparison, If, Node, Presence, Unread, joined
from trialrun.criteria.text_reader.conditions import read_condition
from trialrun.criteria.text_reader.phrases import bag, known_words
from trialrun.criteria.text_reader.scan import Mention
from trialrun.criteria.text_reader.statement import Ask, Statement, norms
from trialrun.criteria.text_reader.words import Token

_AROUND = frozenset({"(", ")", ",", ";", ".", ":", "or", "and", "but", "then", "/"})
_TURNS = frozenset({"if", "in", "for", "with", "when", "unless", "where"})
_LEAD = frozenset({"in", "the", "case", "of", "for", "presence", "with", "if"})
_TRAIL = frozenset({"are", "is", "present", "exist", "exists"})
_NOTHING = bag("subjects") | bag("be") | bag("number_lead") | bag("labels") | _AROUND
_LONGEST = 14  # words of a condition


def read_conditional(
    said: Statement, tokens: Sequence[Token], mentions: Sequence[Mention]
) -> tuple[Node, tuple[Ask, ...]] | None:
    """The rule of an item that is one limit, and another one under a condition; else None.

    A condition that is not understood stays words inside the rule, and a question.
    """
    if len(mentions) != 2:
        return None
    first, second = mentions
    if first.start != second.start or not _alike(first, second):
        return None
    before = [one for one in tokens if one.end <= first.start]
    between = [one for one in tokens if first.end <= one.start and one.end <= second.limit]
    behind = [one for one in tokens if second.end <= one.start]
    if not set(norms(before)) <= _NOTHING:
        return None
    condition = _condition(_trimmed(between), _trimmed(behind))
    groups = [_group(said, tokens, first, one) for one in (first, second)]
    if condition is None or groups[0] is None or groups[1] is None:
        return None
    node, asks = _read(said, condition)
    return If(condition=node, then=groups[1], otherwise=groups[0]), asks


def _alike(first: Mention, second: Mention) -> bool:
    """Whether both limit the same variables in the same direction, each once, beyond doubt."""
    if first.asks or second.asks:
        return False
    pairs = []
    for one in (first, second):
        if not all(isinstance(atom, Comparison) for atom in one.atoms):
            return False
        pairs.append([(a.variable, a.op[0]) for a in one.atoms if isinstance(a, Comparison)])
    return pairs[0] == pairs[1] and len(set(pairs[0])) == len(pairs[0]) > 0


def _condition(between: list[Token], behind: list[Token]) -> list[Token] | None:
    """The words between the limits or behind the second that say when it holds."""
    if between and behind:
        return None
    words = between or behind
    if not words or words[0].norm not in _TURNS or len(words) > _LONGEST:
        return None
    inner = words[1:]
    if not inner or any(one.kind in {"number", "op"} for one in inner):
        return None
    if set(norms(inner)) & {"unless", "except", ";"}:
        return None
    return inner


def _group(
    said: Statement, tokens: Sequence[Token], named: Mention, limited: Mention
) -> Node | None:
    """All variables of a limit, as their conjunction has them; None where it leaves doubt."""
    inside = norms([one for one in tokens if named.start <= one.start < named.end])
    if any(word[0].isalpha() and word not in known_words() for word in inside):
        return None
    if len(limited.atoms) == 1:
        return limited.atoms[0]
    either = "or" in inside
    if either == (said.kind == "inclusion") or (said.kind == "exclusion" and "and" in inside):
        return None
    return joined(tuple(limited.atoms), "or" if either else "and")


def _read(said: Statement, words: list[Token]) -> tuple[Node, tuple[Ask, ...]]:
    """A condition as a rule where it is one, else as its words with a question."""
    bare = list(words)
    while bare and bare[-1].norm in _TRAIL:
        bare.pop()
    while bare and bare[0].norm in _LEAD:
        bare.pop(0)
    reading = read_condition(said, tuple(bare)) if bare else None
    if reading is not None and isinstance(reading.node, Presence) and not reading.asks:
        return reading.node, ()
    return Unread(words=said.words(words)), (said.ask("not_understood", words),)


def _trimmed(tokens: Sequence[Token]) -> list[Token]:
    found = list(tokens)
    while found and found[0].norm in _AROUND:
        found.pop(0)
    while found and found[-1].norm in _AROUND:
        found.pop()
    return found
