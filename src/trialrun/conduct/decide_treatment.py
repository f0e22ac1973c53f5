"""Decisions about gates, products and administrations."""

from __future__ import annotations

from decimal import Decimal

from trialrun.conduct import commands as do
from trialrun.conduct import policies
from trialrun.conduct.departures import Given, departures, gate_ordinal, infused_products
from trialrun.conduct.deviation import Category, Found
from trialrun.conduct.planned import Planned, fits, planned_administration
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.conduct.safety import Cause, suspension
from trialrun.conduct.situation import Decision, Situation
from trialrun.conduct.values import value_refused
from trialrun.errors import UnitError
from trialrun.ledger import events as ev
from trialrun.ledger.state import Participant, Product
from trialrun.protocol.model import Kind, RegimenItem
from trialrun.values.moment import before
from trialrun.values.quantity import Quantity
from trialrun.values.truth import Truth
from trialrun.values.unit import read_unit
from trialrun.vocabulary.fact import Fact


def pass_gate(here: Situation, who: Participant, command: do.PassGate) -> Decision:
    """Every check of a gate, confirmed; one that failed stops here, before anything is given."""
    refusal = policies.approval_in_force(here)
    if refusal is not None:
        return refusal
    gate = next((one for one in here.plan.gates if one.id == command.gate), None)
    if gate is None:
        gates = tuple(one.id for one in here.plan.gates)
        return refuse(Rule.GATE_UNKNOWN, gate=command.gate, gates=gates)
    refusal = (
        policies.on_study(who)
        or policies.enrolled(who)
        or policies.consent_in_force(who, here.today)
        or policies.donor_consent_in_force(here.plan, who, here.today)
        or policies.not_discontinued(here, who, gate.before)
        or _checks(tuple(one.id for one in gate.checks), command)
        or policies.product_ready(here, who, gate.before)
    )
    return refusal or here.drafts(
        ev.GatePassed(
            participant=who.code,
            gate=gate.id,
            ordinal=gate_ordinal(here.plan, who, gate.id),
            checks=command.checks,
        )
    )


def _checks(wanted: tuple[str, ...], command: do.PassGate) -> Refusal | None:
    answered = [one.check for one in command.checks]
    if sorted(answered) != sorted(wanted):
        missing = tuple(one for one in wanted if one not in answered)
        other = tuple(one for one in answered if one not in wanted)
        return refuse(Rule.CHECKS_UNANSWERED, gate=command.gate, checks=missing or other or wanted)
    failed = tuple(one.check for one in command.checks if not one.passed)
    return refuse(Rule.CHECK_FAILED, gate=command.gate, checks=failed) if failed else None


# --- products --------------------------------------------------------------------------------


def _cell_item(here: Situation, code: str) -> RegimenItem | Refusal:
    item = _item(here, code)
    if isinstance(item, Refusal):
        return item
    if here.plan.intervention(item.intervention).kind is not Kind.CELL_PRODUCT:
        return refuse(Rule.NOT_A_PRODUCT, item=code)
    return item


def _item(here: Situation, code: str) -> RegimenItem | Refusal:
    found = next((one for one in here.plan.regimen if one.id == code), None)
    if found is not None:
        return found
    return refuse(Rule.ITEM_UNKNOWN, item=code, items=tuple(one.id for one in here.plan.regimen))


def receive(here: Situation, who: Participant, command: do.ReceiveProduct) -> Decision:
    """A container for one participant, from a donor who consented."""
    refusal = policies.approval_in_force(here) or policies.on_study(who)
    if refusal is not None:
        return refusal
    item = _cell_item(here, command.item)
    if isinstance(item, Refusal):
        return item
    if command.product in here.state.products:
        return refuse(Rule.PRODUCT_EXISTS, product=command.product)
    refusal = policies.code_fits(here, command.product, of="a product") or _donor(
        here, who, command
    )
    for measure in command.measures:
        refusal = refusal or _measure(here, measure)
    return refusal or here.drafts(
        ev.ProductReceived(
            product=command.product,
            participant=who.code,
            item=command.item,
            donor=command.donor,
            measures=command.measures,
            expires_at=command.expires_at,
        )
    )


