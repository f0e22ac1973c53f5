"""Conditions, procedures, medicines and the patient; what is no source of facts is counted."""

from __future__ import annotations

from trialrun.readers.patients.fhir.chart import Chart, Json, name_of, patient_key, tail_of
from trialrun.readers.patients.fhir.observation import take_observation
from trialrun.readers.patients.fhir.timing import Dated, Undated, began_at
from trialrun.readers.patients.place import Spot
from trialrun.readers.patients.settling import END
from trialrun.readers.patients.statement import moment_of
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

SUPPORT = ("Encounter", "Medication")
_DATES = {
    "Condition": ("onsetDateTime", "onsetPeriod", "recordedDate"),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod"),
}
_NOT_DONE = {"not-done", "preparation", "cancelled", "draft", "not-taken", "intended"}
_REFUTED = "refuted"
# The claimed onset of what never was says less than when somebody wrote that it is not so.
_DENIED_DATES = ("recordedDate", "onsetDateTime", "onsetPeriod")
_SUSPECTED = {"unconfirmed", "provisional", "differential"}
_OVER = {"resolved", "inactive"}
_ENDS = {Reason.ENDED, Reason.BAD_DATE}


def take(resource: Json, chart: Chart, where: Spot) -> None:
    """Count one resource and keep its facts; nothing of one that concerns nobody asked for."""
    if not chart.concerns(resource):
        return
    kind = resource.get("resourceType")
    if kind == "Observation":
        take_observation(resource, chart, where)
    elif kind == "Patient":
        _patient(resource, chart, where)
    elif isinstance(kind, str) and kind in _DATES:
        _coded(resource, kind, chart, where)
    else:
        named = kind if isinstance(kind, str) and kind else "?"
        chart.tally.take(named)
        only = Reason.ONLY_NAMES if named in SUPPORT else Reason.OTHER_KIND
        chart.leave(named, only if named != "?" else Reason.BROKEN_LINE, where)


def index(resource: Json, chart: Chart, full_url: object = None) -> None:
    """Remember what other resources refer to: ids, encounters, medicines."""
    kind, own = resource.get("resourceType"), resource.get("id")
    tail = tail_of(full_url, str(kind)) if isinstance(full_url, str) else None
    key = own if isinstance(own, str) and own else tail
    if key is None:
        return
    if tail is not None and tail != key:
        chart.aliases[tail] = key
    if kind == "Encounter" and isinstance(resource.get("period"), dict):
        chart.encounters[key] = resource["period"]
    elif kind == "Medication" and isinstance(resource.get("code"), dict):
        chart.medications[key] = resource["code"]


def _patient(resource: Json, chart: Chart, where: Spot) -> None:
    chart.tally.take("Patient")
    key = patient_key(resource, resource.get("@fullUrl"))
    if key is None:
        chart.leave("Patient", Reason.NO_PATIENT, where, field="id")
        return
    chart.patients[key] = chart.patients.get(key, 0) + 1
    if chart.patients[key] > 1:
        chart.tally.repeated[key] += 1
    dead = resource.get("deceasedDateTime")
    if isinstance(dead, str):
        at = moment_of(dead)
        if at is None:
            chart.tally.note("death_undated")
        chart.died[key] = "yes" if at is None else at.text[:10]
    elif resource.get("deceasedBoolean") is True:
        chart.died.setdefault(key, "yes")
    born = resource.get("birthDate")
    at = moment_of(born) if isinstance(born, str) else None
    if at is None:
        reason = Reason.NO_DATE if born is None else Reason.BAD_DATE
        chart.leave("Patient", reason, where, field="birthDate")
        return
    at = Moment(at.text[:10])
    own = name_of(resource, where)
    facts = [Fact(id=own, variable="birth_date", value=at.text, at=at, source="Patient.birthDate")]
    gender = resource.get("gender")
    if isinstance(gender, str) and gender in variables()["sex"].values:
        # Recorded from birth on, as far as the patient's own record says.
        facts.append(
            Fact(id=f"{own}#sex", variable="sex", value=gender, at=at, source="Patient.gender")
        )
    chart.keep("Patient", key, facts, where)


