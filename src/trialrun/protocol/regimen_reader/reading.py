"""Readings of one text: which substance is given in which dose, on which days; or why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from trialrun.protocol.regimen_reader.cleaned import Cleaned
from trialrun.protocol.regimen_reader.days import DaysMention, days_mentions
from trialrun.protocol.regimen_reader.doses import DoseMention, dose_mentions
from trialrun.protocol.regimen_reader.frequency import (
    DurationMention,
    FrequencyMention,
    TimesMention,
    duration_mentions,
    frequency_mentions,
    times_mentions,
)
from trialrun.protocol.regimen_reader.names import NameMention, Substance, name_mentions

M = TypeVar("M", DaysMention, FrequencyMention, DurationMention, TimesMention)


class Doubt(Enum):
    """Why an amount is not read as a dose."""

    WHOSE = "whose"  # the text does not say plainly of what
    SEVERAL = "several"  # several amounts of the same thing
    RANGE = "range"
    BOUNDED = "bounded"  # at most, about
    CONDITIONAL = "conditional"  # escalated, titrated, by weight, if …
    STRENGTH = "strength"  # stands in a product's name only: dose or strength?


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One amount of one substance in one text, or (with a doubt) one that was not read.

    Positions are in the cleaned text. `every_days` is the distance of two administrations, or
    of two cycles where `days` are the days of a cycle.
    """

    substance: Substance | None
    dose: DoseMention
    doubt: Doubt | None = None
    named: bool = True  # its own sentence names something before it
    days: tuple[int, ...] | None = None
    a_day: int | None = None
    every_days: int | None = None
    duration_days: int | None = None
    times: int | None = None
    unclear: frozenset[str] = frozenset()  # of these attributes the text says several
    repeats: bool = False  # cycles or an open end: the days said are not all days


def _any(*words: str) -> str:
    return "|".join(word for line in words for word in line.split(" | "))


