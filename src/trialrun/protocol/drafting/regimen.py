"""What is given, in which dose, on which days: as far as the record says it, else as questions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trialrun.protocol.drafting.asking import Notebook, Option, code_of
from trialrun.protocol.drafting.days import Days
from trialrun.protocol.drafting.phrases import Gap
from trialrun.protocol.drafting.products import Groups, Product
from trialrun.protocol.parts import Asked, RegimenPart
from trialrun.protocol.regimen_reader.regimen import Item, Regimen
from trialrun.values.provenance import Source
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS

HOUR, CELLS_HOUR = 9, 11  # planned, for the calendar only
DURATION = Quantity(Decimal(1), UNITS["h"])
_MOST_CHOICES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafter:
    """What the drafting of a regimen needs to know of the whole."""

    regimen: Regimen
    groups: Groups
    notebook: Notebook
    days: Days
    cell_therapy: bool
    gap: Gap | None

    def parts(self) -> tuple[RegimenPart, ...]:
        """One item a product; several where arms receive it differently."""
        parts: list[RegimenPart] = []
        for product in self.groups.products:
            items: list[Item | None] = [*self._items(product)] or [None]
            for item in items:
                code = code_of(product.part.id, [one.id for one in parts])
                parts.append(self._part(code, product, item))
        return tuple(parts)

    def _items(self, product: Product) -> list[Item]:
        key = None if product.substance is None else product.substance.key
        mine = [one for one in self.regimen.items if one.substance.key == key]
        if len(mine) < 2:
            return mine
        # Two entries of one substance: each has the items of the arms that receive it.
        arms = set(self._arms_of(product))
        own = [one for one in mine if not one.arms or set(one.arms) & arms]
        return own or mine

    def _arms_of(self, product: Product) -> list[int]:
        return [
            number
            for number, arm in enumerate(self.groups.arms)
            if product.part.id in arm.interventions
        ]

    def _part(self, code: str, product: Product, item: Item | None) -> RegimenPart:
        source = item.sources[0] if item is not None else product.part.source
        arms: tuple[str, ...] = ()
        receiving = self._arms_of(product)
        if item is not None and item.arms:
            receiving = [one for one in receiving if one in item.arms] or list(item.arms)
        if len(receiving) < len(self.groups.arms):
            arms = tuple(self.groups.arms[one].id for one in receiving)
        dosed = product.part.kind != "other"
        cells = product.cells
        return RegimenPart(
            id=code,
            intervention=product.part.id,
            arms=arms,
            comparator=_comparator(item, cells),
            dose=self._dose(code, product, item, source) if dosed else None,
            per=self._per(code, product, item, source) if dosed else "administration",
            counts=self._counts(code, product, source) if cells else "",
            most=self._most(code, product, source) if cells else None,
            most_cd3=self._most_cd3(code, product, source) if cells else None,
            rounding=self._rounding(item, source) if dosed else None,
            days=self.days.of(code, product, item, source),
            times_a_day=(item.a_day or 1) if item is not None else 1,
            hour=self._hour(product),
            duration=DURATION,
            source=source,
        )

    # --- dose --------------------------------------------------------------------------------

    def _dose(
        self, code: str, product: Product, item: Item | None, source: Source
    ) -> Quantity | Asked | None:
        said = _quantity(item)
        others = self._others(product, item)
        if said is not None and not others and not (item is not None and item.clashes):
            return said
        if said is not None and not others:
            return said  # the places disagree on days or number, not on the dose
        amounts = [str(one) for one in ([said] if said is not None else []) + others]
        choices = list(dict.fromkeys(amounts))[:_MOST_CHOICES]
        return self.notebook.ask(
            f"{code}-dose",
            "dose_several" if choices else "dose_missing",
            who="cell-laboratory" if product.cells else "pharmacist",
            source=source,
            choices=[Option(one) for one in choices] + [Option("none", "no_dose")],
            assumed=choices[0] if choices else "none",
            name=product.part.name,
            said="; ".join(choices),
        )

    def _others(self, product: Product, item: Item | None) -> list[Quantity]:
        """Other amounts of the same substance that the record names."""
        key = None if product.substance is None else product.substance.key
        arms = set(item.arms) if item is not None and item.arms else set(self._arms_of(product))
        found = []
        for one in self.regimen.doubts:
            reading = one.reading
            if reading.substance is None or reading.substance.key != key:
                continue
            if one.arms and arms and not set(one.arms) & arms:
                continue
            low, high, unit = reading.dose.in_common_unit()
            found += [Quantity(n, UNITS[unit]) for n in (low, high) if n is not None and n > 0]
        if item is not None and item.clashes and not item.dose:
            found += self._clashing(product)
        return found

    def _clashing(self, product: Product) -> list[Quantity]:
        amounts = [
            one
            for one in self.regimen.clear
            if one.reading.substance is not None
            and product.substance is not None
            and one.reading.substance.key == product.substance.key
        ]
        result = []
        for one in amounts:
            low, _, unit = one.reading.dose.in_common_unit()
            result.append(Quantity(low, UNITS[unit]))
        return result

    def _per(self, code: str, product: Product, item: Item | None, source: Source) -> str | Asked:
        if item is not None and item.per is not None:
            return item.per
        several = item is not None and (item.times or 0) > 1
        if not (product.cells and several):
            return "administration"
        return self.notebook.ask(
            f"{code}-dose-per",
            "dose_per",
            who="cell-laboratory",
            source=source,
            choices=[
                Option("administration", "per_administration"),
                Option("course", "per_course"),
            ],
            assumed="administration",
            name=product.part.name,
            words=source.words,
        )

    def _counts(self, code: str, product: Product, source: Source) -> str | Asked:
        if not _natural_killers(product):
            return ""
        return self.notebook.ask(
            f"{code}-counted",
            "cells_counted",
            who="cell-laboratory",
            source=source,
            choices=[
                Option("viable_nk_per_kg", "viable_nk"),
                Option("total_nucleated_cells", "nucleated_cells"),
            ],
            assumed="viable_nk_per_kg",
            name=product.part.name,
        )

    def _most(self, code: str, product: Product, source: Source) -> Asked:
        return self.notebook.ask(
            f"{code}-most",
            "dose_most",
            who="cell-laboratory",
            source=source,
            choices=[Option("none", "no_limit")],
            assumed="none",
            name=product.part.name,
        )

    def _most_cd3(self, code: str, product: Product, source: Source) -> Asked | None:
        if not _natural_killers(product):
            return None
        return self.notebook.ask(
            f"{code}-most-cd3",
            "cd3_most",
            who="cell-laboratory",
            source=source,
            choices=[
                Option("none", "no_limit"),
                Option("1000000 {cells}/kg"),
                Option("100000 {cells}/kg"),
            ],
            assumed="none",
            name=product.part.name,
        )

    def _rounding(self, item: Item | None, source: Source) -> Asked | None:
        said = _quantity(item)
        if said is None or said.unit.code not in {"mg/m2", "mg/kg"}:
            return None
        return self.notebook.ask(
            "dose-rounding",
            "dose_rounding",
            who="pharmacist",
            source=source,
            choices=[
                Option("0.1 mg"),
                Option("0.5 mg"),
                Option("1 mg"),
                Option("5 mg"),
                Option("none", "no_rounding"),
            ],
            assumed="0.5 mg",
        )

    def _hour(self, product: Product) -> int | Asked:
        if not self.cell_therapy:
            return HOUR
        if product.cells:
            return CELLS_HOUR
        if not product.chemotherapy:
            return HOUR
        # Days alone do not say hours: when in the day chemotherapy ends decides about a gap.
        return self.notebook.ask(
            "chemotherapy-hour",
            "chemotherapy_hour",
            who="pharmacist",
            source=product.part.source if self.gap is None else self.gap.source,
            choices=[Option("08:00"), Option("09:00"), Option("14:00")],
            assumed="09:00",
            hours="24" if self.gap is None else self.gap.hours,
        )


def _comparator(item: Item | None, cells: bool) -> str:
    if item is None:
        return ">=" if cells else "="
    return item.comparator if cells else "="


def _quantity(item: Item | None) -> Quantity | None:
    if item is None or len(item.dose) != 1 or item.unit is None or item.dose[0] <= 0:
        return None
    return Quantity(item.dose[0].normalize() + 0, UNITS[item.unit])


def _natural_killers(product: Product) -> bool:
    key = "" if product.substance is None else product.substance.key
    return "nk" in (key + product.part.name).lower().replace("-", " ").split()
