"""Why the two judges disagree: named classes, each a change that makes the reference agree.

A class explains a disagreement only where the reference engine, with that one thing changed in the
facts or in the criteria, gives the very answer of the CQL engine. Nothing is explained by words.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Any, TypeAlias

from tests.support.cql_oracle import (
    LETTERS,
    Population,
    anchors,
    criteria,
    facts_of,
    library,
    rules,
)

from trialrun.criteria.cql import Cql
from trialrun.criteria.cql.facts import SYSTEMS
from trialrun.criteria.criterion import Criteria
from trialrun.criteria.nodes import (
    And,
    AtLeast,
    If,
    Judgement,
    Node,
    Not,
    Or,
    Unread,
)
from trialrun.criteria.printer import write_rule
from trialrun.criteria.reference import evaluate
from trialrun.criteria.verdict import judge
from trialrun.readers.patients.fhir.bundle import read_bundle
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain
from trialrun.values.unit import UNITS
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility
from trialrun.vocabulary.table import variables

Facts: TypeAlias = tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a class may look at."""

    population: Population
    cql: Cql
    bundle: bytes


def _not_expressed(node: Node, left: frozenset[str]) -> Node:
    """The rule without the parts that were left out of CQL."""
    if not isinstance(node, Judgement | Unread) and write_rule(node) in left:
        return Unread(words="left out")
    match node:
        case And() | Or() | AtLeast():
            return replace(node, parts=tuple(_not_expressed(one, left) for one in node.parts))
        case Not():
            return Not(part=_not_expressed(node.part, left))
        case If():
            return If(
                condition=_not_expressed(node.condition, left),
                then=_not_expressed(node.then, left),
                otherwise=None if node.otherwise is None else _not_expressed(node.otherwise, left),
            )
        case _:
            return node


def _sent_twice(facts: Facts, setting: Setting) -> Facts:
    """The reader takes the same result, sent twice, for one; CQL counts both."""
    tally = Tally()
    read_bundle(setting.bundle, tally, where="again")
    if not tally.by_reason()[Reason.DUPLICATE]:
        return facts
    again = [
        fact for fact in facts if f'"{fact.id.partition("/")[2]}-again"'.encode() in setting.bundle
    ]
    return (*facts, *(replace(fact, id=f"{fact.id}-again") for fact in again))


def _unborn(facts: Facts, setting: Setting) -> Facts:
    """Born after the day that is asked about: CQL says an age of 0; the reference asks back."""
    day = Moment(setting.population.screening)
    return tuple(
        replace(fact, value=day.text, at=day)
        if fact.variable == "birth_date" and Moment(fact.value).day > day.last_day
        else fact
        for fact in facts
    )


def _blank(fact: Fact) -> Fact:
    """The fact with a value that decides nothing."""
    row = variables()[fact.variable]
    assert row.unit is not None and row.most is not None
    return replace(fact, value=str(row.most + 1), unit=row.unit.code, low=None, high=None)


def _no_mole(facts: Facts, setting: Setting) -> Facts:
    """CQL's engine converts no mass into an amount of substance."""
    return tuple(
        _blank(fact)
        if fact.unit is not None
        and variables()[fact.variable].molar is not None
        and UNITS[fact.unit].dimension.startswith("substance")
        else fact
        for fact in facts
    )


def _no_mass(facts: Facts, setting: Setting) -> Facts:
    """The same, for limits in umol/L and values in mg/dL."""
    return tuple(
        _blank(fact)
        if fact.unit is not None
        and variables()[fact.variable].molar is not None
        and UNITS[fact.unit].dimension.startswith("mass")
        else fact
        for fact in facts
    )


def _international(facts: Facts, setting: Setting) -> Facts:
    """CQL's engine compares no arbitrary units, not even with themselves."""
    return tuple(_blank(fact) if fact.unit == "[IU]/L" else fact for fact in facts)


def _local_codes(facts: Facts, setting: Setting) -> Facts:
    """The reader knows an ICD code under a local system's name; CQL takes systems by their URL."""
    named = {
        f"{one['resourceType']}/{one.get('id')}": {
            coding.get("system") for coding in (one.get("code") or {}).get("coding", ())
        }
        for one in resources_of(setting.bundle)
    }
    known = set(SYSTEMS.values())
    return tuple(
        fact
        for fact in facts
        if not (found := named.get(fact.id.partition("#")[0])) or found & known
    )


def _spelled(facts: Facts, setting: Setting) -> Facts:
    """The reader knows spellings of units, such as IU/L; CQL takes UCUM codes."""
    codes = {
        f"Observation/{one.get('id')}": one.get("valueQuantity", {}).get("code")
        for one in resources_of(setting.bundle)
        if one["resourceType"] == "Observation"
    }
    known = {*UNITS, *(code.replace("[IU]", "[iU]") for code in UNITS), None}
    return tuple(fact for fact in facts if codes.get(fact.id.partition("#")[0]) in known)


