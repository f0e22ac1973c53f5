"""The generic model: for any single-group or parallel trial, from rates that are all assumptions.

A participant responds with a chance; background adverse events, dropout and death come at monthly
rates. It knows no pharmacology and says so: what it rehearses is the conduct of the trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from trialrun.assess.ctcae import Term, term
from trialrun.protocol.model import Activity, Kind, Measure, Protocol, RegimenItem
from trialrun.rehearse.biography import (
    Assessment,
    Biography,
    Candidate,
    Container,
    Dose,
    Ending,
    Harm,
    Observation,
)
from trialrun.rehearse.candidate import DAYS_A_MONTH, Screened, draw_screened
from trialrun.rehearse.lot import Lot
from trialrun.rehearse.typical import typical_values
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind as VariableKind

_BACKGROUND = (
    "Fatigue", "Nausea", "Headache", "Diarrhea", "Fever", "Dyspnea", "Rash maculo-papular",
    "Myalgia", "Abdominal pain", "Vomiting", "Lung infection", "Anemia",
)  # fmt: skip
# Grade 1, 2, 3, 4 of a background event, as cumulative chances.
_GRADES = (Decimal("0.60"), Decimal("0.88"), Decimal("0.98"), Decimal("1"))


class GenericModel:
    """Draws candidates of any trial."""

    name = "generic"

    def candidates(
        self, protocol: Protocol, seeds: Sequence[int], count: int
    ) -> tuple[tuple[Candidate, ...], ...]:
        """For each trial's seed, `count` candidates in order of arrival."""
        return tuple(_trial(protocol, seed, count) for seed in seeds)


def _trial(protocol: Protocol, seed: int, count: int) -> tuple[Candidate, ...]:
    screened = draw_screened(protocol, Lot(seed, 0), count, {})
    arms = _arms(protocol, Lot(seed, 1), count)
    return tuple(
        candidate(one, arm, _life(protocol, Lot(seed, 2, number), arm, one))
        for number, (one, arm) in enumerate(zip(screened, arms, strict=True))
    )


def candidate(screened: Screened, arm: str | None, life: Biography) -> Candidate:
    """A candidate from what was screened and what would follow."""
    return Candidate(
        arrival=screened.arrival,
        baseline=screened.values,
        upper_limits=screened.upper_limits,
        lacks=screened.lacks,
        declines=screened.declines,
        judged_unfit=screened.judged_unfit,
        arm=arm,
        biography=life,
    )


def _arms(protocol: Protocol, lot: Lot, count: int) -> list[str | None]:
    """Arms in permuted blocks of one of each; the rehearsal's stand-in for a randomisation list."""
    if len(protocol.arms) < 2:
        return [None] * count
    arms: list[str | None] = []
    while len(arms) < count:
        block = [arm.id for arm in protocol.arms]
        while block:
            arms.append(block.pop(int(lot.unit() * len(block))))
    return arms[:count]


def _items(protocol: Protocol, arm: str | None) -> list[RegimenItem]:
    return [one for one in protocol.regimen if not one.arms or arm is None or arm in one.arms]


def _life(protocol: Protocol, lot: Lot, arm: str | None, screened: Screened) -> Biography:
    length = int(protocol.assumption("follow_up_days"))
    ending, end_day = _ending(protocol, lot, length)
    items = _items(protocol, arm)
    doses = sorted(
        (
            Dose(
                item=item.id,
                day=day,
                minutes_late=int(lot.unit() * 40),
                share=Decimal("0.75") if lot.happens(Decimal("0.03")) else Decimal(1),
                minutes_long=max(1, int(item.duration_hours * 60)),
            )
            for item in items
            for day in item.days
            if day < end_day
        ),
        key=lambda dose: (dose.day, dose.item),
    )
    return Biography(
        doses=tuple(doses),
        withheld=(),
        containers=_containers(protocol, lot, items),
        observations=_observations(protocol, lot, end_day, screened),
        harms=_harms(protocol, lot, end_day, ending, items),
        assessments=_assessments(protocol, lot, end_day),
        therapies=(),
        ending=ending,
        end_day=end_day,
        end_cause="background" if ending is Ending.DIED else "",
    )


def _ending(protocol: Protocol, lot: Lot, length: int) -> tuple[Ending, int]:
    """The first of death, withdrawal and loss within the follow-up, else completion at its end."""
    first = (Ending.COMPLETED, length)
    for ending, name in (
        (Ending.DIED, "death_per_month"),
        (Ending.WITHDREW, "withdrawal_per_month"),
        (Ending.LOST, "loss_per_month"),
    ):
        rate = Fraction(protocol.assumption(name))
        if rate > 0:
            day = lot.wait(DAYS_A_MONTH / rate)
            if day < first[1]:
                first = (ending, day)
    return first


