"""Taking files of records into the local registry, batch by batch, with what was set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from trialrun.readers.registry_files import Aside, read_files
from trialrun.readers.registry_files.aside import Reason
from trialrun.registry.incoming import Effect, Incoming
from trialrun.stores.trials import TrialStore

_BATCH = 500
_EXAMPLES = 3  # of a reason


@dataclass(slots=True)
class Intake:
    """What came of it so far; every number counts records that are written for good."""

    effects: Counter[Effect] = field(default_factory=Counter)
    aside: Counter[Reason] = field(default_factory=Counter)
    examples: list[Aside] = field(default_factory=list)
    held: int = 0  # records in the registry at the end

    @property
    def read(self) -> int:
        """Everything that stood in the files: records, and what was set aside."""
        return sum(self.effects.values()) + sum(self.aside.values())


def take_in(
    paths: Iterable[Path],
    folder: Path,
    intake: Intake,
    *,
    told: Callable[[int], None] = lambda _: None,
    setting_aside: Callable[[Aside], None] = lambda _: None,
) -> None:
    """Reads the files into the registry of a folder and counts in `intake`.

    Each batch is written whole or not at all: whoever interrupts it finds in `intake` what is kept,
    and the same files given again go on from there.
    """
    store = TrialStore(folder, writable=True)
    batch: list[Incoming] = []
    try:
        for one in read_files(paths):
            if isinstance(one, Aside):
                intake.aside[one.reason] += 1
                if sum(each.reason is one.reason for each in intake.examples) < _EXAMPLES:
                    intake.examples.append(one)
                setting_aside(one)
                continue
            batch.append(one[1])
            if len(batch) == _BATCH:
                intake.effects += store.add(batch)
                batch = []
                told(intake.read)
        intake.effects += store.add(batch)
        told(intake.read)
    finally:
        intake.held = len(store)
        store.close()
