"""How the parts of an item that is only partly understood hold together.

In an inclusion all must hold. In an exclusion any of the things that are listed excludes, but what
says when or when not, and what explains a word, goes with what stands in front of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from trialrun.criteria.nodes import And, Comparison, Node, Presence, atoms, joined
from trialrun.criteria.text_reader.clauses import trimmed
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Statement, norms
from trialrun.criteria.text_reader.words import Token

# "either": it may be another thing, or say more about the one in front.
# "all": it says when or when not of its whole sentence.
Seam: TypeAlias = Literal["and", "or", "either", "all"]

_EXPLAINS = frozenset(
    ["this", "these", "that", "such", "it", "they", "note", "defined", "definition", "i", "e", "g"]
)
_WHERE = frozenset({"for", "in", "during", "when", "where"})
_CONDITIONS = frozenset(
    ["if", "unless", "except", "excluding", "exception", "provided", "whichever", "although"]
)
_EXCLUDES = frozenset({"excluded", "ineligible"})
_DEFINES = frozenset({"defined", "exclusion", "confirmed", "definition"})


@dataclass(frozen=True, slots=True)
class Piece:
    """What a part gives, and how it holds with the parts in front of it."""

    node: Node
    seam: Seam
    begins: bool = False  # a sentence


def seam_of(
    said: Statement, before: Sequence[Token], part: Sequence[Token], *, begins: bool
) -> Seam:
    """How a part holds with what stands in front of it; `begins`: it begins a sentence."""
    words = norms(trimmed(part))
    if said.kind != "exclusion" or not before or not words:
        return "and"
    if not begins:
        if words[0] in bag("turns"):
            listing = set(words) & {",", "or", "and"}  # it may go on with another thing
            return "either" if listing and words[0] not in _CONDITIONS else "all"
        if part[0].norm == "(":
            return "and"
        lead = {before[-1].norm, part[0].norm} | ({part[1].norm} if part[0].norm == "," else set())
        return "or" if lead & {"and", "or"} else "either" if "," in lead else "and"
    if set(words) & _EXCLUDES and "not" not in words:
        return "or"
    if words[0] in _WHERE:
        return "either"
    turned = words[0] in bag("turns") | _EXPLAINS or part[0].norm == "("
    bent = set(words) & (bag("permits") | bag("exceptions") | _DEFINES)
    return "and" if turned or bent else "or"


def is_for_some(tokens: Sequence[Token], node: Node) -> bool:
    """Whether a condition leads a limit: `with liver metastases, ALT ≤ 5 x ULN`."""
    if not tokens or tokens[0].norm not in {"with", "without"} or not isinstance(node, And):
        return False
    led = isinstance(next(iter(atoms(node)), None), Presence)
    comma = next((at for at, token in enumerate(tokens) if token.norm == ","), len(tokens))
    lead, behind = tokens[:comma], norms(tokens[comma + 1 : comma + 2])
    led = led and {"and", "or"}.isdisjoint({*norms(lead), *behind})
    led = led and not any(token.kind == "op" for token in lead)
    return led and any(isinstance(atom, Comparison) for atom in atoms(node))


def put_together(pieces: Sequence[Piece]) -> Node:
    """The rule of all parts. A doubtful part makes it neither true nor false by what was read."""
    groups: list[Node] = []
    sentence = 0  # the group that its sentence begins
    for piece in pieces:
        if not groups or piece.seam == "or" or (piece.seam == "either" and any(atoms(piece.node))):
            groups.append(piece.node)
        elif piece.seam in {"all", "either"}:
            groups[sentence:] = [_both(joined(tuple(groups[sentence:]), "or"), piece.node)]
            if piece.seam == "either":
                groups.append(piece.node)
        else:
            groups[-1] = _both(groups[-1], piece.node)
        if piece.begins:
            sentence = len(groups) - 1
    return joined(tuple(groups), "or")


def _both(first: Node, second: Node) -> Node:
    parts = first.parts if isinstance(first, And) else (first,)
    return joined((*parts, second), "and")


def without_lone_brackets(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Without brackets at the edges that have no other one."""
    found = tuple(tokens)
    while found:
        words = norms(found)
        lone = words.count("(") - words.count(")")
        if words[0] == ")" or (words[0] == "(" and lone > 0):
            found = found[1:]
        elif words[-1] == "(" or (words[-1] == ")" and lone < 0):
            found = found[:-1]
        else:
            break
    return found
