"""The regimen that a record states: what agrees in all its places, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from trialrun.protocol.regimen_reader.cleaned import Cleaned, cleaned
from trialrun.protocol.regimen_reader.names import Substance, substances
from trialrun.protocol.regimen_reader.reading import Doubt, Reading, read_text
from trialrun.record.model import Study
from trialrun.values.provenance import Origin, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One text of the record that may say what is given."""

    path: str
    field: Cleaned
    original: str
    arm: int | None = None
    intervention: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A reading with the record's words that it was read from."""

    reading: Reading
    source: Source
    arms: tuple[int, ...]  # the arms that the text is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One substance as the record gives it (in some arms: their numbers; none: in all).

    Amounts are in the unit that their dimension is usually written in. `clashes` are places that
    say something else; nothing of what they disagree on is kept. `doubtful` are other amounts of
    the same substance in the same arms that were not read.
    """

    substance: Substance
    arms: tuple[int, ...] = ()
    comparator: str = "="
    dose: tuple[Decimal, ...] = ()
    unit: str | None = None
    per: str | None = None
    days: tuple[int, ...] | None = None
    a_day: int | None = None
    every_days: int | None = None
    duration_days: int | None = None
    times: int | None = None
    repeats: bool = False  # the record says that it goes on: the days said are not all days
    sources: tuple[Source, ...] = ()
    clashes: tuple[Source, ...] = ()
    doubtful: tuple[Source, ...] = ()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.substance.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """All items of a record, and the amounts that were not read."""

    items: tuple[Item, ...]
    doubts: tuple[Cited, ...] = field(default=())
    clear: tuple[Cited, ...] = field(default=())
    substances: tuple[Substance, ...] = ()
    read: int = 0
    mentioned: int = 0


def places(study: Study) -> Iterator[Place]:
    """The texts of arms and interventions, with the fields they stand in."""
    module = study.protocol.arms_interventions
    for number, arm in enumerate(module.arm_groups):
        path = f"armsInterventionsModule.armGroups[{number}]"
        for name, text in (("label", arm.label), ("description", arm.description)):
            if text:
                yield Place(path=f"{path}.{name}", field=cleaned(text), original=text, arm=number)
    for number, entry in enumerate(module.interventions):
        path = f"armsInterventionsModule.interventions[{number}]"
        texts = [("name", entry.name), ("description", entry.description)]
        texts += [(f"otherNames[{at}]", name) for at, name in enumerate(entry.other_names)]
        for name, text in texts:
            if text:
                yield Place(
                    path=f"{path}.{name}", field=cleaned(text), original=text, intervention=number
                )


def source_of(place: Place, start: int, end: int) -> Source:
    """The record's words from `start` to `end` of the cleaned text."""
    span = place.field.span(start, end)
    return Source(Origin.RECORD, place.path, span, place.original[span[0] : span[1]])


def read_regimen(study: Study) -> Regimen:
    """What the record's arms and interventions say about doses; what is doubtful is a doubt."""
    known = substances(study)
    cited: list[Cited] = []
    for place in places(study):
        arms = (place.arm,) if place.arm is not None else _receiving(study, place)
        for reading in read_text(place.field, known, _default(study, place, known)):
            source = source_of(place, reading.dose.start, reading.dose.end)
            cited.append(Cited(reading=reading, source=source, arms=arms))
    cited = _without_strengths(cited)
    clear = [one for one in cited if one.reading.doubt is None]
    doubts = [one for one in cited if one.reading.doubt is not None]
    items = _items(clear, len(study.protocol.arms_interventions.arm_groups))
    return Regimen(
        items=tuple(replace(item, doubtful=_doubtful(item, doubts)) for item in items),
        doubts=tuple(doubts),
        clear=tuple(clear),
        substances=known,
        read=len(clear),
        mentioned=len(cited),
    )


def _doubtful(item: Item, doubts: Sequence[Cited]) -> tuple[Source, ...]:
    """Amounts of the same substance in the same arms that were not read, said otherwise."""
    return tuple(
        one.source
        for one in doubts
        if one.reading.substance is not None
        and one.reading.substance.key == item.substance.key
        and one.reading.doubt is not Doubt.STRENGTH
        and (not item.arms or not one.arms or set(item.arms) & set(one.arms))
    )


