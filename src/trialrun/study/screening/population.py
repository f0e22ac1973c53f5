"""Many patients at once: counts and the funnel; rows only with leave, or of nobody who exists."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from trialrun.criteria.nodes import Count
from trialrun.criteria.verdict import Eligibility
from trialrun.errors import Refused
from trialrun.readers.patients.opening import PatientSource
from trialrun.readers.patients.patient import Patient
from trialrun.results.figures.funnel import Step
from trialrun.study.screening.counts import (
    SIMULATED,
    Counting,
    PopulationCounts,
    StepCount,
)
from trialrun.study.screening.opening import Screening
from trialrun.study.screening.single import all_later, screen_one
from trialrun.study.screening.words import step_words
from trialrun.values.truth import of
from trialrun.wording.catalogue import Locale

Told = Callable[[int], None]


def judged_patients(
    screening: Screening, source: PatientSource, done: Told = lambda patients: None
) -> Iterator[tuple[Patient, Eligibility]]:
    """Each patient with all verdicts, one by one, by the reference engine."""
    for number, patient in enumerate(source.patients(), start=1):
        yield patient, screen_one(screening, patient.facts)
        done(number)


def count_one_by_one(
    screening: Screening, source: PatientSource, done: Told = lambda patients: None
) -> PopulationCounts:
    """The counts, by the reference engine."""
    counting = Counting(screening.protocol.criteria)
    for patient, found in judged_patients(screening, source, done):
        counting.add(patient.code, found)
        if patient.facts and counting.later is not False:
            counting.later = all_later(screening, patient.facts)
    if source.simulated:
        counting.real = 0
    return counting.counts()


def count_at_once(screening: Screening, source: PatientSource) -> PopulationCounts:
    """The same counts by the columns engine, in one pass over the data.

    Raises MissingExtra without the optional part [population].
    """
    from trialrun.criteria.columns.screen import screen

    criteria = screening.protocol.criteria
    counting = Counting(criteria)
    wide = source.wide()
    if wide is not None:
        people = replace(wide, anchors=screening.anchors, as_of=screening.as_of)
        screened = screen(criteria, people)
        # Every one may have a pattern of its own here: the database adds up.
        (sums,) = screened.counts().to_pyarrow().to_pylist()
        counting.add_sums(sums, screened.passing().to_pyarrow().to_pylist())
        counting.real = sums["patients"]
    else:
        _count_rows(screening, source, counting)
    if source.simulated:
        counting.real = 0
    source.count()
    return counting.counts()


def _count_rows(screening: Screening, source: PatientSource, counting: Counting) -> None:
    """Facts in rows: one pass, by patterns."""
    from trialrun.criteria.columns.kleene import leaves
    from trialrun.criteria.columns.population import Facts, Long
    from trialrun.criteria.columns.screen import screen

    rules = [one.rule for one in counting.criteria if one.rule is not None]
    counted = any(isinstance(leaf, Count) for rule in rules for leaf in leaves(rule))
    with tempfile.TemporaryDirectory() as folder:
        tables = source.population(Path(folder), distinct=counted)
        population = Long(
            facts=[Facts(table=tables.facts)],
            people=tables.people,
            anchors=screening.anchors,
            as_of=screening.as_of,
        )
        screened = screen(counting.criteria, population)
        for row in screened.patterns().to_pyarrow().to_pylist():
            people = row.pop("patients")
            counting.add_pattern({code: of(met) for code, met in row.items()}, people)
        first = tables.facts.first_day.min().to_pyarrow().as_py()
        counting.later = first is not None and first > screening.as_of.last_day
        codes = tables.people.patient.cast("string")
        counting.real = int((~codes.startswith(SIMULATED)).sum().to_pyarrow().as_py() or 0)


def named_patients(
    screening: Screening, source: PatientSource, site: str | None, done: Told
) -> Iterator[tuple[Patient, Eligibility]]:
    """`judged_patients`, for those who may name them: people are listed only with a recorded
    approval, unless nobody of them exists.

    Raises Refused at the first who may not be named, and says how the approval is recorded.
    """
    may_name = source.simulated or screening.leave(site) is not None
    for patient, found in judged_patients(screening, source, done):
        if not may_name and not patient.code.startswith(SIMULATED):
            raise _not_without_leave(screening)
        yield patient, found


def _not_without_leave(screening: Screening) -> Refused:
    return Refused(
        "people may be listed only with a recorded approval; without it there are counts",
        where=str(screening.directory.path),
        remedy="Record the committee's approval of pre-screening: trialrun do "
        f"{screening.directory.path} approve-record-search --actor INVESTIGATOR --json "
        '\'{"site": …, "committee": …, "approval_reference": …, "approval_date": …, '
        '"valid_until": …}\'; with several sites, name yours with --site.',
    )


def figure_steps(counts: PopulationCounts, locale: Locale) -> list[Step]:
    """The counts as steps of the picture."""
    return [_step(one, locale) for one in counts.steps]


def _step(one: StepCount, locale: Locale) -> Step:
    return Step(
        code="" if one.step.criterion is None else one.step.code,
        words=one.step.code if one.step.criterion is None else step_words(one, locale),
        met=one.met,
        unknown=one.open,
        failed=one.false,
        only=one.only,
    )
