"""One writer a ledger: a lock on a file beside it, which the system drops when the process ends."""

from __future__ import annotations

import os
from pathlib import Path

from trialrun.errors import LedgerBusy, OutsideError


class WriterLock:
    """Held from opening to closing; a second holder is refused at once."""

    def __init__(self, ledger: Path) -> None:
        self._path = ledger.with_name(ledger.name + ".lock")
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except (BlockingIOError, PermissionError) as error:  # the second is Windows' answer
            os.close(self._handle)
            raise LedgerBusy(
                "another process is writing to this ledger",
                where=str(ledger),
                remedy="Wait until it has finished, and try again; reading is possible meanwhile.",
            ) from error
        except OSError as error:
            os.close(self._handle)
            raise OutsideError(
                f"this disk cannot lock a file: {error.strerror}",
                where=str(ledger),
                remedy="Keep the study's folder on a local disk, not on a network share.",
            ) from error

    def release(self) -> None:
        """Let the next writer in."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
