"""A simulated person as rows of one long CSV: a fact a row, as a hospital's export gives it.

The export leaves out what was entered in error. A comparator stands before the number ("<5").
"""

from __future__ import annotations

from collections.abc import Iterator

from trialrun.rehearse.screening_population.coding import coding
from trialrun.rehearse.screening_population.measured import Flaw
from trialrun.rehearse.screening_population.person import Person
from trialrun.rehearse.screening_population.population import ALL_VARIABLES

FILE = "SIMULATED-facts.csv"
COLUMNS = ("patient", "item", "value", "unit", "time", "low", "high", "source")
_SEX, _BIRTH = "sex", "birth date"


def rows(person: Person) -> Iterator[tuple[str, ...]]:
    """Sex and birth date, results, findings. `item` is the code that FHIR and OMOP have too."""
    yield (person.code, _SEX, person.sex, "", person.birth, "", "", "register")
    yield (person.code, _BIRTH, person.birth, "", person.birth, "", "", "register")
    for one in person.readings:
        if one.flaw is Flaw.IN_ERROR:
            continue
        value = "" if one.flaw is Flaw.CANCELLED else f"{one.comparator}{one.value}"
        yield (
            person.code, coding(one.variable).code, value, one.unit, one.at, one.low, one.high,
            one.laboratory,
        )  # fmt: skip
    for finding in person.findings:
        if not finding.in_error:
            yield (
                person.code, coding(finding.variable).code, str(finding.present).lower(), "",
                finding.at, "", "", "register",
            )  # fmt: skip


def mapping() -> str:
    """The mapping.toml that says what the columns and items are."""
    lines = [
        "format = 1",
        f'file = "{FILE}"',
        'form = "long"',
        'patient = "patient"',
        'date = "time"',
        'decimal = "."',
        'name_column = "item"',
        'value_column = "value"',
        'unit_column = "unit"',
        'low_column = "low"',
        'high_column = "high"',
    ]
    items = {_SEX: "sex", _BIRTH: "birth_date"}
    items |= {coding(variable).code: variable for variable in ALL_VARIABLES}
    for item, variable in items.items():
        lines += ["", "[[column]]", f'name = "{item}"', f'variable = "{variable}"']
    return "\n".join(lines) + "\n"
