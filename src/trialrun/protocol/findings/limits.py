"""Findings on limits: two values for one thing, limits that nobody can meet or that leave doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from trialrun.criteria.criterion import Status
from trialrun.criteria.nodes import And, Comparison, Node, Op, Or
from trialrun.protocol.findings.ages import in_years
from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import Item, items, one_population
from trialrun.record.model import Study
from trialrun.vocabulary.table import variables

_SIGN = re.compile(r"[<>≤≥≦≧⩽⩾=]")
_AGE_NOW = re.compile(r"post-?\s?(?:menstrual|conceptional)|corrected", re.IGNORECASE)
_CONTRARY: dict[Op, Op] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class _Bound:
    """What an item leaves allowed of one variable: `op` limit. An exclusion is turned round."""

    item: Item
    atom: Comparison
    op: Op

    @property
    def lower(self) -> bool:
        return self.op in {">", ">="}

    @property
    def strict(self) -> bool:
        return self.op in {"<", ">"}


def limits_differ(study: Study) -> tuple[Finding, ...]:
    """One variable has two limits of one direction, or limits that nobody can meet together."""
    found: dict[str, Finding] = {}
    for one, other in combinations(_bounds(study), 2):
        if (one.atom.variable, one.atom.limit.unit) != (other.atom.variable, other.atom.limit.unit):
            continue
        if _now(one) != _now(other):
            continue  # the age that an infant has now, beside that at birth
        rule = _rule(one, other)
        if rule == "limit-edge" and _settled(study, one, other):
            continue
        key = f"{rule} {one.atom.variable}"
        if rule is None or key in found:
            continue
        found[key] = other.item.finding(
            rule,
            "contradiction",
            variable=variables()[one.atom.variable].label("en"),
            one=_short(one.item.stored),
            other=_short(other.item.stored),
        )
    return tuple(found.values())


def _now(one: _Bound) -> bool:
    """Whether weeks since conception are said of an infant as it is now."""
    said = one.atom.variable == "gestational_age" and _AGE_NOW.search(one.item.stored)
    return bool(said)


def _rule(one: _Bound, other: _Bound) -> str | None:
    if one.item is other.item or (one.atom.limit == other.atom.limit and one.op == other.op):
        return None
    a, b = one.atom.limit.value, other.atom.limit.value
    kinds = {one.item.kind, other.item.kind}
    if one.lower == other.lower:
        if a != b:
            return "limit-twice" if len(kinds) == 1 else "limit-overlaps"
        return "limit-edge" if len(kinds) == 2 else None
    least, most = (one, other) if one.lower else (other, one)
    low, high = least.atom.limit.value, most.atom.limit.value
    if low > high or (low == high and (least.strict or most.strict)):
        return "limits-exclude-everybody"
    return None


def _settled(study: Study, one: _Bound, other: _Bound) -> bool:
    """ "Over 18" in, "under 18" out, and the age field from 18 on: 18 is in, as people speak."""
    limit = one.atom.limit.value
    known = study.protocol.eligibility
    fields = {in_years(known.minimum_age), in_years(known.maximum_age)} - {None}
    return (
        one.atom.variable == "age"
        and any(float(limit) == each for each in fields)
        and not any(_SIGN.search(each.item.stored) for each in (one, other))
    )


def _bounds(study: Study) -> Iterator[_Bound]:
    known: list[_Bound] = []
    if not one_population(study):
        return
    for item in items(study):
        rule = item.criterion.rule
        if (
            item.common
            and not item.criterion.questions
            and item.criterion.status is Status.COMPUTABLE
            and rule is not None
        ):
            known.extend(
                _Bound(item, atom, atom.op if item.kind == "inclusion" else _CONTRARY[atom.op])
                for atom in _sure(rule, item.kind == "inclusion")
                if atom.op != "=="
            )
    groups: dict[tuple[object, ...], list[_Bound]] = {}
    for one in known:
        key = (one.atom.variable, one.atom.limit.unit)
        groups.setdefault(key, []).append(one)
    # A limit in a window of its own may well differ from one in another.
    for those in groups.values():
        if len({(one.atom.anchor, one.atom.window_days) for one in those}) == 1:
            yield from those


def _sure(rule: Node, inclusion: bool) -> Iterator[Comparison]:
    """The comparisons that decide alone: parts of an AND that includes, of an OR that excludes."""
    if isinstance(rule, Comparison):
        yield rule
    elif isinstance(rule, And if inclusion else Or):
        yield from (part for part in rule.parts if isinstance(part, Comparison))


def _short(words: str) -> str:
    return words if len(words) <= 120 else f"{words[:117]}…"
