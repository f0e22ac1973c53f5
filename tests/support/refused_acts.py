"""For every rule, an act that it refuses: `REFUSED[rule](hand)` does it and returns the rule seen.

Each scenario goes up to the act by lawful steps, so that nothing but the one rule stands in the
way: the tests of mutants rely on that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from support.study_in_hand import FILE, RECORD, SITE, Hand, approval, moment
from trialrun.conduct import commands as do
from trialrun.conduct.refusal import Rule
from trialrun.ledger import events as ev
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

Scenario = Callable[[], Rule]
REFUSED: dict[Rule, Scenario] = {}


def refused(rule: Rule) -> Callable[[Scenario], Scenario]:
    def register(scenario: Scenario) -> Scenario:
        assert rule not in REFUSED
        REFUSED[rule] = scenario
        return scenario

    return register


def fact(hand: Hand, variable: str = "anc", value: str = "1.2", **more: object) -> Fact:
    told: dict[str, object] = {
        "id": "", "variable": variable, "value": value, "unit": "10*9/L", "at": hand.at(hours=1),
    }  # fmt: skip
    return Fact(**(told | more))  # type: ignore[arg-type]


def facts(hand: Hand, one: Fact | None = None, **more: object) -> do.RecordFacts:
    told = (fact(hand) if one is None else one,)
    return do.RecordFacts(participant="P1", facts=told, **more)  # type: ignore[arg-type]


def begun() -> Hand:
    return Hand().start()


def ready() -> Hand:
    return begun().approve()


def enrolled() -> Hand:
    return ready().eligible().enrol()


def suspend_reason(hand: Hand) -> str:
    return "" if hand.state.suspended is None else hand.state.suspended.reason


# --- who -------------------------------------------------------------------------------------


@refused(Rule.NO_ROLE)
def _() -> Rule:
    return ready().eligible().refused(do.EnrolParticipant(participant="P1"), actor="COO")


@refused(Rule.UNKNOWN_PERSON)
def _() -> Rule:
    hand = ready().register()
    return hand.refused(replace(hand.consent_of(), explained_by="NOBODY"), actor="COO")


@refused(Rule.OWN_CHECK)
def _() -> Rule:
    hand = enrolled().gate()
    return hand.refused(hand.chemo(checked_by="COO"), actor="COO")


@refused(Rule.JUDGEMENT_OF_INVESTIGATOR)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.harm(dose_limiting=False), actor="COO")


# --- the study -------------------------------------------------------------------------------


@refused(Rule.NOT_STARTED)
def _() -> Rule:
    return Hand().refused(do.AddPerson(person="X"), actor="SPO")


@refused(Rule.STARTED)
def _() -> Rule:
    again = do.StartStudy(mode=ev.Mode.REAL, record_sha256=RECORD)
    return begun().refused(again, actor="SPO")


@refused(Rule.CLOSED)
def _() -> Rule:
    hand = ready()
    hand.must(do.CloseStudy(reason="complete"), actor="SPO")
    return hand.refused(do.AddPerson(person="X"), actor="SPO")


@refused(Rule.PERSON_EXISTS)
def _() -> Rule:
    return begun().refused(do.AddPerson(person="INV"), actor="SPO")


@refused(Rule.ROLE_UNKNOWN)
def _() -> Rule:
    return begun().refused(do.GrantRole(person="INV", role="king"), actor="SPO")


@refused(Rule.ROLE_HELD)
def _() -> Rule:
    return begun().refused(do.GrantRole(person="INV", role="investigator"), actor="SPO")


@refused(Rule.ROLE_NOT_HELD)
def _() -> Rule:
    return begun().refused(do.RevokeRole(person="INV", role="monitor"), actor="SPO")


@refused(Rule.LAST_SPONSOR)
def _() -> Rule:
    return begun().refused(do.RevokeRole(person="SPO", role="sponsor"), actor="SPO")


@refused(Rule.SITE_EXISTS)
def _() -> Rule:
    return ready().refused(do.OpenSite(site=SITE), actor="SPO")


@refused(Rule.SITE_NOT_OPEN)
def _() -> Rule:
    elsewhere = do.RegisterParticipant(participant="P1", site="S2")
    return ready().refused(elsewhere, actor="COO")


@refused(Rule.NO_APPROVAL)
def _() -> Rule:
    return begun().refused(do.OpenSite(site=SITE), actor="SPO")


@refused(Rule.VERSION_EXISTS)
def _() -> Rule:
    hand = ready()
    return hand.refused(approval(hand.now, FILE + b"\n"), actor="SPO")


@refused(Rule.OTHER_RECORD)
def _() -> Rule:
    hand = begun()
    return hand.refused(approval(hand.now, FILE.replace(b"1" * 64, b"2" * 64)), actor="SPO")


@refused(Rule.UNSETTLED)
def _() -> Rule:
    hand = begun()
    only_record = FILE.replace(b'"document: 6.1"', b'"record: descriptionModule.briefSummary"')
    return hand.refused(approval(hand.now, only_record), actor="SPO")


@refused(Rule.DOCUMENT_MISSING)
def _() -> Rule:
    hand = begun()
    return hand.refused(approval(hand.now, document_sha256="unknown"), actor="SPO")


@refused(Rule.ALREADY_SUSPENDED)
def _() -> Rule:
    hand = ready()
    hand.must(do.SuspendEnrolment(reason="IDMC"), actor="SPO")
    return hand.refused(do.SuspendEnrolment(reason="again"), actor="SPO")


@refused(Rule.NOT_SUSPENDED)
def _() -> Rule:
    return ready().refused(do.ResumeEnrolment(reason="IDMC"), actor="SPO")


@refused(Rule.SIMULATED_CODE)
def _() -> Rule:
    return ready().refused(do.RegisterParticipant(participant="SIM-1", site=SITE), actor="COO")


# --- participants ----------------------------------------------------------------------------


@refused(Rule.PARTICIPANT_EXISTS)
def _() -> Rule:
    hand = ready().register()
    return hand.refused(do.RegisterParticipant(participant="P1", site=SITE), actor="COO")


@refused(Rule.PARTICIPANT_UNKNOWN)
def _() -> Rule:
    return ready().refused(do.DecideEligibility(participant="P9"))


@refused(Rule.OFF_STUDY)
def _() -> Rule:
    hand = ready().register().consent()
    hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
    return hand.refused(do.DecideEligibility(participant="P1"))


@refused(Rule.DEAD)
def _() -> Rule:
    hand = enrolled().gate()
    hand.wait(days=3)
    died = Moment(f"{hand.now - timedelta(days=2):%Y-%m-%d}")
    hand.must(do.RecordDeath(participant="P1", died_at=died, cause="relapse", related=False))
    return hand.refused(hand.chemo(), actor="COO")


@refused(Rule.IN_THE_FUTURE)
def _() -> Rule:
    hand = ready().register()
    later = replace(hand.consent_of(), given_at=moment(hand.now + timedelta(minutes=1)))
    return hand.refused(later, actor="COO")


@refused(Rule.WRONG_ORDER)
def _() -> Rule:
    hand = enrolled().gate()
    hand.wait(hours=3)
    return hand.refused(hand.chemo(ended_at=hand.at(hours=1)), actor="COO")


@refused(Rule.NOT_A_CODE)
def _() -> Rule:
    named = do.RegisterParticipant(participant="Jane Doe", site=SITE)
    return ready().refused(named, actor="COO")


@refused(Rule.BLANK)
def _() -> Rule:
    return ready().refused(do.SuspendEnrolment(reason=" "), actor="SPO")


@refused(Rule.NOT_ONE_OF)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.harm(soc="Blood"), actor="COO")


@refused(Rule.TIME_NEEDED)
def _() -> Rule:
    hand = ready().register()
    return hand.refused(replace(hand.consent_of(), given_at=Moment("2026-03-01")), actor="COO")


# --- consent, eligibility, enrolment ---------------------------------------------------------


@refused(Rule.NO_CONSENT)
def _() -> Rule:
    hand = ready().register()
    return hand.refused(facts(hand), actor="COO")


@refused(Rule.NO_DONOR_CONSENT)
def _() -> Rule:
    hand = ready().register().consent(donor=False).facts().judge().decide()
    return hand.refused(do.EnrolParticipant(participant="P1"))


@refused(Rule.DONOR_UNNAMED)
def _() -> Rule:
    hand = ready().register().consent()
    return hand.refused(replace(hand.receipt("P1", "B1"), donor=None), actor="LAB")


@refused(Rule.NOTHING_RECORDED)
def _() -> Rule:
    hand = ready().register().consent()
    return hand.refused(do.RecordFacts(participant="P1", facts=()), actor="COO")


@refused(Rule.FACT_EXISTS)
def _() -> Rule:
    hand = ready().register().consent().facts()
    return hand.refused(facts(hand, fact(hand, id="P1.fact.1")), actor="COO")


@refused(Rule.VALUE_REFUSED)
def _() -> Rule:
    hand = ready().register().consent()
    return hand.refused(facts(hand, fact(hand, value="350")), actor="COO")


@refused(Rule.ACTIVITY_UNKNOWN)
def _() -> Rule:
    hand = ready().register().consent()
    return hand.refused(facts(hand, activity="marrow"), actor="COO")


@refused(Rule.CRITERION_UNKNOWN)
def _() -> Rule:
    hand = ready().register().consent()
    return hand.refused(do.JudgeCriterion(participant="P1", criterion="E9", met=True))


@refused(Rule.NOT_A_JUDGEMENT)
def _() -> Rule:
    hand = ready().register().consent()
    return hand.refused(do.JudgeCriterion(participant="P1", criterion="E1", met=True))


@refused(Rule.NO_DECISION)
def _() -> Rule:
    hand = ready().register().consent().facts().judge()
    return hand.refused(do.EnrolParticipant(participant="P1"))


@refused(Rule.NOT_ELIGIBLE)
def _() -> Rule:
    hand = ready().register().consent().facts(creatinine="2.0").judge().decide()
    return hand.refused(do.EnrolParticipant(participant="P1"))


@refused(Rule.FACTS_MISSING)
def _() -> Rule:
    hand = ready().register().consent().facts(leave_out=("creatinine",)).judge().decide()
    return hand.refused(do.EnrolParticipant(participant="P1"))


@refused(Rule.DECISION_STALE)
def _() -> Rule:
    hand = ready().eligible()
    hand.wait(hours=1)
    later = fact(hand, "creatinine", "1.0", unit="mg/dL", at=hand.at(minutes=5))
    hand.must(facts(hand, later), actor="COO")
    return hand.refused(do.EnrolParticipant(participant="P1"))


@refused(Rule.ENROLLED)
def _() -> Rule:
    return enrolled().refused(do.EnrolParticipant(participant="P1"))


@refused(Rule.NOT_ENROLLED)
def _() -> Rule:
    return ready().eligible().refused(do.CompleteParticipant(participant="P1"))


@refused(Rule.ARM_NEEDED)
def _() -> Rule:
    return ready().eligible().refused(do.EnrolParticipant(participant="P1", arm="other"))


def full() -> Hand:
    """Three infused of three places, far apart; another is eligible."""
    hand = ready()
    for code in ("P1", "P2", "P3"):
        hand.eligible(code).treated(code)
        hand.wait(days=60)
    return hand.eligible("P4")


@refused(Rule.ENROLMENT_COMPLETE)
def _() -> Rule:
    return full().refused(do.EnrolParticipant(participant="P4"))


@refused(Rule.ENROLMENT_SUSPENDED)
def _() -> Rule:
    hand = ready().eligible()
    hand.must(do.SuspendEnrolment(reason="IDMC"), actor="SPO")
    return hand.refused(do.EnrolParticipant(participant="P1"))


@refused(Rule.STAGGER)
def _() -> Rule:
    hand = ready().eligible("P1").eligible("P2").enrol("P1")
    return hand.refused(do.EnrolParticipant(participant="P2"))


@refused(Rule.TOXICITY_PENDING)
def _() -> Rule:
    # Two in their windows: P2's infusion is late enough for the stagger, and P1's window is open.
    hand = ready().eligible("P1").treated("P1")
    hand.wait(days=9)
    hand.eligible("P2").treated("P2")
    hand.wait(days=9)
    return hand.eligible("P3").refused(do.EnrolParticipant(participant="P3"))


# --- treatment -------------------------------------------------------------------------------


@refused(Rule.GATE_UNKNOWN)
def _() -> Rule:
    return enrolled().refused(do.PassGate(participant="P1", gate="door", checks=()))


@refused(Rule.CHECKS_UNANSWERED)
def _() -> Rule:
    return enrolled().refused(do.PassGate(participant="P1", gate="lymphodepletion", checks=()))


@refused(Rule.CHECK_FAILED)
def _() -> Rule:
    hand = enrolled()
    passing = hand.passing()
    failed = (replace(passing.checks[0], passed=False), *passing.checks[1:])
    return hand.refused(replace(passing, checks=failed))


@refused(Rule.DISCONTINUED)
def _() -> Rule:
    hand = enrolled()
    stop = do.DiscontinueIntervention(
        participant="P1", intervention="chemo", reason=ev.Reason.PHYSICIAN_DECISION
    )
    hand.must(stop)
    return hand.refused(hand.passing())


@refused(Rule.ITEM_UNKNOWN)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.chemo(item="tea"), actor="COO")


@refused(Rule.INTERVENTION_UNKNOWN)
def _() -> Rule:
    hand = enrolled()
    related = (ev.Causality("tea", True),)
    return hand.refused(hand.harm(causality=related))


@refused(Rule.NOT_A_PRODUCT)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(replace(hand.receipt("P1", "B1"), item="chemo"), actor="LAB")


@refused(Rule.PRODUCT_EXISTS)
def _() -> Rule:
    hand = enrolled().product("P1", "B1")
    return hand.refused(hand.receipt("P1", "B1"), actor="LAB")


@refused(Rule.PRODUCT_UNKNOWN)
def _() -> Rule:
    return ready().refused(do.ReleaseProduct(product="B1"), actor="LAB")


@refused(Rule.PRODUCT_NEEDED)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(replace(hand.infusion(), product=None), actor="COO")


@refused(Rule.PRODUCT_USED)
def _() -> Rule:
    hand = ready().eligible().treated()
    return hand.refused(hand.infusion(), actor="COO")


@refused(Rule.PRODUCT_FAILED)
def _() -> Rule:
    hand = enrolled()
    hand.must(hand.receipt("P1", "B1"), actor="LAB")
    fail = do.FailProduct(participant="P1", item="cells", product="B1", reason="endotoxin")
    hand.must(fail, actor="LAB")
    return hand.refused(do.ReleaseProduct(product="B1"), actor="LAB")


@refused(Rule.PRODUCT_RELEASED)
def _() -> Rule:
    return enrolled().product("P1", "B1").refused(do.ReleaseProduct(product="B1"), actor="LAB")


@refused(Rule.PRODUCT_OF_OTHER)
def _() -> Rule:
    hand = ready().eligible("P1").eligible("P2").product("P1", "B1")
    fail = do.FailProduct(participant="P2", item="cells", product="B1", reason="mix-up")
    return hand.refused(fail, actor="LAB")


@refused(Rule.PRODUCT_EXPIRED)
def _() -> Rule:
    hand = enrolled()
    hand.must(hand.receipt("P1", "B1"), actor="LAB")
    hand.wait(days=61)
    return hand.refused(do.ReleaseProduct(product="B1"), actor="LAB")


@refused(Rule.PRODUCT_NOT_READY)
def _() -> Rule:
    hand = enrolled().chemotherapy()
    return hand.refused(hand.passing(gate="infusion"))


@refused(Rule.UNIT_UNFIT)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.chemo(unit="mg/m2"), actor="COO")


@refused(Rule.NOT_POSITIVE)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.chemo(amount=Decimal(0)), actor="COO")


# --- safety, outcome, corrections ------------------------------------------------------------


@refused(Rule.GRADE_RANGE)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.harm(grade=6), actor="COO")


@refused(Rule.FATAL_GRADE)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.harm(grade=5, serious=True, seriousness=("death",)), actor="COO")


@refused(Rule.SERIOUSNESS_MISSING)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.harm(serious=True), actor="COO")


@refused(Rule.NOT_SERIOUS)
def _() -> Rule:
    hand = enrolled()
    return hand.refused(hand.harm(seriousness=("disability",)), actor="COO")


@refused(Rule.EVENT_UNKNOWN)
def _() -> Rule:
    return enrolled().refused(do.ChangeAdverseEvent(participant="P1", event="P1.ae.9", grade=2))


@refused(Rule.NOTHING_CHANGED)
def _() -> Rule:
    hand = enrolled()
    hand.must(hand.harm(), actor="COO")
    return hand.refused(do.ChangeAdverseEvent(participant="P1", event="P1.ae.1", grade=2))


@refused(Rule.TARGET_UNKNOWN)
def _() -> Rule:
    change = (ev.FieldChange("value", "1", "2"),)
    return enrolled().refused(do.Correct(target="P1.fact.99", changes=change, reason="typed"))


@refused(Rule.STALE_CORRECTION)
def _() -> Rule:
    hand = enrolled()
    change = (ev.FieldChange("value", "55", "56"),)
    return hand.refused(do.Correct(target="P1.fact.1", changes=change, reason="typed"))


@refused(Rule.COMMAND_ID_REUSED)
def _() -> Rule:
    hand = begun()
    hand.must(do.AddPerson(person="X"), actor="SPO")
    hand.acts -= 1  # the next act comes under the same id
    return hand.refused(do.AddPerson(person="Y"), actor="SPO")
