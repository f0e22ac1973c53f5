"""The participant flow as a diagram: the same counts as its table, in boxes."""

from __future__ import annotations

from trialrun.results.analysed import Analysed, GroupResults
from trialrun.results.figures.flow_diagram import Arm, Aside, Flow, Reason, Stage, flow_diagram
from trialrun.results.figures.frame import Figure
from trialrun.results.shell import group_title, has_cells, started_words
from trialrun.results.words import words
from trialrun.wording.catalogue import Locale, say

_MOST_ARMS = 4


def flow_picture(results: Analysed, locale: Locale) -> Figure:
    """From everybody registered to who was analysed."""
    several = 1 < len(results.cutoff.protocol.arms) <= _MOST_ARMS
    screened = _screening(results, locale)
    if several:
        arms = [one for one in results.groups if not one.group.total]
        flow = Flow(
            stages=(
                screened,
                Stage(words=say("report.enrolled", locale), count=_enrolled(results.whole)),
            ),
            arms=tuple(_arm(results, one, locale) for one in arms),
        )
    else:
        first = words("report.enrolled").said(locale)
        flow = Flow(stages=(screened, *_course(results, results.whole, first, locale)))
    return flow_diagram(
        flow,
        simulated=results.cutoff.state.rehearsal,
        locale=locale,
        title=say("report.figure_flow", locale),
    )


def _enrolled(one: GroupResults) -> int:
    return one.course.enrolled.value


def _screening(results: Analysed, locale: Locale) -> Stage:
    screening = results.screening
    reasons = [
        Reason(words=say(f"report.end_{reason.name}", locale), count=count.value)
        for reason, count in screening.ended
        if count.value
    ]
    if screening.in_screening.value:
        waiting = say("report.in_screening", locale)
        reasons.append(Reason(words=waiting, count=screening.in_screening.value))
    out = sum(reason.count for reason in reasons)
    return Stage(
        words=say("report.registered", locale),
        count=screening.registered.value,
        left=Aside(
            words=say("report.not_enrolled", locale), count=out, reasons=tuple(reasons)
        ) if out else None,
    )  # fmt: skip


def _arm(results: Analysed, one: GroupResults, locale: Locale) -> Arm:
    return Arm(stages=_course(results, one, group_title(one.group).said(locale), locale))


def _course(results: Analysed, one: GroupResults, first: str, locale: Locale) -> tuple[Stage, ...]:
    """Enrolled, started, infused, and how it ended, with who dropped out at each step."""
    course, protocol = one.course, results.cutoff.protocol
    stages = [_step(first, course.enrolled.value, course.started.value, "not_started", locale)]
    begun = started_words(protocol).said(locale)
    if has_cells(protocol) and course.infusions:
        got = course.infusions[0].value
        stages.append(_step(begun, course.started.value, got, "not_infused", locale))
        details = tuple(
            Reason(words=say("report.infusion_n", locale, n=number), count=count.value)
            for number, count in enumerate(course.infusions, start=1)
        )
        stages.append(Stage(words=say("report.infused", locale), count=got, details=details))
    else:
        stages.append(Stage(words=begun, count=course.started.value))
    stages.append(_ended(one, locale))
    return (*stages[:-1], _evaluable(results, one, locale), stages[-1])


def _step(words_of: str, count: int, following: int, key: str, locale: Locale) -> Stage:
    lost = count - following
    aside = Aside(words=say(f"report.{key}", locale), count=lost) if lost > 0 else None
    return Stage(words=words_of, count=count, left=aside)


def _evaluable(results: Analysed, one: GroupResults, locale: Locale) -> Stage:
    codes = frozenset(found.participant for found in one.enrolled)
    names = [name for name in results.sets if name.value.startswith("evaluable")]
    return Stage(
        words=say("report.analysed", locale),
        count=one.course.started.value,
        details=tuple(
            Reason(
                words=say(f"analysis.set_{name.key}", locale),
                count=len(results.sets[name].within(codes)),
            )
            for name in names
        ),
    )


def _ended(one: GroupResults, locale: Locale) -> Stage:
    course = one.course
    reasons = [
        Reason(words=say(f"report.reason_{reason.name}", locale), count=count.value)
        for reason, count in course.reasons
        if count.value
    ]
    left = course.not_completed.value
    details = (
        (Reason(words=say("report.ongoing", locale), count=course.ongoing.value),)
        if course.ongoing.value
        else ()
    )
    return Stage(
        words=say("report.completed", locale),
        count=course.completed.value,
        details=details,
        left=Aside(
            words=say("report.not_completed", locale), count=left, reasons=tuple(reasons)
        ) if left else None,
    )  # fmt: skip
