"""The clock and the salts of a rehearsal: both come from the seed, so that its ledger does too."""

from __future__ import annotations

import hashlib
from datetime import datetime


class Clock:
    """The rehearsal's present; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


class Salts:
    """32 bytes a call, from the seed and a running number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0

    def __call__(self) -> bytes:
        self._count += 1
        return hashlib.sha256(f"trialrun rehearsal {self._seed} {self._count}".encode()).digest()
