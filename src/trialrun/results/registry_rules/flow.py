"""Rules F: the participant flow adds up. Rules G: groups are named, described and resolve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from trialrun.record.model import Study
from trialrun.record.results_section import FlowPeriod
from trialrun.results.registry_rules.cells import achieved, milestone, started, whole_of
from trialrun.results.registry_rules.rule import Level, Rule

REASONS = frozenset(
    {
        "Adverse Event", "Death", "Lack of Efficacy", "Lost to Follow-up", "Physician Decision",
        "Pregnancy", "Protocol Violation", "Withdrawal by Subject",
    }
)  # fmt: skip
_LONGEST_TITLE, _SHORTEST_TITLE, _LONGEST_TEXT = 62, 4, 1500


def _periods(study: Study) -> tuple[FlowPeriod, ...]:
    return study.results.participant_flow.periods


def both_ends(study: Study) -> Iterator[str]:
    for period in _periods(study):
        kinds = {one.type for one in period.milestones}
        if not {"STARTED", "COMPLETED"} <= kinds:
            yield f"{period.title}"


def none_above_started(study: Study) -> Iterator[str]:
    for period in _periods(study):
        begun = milestone(period, "STARTED") or {}
        for one in period.milestones:
            for group, count in achieved(one).items():
                if group in begun and count > begun[group]:
                    yield f"{period.title}, {one.type}, {group}: {count} > {begun[group]}"


def _reasons(period: FlowPeriod) -> Counter[str]:
    total: Counter[str] = Counter()
    for drop in period.drop_withdraws:
        for stats in drop.reasons:
            total[stats.group_id or ""] += whole_of(stats.num_subjects) or 0
    return total


def reasons_add_up(study: Study) -> Iterator[str]:
    for period in _periods(study):
        begun, done = milestone(period, "STARTED"), milestone(period, "COMPLETED")
        if not period.drop_withdraws or begun is None or done is None:
            continue
        given = _reasons(period)
        for group in sorted(begun.keys() & done.keys()):
            if given[group] != begun[group] - done[group]:
                left = begun[group] - done[group]
                yield f"{period.title}, {group}: reasons {given[group]}, not completed {left}"


def reasons_given(study: Study) -> Iterator[str]:
    for period in _periods(study):
        begun, done = milestone(period, "STARTED"), milestone(period, "COMPLETED")
        if period.drop_withdraws or begun is None or done is None:
            continue
        if sum(begun.values()) > sum(done.values()):
            yield f"{period.title}"


def no_more_than_before(study: Study) -> Iterator[str]:
    periods = _periods(study)
    for earlier, later in pairwise(periods):
        done, begun = milestone(earlier, "COMPLETED"), milestone(later, "STARTED")
        for group in sorted((done or {}).keys() & (begun or {}).keys()):
            assert done is not None and begun is not None
            if begun[group] > done[group]:
                yield f"{later.title}, {group}: {begun[group]} > {done[group]}"


def equals_enrolment(study: Study) -> Iterator[str]:
    info = study.protocol.design.enrollment_info
    begun = started(study)
    if info.count is None or info.type != "ACTUAL" or begun is None or begun == info.count:
        return
    if not study.results.participant_flow.pre_assignment_details:
        yield f"STARTED {begun}, enrolled {info.count}"


def period_titles(study: Study) -> Iterator[str]:
    titles = [(period.title or "").casefold() for period in _periods(study)]
    if len(titles) == 1 and titles[0] != "overall study":
        yield f"{_periods(study)[0].title}"
    if len(titles) > 1 and "overall study" in titles:
        yield "Overall Study"


def other_has_text(study: Study) -> Iterator[str]:
    for period in _periods(study):
        for drop in period.drop_withdraws:
            if not drop.type or (drop.type == "Other" and not drop.comment):
                yield f"{period.title}, {drop.type}"


def deaths_agree(study: Study) -> Iterator[str]:
    """By group, where flow and event groups have the same titles."""
    deaths = {
        group.title: group.deaths_num_affected
        for group in study.results.adverse_events.event_groups
        if group.deaths_num_affected is not None
    }
    titles = {group.id: group.title for group in study.results.participant_flow.groups}
    left: Counter[str | None] = Counter()
    for period in _periods(study):
        for drop in period.drop_withdraws:
            for stats in drop.reasons if drop.type == "Death" else ():
                left[titles.get(stats.group_id)] += whole_of(stats.num_subjects) or 0
    for title, count in left.items():
        known = deaths.get(title)
        if known is not None and count > known:
            yield f"{title}: {count} left by death, {known} deaths"


# --- groups ----------------------------------------------------------------------------------


def _tables(study: Study) -> Iterator[tuple[str, list[tuple[str | None, str | None, str | None]]]]:
    """Every table's groups: id, title, description."""
    results = study.results
    flow = [(one.id, one.title, one.description) for one in results.participant_flow.groups]
    yield "flow", flow
    base = results.baseline_characteristics.groups
    yield "baseline", [(one.id, one.title, one.description) for one in base]
    for place, measure in enumerate(results.outcome_measures.outcome_measures):
        groups = [(one.id, one.title, one.description) for one in measure.groups]
        yield f"outcome {place + 1}", groups
    events = results.adverse_events.event_groups
    yield "adverse events", [(one.id, one.title, one.description) for one in events]


