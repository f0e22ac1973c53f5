"""The dose that one participant is to be given: per body surface, per weight, or flat.

The arithmetic is exact up to the body surface (34 digits); rounding happens once, to the stated
step, halves away from zero. The worked text is for an independent check by two people; a second
computation by a machine finds errors of the software only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.assess.formulas import Computed, Surface, body_surface, shown
from trialrun.errors import FactError, UnitError
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity, plain, rounded
from trialrun.values.unit import UNITS, Unit

_KG, _M2 = UNITS["kg"], UNITS["m2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A participant's weight and height, each with the day of its measurement."""

    weight: Quantity
    weight_at: Moment
    height: Quantity | None = None
    height_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRule:
    """A dose to give: per m2, per kg, or flat; with its rounding step and its caps, or none."""

    amount: Quantity
    surface: Surface = Surface.MOSTELLER
    step: Quantity | None = None
    most: Quantity | None = None  # cap on the dose of one administration
    most_surface: Quantity | None = None  # cap on the body surface


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseGiven:
    """The dose of one administration, with its working and the formula's source."""

    amount: Quantity
    before_rounding: Fraction  # in the unit of `amount`, after caps
    surface: Computed | None
    capped: bool
    working: str
    sources: tuple[str, ...]


def dose_for(rule: DoseRule, body: Body) -> DoseGiven:
    """The dose that `rule` gives this participant.

    >>> from trialrun.values.quantity import read_quantity as q
    >>> body = Body(weight=q("70 kg"), weight_at=Moment("2026-03-01"),
    ...             height=q("170 cm"), height_at=Moment("2026-03-01"))
    >>> str(dose_for(DoseRule(amount=q("25 mg/m2"), step=q("0.5 mg")), body).amount)
    '45.5 mg'
    """
    if rule.amount.value <= 0:
        raise FactError(f"a dose of {rule.amount} is not above zero", remedy="Check the protocol.")
    unit, per = _numerator(rule.amount.unit)
    lines: list[str] = []
    surface: Computed | None = None
    factor, by = Fraction(1), ""
    capped = False
    if per == "m2":
        surface, factor, by, capped = _surface_factor(rule, body, lines)
    elif per == "kg":
        factor = body.weight.exact(_KG)
        if factor <= 0:
            raise FactError(f"weight {body.weight} is not above zero", remedy="Check the weight.")
        by = f" × {body.weight} (weight of {body.weight_at})"
    exact = Fraction(rule.amount.value) * factor
    text = f"dose = {rule.amount}{by}"
    if by:
        text += f" = {_short(exact)} {unit.code}"
    if rule.most is not None and exact > rule.most.exact(unit):
        exact, capped = rule.most.exact(unit), True
        text += f"; cap {rule.most}"
    amount = Quantity(_decimal(exact), unit)
    if rule.step is not None:
        amount = Quantity(_stepped(exact, rule, unit), unit)
        text += f"; in steps of {rule.step}: {amount}"
        if amount.value <= 0:
            raise FactError(
                f"the dose {_short(exact)} {unit.code} rounds to nothing with step {rule.step}",
                remedy="Give a smaller rounding step.",
            )
    lines.append(text)
    return DoseGiven(
        amount=amount,
        before_rounding=exact,
        surface=surface,
        capped=capped,
        working="; ".join(lines),
        sources=() if surface is None else (surface.source,),
    )


def _stepped(exact: Fraction, rule: DoseRule, unit: Unit) -> Decimal:
    """To the nearest step, halves up; down where the nearest step would pass the cap."""
    assert rule.step is not None
    step = rule.step.exact(unit)
    if step <= 0:
        raise FactError(f"a rounding step of {rule.step} is not above zero")
    value = rounded(exact, step)
    if rule.most is not None and Fraction(value) > rule.most.exact(unit):
        value = rounded(Fraction(value) - step, step)
    return value


def _surface_factor(
    rule: DoseRule, body: Body, lines: list[str]
) -> tuple[Computed, Fraction, str, bool]:
    if body.height is None:
        raise FactError(
            f"a dose of {rule.amount} needs a height",
            remedy="Record the height with its date.",
        )
    surface = body_surface(body.height, body.weight, rule.surface)
    lines.append(
        f"height of {body.height_at or 'unknown date'}, weight of {body.weight_at}: "
        f"{surface.working}"
    )
    factor, capped = Fraction(surface.value), False
    if rule.most_surface is not None and factor > rule.most_surface.exact(_M2):
        factor, capped = rule.most_surface.exact(_M2), True
        lines.append(f"BSA cap {rule.most_surface}")
    return surface, factor, f" × {shown(factor, 4)} m2", capped


def _numerator(unit: Unit) -> tuple[Unit, str]:
    """`mg/m2` → (mg, m2); a daily dose is one administration a day; a flat unit is per nothing."""
    parts = unit.code.removesuffix("/d").split("/")
    if len(parts) == 1:
        return unit, ""
    if len(parts) == 2 and parts[1] in {"m2", "kg"} and parts[0] in UNITS:
        return UNITS[parts[0]], parts[1]
    raise UnitError(
        f"{unit.code} is not a unit of a dose",
        remedy="Write a dose per m2, per kg, or flat, such as 25 mg/m2, 10 mg/kg or 300 mg.",
    )


def weight_change(reference: Quantity, current: Quantity) -> Fraction:
    """Relative change of weight since the one the dose was computed from (0.1 is 10 % more)."""
    before = reference.exact(_KG)
    if before <= 0:
        raise FactError(f"weight {reference} is not above zero", remedy="Check the weight.")
    return (current.exact(_KG) - before) / before


def _decimal(value: Fraction) -> Decimal:
    """All digits where the number is finite, else 28 places."""
    text = plain(value)
    return Decimal(shown(value, 28)) if "/" in text else Decimal(text)


def _short(value: Fraction) -> str:
    text = plain(value)
    return shown(value, 4) if "/" in text or len(text.partition(".")[2]) > 4 else text
