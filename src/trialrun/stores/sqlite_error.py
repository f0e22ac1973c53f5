"""Errors of SQLite as sentences of ours."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from trialrun.errors import AlteredLedger, LedgerBusy, LedgerError, OutsideError


def sentence(error: sqlite3.DatabaseError, path: Path) -> LedgerError | OutsideError:
    """What happened to the ledger at `path`, and what to do next."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return OutsideError(
            f"the disk took no more: {error}",
            where=str(path),
            remedy="Nothing of this command was kept. Make room, and give it again.",
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return OutsideError(
            f"the ledger cannot be opened: {error}",
            where=str(path),
            remedy="Check that you may read and write the study's folder.",
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerBusy(
            "another program is using the ledger, and did not let go of it",
            where=str(path),
            remedy="Nothing of this command was kept. Close the other program, and give it again.",
        )
    if code == sqlite3.SQLITE_CONSTRAINT:
        return LedgerError(
            f"the ledger refuses this row: {error}",
            where=str(path),
            remedy="Nothing of this command was kept. Please report this with the command given.",
        )
    return AlteredLedger(
        f"the file is damaged or not a ledger: {error}",
        where=str(path),
        remedy="Keep the file as it is, and compare it with a backup and a signed head.",
    )
