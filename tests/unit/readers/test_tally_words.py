"""A tally in words: one is told as one, and every note has its sentence whatever it names."""

from __future__ import annotations

import re

import pytest

from trialrun.readers.patients.tally import Reason, Tally
from trialrun.wording.catalogue import LOCALES, Locale, topic


@pytest.mark.parametrize("locale", LOCALES)
def test_every_note_can_be_said_of_one_and_of_many(locale: Locale) -> None:
    notes = {
        key: sentence
        for key, sentence in topic("patients", locale).items()
        if key.startswith("note_") and not key.endswith("_one")
    }
    assert len(notes) > 20
    for key, sentence in notes.items():
        names = set(re.findall(r"\{(\w+)\}", sentence)) - {"count"}
        for count in (1, 2_000):
            tally = Tally()
            tally.note(key.removeprefix("note_"), count, **dict.fromkeys(names, "xyz"))
            (line,) = tally.lines(locale)[2:]
            assert "{" not in line and line.count("xyz") >= len(names)
            assert "{count}" not in sentence or count == 1 or "2,000" in line


def test_one_is_told_as_one_and_many_with_their_thousands() -> None:
    tally = Tally()
    tally.patients, tally.facts = 1, 4
    tally.take("Condition", 1_235)
    tally.use("Condition", 1_234)
    tally.leave("Condition", Reason.REFUTED)
    tally.questioned["anc"] += 1
    assert tally.lines() == [
        "1 patient, 4 facts.",
        "1,235 rows read: 1,234 used, 1 set aside.",
        f"  {topic('patients', 'en')['refuted_one']}",
        "Questioned, and never used: 1 implausible value (anc × 1).",
    ]
