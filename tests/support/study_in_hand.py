"""A study that a test conducts: its own clock, a memory store, people with their roles.

`Hand.must` does an act and fails the test where it is refused; `Hand.refused` returns the rule of a
refusal and checks that nothing was appended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from support.ledgers import Salts
from trialrun.conduct import commands as do
from trialrun.conduct.execute import Accepted, Folded, execute
from trialrun.conduct.protocols import Protocols
from trialrun.conduct.refusal import Refusal, Rule
from trialrun.ledger import events as ev
from trialrun.ledger.entry import Entry
from trialrun.ledger.fold import fold
from trialrun.ledger.state import Participant, StudyState
from trialrun.ledger.store import Store
from trialrun.protocol.model import Protocol
from trialrun.stores.memory import MemoryStore
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

RECORD = "1" * 64
FILE = (Path(__file__).parent / "approved_trial.toml").read_bytes()
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ROLES = {
    "SPO": "sponsor", "INV": "investigator", "COO": "coordinator", "PHA": "pharmacist",
    "LAB": "cell-laboratory", "STA": "statistician", "MON": "monitor",
}  # fmt: skip
SITE = "S1"
PROTOCOLS = Protocols()


def moment(at: datetime) -> Moment:
    """A time as the ledger writes it."""
    return Moment(at.isoformat(timespec="minutes"))


class Hand:
    """A study and its clock."""

    def __init__(self, store: Store | None = None) -> None:
        self.now = START
        self.store = store or MemoryStore(
            "S-1", clock=lambda: self.now, salts=Salts(), software_version="0.1.0"
        )
        self.folded = Folded()
        self.acts = 0

    @property
    def state(self) -> StudyState:
        return self.folded.at(self.store)

    @property
    def protocol(self) -> Protocol:
        found = PROTOCOLS.in_force(self.state)
        assert found is not None
        return found

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self.store.entries())

    def who(self, code: str = "P1") -> Participant:
        return self.state.participants[code]

    def wait(self, **passes: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passes)

    def at(self, **ago: float) -> Moment:
        """A moment in the past; now without any."""
        return moment(self.now - timedelta(**ago))

    def do(self, *commands: do.Command, actor: str = "INV", role: str | None = None):  # type: ignore[no-untyped-def]
        self.acts += 1
        return execute(
            self.store,
            self.folded,
            PROTOCOLS,
            commands,
            actor=actor,
            role=ROLES[actor] if role is None else role,
            now=self.now,
            command_id=f"t-{self.acts}",
        )

    def must(self, *commands: do.Command, actor: str = "INV") -> tuple[Entry, ...]:
        result = self.do(*commands, actor=actor)
        assert isinstance(result, Accepted), result
        return result.entries

    def refused(self, *commands: do.Command, actor: str = "INV", role: str | None = None) -> Rule:
        head = self.store.head
        result = self.do(*commands, actor=actor, role=role)
        assert isinstance(result, Refusal), result
        assert self.store.head == head, "a refused command appended something"
        assert result.sentence("en") and result.sentence("zh")
        assert result.remedy_sentence("en") and result.remedy_sentence("zh")
        return result.rule

    def check_fold(self) -> None:
        """Folding the stored entries gives the state in hand."""
        assert fold(self.store.entries()) == self.state

    # --- steps ---------------------------------------------------------------------------

    def start(self, mode: ev.Mode = ev.Mode.REAL) -> Hand:
        self.must(do.StartStudy(mode=mode, record_sha256=RECORD), actor="SPO")
        for person, role in ROLES.items():
            if person != "SPO":
                grant = do.GrantRole(person=person, role=role)
                self.must(do.AddPerson(person=person), grant, actor="SPO")
        return self

    def approve(self, file: bytes = FILE, **changes: object) -> Hand:
        self.must(approval(self.now, file, **changes), do.OpenSite(site=SITE), actor="SPO")
        return self

    def register(self, code: str = "P1") -> Hand:
        self.must(do.RegisterParticipant(participant=code, site=SITE), actor="COO")
        return self

    def consent(self, code: str = "P1", donor: bool = True) -> Hand:
        self.must(self.consent_of(code), actor="COO")
        if donor:
            self.must(self.consent_of(code, donor=f"{code}-D"), actor="COO")
        return self

    def consent_of(self, code: str = "P1", donor: str | None = None) -> do.RecordConsent:
        return do.RecordConsent(
            participant=code,
            subject="participant" if donor is None else "donor",
            donor=donor,
            form_version="2.0",
            language="en",
            explained_by="INV",
            given_at=self.at(minutes=30),
            copy_given=True,
        )

    def facts(self, code: str = "P1", *, leave_out: Sequence[str] = (), **values: str) -> Hand:
        told = {"age": "54", "creatinine": "0.9", "weight": "70", "height": "170"} | values
        units = {"age": "a", "creatinine": "mg/dL", "weight": "kg", "height": "cm"}
        facts = tuple(
            Fact(id="", variable=name, value=value, unit=units.get(name), at=self.at(hours=1))
            for name, value in told.items()
            if name not in leave_out
        )
        self.must(do.RecordFacts(participant=code, facts=facts), actor="COO")
        return self

    def judge(self, code: str = "P1", *, met: bool = True) -> Hand:
        self.must(do.JudgeCriterion(participant=code, criterion="E2", met=met, reason="seen"))
        return self

    def decide(self, code: str = "P1") -> Hand:
        self.must(do.DecideEligibility(participant=code))
        return self

    def eligible(self, code: str = "P1") -> Hand:
        """Registered, consented, measured, judged and decided."""
        return self.register(code).consent(code).facts(code).judge(code).decide(code)

    def enrol(self, code: str = "P1") -> Hand:
        self.must(do.EnrolParticipant(participant=code))
        return self

    def product(self, code: str = "P1", name: str = "", *, cells: str = "1e9") -> Hand:
        name = name or f"{code}-BAG"
        self.must(self.receipt(code, name, cells=cells), actor="LAB")
        self.must(do.ReleaseProduct(product=name), actor="LAB")
        return self

    def receipt(self, code: str, name: str, *, cells: str = "1e9") -> do.ReceiveProduct:
        return do.ReceiveProduct(
            product=name,
            participant=code,
            item="cells",
            donor=f"{code}-D",
            measures=(
                ev.Measured("viable_nk", Decimal(cells), "{cells}"),
                ev.Measured("cd3_cells", Decimal("100000"), "{cells}"),
            ),
            expires_at=moment(self.now + timedelta(days=60)),
        )

    def gate(self, code: str = "P1", gate: str = "lymphodepletion") -> Hand:
        self.must(self.passing(code, gate))
        return self

    def passing(self, code: str = "P1", gate: str = "lymphodepletion") -> do.PassGate:
        checks = next(one.checks for one in self.protocol.gates if one.id == gate)
        answers = tuple(ev.CheckAnswer(one.id, True) for one in checks)
        return do.PassGate(participant=code, gate=gate, checks=answers)

    def chemo(self, code: str = "P1", **changes: object) -> do.GiveAdministration:
        told: dict[str, object] = {
            "participant": code, "item": "chemo", "amount": Decimal("45.5"), "unit": "mg",
            "started_at": self.at(minutes=40), "ended_at": self.at(minutes=10),
            "checked_by": "PHA",
        }  # fmt: skip
        return do.GiveAdministration(**(told | changes))  # type: ignore[arg-type]

    def infusion(self, code: str = "P1", product: str = "", **changes: object):  # type: ignore[no-untyped-def]
        told: dict[str, object] = {
            "participant": code, "item": "cells", "amount": Decimal("1e9"), "unit": "{cells}",
            "started_at": self.at(minutes=70), "ended_at": self.at(minutes=10),
            "product": product or f"{code}-BAG", "checked_by": "PHA",
        }  # fmt: skip
        return do.GiveAdministration(**(told | changes))  # type: ignore[arg-type]

    def chemotherapy(self, code: str = "P1") -> Hand:
        """The gate and all three doses, on their days."""
        self.gate(code)
        for _ in range(3):
            self.wait(hours=1)
            self.must(self.chemo(code), actor="COO")
            self.wait(hours=23)
        return self

    def treated(self, code: str = "P1") -> Hand:
        """Enrolled, chemotherapy, and the first infusion on day 0."""
        self.enrol(code).product(code, f"{code}-BAG").product(code, f"{code}-BAG2")
        self.chemotherapy(code)
        self.wait(days=3)
        self.gate(code, "infusion")
        self.wait(hours=2)
        self.must(self.infusion(code), actor="COO")
        return self

    def harm(self, code: str = "P1", **changes: object) -> do.ReportAdverseEvent:
        told: dict[str, object] = {
            "participant": code, "term": "Fever", "soc": "General disorders", "grade": 2,
            "terminology": "CTCAE 5.0", "onset": self.at(hours=1), "serious": False,
            "outcome": "not recovered",
        }  # fmt: skip
        return do.ReportAdverseEvent(**(told | changes))  # type: ignore[arg-type]

    def categories(self, code: str = "P1") -> list[str]:
        return [one.event.category for one in self.who(code).deviations.values()]


def approval(now: datetime, file: bytes = FILE, **changes: object) -> do.ApproveProtocol:
    """Everything that an approval names."""
    told: dict[str, object] = {
        "file": file, "document_number": "PR-1", "document_version": "1.0",
        "document_date": Moment("2026-01-10"),
        "document_sha256": hashlib.sha256(b"the document").hexdigest(),
        "committee": "EC-1", "approval_reference": "EC-1/2026/5",
        "approval_date": Moment("2026-02-01"),
    }  # fmt: skip
    return do.ApproveProtocol(**(told | changes))  # type: ignore[arg-type]
