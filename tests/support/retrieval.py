"""Judged topics of SIGIR 2016 and TREC 2021 on the trials whose texts are in the corpus.

A thousand trials are retrieved from all, then those that nobody judged are dropped. Gains are 2 for
eligible, 1 for excluded, 0 else; precision and recall count only eligible. Topics without an
eligible trial in the corpus are left out. Half of the 2021 topics, by the SHA-256 of a written
seed, is for tuning; the other half is only reported.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SIZE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A note, and what was judged of the trials for it."""

    code: str
    text: str
    judged: Mapping[str, int]

    @property
    def tuning(self) -> bool:
        digest = hashlib.sha256(f"trialrun find topics:{self.code}".encode()).hexdigest()
        return int(digest, 16) % 2 == 0


def trials() -> Iterator[tuple[str, dict[str, str]]]:
    """Number and texts by field of the 101,016 trials."""
    fields = {"title": "title", "brief_summary": "summary", "detailed_description": "description"}
    with lzma.open(SHARED / "registry" / "trials-101k.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["nct"], {ours: row[theirs] for theirs, ours in fields.items() if row[theirs]}


def topics(name: str, known: set[str]) -> tuple[Topic, ...]:
    """The topics of `sigir2016` or `trec_2021` with an eligible trial among those known."""
    folder = SHARED / "trec" / name
    rows = (folder / "qrels-test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    judged: dict[str, dict[str, int]] = {}
    for row in rows:
        topic, trial, gain = row.split("\t")
        if trial in known:
            judged.setdefault(topic, {})[trial] = int(gain)
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {one["_id"]: one["text"] for one in map(json.loads, lines)}
    return tuple(
        Topic(code=code, text=texts[code], judged=gains)
        for code, gains in judged.items()
        if 2 in gains.values()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of one topic: nDCG@10, precision at 10, recall among the thousand."""

    ndcg: float
    precision: float
    recall: float


def quality(found: Sequence[str], topic: Topic) -> Quality:
    """How good a ranking is for a topic."""
    kept = [topic.judged[one] for one in found[:SIZE] if one in topic.judged]
    best = sorted(topic.judged.values(), reverse=True)
    eligible = sum(gain == 2 for gain in topic.judged.values())
    return Quality(
        ndcg=_gain(kept[:10]) / _gain(best[:10]),
        precision=sum(gain == 2 for gain in kept[:10]) / 10,
        recall=sum(gain == 2 for gain in kept) / eligible,
    )


def _gain(gains: Sequence[int]) -> float:
    return sum(gain / log2(place + 2) for place, gain in enumerate(gains))


def judge(find: Callable[[str], Sequence[str]], listed: Sequence[Topic]) -> tuple[Quality, ...]:
    """The quality of a search on each topic."""
    return tuple(quality(find(topic.text), topic) for topic in listed)


def mean(parts: Sequence[Quality]) -> Quality:
    """The mean of each measure."""
    return Quality(
        ndcg=float(np.mean([one.ndcg for one in parts])),
        precision=float(np.mean([one.precision for one in parts])),
        recall=float(np.mean([one.recall for one in parts])),
    )


def ahead(
    ours: Sequence[Quality], theirs: Sequence[Quality], *, seed: int = 1, times: int = 10_000
) -> tuple[float, float, float]:
    """How far nDCG@10 is ahead, with the 95 % interval of a bootstrap of topics in pairs."""
    apart = np.array([one.ndcg - other.ndcg for one, other in zip(ours, theirs, strict=True)])
    draws = np.random.Generator(np.random.PCG64(seed)).integers(0, len(apart), (times, len(apart)))
    low, high = np.percentile(apart[draws].mean(axis=1), [2.5, 97.5])
    return float(apart.mean()), float(low), float(high)
