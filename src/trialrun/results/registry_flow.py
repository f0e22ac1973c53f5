"""The registry's participant flow module."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trialrun.analysis.estimate import Traced
from trialrun.analysis.flow import Course
from trialrun.ledger.events import Reason
from trialrun.record.results_section import (
    DropWithdraw,
    FlowGroup,
    FlowMilestone,
    FlowPeriod,
    FlowStats,
    ParticipantFlowModule,
)
from trialrun.results.analysed import Analysed
from trialrun.results.registry_groups import arms, cut, description, ids, titles
from trialrun.results.shell import has_cells, started_words
from trialrun.results.traced_text import text_of
from trialrun.wording.catalogue import say


def participant_flow(results: Analysed) -> ParticipantFlowModule:
    """One period, the enrolled as STARTED; parts that must add up come from one count each."""
    groups = arms(results)
    codes = ids("FG", groups)
    return ParticipantFlowModule(
        pre_assignment_details=_before(results),
        recruitment_details=_recruitment(results),
        groups=tuple(
            FlowGroup(id=code, title=title, description=description(results, one.group))
            for code, title, one in zip(codes, titles(results), groups, strict=True)
        ),
        periods=(_period(results, codes),),
    )


def _recruitment(results: Analysed) -> str:
    key = "report.reg_recruitment_simulated" if results.cutoff.state.rehearsal else (
        "report.reg_recruitment"
    )  # fmt: skip
    return say(key, sites=len(results.cutoff.state.sites), day=results.cutoff.at.text[:10])


def _before(results: Analysed) -> str | None:
    """Why registered people were not enrolled; None where all were."""
    screening = results.screening
    parts = [
        f"{say(f'report.end_{reason.name}').lower()} {count.value}"
        for reason, count in screening.ended
        if count.value
    ]
    if screening.in_screening.value:
        parts.append(f"{say('report.in_screening').lower()} {screening.in_screening.value}")
    if not parts:
        return None
    words = say(
        "report.reg_before",
        registered=screening.registered.value,
        enrolled=screening.enrolled.value,
        reasons=", ".join(parts),
    )
    return cut(words, 500)


def _period(results: Analysed, codes: Sequence[str]) -> FlowPeriod:
    courses = [one.course for one in arms(results)]
    most = max((len(course.infusions) for course in courses), default=0)

    def milestone(kind: str, read: Callable[[Course], Traced[int] | None]) -> FlowMilestone:
        return FlowMilestone(
            type=kind,
            achievements=tuple(
                FlowStats(group_id=code, num_subjects="0" if found is None else text_of(found))
                for code, course in zip(codes, courses, strict=True)
                for found in [read(course)]
            ),
        )

    milestones = [
        milestone("STARTED", lambda course: course.enrolled),
        milestone(started_words(results.cutoff.protocol).en, lambda course: course.started),
    ]
    if has_cells(results.cutoff.protocol):
        milestones += [
            milestone(say("report.reg_infusion", n=number + 1), _infusion(number))
            for number in range(most)
        ]
    milestones += [
        milestone("COMPLETED", lambda course: course.completed),
        milestone("NOT COMPLETED", _not_completed),
    ]
    return FlowPeriod(
        title="Overall Study",
        milestones=tuple(milestones),
        drop_withdraws=_reasons(courses, codes),
    )


def _infusion(number: int) -> Callable[[Course], Traced[int] | None]:
    return lambda course: course.infusions[number] if number < len(course.infusions) else None


def _not_completed(course: Course) -> Traced[int]:
    """Those who left and those still in the study: STARTED less COMPLETED."""
    left, still = course.not_completed, course.ongoing
    return Traced(
        value=left.value + still.value,
        participants=tuple(sorted({*left.participants, *still.participants})),
        entries=tuple(sorted({*left.entries, *still.entries})),
        method=left.method,
    )


def _reasons(courses: Sequence[Course], codes: Sequence[str]) -> tuple[DropWithdraw, ...]:
    """The registry's reasons, then those who have not ended yet, in words of their own."""
    drops = []
    for place, reason in enumerate(Reason):
        counts = [course.reasons[place][1] for course in courses]
        if any(count.value for count in counts):
            comment = say("report.reg_other_reason") if reason is Reason.OTHER else None
            drops.append(_drop(reason.value, counts, codes, comment))
    still = [course.ongoing for course in courses]
    if any(count.value for count in still):
        drops.append(_drop(say("report.reg_still"), still, codes, None))
    return tuple(drops)


def _drop(
    kind: str, counts: Sequence[Traced[int]], codes: Sequence[str], comment: str | None
) -> DropWithdraw:
    return DropWithdraw(
        type=kind,
        comment=comment,
        reasons=tuple(
            FlowStats(group_id=code, num_subjects=text_of(count))
            for code, count in zip(codes, counts, strict=True)
        ),
    )
