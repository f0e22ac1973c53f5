"""A cell product against its dose rule: a least dose with its margin, and T cells that add up.

The dose of a cell product is not computed and then given: what the container holds is counted, and
shown per kg of actual weight beside the least that the protocol asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.assess.dose import Body
from trialrun.assess.formulas import shown
from trialrun.errors import FactError
from trialrun.values.quantity import Quantity, plain, rounded
from trialrun.values.truth import Truth, of
from trialrun.values.unit import UNITS

_KG, _PERCENT = UNITS["kg"], UNITS["%"]
_CELLS, _CELLS_PER_KG = UNITS["{cells}"], UNITS["{cells}/kg"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDoseRule:
    """The least dose of viable CD3−CD56+ cells per kg, and the most CD3+ over all infusions."""

    least: Quantity
    above: bool = False  # True: "over", the least itself is too little
    most: Quantity | None = None
    most_cd3: Quantity | None = None  # per kg, over all infusions


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What one bag holds: viable CD3−CD56+ cells, and CD3+ cells where they were counted."""

    nk: Quantity
    cd3: Quantity | None = None
    counted: str = ""  # "pre-thaw" or "post-thaw", where stated


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDose:
    """A container against its rule, per kg of actual weight.

    `margin` is how far the dose is above the least, as a part of the least (0.52 is 52 % above).
    `cd3_total` adds this container to all infused before; None where any was not counted.
    """

    nk_per_kg: Fraction
    margin: Fraction
    enough: Truth
    within_most: Truth
    cd3_per_kg: Fraction | None
    cd3_total: Fraction | None
    within_cd3: Truth
    working: str

    @property
    def acceptable(self) -> Truth:
        """Whether every stated limit holds; UNKNOWN where a limited count is missing."""
        return self.enough & self.within_most & self.within_cd3


def container_of(
    total: Quantity,
    *,
    viability: Quantity,
    nk_share: Quantity,
    cd3_share: Quantity | None = None,
    counted: str = "",
) -> Container:
    """A container from its total nucleated cells, viability (%) and shares (%) of viable cells."""
    cells = total.exact(_CELLS) * _share(viability, "viability")
    nk = Quantity(_decimal(cells * _share(nk_share, "CD3−CD56+ share")), _CELLS)
    cd3 = None
    if cd3_share is not None:
        cd3 = Quantity(_decimal(cells * _share(cd3_share, "CD3+ share")), _CELLS)
    return Container(nk=nk, cd3=cd3, counted=counted)


def cell_dose(
    rule: CellDoseRule,
    container: Container,
    body: Body,
    earlier: Sequence[Container] = (),
) -> CellDose:
    """The margin of a container over the least dose; CD3+ add up over `earlier` infusions."""
    weight = body.weight.exact(_KG)
    if weight <= 0:
        raise FactError(f"weight {body.weight} is not above zero", remedy="Check the weight.")
    least = rule.least.exact(_CELLS_PER_KG)
    if least <= 0:
        raise FactError(f"a least dose of {rule.least} is not above zero")
    nk = _cells(container.nk, "viable CD3−CD56+ cells") / weight
    enough = of(nk > least if rule.above else nk >= least)
    within_most = Truth.TRUE
    if rule.most is not None:
        within_most = of(nk <= rule.most.exact(_CELLS_PER_KG))
    cd3 = None if container.cd3 is None else _cells(container.cd3, "CD3+ cells") / weight
    cd3_total, within_cd3 = _cd3(rule, cd3, weight, earlier)
    margin = nk / least - 1
    return CellDose(
        nk_per_kg=nk,
        margin=margin,
        enough=enough,
        within_most=within_most,
        cd3_per_kg=cd3,
        cd3_total=cd3_total,
        within_cd3=within_cd3,
        working=_cell_working(rule, container, body, nk, margin, cd3, cd3_total),
    )


def _cd3(
    rule: CellDoseRule, cd3: Fraction | None, weight: Fraction, earlier: Sequence[Container]
) -> tuple[Fraction | None, Truth]:
    counted = [_cells(bag.cd3, "CD3+ cells") / weight for bag in earlier if bag.cd3 is not None] + (
        [] if cd3 is None else [cd3]
    )
    known = sum(counted, Fraction(0))
    complete = cd3 is not None and len(counted) == len(earlier) + 1
    total = known if complete else None
    if rule.most_cd3 is None:
        return total, Truth.TRUE
    most = rule.most_cd3.exact(_CELLS_PER_KG)
    if known > most:  # what was counted is already too much, whatever was not
        return total, Truth.FALSE
    return total, Truth.TRUE if complete else Truth.UNKNOWN


def _cell_working(
    rule: CellDoseRule,
    container: Container,
    body: Body,
    nk: Fraction,
    margin: Fraction,
    cd3: Fraction | None,
    cd3_total: Fraction | None,
) -> str:
    counted = f", {container.counted} count" if container.counted else ""
    sign = ">" if rule.above else "≥"
    held = scientific(container.nk.exact(_CELLS))
    least = scientific(rule.least.exact(_CELLS_PER_KG))
    over = f"{'+' if margin >= 0 else '−'}{shown(abs(margin) * 100, 1)} %"
    per_weight = f"{body.weight} (weight of {body.weight_at})"
    lines = [
        f"viable CD3−CD56+ = {held} cells{counted} / {per_weight} = {scientific(nk)}/kg",
        f"least {sign} {least}/kg: margin {over}",
    ]
    if rule.most is not None:
        lines.append(f"most ≤ {scientific(rule.most.exact(_CELLS_PER_KG))}/kg")
    if cd3 is None:
        lines.append("CD3+ not counted")
    else:
        so_far = "not known" if cd3_total is None else f"{scientific(cd3_total)}/kg"
        lines.append(f"CD3+ {scientific(cd3)}/kg, with earlier infusions {so_far}")
    if rule.most_cd3 is not None:
        lines.append(f"CD3+ in all ≤ {scientific(rule.most_cd3.exact(_CELLS_PER_KG))}/kg")
    return "; ".join(lines)


def scientific(value: Fraction) -> str:
    """Cells as people write them, three digits: 1.52e7.

    >>> scientific(Fraction(15_190_000))
    '1.52e7'
    """
    if value == 0:
        return "0"
    exponent = 0
    while value >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while value < Fraction(10) ** exponent:
        exponent -= 1
    digits = rounded(value / Fraction(10) ** exponent, Fraction("0.01"))
    if digits >= 10:
        digits, exponent = digits / 10, exponent + 1
    return f"{plain(digits)}e{exponent}"


def _cells(count: Quantity, name: str) -> Fraction:
    number = count.exact(_CELLS)
    if number < 0:
        raise FactError(f"{name}: {count} is below zero", remedy="Check the count.")
    return number


def _share(share: Quantity, name: str) -> Fraction:
    part = share.exact(_PERCENT) / 100
    if not 0 <= part <= 1:
        raise FactError(f"{name} {share} is not between 0 and 100 %", remedy="Check the share.")
    return part


def _decimal(value: Fraction) -> Decimal:
    """All digits where the number is finite, else 28 places."""
    text = plain(value)
    return Decimal(shown(value, 28)) if "/" in text else Decimal(text)
