"""An acknowledged entry survives a kill at any instant, and a power cut."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from support.ledgers import draft, fact, settings
from support.power_cut import PowerCut, left_by_cut, write_files
from trialrun.errors import TrialrunError
from trialrun.ledger import events as ev
from trialrun.ledger.verify import verify
from trialrun.stores.sqlite import SqliteStore

TESTS = Path(__file__).resolve().parents[1]


def test_two_hundred_kills_lose_and_tear_nothing(tmp_path: Path) -> None:
    program = TESTS / "support" / "killed_writer.py"
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "ledger.sqlite"), "200", "7"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(TESTS)},
    )
    counts = dict(pair.split("=") for pair in done.stdout.split())
    assert counts["kills"] == "200"
    assert int(counts["entries"]) > 200  # the writers did write
    assert int(counts["hot"]) > 20  # and many were killed in the middle of a commit
    assert (counts["lost"], counts["torn"], counts["broken"]) == ("0", "0", "0")


def cut_everywhere(tmp_path: Path, synchronous: str, seed: int | None = None) -> list[str]:
    """Write ten commits, cut the power after every act, and list what was lost or broken.

    With a seed, a part of what was not synced reaches the disk all the same.
    """
    chance = None if seed is None else Random(seed)
    vfs = PowerCut(f"cut-{synchronous}")

    class Connection(apsw.Connection):
        def execute(self, sql: str, parameters: Any = None, /) -> Any:
            if sql.startswith("PRAGMA synchronous ="):
                sql = f"PRAGMA synchronous = {synchronous}"
            elif sql == "PRAGMA synchronous" and synchronous != "EXTRA":
                sql = "SELECT 3"  # the mutant also blinds the store's own assertion
            return super().execute(sql, parameters)

    def connecting(path: Path, writable: bool) -> Any:
        return Connection(str(path), vfs=vfs.vfs_name)

    vfs.vfs_name = f"cut-{synchronous}"  # type: ignore[attr-defined]
    folder = tmp_path / synchronous
    folder.mkdir()
    store = SqliteStore(folder / "ledger.sqlite", study="S-1", connecting=connecting, **settings())
    acknowledged: list[tuple[int, int]] = []  # acts so far, position acknowledged
    for number in range(10):
        with store.writing() as write:
            event: ev.Event = fact(number)
            if number == 0:
                event = ev.ParticipantRegistered(participant="P-1", site="S1")
            batch = [draft(event, command=f"c-{number}"), draft(fact(100 + number))]
            write.append(batch, expected=write.head)
        acknowledged.append((len(vfs.log), store.head.position))
    store.close()
    first = acknowledged[0][0]
    return [
        problem
        for until in range(first, len(vfs.log) + 1)
        if (problem := _after_cut(tmp_path, vfs, until, acknowledged, chance))
    ]


def _after_cut(
    tmp_path: Path,
    vfs: PowerCut,
    until: int,
    acknowledged: list[tuple[int, int]],
    chance: Random | None,
) -> str:
    promised = max(position for acts, position in acknowledged if acts <= until)
    folder = tmp_path / f"after-{vfs.vfs_name}-{until}"  # type: ignore[attr-defined]
    folder.mkdir()
    write_files(left_by_cut(vfs.log, until, chance), folder)
    try:
        store = SqliteStore(folder / "ledger.sqlite", study="S-1", **settings())
        try:
            found = verify(store.entries(), "S-1")
            if not found.sound or store.page_check():
                return f"{until}: broken"
            if found.head.position < promised:
                return f"{until}: acknowledged {promised}, holds {found.head.position}"
            return "" if found.head.position % 2 == 0 else f"{until}: torn"
        finally:
            store.close()
    except TrialrunError as error:
        return f"{until}: {error.what}"


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_power_cut_at_any_act_loses_nothing_that_was_acknowledged(
    tmp_path: Path, seed: int | None
) -> None:
    assert cut_everywhere(tmp_path, "EXTRA", seed) == []


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL", "FULL"])
def test_the_same_cuts_lose_entries_with_less_syncing(tmp_path: Path, synchronous: str) -> None:
    assert cut_everywhere(tmp_path, synchronous) != []
