"""The columns engine gives what the law gives, on every generated rule and everybody drawn.

Cases are drawn once, by fixed seed, and put to the engine many at a time: all rules of a batch on
all people of the batch, in one query.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby, product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from support.backends import ANYWHERE, DUCKDB, Backend, opened
from support.populations import answers, long, to_days, wide
from support.rule_strategies import Case, cases, named
from trialrun.criteria.columns.population import Population
from trialrun.criteria.nodes import NODE_TYPES, Judgement, Node, Unread
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.reference import evaluate
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

BATCH = 16
FEW = 96
CASES = 400 if os.environ.get("TRIALRUN_SLOW") else FEW
# Spark takes ten times as long as the others to prepare a query, so it gets the few.
ASKED = {"spark": FEW}
SHALLOW = [
    read_rule(rule)
    for rule in (
        "aml and not apl",
        "not aml or apl",
        "count (aml) >= 1",
        "if aml then apl",
        "since aml >= 0 d",
        "since aml >= 3000 d",
        "at least 2 of (aml, apl)",
        "not (apl)",
        "sex == female",
        'judgement "fit"',
        'unread "the rest"',
    )
]
SHORT = tuple(
    Fact(id=name, variable=name, value=value, at=Moment("2026-02-20"))
    for name, value in (("aml", "true"), ("apl", "false"), ("sex", "male"))
)
People = Mapping[str, Sequence[Fact]]


@cache
def drawn(count: int = CASES) -> tuple[Case, ...]:
    found: list[Case] = []

    @settings(
        max_examples=count, derandomize=True, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases())
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return tuple(found)


def batches(count: int = CASES) -> Iterator[list[Case]]:
    """Cases that share the moment of the question and the anchors."""

    def situation(case: Case) -> str:
        return f"{case.as_of} {sorted(case.anchors)}"

    for _, group in groupby(sorted(drawn(count), key=situation), situation):
        alike = list(group)
        for start in range(0, len(alike), BATCH):
            batch = alike[start : start + BATCH]
            # Deep rules are rarely TRUE (and) or FALSE (or): shallow ones beside them are both.
            yield [*batch, *(replace(batch[0], rule=rule, facts=SHORT) for rule in SHALLOW)]


def people_of(batch: Sequence[Case]) -> dict[str, list[Fact]]:
    """As many people as cases: of each variable, none, or the facts that one case has of it."""
    sets: dict[str, list[list[Fact]]] = {}
    for case in batch:
        for name in named(case.rule):
            own = [fact for fact in case.facts if fact.variable == name]
            sets.setdefault(name, []).append(own)
    for some in sets.values():
        some.extend([[]] * (len(some) // 5))
    return {
        f"p{number}": [
            fact
            for place, some in enumerate(sets.values())
            for fact in some[(number + place) % len(some)]
        ]
        for number in range(len(batch))
    }


def one_each(facts: Sequence[Fact]) -> list[Fact]:
    """The first fact of each variable."""
    return list({fact.variable: fact for fact in reversed(facts)}.values())


FORMS: dict[str, tuple[Callable[..., Population], Callable[[Sequence[Fact]], Sequence[Fact]]]] = {
    "long": (long, list),
    "long by days": (
        lambda people, **options: long(people, exact_days=True, **options),
        lambda facts: [to_days(fact) for fact in facts],
    ),
    "wide": (wide, one_each),
}


def differences(form: str, batch: Sequence[Case], backend: Backend = DUCKDB) -> Iterator[str]:
    """Each rule on each person of a batch: where the engine and the law differ."""
    build, shape = FORMS[form]
    people = {name: shape(facts) for name, facts in people_of(batch).items()}
    situation: dict[str, Any] = {"anchors": batch[0].anchors, "as_of": batch[0].as_of}
    rules = [case.rule for case in batch]
    got = answers(rules, build(people, backend=backend, **situation), backend)
    for patient, facts in people.items():
        for rule, truth in zip(rules, got[patient], strict=True):
            law = evaluate(rule, facts, **situation).truth
            if truth is not law:
                yield f"{write_rule(rule)}: {truth.value}, the law says {law.value}, of {facts}"


@pytest.mark.parametrize("database", ANYWHERE)
@pytest.mark.parametrize("form", FORMS)
def test_the_engine_says_what_the_law_says(form: str, database: str) -> None:
    backend, count = opened(database), ASKED.get(database, CASES)
    found = [one for batch in batches(count) for one in differences(form, batch, backend)]
    assert not found, f"{len(found)} differences, such as {min(found, key=len)}"


@pytest.mark.parametrize("count", sorted({FEW, CASES}))
def test_the_cases_reach_every_node_and_every_truth_value(count: int) -> None:
    seen: Counter[tuple[type[Node], Truth]] = Counter()
    for batch in batches(count):
        for case, facts in product(batch, people_of(batch).values()):
            situation: dict[str, Any] = {"anchors": case.anchors, "as_of": case.as_of}
            for one in evaluate(case.rule, facts, **situation).walk():
                seen[type(one.node), one.truth] += 1
    for kind in NODE_TYPES:
        total = sum(seen[kind, truth] for truth in Truth)
        assert total, kind
        # Nobody signs inside a rule on a population: a judgement is UNKNOWN there.
        for truth in [Truth.UNKNOWN] if kind in {Unread, Judgement} else list(Truth):
            assert seen[kind, truth] >= 0.05 * total, (kind, truth)
