"""Statements with a form of their own: intervals between acts, time since a disease, allergies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from trialrun.criteria.nodes import Comparison, Node, Or, Presence, with_window
from trialrun.criteria.text_reader.amounts import read_amount
from trialrun.criteria.text_reader.comparisons import read_comparison
from trialrun.criteria.text_reader.conditions import read_condition
from trialrun.criteria.text_reader.lexicon import NUMERIC, find
from trialrun.criteria.text_reader.limits import canonical
from trialrun.criteria.text_reader.phrases import bag, phrases
from trialrun.criteria.text_reader.statement import Reading, Statement, norms
from trialrun.criteria.text_reader.words import Token
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables

_BE = frozenset({"is", "are", "must", "should", "be", "of", "was", "has", "to"})
_ALLERGY, _ALLERGIC_TO = bag("allergy"), bag("allergy") | bag("allergic_to")

Reader = Callable[[Statement, Sequence[Token]], Reading | None]


def read_interval(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """`The interval between X and Y is at least 2 weeks`: time since X, as of Y."""
    start = 1 if norms(tokens[:1]) == ("the",) else 0
    if norms(tokens[start : start + 2]) != ("interval", "between"):
        return None
    at = start + 2
    found = find(tokens, at, len(tokens), NUMERIC)
    if found is None or found[1] >= len(tokens) or tokens[found[1]].norm != "and":
        return None
    name, at = found[0], found[1] + 1
    for op in range(at, len(tokens) - 1):
        if tokens[op].kind != "op":
            continue
        stop = op
        while stop > at and tokens[stop - 1].norm in _BE:
            stop -= 1
        amount = read_amount(said.text, tokens[op + 1].start)
        if amount is None or amount.unit not in UNITS or amount.end != tokens[-1].end:
            return None
        row = variables()[name]
        limit = canonical(row, Quantity(amount.value, UNITS[str(amount.unit)]))
        if limit is None or stop == at or "and" in norms(tokens[at:stop]):
            return None
        sign = tokens[op].norm
        if sign not in {">", ">=", "<", "<="}:
            return None
        node = Comparison(variable=name, op=sign, limit=limit)  # type: ignore[arg-type]
        anchor = said.words(tokens[at:stop])
        return Reading(node=with_window(node, anchor=anchor, window_days=None))
    return None


def read_malignancy(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """`History of other malignant tumours < 5 years`: the time since another malignancy."""
    at = 0
    while at < len(tokens) and tokens[at].norm in bag("malignancy_lead"):
        at += 1
    for words in phrases("other_malignancy"):
        if norms(tokens[at : at + len(words)]) != words:
            continue
        op = at + len(words)
        if op + 1 >= len(tokens) or tokens[op].norm not in {"<", "<="}:
            return None
        amount = read_amount(said.text, tokens[op + 1].start)
        if amount is None or amount.unit not in {"a", "mo"} or amount.end != tokens[-1].end:
            return None
        row = variables()["time_since_other_malignancy"]
        limit = canonical(row, Quantity(amount.value, UNITS[str(amount.unit)]))
        if limit is None:
            return None
        sign = tokens[op].norm
        node = Comparison(variable=row.name, op=sign, limit=limit)  # type: ignore[arg-type]
        return Reading(node=node)
    return None


def read_allergy(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """`Allergic to the biological agents used in this treatment`, `to the study drug`."""
    words = set(norms(tokens))
    if not words & _ALLERGY or not words <= _ALLERGIC_TO or "to" not in words:
        return None
    if not words & bag("of_study") or not words & bag("things"):
        return None
    biological = {"biological", "biologic"} & words
    name = "allergy_to_study_biologics" if biological else "allergy_to_study_drug"
    asks = (said.ask("variable", tokens, variable=name),) if variables()[name].asks_en else ()
    return Reading(node=Presence(variable=name), asks=asks)


def read_examples(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """`Other cell treatments such as DLI, CMV-CTL, EBV-CTL`: any of these, or another such."""
    for at in range(1, len(tokens) - 2):
        if norms(tokens[at : at + 2]) != ("such", "as"):
            continue
        general = _taken(said, tokens[:at])
        if general is None or not isinstance(general.node, Presence):
            return None
        parts: list[Node] = []
        for part in _listed(tokens[at + 2 :]):
            one = _taken(said, part)
            if one is None or not isinstance(one.node, Presence):
                return None
            parts.append(one.node)
        if not general.node.present or any(
            isinstance(part, Presence) and not part.present for part in parts
        ):
            return None
        sure = said.kind == "exclusion"
        return replace(general, node=Or(parts=(*parts, general.node)), sure=sure)
    return None


def _taken(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    return read_condition(said, tokens)


def _listed(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The parts of a list, by commas, and, or."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.norm in {",", "and", "or", "/"}:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts if part]


SIMPLE: tuple[Reader, ...] = (
    read_interval,
    read_malignancy,
    read_allergy,
    read_examples,
    read_comparison,
    read_condition,
)
