"""Scores of trials for a query, plain and in memory: the law that every index must agree with.

The score of a trial is, over the query's terms t with their weights q(t) and over the fields f with
theirs w(f), the sum of

    q(t) · w(f) · idf(t, f) · tf · (k₁ + 1) / (tf + k₁ · (1 − b + b · length / mean length))

with k₁ = 1.2, b = 0.75, idf(t, f) = ln(1 + (N − n + ½) / (n + ½)), where n of N trials have the
term in the field: BM25 (Robertson and Zaragoza, Found Trends Inf Retr 2009;3:333), field by field.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from trialrun.registry.searched import WEIGHTS
from trialrun.registry.terms import terms

K1, B = 1.2, 0.75

Query = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A trial that was found, with its score."""

    nct_id: str
    score: float


class _Field:
    """The postings of one field: of each term, the trials that have it and how often."""

    def __init__(self) -> None:
        self.trials: dict[str, array[int]] = {}
        self.counts: dict[str, array[float]] = {}
        self.lengths: array[float] = array("f")

    def add(self, trial: int, text: str) -> None:
        counted = Counter(terms(text))
        self.lengths.extend([0.0] * (trial - len(self.lengths)))
        self.lengths.append(float(counted.total()))
        for term, count in counted.items():
            self.trials.setdefault(term, array("I")).append(trial)
            self.counts.setdefault(term, array("f")).append(float(count))


class Corpus:
    """Trials that can be scored."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self._places: dict[str, int] = {}
        self._fields = {field: _Field() for field in WEIGHTS}
        self._norms: dict[str, NDArray[np.float64]] = {}

    def add(self, nct_id: str, texts: Mapping[str, str]) -> None:
        """Takes one trial in, with its texts by field; each number once."""
        if nct_id in self._places:
            raise ValueError(f"{nct_id} is in the corpus already")
        trial = self._places[nct_id] = len(self.numbers)
        self.numbers.append(nct_id)
        self._norms.clear()
        for field, text in texts.items():
            self._fields[field].add(trial, text)

    def score(self, query: Query) -> NDArray[np.float64]:
        """The score of every trial, in the order in which they were added."""
        scores = np.zeros(len(self.numbers))
        for field, weight in WEIGHTS.items():
            postings = self._fields[field]
            norm = self._norm(field)
            for term, wanted in query.items():
                held = postings.trials.get(term)
                if held is None:
                    continue
                trials = np.frombuffer(held, dtype=np.uint32)
                counts = np.frombuffer(postings.counts[term], dtype=np.float32).astype(float)
                part = counts * (K1 + 1) / (counts + norm[trials])
                scores[trials] += wanted * weight * idf(len(self.numbers), len(held)) * part
        return scores

    def best(self, query: Query, size: int) -> tuple[Hit, ...]:
        """The trials with the highest scores above zero; of equal ones the lower number first."""
        scores = self.score(query)
        found = [(-scores[at], self.numbers[at]) for at in np.flatnonzero(scores)]
        return tuple(Hit(nct_id=number, score=float(-low)) for low, number in sorted(found)[:size])

    def parts(self, nct_id: str, texts: Mapping[str, str]) -> dict[str, float]:
        """Of each term of a trial with these texts, what it adds to a score, but for q and idf."""
        trial, found = self._places[nct_id], defaultdict[str, float](float)
        for field, text in texts.items():
            norm = float(self._norm(field)[trial])
            for term, count in Counter(terms(text)).items():
                found[term] += WEIGHTS[field] * count * (K1 + 1) / (count + norm)
        return dict(found)

    def idf(self, term: str) -> float:
        """How much a term tells in the field in which most trials have it."""
        held = (len(one.trials.get(term, ())) for one in self._fields.values())
        return idf(len(self.numbers), max(held))

    def _norm(self, field: str) -> NDArray[np.float64]:
        """k₁ · (1 − b + b · length / mean length) of every trial."""
        known = self._norms.get(field)
        if known is None:
            lengths = np.zeros(len(self.numbers))
            held = np.frombuffer(self._fields[field].lengths, dtype=np.float32)
            lengths[: len(held)] = held
            mean = lengths.mean() if len(lengths) else 0.0
            known = self._norms[field] = K1 * (1 - B + B * lengths / (mean or 1.0))
        return known


def idf(trials: int, having: int) -> float:
    """How much a term tells that `having` of so many trials have."""
    return log(1 + (trials - having + 0.5) / (having + 0.5))
