"""How parts of a list combine: by their conjunction, their kind, and what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal, TypeAlias

from trialrun.criteria.criterion import Logic
from trialrun.criteria.nodes import And, Comparison, Node, Or, Presence, joined
from trialrun.criteria.text_reader.conditions import negated
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Ask, Reading, Statement, norms
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables

Separator: TypeAlias = Literal[
    "comma", "semi", "and", "or", "nor", "slash", "comma-and", "comma-or", "semi-and", "semi-or"
]
Group: TypeAlias = tuple[Reading, tuple[Token, ...], Separator | None]

# In front of the first of several they may be meant for all: "active infection or hepatitis".
MODIFIERS = bag("modifiers")
_SMALL = bag("subjects") | bag("be") | {"an", "any", "of", "known", "has", "have", "presence"}
_DISEASE = {"diagnosis", "disease status"}
_STRONG: frozenset[Separator] = frozenset({"semi", "semi-and", "semi-or"})
_COMMA_WORD: frozenset[Separator] = frozenset({"comma-and", "comma-or"})


def join(said: Statement, groups: Sequence[Group]) -> Reading | None:
    """One reading of several; unsure where the way they combine is in doubt."""
    if _scope_unclear(groups) or _consent_of_somebody(groups):
        return None
    seps = [before for _, _, before in groups[1:] if before is not None]
    strong = [sep for sep in seps if sep in _STRONG]
    if strong and len(strong) < len(seps):
        return _in_levels(said, groups, _STRONG)
    words = {_word(sep) for sep in seps} - {""}
    if words == {"and", "or"}:
        outer = {sep for sep in seps if sep in _COMMA_WORD}
        if len(outer) == 1 and "comma" not in seps and len(seps) > len(outer):
            return _in_levels(said, groups, frozenset(outer))
        return _unsure(said, groups, "or")
    word = words.pop() if words else ""
    logic, sure = _logic(said, [reading.node for reading, _, _ in groups], word)
    if not sure:
        return _unsure(said, groups, logic)
    return _joined(groups, logic, sure=True)


def _in_levels(
    said: Statement, groups: Sequence[Group], outer: frozenset[Separator]
) -> Reading | None:
    """Inner lists first, then the whole by its stronger separators."""
    lists: list[list[Group]] = [[]]
    for group in groups:
        if group[2] in outer and lists[-1]:
            lists.append([])
        lists[-1].append(group)
    joined_lists: list[Group] = []
    for inner in lists:
        first = (inner[0][0], inner[0][1], None)
        reading = inner[0][0] if len(inner) == 1 else join(said, [first, *inner[1:]])
        if reading is None:
            return None
        joined_lists.append((reading, inner[0][1], inner[0][2]))
    return join(said, joined_lists)


def _word(sep: Separator) -> str:
    if sep in {"or", "comma-or", "semi-or", "nor"}:
        return "or"
    return "and" if sep in {"and", "comma-and", "semi-and"} else ""


def _logic(said: Statement, nodes: Sequence[Node], word: str) -> tuple[Logic, bool]:
    """The combination, and whether it is the only one that can be meant."""
    bare = [node for node in nodes if _is_bare(node)]
    groups = {_group(node) for node in nodes}
    diseases = len(bare) == len(nodes) and groups <= _DISEASE
    if word == "or" and _says_nothing(nodes):
        return "and", False
    if word == "or":
        denials = [node for node in nodes if isinstance(node, Presence) and not node.present]
        return "or", not (said.kind == "inclusion" and denials)
    if said.kind == "exclusion":
        if word == "and" and _exclude_each_other(nodes):
            return "or", True  # "older than 45 and younger than 18": nobody is both
        if word == "and":
            return "or", len(bare) == len(nodes) and groups == {"reproduction"}
        return "or", True
    if word == "and":
        return "and", not diseases
    if diseases:
        return "or", True
    return "and", not bare


def _says_nothing(nodes: Sequence[Node]) -> bool:
    """`≥ 3,000 or ≤ 14,000`: every number is one of them, so a range is meant."""
    for one, other in pairwise(nodes):
        if not isinstance(one, Comparison) or not isinstance(other, Comparison):
            continue
        low, high = (one, other) if one.op[0] == ">" else (other, one)
        same = one.variable == other.variable and one.limit.unit == other.limit.unit
        if same and low.op[0] == ">" and high.op[0] == "<" and low.limit.value <= high.limit.value:
            return True
    return False


def _exclude_each_other(nodes: Sequence[Node]) -> bool:
    """`> 45 years and < 18 years`: whether two limits leave nothing between them."""
    for one, other in pairwise(nodes):
        if not isinstance(one, Comparison) or not isinstance(other, Comparison):
            continue
        low, high = (one, other) if one.op[0] == ">" else (other, one)
        same = one.variable == other.variable and one.limit.unit == other.limit.unit
        if same and low.op[0] == ">" and high.op[0] == "<" and low.limit.value > high.limit.value:
            return True
    return False


def _is_bare(node: Node) -> bool:
    """A condition that is there, and is not consent: may be one of alternatives."""
    return isinstance(node, Presence) and node.present and _group(node) != "consent"


def _group(node: Node) -> str:
    return variables()[node.variable].group if isinstance(node, Presence) else ""


def _scope_unclear(groups: Sequence[Group]) -> bool:
    """Whether a word in front of one part may be meant for the next one as well."""
    for (_, tokens, _), (reading, following, _) in pairwise(groups):
        denies, denies_next = negated(tokens) > 0, negated(following) > 0
        if denies and not denies_next and _is_bare(reading.node):
            return True
    for place, (_, tokens, _) in enumerate(groups):
        words = norms(tokens)
        lead = next((word for word in words if word not in _SMALL), "")
        if lead not in MODIFIERS:
            continue
        # The first may be meant for all that follow, a later one for the next.
        after = groups[1:] if place == 0 else groups[place + 1 : place + 2]
        for reading, own, _ in after:
            node = reading.node
            bare = isinstance(node, Presence) and not variables()[node.variable].ever
            if bare and not set(norms(own)[:2]) & MODIFIERS:
                return True
    return False


def _consent_of_somebody(groups: Sequence[Group]) -> bool:
    """`consent by the parents and a patient aged > 16`: the "and" may join the people."""
    for (reading, _, _), (_, following, before) in pairwise(groups):
        if _group(reading.node) == "consent" and before == "and":
            return following[0].norm in bag("subjects") | {"parent", "guardian"}
    return False


def _joined(groups: Sequence[Group], logic: Logic, *, sure: bool) -> Reading:
    asks: tuple[Ask, ...] = tuple(ask for reading, _, _ in groups for ask in reading.asks)
    nodes: list[Node] = []
    for reading, _, _ in groups:
        inner = reading.node
        same = isinstance(inner, And if logic == "and" else Or)
        nodes.extend(inner.parts if same and isinstance(inner, And | Or) else (inner,))
    node = joined(tuple(dict.fromkeys(nodes)), logic)
    return Reading(
        node=node, asks=asks, sure=sure and all(reading.sure for reading, _, _ in groups)
    )


def _unsure(said: Statement, groups: Sequence[Group], logic: Logic) -> Reading:
    tokens = tuple(token for _, part, _ in groups for token in part)
    reading = _joined(groups, logic, sure=False)
    return replace(reading, asks=(*reading.asks, said.ask("readings", tokens)))
