"""The regimen as the record states it, for people and programs: items, open questions, unread."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.errors import NotSupported
from trialrun.protocol.draft import draft
from trialrun.protocol.drafting.phrases import gap_after_treatment
from trialrun.protocol.parts import QuestionPart
from trialrun.protocol.regimen_reader.regimen import Item, read_regimen
from trialrun.record.model import Study
from trialrun.values.provenance import Source
from trialrun.values.quantity import plain
from trialrun.wording.catalogue import Locale, say

# Questions of the whole regimen that belong to what is given after chemotherapy.
_OF_CELLS = ("gap-from", "gap-hours", "day-zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedItem:
    """One item with its dose in digits."""

    item: Item
    code: str
    gap_hours: str = ""

    @property
    def constraint(self) -> str:
        """What must lie between chemotherapy and this item, for a program."""
        return f"at least {self.gap_hours} h after chemotherapy" if self.gap_hours else ""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the record says it."""
        return self.item.sources

    @property
    def unit(self) -> str | None:
        """The unit as people write it: cells/kg."""
        unit = self.item.unit
        return None if unit is None else unit.replace("{cells}", "cells").replace("[IU]", "IU")

    def data(self) -> dict[str, object]:
        """The item for a program."""
        one = self.item
        data: dict[str, object] = {
            "intervention": one.name,
            "comparator": one.comparator,
            "dose": [plain(amount) for amount in one.dose],
            "unit": self.unit,
            "per": one.per,
            "days": None if one.days is None else list(one.days),
            "times": one.times,
        }
        if one.a_day is not None:
            data["times_a_day"] = one.a_day
        if one.every_days is not None:
            data["every_days"] = one.every_days
        if one.duration_days is not None:
            data["for_days"] = one.duration_days
        if self.constraint:
            data["constraint"] = self.constraint
        return data

    def sentence(self, locale: Locale = "en") -> str:
        """The item on one line."""
        one = self.item
        sign = "" if one.comparator == "=" else f"{one.comparator} "
        said = {
            "dose": f"{sign}{'–'.join(plain(n) for n in one.dose)} {self.unit}"
            if one.dose
            else None,
            "days": None if one.days is None else ", ".join(map(str, one.days)),
            "a_day": one.a_day or (1 if one.per == "day" else None),
            "every": one.every_days,
            "for": one.duration_days,
            "times": one.times,
            "gap": self.gap_hours or None,
        }
        parts = [
            say(f"protocol.stated_{name}", locale, value=value)
            for name, value in said.items()
            if value is not None
        ]
        return f"{one.name}: {', '.join(parts)}" if parts else one.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """All that a record states, and the questions that a draft would open about it."""

    items: tuple[StatedItem, ...]
    questions: tuple[QuestionPart, ...]
    unread: tuple[tuple[str, str, str], ...]  # field, words, why

    def questions_of(self, one: StatedItem) -> tuple[QuestionPart, ...]:
        """The questions about one item."""
        cells = one.item.substance.cells
        return tuple(
            question
            for question in self.questions
            if question.id.startswith(f"{one.code}-") or (cells and question.id in _OF_CELLS)
        )


def stated_regimen(study: Study) -> Stated:
    """What the record says about what is given."""
    regimen = read_regimen(study)
    gap = gap_after_treatment(study)
    names: dict[str, str] = {}
    questions: tuple[QuestionPart, ...] = ()
    try:
        file = draft(study, record_sha256="")
    except NotSupported:
        pass  # nothing is drafted from this record, and its doses can still be read
    else:
        names = {one.id: one.name for one in file.interventions}
        questions = file.questions
    items = []
    for item in regimen.items:
        code = next(
            (code for code, name in names.items() if name.lower() == item.name.lower()), item.name
        )
        hours = gap.hours if gap is not None and item.substance.cells else ""
        items.append(StatedItem(item=item, code=code, gap_hours=hours))
    unread = tuple(
        (one.source.place, one.source.words, one.reading.doubt.value)
        for one in regimen.doubts
        if one.reading.doubt is not None
    )
    return Stated(items=tuple(items), questions=questions, unread=unread)
