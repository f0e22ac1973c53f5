"""What the state allows, one rule a function: None where it allows, else the Refusal.

Which is refused, and which is recorded with a deviation:

| still preventable: refused | happened already: recorded, with its deviation |
|---|---|
| registering, recording facts, deciding, enrolling | an administration as it was given |
| passing a gate, receiving and releasing a product | a consent without a copy |
| claims that contradict the record or each other | an observation before consent |

A refusal loses nothing: what it keeps out has not happened, or can be recorded once the thing that
is missing (the consent, the product's receipt) is recorded with its own, earlier date.
"""

from __future__ import annotations

from trialrun.conduct.eligibility import changed_since, eligibility
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.safety import enrol_from, pending_could_cross, places_left, stopped_item
from trialrun.conduct.situation import Situation
from trialrun.errors import InputError
from trialrun.ledger.state import Participant, Product
from trialrun.protocol.model import Kind, Protocol
from trialrun.values.identifier import read_code
from trialrun.values.moment import Moment, before
from trialrun.values.truth import Truth

SIMULATED = "SIM-"

# --- the study -------------------------------------------------------------------------------


def study_open(here: Situation) -> Refusal | None:
    """Nothing is recorded before the ledger is started or after the study is closed."""
    if here.state.started is None:
        return refuse(Rule.NOT_STARTED)
    return refuse(Rule.CLOSED) if here.state.closed is not None else None


def approval_in_force(here: Situation) -> Refusal | None:
    """Nothing about participants happens without an approved protocol."""
    if here.state.approval is None or here.protocol is None:
        return refuse(Rule.NO_APPROVAL)
    return None


def site_open(here: Situation, site: str) -> Refusal | None:
    """A site screens and enrols only once it is opened."""
    return None if site in here.state.sites else refuse(Rule.SITE_NOT_OPEN, site=site)


def code_fits(here: Situation, code: str, *, of: str) -> Refusal | None:
    """A code is a code, and says by its first letters whether it is simulated."""
    try:
        read_code(code, of=of)
    except InputError:
        return refuse(Rule.NOT_A_CODE, code=code, of=of)
    if code.startswith(SIMULATED) is not here.state.rehearsal:
        return refuse(
            Rule.SIMULATED_CODE,
            code=code,
            of=of,
            mode="rehearsal" if here.state.rehearsal else "real",
        )
    return None


def reason_code(reason: str) -> Refusal | None:
    """A reason of the study is a code, for it is never redacted; its words go into the note."""
    blank = not_blank(reason=reason)
    if blank is not None:
        return blank
    try:
        read_code(reason, of="a reason")
    except InputError:
        return refuse(Rule.NOT_A_CODE, code=reason, of="a reason")
    return None


def person_known(here: Situation, person: str) -> Refusal | None:
    """People are named by codes that the ledger knows."""
    return None if person in here.state.people else refuse(Rule.UNKNOWN_PERSON, person=person)


def not_blank(**texts: str) -> Refusal | None:
    """These fields need text."""
    for field, text in texts.items():
        if not text.strip():
            return refuse(Rule.BLANK, field=field)
    return None


def one_of(field: str, value: str, choices: tuple[str, ...]) -> Refusal | None:
    """The value is one of a closed list."""
    if value in choices:
        return None
    return refuse(Rule.NOT_ONE_OF, field=field, value=value, choices=choices)


# --- the participant -------------------------------------------------------------------------


def on_study(who: Participant) -> Refusal | None:
    """Somebody who is off study takes no further step."""
    return (
        refuse(Rule.OFF_STUDY, participant=who.code, moment=_left(who)) if who.off_study else (None)
    )


def left_before(who: Participant, moment: Moment) -> bool:
    """Whether the participant had left the study before this moment.

    What happened before is recorded, however late: the order of recording is not the order of
    occurrence.
    """
    left = _left_at(who)
    return left is not None and before(left, moment) is Truth.TRUE


def collected_at(who: Participant, moment: Moment) -> Refusal | None:
    """Nothing more is collected about somebody who had left the study before."""
    if not left_before(who, moment):
        return None
    return refuse(Rule.OFF_STUDY, participant=who.code, moment=_left(who))


def alive_at(who: Participant, moment: Moment) -> Refusal | None:
    """Nothing happens to somebody after death."""
    if who.died is None or before(who.died.event.died_at, moment) is not Truth.TRUE:
        return None
    return refuse(Rule.DEAD, participant=who.code, died_at=who.died.event.died_at, moment=moment)


def _left_at(who: Participant) -> Moment | None:
    moments = [
        one.at
        for one in (who.screening_ended, who.withdrew, who.lost, who.died, who.completed)
        if one is not None
    ]
    return min(moments, key=Moment.order, default=None)


def _left(who: Participant) -> str:
    return str(_left_at(who) or "")


def not_enrolled(who: Participant) -> Refusal | None:
    """Screening is over once somebody is enrolled."""
    return refuse(Rule.ENROLLED, participant=who.code) if who.enrolled is not None else None


def enrolled(who: Participant) -> Refusal | None:
    """Treatment and its assessments are for those enrolled."""
    return refuse(Rule.NOT_ENROLLED, participant=who.code) if who.enrolled is None else None


# --- consent ---------------------------------------------------------------------------------


def consent_in_force(who: Participant, moment: Moment) -> Refusal | None:
    """The participant consented, and not later than this moment."""
    given = [one.event.given_at for one in who.consents.values() if _own(one.event.subject)]
    if any(before(moment, at) is not Truth.TRUE for at in given):
        return None
    return refuse(Rule.NO_CONSENT, participant=who.code, moment=moment)


