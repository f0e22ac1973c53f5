"""Findings on criteria that stand twice, or on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import Item, items, one_population
from trialrun.record.model import Study

_LEAST_WORDS = 4
_NEGATED = re.compile(
    r"\W*(?:\d+[.)]\s*)?(?:no (?:history|evidence|prior|known|active|previous|current|concurrent)\b"
    r"|not (?:pregnant|breast|lactating)|non-?pregnant|negative pregnancy|free of)",
    re.IGNORECASE,
)


def criteria_repeated(study: Study) -> tuple[Finding, ...]:
    """A criterion that stands twice among the inclusions or the exclusions, word for word."""
    found: list[Item] = []
    for kind in ("inclusion", "exclusion"):
        seen: dict[str, Item] = {}
        for item in _comparable(study):
            if item.kind != kind:
                continue
            if (key := _key(item.stored)) in seen:
                found.append(item)
            seen.setdefault(key, item)
    return tuple(
        item.finding("criterion-twice", "ambiguity", count=str(len(found))) for item in found[:1]
    )


def included_and_excluded(study: Study) -> tuple[Finding, ...]:
    """The same words include and exclude."""
    comparable = list(_comparable(study))
    including = {_key(item.stored) for item in comparable if item.kind == "inclusion"}
    return tuple(
        item.finding("included-and-excluded", "contradiction")
        for item in comparable
        if item.kind == "exclusion" and _key(item.stored) in including
    )


def exclusion_negated(study: Study) -> tuple[Finding, ...]:
    """An exclusion that says "no" or "not": taken at its word, it excludes whoever is fit."""
    return tuple(
        item.finding("exclusion-negated", "contradiction")
        for item in items(study)
        if item.kind == "exclusion" and not item.above and _NEGATED.match(item.stored)
    )[:1]


def _comparable(study: Study) -> Iterator[Item]:
    """Whole items that are long enough to mean something, and hold for everybody."""
    if not one_population(study):
        return iter(())
    return (
        item
        for item in items(study)
        if item.common and not item.above and len(_key(item.stored).split()) >= _LEAST_WORDS
    )


def _key(words: str) -> str:
    return " ".join(re.findall(r"[^\W_]+|[<>=≤≥]", words.lower()))