def group_titles(study: Study) -> Iterator[str]:
    for name, groups in _tables(study):
        titles = [title or "" for _, title, _ in groups]
        for title in titles:
            if not _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE:
                yield f"{name}: “{title}” has {len(title)} characters"
        for title, times in Counter(title.casefold() for title in titles).items():
            if times > 1:
                yield f"{name}: “{title}” {times} times"


def group_descriptions(study: Study) -> Iterator[str]:
    for name, groups in _tables(study):
        for code, title, description in groups:
            if title != "Total" and not description:
                yield f"{name}: {code}"
            elif len(description or "") > _LONGEST_TEXT:
                yield f"{name}: {code} has {len(description or '')} characters"


def references(study: Study) -> Iterator[str]:
    known: dict[str, set[str | None]] = {}
    for name, groups in _tables(study):
        ids = [code for code, _, _ in groups]
        known[name] = set(ids)
        if len(set(ids)) < len(ids):
            yield f"{name}: an id twice"
    for name, used in _used(study):
        for code in sorted({code or "" for code in used} - {code or "" for code in known[name]}):
            yield f"{name}: {code}"


def _used(study: Study) -> Iterator[tuple[str, set[str | None]]]:
    results = study.results
    flow: set[str | None] = set()
    for period in results.participant_flow.periods:
        for one in period.milestones:
            flow |= {stats.group_id for stats in one.achievements}
        for drop in period.drop_withdraws:
            flow |= {stats.group_id for stats in drop.reasons}
    yield "flow", flow
    base: set[str | None] = set()
    for baseline in results.baseline_characteristics.measures:
        for cls in baseline.classes:
            base |= {m.group_id for category in cls.categories for m in category.measurements}
    yield "baseline", base
    for place, measure in enumerate(results.outcome_measures.outcome_measures):
        outcome: set[str | None] = {code for one in measure.analyses for code in one.group_ids}
        for cls in measure.classes:
            outcome |= {m.group_id for category in cls.categories for m in category.measurements}
        yield f"outcome {place + 1}", outcome
    events = results.adverse_events
    yield (
        "adverse events",
        {
            stats.group_id
            for event in (*events.serious_events, *events.other_events)
            for stats in event.stats
        },
    )


RULES = (
    Rule("F1", Level.ERROR, "DED", both_ends),
    Rule("F2", Level.ERROR, "AR", none_above_started),
    Rule("F3", Level.ERROR, "DED", reasons_add_up),
    Rule("F4", Level.WARNING, "PRS", reasons_given),
    Rule("F5", Level.WARNING, "PRS", no_more_than_before),
    Rule("F6", Level.ERROR, "DED", equals_enrolment),
    Rule("F7", Level.ERROR, "DED", period_titles),
    Rule("F8", Level.ERROR, "DED", other_has_text),
    Rule("F9", Level.ERROR, "AR", deaths_agree),
    Rule("G1", Level.ERROR, "PRS", group_titles),
    Rule("G2", Level.ERROR, "DED", group_descriptions),
    Rule("G3", Level.ERROR, "RRS", references),
)
