"""Several people act at random; whatever they do, the ledger keeps the trial's invariants.

The checks read the stored entries by themselves, with a plain second reading of the rules: they
share no code with the policies that they watch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from support.study_in_hand import ROLES, SITE, Hand, moment
from trialrun.conduct import commands as do
from trialrun.conduct import departures, policies
from trialrun.conduct.execute import Accepted
from trialrun.conduct.refusal import Refusal
from trialrun.errors import TrialrunError
from trialrun.ledger import events as ev
from trialrun.ledger.entry import Entry
from trialrun.ledger.fold import evolve
from trialrun.ledger.state import StudyState
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

PEOPLE = st.sampled_from(sorted(ROLES))
WHO = st.sampled_from(["P1", "P2", "P3"])
PRODUCTS = st.sampled_from(["B1", "B2", "B3"])
AGO = st.sampled_from([0, 10, 40, 70, 300, 3000])
VARIABLES = st.sampled_from(
    [("age", "54", "a"), ("age", "17", "a"), ("creatinine", "0.9", "mg/dL"),
     ("creatinine", "1.5", "mg/dL"), ("creatinine", "1.6", "mg/dL"), ("weight", "70", "kg"),
     ("height", "170", "cm"), ("anc", "1.2", "10*9/L"), ("acute_gvhd_grade", "3", None)]
)  # fmt: skip
SKIPPED = st.sampled_from(
    ["nothing", "nothing", "consent", "donor", "facts", "judge", "decide", "enrol", "gate",
     "release"]
)  # fmt: skip
BASELINE = (
    ("age", "54", "a"), ("creatinine", "0.9", "mg/dL"), ("weight", "70", "kg"),
    ("height", "170", "cm"),
)  # fmt: skip


class Conduct(RuleBasedStateMachine):
    """Acts at random, and the state folded beside them entry by entry."""

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.hand = Hand()
        self.beside = StudyState()
        self.read = 0

    def act(self, command: do.Command, actor: str) -> None:
        head = self.hand.store.head
        try:
            result = self.hand.do(command, actor=actor)
        except TrialrunError:
            result = None
        if isinstance(result, Accepted):
            assert self.hand.store.head.position == head.position + len(result.entries)
            assert result.entries
        else:
            assert result is None or isinstance(result, Refusal)
            self.seen["refused"] += 1
            assert self.hand.store.head == head

    @initialize(skipped=st.tuples(SKIPPED, SKIPPED, SKIPPED), treat=st.booleans())
    def begin(self, skipped: tuple[str, str, str], treat: bool) -> None:
        """Two people screened, one perhaps treated: each run leaves some rules out."""
        self.hand.start().approve()
        self.screen("P1", skipped[0])
        self.screen("P2", skipped[1])
        if treat:
            self.treat("P1", "B1", skipped[2], 3)

    @rule(hours=st.sampled_from([1, 5, 24, 72, 240, 700]))
    def wait(self, hours: int) -> None:
        self.hand.wait(hours=hours)

    @rule(who=WHO, skipped=SKIPPED)
    def screen(self, who: str, skipped: str) -> None:
        """All of screening in one go, with a step left out now and then."""
        steps: dict[str, list[tuple[do.Command, str]]] = {
            "register": [(do.RegisterParticipant(participant=who, site=SITE), "COO")],
            "consent": [(self.hand.consent_of(who), "COO")],
            "donor": [(self.hand.consent_of(who, donor=f"{who}-D"), "COO")],
            "facts": [(self.facts(who, told, 10), "COO") for told in BASELINE],
            "judge": [(do.JudgeCriterion(participant=who, criterion="E2", met=True), "INV")],
            "decide": [(do.DecideEligibility(participant=who), "INV")],
        }
        for step, acts in steps.items():
            for command, actor in acts if step != skipped else []:
                self.act(command, actor)

    @rule(who=WHO, then=st.sampled_from(["nothing", "nothing", "judged", *BASELINE]))
    def decide(self, who: str, then: str | tuple[str, str, str | None]) -> None:
        """A decision; now and then an enrolment after something that it has not seen."""
        self.act(do.DecideEligibility(participant=who), "INV")
        if then == "nothing":
            return
        if isinstance(then, str):
            self.act(do.JudgeCriterion(participant=who, criterion="E2", met=True), "INV")
        else:
            self.act(self.facts(who, then, 5), "COO")
        self.act(do.EnrolParticipant(participant=who), "INV")

    @rule(who=WHO, product=PRODUCTS, skipped=SKIPPED, days=st.sampled_from([1, 3, 4]))
    def treat(self, who: str, product: str, skipped: str, days: int) -> None:
        """Enrolment, chemotherapy and an infusion, with a step left out now and then."""
        hand = self.hand
        if skipped != "enrol":
            self.act(do.EnrolParticipant(participant=who), "INV")
        if skipped != "gate":
            self.act(hand.passing(who), "INV")
        hand.wait(hours=1)
        self.act(hand.chemo(who), "COO")
        hand.wait(days=days)
        self.act(hand.receipt(who, product), "LAB")
        if skipped != "release":
            self.act(do.ReleaseProduct(product=product), "LAB")
        self.act(hand.passing(who, "infusion"), "INV")
        hand.wait(hours=2)
        self.act(hand.infusion(who, product), "COO")

    def facts(self, who: str, told: tuple[str, str, str | None], ago: int) -> do.RecordFacts:
        variable, value, unit = told
        at = self.hand.at(minutes=ago)
        one = Fact(id="", variable=variable, value=value, unit=unit, at=at)
        return do.RecordFacts(participant=who, facts=(one,))

    @rule(who=WHO, told=VARIABLES, ago=AGO, actor=st.sampled_from(["COO", "LAB", "STA"]))
    def record(self, who: str, told: tuple[str, str, str | None], ago: int, actor: str) -> None:
        self.act(self.facts(who, told, ago), actor)

    @rule(who=WHO, actor=PEOPLE, met=st.booleans())
    def judge(self, who: str, actor: str, met: bool) -> None:
        self.act(do.JudgeCriterion(participant=who, criterion="E2", met=met), actor)

    @rule(who=WHO, lawful=st.booleans(), actor=PEOPLE)
    def enrol(self, who: str, lawful: bool, actor: str) -> None:
        self.act(do.EnrolParticipant(participant=who), "INV" if lawful else actor)

    @rule(who=WHO, gate=st.sampled_from(["lymphodepletion", "infusion"]), passed=st.booleans())
    def gate(self, who: str, gate: str, passed: bool) -> None:
        passing = self.hand.passing(who, gate)
        checks = tuple(replace(one, passed=passed) for one in passing.checks)
        self.act(replace(passing, checks=checks), "INV")

    @rule(who=WHO, product=PRODUCTS, cells=st.sampled_from(["1e9", "1e8", "9e9"]))
    def receive(self, who: str, product: str, cells: str) -> None:
        self.act(self.hand.receipt(who, product, cells=cells), "LAB")

    @rule(product=PRODUCTS, actor=st.sampled_from(["LAB", "COO"]), pending=st.booleans())
    def release(self, product: str, actor: str, pending: bool) -> None:
        waits = ("sterility",) if pending else ()
        self.act(do.ReleaseProduct(product=product, pending=waits), actor)

    @rule(who=WHO, product=PRODUCTS)
    def fail(self, who: str, product: str) -> None:
        command = do.FailProduct(participant=who, item="cells", product=product, reason="sterility")
        self.act(command, "LAB")

    @rule(who=WHO, ago=AGO, amount=st.sampled_from(["45.5", "46", "100"]), actor=PEOPLE)
    def chemotherapy(self, who: str, ago: int, amount: str, actor: str) -> None:
        command = self.hand.chemo(
            who, amount=Decimal(amount), started_at=self.hand.at(minutes=ago + 30),
            ended_at=self.hand.at(minutes=ago), checked_by="PHA",
        )  # fmt: skip
        self.act(command, actor)

    @rule(who=WHO, product=PRODUCTS, ago=AGO, amount=st.sampled_from(["1e9", "7e8", "8e9"]))
    def infusion(self, who: str, product: str, ago: int, amount: str) -> None:
        command = self.hand.infusion(
            who, product, amount=Decimal(amount), started_at=self.hand.at(minutes=ago + 60),
            ended_at=self.hand.at(minutes=ago),
        )  # fmt: skip
        self.act(command, "COO")

    @rule(who=WHO, grade=st.integers(1, 5), limiting=st.booleans(), actor=PEOPLE)
    def harm(self, who: str, grade: int, limiting: bool, actor: str) -> None:
        fatal = grade == 5
        command = self.hand.harm(
            who, grade=grade, serious=grade > 3,
            seriousness=("death",) if fatal else ("life-threatening",) if grade == 4 else (),
            outcome="fatal" if fatal else "recovered",
            causality=(ev.Causality("cells", True),) if limiting else (),
            dose_limiting=limiting if actor == "INV" else None,
        )  # fmt: skip
        self.act(command, actor)

    @rule(who=WHO, data=st.data())
    def correct(self, who: str, data: st.DataObject) -> None:
        known = self.hand.state.participants.get(who)
        if known is None or not known.facts:
            return
        code = data.draw(st.sampled_from(sorted(known.facts)))
        old = known.facts[code].event.fact.value
        new = data.draw(st.sampled_from(["0.8", "1.7", "54", old]))
        change = (ev.FieldChange("value", old, new),)
        self.act(do.Correct(target=code, changes=change, reason="read wrongly"), "COO")

    @rule(who=WHO, how=st.integers(0, 4))
    def leave(self, who: str, how: int) -> None:
        today = moment(self.hand.now)
        command: do.Command = (
            do.WithdrawFromStudy(participant=who, reason=ev.Reason.WITHDRAWAL_BY_SUBJECT),
            do.RecordDeath(participant=who, died_at=today, cause="relapse", related=False),
            do.MarkLostToFollowUp(participant=who, last_contact=today),
            do.DiscontinueIntervention(participant=who, reason=ev.Reason.PHYSICIAN_DECISION),
            do.EndScreening(participant=who, reason=ev.ScreeningEnd.DECLINED),
        )[how]
        self.act(command, "INV")
        self.act(do.EnrolParticipant(participant=who), "INV")

    @rule()
    def pause_or_resume(self) -> None:
        pause = do.SuspendEnrolment(reason="IDMC")
        paused = self.hand.state.suspended is not None
        self.act(do.ResumeEnrolment(reason="IDMC") if paused else pause, "SPO")

    @invariant()
    def the_state_in_hand_is_the_fold_of_the_entries_at_every_position(self) -> None:
        for entry in self.hand.store.entries(self.read):
            self.beside = evolve(self.beside, entry)
            self.read = entry.position
        assert self.beside == self.hand.state

    def teardown(self) -> None:
        entries = self.hand.entries
        for place, entry in enumerate(entries):
            self.seen[entry.type] += 1
            if isinstance(entry.event, ev.DeviationRecorded):
                self.seen[entry.event.category] += 1
            if isinstance(entry.event, ev.ParticipantEnrolled):
                check_enrolment(entries[:place], entry)
            if isinstance(entry.event, ev.AdministrationGiven):
                check_administration(entries, place)


def of_person(entries: Sequence[Entry], who: str, kind: type) -> list[Entry]:
    return [
        one for one in entries
        if isinstance(one.event, kind) and getattr(one.event, "participant", None) == who
    ]  # fmt: skip


def check_enrolment(before: Sequence[Entry], entry: Entry) -> None:
    """Invariant 5, read plainly from the entries before an enrolment."""
    assert isinstance(entry.event, ev.ParticipantEnrolled)
    who = entry.event.participant
    assert entry.role == "investigator"
    assert not of_person(before, who, ev.ParticipantEnrolled)
    for gone in (ev.WithdrewFromStudy, ev.Died, ev.LostToFollowUp, ev.ScreeningEnded):
        assert not of_person(before, who, gone)
    consents = of_person(before, who, ev.ConsentGiven)
    assert {one.event.subject for one in consents} == {"participant", "donor"}  # type: ignore[union-attr]
    facts = facts_of(before, who)
    age, creatinine = facts["age"], facts["creatinine"]
    assert Decimal(age.value) >= 18
    assert Decimal(creatinine.value) <= Decimal("1.5")
    # "Within 14 days before treatment": until it has started, before now.
    doses = [one.event for one in of_person(before, who, ev.AdministrationGiven)]
    starts = [one.started_at for one in doses if one.item == "chemo"]  # type: ignore[union-attr]
    treatment = min([*starts, entry.occurred_at], key=lambda at: at.order())
    assert creatinine.at.day >= treatment.day - timedelta(days=14)
    judged = of_person(before, who, ev.CriterionJudged)
    assert judged and judged[-1].event.met  # type: ignore[union-attr]
    decisions = of_person(before, who, ev.EligibilityDecided)
    assert decisions and decisions[-1].event.verdict is Truth.TRUE  # type: ignore[union-attr]
    # Nothing that bears on it came after the decision: only what is neither fact nor judgement.
    for one in before[decisions[-1].position :]:
        if getattr(one.event, "participant", None) == who:
            assert not isinstance(one.event, ev.CriterionJudged | ev.Corrected) or (
                isinstance(one.event, ev.Corrected) and not bears(before, one.event)
            )
            if isinstance(one.event, ev.FactRecorded):
                assert one.event.fact.variable not in {"age", "creatinine"}
    pauses = [
        one.event for one in before
        if isinstance(one.event, ev.EnrolmentSuspended | ev.EnrolmentResumed)
    ]  # fmt: skip
    assert not pauses or isinstance(pauses[-1], ev.EnrolmentResumed)
    assert sum(isinstance(one.event, ev.ParticipantEnrolled) for one in before) < 3


def bears(entries: Sequence[Entry], correction: ev.Corrected) -> bool:
    return any(
        isinstance(one.event, ev.FactRecorded)
        and one.event.fact.id == correction.target
        and one.event.fact.variable in {"age", "creatinine"}
        for one in entries
    )


def facts_of(entries: Sequence[Entry], who: str) -> dict[str, Fact]:
    """The latest value of each variable, corrections applied; ties go to what was recorded last."""
    facts: dict[str, Fact] = {}
    for one in entries:
        event = one.event
        if isinstance(event, ev.FactRecorded) and event.participant == who:
            facts[event.fact.id] = event.fact
        if isinstance(event, ev.Corrected) and event.target in facts:
            (change,) = event.changes
            assert change.field == "value" and change.new is not None
            facts[event.target] = replace(facts[event.target], value=change.new)
    latest: dict[str, Fact] = {}
    for fact in facts.values():
        held = latest.get(fact.variable)
        if held is None or fact.at.order() >= held.at.order():
            latest[fact.variable] = fact
    return latest


def check_administration(entries: Sequence[Entry], place: int) -> None:
    """Whatever was given before consent, enrolment, gate or release carries its deviation."""
    entry = entries[place]
    event = entry.event
    assert isinstance(event, ev.AdministrationGiven)
    who, before = event.participant, entries[:place]
    found = {
        one.event.category
        for one in entries[place:]
        if isinstance(one.event, ev.DeviationRecorded) and one.event.about == event.id
        and one.command_id == entry.command_id
    }  # fmt: skip
    started = event.started_at.instant
    assert started is not None

    def earlier(kind: type, **fields: object) -> bool:
        return any(
            isinstance(one.event, kind)
            and all(getattr(one.event, name) == value for name, value in fields.items())
            and (one.occurred_at.instant or started) <= started
            for one in before
        )

    assert earlier(ev.ConsentGiven, participant=who, subject="participant") or (
        "given-without-consent" in found
    )
    assert earlier(ev.ParticipantEnrolled, participant=who) or "given-before-enrolment" in found
    gate = "lymphodepletion" if event.item == "chemo" else "infusion"
    number = 1 if gate == "lymphodepletion" else event.ordinal
    assert earlier(ev.GatePassed, participant=who, gate=gate, ordinal=number) or (
        "gate-not-passed" in found
    )
    if event.item == "cells":
        assert not [
            one for one in before
            if isinstance(one.event, ev.ProductInfused) and one.event.product == event.product
        ]  # fmt: skip
        assert earlier(ev.ProductReleased, product=event.product) or "product-not-released" in found
        assert earlier(ev.ProductReceived, product=event.product, participant=who) or (
            "wrong-product" in found or not _was_of_other(before, event.product, who)
        )
        _check_gap(before, event, found)


def _was_of_other(before: Sequence[Entry], product: str | None, who: str) -> bool:
    return any(
        isinstance(one.event, ev.ProductReceived)
        and one.event.product == product
        and one.event.participant != who
        for one in before
    )


def _check_gap(before: Sequence[Entry], event: ev.AdministrationGiven, found: set[str]) -> None:
    """At least 48 hours after the actual end of every chemotherapy that started before."""
    start = event.started_at.instant
    assert start is not None
    for one in before:
        dose = one.event
        if isinstance(dose, ev.AdministrationGiven) and dose.participant == event.participant:
            end = dose.ended_at.instant
            if dose.item == "chemo" and end is not None and end <= start:
                assert start - end >= timedelta(hours=48) or "gap-too-short" in found


# --- the runs --------------------------------------------------------------------------------

# Without shrinking: it takes minutes, and a failure prints its steps all the same.
PLAN = settings(max_examples=500, stateful_step_count=30, phases=[Phase.generate])
HUNT = settings(PLAN, max_examples=500)


def test_invariants_hold_whatever_people_do() -> None:
    Conduct.seen.clear()
    run_state_machine_as_test(Conduct, settings=PLAN)
    # The machine gets everywhere that its checks look.
    for kind in (
        "ParticipantEnrolled", "GatePassed", "ProductReleased", "ProductFailed", "ProductInfused",
        "AdministrationGiven", "AdverseEventReported", "Corrected", "EnrolmentSuspended",
        "EnrolmentResumed", "WithdrewFromStudy", "Died", "LostToFollowUp", "ScreeningEnded",
        "given-before-enrolment", "gate-not-passed", "gap-too-short", "product-not-released",
        "wrong-product", "dose-differs", "refused",
    ):  # fmt: skip
        assert Conduct.seen[kind], (kind, Conduct.seen)


@pytest.mark.slow
@pytest.mark.parametrize(
    "policy",
    ["eligible", "decision_current", "on_study", "donor_consent_in_force",
     "enrolment_not_suspended", "product_unused"],
)  # fmt: skip
def test_a_mutant_without_a_policy_is_noticed(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, policy, lambda *_, **__: None)
    with pytest.raises(BaseException):  # noqa: B017
        run_state_machine_as_test(Conduct, settings=HUNT)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["_standing", "_gates", "_gaps", "_product"])
def test_a_mutant_that_overlooks_a_departure_is_noticed(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = tuple(one for one in departures.RULES if one.__name__ != rule)
    monkeypatch.setattr(departures, "RULES", rest)
    with pytest.raises(BaseException):  # noqa: B017
        run_state_machine_as_test(Conduct, settings=HUNT)
