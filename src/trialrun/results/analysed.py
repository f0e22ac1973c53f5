"""The trial, analysed once: what every table, figure and registry section is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialrun.analysis.baseline import (
    Characteristic,
    characteristic,
    declared_variables,
    disease_categories,
)
from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.estimate import Found, Method, Share, share
from trialrun.analysis.flow import Course, Screening, course, screening
from trialrun.analysis.group import Group, members, planned_groups
from trialrun.analysis.harms import Harms, dose_limiting, harms
from trialrun.analysis.kinetics import Kinetics, kinetics
from trialrun.analysis.response import ResponseResult, response
from trialrun.analysis.sets import SetName, Sets, derive_sets
from trialrun.analysis.survival_time import Survival, survival
from trialrun.protocol.model import Measure, Outcome

RESPONSES = (Measure.RESPONSE, Measure.MRD_CONVERSION, Measure.GENERIC_RESPONSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResults:
    """What was found in one group; None where the protocol does not ask for it."""

    group: Group
    enrolled: tuple[Found, ...]
    started: tuple[Found, ...]
    course: Course
    baseline: tuple[Characteristic, ...]
    harms: Harms
    limiting: Share | None
    responses: Mapping[str, ResponseResult]
    kinetics: Kinetics | None
    survival: Survival


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """All results at one data cut-off."""

    cutoff: Cutoff
    sets: Sets
    screening: Screening
    groups: tuple[GroupResults, ...]

    @property
    def whole(self) -> GroupResults:
        """All arms together."""
        return self.groups[-1]

    @property
    def responses(self) -> tuple[Outcome, ...]:
        """The outcomes that are about response, in the protocol's order."""
        return tuple(one for one in self.cutoff.protocol.outcomes if one.measure in RESPONSES)


def analyse(cutoff: Cutoff) -> Analysed:
    """Everything that the protocol asks for, from the ledger as it stands."""
    sets = derive_sets(cutoff)
    return Analysed(
        cutoff=cutoff,
        sets=sets,
        screening=screening(cutoff),
        groups=tuple(_group(cutoff, sets, one) for one in planned_groups(cutoff.protocol)),
    )


def _group(cutoff: Cutoff, sets: Sets, group: Group) -> GroupResults:
    enrolled = members(cutoff, group, sets[SetName.ENROLLED].members)
    started = members(cutoff, group, sets[SetName.STARTED].members)
    outcomes = [one for one in cutoff.protocol.outcomes if one.measure in RESPONSES]
    diseases = {Measure.RESPONSE, Measure.MRD_CONVERSION} & {one.measure for one in outcomes}
    baseline = [characteristic(cutoff, enrolled, name) for name in declared_variables(cutoff)]
    if diseases:
        baseline.append(disease_categories(cutoff, enrolled))
    return GroupResults(
        group=group,
        enrolled=enrolled,
        started=started,
        course=course(cutoff, frozenset(one.participant for one in enrolled)),
        baseline=tuple(baseline),
        harms=harms(cutoff, started),
        limiting=_limiting(cutoff, sets, group),
        responses={one.id: response(cutoff, sets, one, group) for one in outcomes},
        kinetics=(
            kinetics(cutoff, members(cutoff, group, sets[SetName.EVALUABLE_KINETICS].members))
            if SetName.EVALUABLE_KINETICS in sets
            else None
        ),
        survival=survival(cutoff, started),
    )


def _limiting(cutoff: Cutoff, sets: Sets, group: Group) -> Share | None:
    evaluable = sets.get(SetName.EVALUABLE_DLT)
    if evaluable is None:
        return None
    among = members(cutoff, group, evaluable.members)
    return share(dose_limiting(cutoff, among), among, Method("dose_limiting"))