def _coded(resource: Json, kind: str, chart: Chart, where: Spot) -> None:
    """A condition, procedure or medicine: present from its date on, or ruled out at it."""
    refuted = kind == "Condition" and _REFUTED in _words(resource.get("verificationStatus"))
    chart.tally.take(kind)
    reason = _not_counted(resource, kind)
    if reason is not None:
        field = "verificationStatus" if kind == "Condition" else ""
        chart.leave(kind, reason, where, field=field)
        return
    coded = chart.variables(_concept(resource, kind, chart), kind)
    patient = chart.patient_of(resource)
    dated = began_at(resource, _DENIED_DATES if refuted else _DATES[kind], chart)
    if isinstance(coded, Reason):
        chart.leave(kind, coded, where)
    elif patient is None:
        chart.leave(kind, Reason.NO_PATIENT, where)
    elif isinstance(dated, Undated):
        chart.leave(kind, dated.reason, where, field=dated.field)
    else:
        rows, cited = coded
        own = name_of(resource, where)
        if refuted:
            read = _absent(resource, dated, own, chart)
        else:
            read = _present(resource, rows, dated[0], own, cited + dated[1])
        if isinstance(read, Reason):
            chart.leave(kind, read, where, field="abatement" if read in _ENDS else "")
        else:
            chart.keep(kind, patient, read, where)


def _not_counted(resource: Json, kind: str) -> Reason | None:
    """Why what is coded did not happen or is not so."""
    if kind == "Condition":
        words = _words(resource.get("verificationStatus"))
        if "entered-in-error" in words:
            return Reason.ENTERED_IN_ERROR
        return Reason.SUSPECTED if words & _SUSPECTED else None
    status = resource.get("status")
    if status == "entered-in-error":
        return Reason.ENTERED_IN_ERROR
    if isinstance(status, str) and status in _NOT_DONE:
        return Reason.CANCELLED
    return Reason.CANCELLED if resource.get("doNotPerform") is True else None


def _concept(resource: Json, kind: str, chart: Chart) -> object:
    if kind in {"Condition", "Procedure"}:
        return resource.get("code")
    concept = resource.get("medicationCodeableConcept")
    reference = resource.get("medicationReference")
    if concept is None and isinstance(reference, dict):
        key = chart.key(reference.get("reference"), "Medication")
        concept = None if key is None else chart.medications.get(key)
    return concept


def _present(
    resource: Json, rows: tuple[Variable, ...], at: Moment, own: str, cited: str
) -> list[Fact] | Reason:
    """TRUE when it began, and FALSE when it ended, but where the variable covers the whole past."""
    over = bool(_words(resource.get("clinicalStatus")) & _OVER) or any(
        key.startswith("abatement") for key in resource
    )
    ended = _ended(resource) if over else Reason.ENDED
    facts: list[Fact] = []
    reason = Reason.BAD_VALUE
    for number, row in enumerate(rows):
        if row.kind is not Kind.BOOLEAN:
            continue
        name = own if number == 0 else f"{own}#{row.name}"
        if over and not row.ever and isinstance(ended, Reason):
            reason = ended
            continue
        facts.append(Fact(id=name, variable=row.name, value="true", at=at, source=cited))
        if not row.ever and not isinstance(ended, Reason):
            facts.append(
                Fact(
                    id=name + END,
                    variable=row.name,
                    value="false",
                    at=ended,
                    source=f"{cited}, resolved",
                )
            )
    return facts or reason


def _absent(resource: Json, dated: Dated, own: str, chart: Chart) -> list[Fact] | Reason:
    """FALSE at that time for what the code means. A code of one kind of it rules out that kind."""
    denied, cited = chart.ruled_out(resource.get("code"))
    return [
        Fact(
            id=own if number == 0 else f"{own}#{row.name}",
            variable=row.name,
            value="false",
            at=dated[0],
            source=f"{cited}, ruled out{dated[1]}",
        )
        for number, row in enumerate(denied)
        if row.kind is Kind.BOOLEAN
    ] or Reason.REFUTED


def _ended(resource: Json) -> Moment | Reason:
    """When it was over, or why nobody knows."""
    given = resource.get("abatementDateTime")
    if given is None and isinstance(resource.get("abatementPeriod"), dict):
        given = resource["abatementPeriod"].get("end")
    if given is None:
        return Reason.ENDED
    return (moment_of(given) if isinstance(given, str) else None) or Reason.BAD_DATE


def _words(concept: object) -> set[str]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return {
        coding["code"]
        for coding in (codings if isinstance(codings, list) else ())
        if isinstance(coding, dict) and isinstance(coding.get("code"), str)
    }
