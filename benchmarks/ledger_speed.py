"""The ledger: verifying and folding 50,000 entries, and durable appends beside raw SQLite."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from trialrun.ledger import events as ev
from trialrun.ledger.entry import Draft, Entry
from trialrun.ledger.fold import fold
from trialrun.ledger.verify import verify
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


def open_store(path: Path) -> SqliteStore:
    """The ledger's store, with the machine's clock and salts from a counter."""
    return SqliteStore(
        path, study="S-1", clock=lambda: datetime.now(UTC), salts=salts(), software_version="0.1.0"
    )


def filled(path: Path) -> SqliteStore:
    """A ledger of ENTRIES entries, written in one transaction."""
    store = open_store(path)
    with store.writing() as write:
        write.append([draft(number) for number in range(ENTRIES)], expected=write.head)
    return store


def fastest(work: Callable[[], object], runs: int = 3) -> float:
    """Seconds of processor time of the fastest of a few runs: what else ran counts least."""
    seconds = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def hashed_plainly(path: Path) -> bytes:
    """The alternative to verifying: hash the stored bytes in their order, and look at nothing."""
    raw = sqlite3.connect(path)
    parts = iter(raw.execute("SELECT position, salt, data FROM part ORDER BY position, name"))
    part, previous = next(parts, None), bytes(32)
    for position, header in raw.execute("SELECT position, header FROM entry ORDER BY position"):
        while part is not None and part[0] == position:
            hashlib.sha256(part[1] + part[2]).digest()
            part = next(parts, None)
        previous = hashlib.sha256(previous + header).digest()
    raw.close()
    return previous


def raw_ledger(path: Path) -> sqlite3.Connection:
    """Two bare tables with the ledger's pragmas: no index, no trigger, no chain."""
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON"):
        raw.execute(f"PRAGMA {pragma}").fetchall()
    raw.execute("CREATE TABLE entry (position INTEGER PRIMARY KEY, header BLOB, hash BLOB)")
    raw.execute("CREATE TABLE part (position INTEGER, name TEXT, salt BLOB, data BLOB)")
    return raw


def durable_appends(store: SqliteStore, raw: sqlite3.Connection) -> tuple[float, float]:
    """Median seconds of a single-entry commit: the store's, and raw inserts of the same rows.

    The two take turns, so that both meet the same disk.
    """
    ours, plain = [], []
    for number in range(ENTRIES, ENTRIES + DURABLE):
        begun = time.perf_counter()
        with store.writing() as write:
            (entry,) = write.append([draft(number)], expected=write.head)
        ours.append(time.perf_counter() - begun)
        row, parts = _rows(entry)
        begun = time.perf_counter()
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO entry VALUES (?, ?, ?)", row)
        raw.executemany("INSERT INTO part VALUES (?, ?, ?, ?)", parts)
        raw.execute("COMMIT")
        plain.append(time.perf_counter() - begun)
    return statistics.median(ours), statistics.median(plain)


def _rows(one: Entry) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
    parts = [(one.position, name, p.salt, p.data) for name, p in one.parts.items()]
    return (one.position, one.header_bytes, one.hash), parts


def run() -> dict[str, str]:
    """Entries a second of each, beside hashing alone and beside raw SQLite.

    Appends wait for the disk and are timed by the clock; everything else by the processor.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        store = filled(path)
        size = path.stat().st_size / 1e6
        seconds = {
            "`verify`: read, check, decode": fastest(lambda: verify(store.entries(), "S-1")),
            "only read and hash the same bytes": fastest(lambda: hashed_plainly(path)),
            "fold from the file: read, decode, fold": fastest(lambda: fold(store.entries())),
        }
        entries = list(store.entries())
        for entry in entries:
            _ = entry.event
        seconds["fold entries that are decoded"] = fastest(lambda: fold(entries))
        raw = raw_ledger(Path(folder) / "raw.sqlite")
        ours, plain = durable_appends(store, raw)
        raw.close()
        store.close()
    figures = {"ledger": f"{ENTRIES:,} entries of {PARTICIPANTS} participants, {size:.0f} MB"}
    figures |= {name: f"{ENTRIES / took:,.0f} entries/s" for name, took in seconds.items()}
    figures["durable appends to it, a commit each"] = f"{1 / ours:,.0f} entries/s"
    figures["raw sqlite3 inserts of the same rows, same pragmas"] = f"{1 / plain:,.0f} entries/s"
    return figures
