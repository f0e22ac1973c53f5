"""One rehearsal with its report, many trials by one and two processes, and a hundred records."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from trialrun.cli.rehearse import load, many
from trialrun.record.example import example_numbers
from trialrun.rehearse.many import CHUNK, trial_seed
from trialrun.rehearse.trial import candidates_needed, model_of
from trialrun.study.rehearsal import Rehearsal, draw, prepare, write_rehearsal
from trialrun.study.reporting import write_report

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

TITLE = "Rehearsals"

SEED, TRIALS = 7, 100


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def once(what: Rehearsal) -> tuple[float, float, int]:
    """Seconds of one rehearsal into a folder, of its report alone, and the entries."""
    with tempfile.TemporaryDirectory() as name:
        folder, spent = Path(name) / "sim", []

        def report(part: Path) -> None:
            spent.append(timed(lambda: write_report(part, shown_as=folder)))

        whole = timed(
            lambda: write_rehearsal(folder, what, draw(what, SEED), seed=SEED, finish=report)
        )
        entries = (folder / "report" / "entries.jsonl").read_bytes().count(b"\n")
    return whole, spent[0], entries


def only_drawn(what: Rehearsal) -> None:
    """The plain alternative: the same simulated people, by a model that no trial's rules bind."""
    model, count = model_of(what.protocol), candidates_needed(what.protocol)
    for first in range(0, TRIALS, CHUNK):
        seeds = [trial_seed(SEED, one) for one in range(first, min(first + CHUNK, TRIALS))]
        for people in model.candidates(what.protocol, seeds, count):
            Counter(one.biography.ending for one in people)


def hundred() -> dict[str, str]:
    """The records of docs/reference/rehearsable.md, where the collection is."""
    from support.rehearsable import RECORDS, chosen, records, walk_to_results

    if not RECORDS.exists():
        return {}
    ones = [walk_to_results(record) for record in chosen(records())]
    seconds = Counter[str]()
    for one in ones:
        seconds.update(one.seconds)
    steps = ", ".join(f"{step} {spent:.1f}" for step, spent in seconds.items())
    return {
        "real records rehearsed to results, generic model": f"{len(ones)}",
        "of these, enrolled as many as the record plans": f"{sum(one.reached for one in ones)}",
        "of these, closed by their own safety rules": f"{sum(one.suspended for one in ones)}",
        "processor seconds for all": steps,
    }


def run() -> dict[str, str]:
    """Seconds of one rehearsal; trials a second, beside drawing the same people alone."""
    (example,) = example_numbers()
    record, file, _ = load(example)
    what = prepare(record, file)
    once(what)  # once before, so that what is read and made only once is not counted
    whole, report, entries = once(what)
    figures = {
        "one rehearsal into SQLite, with its report": f"{whole:.2f} s, {entries:,} entries",
        "of that, the report": f"{report:.2f} s",
    }
    rates = {"plain alternative: the same people drawn, no conduct, no ledger": TRIALS
             / timed(lambda: only_drawn(what))}  # fmt: skip
    for trials, workers in ((TRIALS, 1), (TRIALS, 2), (1000, 2)):
        name = f"{trials:,} trials through conduct and ledger, {workers} process"
        name += "es" if workers > 1 else ""
        seconds = timed(lambda trials=trials, workers=workers: many(what, SEED, trials, workers))
        rates[name] = trials / seconds
    figures |= {name: f"{rate:.1f} trials/s" for name, rate in rates.items()}
    figures["cores of the machine"] = str(os.cpu_count())
    return figures | hundred()
