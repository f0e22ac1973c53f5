"""Which real records are rehearsed, by the written rule of docs/reference/rehearsable.md."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

from trialrun.analysis.cutoff import cutoff_at
from trialrun.protocol.draft import draft
from trialrun.record.model import Study
from trialrun.record.opening import ReadRecord, open_record
from trialrun.rehearse.trial import rehearse
from trialrun.results.analysed import analyse
from trialrun.results.registry import results_section
from trialrun.results.registry_rules import Finding, check_results
from trialrun.study.drafting import record_bytes, sha256
from trialrun.study.rehearsal import draw, memory, prepare

RECORDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "records" / "records.jsonl.gz"
MODELS = ("SINGLE_GROUP", "PARALLEL")
LEAST, MOST, HOW_MANY = 5, 60, 100


@cache
def records() -> tuple[ReadRecord, ...]:
    """All real records, in the order of their file."""
    with gzip.open(RECORDS, "rt", encoding="utf-8") as lines:
        return tuple(open_record(line, where="corpus") for line in lines)


def chosen(among: Iterable[ReadRecord], count: int = HOW_MANY) -> Iterator[ReadRecord]:
    """The first ones that are interventional, of a model that is rehearsed, and of 5 to 60."""
    return islice((one for one in among if _meets_the_rule(one.study)), count)


def _meets_the_rule(study: Study) -> bool:
    design = study.protocol.design
    planned = design.enrollment_info.count
    return (
        design.study_type == "INTERVENTIONAL"
        and design.design_info.intervention_model in MODELS
        and planned is not None
        and LEAST <= planned <= MOST
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What became of one record."""

    nct_id: str
    planned: int
    target: int
    enrolled: int
    suspended: bool
    results: Study
    findings: tuple[Finding, ...]
    seconds: Mapping[str, float]

    @property
    def reached(self) -> bool:
        """Whether as many were enrolled as the record plans."""
        return self.enrolled >= self.target


def walk_to_results(record: ReadRecord, *, seed: int = 7) -> Walked:
    """Draft, rehearse with the generic model on memory, and check the results section."""
    seconds: dict[str, float] = {}
    last = time.process_time()

    def passed(step: str) -> None:
        nonlocal last
        seconds[step], last = time.process_time() - last, time.process_time()

    data = record_bytes(record)
    file = draft(record.study, record_sha256=sha256(data))
    file = replace(file, meta=replace(file.meta, rehearsal_model="generic"))
    what = prepare(data, file)
    passed("drafted and settled")
    candidates = draw(what, seed)
    state, store = rehearse(what.file, what.protocol, candidates, seed=seed, new_store=memory)
    entries = tuple(store.entries())
    store.close()
    passed("rehearsed")
    results = Study(results=results_section(analyse(cutoff_at(what.protocol, entries))))
    findings = check_results(results)
    passed("results drafted and checked")
    return Walked(
        nct_id=record.study.nct_id or "",
        planned=record.study.protocol.design.enrollment_info.count or 0,
        target=what.protocol.enrolment.target,
        enrolled=len(state.enrolled),
        suspended=state.suspended is not None,
        results=results,
        findings=findings,
        seconds=seconds,
    )