def _donor(here: Situation, who: Participant, command: do.ReceiveProduct) -> Refusal | None:
    if not policies.donor_product(here.plan):
        return policies.consent_in_force(who, here.today)
    if command.donor is None:
        return refuse(Rule.DONOR_UNNAMED)
    return policies.donor_consent_in_force(here.plan, who, here.today, command.donor)


def _measure(here: Situation, measure: ev.Measured) -> Refusal | None:
    """A number of a product is a value of the vocabulary, in a unit that fits, and plausible."""
    fact = Fact(
        id="measure",
        variable=measure.variable,
        value=format(measure.value, "f"),
        unit=measure.unit,
        at=here.today,
    )
    return value_refused(fact)


def _product(here: Situation, code: str) -> Product | Refusal:
    found = here.state.products.get(code)
    return refuse(Rule.PRODUCT_UNKNOWN, product=code) if found is None else found


def release(here: Situation, command: do.ReleaseProduct) -> Decision:
    """A product may be given; a conditional release names what is still pending."""
    product = _product(here, command.product)
    if isinstance(product, Refusal):
        return product
    if product.failed is not None:
        return refuse(Rule.PRODUCT_FAILED, product=command.product)
    if product.released is not None and (not product.released.event.conditional or command.pending):
        return refuse(Rule.PRODUCT_RELEASED, product=command.product)
    # The last results of a conditional release may come in after the infusion.
    if product.released is None:
        refusal = policies.product_unused(product)
        if policies.expired(here, product):
            refusal = refusal or refuse(
                Rule.PRODUCT_EXPIRED,
                product=command.product,
                moment=product.received.event.expires_at or here.today,
            )
        if refusal is not None:
            return refusal
    return here.drafts(
        ev.ProductReleased(
            product=command.product, conditional=bool(command.pending), pending=command.pending
        )
    )


def fail(here: Situation, who: Participant, command: do.FailProduct) -> Decision:
    """No product could be made, or a container may not be given (any more)."""
    refusal = policies.approval_in_force(here) or policies.not_blank(reason=command.reason)
    if refusal is not None:
        return refusal
    item = _cell_item(here, command.item)
    if isinstance(item, Refusal):
        return item
    if command.product is not None:
        product = _product(here, command.product)
        if isinstance(product, Refusal):
            return product
        if product.received.event.participant != who.code:
            return refuse(Rule.PRODUCT_OF_OTHER, product=command.product, participant=who.code)
        if product.failed is not None:
            return refuse(Rule.PRODUCT_FAILED, product=command.product)
    return here.drafts(
        ev.ProductFailed(
            participant=who.code,
            item=command.item,
            product=command.product,
            reason=command.reason,
        )
    )


# --- administrations -------------------------------------------------------------------------


def give(here: Situation, who: Participant, command: do.GiveAdministration) -> Decision:
    """What was given, as it was given, with every deviation from the plan that it is."""
    refusal = policies.approval_in_force(here)
    if refusal is not None:
        return refusal
    item = _item(here, command.item)
    if isinstance(item, Refusal):
        return item
    refusal = _stated(here, who, item, command) or _container(here, item, command)
    if refusal is not None:
        return refusal
    product = here.state.products.get(command.product or "")
    planned = planned_administration(
        here.plan,
        who,
        item,
        at=command.started_at,
        product=None if product is None else product.received.event,
        earlier=infused_products(here.state, who, item.id),
    )
    event = _administration(who, item, command, planned)
    departed = departures(
        Given.of(here.plan, here.state, who, event, computable=planned.computable)
    )
    infused = (
        ()
        if event.product is None
        else (
            (
                ev.ProductInfused(
                    product=event.product, participant=who.code, administration=event.id
                ),
                event.started_at,
            ),
        )
    )
    return here.drafts(
        (event, event.started_at),
        *infused,
        *here.deviations(who, departed, about=event.id, at=event.started_at),
        *_wrong_product(here, departed),
    )


def _wrong_product(
    here: Situation, departed: tuple[Found, ...]
) -> tuple[ev.EnrolmentSuspended, ...]:
    wrong = any(one.category is Category.WRONG_PRODUCT for one in departed)
    return suspension(here.state, Cause.WRONG_PRODUCT) if wrong else ()


