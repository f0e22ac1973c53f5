"""What the resources of a source refer to, and where their facts go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from trialrun.readers.patients.codes import denied_by, system_of, variables_of
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.place import Place, Spot, place_at
from trialrun.readers.patients.settling import Row, settled
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.variable import Variable

# The field of a resource that is to blame for each reason.
_FIELDS = {
    Reason.NO_CODE: "code",
    Reason.ENTERED_IN_ERROR: "status",
    Reason.CANCELLED: "status",
    Reason.NO_PATIENT: "subject",
    Reason.NO_UNIT: "value",
    Reason.UNKNOWN_UNIT: "value",
    Reason.UNFIT_UNIT: "value",
    Reason.NO_VALUE: "value",
    Reason.BAD_VALUE: "value",
    Reason.DECIMAL_COMMA: "value",
    Reason.ENDED: "abatement",
    Reason.REFUTED: "code",
    Reason.SUSPECTED: "verificationStatus",
}
Json = Mapping[str, Any]
Declared = Mapping[tuple[str, str], Variable]


@dataclass(slots=True)
class Chart:
    """The state of one reading. Keys are the ids at the end of a reference."""

    tally: Tally
    # The site's own codes, by system (or none) and code.
    declared: Declared = field(default_factory=dict)
    only: str | None = None  # the one patient whose resources are taken, where one is asked for
    rows: dict[str, list[Row]] = field(default_factory=dict)  # of each patient
    died: dict[str, str] = field(default_factory=dict)
    patients: dict[str, int] = field(default_factory=dict)  # Patient resources by key
    aliases: dict[str, str] = field(default_factory=dict)  # from fullUrl to id
    encounters: dict[str, Json] = field(default_factory=dict)
    medications: dict[str, Json] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)  # types of resource that were there, of anybody

    def concerns(self, resource: Json) -> bool:
        """Whether the resource is taken: with one patient asked for, only what names that one."""
        if self.only is None:
            return True
        if resource.get("resourceType") == "Patient":
            return patient_key(resource, resource.get("@fullUrl")) == self.only
        subject = resource.get("subject") or resource.get("patient")
        reference = subject.get("reference") if isinstance(subject, dict) else None
        return self.key(reference, "Patient") == self.only

    def patient_of(self, resource: Json) -> str | None:
        """The key of the patient whom the resource is about."""
        subject = resource.get("subject")
        if not isinstance(subject, dict):
            return None
        return self.key(subject.get("reference"), "Patient")

    def key(self, reference: object, kind: str) -> str | None:
        """The id at the end of a reference to a resource of this type."""
        if not isinstance(reference, str):
            return None
        head, _, own = reference.rpartition("/")  # "Patient/5", as most are
        tail = own if own and head == kind else tail_of(reference, kind)
        return None if tail is None else self.aliases.get(tail, tail)

    def encounter_start(self, resource: Json) -> str | None:
        """When the encounter began that the resource names, as it is written."""
        named = resource.get("encounter") or resource.get("context")
        if not isinstance(named, dict):
            return None
        key = self.key(named.get("reference"), "Encounter")
        period = None if key is None else self.encounters.get(key)
        start = None if period is None else period.get("start")
        return start if isinstance(start, str) else None

    def variables(self, concept: object, kind: str) -> tuple[tuple[Variable, ...], str] | Reason:
        """The variables of a coded concept and how to cite the code; unmapped ones are counted."""
        codings = concept.get("coding") if isinstance(concept, dict) else None
        first: tuple[str, str, str] | None = None
        for coding in codings if isinstance(codings, list) else ():
            if not isinstance(coding, dict):
                continue
            url, code = coding.get("system"), coding.get("code")
            if not isinstance(code, str):
                continue
            url = url if isinstance(url, str) else ""
            if self.declared:
                own = self.declared.get((url, code)) or self.declared.get(("", code))
                if own is not None:
                    return (own,), f"declared code {code}"
            rows, cited, by_name = _mapped(url, code)
            if rows:
                if by_name:
                    self.tally.note("system_by_name", url=url, system=by_name)
                return rows, cited
            first = first or (url, code, shown(coding.get("display")))
        if first is None:
            text = shown(concept.get("text")) if isinstance(concept, dict) else ""
            if not text:
                return Reason.NO_CODE
            first = ("", "", text)
        self.tally.codes[first] += 1
        return Reason.UNKNOWN_CODE

    def ruled_out(self, concept: object) -> tuple[tuple[Variable, ...], str]:
        """The variables that are ruled out with this concept, and how to cite its code."""
        codings = concept.get("coding") if isinstance(concept, dict) else None
        for coding in codings if isinstance(codings, list) else ():
            if not isinstance(coding, dict) or not isinstance(coding.get("code"), str):
                continue
            url, code = coding.get("system"), coding["code"]
            url = url if isinstance(url, str) else ""
            own = self.declared.get((url, code)) or self.declared.get(("", code))
            if own is not None:
                return (own,), f"declared code {code}"
            system, _ = system_of(url)
            if denied := denied_by(system, code):
                return denied, f"{system} {code.strip()}"
        return (), ""

    def keep(self, kind: str, patient: str, facts: list[Fact], where: Spot) -> None:
        """Keep the facts of one row until the patient is settled."""
        self.rows.setdefault(patient, []).append((kind, facts, where))

    def leave(
        self, kind: str, reason: Reason, where: Spot, *, field: str = "", part: str = ""
    ) -> None:
        """Set one row aside. `field` is what is to blame, where the reason does not tell; `part`
        the part of the resource that the row is.
        """
        at: tuple[Place, ...] = ()
        if self.tally.room(reason):
            named = field or _FIELDS.get(reason, "")
            column = f"{part}.{named}" if part and named else part or named
            at = (place_at(where).at(column),)
        self.tally.leave(kind, reason, at=at)

    def settle(self, patient: str) -> Patient:
        """The patient whole: equal facts once, and no end while another episode lasts."""
        rows = self.rows.pop(patient, [])
        facts = settled(rows, self.tally)
        self.tally.patients += 1
        self.tally.facts += len(facts)
        if patient not in self.patients:
            self.tally.note("no_patient_resource")
        return Patient(code=patient, facts=facts, died=self.died.get(patient, ""))


@lru_cache(maxsize=50_000)
def _mapped(url: str, code: str) -> tuple[tuple[Variable, ...], str, str]:
    system, by_name = system_of(url)
    rows = variables_of(system, code) if system else ()
    return rows, f"{system} {code.strip()}", system if by_name else ""


def tail_of(reference: str, kind: str) -> str | None:
    """The id at the end of a reference, or None where it is of another type or contained."""
    if reference.startswith("urn:"):
        return reference.rpartition(":")[2]
    parts = reference.split("/")
    if len(parts) >= 2 and parts[-2] == "_history":
        parts = parts[:-2]
    if len(parts) == 1 or parts[-2] != kind:
        return None
    return parts[-1] or None


def patient_key(resource: Json, full_url: object = None) -> str | None:
    """The key of a Patient resource."""
    own = resource.get("id")
    if isinstance(own, str) and own:
        return own
    return tail_of(full_url, "Patient") if isinstance(full_url, str) else None


def shown(text: object) -> str:
    """A display without signs that nobody sees, such as a zero-width space."""
    if not isinstance(text, str):
        return ""
    if not text.isprintable():
        text = "".join(sign for sign in text if sign.isprintable())
    return text.strip()[:200]


def name_of(resource: Json, where: Spot) -> str:
    """The id of a resource's facts: its own, or its place in the file."""
    own = resource.get("id")
    kind = resource.get("resourceType")
    return f"{kind}/{own}" if isinstance(own, str) and own else f"{kind}@{where[0].file}:{where[1]}"
