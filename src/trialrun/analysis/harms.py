"""Adverse events of those who started: by participant and worst grade, class and term, and deaths.

A participant counts once in a class and once in a term, with the worst grade. Treatment-emergent:
the onset is not surely before the first administration, or the grade rose after it. A grade that
was corrected is not a grade that somebody had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.dose_limiting import window
from trialrun.analysis.ending import death
from trialrun.analysis.estimate import Found, Method, Traced, count, traced
from trialrun.ledger.events import AdverseEventReported
from trialrun.ledger.state import Kept, Participant
from trialrun.values.moment import Moment, before
from trialrun.values.truth import Truth

GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One treatment-emergent adverse event, with its worst grade and its entries."""

    participant: str
    event: AdverseEventReported
    worst: int
    entries: tuple[int, ...]

    @property
    def found(self) -> Found:
        """The participant, and what shows it."""
        return Found(self.participant, self.entries)

    @property
    def related(self) -> bool:
        """Whether the investigator relates it to any intervention."""
        return any(one.related for one in self.event.causality)

    def related_to(self, interventions: Iterable[str]) -> bool:
        """Whether it is related to one of these interventions."""
        wanted = set(interventions)
        return any(one.related and one.intervention in wanted for one in self.event.causality)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A class (`term` empty), a term in it, or a summary line: participants by worst grade."""

    soc: str = ""
    term: str = ""
    affected: Traced[int]
    events: Traced[int]
    by_grade: tuple[Traced[int], ...]  # participants whose worst grade is 1, 2, 3, 4, 5

    @property
    def severe(self) -> Traced[int]:
        """Participants whose worst grade is 3 or more."""
        parts = self.by_grade[2:]
        return Traced(
            value=sum(one.value for one in parts),
            participants=tuple(sorted({code for one in parts for code in one.participants})),
            entries=tuple(sorted({entry for one in parts for entry in one.entries})),
            method=Method("severe"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Harms:
    """All harms of one group of participants who started."""

    at_risk: Traced[int]
    harms: tuple[Harm, ...]
    before_treatment: Traced[int]  # participants with events that are not treatment-emergent
    deaths: Traced[int]


def harms(cutoff: Cutoff, people: Sequence[Found]) -> Harms:
    """The harms among some of those who started, in order of entry."""
    found: list[Harm] = []
    earlier: list[Found] = []
    dead: list[Found] = []
    for one in people:
        who = cutoff.state.participants[one.participant]
        for kept in sorted(who.adverse_events.values(), key=lambda kept: kept.entry):
            if emergent(cutoff, who, kept):
                found.append(
                    Harm(
                        participant=who.code,
                        event=kept.event,
                        worst=worst_grade(cutoff, kept),
                        entries=kept.entries,
                    )
                )
            else:
                earlier.append(Found(who.code, kept.entries))
        ended = death(who)
        if ended is not None:
            dead.append(ended.found)
    return Harms(
        at_risk=count(people, Method("started")),
        harms=tuple(sorted(found, key=lambda harm: (harm.entries, harm.participant))),
        before_treatment=count(earlier, Method("not_emergent")),
        deaths=count(dead, Method("deaths")),
    )


def emergent(cutoff: Cutoff, who: Participant, kept: Kept[AdverseEventReported]) -> bool:
    """Whether an event came, or got worse, after treatment had begun."""
    first = cutoff.first_dose(who)
    if first is None:
        return False
    if before(kept.event.onset, first.event.started_at) is not Truth.TRUE:
        return True
    return _worsened(cutoff, kept, first.event.started_at)


def _worsened(cutoff: Cutoff, kept: Kept[AdverseEventReported], start: Moment) -> bool:
    """Whether a change that did not surely happen before `start` raised the grade."""
    highest = 0
    for entry, grade in _grades(cutoff, kept):
        at = cutoff.changes.get(entry)
        if grade > highest and at is not None and before(at, start) is not Truth.TRUE:
            return True
        highest = max(highest, grade)
    return False


def worst_grade(cutoff: Cutoff, kept: Kept[AdverseEventReported]) -> int:
    """The highest grade that the event had; a grade that a correction replaced does not count."""
    return max(grade for _, grade in _grades(cutoff, kept))


def _grades(cutoff: Cutoff, kept: Kept[AdverseEventReported]) -> list[tuple[int, int]]:
    """Each version's entry and grade, in order, without the versions that were wrong."""
    versions: list[tuple[int, int]] = []
    since = kept.entry
    for position, was in kept.past:
        if position in cutoff.corrections:
            continue  # the version before a correction never held; the next one stands in its place
        versions.append((since, was.grade))
        since = position
    versions.append((since, kept.event.grade))
    return versions