def harm_collected(here: Situation, who: Participant) -> Refusal | None:
    """Harms are taken of those who consented, and of everybody who was given anything."""
    return None if who.administrations else consent_in_force(who, here.today)


def donor_consent_in_force(
    protocol: Protocol, who: Participant, moment: Moment, donor: str | None = None
) -> Refusal | None:
    """Where a donor's product is given, that donor consented, and not later than this moment."""
    if not donor_product(protocol):
        return None
    for one in who.consents.values():
        mine = not _own(one.event.subject) and donor in {None, one.event.donor}
        if mine and before(moment, one.event.given_at) is not Truth.TRUE:
            return None
    return refuse(Rule.NO_DONOR_CONSENT, participant=who.code, donor=donor or "-", moment=moment)


def _own(subject: str) -> bool:
    return subject == "participant"


def donor_product(protocol: Protocol) -> bool:
    """Whether a cell product of a donor is given; a protocol that says autologous has none."""
    cells = any(one.kind is Kind.CELL_PRODUCT for one in protocol.interventions)
    return cells and "autologous" not in protocol.settings.values()


# --- eligibility and enrolment ---------------------------------------------------------------


def decision_current(here: Situation, who: Participant) -> Refusal | None:
    """There is a decision, and nothing that it saw has changed since."""
    if who.decision is None:
        return refuse(Rule.NO_DECISION, participant=who.code)
    changed = changed_since(here.plan, who)
    if changed:
        return refuse(Rule.DECISION_STALE, participant=who.code, changed=changed)
    return None


def eligible(here: Situation, who: Participant) -> Refusal | None:
    """Nobody is enrolled while a verdict is FALSE or UNKNOWN, then or now. There are no waivers."""
    now = eligibility(here.plan, who, here.today)
    decision = None if who.decision is None else who.decision.event
    for truth in (Truth.UNKNOWN if decision is None else decision.verdict, now.truth):
        if truth is Truth.TRUE:
            continue
        then = () if decision is None else decision.verdicts
        criteria = now.decided_by or tuple(one.criterion for one in then if one.verdict is truth)
        if truth is Truth.FALSE:
            return refuse(Rule.NOT_ELIGIBLE, participant=who.code, criteria=criteria)
        return refuse(
            Rule.FACTS_MISSING,
            participant=who.code,
            criteria=criteria,
            variables=tuple(one.variable for one in now.missing),
        )
    return None


def enrolment_not_suspended(here: Situation) -> Refusal | None:
    """Nobody is enrolled while enrolment is suspended."""
    pause = here.state.suspended
    if pause is None:
        return None
    return refuse(Rule.ENROLMENT_SUSPENDED, since=pause.since, reason=pause.reason)


def place_left(here: Situation) -> Refusal | None:
    """Nobody is enrolled beyond the target."""
    if places_left(here.plan, here.state) > 0:
        return None
    return refuse(
        Rule.ENROLMENT_COMPLETE,
        target=here.plan.enrolment.target,
        counted=here.plan.enrolment.counted,
    )


def staggered(here: Situation) -> Refusal | None:
    """First infusions keep their distance: the next may be enrolled from a certain day on."""
    earliest = enrol_from(here.plan, here.state, here.now.date())
    if earliest is not None and here.now.date() >= earliest:
        return None
    assert here.plan.safety is not None
    return refuse(
        Rule.STAGGER,
        days=here.plan.safety.stagger_days,
        earliest="-" if earliest is None else earliest.isoformat(),
    )


def toxicity_not_pending(here: Situation) -> Refusal | None:
    """Nobody is enrolled while toxicity that may still come could cross the boundary."""
    pending = pending_could_cross(here.plan, here.state, here.now.date())
    return refuse(Rule.TOXICITY_PENDING, participants=pending) if pending else None


# --- treatment -------------------------------------------------------------------------------


def not_discontinued(here: Situation, who: Participant, items: tuple[str, ...]) -> Refusal | None:
    """A gate is not passed for what the participant no longer receives."""
    if all(stopped_item(here.plan, who, item) for item in items):
        return refuse(Rule.DISCONTINUED, participant=who.code, items=items)
    return None


def product_ready(here: Situation, who: Participant, items: tuple[str, ...]) -> Refusal | None:
    """Before a cell product is given, one stands ready: released, for this person, not expired."""
    kinds = {here.plan.intervention(here.plan.item(item).intervention).kind for item in items}
    if kinds != {Kind.CELL_PRODUCT}:
        return None
    for product in here.state.products.values():
        mine = product.received.event.participant == who.code
        unused = product.infused is None and product.failed is None
        if mine and unused and product.released is not None and not expired(here, product):
            return None
    return refuse(Rule.PRODUCT_NOT_READY, participant=who.code)


def expired(here: Situation, product: Product) -> bool:
    """Whether the product's time is over."""
    end = product.received.event.expires_at
    return end is not None and before(end, here.today) is Truth.TRUE


def product_unused(product: Product) -> Refusal | None:
    """A container is used once."""
    if product.infused is None:
        return None
    event = product.infused.event
    return refuse(Rule.PRODUCT_USED, product=event.product, administration=event.administration)


def checker_is_another(here: Situation, checked_by: str | None) -> Refusal | None:
    """Nobody checks their own work: the checker is another person, known to the study."""
    if checked_by is None:
        return None
    if checked_by == here.by.person:
        return refuse(Rule.OWN_CHECK, person=checked_by)
    return person_known(here, checked_by)
