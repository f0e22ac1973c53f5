"""Commands decided and recorded: beside appending the same entries without deciding."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.study_in_hand import Hand
from trialrun.conduct import commands as do
from trialrun.conduct.decide import decide
from trialrun.conduct.execute import Folded
from trialrun.conduct.situation import Author
from trialrun.ledger.fold import fold
from trialrun.vocabulary.fact import Fact

TITLE = "Conduct"

PEOPLE, TIMES = 10, 400


def prepared() -> Hand:
    """Ten people who were screened, each with some observations."""
    hand = Hand().start().approve()
    for number in range(1, PEOPLE + 1):
        hand.eligible(f"P{number}")
    return hand


def one_fact(hand: Hand, number: int) -> do.RecordFacts:
    value = Fact(id="", variable="anc", value="1.2", unit="10*9/L", at=hand.at(hours=1))
    return do.RecordFacts(participant=f"P{number % PEOPLE + 1}", facts=(value,))


def microseconds(act: Callable[[int], object]) -> float:
    """The median of five rounds, per act; processor time, so that neighbours count less."""
    rounds = []
    for turn in range(5):
        start = time.process_time()
        for number in range(TIMES):
            act(turn * TIMES + number)
        rounds.append((time.process_time() - start) / TIMES * 1e6)
    return statistics.median(rounds)


def run() -> dict[str, str]:
    """Microseconds a command on the memory store."""
    hand = prepared()
    whole = microseconds(lambda number: hand.do(one_fact(hand, number), actor="COO"))
    state, protocol = hand.state, hand.protocol
    by = Author(person="COO", role="coordinator")
    drafts = decide(protocol, state, one_fact(hand, 1), by=by, now=hand.now)
    assert isinstance(drafts, tuple)

    def append(_: int) -> None:
        with hand.store.writing() as writing:
            writing.append(drafts, expected=writing.head)

    plain = microseconds(append)
    hand = prepared()
    judged = microseconds(
        lambda number: hand.do(
            do.DecideEligibility(participant=f"P{number % PEOPLE + 1}"), actor="INV"
        )
    )
    position = hand.store.head.position
    kept = Folded()
    kept.at(hand.store)
    again = microseconds(lambda _: kept.at(hand.store))
    start = time.process_time()
    fold(hand.store.entries())
    anew = time.process_time() - start
    return {
        "one value recorded by a command (decide, append, fold)": f"{whole:,.0f} µs",
        "the same entry appended without a decision": f"{plain:,.0f} µs",
        "eligibility decided, three criteria": f"{judged:,.0f} µs",
        f"the state at the head of {position:,} entries, from the kept fold": f"{again:,.1f} µs",
        "the same, folded anew": f"{anew * 1000:,.0f} ms",
    }