# --- tables ----------------------------------------------------------------------------------


def row(found: Sequence[Harm], method: str, *, soc: str = "", term: str = "") -> Row:
    """Participants with any of these events, by the worst grade that each of them had."""
    worst: dict[str, int] = {}
    for harm in found:
        worst[harm.participant] = max(worst.get(harm.participant, 0), harm.worst)
    return Row(
        soc=soc,
        term=term,
        affected=count([harm.found for harm in found], Method(method)),
        events=traced(len(found), [harm.found for harm in found], Method("events")),
        by_grade=tuple(
            count(
                [harm.found for harm in found if worst[harm.participant] == grade == harm.worst],
                Method("worst_grade"),
            )
            for grade in GRADES
        ),
    )


# Summary lines: wording key (`analysis.harm_<name>`) and which events they count.
def summary(cutoff: Cutoff, group: Harms) -> tuple[tuple[str, Row], ...]:
    """The lines of the safety overview, each a count of participants."""
    cells = {item.intervention for item in cutoff.cell_items}
    lines: list[tuple[str, Callable[[Harm], bool]]] = [
        ("any", lambda _: True),
        ("severe", lambda harm: harm.worst >= 3),
        ("serious", lambda harm: harm.event.serious),
        ("related", lambda harm: harm.related),
        ("related_severe", lambda harm: harm.related and harm.worst >= 3),
        ("fatal", _fatal),
    ]
    if cells:
        lines.insert(4, ("related_cells", lambda harm: harm.related_to(cells)))
    return tuple(
        (name, row([harm for harm in group.harms if wanted(harm)], "affected"))
        for name, wanted in lines
    )


def _fatal(harm: Harm) -> bool:
    return harm.worst == 5 or harm.event.outcome == "fatal"


def by_class(found: Iterable[Harm]) -> tuple[Row, ...]:
    """A row for each class, most frequent first, each followed by its terms, likewise."""
    classes: dict[str, list[Harm]] = defaultdict(list)
    for harm in found:
        classes[harm.event.soc].append(harm)
    heads = [row(inside, "affected", soc=soc) for soc, inside in classes.items()]
    heads.sort(key=_frequency)
    rows: list[Row] = []
    for head in heads:
        terms: dict[str, list[Harm]] = defaultdict(list)
        for harm in classes[head.soc]:
            terms[harm.event.term].append(harm)
        lines = [row(own, "affected", soc=head.soc, term=term) for term, own in terms.items()]
        rows += [head, *sorted(lines, key=_frequency)]
    return tuple(rows)


def _frequency(one: Row) -> tuple[int, str, str]:
    return (-one.affected.value, one.soc, one.term)


def dose_limiting(cutoff: Cutoff, people: Sequence[Found]) -> tuple[Found, ...]:
    """Those with a dose-limiting event inside their window."""
    limited = []
    for one in people:
        own = window(cutoff, cutoff.state.participants[one.participant])
        if own is not None and own.events:
            entries = tuple(entry for kept in own.events for entry in kept.entries)
            limited.append(Found(one.participant, entries))
    return tuple(limited)
