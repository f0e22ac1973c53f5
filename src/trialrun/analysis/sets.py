"""Analysis sets: who counts for what. Each is a separate, stated definition.

`analysis.set_<name>` names a set in words and `analysis.set_<name>_is` defines it. A member carries
the entries that make it one; who was left out of an evaluable set is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.disease import Disease, disease_before
from trialrun.analysis.dose_limiting import Standing, window
from trialrun.analysis.estimate import Found, Method, Traced, count
from trialrun.analysis.nk_samples import evaluable_samples
from trialrun.errors import ProtocolError
from trialrun.ledger.state import Participant
from trialrun.protocol.model import Measure
from trialrun.values.truth import Truth


class SetName(Enum):
    """The sets; the value is the name that a protocol writes as a population."""

    REGISTERED = "registered"
    CONSENTED = "consented"
    ELIGIBLE = "eligible"
    ENROLLED = "enrolled"
    STARTED = "started"
    INFUSED = "infused"
    EVALUABLE_DLT = "evaluable-dose-limiting"
    EVALUABLE_RESPONSE = "evaluable-response"
    EVALUABLE_MRD = "evaluable-mrd"
    EVALUABLE_KINETICS = "evaluable-kinetics"

    @property
    def key(self) -> str:
        """The name as wording keys are written."""
        return self.value.replace("-", "_")


# Other names under which a protocol may state a population.
_ALSO = {
    "screened": SetName.CONSENTED,
    "treated": SetName.STARTED,
    "safety": SetName.STARTED,
    "all": SetName.STARTED,
    "evaluable": SetName.EVALUABLE_DLT,
    "evaluable-dlt": SetName.EVALUABLE_DLT,
    "evaluable-conversion": SetName.EVALUABLE_MRD,
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who is not in an evaluable set; `analysis.left_<reason>` says why."""

    reason: str
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSet:
    """A set with its members, in order of registration, and those left out of it."""

    name: SetName
    members: tuple[Found, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the members."""
        return frozenset(one.participant for one in self.members)

    @property
    def size(self) -> Traced[int]:
        """How many members."""
        return count(self.members, Method(f"set_{self.name.key}_is"))

    def within(self, codes: Iterable[str]) -> tuple[Found, ...]:
        """The members among `codes`."""
        wanted = set(codes)
        return tuple(one for one in self.members if one.participant in wanted)


Sets = Mapping[SetName, AnalysisSet]


def set_named(population: str) -> SetName:
    """The set that a protocol's population names; an unknown name is an error that lists them."""
    name = population.strip().casefold().replace("_", "-").replace(" ", "-")
    found = _ALSO.get(name) or next((one for one in SetName if one.value == name), None)
    if found is None:
        raise ProtocolError(
            f"{population!r} is no analysis set",
            where="population",
            remedy=f"Write one of: {', '.join(one.value for one in SetName)}.",
        )
    return found


def derive_sets(cutoff: Cutoff) -> Sets:
    """All sets that the protocol calls for, in the order of a trial's life."""
    rules: dict[SetName, Callable[[Cutoff, Participant], Found | LeftOut | None]] = {
        SetName.REGISTERED: _registered,
        SetName.CONSENTED: _consented,
        SetName.ELIGIBLE: _eligible,
        SetName.ENROLLED: _enrolled,
        SetName.STARTED: _started,
    }
    measures = {outcome.measure for outcome in cutoff.protocol.outcomes}
    if cutoff.cell_items:
        rules[SetName.INFUSED] = _infused
    if cutoff.protocol.safety is not None or Measure.DOSE_LIMITING in measures:
        rules[SetName.EVALUABLE_DLT] = _dose_limiting
    if Measure.RESPONSE in measures:
        rules[SetName.EVALUABLE_RESPONSE] = _response
    if Measure.MRD_CONVERSION in measures:
        rules[SetName.EVALUABLE_MRD] = _mrd
    if Measure.KINETICS in measures:
        rules[SetName.EVALUABLE_KINETICS] = _kinetics
    return {name: _set(cutoff, name, rule) for name, rule in rules.items()}


def _set(
    cutoff: Cutoff,
    name: SetName,
    rule: Callable[[Cutoff, Participant], Found | LeftOut | None],
) -> AnalysisSet:
    answers = [rule(cutoff, who) for who in cutoff.participants]
    return AnalysisSet(
        name=name,
        members=tuple(one for one in answers if isinstance(one, Found)),
        left_out=tuple(one for one in answers if isinstance(one, LeftOut)),
    )


def _registered(_: Cutoff, who: Participant) -> Found:
    return Found(who.code, who.registered.entries)


def _consented(_: Cutoff, who: Participant) -> Found | None:
    own = [kept for kept in who.consents.values() if kept.event.subject == "participant"]
    return Found(who.code, own[0].entries) if own else None


def _eligible(_: Cutoff, who: Participant) -> Found | None:
    if who.decision is None or who.decision.event.verdict is not Truth.TRUE:
        return None
    return Found(who.code, who.decision.entries)


def _enrolled(_: Cutoff, who: Participant) -> Found | None:
    return Found(who.code, who.enrolled.entries) if who.enrolled else None


def _started(cutoff: Cutoff, who: Participant) -> Found | None:
    first = cutoff.first_dose(who)
    return Found(who.code, first.entries) if first and who.enrolled else None


def _infused(cutoff: Cutoff, who: Participant) -> Found | None:
    given = cutoff.infusions(who)
    return Found(who.code, given[0].entries) if given and who.enrolled else None


def _dose_limiting(cutoff: Cutoff, who: Participant) -> Found | LeftOut | None:
    started = _started(cutoff, who)
    if started is None:
        return None
    own = window(cutoff, who)
    if own is None:
        return LeftOut("window_not_opened", started)
    if own.standing in {Standing.LIMITED, Standing.FREE}:
        return own.found
    reason = "pending" if own.standing is Standing.PENDING else "window_not_completed"
    return LeftOut(reason, own.found)


def _response(cutoff: Cutoff, who: Participant) -> Found | LeftOut | None:
    return _with_disease(cutoff, who, Disease.MORPHOLOGICAL, "not_morphological")


def _mrd(cutoff: Cutoff, who: Participant) -> Found | LeftOut | None:
    return _with_disease(cutoff, who, Disease.MRD_POSITIVE, "not_mrd_positive")


def _with_disease(
    cutoff: Cutoff, who: Participant, wanted: Disease, otherwise: str
) -> Found | LeftOut | None:
    started = _started(cutoff, who)
    if started is None:
        return None
    before = disease_before(cutoff, who)
    both = Found(who.code, (*started.entries, *before.found.entries))
    if before.disease is wanted:
        return both
    return LeftOut("disease_not_known" if before.disease is Disease.NOT_KNOWN else otherwise, both)


def _kinetics(cutoff: Cutoff, who: Participant) -> Found | LeftOut | None:
    infused = _infused(cutoff, who) if cutoff.cell_items else _started(cutoff, who)
    if infused is None:
        return None
    samples = evaluable_samples(cutoff, who)
    if not samples:
        return LeftOut("no_evaluable_sample", infused)
    entries = tuple(entry for sample in samples for entry in sample.entries)
    return Found(who.code, (*infused.entries, *entries))
