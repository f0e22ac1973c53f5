"""Scores beside a second, plain implementation and an outside one; what a query becomes."""

from __future__ import annotations

from collections import Counter
from math import isclose, log, sqrt

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.record.example import example_content
from trialrun.record.opening import open_record
from trialrun.registry.query import NOTE, query_of, widened
from trialrun.registry.scoring import K1, B, Corpus
from trialrun.registry.searched import WEIGHTS, searched
from trialrun.registry.terms import folded, terms

WORDS = ["leukaemia", "killer", "cells", "donor", "relapse", "asthma", "IL-2", "dose"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
TRIAL = st.dictionaries(st.sampled_from(sorted(WEIGHTS)), TEXT, max_size=4)


def corpus_of(*trials: dict[str, str]) -> Corpus:
    corpus = Corpus()
    for number, texts in enumerate(trials, start=1):
        corpus.add(f"NCT{number:08}", texts)
    return corpus


def plain_score(query: dict[str, float], trials: list[dict[str, str]], trial: int) -> float:
    """The formula, one term and one field at a time."""
    total = 0.0
    for field, weight in WEIGHTS.items():
        held = [Counter(terms(one.get(field, ""))) for one in trials]
        mean = sum(counted.total() for counted in held) / len(held)
        for term, wanted in query.items():
            having = sum(term in counted for counted in held)
            count = held[trial][term]
            if not count:
                continue
            telling = log(1 + (len(trials) - having + 0.5) / (having + 0.5))
            length = held[trial].total() / mean
            total += (
                wanted * weight * telling * count * (K1 + 1) / (count + K1 * (1 - B + B * length))
            )
    return total


@given(trials=st.lists(TRIAL, min_size=1, max_size=6), query=TEXT)
def test_scores_are_those_of_a_plain_implementation(
    trials: list[dict[str, str]], query: str
) -> None:
    asked = query_of(query)
    scores = corpus_of(*trials).score(asked)
    for trial in range(len(trials)):
        assert isclose(
            scores[trial], plain_score(asked, trials, trial), rel_tol=1e-9, abs_tol=1e-12
        )


@given(texts=st.lists(TEXT.filter(bool), min_size=2, max_size=8), query=TEXT.filter(bool))
def test_one_field_alone_is_scored_as_an_outside_library_scores_it(
    texts: list[str], query: str
) -> None:
    asked = list(query_of(query))
    held = [list(terms(text)) for text in texts]
    known = {term for each in held for term in each}
    retriever = bm25s.BM25(method="lucene", k1=K1, b=B)
    retriever.index(held, show_progress=False)
    inside = [term for term in asked if term in known]
    outside = retriever.get_scores(inside) if inside else np.zeros(len(texts))
    ours = corpus_of(*({"summary": text} for text in texts)).score(dict.fromkeys(asked, 1.0))
    # Lucene leaves out the factor k₁ + 1, which is the same for all
    assert np.allclose(ours, outside * (K1 + 1), rtol=1e-5, atol=1e-6)


@given(trials=st.lists(TRIAL, min_size=1, max_size=6), query=TEXT)
def test_what_is_found_has_a_term_of_the_query_and_is_in_order(
    trials: list[dict[str, str]], query: str
) -> None:
    asked = query_of(query)
    found = corpus_of(*trials).best(asked, 10)
    having = {
        f"NCT{number:08}"
        for number, texts in enumerate(trials, start=1)
        if any(term in asked for text in texts.values() for term in terms(text))
    }
    assert {hit.nct_id for hit in found} == having
    assert list(found) == sorted(found, key=lambda hit: (-hit.score, hit.nct_id))
    assert list(found[:2]) == list(corpus_of(*trials).best(asked, 2))


def test_a_number_is_taken_in_once() -> None:
    corpus = corpus_of({"title": "a lamp"})
    with pytest.raises(ValueError, match="NCT00000001 is in the corpus already"):
        corpus.add("NCT00000001", {})
    assert corpus_of().best({"lamp": 1.0}, 10) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leukaemia, leukaemias", ["leukaemia", "leukaemia"]),
        ("IL-2 and CD-19", ["il", "il2", "cd", "19", "cd19"]),
        ("non-Hodgkin", ["non", "hodgkin"]),
        ("TNF-α", ["tnf", "alpha"]),
        ("Sjögren's syndrome", ["sjogren", "syndrom"]),
        ("The patients of a trial", []),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert list(terms(text)) == expected


@given(st.text(max_size=60))
def test_any_text_has_terms_that_are_folded(text: str) -> None:
    assert all(term == folded(term) and term for term in terms(text))


def test_of_a_note_what_is_denied_is_left_out() -> None:
    note = (
        "A woman with severe chest pain, nausea, sweating and mild dyspnoea for two days. "
        "She denies diabetes or smoking. There is obesity and arterial hypertension, treated with "
        "amlodipine."
    )
    asked = query_of(note)
    assert len(asked) >= NOTE - 2 and {"chest", "obes", "hypertens"} <= asked.keys()
    assert not {"diabet", "smoke"} & asked.keys()
    assert "diabet" in query_of("no diabetes")  # a few words are meant as they stand
    assert query_of("pain pain pain pain")["pain"] == sqrt(4)
    assert query_of("Denies everything. " * 3) != {}


def test_a_widened_query_keeps_its_terms_and_learns_from_what_it_found() -> None:
    trials = [
        {"title": "Natural killer cells in leukaemia", "summary": "haploidentical donor infusion"},
        {"title": "Killer whales", "summary": "ocean"},
        {"title": "Haploidentical donor infusion", "summary": "lymphoma"},
    ]
    corpus = corpus_of(*trials)
    asked = query_of("killer cells leukaemia")
    first = corpus.best(asked, 1)
    wide = widened(asked, [(hit, trials[int(hit.nct_id[3:]) - 1]) for hit in first], corpus)
    assert asked.keys() < wide.keys() and "haploident" in wide and "ocean" not in wide
    assert [hit.nct_id[-1] for hit in corpus.best(asked, 9)] == ["1", "2"]
    assert {hit.nct_id[-1] for hit in corpus.best(wide, 9)} == {"1", "2", "3"}
    assert widened(asked, [], corpus) == asked


def test_the_texts_of_a_record_by_field() -> None:
    content = example_content("NCT04221971")
    assert content is not None
    texts = searched(open_record(content, where="it").study)
    assert texts.keys() <= WEIGHTS.keys() and {"title", "conditions", "criteria"} <= texts.keys()
    assert "fludarabine" in texts["interventions"].lower()
    assert "leukemia" in texts["conditions"].lower()
