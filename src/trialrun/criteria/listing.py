"""Criteria as other programs read them: plain values, conditions as written, decimal strings."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from trialrun.criteria.criterion import Criteria, Criterion
from trialrun.criteria.explain import ask, explain_rule
from trialrun.criteria.nodes import Atom, Comparison, In, Presence
from trialrun.criteria.printer import write_rule
from trialrun.values.quantity import plain
from trialrun.wording.catalogue import Locale

Json: TypeAlias = "str | int | list[Json] | dict[str, Json] | None"


def list_criteria(criteria: Criteria, locale: Locale = "en") -> list[Json]:
    """Every criterion with its words, rule, atoms and questions.

    `rule` is in the rule language, `wording` says it in words; `anchor` is what all windows of the
    criterion, and of those below it, are before, where that is one thing.
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
        "atoms": [_atom(atom) for atom in one.atoms],
        "questions": [ask(question, locale) for question in one.questions],
    }


def _all_atoms(criteria: Criteria, one: Criterion) -> tuple[Atom, ...]:
    below = (atom for inner in criteria.below(one.id) for atom in _all_atoms(criteria, inner))
    return (*one.atoms, *below)


def _atom(atom: Atom) -> Json:
    common: dict[str, Json] = {"anchor": atom.anchor, "window_days": atom.window_days}
    said: dict[str, Json]
    match atom:
        case Comparison():
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
    return {"variable": atom.variable, **said, **common}
