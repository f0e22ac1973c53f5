"""Many trials under one protocol: the same walk on memory, each with a seed of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from numpy.random import SeedSequence

from trialrun.conduct.protocols import Protocols
from trialrun.protocol.model import Protocol
from trialrun.rehearse.tally import Tally, tally
from trialrun.rehearse.trial import (
    StoreFactory,
    candidates_needed,
    first_day,
    model_of,
    rehearse,
)

# Trials whose participants are simulated together: enough to share the cost of a step.
CHUNK = 50


def trial_seed(seed: int, number: int) -> int:
    """The seed of one trial of many; the first is the single rehearsal of that seed."""
    if number == 0:
        return seed
    return int(SeedSequence(seed, spawn_key=(number,)).generate_state(1)[0])


def rehearse_many(
    file: bytes,
    protocol: Protocol,
    numbers: Sequence[int],
    *,
    seed: int,
    new_store: StoreFactory,
) -> Iterator[Tally]:
    """One tally for each trial's number, in that order, whoever computes which."""
    model, count, protocols = model_of(protocol), candidates_needed(protocol), Protocols()
    for first in range(0, len(numbers), CHUNK):
        seeds = [trial_seed(seed, number) for number in numbers[first : first + CHUNK]]
        drawn = model.candidates(protocol, seeds, count)
        for one_seed, candidates in zip(seeds, drawn, strict=True):
            state, store = rehearse(
                file,
                protocol,
                candidates,
                seed=one_seed,
                new_store=new_store,
                protocols=protocols,
                samples=False,
            )
            store.close()
            yield tally(protocol, state, first_day(protocol))
