"""Faults planted in the columns engine: each gives another answer than the law somewhere."""

from __future__ import annotations

import operator
from typing import Any

import ibis
import pytest

from support.populations import answers, long, to_days, wide
from trialrun.criteria.columns import cell, contenders, doubles, kleene, said, slots, windows
from trialrun.criteria.columns import long as long_form
from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import evaluate
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

ANCHORS = {"treatment": Moment("2026-03-01")}


def alt(value: str, at: str = "2026-02-20", **more: Any) -> Fact:
    return Fact(id="a", variable="alt", value=value, unit="U/L", at=Moment(at), **more)


def of(variable: str, value: str, at: str = "2026-02-20", unit: str | None = None) -> Fact:
    return Fact(id="o", variable=variable, value=value, unit=unit, at=Moment(at))


RULES = [
    "alt > 40 U/L", "alt <= 40 U/L", "alt < 2 x ULN",
    "alt < 40 U/L within 14 days before treatment",
    "aml or apl", "aml and arrhythmia", "creatinine < 84 umol/L", "any alt > 40 U/L",
    "count (alt > 40 U/L) >= 2", "at least 2 of (aml, apl, arrhythmia)", "alt >= 40 U/L",
]  # fmt: skip
PEOPLE: dict[str, list[Fact]] = {
    "on the limit": [alt("40")],
    "twice the limit": [alt("82.4", high="41.2")],
    "below twice the limit": [alt("60", high="41.2")],
    "no upper limit": [alt("30")],
    "on the edge of the window": [alt("30", "2026-02-15")],
    "a day before it": [alt("30", "2026-02-14")],
    "an older one": [alt("30", "2026-02-01"), alt("90", "2026-02-20")],
    "two that disagree": [alt("30"), alt("90")],
    "by the clock": [alt("30", "2026-02-20T08:00+08:00"), alt("90", "2026-02-20T09:00+08:00")],
    "in that month": [alt("30", "2026-02"), alt("90", "2026-02-20")],
    "less than": [alt("40", comparator="<")],
    "one of two": [of("aml", "true")],
    "not one of two": [of("aml", "false"), of("arrhythmia", "true")],
    "beside a limit": [of("creatinine", "0.9502262443438914", unit="mg/dL")],
    "nothing": [],
}


def agrees() -> bool:
    rules = [read_rule(rule) for rule in RULES]
    days = {name: [to_days(fact) for fact in facts] for name, facts in PEOPLE.items()}
    single = {name: facts[:1] for name, facts in PEOPLE.items()}
    forms = [
        (PEOPLE, long(PEOPLE, anchors=ANCHORS)),
        (days, long(days, exact_days=True, anchors=ANCHORS)),
        (single, wide(single, anchors=ANCHORS)),
    ]
    for people, population in forms:
        got = answers(rules, population)
        for name, facts in people.items():
            law = [evaluate(rule, facts, anchors=ANCHORS).truth for rule in rules]
            if got[name] != law:
                return False
    return True


def test_the_engine_as_it_is_agrees() -> None:
    assert agrees()


def without_edge(latest: Any, earliest: Any, least: Any, most: Any, window: Any) -> Any:
    found = latest <= least - window.least
    return found if window.most is None else found & (earliest > most - window.most)


def all_contend(*args: Any, **more: Any) -> Any:
    columns = contends(*args, **more)
    name = min(columns, key=len)
    return {**columns, name: ibis.literal(True)}


contends = contenders._contends
zones = cell._zones
MUTANTS: dict[str, tuple[Any, str, Any]] = {
    "≥ for >": (cell._OPERATORS, ">", operator.ge),
    "> for ≥": (cell._OPERATORS, ">=", operator.gt),
    "< for ≤": (cell._OPERATORS, "<=", operator.lt),
    "unknown is false": (
        said.Said, "column", property(lambda one: ibis.coalesce(one.true, False)),
    ),
    "the laboratory's limit once": (
        cell, "exactly",
        lambda number, op, multiple, other, **_: cell._OPERATORS[op](number, other),
    ),
    "products of doubles": (
        cell, "exactly",
        lambda number, op, multiple, other, **_: cell._OPERATORS[op](
            number, other * float(multiple) * (1 + 1e-15)
        ),
    ),
    "the window's last day is out": (windows, "_between", without_edge),
    "everything contends": (contenders, "_contends", all_contend),
    "bits overlap": (slots.Slot, "mask", property(lambda slot: 1)),
    "or of what is known": (
        kleene, "any_of",
        lambda parts: said.holds(ibis.coalesce(said.some([part.true for part in parts]), False)),
    ),
    "a comparator is not read": (cell, "_zones", lambda atom, unit, said: zones(atom, unit, "")),
    "a limit is a double": (
        doubles, "placed", lambda sign, limit: doubles.Bound(sign, float(limit)),
    ),
    "any is all": (
        long_form, "pick_of",
        lambda leaf: "all" if slots.pick_of(leaf) == "any" else slots.pick_of(leaf),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, what, fault = MUTANTS[name]
    if isinstance(where, dict):
        monkeypatch.setitem(where, what, fault)
    else:
        monkeypatch.setattr(where, what, fault)
    assert not agrees()
