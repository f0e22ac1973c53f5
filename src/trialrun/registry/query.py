"""What somebody looks for, as weighed terms: a few words, or a whole note about a patient."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt

from trialrun.registry.scoring import Corpus, Hit
from trialrun.registry.terms import terms

# In a note, what is denied is not what a trial is wanted for.
_DENIED = re.compile(
    r"\b(?:denies|denied|no|not|without|negative for|absence of|ruled out|unremarkable)\b"
    r"[^.;]*[.;]?",
    re.IGNORECASE,
)
NOTE = 12  # different terms from which on a text is a note
_TRIALS, _TERMS, _KEPT = 3, 20, 0.7  # chosen on judged topics, see docs/explanation/finding.md


def query_of(text: str) -> dict[str, float]:
    """The terms of a text, each weighed by the square root of how often it stands there.

    Of a note (a text of `NOTE` terms or more), clauses that deny something are left out.
    """
    counted = Counter(terms(text))
    if len(counted) >= NOTE:
        counted = Counter(terms(_DENIED.sub(" ", text))) or counted
    return {term: sqrt(count) for term, count in counted.items()}


def find(
    text: str, corpus: Corpus, texts: Mapping[str, Mapping[str, str]], size: int
) -> tuple[Hit, ...]:
    """The best trials for a text; `texts` are those of each trial by field.

    Searched twice: the second time with what the first trials of the first time tell.
    """
    asked = query_of(text)
    first = [(hit, texts[hit.nct_id]) for hit in corpus.best(asked, _TRIALS)]
    return corpus.best(widened(asked, first, corpus), size)


def widened(
    query: Mapping[str, float], found: Sequence[tuple[Hit, Mapping[str, str]]], corpus: Corpus
) -> dict[str, float]:
    """The query with terms of the trials that it finds first, each with its texts by field.

    Relevance feedback (RM3; Abdul-Jaleel and others, TREC 2004): seven tenths of the weight stay on
    the query's own terms, the rest goes to the twenty that tell most of the first three trials.
    """
    first = found[:_TRIALS]
    whole = sum(hit.score for hit, _ in first)
    if not whole:
        return dict(query)
    told: defaultdict[str, float] = defaultdict(float)
    for hit, texts in first:
        for term, part in corpus.parts(hit.nct_id, texts).items():
            told[term] += hit.score / whole * part * corpus.idf(term)
    best = sorted(told.items(), key=lambda pair: (-pair[1], pair[0]))[:_TERMS]
    asked = sum(weight * corpus.idf(term) for term, weight in query.items())
    added = sum(weight for _, weight in best)
    wide = {term: _KEPT * weight / asked for term, weight in query.items()}
    for term, weight in best:
        wide[term] = wide.get(term, 0.0) + (1 - _KEPT) * weight / added / corpus.idf(term)
    return wide
