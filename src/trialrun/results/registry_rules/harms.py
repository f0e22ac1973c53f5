"""Rules E: adverse events count participants once, and their totals fit their terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from trialrun.assess.ctcae import REGISTRY_SOCS
from trialrun.record.model import Study
from trialrun.record.results_section import AdverseEvent, AdverseEventsModule, EventGroup
from trialrun.results.registry_rules.cells import decimal_of, started
from trialrun.results.registry_rules.rule import Level, Rule

_LONGEST_TERM = 100


def _module(study: Study) -> AdverseEventsModule:
    return study.results.adverse_events


def _reported(study: Study) -> bool:
    return bool(_module(study).event_groups)


def _all(study: Study) -> tuple[AdverseEvent, ...]:
    return (*_module(study).serious_events, *_module(study).other_events)


def time_frame(study: Study) -> Iterator[str]:
    if _reported(study) and not (_module(study).time_frame or "").strip():
        yield "adverse events"


def threshold(study: Study) -> Iterator[str]:
    value = decimal_of(_module(study).frequency_threshold)
    if _reported(study) and (value is None or not 0 <= value <= 5):
        yield f"{_module(study).frequency_threshold}"


def above_threshold(study: Study) -> Iterator[str]:
    value = decimal_of(_module(study).frequency_threshold)
    if value is None:
        return
    for event in _module(study).other_events:
        shares = [
            100 * (stats.num_affected or 0) > value * stats.num_at_risk
            for stats in event.stats
            if stats.num_at_risk
        ]
        if shares and not any(shares):
            yield f"{event.term}"


def affected_at_risk(study: Study) -> Iterator[str]:
    for event in _all(study):
        for stats in event.stats:
            if (stats.num_affected or 0) > (stats.num_at_risk or 0):
                yield f"{event.term}, {stats.group_id}"
    for group in _module(study).event_groups:
        for name, affected, at_risk in _totals(group):
            if (affected or 0) > (at_risk or 0):
                yield f"{name}, {group.id}: {affected} of {at_risk}"


def _totals(group: EventGroup) -> tuple[tuple[str, int | None, int | None], ...]:
    return (
        ("serious", group.serious_num_affected, group.serious_num_at_risk),
        ("other", group.other_num_affected, group.other_num_at_risk),
    )


def events_and_affected(study: Study) -> Iterator[str]:
    for event in _all(study):
        for stats in event.stats:
            if stats.num_events is None or stats.num_affected is None:
                continue
            few = stats.num_events < stats.num_affected
            if few or (stats.num_affected == 0 and stats.num_events):
                yield f"{event.term}, {stats.group_id}"


def totals_fit(study: Study) -> Iterator[str]:
    module = _module(study)
    for group in module.event_groups:
        for name, events, total in (
            ("serious", module.serious_events, group.serious_num_affected),
            ("other", module.other_events, group.other_num_affected),
        ):
            counts = _affected(events, group.id)
            if total is not None and counts and not max(counts) <= total <= sum(counts):
                yield f"{name}, {group.id}: {total}, terms {max(counts)} to {sum(counts)}"


def _affected(events: Sequence[AdverseEvent], group: str | None) -> list[int]:
    return [
        stats.num_affected or 0
        for event in events
        for stats in event.stats
        if stats.group_id == group
    ]


def classes_and_terms(study: Study) -> Iterator[str]:
    module = _module(study)
    for name, events in (("serious", module.serious_events), ("other", module.other_events)):
        for event in events:
            if event.organ_system not in REGISTRY_SOCS:
                yield f"{name}: {event.organ_system}"
            if not event.term or len(event.term) > _LONGEST_TERM:
                yield f"{name}: term “{event.term}”"
        # A term may stand once for each vocabulary and kind of assessment, with other notes.
        keys = Counter(
            (event.organ_system, (event.term or "").casefold(), event.assessment_type, event.notes)
            for event in events
        )
        for (soc, term, *_), times in keys.items():
            if times > 1:
                yield f"{name}: {soc}, {term} {times} times"


def assessment_stated(study: Study) -> Iterator[str]:
    for event in _all(study):
        if event.assessment_type is None:
            yield f"{event.term}"


def at_risk_started(study: Study) -> Iterator[str]:
    begun = started(study)
    for group in _module(study).event_groups:
        for name, _, at_risk in _totals(group):
            if begun is not None and (at_risk or 0) > begun:
                yield f"{name}, {group.id}: {at_risk} of {begun}"
            if at_risk == 0 and not _module(study).description:
                yield f"{name}, {group.id}: nobody at risk"


def deaths_at_risk(study: Study) -> Iterator[str]:
    for group in _module(study).event_groups:
        deaths, at_risk = group.deaths_num_affected, group.deaths_num_at_risk
        if deaths is not None and at_risk is not None and deaths > at_risk:
            yield f"{group.id}: {deaths} of {at_risk}"


def only_listed(study: Study) -> Iterator[str]:
    for group in _module(study).event_groups:
        counts = _affected(_module(study).other_events, group.id)
        if not any(counts) and group.other_num_affected:
            yield f"{group.id}: {group.other_num_affected} affected, no term listed"


RULES = (
    Rule("E1", Level.ERROR, "DED", time_frame),
    Rule("E2", Level.ERROR, "DED", threshold),
    Rule("E3", Level.WARNING, "DED", above_threshold),
    Rule("E4", Level.ERROR, "AR", affected_at_risk),
    Rule("E5", Level.ERROR, "AR", events_and_affected),
    Rule("E6", Level.ERROR, "AR", totals_fit),
    Rule("E7", Level.ERROR, "DED", classes_and_terms),
    Rule("E8", Level.WARNING, "DED", assessment_stated),
    Rule("E9", Level.ERROR, "PRS", at_risk_started),
    Rule("E10", Level.ERROR, "RRS", deaths_at_risk),
    Rule("E11", Level.ERROR, "DED", only_listed),
)
