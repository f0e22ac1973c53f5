"""One participant's biography, put together from levels, assessments and the clinical course."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.ledger.events import Reason
from trialrun.protocol.model import Activity, Measure, Protocol
from trialrun.rehearse.biography import (
    Assessment,
    Biography,
    Dose,
    Ending,
    Harm,
    Observation,
)
from trialrun.rehearse.candidate import DAYS_A_MONTH, Screened
from trialrun.rehearse.lot import Lot
from trialrun.rehearse.nk_aml.assessed import assess
from trialrun.rehearse.nk_aml.clinical import ClinicalCourse
from trialrun.rehearse.nk_aml.clinical_event import Cause, ClinicalEvent, ClinicalKind
from trialrun.rehearse.nk_aml.dosing import Agent
from trialrun.rehearse.nk_aml.measured import Levels, Value, measured
from trialrun.rehearse.nk_aml.moments import Moments
from trialrun.rehearse.nk_aml.plan import Plan, agent_of, zero_hour
from trialrun.rehearse.typical import typical_values
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

# A reaction of grade 3 that is over within this long is not dose-limiting by the usual definition.
_LASTING_DAYS = 3.0
# By this day counts are back from chemotherapy, or it is the leukaemia that keeps them low.
_COUNTS_BACK_BY = 42.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a life is made from."""

    protocol: Protocol
    plan: Plan
    screened: Screened
    infusions: int  # given, of those planned
    lot: Lot


def observe(person: Person, levels: Sequence[Levels], moments: Moments) -> tuple[Observation, ...]:
    """What is seen at each look, as long as somebody comes; `levels` are those of each look."""
    missed = person.protocol.assumption("missed_visit")
    result = []
    for look, level in zip(moments.looks, levels, strict=True):
        if look.planned_day > 2 and person.lot.happens(missed):
            continue
        values = tuple(_values(look.activity, level, person))
        result.append(
            Observation(
                activity=look.activity.id,
                planned_day=look.planned_day,
                day=look.planned_day,
                minute=int(look.hour * 60) + int(person.lot.unit() * 20),
                values=values,
            )
        )
    return tuple(result)


def _values(activity: Activity, levels: Levels, person: Person) -> list[Value]:
    values: list[Value] = []
    for name in activity.variables:
        row = variable(name)
        value = measured(name, levels, person.lot)
        if value is not None:
            values.append(value)
        elif row.kind is Kind.QUANTITY:
            text = person.lot.pick(typical_values(name))
            values.append((name, text, None if row.unit is None else row.unit.code, ""))
        elif row.kind is Kind.BOOLEAN:
            values.append((name, person.screened.values.get(name, "false"), None, ""))
        elif row.kind is Kind.ORDINAL:
            text = person.screened.values.get(name, row.levels[0])
            values.append((name, text, None if row.unit is None else row.unit.code, ""))
    return values


def response_day(protocol: Protocol) -> int:
    """The day of the response outcome, else 28."""
    wanted = (Measure.RESPONSE, Measure.MRD_CONVERSION)
    days = [one.day for one in protocol.outcomes if one.measure in wanted and one.day is not None]
    return min(days, default=28)


def assessments(person: Person, seen: Sequence[Observation]) -> tuple[Assessment, ...]:
    """An assessment of every marrow after treatment."""
    marrows = [one for one in seen if any(value[0] == "marrow_blasts" for value in one.values)]
    before = [one for one in marrows if one.planned_day < 0]
    baseline = next(
        (Decimal(value) for one in before for name, value, _, _ in one.values
         if name == "marrow_blasts"),
        None,
    )  # fmt: skip
    return tuple(
        made
        for one in marrows
        if one.planned_day > 0
        and (made := assess(seen, one.day, one.planned_day, baseline)) is not None
    )


def responds(person: Person, made: Sequence[Assessment], relapsed: bool) -> bool:
    """Whether the assessment of the response day shows what the participant's disease can show."""
    on_day = [one for one in made if one.planned_day == response_day(person.protocol)]
    if not on_day:
        return False
    if relapsed:
        return on_day[0].category in {"CR", "CRh", "CRi"}
    return on_day[0].mrd == "negative"


