"""Re-drafting: what people changed survives, what only the record changed follows it, and where
both changed the same value the change of people stays and a question asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trialrun.protocol.answers import hanging
from trialrun.protocol.parts import Asked, ChoicePart, QuestionPart
from trialrun.protocol.tables import Slot, slots
from trialrun.protocol.working_copy import SECTIONS, ProtocolFile, identity
from trialrun.values.provenance import Origin, Source
from trialrun.wording.catalogue import say


@dataclass(slots=True)
class _Merge:
    """The questions that conflicts open."""

    conflicts: list[QuestionPart] = field(default_factory=list)

    def section(
        self, table: str, base: Sequence[Any], mine: Sequence[Any], new: Sequence[Any]
    ) -> tuple[Any, ...]:
        """Parts by their ids: those of the working copy in its order, then what is new."""
        before = {identity(one): one for one in base}
        fresh = {identity(one): one for one in new}
        kept: list[Any] = []
        for part in mine:
            code = identity(part)
            kept += self._kept(table, code, before.get(code), part, fresh.get(code))
        here = {identity(one) for one in mine}
        for code, part in fresh.items():
            if code in here:
                continue
            if code not in before:
                kept.append(part)
            elif before[code] != part:
                self._ask(f"{table}.{code}", "conflict_deleted", part)
        return tuple(kept)

    def _kept(self, table: str, code: str, base: Any, mine: Any, new: Any) -> list[Any]:
        if new is not None:
            return [mine if base is None else self.part(f"{table}.{code}", base, mine, new)]
        if base is None:
            return [mine]  # people added it
        if mine == base:
            return []  # the record no longer has it
        if table != "question":
            self._ask(f"{table}.{code}", "conflict_gone", mine)
        return [mine]

    def part(self, place: str, base: Any, mine: Any, new: Any) -> Any:
        """One part, key by key."""
        if type(mine) is not type(new):
            return mine
        changes = {}
        for slot in slots(type(mine)):
            was, own, other = (getattr(one, slot.name) for one in (base, mine, new))
            if own == was:
                changes[slot.name] = other
            elif other not in (was, own):
                changes[slot.name] = self._conflict(f"{place}.{slot.name}", slot, own, other, new)
        return replace(mine, **changes)

    def _conflict(self, place: str, slot: Slot, own: Any, other: Any, new: Any) -> Any:
        """The value that people gave, or the question which of the two holds."""
        texts = [as_text(slot, one) for one in (own, other)]
        if place.startswith("question.") or slot.name in {"source", "id"}:
            return own  # answers of people stay; a source follows the value that stays
        code = f"conflict.{place}"
        self.conflicts.append(
            QuestionPart(
                id=code,
                topic="protocol.ask_conflict",
                values={"place": place, "own": texts[0], "new": texts[1]},
                words=say("protocol.ask_conflict", place=place, own=texts[0], new=texts[1]),
                asked_of="investigator",
                source=getattr(new, "source", Source(Origin.ASSUMED)),
                choices=tuple(ChoicePart(value=text, label=text) for text in texts),
                assumed=texts[0],
            )
        )
        readable = slot.askable and not any(isinstance(one, Asked) for one in (own, other))
        return Asked(code) if readable and None not in (own, other) else own

    def _ask(self, place: str, topic: str, part: Any) -> None:
        self.conflicts.append(
            QuestionPart(
                id=f"conflict.{place}",
                topic=f"protocol.ask_{topic}",
                values={"place": place},
                words=say(f"protocol.ask_{topic}", place=place),
                asked_of="investigator",
                source=getattr(part, "source", Source(Origin.ASSUMED)),
                choices=(
                    ChoicePart(
                        value="as it is",
                        label=say("protocol.choice_as_it_is"),
                        topic="protocol.choice_as_it_is",
                    ),
                ),
                assumed="as it is",
            )
        )


def as_text(slot: Slot, value: Any) -> str:
    """A value as an answer would be written."""
    if value is None:
        return "none"
    if isinstance(value, Asked):
        return f"the answer to {value.question}"
    if slot.codec is None:
        return ", ".join(identity(one) for one in value)
    written = slot.codec.write(value)
    if isinstance(written, list):
        return ", ".join(map(str, written))
    return str(written).lower() if isinstance(written, bool) else str(written)


def merge(base: ProtocolFile, mine: ProtocolFile, new: ProtocolFile) -> ProtocolFile:
    """The working copy `mine`, edited since the draft `base`, brought up to the draft `new`."""
    merging = _Merge()
    values: dict[str, Any] = {}
    for table, (name, _, many) in SECTIONS.items():
        parts = (getattr(base, name), getattr(mine, name), getattr(new, name))
        if many:
            values[name] = merging.section(table, *parts)
        elif None in parts:
            values[name] = parts[2] if parts[1] == parts[0] else parts[1]
        else:
            values[name] = merging.part(table, *parts)
    known = {one.id for one in values["questions"]}
    values["questions"] += tuple(one for one in merging.conflicts if one.id not in known)
    return _with_questions(ProtocolFile(**values), mine, base, new)


def _with_questions(file: ProtocolFile, *others: ProtocolFile) -> ProtocolFile:
    """The file with every question that a value hangs on, taken from where it still stands."""
    known = {one.id for one in file.questions}
    lacking = [code for code in hanging(file) if code not in known]
    found = [
        one
        for code in lacking
        for one in [next(q for other in others for q in other.questions if q.id == code)]
    ]
    return replace(file, questions=(*file.questions, *found))
