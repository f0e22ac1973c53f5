"""One rehearsal: a study of its own, started, approved on assumptions, and walked to its end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from fractions import Fraction

from trialrun.conduct import commands as do
from trialrun.conduct.protocols import Protocols
from trialrun.errors import NotSupported, TrialrunError
from trialrun.ledger.events import Mode
from trialrun.ledger.state import StudyState
from trialrun.ledger.store import Store
from trialrun.protocol.model import Protocol
from trialrun.rehearse import people
from trialrun.rehearse.biography import Candidate, Model
from trialrun.rehearse.clock import Clock, Salts
from trialrun.rehearse.conductor import Conductor
from trialrun.rehearse.generic import GenericModel
from trialrun.rehearse.walk import Walk
from trialrun.values.moment import Moment, of_datetime

SOFTWARE = "trialrun"
# A rehearsal begins on a day of its own where the protocol plans none.
FIRST_DAY = date(2026, 1, 5)

_WALKED = frozenset({"SINGLE_GROUP", "PARALLEL"})
_NOT_WALKED = {
    "CROSSOVER": "its participants change from one treatment to another",
    "FACTORIAL": "its participants get several treatments at once, each compared by itself",
    "SEQUENTIAL": "what earlier groups show decides whether and how later ones are treated",
}

StoreFactory = Callable[[str, Clock, Salts], Store]
Progress = Callable[[StudyState, datetime], None]


def model_of(protocol: Protocol) -> Model:
    """The model that the protocol names."""
    match protocol.rehearsal_model:
        case "nk-aml":
            from trialrun.rehearse.nk_aml.model import NkAmlModel

            return NkAmlModel()
        case "generic":
            return GenericModel()
        case other:
            raise NotSupported(
                f"no rehearsal model is called {other!r}",
                remedy='Write rehearsal_model = "generic" or "nk-aml".',
            )


def check_rehearsable(protocol: Protocol) -> None:
    """Refuse what no model can walk, and say why."""
    if protocol.model in _WALKED:
        return
    why = _NOT_WALKED.get(protocol.model, "nothing says how its participants are treated")
    raise NotSupported(
        f"not this, because it is a {protocol.model.lower()} trial: {why}",
        remedy="Rehearsals know single-group and parallel trials.",
    )


def first_day(protocol: Protocol) -> date:
    """The day on which the rehearsal opens."""
    planned = protocol.enrolment.planned_start
    return FIRST_DAY if planned is None else planned.day


def candidates_needed(protocol: Protocol) -> int:
    """So many candidates that the target is out of reach of chance alone; most are never seen."""
    lost = [
        Fraction(protocol.assumption(name))
        for name in ("not_eligible", "facts_missing", "declines", "judged_unfit")
    ]
    through = Fraction(1)
    for share in lost:
        through *= 1 - share
    needed = Fraction(protocol.enrolment.target) / max(through, Fraction(1, 20))
    return int(needed * Fraction(3, 2)) + 12


def rehearse(
    file: bytes,
    protocol: Protocol,
    candidates: Sequence[Candidate],
    *,
    seed: int,
    new_store: StoreFactory,
    protocols: Protocols | None = None,
    progress: Progress | None = None,
    samples: bool = True,
) -> tuple[StudyState, Store]:
    """Walk one trial; the store is left open, with every entry committed.

    `file` is the working copy whose settled form (with assumed answers) is `protocol`; without
    `samples` the observations that no tally counts are left out.
    """
    check_rehearsable(protocol)
    start = first_day(protocol)
    clock = Clock(datetime.combine(start, time(7), tzinfo=people.ZONE))
    store = new_store(study_code(protocol, seed), clock, Salts(seed))
    conductor = Conductor(store, Protocols() if protocols is None else protocols, clock)
    try:
        _open_study(conductor, file, protocol, seed, clock.now)
        walk = Walk(protocol, candidates, conductor, start, samples=samples)
        walk.run(None if progress is None else lambda at: progress(conductor.state, at))
    except BaseException as error:
        conductor.give_up(error)
        store.close()
        raise
    return conductor.state, store


def study_code(protocol: Protocol, seed: int) -> str:
    """SIM-, the beginning of the record's hash, and the seed."""
    return f"SIM-{protocol.record_sha256[:12]}-{seed}"


def _open_study(
    conductor: Conductor, file: bytes, protocol: Protocol, seed: int, at: datetime
) -> None:
    start = do.StartStudy(mode=Mode.REHEARSAL, record_sha256=protocol.record_sha256, seed=seed)
    acts: list[do.Command] = [start]
    for person, role in people.ROLES.items():
        if person != people.SPONSOR:
            acts += [do.AddPerson(person=person), do.GrantRole(person=person, role=role)]
    acts += [_approval(file, at), do.OpenSite(site=people.SITE)]
    for act in acts:
        refusal = conductor.act(act, actor=people.SPONSOR, at=at)
        if refusal is not None:
            raise TrialrunError(
                f"the rehearsal cannot begin: {refusal.sentence()}",
                remedy=refusal.remedy_sentence(),
            )
    conductor.end_day()


def _approval(file: bytes, at: datetime) -> do.ApproveProtocol:
    today = of_datetime(at)
    return do.ApproveProtocol(
        file=file,
        document_number="SIM-PROTOCOL",
        document_version="SIM-1",
        document_date=Moment(f"{at:%Y-%m-%d}"),
        document_sha256=hashlib.sha256(file).hexdigest(),
        committee=people.COMMITTEE,
        approval_reference="SIM-APPROVAL",
        approval_date=Moment(today.text[:10]),
    )
