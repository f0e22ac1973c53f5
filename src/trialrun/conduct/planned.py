"""What one administration is planned to be: which day, how much, and the working to be checked.

A dose to give is computed from the latest weight and height before it; of a least dose (cells), the
margin of what is given over the least is shown. The computation here finds errors of software only:
two people verify a dose independently.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.assess.cell_dose import CellDoseRule, Container, cell_dose, scientific
from trialrun.assess.dose import Body, DoseRule, dose_for
from trialrun.assess.formulas import Surface
from trialrun.conduct.study_day import planned_day
from trialrun.errors import FactError, UnitError
from trialrun.ledger.events import ProductReceived
from trialrun.ledger.state import Participant
from trialrun.protocol.model import Dose, Protocol, RegimenItem
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS, read_unit

_KG, _CELLS, _PER_KG = UNITS["kg"], UNITS["{cells}"], UNITS["{cells}/kg"]

# Product defaults, stated in the documentation; a protocol of its own may be stricter.
DOSE_TOLERANCE = Fraction(1, 10)  # a dose further off than 10 % of the planned one is important
UNROUNDED_TOLERANCE = Fraction(1, 100)  # where the protocol states no rounding, 1 % is as planned
DAY_TOLERANCE = 1  # an administration more than one day off its planned day is important


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The plan of one administration; `amount` is None where nothing can be computed."""

    ordinal: int
    day: int | None
    amount: Quantity | None
    working: str
    computable: bool = True


def planned_administration(
    protocol: Protocol,
    who: Participant,
    item: RegimenItem,
    *,
    at: Moment,
    product: ProductReceived | None = None,
    earlier: tuple[ProductReceived, ...] = (),
) -> Planned:
    """The plan of the next administration of an item, as of a moment."""
    number = len(who.given(item.id)) + 1
    day = planned_day(protocol, who, item, at)
    dose = item.dose
    if dose is None:
        return Planned(ordinal=number, day=day, amount=None, working="no dose is stated")
    try:
        if dose.comparator == "=":
            given = dose_for(_rule(protocol, dose), body_at(who, at))
            return Planned(ordinal=number, day=day, amount=given.amount, working=given.working)
        working = _least_working(dose, who, at, product, earlier)
    except (FactError, UnitError) as error:
        return Planned(ordinal=number, day=day, amount=None, working=error.what, computable=False)
    return Planned(ordinal=number, day=day, amount=dose.amount, working=working)


def planned_dose(
    protocol: Protocol, who: Participant, item: RegimenItem, at: Moment | None = None
) -> Quantity | None:
    """The amount to give next, from the latest weight and height; None where none is computed."""
    return planned_administration(
        protocol, who, item, at=Moment("9999-12-31") if at is None else at
    ).amount


def body_at(who: Participant, at: Moment) -> Body:
    """The latest weight and height measured up to a moment."""
    weight, weight_at = _latest(who, "weight", at)
    if weight is None or weight_at is None:
        raise FactError("no weight is recorded", remedy="Record the weight with its date.")
    height, height_at = _latest(who, "height", at)
    return Body(weight=weight, weight_at=weight_at, height=height, height_at=height_at)


def _latest(who: Participant, variable: str, at: Moment) -> tuple[Quantity | None, Moment | None]:
    for kept in reversed(who.values(variable)):
        fact = kept.event.fact
        if fact.at.day <= at.last_day and fact.unit is not None and not fact.comparator:
            return Quantity(fact.number, read_unit(fact.unit)), fact.at
    return None, None


def _rule(protocol: Protocol, dose: Dose) -> DoseRule:
    return DoseRule(
        amount=dose.amount,
        surface=Surface(protocol.body_surface),
        step=dose.rounding,
        most=dose.most,
    )


# --- least doses -----------------------------------------------------------------------------


def container_of(
    product: ProductReceived, counts: str, weight: Quantity | None
) -> Container | None:
    """What a container holds, in cells, from the numbers that came with it."""
    own = _cells(product, (counts, "viable_nk", "viable_nk_per_kg"), weight)
    cd3 = _cells(product, ("cd3_cells", "cd3_per_kg"), weight)
    return None if own is None else Container(nk=own, cd3=cd3)


def _cells(
    product: ProductReceived, names: tuple[str, ...], weight: Quantity | None
) -> Quantity | None:
    measures = {one.variable: one for one in product.measures}
    for name in names:
        one = measures.get(name)
        if one is None:
            continue
        quantity = Quantity(one.value, read_unit(one.unit))
        if quantity.unit.dimension == _CELLS.dimension:
            return quantity
        if quantity.unit.dimension == _PER_KG.dimension and weight is not None:
            total = quantity.exact(_PER_KG) * weight.exact(_KG)
            return Quantity(Decimal(total.numerator) / Decimal(total.denominator), _CELLS)
    return None


def _least_working(
    dose: Dose,
    who: Participant,
    at: Moment,
    product: ProductReceived | None,
    earlier: tuple[ProductReceived, ...],
) -> str:
    body = body_at(who, at)
    held = None if product is None else container_of(product, dose.counts, body.weight)
    per_kg = dose.amount.unit.dimension == _PER_KG.dimension
    if held is None or not per_kg or not dose.counts.startswith("viable_nk"):
        return f"least dose {dose.comparator} {_short(dose.amount)}"
    before = [container_of(one, dose.counts, body.weight) for one in earlier]
    rule = CellDoseRule(
        least=dose.amount,
        above=dose.comparator == ">",
        most=dose.most,
        most_cd3=dose.most_cd3,
    )
    return cell_dose(rule, held, body, [one for one in before if one is not None]).working


def _short(amount: Quantity) -> str:
    if amount.unit.dimension == _PER_KG.dimension:
        return f"{scientific(amount.exact(_PER_KG))}/kg"
    return str(amount)


def cd3_in_all(products: tuple[ProductReceived, ...], weight: Quantity) -> Fraction | None:
    """CD3+ cells per kg of all containers; None where one was not counted."""
    total = Fraction(0)
    for product in products:
        cd3 = _cells(product, ("cd3_cells", "cd3_per_kg"), weight)
        if cd3 is None:
            return None
        total += cd3.exact(_CELLS) / weight.exact(_KG)
    return total


def comparable(amount: Quantity, planned: Quantity, body: Body | None) -> Fraction | None:
    """An actual amount in the unit of the planned one; None where they do not compare.

    What is stated per kg compares with an amount by the actual weight.
    """
    if amount.unit.dimension == planned.unit.dimension:
        return amount.exact(planned.unit)
    of, _, per = planned.unit.code.removesuffix("/d").partition("/")
    unit = _CELLS if planned.unit == _PER_KG else UNITS.get(of)
    if per != "kg" or unit is None or body is None:
        return None
    if amount.unit.dimension != unit.dimension:
        return None
    return amount.exact(unit) / body.weight.exact(_KG)


def fits(amount: Quantity, dose: Dose) -> bool:
    """Whether an amount is given in a unit that this dose can be compared in."""
    code = dose.amount.unit.code.removesuffix("/d").split("/")
    unit = dose.amount.unit if len(code) == 1 else UNITS.get(code[0], dose.amount.unit)
    allowed = {unit.dimension}
    if dose.comparator != "=":
        allowed |= {dose.amount.unit.dimension}
        if dose.amount.unit.dimension == _PER_KG.dimension:
            allowed.add(_CELLS.dimension)
    return amount.unit.dimension in allowed
