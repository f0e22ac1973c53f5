"""Who comes to be screened: when, with which values, and whether they will do.

A candidate is drawn to meet every criterion, or to fail one, or to lack a fact; the real engine
then decides. What a criterion asks that no rule says is left to the simulated investigator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.criteria.criterion import Combination, Criterion, Status
from trialrun.criteria.nodes import ULN, Comparison, atoms
from trialrun.protocol.model import Protocol
from trialrun.rehearse.lot import Lot
from trialrun.rehearse.typical import typical
from trialrun.rehearse.wish import Wanted, Wish, both, drawn, printed_limit, wish
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

DAYS_A_MONTH = Fraction(487, 16)
# What every simulated candidate's chart holds, whatever the criteria ask.
CHART = ("age", "sex", "weight", "height")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What a candidate brings to screening."""

    arrival: int
    values: Mapping[str, str]
    upper_limits: Mapping[str, str]
    lacks: tuple[str, ...]
    declines: bool
    judged_unfit: bool
    meant_to_fail: str | None  # the criterion drawn to fail


def draw_screened(
    protocol: Protocol, lot: Lot, count: int, known: Mapping[str, Wanted]
) -> tuple[Screened, ...]:
    """`count` candidates in order of arrival; `known` narrows values that a model needs."""
    between = DAYS_A_MONTH / Fraction(protocol.assumption("candidates_per_month"))
    arrival, result = 0, []
    for _ in range(count):
        arrival += lot.wait(between)
        result.append(_one(protocol, lot, arrival, known))
    return tuple(result)


def _one(protocol: Protocol, lot: Lot, arrival: int, known: Mapping[str, Wanted]) -> Screened:
    declines = lot.happens(protocol.assumption("declines"))
    fails = lot.happens(protocol.assumption("not_eligible"))
    lacking = not fails and lot.happens(protocol.assumption("facts_missing"))
    unfit = lot.happens(protocol.assumption("judged_unfit"))
    wanted, failing = _wanted(protocol, lot, fails, known)
    names = dict.fromkeys((*CHART, *_asked(protocol), *wanted))
    values = {name: _value(name, wanted, lot) for name in names}
    needed = [name for name in _asked(protocol) if name not in CHART and not _consent(name)]
    lacks = (lot.pick(needed),) if lacking and needed else ()
    limits = {name: limit for name in names if (limit := typical(name).upper_limit) is not None
              and variable(name).kind is Kind.QUANTITY}  # fmt: skip
    limits |= {name: printed_limit(name) for name in _by_their_limit(protocol) if name in names}
    return Screened(
        arrival=arrival,
        values=values,
        upper_limits=limits,
        lacks=lacks,
        declines=declines,
        judged_unfit=unfit,
        meant_to_fail=failing,
    )


def _asked(protocol: Protocol) -> tuple[str, ...]:
    """The variables of every computable criterion, in order."""
    names = [
        atom.variable
        for one in protocol.criteria
        if one.status is Status.COMPUTABLE and one.rule is not None
        for atom in atoms(one.rule)
    ]
    return tuple(dict.fromkeys(names))


def _by_their_limit(protocol: Protocol) -> tuple[str, ...]:
    """The variables that a criterion compares with multiples of an upper limit."""
    found = [
        atom.variable
        for one in protocol.criteria
        for atom in one.atoms
        if isinstance(atom, Comparison) and atom.limit.unit == ULN
    ]
    return tuple(dict.fromkeys(found))


def _consent(name: str) -> bool:
    return variable(name).group == "consent"


def _value(name: str, wanted: Mapping[str, Wanted], lot: Lot) -> str:
    row = variable(name)
    if name in wanted:
        return drawn(name, wanted[name], lot)
    if row.kind is Kind.BOOLEAN:
        return "true" if _consent(name) else "false"
    if row.kind is Kind.CODED:
        return lot.pick(row.values)
    return drawn(name, Wanted(), lot)


def _wanted(
    protocol: Protocol, lot: Lot, fails: bool, known: Mapping[str, Wanted]
) -> tuple[Wish, str | None]:
    """The joint wish of all criteria, one of them turned round where the candidate is to fail."""
    chosen = _chosen(protocol, lot)
    computable = [one for one in chosen if one.status is Status.COMPUTABLE and one.rule is not None]
    turnable = [one for one in computable if not any(_consent(atom.variable) for atom in one.atoms)]
    failing = lot.pick(turnable) if fails and turnable else None
    result: Wish = dict(known)
    ordered = [failing] if failing is not None else []
    ordered += [one for one in computable if one is not failing]
    for one in ordered:
        assert one.rule is not None
        holds = (one.kind == "inclusion") is not (one is failing)
        mine = wish(one.rule, holds, lot)
        joined = None if mine is None else both(result, mine)
        # What cannot be met with the rest is left out; the engine will say what it comes to.
        result = result if joined is None else joined
    return result, None if failing is None else failing.id


def _chosen(protocol: Protocol, lot: Lot) -> list[Criterion]:
    """The criteria that this candidate is to meet: one alternative where the trial has several."""
    criteria = protocol.criteria
    tops = {one.id for one in criteria.required}
    if criteria.root is not None:
        tops |= _alternative(criteria.root, lot)
    chosen = []
    for one in criteria:
        top = one
        while top.parent is not None:
            top = criteria[top.parent]
        if top.id in tops:
            chosen.append(one)
    return chosen


def _alternative(combination: Combination, lot: Lot) -> set[str]:
    """The ids of one way to meet a combination: the first alternative mostly, others at times."""
    parts = combination.parts
    if combination.logic == "or":
        first = len(parts) == 1 or lot.happens(Decimal("0.8"))
        parts = (parts[0],) if first else (lot.pick(parts[1:]),)
    ids: set[str] = set()
    for part in parts:
        ids |= {part} if isinstance(part, str) else _alternative(part, lot)
    return ids
