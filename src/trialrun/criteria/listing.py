"""Criteria as other programs read them: plain values, conditions as written, decimal strings."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from trialrun.criteria.criterion import Criteria, Criterion, Mentioned, Unnamed
from trialrun.criteria.explain import ask, explain_rule
from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Atom,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Node,
    Not,
    Or,
    Presence,
    Unread,
)
from trialrun.criteria.printer import write_rule
from trialrun.values.quantity import plain
from trialrun.wording.catalogue import Locale

Json: TypeAlias = "str | bool | int | list[Json] | dict[str, Json] | None"


def list_criteria(criteria: Criteria, locale: Locale = "en") -> list[Json]:
    """Every criterion with its words, rule, atoms and questions.

    `rule` is in the rule language, `wording` says it in words; `anchor` is what all windows of the
    criterion, and of those below it, are before, where that is one thing. Atoms with `in_rule`
    false are stated by the words, and their place in the rule is not known.
    """
    return [_criterion(criteria, one, locale) for one in criteria]


def _criterion(criteria: Criteria, one: Criterion, locale: Locale) -> Json:
    anchors = {atom.anchor for atom in _all_atoms(criteria, one)}
    return {
        "id": one.id,
        "parent": one.parent,
        "kind": one.kind,
        "logic": one.logic,
        "text": one.text,
        "span": None if one.span is None else list(one.span),
        "status": one.status.value,
        "rule": None if one.rule is None else write_rule(one.rule),
        "wording": None if one.rule is None else explain_rule(one.rule, locale),
        "anchor": anchors.pop() if len(anchors) == 1 else None,
        "atoms": [*([] if one.rule is None else _atoms(one.rule)), *map(_mentioned, one.mentioned)],
        "questions": [ask(question, locale) for question in one.questions],
        **({"unnamed": [_unnamed(limit) for limit in one.unnamed]} if one.unnamed else {}),
    }


def _unnamed(one: Unnamed) -> Json:
    """A limit of something that the vocabulary does not know, in the text's own words."""
    return {"words": one.words, "op": one.op, "value": plain(one.value), "unit": one.unit}


def _mentioned(one: Mentioned) -> Json:
    """An atom that the words state, and that the rule does not hold."""
    said: dict[str, Json] = {**_atom(one.atom), "in_rule": False}
    return {**said, "doubtful": True} if one.doubtful else said


def _all_atoms(criteria: Criteria, one: Criterion) -> tuple[Atom, ...]:
    below = (atom for inner in criteria.below(one.id) for atom in _all_atoms(criteria, inner))
    return (*one.atoms, *below)


def _atoms(node: Node) -> list[Json]:
    """Every atom; one that is counted says against what."""
    match node:
        case Comparison() | In() | Presence() | Elapsed():
            return [_atom(node)]
        case Count():
            return [{**_atom(node.of), "count": {"op": node.op, "value": str(node.number)}}]
        case And() | Or() | AtLeast() | If():
            return [atom for part in node.parts for atom in _atoms(part)]
        case Not():
            return _atoms(node.part)
        case Judgement() | Unread():
            return []
        case _:
            assert_never(node)


def _atom(atom: Atom) -> dict[str, Json]:
    """Keys beyond the six stand there only where they say something."""
    said: dict[str, Json]
    match atom:
        case Comparison() | Elapsed():
            said = {
                "op": atom.op,
                "value": plain(atom.limit.value),
                "unit": atom.limit.unit.code,
            }
        case In():
            said = {"op": "in", "value": list(atom.values), "unit": None}
        case Presence():
            said = {"op": "present" if atom.present else "absent", "value": None, "unit": None}
        case _:
            assert_never(atom)
    said = {"variable": atom.variable, **said}
    said |= {"anchor": atom.anchor, "window_days": atom.window_days}
    if isinstance(atom, Elapsed):
        return said | {"since": True}
    if atom.least_days:
        said["least_days"] = atom.least_days
    if atom.side != "before":
        said["side"] = atom.side
    if atom.pick != "latest":
        said["pick"] = atom.pick
    if isinstance(atom, Comparison) and atom.method is not None:
        said["method"] = atom.method
    return said
