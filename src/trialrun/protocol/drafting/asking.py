"""Questions of a draft, their sentences taken from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trialrun.protocol.parts import Asked, ChoicePart, QuestionPart
from trialrun.values.provenance import Origin, Source
from trialrun.wording.catalogue import say

ASSUMED = Source(Origin.ASSUMED)


def in_record(place: str) -> Source:
    """A field of the record in which something is missing."""
    return Source(Origin.RECORD, place)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: its value, and its label in the catalogue or (without one) as it is."""

    value: str
    topic: str = ""
    label: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def part(self) -> ChoicePart:
        """The choice as it stands in the file."""
        if not self.topic:
            return ChoicePart(value=self.value, label=self.label or self.value)
        key = f"protocol.choice_{self.topic}"
        label = say(key, "en", **self.values)
        return ChoicePart(value=self.value, label=label, topic=key, values=dict(self.values))


@dataclass(slots=True)
class Notebook:
    """The questions of one draft, in the order in which they arise; an id is asked once."""

    questions: list[QuestionPart] = field(default_factory=list)

    def ask(
        self,
        code: str,
        topic: str,
        *,
        who: str,
        source: Source,
        choices: Iterable[Option] = (),
        assumed: str | None = None,
        **values: str,
    ) -> Asked:
        """Note a question and give the reference that stands in a value's place."""
        if not any(one.id == code for one in self.questions):
            key = f"protocol.ask_{topic}"
            self.questions.append(
                QuestionPart(
                    id=code,
                    topic=key,
                    values=values,
                    words=say(key, "en", **values),
                    asked_of=who,
                    source=source,
                    choices=tuple(one.part() for one in choices),
                    assumed=assumed,
                )
            )
        return Asked(code)


_NOT_A_CODE = re.compile(r"[^a-z0-9]+")


def code_of(name: str, taken: Iterable[str] = ()) -> str:
    """A short id made of a name, different from those taken.

    >>> code_of("NK cells"), code_of("NK cells", ["nk-cells"])
    ('nk-cells', 'nk-cells-2')
    """
    base = _NOT_A_CODE.sub("-", name.lower()).strip("-")[:40].strip("-") or "item"
    if base in {"screening", "consent", "enrolment", "day-zero", "none"}:
        base += "-item"
    taken = set(taken)
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    return code
