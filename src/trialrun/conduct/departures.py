"""How one administration departs from the plan: every deviation that follows from its record.

What was given is never refused. Each function looks at one rule and yields what it finds; the same
functions look again when an administration is corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

from trialrun.conduct import policies
from trialrun.conduct.deviation import Category, Found, found
from trialrun.conduct.eligibility import eligibility
from trialrun.conduct.planned import (
    DAY_TOLERANCE,
    DOSE_TOLERANCE,
    UNROUNDED_TOLERANCE,
    body_at,
    cd3_in_all,
    comparable,
)
from trialrun.conduct.safety import first_infusion
from trialrun.conduct.study_day import study_day
from trialrun.errors import FactError
from trialrun.ledger.events import AdministrationGiven, ProductReceived
from trialrun.ledger.state import Kept, Participant, StudyState
from trialrun.protocol.model import Gap, Protocol, RegimenItem
from trialrun.values.moment import Moment, before
from trialrun.values.quantity import Quantity
from trialrun.values.truth import Truth
from trialrun.values.unit import UNITS, read_unit

_TICK = timedelta(microseconds=1)
_TICKS_AN_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One administration with what it is judged by; `who` is without it.

    `earlier` is the participant with only what was given before it: the order of recording is not
    the order of occurrence, and a corrected administration is judged where it stands in time.
    """

    protocol: Protocol
    state: StudyState
    who: Participant
    earlier: Participant
    item: RegimenItem
    event: AdministrationGiven
    computable: bool = True

    @classmethod
    def of(
        cls,
        protocol: Protocol,
        state: StudyState,
        who: Participant,
        event: AdministrationGiven,
        *,
        computable: bool,
    ) -> Given:
        """An administration of a participant whose other ones `who` holds."""
        others = {code: one for code, one in who.administrations.items() if code != event.id}
        started = event.started_at.order()
        past = {
            code: one for code, one in others.items() if one.event.started_at.order() <= started
        }
        return cls(
            protocol=protocol,
            state=state,
            who=replace(who, administrations=others),
            earlier=replace(who, administrations=past),
            item=protocol.item(event.item),
            event=event,
            computable=computable,
        )

    @property
    def product(self) -> ProductReceived | None:
        """The container that was given."""
        held = self.state.products.get(self.event.product or "")
        return None if held is None else held.received.event


def departures(given: Given) -> tuple[Found, ...]:
    """All deviations of one administration, in the order of the rules."""
    return tuple(one for rule in RULES for one in rule(given))


def _standing(given: Given) -> Iterator[Found]:
    """Consent, approval, enrolment: what must stand before anything is given."""
    started = given.event.started_at
    enrolled = given.who.enrolled
    if enrolled is None or before(started, enrolled.at) is Truth.TRUE:
        yield found(Category.NOT_ENROLLED)
    if policies.consent_in_force(given.who, started) is not None:
        yield found(Category.NO_CONSENT)
    if policies.donor_consent_in_force(given.protocol, given.who, started) is not None:
        yield found(Category.NO_DONOR_CONSENT)
    approval = given.state.approvals[0] if given.state.approvals else None
    if approval is None or before(started, approval.at) is Truth.TRUE:
        yield found(Category.NO_APPROVAL)
    if policies.left_before(given.who, started):
        yield found(Category.OFF_STUDY)
    if any(
        one.event.intervention in {None, given.item.intervention}
        and before(one.at, started) is Truth.TRUE
        for one in given.who.discontinued
    ):
        yield found(Category.DISCONTINUED)
    arm = None if enrolled is None else enrolled.event.arm
    if arm is not None and given.item.arms and arm not in given.item.arms:
        yield found(Category.OTHER_ARM)


def _eligible(given: Given) -> Iterator[Found]:
    """Windows lapse: at the first administration of all, the criteria must hold still."""
    if given.earlier.administrations or given.who.enrolled is None:
        return
    verdict = eligibility(given.protocol, given.earlier, given.event.started_at)
    if verdict.truth is not Truth.TRUE:
        yield found(Category.NOT_ELIGIBLE)


def _gates(given: Given) -> Iterator[Found]:
    """Every gate before this item was passed, and passed before the start."""
    for gate in given.protocol.gates:
        if given.item.id not in gate.before:
            continue
        ordinal = gate_ordinal(given.protocol, given.earlier, gate.id)
        passed = given.who.gates.get((gate.id, ordinal))
        if passed is None or before(given.event.started_at, passed.at) is Truth.TRUE:
            yield found(Category.GATE)


def gate_ordinal(protocol: Protocol, who: Participant, code: str) -> int:
    """Which passing of a gate the next administration behind it needs; 1 unless it repeats."""
    gate = next(one for one in protocol.gates if one.id == code)
    if not gate.repeats:
        return 1
    return sum(len(who.given(item)) for item in gate.before) + 1


def _gaps(given: Given) -> Iterator[Found]:
    """Hours by the clock from the actual end of the last administration, both ways round."""
    own = (given.event.started_at, given.event.ended_at)
    for gap in given.protocol.gaps:
        if given.item.id == gap.before:
            earlier = [_span(one) for item in gap.after for one in given.who.given(item)]
            yield from _gap(gap, earlier, [own])
        elif given.item.id in gap.after:
            # Recorded late: something that had to wait for this one may be recorded already.
            yield from _gap(gap, [own], [_span(one) for one in given.who.given(gap.before)])


