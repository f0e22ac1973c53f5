"""The ledger: verifying and folding 50,000 entries, and durable appends beside raw SQLite."""

from __future__ import annotations

import hashlib
import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from trialrun.ledger import events as ev
from trialrun.ledger.entry import Draft, Entry
from trialrun.ledger.export import read_entries, write_entries
from trialrun.ledger.fold import fold
from trialrun.ledger.verify import verify
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

TITLE = "The ledger"

ENTRIES, PARTICIPANTS, DURABLE = 50_000, 60, 300
_LABORATORY = (("wbc", "10*9/L"), ("anc", "10*9/L"), ("platelets", "10*9/L"), ("alt", "U/L"),
               ("creatinine", "umol/L"), ("body_temperature", "Cel"), ("spo2", "%"))  # fmt: skip


def salts() -> Callable[[], bytes]:
    """Salts from a counter, so that every run has the same bytes."""
    numbers = itertools.count()
    return lambda: hashlib.sha256(str(next(numbers)).encode()).digest()


def moment(number: int) -> Moment:
    """A minute that moves on with the entries."""
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    return Moment((start + timedelta(minutes=7 * number)).isoformat(timespec="minutes"))


def happened(number: int) -> tuple[str, ev.Event]:
    """What a study of 60 people records: mostly facts, some events, doses and corrections."""
    who, turn = f"P-{number % PARTICIPANTS:03d}", number // PARTICIPANTS
    stream, at = f"participant:{who}", moment(number)
    if turn == 0:
        return stream, ev.ParticipantRegistered(participant=who, site="S1")
    match turn % 50:
        case 7:
            report = ev.AdverseEventReported(
                id=f"{who}.ae.{turn}", participant=who, term="Fever", soc="General disorders",
                grade=2, terminology="CTCAE 5.0", onset=at, serious=False, outcome="recovering",
                causality=(ev.Causality("nk-cells", True),), narrative="after the infusion",
            )  # fmt: skip
            return stream, report
        case 12:
            return stream, ev.AdverseEventChanged(
                id=f"{who}.ae.{turn - 5}", participant=who, ended=at, outcome="recovered"
            )
        case 20:
            dose = ev.AdministrationGiven(
                id=f"{who}.dose.{turn}", participant=who, item="flu", intervention="fludarabine",
                ordinal=turn, planned_day=-6, planned_amount=Decimal("45"), planned_unit="mg",
                working="25 mg/m2 x 1.80 m2 = 45 mg", amount=Decimal("45"), unit="mg",
                started_at=at, ended_at=at, checked_by="PH",
            )  # fmt: skip
            return stream, dose
        case 31:
            return stream, ev.Corrected(
                target=f"{who}.f.{turn - 1}", participant=who,
                changes=(ev.FieldChange("value", "3.2", "3.4"),), reason="read from the wrong line",
            )  # fmt: skip
        case _:
            variable, unit = _LABORATORY[turn % len(_LABORATORY)]
            value = str(Decimal(30 + number % 17) / 10)
            fact = Fact(id=f"{who}.f.{turn}", variable=variable, value=value, unit=unit, at=at,
                        source="laboratory")  # fmt: skip
            return stream, ev.FactRecorded(participant=who, fact=fact, planned_day=turn % 30)


def draft(number: int) -> Draft:
    """One entry to be."""
    stream, event = happened(number)
    return Draft(
        stream=stream,
        event=event,
        actor="NURSE-1",
        role="coordinator",
        organisation="S1",
        occurred_at=moment(number),
        origin="shell",
        protocol_version="1.0",
        command_id=f"c-{number}",
    )


def ledger(count: int) -> list[Entry]:
    """The entries as they come from a file: nothing decoded yet."""
    clock = datetime(2026, 3, 1, tzinfo=UTC)
    store = MemoryStore("S-1", clock=lambda: clock, salts=salts(), software_version="0.1.0")
    with store.writing() as write:
        write.append([draft(number) for number in range(count)], expected=write.head)
    return list(read_entries(write_entries(store.entries()), where="benchmark"))


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def plain_chain(entries: Iterable[Entry]) -> bytes:
    """The alternative to verifying: only the hash of the same bytes, one after the other."""
    previous = bytes(32)
    for entry in entries:
        for part in entry.parts.values():
            hashlib.sha256(part.salt + (part.data or b"")).digest()
        previous = hashlib.sha256(previous + entry.header_bytes).digest()
    return previous


def durable_appends(folder: Path) -> tuple[float, float]:
    """Seconds for DURABLE single-entry commits: the store's, and raw inserts of the same rows."""
    path = folder / "ledger.sqlite"
    store = SqliteStore(
        path, study="S-1", clock=lambda: datetime.now(UTC), salts=lambda: os.urandom(32),
        software_version="0.1.0",
    )  # fmt: skip

    def through_store() -> None:
        for number in range(DURABLE):
            with store.writing() as write:
                write.append([draft(number)], expected=write.head)

    ours = timed(through_store)
    entries = list(store.entries())
    store.close()
    raw = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    for pragma in ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON"):
        raw.execute(f"PRAGMA {pragma}").fetchall()
    raw.execute("CREATE TABLE entry (position INTEGER PRIMARY KEY, header BLOB, hash BLOB)")
    raw.execute("CREATE TABLE part (position INTEGER, name TEXT, salt BLOB, data BLOB)")
    rows = list(_rows(entries))

    def through_sqlite() -> None:
        for header, parts in rows:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("INSERT INTO entry VALUES (?, ?, ?)", header)
            raw.executemany("INSERT INTO part VALUES (?, ?, ?, ?)", parts)
            raw.execute("COMMIT")

    plain = timed(through_sqlite)
    raw.close()
    return ours, plain


def _rows(
    entries: Iterable[Entry],
) -> Iterator[tuple[tuple[object, ...], list[tuple[object, ...]]]]:
    for one in entries:
        parts = [(one.position, name, p.salt, p.data) for name, p in one.parts.items()]
        yield (one.position, one.header_bytes, one.hash), parts


def run() -> dict[str, str]:
    """Entries a second of each, beside hashing alone and beside raw SQLite."""
    fresh, entries = ledger(ENTRIES), ledger(ENTRIES)
    verifying = timed(lambda: verify(fresh, "S-1"))
    hashing = timed(lambda: plain_chain(entries))
    decoding = timed(lambda: [entry.event for entry in entries])
    folding = timed(lambda: fold(entries))
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = durable_appends(Path(folder))
    size = sum(len(line) for line in write_entries(entries)) / 1e6
    return {
        "ledger": f"{ENTRIES:,} entries of {PARTICIPANTS} participants ({size:.0f} MB exported)",
        "verify": f"{ENTRIES / verifying:,.0f} entries/s",
        "only hash the same bytes": f"{ENTRIES / hashing:,.0f} entries/s",
        "decode the events": f"{ENTRIES / decoding:,.0f} entries/s",
        "fold decoded entries": f"{ENTRIES / folding:,.0f} entries/s",
        "durable appends, one commit each": f"{DURABLE / ours:,.0f} entries/s",
        "raw sqlite3 inserts of the same rows, same pragmas": f"{DURABLE / plain:,.0f} entries/s",
    }
