"""A patient as read: a code, the facts, and whether a death is recorded."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.vocabulary.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One patient of a source.

    `code` is the source's own key (FHIR `Patient.id`, OMOP `person_id`, a table's column). `died`
    is the ISO date of death, `yes` where only the death is known, else empty.
    """

    code: str
    facts: tuple[Fact, ...]
    died: str = ""
