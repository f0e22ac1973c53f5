"""Who the participants were before treatment: numbers, categories, and what was not collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.analysis.baseline_value import baseline_fact, canonical
from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.disease import Disease, disease_before
from trialrun.analysis.estimate import Found, Method, Traced, count
from trialrun.analysis.spread import Measured, Spread, spread
from trialrun.vocabulary.table import variable, variables
from trialrun.vocabulary.variable import Kind

# Shown first, in this order, where the trial has them; others that criteria ask for follow.
FIRST = ("age", "sex", "weight", "ecog", "karnofsky", "lansky", "marrow_blasts")
# Groups of the vocabulary that describe a participant rather than permit a treatment.
_DESCRIBING = {"demography", "body", "performance"}
_FEW = 12  # an ordinal with at most so many levels is shown level by level


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A quantity at baseline, in the vocabulary's unit."""

    variable: str
    spread: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories:
    """A coded, ordinal or yes-or-no characteristic: each category, and who has no value.

    `known` counts those with a value: the denominator of the categories.
    """

    variable: str
    categories: tuple[tuple[str, Traced[int]], ...]
    known: Traced[int]
    missing: Traced[int]


Characteristic = Number | Categories


def declared_variables(cutoff: Cutoff) -> tuple[str, ...]:
    """The variables that baseline tables show, from the protocol and the facts of the enrolled."""
    recorded = {
        kept.event.fact.variable for who in cutoff.state.enrolled for kept in who.facts.values()
    }
    table = variables()
    describing = [
        name for name, row in table.items() if row.group in _DESCRIBING and name in recorded
    ]
    first = [name for name in FIRST if name in {"age", "sex"} or name in recorded]
    rest = [name for name in describing if name not in FIRST]
    return (*first, *rest)


def characteristic(cutoff: Cutoff, people: Sequence[Found], name: str) -> Characteristic:
    """One variable at baseline among some of the enrolled."""
    row = variable(name)
    by_level = row.kind is Kind.ORDINAL and len(row.values) <= _FEW
    if row.kind in {Kind.CODED, Kind.BOOLEAN} or by_level:
        return _categories(cutoff, people, name, row.values)
    method = Method("baseline_value")
    values = []
    for one in people:
        kept = baseline_fact(cutoff, cutoff.state.participants[one.participant], name)
        number = None if kept is None else canonical(kept)
        if kept is not None and number is not None:
            values.append(Measured(Found(one.participant, kept.entries), number))
    return Number(variable=name, spread=spread(values, people, method))


def _categories(
    cutoff: Cutoff, people: Sequence[Found], name: str, values: Sequence[str]
) -> Categories:
    method = Method("baseline_value")
    having: dict[str, list[Found]] = {value: [] for value in values}
    missing = []
    for one in people:
        kept = baseline_fact(cutoff, cutoff.state.participants[one.participant], name)
        if kept is None or kept.event.fact.value not in having or kept.event.fact.comparator:
            missing.append(one)
        else:
            having[kept.event.fact.value].append(Found(one.participant, kept.entries))
    known = [one for found in having.values() for one in found]
    return Categories(
        variable=name,
        categories=tuple((value, count(found, method)) for value, found in having.items()),
        known=count(known, method),
        missing=count(missing, Method("no_baseline_value")),
    )


def disease_categories(cutoff: Cutoff, people: Sequence[Found]) -> Categories:
    """Disease before treatment, which decides the endpoint that somebody counts for."""
    having: dict[Disease, list[Found]] = {disease: [] for disease in Disease}
    for one in people:
        before = disease_before(cutoff, cutoff.state.participants[one.participant])
        having[before.disease].append(Found(one.participant, before.found.entries or one.entries))
    method = Method("disease_before", "Döhner H et al. Blood 2022;140:1345")
    known = [
        one
        for disease, found in having.items()
        if disease is not Disease.NOT_KNOWN
        for one in found
    ]
    return Categories(
        variable="disease",
        categories=tuple(
            (disease.value, count(found, method))
            for disease, found in having.items()
            if disease is not Disease.NOT_KNOWN
        ),
        known=count(known, method),
        missing=count(having[Disease.NOT_KNOWN], Method("no_baseline_value")),
    )
