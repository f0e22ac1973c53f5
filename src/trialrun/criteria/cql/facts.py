"""Which resources of FHIR R4 hold the facts of a variable, as one CQL definition a variable."""

from __future__ import annotations

from trialrun.criteria.cql.left import Cannot, Why
from trialrun.criteria.cql.text import name, quantity, string
from trialrun.errors import UnitError
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS
from trialrun.vocabulary.variable import Code, Kind, Variable

SYSTEMS = {
    "LOINC": "http://loinc.org",
    "SNOMED CT": "http://snomed.info/sct",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD-9-CM": "http://hl7.org/fhir/sid/icd-9-cm",
}
_BY_PREFIX = {"ICD-10-CM", "ICD-9-CM"}  # C92.00 is a C92.0
_NO_RESULT = ("entered-in-error", "cancelled", "registered")
_OVER = ("resolved", "inactive")
_REFUTED, _IN_ERROR = "refuted", "entered-in-error"
_NO_DIAGNOSIS = (_IN_ERROR, _REFUTED, "unconfirmed", "provisional", "differential")


def facts_name(row: Variable) -> str:
    """The name of the definition of a variable's facts."""
    return name(f"facts: {row.name}")


def code_name(code: Code) -> str:
    """The name of a code's declaration."""
    return name(f"{code.system} {code.code}")


def declared(rows: list[Variable]) -> list[str]:
    """Code systems and codes that the facts of these variables name."""
    codes = {
        (code.system, code.code): code
        for row in rows
        for code in row.codes
        if code.system == "LOINC" and row.kind in {Kind.QUANTITY, Kind.ORDINAL}
    }
    systems = sorted({system for system, _ in codes})
    lines = [f"codesystem {name(system)}: {string(SYSTEMS[system])}" for system in systems]
    lines += [
        f"code {code_name(code)}: {string(code.code)} from {name(code.system)} "
        f"display {string(code.display)}"
        for _, code in sorted(codes.items())
    ]
    return lines


def facts(row: Variable, *, by_unit: bool) -> str:
    """The definition of a variable's facts; raises `Cannot` where no resource holds them.

    `by_unit`: what is plausible is written in every unit of the variable, not only in its own.
    """
    if not any(code.system in SYSTEMS for code in row.codes):
        raise Cannot(Why.NO_CODE)
    match row.kind:
        case Kind.QUANTITY | Kind.ORDINAL:
            return _results(row, by_unit)
        case Kind.BOOLEAN:
            return _diagnoses(row)
        case _:
            raise Cannot(Why.NO_RESOURCE)


def accepted(row: Variable) -> list[str]:
    """The UCUM codes of units in which a value of the variable counts."""
    dimensions = {unit.dimension for unit in row.units} or {"score"}
    codes = [code for code, unit in UNITS.items() if unit.dimension in dimensions]
    # UCUM's own letters for international units are [iU]; [IU] is written as often.
    return [*codes, *(code.replace("[IU]", "[iU]") for code in codes if "[IU]" in code)]


def _results(row: Variable, by_unit: bool) -> str:
    codes = [code for code in row.codes if code.system == "LOINC"]
    if not codes:
        raise Cannot(Why.NO_CODE)
    retrieved = " union ".join(f"[Observation: code ~ {code_name(code)}]" for code in codes)
    units = ", ".join(string(code) for code in accepted(row))
    without = ", ".join(string(status) for status in _NO_RESULT)
    level = "ToDecimal((O.value as FHIR.integer).value)"
    number, written = "quantity.value.value", "quantity.code.value"
    if row.kind is Kind.ORDINAL:
        number, written = f"Coalesce({number}, {level})", "'{score}'"
    # Engines fail on a unit that UCUM does not know: what is not accepted never becomes a quantity.
    unit = f"if {written} in {{ {units} }} then {written} else null"
    if by_unit and _same_enzyme(row):
        # Of enzymes they are the same amount; engines refuse to compare the second at all.
        unit = f"if {written} in {{ '[IU]/L', '[iU]/L' }} then 'U/L' else {unit}"
    return f"""define {facts_name(row)}:
  ({retrieved}) O
    let quantity: O.value as FHIR.Quantity,
      limits: First(O.referenceRange),
      unit: {unit},
      measured: Measured({number}, unit)
    where not (O.status.value in {{ {without} }})
      and O.effective is not null
      and measured is not null
    return all Tuple {{
      at: (O.effective as FHIR.dateTime).value,
      comparator: quantity.comparator.value,
      value: measured,
      low: if limits.high.value.value <= 0 then null
        else Measured(limits.low.value.value, unit),
      high: if limits.high.value.value > 0 then Measured(limits.high.value.value, unit) else null,
      plausible: {_plausible(row, by_unit)}
    }}"""


