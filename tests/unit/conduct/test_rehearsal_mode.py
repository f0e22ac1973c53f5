"""A rehearsal takes assumed answers and says so; its codes begin with SIM-, no real one does."""

from __future__ import annotations

from datetime import datetime

import pytest

from support.ledgers import Salts
from support.study_in_hand import FILE, RECORD, START, approval
from trialrun.conduct import commands as do
from trialrun.conduct.execute import Accepted, Folded, execute
from trialrun.conduct.protocols import Protocols, settled_file
from trialrun.conduct.refusal import Refusal, Rule
from trialrun.errors import AlteredLedger
from trialrun.ledger import events as ev
from trialrun.ledger.store import Store
from trialrun.protocol.settling import Unsettled
from trialrun.stores.memory import MemoryStore

ASKED = FILE.replace(b"days = [0, 2]", b'days = { question = "days" }') + (
    b'\n[[question]]\nid = "days"\nwords = "Which days?"\nasked_of = "investigator"\n'
    b'source = "assumed"\nassumed = "0, 1"\n'
)


def act(store: Store, *commands: do.Command, now: datetime = START):  # type: ignore[no-untyped-def]
    return execute(
        store, Folded(), Protocols(), commands, actor="SIM-SPO", role="sponsor", now=now,
        command_id=f"c-{store.head.position}",
    )  # fmt: skip


def started(mode: ev.Mode = ev.Mode.REHEARSAL) -> Store:
    store = MemoryStore("SIM-1", clock=lambda: START, salts=Salts(), software_version="0.1.0")
    start = do.StartStudy(mode=mode, record_sha256=RECORD, seed=7)
    assert isinstance(act(store, start), Accepted)
    return store


def test_assumed_answers_are_accepted_and_named() -> None:
    store = started()
    result = act(store, approval(START, ASKED))
    assert isinstance(result, Accepted)
    (entry,) = result.entries
    assert isinstance(entry.event, ev.ProtocolApproved)
    assert entry.event.assumed == ("days",)
    protocol = Protocols().in_force(result.state)
    assert protocol is not None and protocol.item("cells").days == (0, 1)


def test_the_same_file_is_refused_in_a_real_study() -> None:
    store = MemoryStore("S-1", clock=lambda: START, salts=Salts(), software_version="0.1.0")
    told = {"actor": "SPO", "role": "sponsor", "now": START, "command_id": "c"}
    start = do.StartStudy(mode=ev.Mode.REAL, record_sha256=RECORD)
    commands = (start, approval(START, ASKED))
    result = execute(store, Folded(), Protocols(), commands, **told)  # type: ignore[arg-type]
    assert isinstance(result, Refusal) and result.rule is Rule.UNSETTLED
    assert "question.days" in result.params["places"]  # type: ignore[operator]
    assert store.head.position == 0


@pytest.mark.parametrize(
    "command",
    [do.AddPerson(person="INV-1"), do.OpenSite(site="S1"),
     do.GrantRole(person="SIM-SPO", role="monitor", site="S1")],
)  # fmt: skip
def test_codes_of_a_rehearsal_say_so(command: do.Command) -> None:
    result = act(started(), command)
    assert isinstance(result, Refusal) and result.rule is Rule.SIMULATED_CODE


def test_nobody_real_starts_a_rehearsal_and_nobody_simulated_a_study() -> None:
    store = MemoryStore("S-1", clock=lambda: START, salts=Salts(), software_version="0.1.0")
    result = act(store, do.StartStudy(mode=ev.Mode.REAL, record_sha256=RECORD))
    assert isinstance(result, Refusal) and result.rule is Rule.SIMULATED_CODE
    bad = do.StartStudy(mode=ev.Mode.REHEARSAL, record_sha256="no hash")
    result = act(store, bad)
    assert isinstance(result, Refusal) and result.rule is Rule.NOT_ONE_OF


def test_a_ledger_whose_protocol_cannot_be_executed_any_more_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = started()
    result = act(store, approval(START, ASKED))
    assert isinstance(result, Accepted)
    stuck = (Unsettled(rule="no-arms", place="arm"),)
    settled_file.cache_clear()
    monkeypatch.setattr("trialrun.conduct.protocols.settle", lambda *_, **__: stuck)
    with pytest.raises(AlteredLedger, match="cannot be executed"):
        Protocols().in_force(result.state)
    settled_file.cache_clear()
