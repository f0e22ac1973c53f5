"""A second, plain count of everything, straight from the list of events, on trials by chance.

Nothing is shared with the code under test: no folded state, no analysis sets, no estimators.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from support import small_trial
from trialrun.analysis.cutoff import cutoff_at
from trialrun.analysis.harms import by_class
from trialrun.analysis.sets import SetName
from trialrun.ledger import events as ev
from trialrun.protocol.model import Protocol
from trialrun.results.analysed import Analysed, analyse

trials = st.tuples(
    st.integers(0, 10**9), st.integers(0, 14), st.integers(1, 3), st.sampled_from(["nk", "drug"])
)


def made(seed: int, people: int, arms: int, kind: str) -> tuple[list[ev.Event], Analysed]:
    protocol = _protocol(kind, arms)
    book = small_trial.random_book(protocol, Random(seed), people)
    results = analyse(cutoff_at(protocol, book.entries()))
    return [event for event, _ in book.lines], results


def _protocol(kind: str, arms: int) -> Protocol:
    build = small_trial.nk_protocol if kind == "nk" else small_trial.drug_protocol
    return build(arms=arms)


@given(trials)
def test_flow_counts(trial: tuple[int, int, int, str]) -> None:
    events, results = made(*trial)
    registered = [e.participant for e in events if isinstance(e, ev.ParticipantRegistered)]
    arm_of = {e.participant: e.arm for e in events if isinstance(e, ev.ParticipantEnrolled)}
    given_to = Counter(e.participant for e in events if isinstance(e, ev.AdministrationGiven))
    infused = Counter(
        e.participant
        for e in events
        if isinstance(e, ev.AdministrationGiven) and e.intervention == "nk"
    )
    assert results.screening.registered.value == len(registered)
    assert results.screening.enrolled.value == len(arm_of)
    out = Counter(
        e.reason for e in events if isinstance(e, ev.ScreeningEnded) and e.participant not in arm_of
    )
    for reason, count in results.screening.ended:
        assert count.value == out[reason]
    assert results.screening.in_screening.value == len(registered) - len(arm_of) - out.total()
    for one in results.groups:
        mine = [p for p, arm in arm_of.items() if one.group.total or arm in one.group.arms]
        course = one.course
        assert course.enrolled.value == len(mine)
        assert course.started.value == sum(given_to[p] > 0 for p in mine)
        for number, count in enumerate(course.infusions, start=1):
            assert count.value == sum(infused[p] >= number for p in mine)
        parts = course.completed.value + course.not_completed.value + course.ongoing.value
        assert parts == course.enrolled.value
        assert sum(count.value for _, count in course.reasons) == course.not_completed.value


@given(trials)
def test_endings(trial: tuple[int, int, int, str]) -> None:
    events, results = made(*trial)
    enrolled = {e.participant for e in events if isinstance(e, ev.ParticipantEnrolled)}
    completed = {e.participant for e in events if isinstance(e, ev.ParticipantCompleted)}
    grade, outcome = {}, {}
    owner = {}
    for e in events:
        if isinstance(e, ev.AdverseEventReported):
            owner[e.id], grade[e.id], outcome[e.id] = e.participant, e.grade, e.outcome
        elif isinstance(e, ev.AdverseEventChanged):
            grade[e.id], outcome[e.id] = e.grade or grade[e.id], e.outcome or outcome[e.id]
        elif isinstance(e, ev.Corrected):
            grade[e.target] = int(e.changes[0].new or 0)
    fatal = {owner[i] for i in grade if grade[i] == 5 or outcome[i] == "fatal"}
    died = {e.participant for e in events if isinstance(e, ev.Died)}
    gone = {e.participant: e.reason for e in events if isinstance(e, ev.WithdrewFromStudy)}
    dead = died | fatal | {p for p, reason in gone.items() if reason is ev.Reason.DEATH}
    counts = {reason: count.value for reason, count in results.whole.course.reasons}
    assert results.whole.course.completed.value == len(enrolled & completed)
    assert counts[ev.Reason.DEATH] == len((enrolled & dead) - completed)
    for reason in ev.Reason:
        if reason in {ev.Reason.DEATH, ev.Reason.LOST_TO_FOLLOW_UP}:
            continue
        left = {p for p, why in gone.items() if why is reason} - dead - completed
        assert counts[reason] == len(left & enrolled)
    started = {e.participant for e in events if isinstance(e, ev.AdministrationGiven)}
    assert results.whole.harms.deaths.value == len(dead & started & enrolled)


@given(trials)
def test_adverse_event_counts(trial: tuple[int, int, int, str]) -> None:
    """Onset at or after the first administration, or a later change that raised the grade."""
    seed, people, arms, kind = trial
    events, results = made(*trial)
    protocol = _protocol(kind, arms)
    lines = small_trial.random_book(protocol, Random(seed), people).lines
    first: dict[str, str] = {}
    for e in events:
        if isinstance(e, ev.AdministrationGiven):
            first[e.participant] = min(first.get(e.participant, "9"), e.started_at.text)
    grades: dict[str, list[tuple[str, int]]] = {}  # when each true grade began
    reported: dict[str, ev.AdverseEventReported] = {}
    for e, at in lines:
        if isinstance(e, ev.AdverseEventReported):
            reported[e.id] = e
            grades[e.id] = [(e.onset.text, e.grade)]
        elif isinstance(e, ev.AdverseEventChanged):
            grades[e.id].append((at.text, e.grade or grades[e.id][-1][1]))
        elif isinstance(e, ev.Corrected):
            since, _ = grades[e.target].pop()
            grades[e.target].append((since, int(e.changes[0].new or 0)))
    by_term: dict[tuple[str, str], set[str]] = defaultdict(set)
    severe: set[str] = set()
    affected: set[str] = set()
    for name, e in reported.items():
        begun = first.get(e.participant)
        if begun is None:
            continue
        before = max((g for at, g in grades[name] if at < begun), default=0)
        if any(at >= begun and g > before for at, g in grades[name]):
            affected.add(e.participant)
            by_term[e.soc, e.term].add(e.participant)
            if max(g for _, g in grades[name]) >= 3:
                severe.add(e.participant)
    harms = results.whole.harms
    assert {harm.participant for harm in harms.harms} == affected
    assert {harm.participant for harm in harms.harms if harm.worst >= 3} == severe
    rows = {(row.soc, row.term): row for row in by_class(harms.harms)}
    for (soc, term), people in by_term.items():
        assert rows[soc, term].affected.value == len(people)
        assert sum(count.value for count in rows[soc, term].by_grade) == len(people)
    for soc in {soc for soc, _ in by_term}:
        everybody = set().union(*(people for (s, _), people in by_term.items() if s == soc))
        assert rows[soc, ""].affected.value == len(everybody)


@given(st.integers(0, 10**9), st.integers(0, 16))
def test_response_counts(seed: int, people: int) -> None:
    """Remissions by day 31, or planned for day 28, before any other therapy, as a plain loop."""
    events, results = made(seed, people, 1, "nk")
    first_dose: dict[str, str] = {}
    first_nk: dict[str, str] = {}
    planned: dict[str, int] = {}
    blasts: dict[str, int] = {}
    other: dict[str, str] = {}
    enrolled = {e.participant for e in events if isinstance(e, ev.ParticipantEnrolled)}
    for e in events:
        if isinstance(e, ev.AdministrationGiven):
            if e.started_at.text < first_dose.get(e.participant, "9"):
                first_dose[e.participant] = e.started_at.text
                planned[e.participant] = e.planned_day or 0
            if e.item == "nk":
                nk = min(first_nk.get(e.participant, "9"), e.started_at.text)
                first_nk[e.participant] = nk
        elif isinstance(e, ev.FactRecorded) and e.fact.variable == "marrow_blasts":
            blasts[e.participant] = int(e.fact.value)
        elif isinstance(e, ev.SubsequentTherapyStarted):
            other[e.participant] = min(other.get(e.participant, "9"), e.started_at.text)
    morphological = {p for p in enrolled if p in first_dose and p in blasts and blasts[p] >= 5}
    remission = set()
    for e in events:
        if not isinstance(e, ev.ResponseAssessed) or e.participant not in morphological:
            continue
        zero = first_nk.get(e.participant) or first_dose[e.participant]
        offset = 0 if e.participant in first_nk else planned[e.participant]
        days = (e.assessed_at.day - date.fromisoformat(zero[:10])).days + offset
        late = days > 31 and (e.planned_day or 99) > 28
        after_therapy = other.get(e.participant, "9")[:10] < e.assessed_at.text[:10]
        if e.category in {"CR", "CRh", "CRi"} and not late and not after_therapy:
            remission.add(e.participant)
    outcome = next(o for o in results.responses if o.measure.value == "response")
    found = results.whole.responses[outcome.id]
    assert set(found.share.events.participants) == remission
    assert found.share.among.value + found.pending.value == len(morphological)
    assert found.share.among.value == results.sets[SetName.EVALUABLE_RESPONSE].size.value - (
        found.pending.value
    )
