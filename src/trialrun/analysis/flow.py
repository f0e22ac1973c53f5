"""How people went through the trial: screening and why it ended, milestones, and how it ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.ending import Ending, Status, ending
from trialrun.analysis.estimate import Found, Method, Traced, count
from trialrun.criteria.criterion import Combination, Criteria
from trialrun.ledger.events import Reason, ScreeningEnd
from trialrun.ledger.state import Participant
from trialrun.values.truth import Truth, all_of, any_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """One criterion at screening: who did not meet it, and of whom it stayed unknown."""

    criterion: str
    text: str
    not_met: Traced[int]
    unknown: Traced[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Everybody registered, by what became of them before enrolment."""

    registered: Traced[int]
    ended: tuple[tuple[ScreeningEnd, Traced[int]], ...]
    in_screening: Traced[int]
    enrolled: Traced[int]
    failing: tuple[Failing, ...]


def screening(cutoff: Cutoff) -> Screening:
    """The screening of all who were registered; the parts sum to the registered."""
    ended: dict[ScreeningEnd, list[Found]] = {reason: [] for reason in ScreeningEnd}
    everyone, waiting, enrolled = [], [], []
    for who in cutoff.participants:
        everyone.append(Found(who.code, who.registered.entries))
        if who.enrolled:
            enrolled.append(Found(who.code, who.enrolled.entries))
        elif who.screening_ended:
            reason = who.screening_ended.event.reason
            ended[reason].append(Found(who.code, who.screening_ended.entries))
        elif (left := ending(who)).status is not Status.ONGOING:
            reason = ScreeningEnd.DIED if left.reason is Reason.DEATH else ScreeningEnd.OTHER
            ended[reason].append(left.found)
        else:
            waiting.append(Found(who.code, who.registered.entries))
    return Screening(
        registered=count(everyone, Method("registered")),
        ended=tuple(
            (reason, count(found, Method("screening_ended"))) for reason, found in ended.items()
        ),
        in_screening=count(waiting, Method("in_screening")),
        enrolled=count(enrolled, Method("enrolled")),
        failing=_failing(cutoff),
    )


def _failing(cutoff: Cutoff) -> tuple[Failing, ...]:
    """Criteria that kept somebody out, in their order; one person may fail several."""
    criteria = cutoff.protocol.criteria
    not_met: dict[str, list[Found]] = defaultdict(list)
    unknown: dict[str, list[Found]] = defaultdict(list)
    for who in cutoff.participants:
        if who.enrolled or who.decision is None:
            continue
        decision = who.decision.event
        at = Found(who.code, who.decision.entries)
        verdicts = {one.criterion: one.verdict for one in decision.verdicts}
        for code in _lowest(criteria, verdicts, Truth.FALSE):
            not_met[code].append(at)
        if decision.verdict is Truth.UNKNOWN:
            for code in _lowest(criteria, verdicts, Truth.UNKNOWN):
                unknown[code].append(at)
    texts = {one.id: one.text for one in criteria}
    others = sorted((not_met.keys() | unknown.keys()) - texts.keys())
    return tuple(
        Failing(
            criterion=code,
            text=texts.get(code, ""),
            not_met=count(not_met[code], Method("criterion_not_met")),
            unknown=count(unknown[code], Method("criterion_unknown")),
        )
        for code in (*texts, *others)
        if code in not_met or code in unknown
    )


def _lowest(criteria: Criteria, verdicts: Mapping[str, Truth], wanted: Truth) -> list[str]:
    """The criteria with this verdict that decided it, and that none below them explains.

    One that is an alternative, under its parent or in the combination of the whole, decided only
    if the alternatives together have the verdict.
    """
    parents = {one.id: one.parent for one in criteria}
    found = [code for code, verdict in verdicts.items() if verdict is wanted]
    explained = {parents.get(code) for code in found}
    return [
        code
        for code in found
        if code not in explained
        and _chain_decides(code, parents, verdicts, wanted)
        and _alternatives_decide(code, criteria, parents, verdicts, wanted)
    ]


def _chain_decides(
    code: str, parents: Mapping[str, str | None], verdicts: Mapping[str, Truth], wanted: Truth
) -> bool:
    parent = parents.get(code)
    while parent is not None:
        if parent in verdicts and verdicts[parent] is not wanted:
            return False
        parent = parents.get(parent)
    return True


def _alternatives_decide(
    code: str,
    criteria: Criteria,
    parents: Mapping[str, str | None],
    verdicts: Mapping[str, Truth],
    wanted: Truth,
) -> bool:
    top = code
    while (parent := parents.get(top)) is not None:
        top = parent
    if criteria.root is None or top not in set(criteria.root.names()):
        return True
    return _combined(criteria.root, verdicts) is wanted


def _combined(part: str | Combination, verdicts: Mapping[str, Truth]) -> Truth:
    if isinstance(part, str):
        return verdicts.get(part, Truth.UNKNOWN)
    joined = any_of if part.logic == "or" else all_of
    return joined([_combined(one, verdicts) for one in part.parts])


# --- after enrolment -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Of the enrolled of one group: milestones, and how the course stands."""

    enrolled: Traced[int]
    started: Traced[int]
    infusions: tuple[Traced[int], ...]  # who received at least 1, 2, 3 … of a cell product
    completed: Traced[int]
    not_completed: Traced[int]
    ongoing: Traced[int]
    reasons: tuple[tuple[Reason, Traced[int]], ...]  # each reason, also those of nobody
    no_product: Traced[int]


def course(cutoff: Cutoff, codes: frozenset[str]) -> Course:
    """The course of the enrolled among `codes`."""
    people = [who for who in cutoff.state.enrolled if who.code in codes]
    ends = {who.code: ending(who) for who in people}
    return Course(
        enrolled=count(
            [Found(who.code, who.enrolled.entries) for who in people if who.enrolled],
            Method("enrolled"),
        ),
        started=count(_started(cutoff, people), Method("started")),
        infusions=_infusions(cutoff, people),
        completed=_with_status(ends, Status.COMPLETED, "completed"),
        not_completed=_with_status(ends, Status.NOT_COMPLETED, "not_completed"),
        ongoing=_with_status(ends, Status.ONGOING, "ongoing"),
        reasons=tuple(
            (
                reason,
                count(
                    [end.found for end in ends.values() if end.reason is reason],
                    Method("not_completed"),
                ),
            )
            for reason in Reason
        ),
        no_product=count(
            [end.found for end in ends.values() if end.no_product], Method("no_product")
        ),
    )


def _with_status(ends: dict[str, Ending], status: Status, method: str) -> Traced[int]:
    return count([end.found for end in ends.values() if end.status is status], Method(method))


def _started(cutoff: Cutoff, people: list[Participant]) -> list[Found]:
    first = [(who, cutoff.first_dose(who)) for who in people]
    return [Found(who.code, given.entries) for who, given in first if given]


def _infusions(cutoff: Cutoff, people: list[Participant]) -> tuple[Traced[int], ...]:
    given = {who.code: cutoff.infusions(who) for who in people}
    most = max([cutoff.planned_infusions, *(len(doses) for doses in given.values())])
    return tuple(
        count(
            [
                Found(code, doses[number].entries)
                for code, doses in given.items()
                if len(doses) > number
            ],
            Method("infusion"),
        )
        for number in range(most)
    )
