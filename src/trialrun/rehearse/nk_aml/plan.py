"""What the protocol's regimen means to the physiology: which agent, how much, at which moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialrun.protocol.model import Kind, Protocol, RegimenItem
from trialrun.rehearse.biography import Container
from trialrun.rehearse.biography import Dose as PlannedDose
from trialrun.rehearse.lot import Lot
from trialrun.rehearse.nk_aml.dosing import Agent
from trialrun.rehearse.nk_aml.dosing import Dose as PhysicalDose

# Drugs whose effect the model knows, by the stem of their names.
_DRUGS = {"fludarabine": Agent.FLUDARABINE, "cyclophosphamide": Agent.CYCLOPHOSPHAMIDE}
# A product's dose over the least one, in percent: between equal and this much above (assumed).
_MOST_ABOVE = 100


def agent_of(protocol: Protocol, item: RegimenItem) -> Agent | None:
    """The agent of an item; None for what the model knows nothing of."""
    one = protocol.intervention(item.intervention)
    if one.kind is Kind.CELL_PRODUCT:
        return Agent.NK_CELLS
    words = f"{one.id} {one.name}".lower()
    return next((agent for stem, agent in _DRUGS.items() if stem in words), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One participant's administrations and containers."""

    doses: tuple[PlannedDose, ...]
    containers: tuple[Container, ...]

    @property
    def failed(self) -> bool:
        """Whether no product could be made."""
        return any(one.failed for one in self.containers)


def draw_plan(protocol: Protocol, lot: Lot) -> Plan:
    """Planned administrations with their small delays, and the product's containers."""
    fails = lot.happens(protocol.assumption("product_failure"))
    doses: list[PlannedDose] = []
    containers: list[Container] = []
    for item in protocol.regimen:
        for day in item.days:
            doses.append(
                PlannedDose(
                    item=item.id,
                    day=day,
                    minutes_late=int(lot.unit() * 45),
                    share=Decimal(1),
                    minutes_long=max(1, int(item.duration_hours * 60)),
                )
            )
            if agent_of(protocol, item) is Agent.NK_CELLS:
                containers.append(_container(item, len(containers) + 1, fails, lot))
    doses.sort(key=lambda dose: (dose.day, dose.item))
    return Plan(doses=tuple(doses), containers=tuple(containers))


def _container(item: RegimenItem, ordinal: int, fails: bool, lot: Lot) -> Container:
    least = Decimal(10**7) if item.dose is None else item.dose.amount.value
    above = Decimal(1 + int(lot.unit() * _MOST_ABOVE)) / 100
    viable = (least * (1 + above)).quantize(Decimal(1000))
    cd3 = (viable * Decimal(int(lot.unit() * 40)) / Decimal(10000)).quantize(Decimal(1))
    return Container(
        item=item.id,
        ordinal=ordinal,
        measures={
            "viable_nk_per_kg": (viable, "{cells}/kg"),
            "cd3_per_kg": (cd3, "{cells}/kg"),
            "viability": (Decimal(85 + int(lot.unit() * 13)), "%"),
        },
        failed=fails,
    )


def zero_hour(protocol: Protocol) -> float:
    """The clock hour of day 0.0 of the model: the planned hour of the day-zero item."""
    return float(protocol.item(protocol.day_zero).hour)


def model_day(protocol: Protocol, dose: PlannedDose) -> float:
    """The moment at which a dose acts, its planned end and delay, in days from day 0.0."""
    item = protocol.item(dose.item)
    minutes = item.hour * 60 + dose.minutes_late + dose.minutes_long
    return dose.day + (minutes / 60.0 - zero_hour(protocol)) / 24.0


def physical_doses(
    protocol: Protocol,
    plans: Sequence[tuple[int, Plan, float]],
    upto: Sequence[int],
) -> list[PhysicalDose]:
    """What acts: for (place, plan, body surface), with the first `upto` infusions of each."""
    result = []
    for (place, plan, surface), infusions in zip(plans, upto, strict=True):
        given = 0
        for dose in plan.doses:
            item = protocol.item(dose.item)
            agent = agent_of(protocol, item)
            if agent is None or item.dose is None:
                continue
            amount = float(item.dose.amount.value) * surface
            if agent is Agent.NK_CELLS:
                given += 1
                if given > infusions:
                    continue
                amount = float(plan.containers[given - 1].measures["viable_nk_per_kg"][0])
            result.append(
                PhysicalDose(
                    participant=place, day=model_day(protocol, dose), agent=agent, amount=amount
                )
            )
    return result