def _unquestioned(facts: Facts, setting: Setting) -> Facts:
    """The plausible range is in another unit, which CQL's engine does not convert: not questioned.

    Against multiples of the laboratory's own limit the value still decides.
    """
    return tuple(
        replace(
            fact, value=str(_scaled(fact.value)), low=_scaled(fact.low), high=_scaled(fact.high)
        )
        if fact.unit is not None
        and fact.unit != getattr(variables()[fact.variable].unit, "code", None)
        and plausibility(fact) is not None
        else fact
        for fact in facts
    )


def _scaled(number: str | None) -> str | None:
    return None if number is None else plain(Decimal(number) / 1000)


def resources_of(bundle: bytes) -> list[dict[str, Any]]:
    """The resources of a bundle."""
    return [entry["resource"] for entry in json.loads(bundle)["entry"]]


Change: TypeAlias = Callable[[Facts, Setting], Facts]
CHANGES: dict[str, Change] = {
    "sent twice": _sent_twice,
    "not born yet": _unborn,
    "no mass to mole": _no_mole,
    "no mole to mass": _no_mass,
    "unit spelling": _spelled,
    "international units": _international,
    "range not converted": _unquestioned,
    "local code system": _local_codes,
}
NOT_EXPRESSED = "not expressed"
CLASSES = (NOT_EXPRESSED, *CHANGES)


def _cut(whole: Criteria, cql: Cql) -> Criteria:
    """The criteria without the parts that CQL does not say."""
    left: dict[str, set[str]] = defaultdict(set)
    for one in cql.left:
        left[one.criterion].add(one.rule)
    return Criteria(
        all=tuple(
            one
            if one.rule is None
            else replace(one, rule=_not_expressed(one.rule, frozenset(left[one.id])))
            for one in whole
        ),
        root=whole.root,
    )


def explained(
    population: Population, answers: Mapping[str, str], units: str = "each"
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Agreements and disagreements by name of the class, an example of each, and what is left.

    Conditions and rules are compared; a verdict is its condition with its polarity. Counted are
    (patient, criterion) pairs under "agree" and the classes; the second counter is that of pairs
    where both judges decide (TRUE or FALSE), by whether they agree.
    """
    cql = library(population, units)
    cut = _cut(criteria(), cql)
    counts: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    unexplained: list[str] = []
    known = dict(rules())
    for place, (patient, facts) in enumerate(facts_of(population)):
        setting = Setting(population, cql, population.bundles[patient])
        oracle = {name: letters[place] for name, letters in answers.items()}
        base = _answers(population, criteria(), facts, known)
        open_ = {name for name, letter in oracle.items() if base[name] != letter}
        for name, letter in oracle.items():
            if name.endswith(" verdict"):
                continue
            counts["agree"] += name not in open_
            if "?" not in {letter, base[name]}:
                decided["agree" if name not in open_ else "disagree"] += 1
        for changes in _subsets():
            if not open_:
                break
            changed: Facts = facts
            for change in changes:
                if change != NOT_EXPRESSED:
                    changed = CHANGES[change](changed, setting)
            whole = cut if NOT_EXPRESSED in changes else criteria()
            if changed == facts and whole is not cut:
                continue
            found = _answers(population, whole, changed, known)
            done = {name for name in open_ if found[name] == oracle[name]}
            for name in done:
                if not name.endswith(" verdict"):
                    counts[" + ".join(changes)] += 1
            open_ -= done
        unexplained += [
            f"{patient}, {name}: oracle {oracle[name]}, reference {base[name]}" for name in open_
        ]
    return counts, decided, unexplained


def _subsets() -> list[tuple[str, ...]]:
    """One class alone first, then two together, then all."""
    pairs = list(combinations(CLASSES, 2))
    return [*((one,) for one in CLASSES), *pairs, tuple(CLASSES)]


def _answers(
    population: Population, whole: Criteria, facts: Facts, known: Mapping[str, Node]
) -> dict[str, str]:
    dates, as_of = anchors(population), Moment(population.screening)
    judged = judge(whole, facts, anchors=dates, judgements={}, as_of=as_of)
    found = {}
    for verdict in judged.verdicts:
        found[verdict.criterion.id] = LETTERS[verdict.condition]
        found[f"{verdict.criterion.id} verdict"] = LETTERS[verdict.truth]
    for text, node in known.items():
        truth = evaluate(node, facts, anchors=dates, as_of=as_of).truth
        found[f"rule: {text}"] = LETTERS[truth]
    return found