# Between a name and its amount, or before and after an amount whose name stands elsewhere.
_GLUE = re.compile(
    "(?:"
    + _any(
        "at | a | an | the | dos(?:e|es|ed|age|ing) | of | is | was | are | were | be",
        "been | will | would | given | administered | administration",
        "receiv(?:e|es|ed|ing) | tak(?:e|es|en|ing) | as | injections?",
        "infus(?:ion|ions|ed) | intravenous(?:ly)? | iv | i\\.v\\.? | oral(?:ly)?",
        "po | p\\.o\\.? | sc | s\\.c\\.? | subq | subcutaneous(?:ly)? | im",
        "intramuscular(?:ly)? | tablets? | tab\\.? | capsules? | cap\\.? | single",
        "fixed | flat | by | mouth | via | route | cells? | therapy | treatment",
        "treated | monotherapy | recommendation | recommended | in | using | with",
        "this | arm | group | participants? | patients? | subjects? | who | to | also",
        "one | once | film-coated | drip | bolus | target | powder | solution | study",
        "drug | active | hydrochloride | sodium | phosphate | on | each | visit",
        "time | and | it | they | total | consisting",
    )
    + ")$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"\s*(?:$|[).,;:\]\n*+(]|-\s|/\s*(?:d|day)\b|(?:"
    + _any(
        "iv | i\\.v | intravenous\\w* | oral\\w* | p\\.?o | sc | s\\.c | subq",
        "subcutaneous\\w* | im | intramuscular\\w* | intranasal\\w* | topical\\w*",
        "inhal\\w* | by | via | for | on | once | twice | thrice | three times",
        "daily | per | every | each | will | is | was | were | are | administered",
        "given | injections? | infus\\w* | q\\d?\\w | qd | bid | tid | qid | bd | od",
        "days? | d\\s?[-+]?\\d | at | doses? | as | over | in | from | until | up to",
        "weekly | monthly | monotherapy | before | after | prior | during | with",
        "plus | and | followed | starting | a day | alone | single | when | while",
        "continuous\\w* | or",
    )
    + r")\b)",
    re.IGNORECASE,
)
_COUNTS = "administrations|cycles|years?|months?|weeks?|days?|doses|infusions|injections"
_CONDITIONAL = re.compile(
    _any(
        "escalat | titrat | increas | decreas | reduc | taper",
        "start(?:ing|ed)? (?:dose|at|with|on) | initial | loading | maximum | maximal",
        "\\bmax\\b | dose levels? | \\bDL\\b | cohort | dose[- ]rang | \\brange",
        "\\bif\\b | \\bgoal\\b | total dose | cumulative | kg: | equivalent",
        "weigh(?:ing|t)?\\s*(?:[<>≤≥]|less|more|below|under|over|up) | adjust",
        "depend | according to | determined | then | follow(?:ed|ing) by | later",
        "subsequent | maintenance | induction | alternat | repeat | step | unless",
        "booster | premedic | pretreat | rescue | either | days? before | split",
        "\\bage[ds]?\\b | \\bcontain | years? (?:old|of age) | children | infant",
        "minimum | challenge | twice the | \\bhalf\\b",
        "\\b(?:\\d+|two|three|four|six) (?:capsules?|tablets?|vials?|sprays?|puffs?)",
        "\\b(?:\\d+|two|three|four|six) (?:patches|drops)",
    )
    + rf"|up to(?!\s*\w+\s*(?:{_COUNTS})\b)",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"\bover (?:at least |approximately |about )?(?:a |an )?(?:\d+(?:\s*-\s*\d+)?|one|two|three)?"
    r"[- ]?(?:min(?:ute)?s?|h(?:ou)?rs?|h)\b(?: period)?|\bcycle\b|\bq\d\w?\b",
    re.IGNORECASE,
)
_CYCLES = re.compile(r"\bcycles?\b|\brepeated\b", re.IGNORECASE)
_REPEATS = re.compile(r"cycle|until|every|each|course|weekly|q\d", re.IGNORECASE)
_SENTENCE_END = re.compile(
    r"(?<![siSI]\.[cvmCVM])(?<![pP]\.[oO])(?<!\b[tT]ab)(?<!\b[iI]nj)(?<!\b[cC]ap)(?<!approx)"
    r"(?<=[A-Za-z0-9)\]%])\.(?=\s+[A-Z(\[*])|[\n。]|(?<=\))\s*;|;|\s\*\s",
    re.UNICODE,
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences and list items of a text, as half-open spans."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def read_text(
    field: Cleaned, known: tuple[Substance, ...], default: Substance | None
) -> tuple[Reading, ...]:
    """Every amount in the text, as a reading or a doubt.

    `default` is what the whole text is about, where it is about one thing only.
    """
    text = field.text
    names, doses = name_mentions(text, known), dose_mentions(text)
    readings: list[Reading] = []
    for start, end in sentences(text):
        inside = [one for one in doses if start <= one.start and one.end <= end]
        if inside:
            sentence = _Sentence(text, start, end, names, inside, default)
            readings += [sentence.reading(number) for number in range(len(inside))]
    return _without_several(_without_strangers(readings))


def _without_strangers(readings: Sequence[Reading]) -> list[Reading]:
    """Beside another amount in the same unit of nobody knows what, no amount is sure.

    "0.5 mg/kg for 4 weeks; 0.25 mg/kg for 4 weeks": the second names nothing of its own.
    """
    nameless = [one for one in readings if not one.named]
    return [
        Reading(substance=one.substance, dose=one.dose, doubt=Doubt.SEVERAL, named=one.named)
        if one.doubt is None and any(_strange(one, other) for other in nameless)
        else one
        for one in readings
    ]


def _strange(one: Reading, other: Reading) -> bool:
    """Whether an amount without a name of its own may be of the same thing as this one."""
    keys = {r.substance.key for r in (one, other) if r.substance is not None}
    apart = other.doubt is not None or len(keys) > 1
    return apart and _alike(one.dose, other.dose)


def _alike(one: DoseMention, other: DoseMention) -> bool:
    return one.in_common_unit()[2] == other.in_common_unit()[2] and (
        one.in_common_unit()[0] != other.in_common_unit()[0]
    )


def _without_several(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Where a text gives one substance in several amounts, none of them is the dose."""
    amounts: dict[str, set[object]] = {}
    for one in readings:
        if one.substance is not None:
            amounts.setdefault(one.substance.key, set()).add(_amount(one))
    result = []
    for one in readings:
        several = one.substance is not None and len(amounts[one.substance.key]) > 1
        if one.doubt is None and several:
            one = Reading(substance=one.substance, dose=one.dose, doubt=Doubt.SEVERAL)
        result.append(one)
    return tuple(result)


def _amount(one: Reading) -> object:
    low, high, unit = one.dose.in_common_unit()
    return (low.normalize(), None if high is None else high.normalize(), unit)


class _Sentence:
    """One sentence with its names and amounts."""

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        names: Sequence[NameMention],
        doses: Sequence[DoseMention],
        default: Substance | None,
    ) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.names = [one for one in names if start <= one.start and one.end <= end]
        self.doses = doses
        self.default = default
        self.days = self._inside(days_mentions)
        self.frequencies = self._inside(frequency_mentions)
        self.durations = self._inside(duration_mentions)
        self.times = self._inside(times_mentions)
        self.amount_first = self._is_amount_first()

    def _inside(self, find: Callable[[str], tuple[M, ...]]) -> list[M]:
        return [one for one in find(self.text) if self.start <= one.start and one.end <= self.end]

    def _is_amount_first(self) -> bool:
        """Whether every amount is followed by its name at once ("360 mg A and 15 mg/kg B")."""
        first = self.doses[0].start
        return not any(one.end <= first for one in self.names) and all(
            any(
                dose.end <= one.start and self._adjoins(dose.end, one.start, of=False)
                for one in self.names
            )
            for dose in self.doses
        )

    def reading(self, number: int) -> Reading:
        """The reading of one amount of the sentence."""
        dose = self.doses[number]
        substance, plain = self._whose(number)
        if substance is not None and substance.cells and substance.intervention is None:
            # A coded product that its own text calls by its kind ("… 2e6 CAR T cells/kg").
            substance = self.default or substance
        named = any(one.end <= dose.start for one in self.names) or self.amount_first
        doubt = self._doubt(dose, substance, plain)
        if doubt is not None:
            return Reading(substance=substance, dose=dose, doubt=doubt, named=named)
        low, high = self._tail(number)
        daily = [one for one in self.frequencies if one.a_day is not None]
        spaced = [one for one in self.frequencies if one.every_days is not None]
        found = {
            "days": self._study_days(dose, low, high),
            "a_day": self._values(daily, low, high, lambda one: one.a_day),
            "every_days": self._values(spaced, low, high, lambda one: one.every_days),
            "duration_days": self._values(self.durations, low, high, lambda one: one.days),
            "times": self._values(self.times, low, high, lambda one: one.times),
        }
        if not found["every_days"]:
            # "21-day cycles of 360 mg A and 15 mg/kg B": said once, before all amounts.
            cycles = [one for one in spaced if one.cycle]
            found["every_days"] = self._values(
                cycles, self.start, self.doses[0].start, lambda one: one.every_days
            )
        days, lasting = found["days"], found["duration_days"]
        if len(days) == 1 and len(lasting) == 1 and lasting != {len(next(iter(days)))}:
            found["days"] = days | {()}  # "day -10 to -2 for 3 days" says two things
        said = {name: values.pop() for name, values in found.items() if len(values) == 1}
        unclear = frozenset(name for name, values in found.items() if len(values) > 1)
        repeats = _REPEATS.search(self.text[self.start : self.end]) or _CYCLES.search(self.text)
        return Reading(
            substance=substance,
            dose=dose,
            named=named,
            unclear=unclear,
            repeats=repeats is not None,
            **said,
        )

    def _study_days(self, dose: DoseMention, low: int, high: int) -> set[Any]:
        """The days said of this amount; () among them where it is not plainly said of it."""
        days: set[Any] = set()
        for one in self.days:
            if low <= one.start and one.end <= high:
                between = (dose.end, one.start) if one.start >= dose.end else (one.end, dose.start)
                plain = self._glued(*between, allow_names=one.end <= dose.start)
                days.add(one.days if plain else ())
        return days if days != {()} else {(), None}

    def _doubt(self, dose: DoseMention, substance: Substance | None, plain: bool) -> Doubt | None:
        if dose.high is not None:
            return Doubt.RANGE
        # "more than 150 mg" is about how a dose is split; a least dose is one of cells.
        if dose.comparator == "?" or (dose.comparator != "=" and "{cells}" not in dose.unit):
            return Doubt.BOUNDED
        if _CONDITIONAL.search(self.text[self.start : self.end]):
            return Doubt.CONDITIONAL
        if substance is None or not plain:
            return Doubt.WHOSE
        return None

    def _whose(self, number: int) -> tuple[Substance | None, bool]:
        """What an amount is of, and whether the words between leave no doubt."""
        dose = self.doses[number]
        after = next((one for one in self.names if one.start >= dose.end), None)
        within = next(
            (one for one in self.names if dose.start <= one.start and one.end <= dose.end), None
        )
        before = next((one for one in reversed(self.names) if one.end <= dose.start), None)
        if after is not None and self._adjoins(dose.end, after.start, of=True):
            return after.substance, True
        if self.amount_first:
            assert after is not None
            return after.substance, True
        if not _FOLLOWS.match(self.text[: self.end], dose.end):
            return None, False
        if before is not None:
            earlier = self.doses[number - 1] if number else None
            crossed = earlier is not None and earlier.start >= before.end
            if not crossed and self._glued(before.end, dose.start):
                return before.substance, True
            if crossed or before.substance is not self.default:
                return before.substance, False
        if within is not None and self.default is None:
            return within.substance, True
        if self.default is not None and self._glued(self._phrase_start(dose.start), dose.start):
            return self.default, True
        return self.default, False

    def _phrase_start(self, at: int) -> int:
        """Where the few words before an amount begin."""
        words = list(re.finditer(r"\S+", self.text[self.start : at]))
        return self.start if len(words) <= 3 else self.start + words[-3].start()

    def _adjoins(self, start: int, end: int, *, of: bool) -> bool:
        words = self.text[start:end].strip().lower()
        return words in ({"of", "of the"} if of else {"", "iv", "oral", "intravenous", "sc"})

    def _glued(self, start: int, end: int, *, allow_names: bool = False) -> bool:
        """Whether only words that say nothing else stand between."""
        text = self.text[start:end]
        if allow_names:
            for name in self.names:
                if start <= name.start and name.end <= end:
                    gap = " " * (name.end - name.start)
                    text = text[: name.start - start] + gap + text[name.end - start :]
        for group in (self.days, self.frequencies, self.durations, self.times):
            for one in group:
                if start <= one.start and one.end <= end:
                    text = (
                        text[: one.start - start]
                        + " " * (one.end - one.start)
                        + text[one.end - start :]
                    )
        text = re.sub(r"\((?:[A-Z][\w-]{0,7}|IV|intravenous|oral)\)", " ", text)
        text = _LASTING.sub(" ", text)
        words = re.split(r"[\s,:()\[\]=\"'*-]+", text)
        return all(not word or _GLUE.match(word) for word in words)

    def _tail(self, number: int) -> tuple[int, int]:
        """The part of the sentence that speaks of this amount alone."""
        dose = self.doses[number]
        low = self.start if len(self.doses) == 1 else dose.end
        high = self.end
        if number + 1 < len(self.doses):
            high = self.doses[number + 1].start
            following = [one.start for one in self.names if dose.end <= one.start < high]
            high = max(following, default=high)
        return low, high

    def _values(
        self, mentions: Sequence[M], low: int, high: int, value: Callable[[M], object]
    ) -> set[Any]:
        """What the mentions in a part of the sentence say."""
        return {value(one) for one in mentions if low <= one.start and one.end <= high}