_Span = tuple[Moment, Moment]


def _span(kept: Kept[AdministrationGiven]) -> _Span:
    return kept.event.started_at, kept.event.ended_at


def _gap(gap: Gap, earlier: list[_Span], later: list[_Span]) -> Iterator[Found]:
    least = Fraction(gap.least_hours)
    for start, _ in later:
        for begun, end in earlier:
            if before(start, begun) is Truth.TRUE:
                continue  # begun after what had to wait: nothing to wait for
            if start.instant is None or end.instant is None:
                # A day alone: the gap is shown only where it holds at every hour of both days.
                if 24 * ((start.day - end.last_day).days - 1) < least:
                    yield found(Category.GAP_NOT_SHOWN)
                    return
            elif Fraction((start.instant - end.instant) // _TICK, _TICKS_AN_HOUR) < least:
                yield found(Category.GAP)
                return


def _stagger(given: Given) -> Iterator[Found]:
    """The first infusions of two participants keep their distance."""
    safety = given.protocol.safety
    if safety is None or not safety.stagger_days or given.item.id != safety.window_end:
        return
    if given.earlier.given(given.item.id):
        return
    day = given.event.started_at.day
    for other in given.state.enrolled:
        infusion = first_infusion(given.protocol, other)
        if other.code == given.who.code or infusion is None:
            continue
        if abs((day - infusion).days) < safety.stagger_days:
            yield found(Category.STAGGER)
            return


def _day(given: Given) -> Iterator[Found]:
    """On its planned day; a day off is a deviation, more than that an important one."""
    planned = given.event.planned_day
    if planned is None:
        yield found(Category.BEYOND_PLAN)
        return
    actual = study_day(given.protocol, given.earlier, given.event.started_at)
    if actual is None or actual == planned:
        return
    yield found(Category.DAY, important=abs(actual - planned) > DAY_TOLERANCE)


def _dose(given: Given) -> Iterator[Found]:
    """As much as planned; of a least dose, not less than the least."""
    dose = given.item.dose
    if dose is None:
        return
    if not given.computable or given.event.planned_amount is None:
        yield found(Category.DOSE_NOT_COMPUTED)
        return
    assert given.event.planned_unit is not None
    planned = Quantity(given.event.planned_amount, read_unit(given.event.planned_unit))
    try:
        body = body_at(given.who, given.event.started_at)
    except FactError:
        body = None
    actual = comparable(Quantity(given.event.amount, read_unit(given.event.unit)), planned, body)
    if actual is None:
        yield found(Category.DOSE_NOT_COMPUTED)
        return
    wanted = Fraction(planned.value)
    if dose.comparator == "=":
        off = abs(actual - wanted) / wanted
        stated = dose.rounding is not None or dose.amount.unit == planned.unit
        if off > (0 if stated else UNROUNDED_TOLERANCE):
            yield found(Category.DOSE, important=off > DOSE_TOLERANCE)
        return
    if actual < wanted or (dose.comparator == ">" and actual == wanted):
        yield found(Category.BELOW_LEAST)
    over = dose.most is not None and actual > dose.most.exact(planned.unit)
    if over or _too_many_t_cells(given, body.weight if body is not None else None):
        yield found(Category.ABOVE_MOST)


def _too_many_t_cells(given: Given, weight: Quantity | None) -> bool:
    """CD3+ cells add up over all infusions."""
    dose = given.item.dose
    if dose is None or dose.most_cd3 is None or given.product is None or weight is None:
        return False
    products = (*infused_products(given.state, given.earlier, given.item.id), given.product)
    total = cd3_in_all(products, weight)
    return total is not None and total > dose.most_cd3.exact(UNITS["{cells}/kg"])


def infused_products(state: StudyState, who: Participant, item: str) -> tuple[ProductReceived, ...]:
    """The containers that a participant was given for an item so far."""
    held = (state.products.get(one.event.product or "") for one in who.given(item))
    return tuple(one.received.event for one in held if one is not None)


def _product(given: Given) -> Iterator[Found]:
    """The right container, released, not failed, not expired."""
    held = given.state.products.get(given.event.product or "")
    if held is None:
        return
    started = given.event.started_at
    received = held.received.event
    if received.participant != given.who.code:
        yield found(Category.WRONG_PRODUCT)
    if received.item != given.item.id:
        yield found(Category.OTHER_ITEM)
    if held.released is None or before(started, held.released.at) is Truth.TRUE:
        yield found(Category.NOT_RELEASED)
    if held.failed is not None and before(held.failed.at, started) is not Truth.FALSE:
        yield found(Category.FAILED_PRODUCT)
    if received.expires_at is not None and before(received.expires_at, started) is Truth.TRUE:
        yield found(Category.EXPIRED)


def _checked(given: Given) -> Iterator[Found]:
    """Somebody else verified the dose."""
    if given.event.checked_by is None:
        yield found(Category.NOT_CHECKED)


RULES: tuple[Callable[[Given], Iterator[Found]], ...] = (
    _standing, _eligible, _gates, _gaps, _stagger, _day, _dose, _product, _checked,
)  # fmt: skip