def _containers(
    protocol: Protocol, lot: Lot, items: Sequence[RegimenItem]
) -> tuple[Container, ...]:
    """One container an administration of a cell product, its dose at the protocol's or above."""
    fails = lot.happens(protocol.assumption("product_failure"))
    result: list[Container] = []
    for item in items:
        if protocol.intervention(item.intervention).kind is not Kind.CELL_PRODUCT:
            continue
        amount = Decimal(10**7) if item.dose is None else item.dose.amount.value
        unit = "{cells}/kg" if item.dose is None else item.dose.amount.unit.code
        for _ in item.days:
            more = Decimal(100 + int(lot.unit() * 40)) / 100
            result.append(
                Container(
                    item=item.id,
                    ordinal=len(result) + 1,
                    measures={"viable_nk_per_kg": (amount * more, unit)},
                    failed=fails,
                )
            )
    return tuple(result)


def _observations(
    protocol: Protocol, lot: Lot, end_day: int, screened: Screened
) -> tuple[Observation, ...]:
    result = []
    for activity in protocol.schedule:
        for day in activity.days:
            missed = lot.happens(protocol.assumption("missed_visit"))
            if day >= end_day or missed:
                continue
            shift = int(lot.unit() * (activity.days_before + activity.days_after + 1))
            at = min(day - activity.days_before + shift, end_day - 1) if day > 0 else day
            result.append(
                Observation(
                    activity=activity.id,
                    planned_day=day,
                    day=at,
                    minute=10 * 60 + int(lot.unit() * 120),
                    values=_values(activity, lot, screened),
                )
            )
    return tuple(result)


def _values(
    activity: Activity, lot: Lot, screened: Screened
) -> tuple[tuple[str, str, str | None, str], ...]:
    values = []
    for name in activity.variables:
        row = variable(name)
        if row.kind is VariableKind.QUANTITY:
            value = lot.pick(typical_values(name))
        elif row.kind is VariableKind.DATE:
            continue
        else:
            value = screened.values.get(name, row.values[0] if row.values else "false")
        values.append((name, value, None if row.unit is None else row.unit.code, ""))
    return tuple(values)


def _harms(
    protocol: Protocol, lot: Lot, end_day: int, ending: Ending, items: Sequence[RegimenItem]
) -> tuple[Harm, ...]:
    rate = Fraction(protocol.assumption("adverse_events_per_month"))
    harms, day = [], 0
    while rate > 0:
        day += lot.wait(DAYS_A_MONTH / rate)
        if day >= end_day:
            break
        harms.append(_harm(protocol, lot, day, items))
    if ending is Ending.DIED:
        harms.append(_fatal(end_day))
    return tuple(harms)


def _term(name: str) -> Term:
    found = term(name)
    assert found is not None
    return found


def _harm(protocol: Protocol, lot: Lot, day: int, items: Sequence[RegimenItem]) -> Harm:
    known = _term(lot.pick(_BACKGROUND))
    share = lot.share()
    grade = next(number for number, up in enumerate(_GRADES, start=1) if share < up)
    grade = min(known.grades, key=lambda one: (abs(one - grade), one))
    related = lot.happens(protocol.assumption("related_share"))
    serious = grade >= 4 or (grade == 3 and lot.happens(Decimal("0.5")))
    names = dict.fromkeys(item.intervention for item in items)
    safety = protocol.safety
    limiting = (
        safety is not None
        and related
        and grade >= safety.least_grade
        and day <= safety.window_days_after_last
    )
    return Harm(
        term=known.name,
        soc=known.registry_soc,
        grade=grade,
        day=day,
        minute=8 * 60 + int(lot.unit() * 600),
        end_day=day + 1 + int(lot.unit() * 12),
        serious=serious,
        seriousness=("life-threatening",)
        if grade >= 4
        else ("hospitalisation",)
        if serious
        else (),
        related_to=tuple(names) if related else (),
        dose_limiting=limiting,
    )


def _fatal(day: int) -> Harm:
    known = _term("Death NOS")
    return Harm(
        term=known.name,
        soc=known.registry_soc,
        grade=5,
        day=day,
        minute=6 * 60,
        end_day=None,
        serious=True,
        seriousness=("death",),
        related_to=(),
        dose_limiting=False,
    )


def _assessments(protocol: Protocol, lot: Lot, end_day: int) -> tuple[Assessment, ...]:
    measures = (Measure.GENERIC_RESPONSE, Measure.RESPONSE)
    outcome = next((one for one in protocol.outcomes if one.measure in measures), None)
    day = outcome.day if outcome is not None and outcome.day is not None else 28
    responds = lot.happens(protocol.assumption("response"))
    if day >= end_day:
        return ()
    return (
        Assessment(
            day=day,
            planned_day=day,
            definition="protocol",
            category="response" if responds else "no response",
            mrd="not evaluated",
        ),
    )
