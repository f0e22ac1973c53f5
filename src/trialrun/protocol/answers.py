"""Answers to the questions of a working copy, and where they go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from trialrun.protocol.parts import Asked
from trialrun.protocol.tables import Slot, asked_in
from trialrun.protocol.working_copy import ProtocolFile

P = TypeVar("P")

# The answer that says: nothing of the kind (no cap, no such criterion).
NONE = "none"


def effective_answers(file: ProtocolFile, *, accept_assumed: bool) -> dict[str, str]:
    """What each question comes to: a person's answer, or ours where that is accepted."""
    answers: dict[str, str] = {}
    for one in file.questions:
        text = one.answer if one.answer is not None else one.assumed if accept_assumed else None
        if text is not None:
            answers[one.id] = text
    return answers


def hanging(file: ProtocolFile) -> dict[str, list[tuple[str, Slot]]]:
    """For each question, the places of the file that its answer fills."""
    places: dict[str, list[tuple[str, Slot]]] = defaultdict(list)
    for place, part in file.placed():
        for slot, question in asked_in(part):
            places[question].append((f"{place}.{slot.name}", slot))
    return dict(places)


def fill(file: ProtocolFile, answers: Mapping[str, str]) -> ProtocolFile:
    """The same file with the answers in their places; a criterion answered "none" is left out."""

    def filled(part: P) -> P:
        changes: dict[str, Any] = {}
        for slot, question in asked_in(part):
            assert slot.codec is not None
            text = answers.get(question)
            if text is not None:
                none = text == NONE and not slot.required
                changes[slot.name] = None if none else slot.codec.parse(text)
        return replace(part, **changes) if changes else part  # type: ignore[type-var]

    return replace(
        file,
        meta=filled(file.meta),
        anchors=tuple(map(filled, file.anchors)),
        regimen=tuple(map(filled, file.regimen)),
        gaps=tuple(map(filled, file.gaps)),
        schedule=tuple(map(filled, file.schedule)),
        outcomes=tuple(map(filled, file.outcomes)),
        safety=None if file.safety is None else filled(file.safety),
        enrolment=filled(file.enrolment),
        criteria=tuple(
            filled(one)
            for one in file.criteria
            if not (isinstance(one.rule, Asked) and answers.get(one.rule.question) == NONE)
        ),
    )
