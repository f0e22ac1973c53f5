"""What of a patient's data goes into the ledger when somebody screens with `--record`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from trialrun.conduct.commands import RecordFacts
from trialrun.conduct.execute import Accepted, Stale
from trialrun.conduct.refusal import Refusal
from trialrun.criteria.nodes import Comparison
from trialrun.criteria.reference import evaluate
from trialrun.criteria.verdict import Eligibility
from trialrun.ledger.state import Participant
from trialrun.protocol.model import Protocol
from trialrun.readers.patients.patient import Patient
from trialrun.study.screening.opening import Screening
from trialrun.study.screening.single import screen_one, with_limits
from trialrun.study.session import open_session
from trialrun.values.quantity import read_quantity
from trialrun.vocabulary.fact import Fact

# Who somebody is stays at the site: the ledger holds the age at screening instead.
BIRTH_DATE, AGE, SEX = "birth_date", "age", "sex"


def facts_to_record(
    screening: Screening,
    facts: Sequence[Fact],
    found: Eligibility,
    who: Participant | None,
    file: str,
) -> tuple[Fact, ...]:
    """The facts that the criteria name or compute from, and that are not recorded yet.

    Each keeps its own date and source, and says which file it was read from. A date of birth is
    never recorded: the age in completed years at the moment of screening is, where it is exact.
    The sex, which readers date from birth on, is recorded as of that moment too.
    """
    known = set() if who is None else {_same(kept.event.fact) for kept in who.facts.values()}
    wanted = _variables(screening.protocol) | {one.variable for one in found.inputs}
    new: list[Fact] = []
    for fact in (*with_limits(screening, facts), *_age(screening, facts)):
        if fact.variable not in wanted or fact.variable == BIRTH_DATE or _same(fact) in known:
            continue
        known.add(_same(fact))
        source = f"{fact.source}; {file}" if fact.source else file
        at = screening.as_of if fact.variable == SEX else fact.at
        new.append(replace(fact, id="", at=at, source=source))
    return tuple(new)


def _variables(protocol: Protocol) -> set[str]:
    return {atom.variable for one in protocol.criteria for atom in one.atoms}


def _same(fact: Fact) -> tuple[str, ...]:
    at = "" if fact.variable == SEX else fact.at.text
    return (fact.variable, fact.comparator, fact.value, fact.unit or "", at)


def _age(screening: Screening, facts: Sequence[Fact]) -> Iterator[Fact]:
    """The age at screening, from the date of birth."""
    if any(fact.variable == AGE for fact in facts):
        return
    asked = Comparison(variable=AGE, op=">=", limit=read_quantity("0 a"))
    given = evaluate(asked, facts, anchors={}, as_of=screening.as_of)
    fact = given.fact
    if fact is not None and fact.comparator == "" and fact.value.isdigit():
        yield replace(fact, at=screening.as_of, source="completed years, from the date of birth")


def record_patient(
    study: Path,
    screening: Screening,
    patient: Patient,
    participant: str,
    actor: str,
    file: str,
) -> Accepted | Refusal | Stale | None:
    """Record a patient's facts as those of a participant; None where nothing is new.

    Goes through `conduct` as any other act does: consent, role, and everything else hold.
    """
    known = {} if screening.state is None else screening.state.participants
    found = screen_one(screening, patient.facts)
    new = facts_to_record(screening, patient.facts, found, known.get(participant), file)
    if not new:
        return None
    with open_session(study, writable=True) as session:
        return session.do([RecordFacts(participant=participant, facts=new)], actor=actor)