def biography(
    person: Person,
    course: ClinicalCourse,
    reactions: Sequence[ClinicalEvent],
    seen: Sequence[Observation],
    made: Sequence[Assessment],
) -> Biography:
    """The life until its end."""
    length = int(person.protocol.assumption("follow_up_days"))
    ending, end_day = _ending(person, course, length)
    harms = sorted((*course.events, *reactions), key=lambda one: (one.day, one.term))
    therapies = []
    if course.transplant_day is not None and course.transplant_day < end_day:
        therapies.append((course.transplant_day, "hsct"))
    if course.relapse_day is not None and course.relapse_day + 7 < end_day:
        therapies.append((course.relapse_day + 7, "new anti-leukaemia therapy"))
    return Biography(
        doses=_doses(person, end_day),
        withheld=_withheld(person, end_day),
        containers=person.plan.containers,
        observations=tuple(one for one in seen if one.day < end_day),
        harms=tuple(
            harm for one in harms if (harm := _harm(person, one)).day < end_day or harm.grade == 5
        ),
        assessments=tuple(one for one in made if one.day < end_day),
        therapies=tuple(therapies),
        ending=ending,
        end_day=end_day,
        end_cause="" if course.death_cause is None else course.death_cause.value,
    )


def _ending(person: Person, course: ClinicalCourse, length: int) -> tuple[Ending, int]:
    ending, end_day = Ending.COMPLETED, length
    for other, name in (
        (Ending.WITHDREW, "withdrawal_per_month"),
        (Ending.LOST, "loss_per_month"),
    ):
        rate = Fraction(person.protocol.assumption(name))
        day = person.lot.wait(DAYS_A_MONTH / rate) if rate > 0 else length
        if day < end_day:
            ending, end_day = other, day
    if course.death_day is not None and course.death_day <= end_day:
        # Death ends the day on which it comes.
        return Ending.DIED, max(course.death_day, min(one.day for one in person.plan.doses) + 1)
    return ending, end_day


def _doses(person: Person, end_day: int) -> tuple[Dose, ...]:
    given, result = 0, []
    for dose in person.plan.doses:
        if agent_of(person.protocol, person.protocol.item(dose.item)) is Agent.NK_CELLS:
            given += 1
            if given > person.infusions:
                continue
        if dose.day < end_day:
            result.append(dose)
    return tuple(result)


def _withheld(person: Person, end_day: int) -> tuple[tuple[str, int, Reason], ...]:
    infusions = [
        dose
        for dose in person.plan.doses
        if agent_of(person.protocol, person.protocol.item(dose.item)) is Agent.NK_CELLS
    ]
    left = [one for one in infusions[person.infusions :] if one.day < end_day]
    return ((left[0].item, left[0].day, Reason.ADVERSE_EVENT),) if left else ()


def _harm(person: Person, event: ClinicalEvent) -> Harm:
    minutes = math.floor(event.day * 1440 + zero_hour(person.protocol) * 60)
    day, minute = divmod(minutes, 1440)
    related = tuple(
        dict.fromkeys(
            item.intervention
            for item in person.protocol.regimen
            if _caused_by(person.protocol, item.id, event)
        )
    )
    safety = person.protocol.safety
    lasting = event.grade >= 4 or event.duration_days > _LASTING_DAYS
    limiting = (
        safety is not None
        and event.cause is Cause.CELLS
        and event.grade >= safety.least_grade
        and (event.kind is not ClinicalKind.REACTION or lasting)
    )
    return Harm(
        term=event.term,
        soc=event.soc,
        grade=event.grade,
        day=day,
        minute=minute,
        end_day=day + max(0, math.ceil(event.duration_days)) if event.grade < 5 else None,
        serious=event.serious,
        seriousness=event.seriousness,
        related_to=related,
        dose_limiting=limiting,
    )


def _caused_by(protocol: Protocol, item: str, event: ClinicalEvent) -> bool:
    """Whether the simulated investigator relates the event; late low counts are the disease's."""
    cells = agent_of(protocol, protocol.item(item)) is Agent.NK_CELLS
    if event.cause is Cause.CELLS:
        return cells
    early = event.day <= _COUNTS_BACK_BY
    return event.cause is Cause.LYMPHODEPLETION and early and not cells