def _receiving(study: Study, place: Place) -> tuple[int, ...]:
    """The arms that receive the intervention whose text this is."""
    module = study.protocol.arms_interventions
    assert place.intervention is not None
    entry = module.interventions[place.intervention]
    return tuple(
        number
        for number, arm in enumerate(module.arm_groups)
        if (arm.label in entry.arm_group_labels)
        or any(name.partition(": ")[2] == entry.name for name in arm.intervention_names)
    )


def _without_strengths(cited: Sequence[Cited]) -> list[Cited]:
    """A flat amount that only a product's name gives may be what a vial holds."""
    told = {
        (one.reading.substance.key, _amount(one)[1:])
        for one in cited
        if one.reading.substance is not None and not _in_a_name(one)
    }
    return [
        replace(one, reading=replace(one.reading, doubt=Doubt.STRENGTH))
        if one.reading.doubt is None
        and one.reading.substance is not None
        and _in_a_name(one)
        and "/" not in one.reading.dose.unit
        and (one.reading.substance.key, _amount(one)[1:]) not in told
        else one
        for one in cited
    ]


def _in_a_name(one: Cited) -> bool:
    return ".interventions[" in one.source.place and "description" not in one.source.place


def _default(study: Study, place: Place, known: tuple[Substance, ...]) -> Substance | None:
    """The one thing that a text is about, or None."""
    own = {one.intervention: one for one in known if one.intervention is not None}
    if place.intervention is not None:
        return own.get(place.intervention)
    assert place.arm is not None
    module = study.protocol.arms_interventions
    names = [name.partition(": ")[2] for name in module.arm_groups[place.arm].intervention_names]
    numbers = [number for number, one in enumerate(module.interventions) if one.name in names]
    return own.get(numbers[0]) if len(names) == 1 and len(numbers) == 1 else None


def _items(clear: Sequence[Cited], arms: int) -> tuple[Item, ...]:
    """One item a substance; one for each group of arms that receive it alike."""
    by_key: dict[str, list[Cited]] = {}
    for one in clear:
        assert one.reading.substance is not None
        by_key.setdefault(one.reading.substance.key, []).append(one)
    items: list[Item] = []
    for group in by_key.values():
        about = sorted({arm for one in group for arm in one.arms})
        if not about or len({_amount(one) for one in group}) == 1:
            items.append(_merged(group, _unless_all(about, arms)))
            continue
        alike: dict[Item, list[int]] = {}
        for arm in about:
            merged = _merged([one for one in group if arm in one.arms], ())
            alike.setdefault(merged, []).append(arm)
        items += [replace(item, arms=_unless_all(those, arms)) for item, those in alike.items()]
    return tuple(items)


def _unless_all(these: Sequence[int], arms: int) -> tuple[int, ...]:
    return () if len(these) == arms else tuple(these)


def _amount(one: Cited) -> tuple[str, Decimal, Decimal | None, str]:
    low, high, unit = one.reading.dose.in_common_unit()
    return one.reading.dose.comparator, low, high, unit


def _merged(group: Sequence[Cited], arms: tuple[int, ...]) -> Item:
    """What the places agree on; where they differ, nothing, and the places as clashes."""
    first = group[0].reading
    assert first.substance is not None
    amounts = {_amount(one) for one in group}
    agreed = len(amounts) == 1
    comparator, low, high, unit = _amount(group[0])
    said: dict[str, Any] = {}
    unclear = False
    for name in ("days", "a_day", "every_days", "duration_days", "times"):
        values = {getattr(one.reading, name) for one in group} - {None}
        several = len(values) > 1 or any(name in one.reading.unclear for one in group)
        unclear |= several
        said[name] = None if several or not values else values.pop()
    repeats = said["every_days"] is not None or any(one.reading.repeats for one in group)
    if said["days"] is not None and said["times"] is None and not repeats:
        said["times"] = len(said["days"])
    # A daily dose and a dose are the same thing where one administration a day is given.
    pers = {one.reading.dose.per for one in group} - {""}
    return Item(
        substance=first.substance,
        arms=arms,
        comparator=comparator if agreed else "=",
        dose=() if not agreed else (low,) if high is None else (low, high),
        unit=unit if agreed else None,
        per=pers.pop() if agreed and len(pers) == 1 else None,
        **said,
        repeats=repeats,
        sources=tuple(one.source for one in group),
        clashes=() if agreed and not unclear else tuple(one.source for one in group),
    )


__all__ = ["Cited", "Doubt", "Item", "Place", "Regimen", "places", "read_regimen", "source_of"]
