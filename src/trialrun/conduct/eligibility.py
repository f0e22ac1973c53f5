"""Eligibility of one participant as the ledger stands: verdicts, what they saw, what turned stale.

A criterion's window counts to the act that its words name. Until that act has happened, it counts
to the moment of the question: a value may lapse between decision and treatment, so the verdicts are
taken again at enrolment and at the first administration.
"""

from __future__ import annotations

from collections.abc import Mapping

from trialrun.criteria.criterion import Status
from trialrun.criteria.verdict import Eligibility, judge
from trialrun.ledger.events import ConsentGiven, CriterionVerdict, EligibilityDecided, SeenFact
from trialrun.ledger.state import Participant
from trialrun.protocol.model import Protocol
from trialrun.values.moment import Moment
from trialrun.values.truth import of
from trialrun.vocabulary.fact import Fact


def eligibility(protocol: Protocol, who: Participant, at: Moment) -> Eligibility:
    """The verdicts on all facts that are recorded now, asked at a moment."""
    return judge(
        protocol.criteria,
        facts(who),
        anchors=anchors(protocol, who, at),
        judgements={
            code: of(kept.event.met)
            for code, kept in who.judgements.items()
            if is_judgement(protocol, code)
        },
        as_of=at,
    )


def facts(who: Participant) -> tuple[Fact, ...]:
    """All facts about a participant: those recorded, and the consents, which are facts as well."""
    return (
        *(kept.event.fact for kept in who.facts.values()),
        *(_consent(kept.event) for kept in who.consents.values()),
    )


CONSENT_OF = {"participant": "informed_consent", "donor": "donor_informed_consent"}


def _consent(given: ConsentGiven) -> Fact:
    """A recorded consent as the fact that a criterion asks for: nothing is typed twice."""
    return Fact(
        id=given.id,
        variable=CONSENT_OF[given.subject],
        value="true",
        at=given.given_at,
        source=f"consent form {given.form_version}",
    )


def is_judgement(protocol: Protocol, code: str) -> bool:
    """Whether a signature decides this criterion."""
    return any(one.id == code and one.status is Status.JUDGEMENT for one in protocol.criteria)


def anchors(protocol: Protocol, who: Participant, at: Moment) -> Mapping[str, Moment]:
    """The moment that each word of time in the criteria means for this participant."""
    return {word: _moment(protocol, who, means, at) for word, means in protocol.anchors.items()}


def _moment(protocol: Protocol, who: Participant, means: str, at: Moment) -> Moment:
    """When a regimen item was first given, or an act happened; `at` until then."""
    match means:
        case "consent":
            own = [one.event.given_at for one in who.consents.values() if one.event.donor is None]
            return min(own, key=Moment.order, default=at)
        case "screening" | "enrolment":  # screening ends with enrolment
            return at if who.enrolled is None else who.enrolled.at
        case _:
            given = who.given(protocol.day_zero if means == "day-zero" else means)
            return given[0].event.started_at if given else at


def decided(protocol: Protocol, who: Participant, at: Moment) -> EligibilityDecided:
    """The decision that the facts give now, with all that it saw."""
    found = eligibility(protocol, who, at)
    names = _variables(protocol) | {fact.variable for fact in found.inputs}
    return EligibilityDecided(
        participant=who.code,
        verdict=found.truth,
        verdicts=tuple(CriterionVerdict(one.criterion.id, one.truth) for one in found.verdicts),
        seen=tuple(SeenFact(fact, version) for fact, version in _relevant(who, names).items()),
    )


def changed_since(protocol: Protocol, who: Participant) -> tuple[str, ...]:
    """What the decision did not see as it stands now: ids of facts and of judged criteria."""
    if who.decision is None:
        return ()
    seen = {one.fact: one.version for one in who.decision.event.seen}
    # What a computed value was computed from is not named by any rule: the decision names it.
    inputs = {who.facts[code].event.fact.variable for code in seen if code in who.facts}
    now = _relevant(who, _variables(protocol) | inputs)
    facts = [fact for fact in (*seen, *now) if seen.get(fact) != now.get(fact)]
    judged = [code for code, kept in who.judgements.items() if kept.entry > who.decision.entry]
    return tuple(dict.fromkeys([*facts, *judged]))


def _relevant(who: Participant, names: frozenset[str]) -> dict[str, int]:
    """The facts of these variables, with their versions."""
    return {
        code: kept.version for code, kept in who.facts.items() if kept.event.fact.variable in names
    }


def _variables(protocol: Protocol) -> frozenset[str]:
    return frozenset(atom.variable for one in protocol.criteria for atom in one.atoms)
