"""What is still to happen, in order of time; at equal times in the order it was written."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime


class Diary:
    """A queue of things to do at a time."""

    def __init__(self) -> None:
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._count = 0

    def write(self, at: datetime, deed: Callable[[datetime], None]) -> None:
        """Do `deed` at `at`."""
        heapq.heappush(self._queue, (at, self._count, deed))
        self._count += 1

    def next(self) -> tuple[datetime, Callable[[datetime], None]] | None:
        """Take the next deed, or None when nothing is left."""
        if not self._queue:
            return None
        at, _, deed = heapq.heappop(self._queue)
        return at, deed