def _same_enzyme(row: Variable) -> bool:
    return {"U/L", "[IU]/L"} <= {one.code for one in row.units}


def units_of(row: Variable) -> list[str]:
    """The units in which a limit is written, where it is written in each."""
    left_out = {"[IU]/L"} if _same_enzyme(row) else set()
    return [one.code for one in row.units if one.code not in left_out]


def _diagnoses(row: Variable) -> str:
    tests = [_coded(system, row) for system in SYSTEMS]
    test = " or ".join(one for one in tests if one)
    without = " or ".join(_verified(status) for status in _NO_DIAGNOSIS)
    records = name(f"records: {row.name}")
    over = " or ".join(
        f"exists (C.clinicalStatus.coding S where S.code.value = {string(status)})"
        for status in _OVER
    )
    began = "Coalesce((C.onset as FHIR.dateTime).value, C.recordedDate.value)"
    begun = f"{records} C\n    return all Tuple {{ at: {began}, value: true }}"
    if not row.ever:
        # What is over was there, and is not since it ended; nobody knows where it has no end.
        ended = "(C.abatement as FHIR.dateTime).value"
        begun = (
            f"({records} C\n    where {ended} is not null or not ({over})\n"
            f"    return all Tuple {{ at: {began}, value: true }})\n"
            f"  union ({records} C\n    where {ended} is not null\n"
            f"    return all Tuple {{ at: {ended}, value: false }})"
        )
    return f"""define {records}:
  [Condition] C
    where exists (C.code.coding K where {test})
      and not ({without})
      and {began} is not null

define {facts_name(row)}:
  {_with_denials(row, begun)}"""


def _with_denials(row: Variable, begun: str) -> str:
    """And what was ruled out, by the codes that mean the variable and not a kind of it."""
    tests = [
        f"(K.system.value = {string(SYSTEMS[code.system])} and K.code.value = {string(code.code)})"
        for code in row.own_codes
        if code.system in SYSTEMS
    ]
    if not tests:
        return begun
    at = "Coalesce(C.recordedDate.value, (C.onset as FHIR.dateTime).value)"
    return (
        f"({begun})\n  union ([Condition] C\n"
        f"    where exists (C.code.coding K where {' or '.join(tests)})\n"
        f"      and {_verified(_REFUTED)} and not ({_verified(_IN_ERROR)})\n"
        f"      and {at} is not null\n"
        f"    return all Tuple {{ at: {at}, value: false }})"
    )


def _verified(status: str) -> str:
    return f"exists (C.verificationStatus.coding V where V.code.value = {string(status)})"


def _coded(system: str, row: Variable) -> str:
    """Whether a coding K is one of the variable's codes of this system; an ICD code is below it."""
    codes = [code.code for code in row.codes if code.system == system]
    if not codes:
        return ""
    if system in _BY_PREFIX:
        test = " or ".join(f"StartsWith(K.code.value, {string(code)})" for code in codes)
    else:
        test = f"K.code.value in {{ {', '.join(string(code) for code in codes)} }}"
    return f"(K.system.value = {string(SYSTEMS[system])} and ({test}))"


def _plausible(row: Variable, by_unit: bool) -> str:
    """Whether anybody can have this value: false, or something else."""
    assert row.unit is not None and row.least is not None and row.most is not None
    ends = [Quantity(end, row.unit) for end in (row.least, row.most)]
    own = _between(*(quantity(end.value, end.unit.code) for end in ends))
    cases = []
    for code in units_of(row) if by_unit else ():
        low, high = (converted(end, code, row) for end in ends)
        if low is not None and high is not None:
            cases.append(f"when {string(code)} then {_between(low, high)}")
    return f"case unit {' '.join(cases)} else {own} end" if cases else own


def _between(low: str | None, high: str | None) -> str:
    return f"measured >= {low} and measured <= {high}"


def converted(limit: Quantity, code: str, row: Variable) -> str | None:
    """The limit in another unit of the variable, where CQL's decimals hold it exactly."""
    try:
        return quantity(limit.exact(UNITS[code], molar=row.molar), code)
    except UnitError:
        return None
