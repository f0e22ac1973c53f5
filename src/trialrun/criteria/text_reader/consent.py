"""Consent, and the will to follow the protocol: sentences of which every word is accounted for."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.nodes import Node, Presence, joined
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Reading, Statement, norms
from trialrun.criteria.text_reader.words import Token

_WORDS = bag("consent")
_COMPLY_HEADS, _COMPLY = bag("comply_heads"), bag("consent") | bag("comply")
_REFUSALS = bag("refusals")
_ABOUT_PROTOCOL = bag("about_protocol")
_PEOPLE = bag("subjects") | {"recipient"}


def read_consent(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """Consent (of participant, donor, or both), compliance, or their lack; else None."""
    words = set(norms(tokens))
    if norms(tokens)[0] in {"at", "on", "upon", "when", "as", "of", "by", "from"}:
        return None
    refused = words & _REFUSALS
    consents = "consent" in words or "icf" in words or "consented" in words
    complies = bool(words & _COMPLY_HEADS)
    allowed = (_COMPLY if complies else _WORDS) | _REFUSALS
    if not (consents or complies) or not words <= allowed or len(tokens) > 60:
        return None
    if "assent" in words or len(refused) > 2:
        return None
    if not consents and not _about_protocol(words):
        return None
    names: list[str] = []
    if consents:
        donor, person = words & {"donor"}, words & _PEOPLE
        if person or not donor:
            names.append("informed_consent")
        if donor:
            names.append("donor_informed_consent")
    if complies:
        names.append("able_to_comply")
    present = not refused
    nodes: tuple[Node, ...] = tuple(Presence(variable=name, present=present) for name in names)
    # Willing to do all of it; or failing in any of it.
    return Reading(node=joined(nodes, "and" if present else "or"))


def _about_protocol(words: set[str]) -> bool:
    """Whether compliance is with the trial, not with something else."""
    return bool(words & _ABOUT_PROTOCOL)
