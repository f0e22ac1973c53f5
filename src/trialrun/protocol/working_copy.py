"""The working copy of a protocol: everything that stands in `protocol.toml`, as typed parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trialrun.errors import ProtocolError
from trialrun.protocol.parts import (
    ActivityPart,
    AnchorPart,
    ArmPart,
    AssumptionPart,
    CriterionPart,
    EnrolmentPart,
    GapPart,
    GatePart,
    InterventionPart,
    Meta,
    OutcomePart,
    QuestionPart,
    RegimenPart,
    SafetyPart,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolFile:
    """Everything that stands in `protocol.toml`, in the order of the file."""

    meta: Meta
    anchors: tuple[AnchorPart, ...] = ()
    interventions: tuple[InterventionPart, ...] = ()
    arms: tuple[ArmPart, ...] = ()
    regimen: tuple[RegimenPart, ...] = ()
    gaps: tuple[GapPart, ...] = ()
    gates: tuple[GatePart, ...] = ()
    schedule: tuple[ActivityPart, ...] = ()
    outcomes: tuple[OutcomePart, ...] = ()
    safety: SafetyPart | None = None
    enrolment: EnrolmentPart
    criteria: tuple[CriterionPart, ...] = ()
    assumptions: tuple[AssumptionPart, ...] = ()
    questions: tuple[QuestionPart, ...] = ()

    def question(self, code: str) -> QuestionPart:
        """The question of this id."""
        found = next((one for one in self.questions if one.id == code), None)
        if found is None:
            raise ProtocolError(
                f"no question is called {code!r}",
                where="protocol.toml",
                remedy=f"The questions are {', '.join(one.id for one in self.questions)}.",
            )
        return found

    def placed(self) -> Iterator[tuple[str, Any]]:
        """Every part with its place in the file: `regimen.fludarabine`."""
        for table, (name, _, many) in SECTIONS.items():
            value = getattr(self, name)
            if many:
                for part in value:
                    yield f"{table}.{identity(part)}", part
            elif value is not None:
                yield table, value


# Table of the file → (attribute, part, whether it is a list of tables), in the order of the file.
SECTIONS: dict[str, tuple[str, type[Any], bool]] = {
    "protocol": ("meta", Meta, False),
    "anchor": ("anchors", AnchorPart, True),
    "intervention": ("interventions", InterventionPart, True),
    "arm": ("arms", ArmPart, True),
    "regimen": ("regimen", RegimenPart, True),
    "gap": ("gaps", GapPart, True),
    "gate": ("gates", GatePart, True),
    "activity": ("schedule", ActivityPart, True),
    "outcome": ("outcomes", OutcomePart, True),
    "safety": ("safety", SafetyPart, False),
    "enrolment": ("enrolment", EnrolmentPart, False),
    "criterion": ("criteria", CriterionPart, True),
    "assumption": ("assumptions", AssumptionPart, True),
    "question": ("questions", QuestionPart, True),
}
OPTIONAL = {"safety"}


def identity(part: Any) -> str:
    """What a part of a list is known by: its id, its name, its word."""
    for name in ("id", "name", "word"):
        if hasattr(part, name):
            return str(getattr(part, name))
    raise TypeError(f"{type(part).__name__} has no identity")
