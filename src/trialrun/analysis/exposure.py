"""What was given: administrations and amounts beside the plan, cells per kg, gaps by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.analysis.cutoff import Cutoff, Given, hours_from
from trialrun.analysis.estimate import Found, Method, Traced, count, traced
from trialrun.analysis.spread import Measured, Spread, spread
from trialrun.ledger.state import Participant
from trialrun.protocol.model import Gap, RegimenItem
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS, read_unit

_PER_KG = UNITS["{cells}/kg"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemExposure:
    """One regimen item among those who started: who received it, how often, and how much.

    `share` is the amount given over the amount planned for the administrations that were given,
    in percent; `amounts` the total that each participant received.
    """

    item: str
    planned_each: int
    received: Traced[int]
    administrations: Traced[int]
    share: Spread
    amounts: Spread
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellExposure:
    """Cells per kg of weight: per infusion, and accumulated over all of them."""

    infusions: tuple[tuple[int, Traced[int]], ...]  # participants with exactly 0, 1, 2 … infusions
    nk_each: Spread
    nk_total: Spread
    cd3_total: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class GapExposure:
    """Hours between two items by the clock, from the actual end; `short` were below the least."""

    gap: str
    least: Decimal
    hours: Spread
    short: Traced[int]
    unknown: Traced[int]


def item_exposure(cutoff: Cutoff, people: Sequence[Found], item: RegimenItem) -> ItemExposure:
    """What one item came to among those who started."""
    method = Method("administrations")
    given = {one.participant: _participant(cutoff, one).given(item.id) for one in people}
    received = [_of(code, doses) for code, doses in given.items() if doses]
    every = [dose for doses in given.values() for dose in doses]
    units = {dose.event.unit for dose in every}
    unit = units.pop() if len(units) == 1 else None
    shares, amounts = [], []
    for code, doses in given.items():
        share = _share(doses)
        if share is not None:
            shares.append(Measured(_of(code, doses), share))
        if doses and unit is not None:
            total = sum((Fraction(dose.event.amount) for dose in doses), Fraction(0))
            amounts.append(Measured(_of(code, doses), total))
    return ItemExposure(
        item=item.id,
        planned_each=len(item.days),
        received=count(received, method),
        administrations=traced(len(every), received, method),
        share=spread(shares, received, Method("dose_share")),
        amounts=spread(amounts, received, Method("dose_total")),
        unit=unit,
    )


def _participant(cutoff: Cutoff, one: Found) -> Participant:
    return cutoff.state.participants[one.participant]


def _of(code: str, doses: Sequence[Given]) -> Found:
    return Found(code, tuple(entry for dose in doses for entry in dose.entries))


def _share(doses: Sequence[Given]) -> Fraction | None:
    """Percent of the planned amount that was given, over the doses that had a planned amount."""
    planned = given = Fraction(0)
    for dose in doses:
        event = dose.event
        if event.planned_amount and event.planned_unit is not None:
            factor = Quantity(event.amount, read_unit(event.unit)).exact(
                read_unit(event.planned_unit)
            )
            planned += Fraction(event.planned_amount)
            given += factor
    return 100 * given / planned if planned else None


# --- cells -----------------------------------------------------------------------------------


def cell_exposure(cutoff: Cutoff, people: Sequence[Found]) -> CellExposure:
    """Infusions and cells per kg among those who started."""
    infusions = {one.participant: cutoff.infusions(_participant(cutoff, one)) for one in people}
    treated = [one for one in people if infusions[one.participant]]
    each, totals, cd3 = [], [], []
    for one in treated:
        code, doses = one.participant, infusions[one.participant]
        cells = [_nk_per_kg(cutoff, dose) for dose in doses]
        counted = [cell for cell in cells if cell is not None]
        if counted and len(counted) == len(cells):
            each.append(Measured(_of(code, doses), sum(counted, Fraction(0)) / len(counted)))
            totals.append(Measured(_of(code, doses), sum(counted, Fraction(0))))
        t_cells = [_cd3_per_kg(cutoff, dose) for dose in doses]
        known = [cell for cell in t_cells if cell is not None]
        if known and len(known) == len(t_cells):
            cd3.append(Measured(_of(code, doses), sum(known, Fraction(0))))
    most = max([cutoff.planned_infusions, *(len(doses) for doses in infusions.values())])
    return CellExposure(
        infusions=tuple(
            (
                number,
                count(
                    [
                        _of(one.participant, doses) if doses else one
                        for one in people
                        if len(doses := infusions[one.participant]) == number
                    ],
                    Method("infusions_received"),
                ),
            )
            for number in range(most + 1)
        ),
        nk_each=spread(each, treated, Method("nk_per_infusion")),
        nk_total=spread(totals, treated, Method("nk_total")),
        cd3_total=spread(cd3, treated, Method("cd3_total")),
    )


def _nk_per_kg(cutoff: Cutoff, dose: Given) -> Fraction | None:
    """Viable NK cells per kg of one infusion: as given, else as the container was counted."""
    unit = read_unit(dose.event.unit)
    if unit.dimension == _PER_KG.dimension:
        return Quantity(dose.event.amount, unit).exact(_PER_KG)
    return _measure(cutoff, dose, "viable_nk_per_kg")


def _cd3_per_kg(cutoff: Cutoff, dose: Given) -> Fraction | None:
    return _measure(cutoff, dose, "cd3_per_kg")


def _measure(cutoff: Cutoff, dose: Given, name: str) -> Fraction | None:
    product = cutoff.state.products.get(dose.event.product or "")
    if product is None:
        return None
    for one in product.received.event.measures:
        if one.variable == name:
            return Quantity(one.value, read_unit(one.unit)).exact(_PER_KG)
    return None


# --- gaps ------------------------------------------------------------------------------------


def gap_exposure(cutoff: Cutoff, people: Sequence[Found], gap: Gap) -> GapExposure:
    """The hours of one gap among those who reached its second side."""
    hours, short, unknown, reached = [], [], [], []
    for one in people:
        who = _participant(cutoff, one)
        following = who.given(gap.before)
        earlier = [dose for item in gap.after for dose in who.given(item)]
        if not following or not earlier:
            continue
        last = max(earlier, key=lambda dose: (dose.event.ended_at.order(), dose.entry))
        found = _of(who.code, (last, following[0]))
        reached.append(found)
        between = hours_from(last.event.ended_at, following[0].event.started_at)
        if between is None:
            unknown.append(found)
            continue
        hours.append(Measured(found, Fraction(between)))
        if between < gap.least_hours:
            short.append(found)
    return GapExposure(
        gap=gap.id,
        least=gap.least_hours,
        hours=spread(hours, reached, Method("gap_hours")),
        short=count(short, Method("gap_short")),
        unknown=count(unknown, Method("gap_unknown")),
    )
