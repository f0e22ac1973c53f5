"""The settled protocol made of a working copy in which no question is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from typing import TypeVar

from trialrun.criteria.criterion import Criteria
from trialrun.protocol import model
from trialrun.protocol.parts import Asked, OutcomePart, RegimenPart
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.values.moment import Moment
from trialrun.values.provenance import Grade
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS

T = TypeVar("T")


def known(value: T | Asked) -> T:
    """The value, of which the caller knows that no question stands in its place."""
    assert not isinstance(value, Asked), value
    return value


def settled_protocol(
    file: ProtocolFile,
    criteria: Criteria,
    *,
    assumed: tuple[str, ...],
    settings: Mapping[str, str],
) -> model.Protocol:
    """The protocol; study days are counted so that the day-zero item starts on day 0."""
    regimen = tuple(map(_item, file.regimen))
    zero = known(file.meta.day_zero)
    days = next((one.days for one in regimen if one.id == zero), (0,))
    shift = -days[0] if days else 0
    protocol = model.Protocol(
        version=file.meta.version,
        title=file.meta.title,
        record_sha256=file.meta.record_sha256,
        allocation=file.meta.allocation,
        model=file.meta.model,
        criteria=criteria,
        arms=_arms(file),
        interventions=_interventions(file),
        regimen=regimen,
        gaps=_gaps(file),
        gates=_gates(file),
        schedule=_schedule(file),
        outcomes=tuple(map(_outcome, file.outcomes)),
        safety=_safety(file),
        enrolment=_enrolment(file),
        body_surface=known(file.meta.body_surface),
        day_zero=zero,
        anchors={one.word: known(one.means) for one in file.anchors},
        rehearsal_model=file.meta.rehearsal_model,
        assumptions=_assumptions(file),
        assumed=assumed,
        settings=dict(settings),
    )
    return shifted(protocol, shift)


def shifted(protocol: model.Protocol, days: int) -> model.Protocol:
    """The same protocol with every study day counted from another day 0."""
    if days == 0:
        return protocol

    def moved(those: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(day + days for day in those)

    return replace(
        protocol,
        regimen=tuple(replace(one, days=moved(one.days)) for one in protocol.regimen),
        schedule=tuple(replace(one, days=moved(one.days)) for one in protocol.schedule),
        outcomes=tuple(
            replace(one, day=None if one.day is None else one.day + days)
            for one in protocol.outcomes
        ),
    )


def hours(time: Quantity) -> Decimal:
    """A time in hours; exact to 28 digits."""
    exact = time.exact(UNITS["h"])
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def whole_days(time: Quantity) -> int:
    """A time in whole days, rounded up: a window is never made shorter."""
    exact = time.exact(UNITS["d"])
    return -(-exact.numerator // exact.denominator)


def _arms(file: ProtocolFile) -> tuple[model.Arm, ...]:
    return tuple(
        model.Arm(
            id=one.id,
            title=one.title,
            type=one.type,
            interventions=one.interventions,
            source=one.source,
        )
        for one in file.arms
    )


def _interventions(file: ProtocolFile) -> tuple[model.Intervention, ...]:
    return tuple(
        model.Intervention(
            id=one.id,
            name=one.name,
            kind=model.Kind(one.kind),
            registry_type=one.registry_type,
            source=one.source,
        )
        for one in file.interventions
    )


def _assumptions(file: ProtocolFile) -> tuple[model.Assumption, ...]:
    return tuple(
        model.Assumption(
            name=one.name,
            value=one.value,
            unit=one.unit,
            grade=Grade(one.grade),
            basis=one.basis,
        )
        for one in file.assumptions
    )


def _item(one: RegimenPart) -> model.RegimenItem:
    dose = known(one.dose)
    days = known(one.days)
    return model.RegimenItem(
        id=one.id,
        intervention=one.intervention,
        arms=one.arms,
        dose=None
        if dose is None
        else model.Dose(
            comparator=one.comparator,
            amount=_of_one(dose, known(one.per), len(days), least=one.comparator != "="),
            rounding=known(one.rounding),
            counts=known(one.counts),
            most=known(one.most),
            most_cd3=known(one.most_cd3),
        ),
        days=days,
        hour=known(one.hour),
        duration_hours=hours(known(one.duration)),
        source=one.source,
        times_a_day=known(one.times_a_day),
    )


# A dose that is stated for the whole course and does not divide evenly is cut to six digits; a
# least dose upwards, so that the course never falls short of its least.
_SIX_DIGITS = Context(prec=6)
_SIX_DIGITS_UP = Context(prec=6, rounding=ROUND_CEILING)


def _of_one(dose: Quantity, per: str, times: int, *, least: bool) -> Quantity:
    """The dose of one administration."""
    if per != "course" or times < 2:
        return dose
    share = Fraction(dose.value) / times
    context = _SIX_DIGITS_UP if least else _SIX_DIGITS
    return Quantity(context.divide(Decimal(share.numerator), Decimal(share.denominator)), dose.unit)


def _gaps(file: ProtocolFile) -> tuple[model.Gap, ...]:
    return tuple(
        model.Gap(
            id=one.id,
            after=known(one.after),
            before=known(one.before),
            least_hours=hours(known(one.least)),
            source=one.source,
        )
        for one in file.gaps
    )


def _gates(file: ProtocolFile) -> tuple[model.Gate, ...]:
    return tuple(
        model.Gate(
            id=one.id,
            title=one.title,
            before=one.before,
            repeats=one.repeats,
            checks=tuple(model.GateCheck(id=check.id, words=check.words) for check in one.checks),
            source=one.source,
        )
        for one in file.gates
    )


def _schedule(file: ProtocolFile) -> tuple[model.Activity, ...]:
    return tuple(
        model.Activity(
            id=one.id,
            title=one.title,
            variables=one.variables,
            days=known(one.days),
            days_before=whole_days(one.earlier),
            days_after=whole_days(one.later),
            source=one.source,
        )
        for one in file.schedule
    )


def _outcome(one: OutcomePart) -> model.Outcome:
    return model.Outcome(
        id=one.id,
        type=one.type,
        title=one.title,
        measure=model.Measure(known(one.measure)),
        population=known(one.population),
        day=known(one.day),
        time_frame=one.time_frame,
        method=one.method,
        source=one.source,
    )


def _safety(file: ProtocolFile) -> model.Safety | None:
    one = file.safety
    if one is None:
        return None
    return model.Safety(
        window_start=known(one.window_start),
        window_days_after_last=whole_days(known(one.window_after_last)),
        window_end=known(one.window_end),
        definition=known(one.definition),
        least_grade=known(one.least_grade),
        stagger_days=whole_days(known(one.stagger)),
        suspend_at=known(one.suspend_at),
        source=one.source,
    )


def _enrolment(file: ProtocolFile) -> model.Enrolment:
    one = file.enrolment
    start: Moment | None = known(one.planned_start)
    return model.Enrolment(
        target=known(one.target),
        counted=known(one.counted),
        planned_start=start,
        planned_end=known(one.planned_end),
        source=one.source,
    )
