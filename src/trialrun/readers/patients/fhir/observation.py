"""Observation: a value of its own or in components, with the limits of the laboratory."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from trialrun.errors import UnitError
from trialrun.readers.patients.fahrenheit import is_fahrenheit
from trialrun.readers.patients.fhir.chart import Chart, Json, name_of, shown
from trialrun.readers.patients.fhir.timing import Undated, observed_at
from trialrun.readers.patients.place import Spot
from trialrun.readers.patients.statement import (
    Statement,
    doubted,
    fact_of,
    multiple,
    number_of,
    unit_of,
)
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain
from trialrun.values.unit import factor, read_unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.variable import Kind, Variable

KIND = "Observation"
_ERROR = {"entered-in-error"}
_CANCELLED = {"cancelled", "registered"}  # registered: there is no result yet
_WITHOUT = _ERROR | _CANCELLED
_HIGH = {"H", "HH", "HU", "H>"}
_LOW = {"L", "LL", "LU", "L<"}
_OTHER_VALUES = frozenset(
    f"value{kind}"
    for kind in (
        "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio", "SampledData", "Time",
        "DateTime", "Period",
    )
)  # fmt: skip
_VALUES = _OTHER_VALUES | {"valueQuantity"}
_PLAIN = ("valueString", "valueInteger", "valueBoolean", "valueDateTime")


def take_observation(resource: Json, chart: Chart, where: Spot) -> None:
    """Each part of an observation: counted, and kept or set aside."""
    listed = resource.get("component")
    parts = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    items: list[tuple[Json, str]] = []
    if not parts or not _VALUES.isdisjoint(resource):
        items.append((resource, ""))
    items += [(part, f".{number}") for number, part in enumerate(parts)]
    chart.tally.take(KIND, len(items))
    status = resource.get("status")
    if isinstance(status, str) and status in _WITHOUT:
        reason = Reason.ENTERED_IN_ERROR if status in _ERROR else Reason.CANCELLED
        for _ in items:
            chart.leave(KIND, reason, where)
        return
    for item, suffix in items:
        part = f"component[{suffix[1:]}]" if suffix else ""
        coded = chart.variables(item.get("code"), KIND)
        if isinstance(coded, Reason):
            chart.leave(KIND, coded, where, part=part)
            continue
        patient = chart.patient_of(resource)
        if patient is None:
            chart.leave(KIND, Reason.NO_PATIENT, where)
            continue
        dated = observed_at(resource, chart)
        if isinstance(dated, Undated):
            chart.leave(KIND, dated.reason, where, field=dated.field)
            continue
        rows, cited = coded
        read = _facts(
            item, rows, dated[0], name_of(resource, where) + suffix, cited + dated[1], chart
        )
        if isinstance(read, Reason):
            chart.leave(KIND, read, where, part=part)
        else:
            chart.keep(KIND, patient, read, where)


def _facts(
    item: Json, rows: tuple[Variable, ...], at: Moment, own: str, cited: str, chart: Chart
) -> list[Fact] | Reason:
    """One fact for each variable of the code, or the first reason why there is none."""
    facts: list[Fact] = []
    first: Reason | None = None
    for number, row in enumerate(rows):
        name = own if number == 0 else f"{own}#{row.name}"
        read = _fact(item, row, at, name, cited)
        if isinstance(read, Reason):
            if read in {Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT}:
                chart.tally.units[row.name, _unit_text(item.get("valueQuantity"))] += 1
            first = first or read
            continue
        if doubted(read):
            chart.tally.questioned[read.variable] += 1
        facts.append(read)
    return facts or first or Reason.NO_VALUE


def _fact(item: Json, row: Variable, at: Moment, name: str, cited: str) -> Fact | Reason:
    given = item.get("valueQuantity")
    reason = Reason.NO_VALUE
    if isinstance(given, dict) and given.get("value") is not None:
        unit = _unit(row, given)
        low, high = _limits(item, row, unit)
        comparator = given.get("comparator")
        said = Statement(
            id=name,
            value=given["value"],
            unit=unit,
            comparator=comparator if isinstance(comparator, str) else "",
            at=at,
            source=cited,
            low=low,
            high=high,
        )
        read = fact_of(row, said)
        if isinstance(read, Fact):
            return read
        reason = read
    else:
        for value in _candidates(item):
            low, high = _limits(item, row, None)
            said = Statement(id=name, value=value, at=at, source=cited, low=low, high=high)
            read = fact_of(row, said)
            if isinstance(read, Fact):
                return read
            if reason is Reason.NO_VALUE:
                reason = read
        if reason is Reason.NO_VALUE and not _OTHER_VALUES.isdisjoint(item):
            reason = Reason.BAD_VALUE
    return _flagged(item, row, at, name, cited) or reason


def _candidates(item: Json) -> list[object]:
    """Texts and codes of a value that is no quantity, the most exact first."""
    found: list[object] = [item[key] for key in _PLAIN if item.get(key) is not None]
    concept = item.get("valueCodeableConcept")
    if isinstance(concept, dict):
        codings = concept.get("coding")
        for coding in codings if isinstance(codings, list) else ():
            if isinstance(coding, dict):
                found += [shown(coding.get("display")), coding.get("code")]
        found.append(shown(concept.get("text")))
    return [value for value in found if value not in (None, "")]


def _unit_text(quantity: object) -> str:
    if not isinstance(quantity, dict):
        return ""
    return shown(quantity.get("code")) or shown(quantity.get("unit"))


def _unit(row: Variable, quantity: dict[str, Any]) -> str | None:
    """The code of the unit, or its text where the code says nothing to us."""
    code, text = quantity.get("code"), quantity.get("unit")
    return _better(
        row.name if row.kind is Kind.QUANTITY else "",
        code if isinstance(code, str) else "",
        text if isinstance(text, str) else "",
    )


@lru_cache(maxsize=5_000)
def _better(name: str, code: str, text: str) -> str | None:
    """Of the two, the first that is a unit of the variable, or else the first that is written."""
    given = [one for one in (code, text) if one.strip()]
    for one in given if name else ():
        if not isinstance(unit_of(name, one), Reason) or is_fahrenheit(name, one):
            return one
    return given[0] if given else None


def _limits(item: Json, row: Variable, unit: str | None) -> tuple[str | None, str | None]:
    """Low and high of the one normal range; where more than one may hold, nobody knows which."""
    listed = item.get("referenceRange")
    if row.kind is not Kind.QUANTITY or not isinstance(listed, list):
        return None, None
    normal = [one for one in listed if isinstance(one, dict) and _is_normal(one)]
    if len(normal) > 1:
        normal = [one for one in normal if not one.get("appliesTo") and not one.get("age")]
    if len(normal) != 1:
        return None, None
    return _limit(normal[0].get("low"), row, unit), _limit(normal[0].get("high"), row, unit)


def _is_normal(one: dict[str, Any]) -> bool:
    kind = one.get("type")
    if not kind:
        return True
    codings = kind.get("coding") if isinstance(kind, dict) else None
    return isinstance(codings, list) and any(
        isinstance(coding, dict) and coding.get("code") == "normal" for coding in codings
    )


def _limit(given: object, row: Variable, unit: str | None) -> str | None:
    """A limit in the value's own unit, exact, or None."""
    if not isinstance(given, dict):
        return None
    read = number_of(given.get("value"))
    if isinstance(read, Reason) or read[0] or read[2]:
        return None
    other = _unit(row, given)
    if other is None or unit is None or other == unit:
        return plain(read[1])
    there, here = unit_of(row.name, other), unit_of(row.name, unit)
    if isinstance(there, Reason) or isinstance(here, Reason):
        return None
    try:
        exact = plain(Fraction(read[1]) * factor(there, here, molar=row.molar))
    except UnitError:
        return None
    return None if "/" in exact else exact


def _flagged(item: Json, row: Variable, at: Moment, name: str, cited: str) -> Fact | None:
    """A flag without a number: above the laboratory's limit, or below it.

    Only where no number can be read: a number beside its own flag would be two values at one time.
    """
    if row.kind is not Kind.QUANTITY:
        return None
    listed = item.get("interpretation")
    codes = {
        coding.get("code")
        for concept in (listed if isinstance(listed, list) else ())
        if isinstance(concept, dict) and isinstance(concept.get("coding"), list)
        for coding in concept["coding"]
        if isinstance(coding, dict) and isinstance(coding.get("code"), str)
    }
    if bool(codes & _HIGH) == bool(codes & _LOW):
        return None
    upper = bool(codes & _HIGH)
    unit = read_unit(multiple(upper).code)
    return Fact(
        id=name,
        variable=row.name,
        value="1",
        unit=unit.code,
        comparator=">" if upper else "<",
        at=at,
        source=f"{cited}, flagged {'high' if upper else 'low'} by the laboratory",
    )
