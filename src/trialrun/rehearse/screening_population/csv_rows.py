"""A simulated person as rows of one long CSV: a fact a row, as a hospital's export gives it."""

from __future__ import annotations

from collections.abc import Iterator

from trialrun.rehearse.screening_population.coding import coding
from trialrun.rehearse.screening_population.measured import Flaw
from trialrun.rehearse.screening_population.person import Person

COLUMNS = (
    "patient", "item", "value", "unit", "comparator", "time", "low", "high", "status", "source",
)  # fmt: skip
_STATUS = {
    Flaw.AMENDED: "amended",
    Flaw.IN_ERROR: "entered-in-error",
    Flaw.CANCELLED: "cancelled",
}


def rows(person: Person) -> Iterator[tuple[str, ...]]:
    """Sex and birth date, results, findings. `item` is the code that FHIR and OMOP have too."""
    yield (person.code, "sex", person.sex, "", "", person.birth, "", "", "final", "register")
    yield (
        person.code,
        "birth date",
        person.birth,
        "",
        "",
        person.birth,
        "",
        "",
        "final",
        "register",
    )
    for one in person.readings:
        value = "" if one.flaw is Flaw.CANCELLED else one.value
        yield (
            person.code, coding(one.variable).code, value, one.unit, one.comparator, one.at,
            one.low, one.high, _STATUS.get(one.flaw, "final"), one.laboratory,
        )  # fmt: skip
    for finding in person.findings:
        yield (
            person.code, coding(finding.variable).code, "true" if finding.present else "false",
            "", "", finding.at, "", "", "entered-in-error" if finding.in_error else "final",
            "register",
        )  # fmt: skip
