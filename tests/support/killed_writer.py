"""Run as a program: fork writers that append and acknowledge, kill each, and check what is left.

Prints one line of counts. `killed_writer.py LEDGER KILLS SEED`.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from support.ledgers import draft, fact
from trialrun.ledger import events as ev
from trialrun.ledger.fold import fold
from trialrun.ledger.verify import verify
from trialrun.stores.sqlite import SqliteStore


def open_store(path: Path) -> SqliteStore:
    return SqliteStore(
        path,
        study="S-1",
        clock=lambda: datetime.now(UTC),
        salts=lambda: os.urandom(32),
        software_version="0.1.0",
    )


def write_for_ever(path: Path, acknowledge: int) -> None:
    """Batches of three, each acknowledged after its commit."""
    store = open_store(path)
    while True:
        with store.writing() as write:
            number = write.head.position
            batch = [draft(fact(number + k), command=f"c-{number}") for k in range(3)]
            write.append(batch, expected=write.head)
        os.write(acknowledge, f"{store.head.position}\n".encode())


def one_kill(path: Path, hear: int, fraction: float) -> int:
    """The last position that the killed writer acknowledged.

    It is killed after `hear` acknowledgements and a fraction of the time that one commit takes, so
    that the instants are spread over the whole of a commit on a slow disk and on a fast one.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        write_for_ever(path, write)
    os.close(write)
    heard, times = b"", [time.monotonic()]
    while len(times) <= hear and (chunk := os.read(read, 65536)):
        heard += chunk
        times += [time.monotonic()] * chunk.count(b"\n")
    commit = times[-1] - times[-2] if hear else 0.003
    time.sleep(fraction * max(commit, 0.0005))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while chunk := os.read(read, 65536):
        heard += chunk
    os.close(read)
    lines = heard.decode().split("\n")[:-1]
    return int(lines[-1]) if lines else 0


def main() -> None:
    path, kills, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    store = open_store(path)
    with store.writing() as write:
        person = ev.ParticipantRegistered(participant="P-1", site="S1")
        write.append([draft(person)], expected=write.head)
    store.close()
    lost = torn = broken = hot = 0
    journal = path.with_name(path.name + "-journal")
    for kill in range(kills):
        acknowledged = one_kill(path, chance.randrange(4), chance.uniform(0, 1.5))
        hot += journal.exists()  # killed in the middle of a commit
        store = open_store(path)
        held = store.head.position
        lost += held < acknowledged
        torn += (held - 1) % 3 != 0
        # The chain holds everything before it: now and then, and at the end, is enough.
        if kill % 40 == 0:
            broken += not verify(store.entries(), "S-1").sound
        store.close()
    store = open_store(path)
    broken += not verify(store.entries(), "S-1").sound
    state = fold(store.entries())
    print(
        f"kills={kills} entries={state.position} lost={lost} torn={torn} broken={broken} hot={hot}"
    )


main()