def _stated(
    here: Situation, who: Participant, item: RegimenItem, command: do.GiveAdministration
) -> Refusal | None:
    """What is said of an administration must be able to be true; whether it was right is not
    asked here."""
    refusal = (
        here.future("started_at", command.started_at)
        or here.future("ended_at", command.ended_at)
        or policies.alive_at(who, command.started_at)
        or policies.checker_is_another(here, command.checked_by)
    )
    if before(command.ended_at, command.started_at) is Truth.TRUE:
        refusal = refusal or refuse(
            Rule.WRONG_ORDER,
            earlier="started_at",
            later="ended_at",
            first=command.started_at,
            second=command.ended_at,
        )
    if command.amount <= 0:
        refusal = refusal or refuse(Rule.NOT_POSITIVE, field="amount", value=command.amount)
    return refusal or _unit_fits(item, command.amount, command.unit)


def _unit_fits(item: RegimenItem, amount: Decimal, unit: str) -> Refusal | None:
    try:
        given = Quantity(amount, read_unit(unit))
    except UnitError as error:
        return refuse(Rule.VALUE_REFUSED, what=error.what, helps=error.remedy)
    if item.dose is None or fits(given, item.dose):
        return None
    return refuse(Rule.UNIT_UNFIT, unit=unit, item=item.id, dose=str(item.dose.amount))


def _container(
    here: Situation, item: RegimenItem, command: do.GiveAdministration
) -> Refusal | None:
    """A cell product comes out of a container that was received and not yet used."""
    cells = here.plan.intervention(item.intervention).kind is Kind.CELL_PRODUCT
    if command.product is None:
        return refuse(Rule.PRODUCT_NEEDED, item=item.id) if cells else None
    if not cells:
        return refuse(Rule.NOT_A_PRODUCT, item=item.id)
    product = _product(here, command.product)
    return product if isinstance(product, Refusal) else policies.product_unused(product)


def _administration(
    who: Participant, item: RegimenItem, command: do.GiveAdministration, planned: Planned
) -> ev.AdministrationGiven:
    amount = planned.amount
    return ev.AdministrationGiven(
        id=f"{who.code}.dose.{len(who.administrations) + 1}",
        participant=who.code,
        item=item.id,
        intervention=item.intervention,
        ordinal=planned.ordinal,
        planned_day=planned.day,
        planned_amount=None if amount is None else amount.value,
        planned_unit=None if amount is None else amount.unit.code,
        working=planned.working,
        amount=command.amount,
        unit=read_unit(command.unit).code,
        started_at=command.started_at,
        ended_at=command.ended_at,
        product=command.product,
        checked_by=command.checked_by,
    )


# --- leaving an intervention -----------------------------------------------------------------


def discontinue(here: Situation, who: Participant, command: do.DiscontinueIntervention) -> Decision:
    """No more of an intervention, and still in the study."""
    refusal = policies.approval_in_force(here) or policies.on_study(who) or policies.enrolled(who)
    if refusal is not None:
        return refusal
    known = tuple(one.id for one in here.plan.interventions)
    if command.intervention is not None and command.intervention not in known:
        return refuse(
            Rule.INTERVENTION_UNKNOWN, intervention=command.intervention, interventions=known
        )
    if any(one.event.intervention in {None, command.intervention} for one in who.discontinued):
        return refuse(Rule.DISCONTINUED, participant=who.code, items=(command.intervention or "-",))
    return here.drafts(
        ev.InterventionDiscontinued(
            participant=who.code,
            intervention=command.intervention,
            reason=command.reason,
            note=command.note,
        )
    )


def subsequent_therapy(
    here: Situation, who: Participant, command: do.StartSubsequentTherapy
) -> Decision:
    """A therapy outside the protocol."""
    return (
        policies.enrolled(who)
        or policies.not_blank(therapy=command.therapy)
        or here.future("started_at", command.started_at)
        or policies.collected_at(who, command.started_at)
        or here.drafts(
            (
                ev.SubsequentTherapyStarted(
                    participant=who.code,
                    therapy=command.therapy,
                    started_at=command.started_at,
                ),
                command.started_at,
            )
        )
    )
