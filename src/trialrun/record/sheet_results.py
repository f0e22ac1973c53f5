"""The results of a study at a glance, for the sheet: the posted sections and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trialrun.record.model import Study
from trialrun.record.prose import show_plainly
from trialrun.record.results_section import (
    EventGroup,
    FlowPeriod,
    MeasureGroup,
    Measurement,
    OutcomeMeasure,
    ParticipantFlowModule,
    ResultsSection,
)
from trialrun.record.sheet import Facts, Names, Note, Part, Section, Table, facts, section
from trialrun.record.words import read_word
from trialrun.wording.catalogue import Locale, say

_MOST_ROWS = 6  # of one outcome; a glance, not the table


def state_section(study: Study, locale: Locale) -> Section:
    """Whether results are posted, and which sections."""
    posted = study.protocol.status.results_first_post_date.date
    if study.has_results is None:
        text = say("record.results_unsaid", locale)
    elif not study.has_results:
        text = say("record.results_pending", locale)
    elif posted:
        text = say("record.results_posted_on", locale, date=posted)
    else:
        text = say("record.results_posted", locale)
    named = [say(f"record.{key}", locale) for key in _posted(study.results)]
    return section("results", locale, Note(text=text), Names(tuple(named)))


def _posted(results: ResultsSection) -> list[str]:
    return [
        key
        for key, there in (
            ("flow", results.participant_flow.groups),
            ("baseline", results.baseline_characteristics.groups),
            ("outcome_results", results.outcome_measures.outcome_measures),
            ("adverse_events", results.adverse_events.event_groups),
            ("limitations", results.more_info.limitations_and_caveats.description),
        )
        if there
    ]


def overview_section(study: Study, locale: Locale) -> Section:
    """Participant flow, outcomes and adverse events, each as one small table."""
    results = study.results
    parts: list[Part] = [
        _flow(period, results.participant_flow, locale)
        for period in results.participant_flow.periods
    ]
    for outcome in results.outcome_measures.outcome_measures:
        parts += _outcome(outcome, locale)
    parts += _adverse_events(results, locale)
    parts.append(
        facts(
            locale,
            (
                "limitations",
                show_plainly(results.more_info.limitations_and_caveats.description or ""),
            ),
        )
    )
    return section("overview", locale, *parts)


def _titles(groups: Iterable[MeasureGroup]) -> tuple[str, ...]:
    return tuple(one.title or one.id or "–" for one in groups)


def _flow(period: FlowPeriod, flow: ParticipantFlowModule, locale: Locale) -> Table:
    order = [one.id for one in flow.groups]
    rows = []
    for milestone in period.milestones:
        counts = {one.group_id: one.num_subjects or "" for one in milestone.achievements}
        rows.append((milestone.type or "–", *(counts.get(one, "") for one in order)))
    for reason in period.drop_withdraws:
        counts = {one.group_id: one.num_subjects or "" for one in reason.reasons}
        rows.append((f"– {reason.type or '–'}", *(counts.get(one, "") for one in order)))
    heading = say("record.flow", locale)
    return Table(
        caption=f"{heading}: {period.title}" if period.title else heading,
        header=(
            say("record.milestone", locale),
            *(one.title or one.id or "–" for one in flow.groups),
        ),
        rows=tuple(rows),
        numbers=True,
    )


def _outcome(outcome: OutcomeMeasure, locale: Locale) -> list[Part]:
    kind = read_word("outcome", outcome.type, locale)
    caption = f"{kind}: {outcome.title or '–'}" if kind else outcome.title or "–"
    if outcome.reporting_status == "NOT_POSTED" or not outcome.classes:
        state = say("record.not_posted", locale)
        return [Facts(((caption, f"{state} ({outcome.time_frame or '–'})"),))]
    order = [one.id for one in outcome.groups]
    rows: list[tuple[str, ...]] = []
    for denom in outcome.denoms:
        counts = {one.group_id: one.value or "" for one in denom.counts}
        label = say("record.analysed", locale)
        units = f"{label} ({denom.units})" if denom.units else label
        rows.append((units, *(counts.get(one, "") for one in order)))
    cells = _rows(outcome, order, locale)
    rows += cells[:_MOST_ROWS]
    param = read_word("measure", outcome.param_type, locale)
    header = say(
        "record.outcomes_analysed", locale, param=param, unit=outcome.unit_of_measure or "–"
    )
    table = Table(
        caption=caption + (f" ({outcome.time_frame})" if outcome.time_frame else ""),
        header=(header, *_titles(outcome.groups)),
        rows=tuple(rows),
        numbers=True,
    )
    left = len(cells) - _MOST_ROWS
    more = say("record.more_not_shown", locale, count=left)
    return [table, Note(text=more)] if left > 0 else [table]


def _rows(
    outcome: OutcomeMeasure, order: Sequence[str | None], locale: Locale
) -> list[tuple[str, ...]]:
    rows = []
    for group in outcome.classes:
        for category in group.categories:
            named = ": ".join(part for part in (group.title, category.title) if part)
            cells = {one.group_id: _cell(one) for one in category.measurements}
            label = named or say("record.value", locale)
            rows.append((label, *(cells.get(one, "") for one in order)))
    return rows


def _cell(one: Measurement) -> str:
    """A value with its spread or limits, as the registry writes them."""
    value = one.value or "–"
    if one.lower_limit is not None or one.upper_limit is not None:
        return f"{value} ({one.lower_limit or 'NA'} to {one.upper_limit or 'NA'})"
    return f"{value} ({one.spread})" if one.spread is not None else value


def _adverse_events(results: ResultsSection, locale: Locale) -> list[Part]:
    events = results.adverse_events
    if not events.event_groups:
        return []

    def row(group: EventGroup) -> tuple[str, ...]:
        pairs = (
            (group.deaths_num_affected, group.deaths_num_at_risk),
            (group.serious_num_affected, group.serious_num_at_risk),
            (group.other_num_affected, group.other_num_at_risk),
        )
        return (
            group.title or group.id or "–",
            *(
                "–"
                if affected is None
                else say("record.affected", locale, affected=affected, risk=risk)
                if risk is not None
                else str(affected)
                for affected, risk in pairs
            ),
        )

    heading = say("record.adverse_events", locale)
    table = Table(
        caption=f"{heading} ({events.time_frame})" if events.time_frame else heading,
        header=tuple(
            say(f"record.{key}", locale) for key in ("group", "deaths", "serious", "other_events")
        ),
        rows=tuple(row(group) for group in events.event_groups),
        numbers=True,
    )
    counted = say(
        "record.events_count",
        locale,
        serious=len(events.serious_events),
        other=len(events.other_events),
    )
    return [table, Note(text=counted)]
