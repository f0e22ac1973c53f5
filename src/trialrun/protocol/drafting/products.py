"""What participants receive, and in which arms: one entry a product, also where the record has one
entry for several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialrun.protocol.drafting.asking import code_of
from trialrun.protocol.parts import ArmPart, InterventionPart
from trialrun.protocol.regimen_reader.names import Substance, base_name, lexicon, name_mentions
from trialrun.protocol.regimen_reader.regimen import Place, Regimen, places, source_of
from trialrun.record.model import Study
from trialrun.record.plan import Intervention
from trialrun.values.provenance import Origin, Source

_DRUGS = {"DRUG", "BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT", "DIETARY_SUPPLEMENT"}
# A text that is about giving cells, not about a drug that acts on them.
_CELLS_GIVEN = re.compile(
    r"cells?\s*(?:/|per)\s*kg|cells? (?:will be |are |is |were )?(?:infus|inject|transfus|administ)"
    r"|(?:infusions?|injections?|transfusions?|reinfus\w*|infused|single dose|dose) of "
    r"(?:[\w/+-]+ ){0,6}cells?\b|\b(?:CAR|TCR)[- ]?(?:T|NK)\b[- ]?(?:cells?)?",
    re.IGNORECASE,
)
_NOT_A_PRODUCT = {"placebo", "saline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One intervention of the draft, with the record's entry and the substance it is."""

    part: InterventionPart
    entry: int
    substance: Substance | None

    @property
    def cells(self) -> bool:
        """Whether it is a cell product."""
        return self.part.kind == "cell-product"

    @property
    def chemotherapy(self) -> bool:
        """Whether it is chemotherapy by name."""
        return self.substance is not None and self.substance.chemotherapy


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The products and the arms of a draft."""

    products: tuple[Product, ...]
    arms: tuple[ArmPart, ...]


def draft_groups(study: Study, regimen: Regimen) -> Groups:
    """Products and arms of the record; a record without arms has one, of all."""
    module = study.protocol.arms_interventions
    products: list[Product] = []
    for number, entry in enumerate(module.interventions):
        products += _of_entry(study, regimen, number, entry, products)
    return Groups(products=tuple(products), arms=tuple(_arms(study, products)))


def _of_entry(
    study: Study, regimen: Regimen, number: int, entry: Intervention, before: list[Product]
) -> list[Product]:
    """One product of an entry, or its components where its name stands for several."""
    path = f"armsInterventionsModule.interventions[{number}].name"
    name = entry.name or f"Intervention {number + 1}"
    source = Source(Origin.RECORD, path, (0, len(entry.name or "")), entry.name or "")
    taken = [one.part.id for one in before]
    own = next((one for one in regimen.substances if one.intervention == number), None)
    components = [] if base_name(name) else list(_components(study, regimen, number))
    if len(components) < 2:
        base = base_name(name) or name
        kind = _kind(entry, own)
        part = InterventionPart(
            id=code_of(base, taken),
            name=name,
            kind=kind,
            registry_type=entry.type or "OTHER",
            source=source,
        )
        whole = Product(part=part, entry=number, substance=own)
        if not whole.cells:
            return [whole]
        # Chemotherapy before the cells often stands in the text of the cells' own entry.
        drugs = [one for one in _components(study, regimen, number) if one[0].chemotherapy]
        taken.append(part.id)
        return [*_components_as_products(entry, number, drugs, taken), whole]
    return _components_as_products(entry, number, components, taken)


def _components_as_products(
    entry: Intervention,
    number: int,
    components: Sequence[tuple[Substance, Source]],
    taken: list[str],
) -> list[Product]:
    found = []
    for substance, cited in components:
        part = InterventionPart(
            id=code_of(substance.name, taken),
            name=substance.name,
            kind="cell-product" if substance.cells else "drug",
            registry_type=entry.type or "OTHER",
            source=cited,
        )
        taken.append(part.id)
        found.append(Product(part=part, entry=number, substance=substance))
    return found


def _components(study: Study, regimen: Regimen, number: int) -> Iterator[tuple[Substance, Source]]:
    """The products that an entry for several names, in the order of the texts."""
    module = study.protocol.arms_interventions
    alone = len(module.interventions) == 1
    seen: set[str] = set()
    dosed = [one.reading.substance for one in (*regimen.clear, *regimen.doubts)]
    read = {one.key for one in dosed if one is not None}
    for place in _texts(study, number, with_arms=alone):
        for mention in name_mentions(place.field.text, regimen.substances):
            one = mention.substance
            wanted = one.intervention in {None, number} and one.key not in _NOT_A_PRODUCT
            if wanted and one.key not in seen and (place.arm is None or one.key in read):
                seen.add(one.key)
                yield one, source_of(place, mention.start, mention.end)


def _texts(study: Study, number: int, *, with_arms: bool) -> Iterator[Place]:
    """An entry's own texts; and, where it is the only entry, those of the arms around them."""
    every = list(places(study))
    of_arms = [place for place in every if place.arm is not None] if with_arms else []
    yield from (place for place in of_arms if place.path.endswith("description"))
    yield from (place for place in every if place.intervention == number)
    yield from (place for place in of_arms if place.path.endswith("label"))


def _kind(entry: Intervention, own: Substance | None) -> str:
    if entry.type in _DRUGS | {"PROCEDURE", "OTHER", None} and own is not None and own.cells:
        return "cell-product"
    texts = f"{entry.name or ''}\n{entry.description or ''}"
    named = any(one.cells and one.pattern.search(entry.name or "") for one in lexicon())
    if entry.type in {"BIOLOGICAL", "GENETIC"} and named:
        return "cell-product"
    if entry.type in {"BIOLOGICAL", "GENETIC"} and _CELLS_GIVEN.search(texts):
        return "cell-product"
    return "drug" if entry.type in _DRUGS else "other"


def _arms(study: Study, products: list[Product]) -> Iterator[ArmPart]:
    module = study.protocol.arms_interventions
    taken: list[str] = []
    if not module.arm_groups:
        yield ArmPart(
            id="all",
            title="All participants",
            type="EXPERIMENTAL",
            interventions=tuple(one.part.id for one in products),
            source=Source(Origin.RECORD, "armsInterventionsModule.armGroups"),
        )
    for number, arm in enumerate(module.arm_groups):
        names = {name.partition(": ")[2] for name in arm.intervention_names}
        received = tuple(
            one.part.id
            for one in products
            if module.interventions[one.entry].name in names
            or (
                arm.label is not None
                and arm.label in module.interventions[one.entry].arm_group_labels
            )
        )
        label = arm.label or f"Arm {number + 1}"
        code = code_of(label, taken)
        taken.append(code)
        yield ArmPart(
            id=code,
            title=label,
            type=arm.type or "OTHER",
            interventions=received,
            source=Source(
                Origin.RECORD,
                f"armsInterventionsModule.armGroups[{number}].label",
                (0, len(arm.label or "")),
                arm.label or "",
            ),
        )
