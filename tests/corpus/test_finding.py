"""The reference search on judged topics: no worse than when it was first measured.

Reads 101,016 trials, for some minutes: `make test-all` only.
"""

from __future__ import annotations

import pytest
from tests.support.retrieval import SIZE, judge, mean, topics, trials

from trialrun.registry.query import find
from trialrun.registry.scoring import Corpus

pytestmark = pytest.mark.slow


def test_notes_find_no_less_than_when_first_measured() -> None:
    texts = dict(trials())
    corpus = Corpus()
    for number, each in texts.items():
        corpus.add(number, each)

    def finding(note: str) -> list[str]:
        return [hit.nct_id for hit in find(note, corpus, texts, SIZE)]

    known = set(texts)
    sigir = topics("sigir2016", known)
    tuned = tuple(one for one in topics("trec_2021", known) if one.tuning)
    assert (len(sigir), len(tuned)) == (48, 43)
    assert mean(judge(finding, sigir)).ndcg >= 0.32
    assert mean(judge(finding, tuned)).ndcg >= 0.52
