"""A list behind a denial: in "no HIV, hepatitis B and ALT > 3 x ULN", is ALT denied with the rest?

Nobody can tell from the words alone: "no insulin and HbA1c > 7 %" asks for the high value, "no
hepatitis and ALT > 3 x ULN" does not. Where an inclusion would demand a value on the bad side
behind a denial, its rule holds nothing, and both readings are asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trialrun.criteria.criterion import Status
from trialrun.criteria.nodes import And, Atom, Comparison, Node, Or, Unread, atoms, mapped
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader.mentions import read_mentions
from trialrun.criteria.text_reader.phrases import begins_with
from trialrun.criteria.text_reader.scan import Mention
from trialrun.criteria.text_reader.statement import Statement
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables

if TYPE_CHECKING:
    from trialrun.criteria.text_reader.item_reading import Found

_NEGATIVE = frozenset({"negative", "absence", "free"})
_JOINS = frozenset({",", "and", "or", "/"})
# Behind one of these, something else is said of the same people.
_TURNS = frozenset(
    {".", ";", ":", "but", "with", "who", "must", "should", "have", "has", "is", "are"}
)
_CONTRARY = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def without_denied_list(said: Statement, tokens: Sequence[Token], found: Found) -> Found:
    """The same; or, where a denial may reach a limit that the rule demands, a question instead."""
    if found.node is None or said.kind != "inclusion" or not _denies(tokens):
        return found
    held = set(atoms(found.node))
    mentions = read_mentions(said, tokens)[0] if any(_is_bad(atom) for atom in held) else ()
    reached = [
        atom
        for one in mentions
        for atom in one.atoms
        if atom in held and _is_bad(atom) and _is_listed(tokens, one)
    ]
    if not reached:
        return found
    turned = mapped(found.node, lambda atom: _turned(atom) if atom in reached else atom)
    if isinstance(turned, Or):
        turned = And(parts=turned.parts)  # "no A or B": neither
    ask = replace(
        said.ask("readings", tokens), choices=(write_rule(found.node), write_rule(turned))
    )
    stated = tuple(one for one in mentions if set(one.atoms) & held)
    words: Node = Unread(words=said.words(tokens))
    return replace(
        found, status=Status.PARTLY, node=words, asks=(ask,), mentions=(*found.mentions, *stated)
    )


def _denies(tokens: Sequence[Token]) -> bool:
    return bool(begins_with("denials", tokens, 0)) or tokens[0].norm in _NEGATIVE


def _is_bad(atom: Atom) -> bool:
    """Whether a limit asks for values that its variable is the worse for."""
    worse = variables()[atom.variable].worse
    if not isinstance(atom, Comparison) or not worse or atom.op not in _CONTRARY:
        return False
    return (atom.op[0] == ">") == (worse == "high")


def _is_listed(tokens: Sequence[Token], one: Mention) -> bool:
    """Whether a limit stands in the list that begins with what is denied."""
    before = [token.norm for token in tokens[1:] if token.end <= one.start]
    return bool(set(before) & _JOINS) and not set(before) & _TURNS


def _turned(atom: Atom) -> Atom:
    if not isinstance(atom, Comparison):
        return atom
    return replace(atom, op=_CONTRARY[atom.op])  # type: ignore[arg-type]
