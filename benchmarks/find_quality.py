"""How well trials are found for a note about a patient, beside bm25s and SQLite's FTS5."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.support.retrieval import SIZE, Quality, ahead, judge, mean, topics, trials  # noqa: E402

from trialrun.registry.query import find  # noqa: E402
from trialrun.registry.scoring import Corpus  # noqa: E402
from trialrun.registry.terms import terms  # noqa: E402

TITLE = "Finding trials for a patient's note"
Find = Callable[[str], Sequence[str]]


def run() -> dict[str, str]:
    """nDCG@10, precision at 10 and recall at 1,000, and how far ahead, with 95 % intervals."""
    texts = dict(trials())
    known = set(texts)
    judged = topics("trec_2021", known)
    sets = {
        "SIGIR 2016 (tuned on)": topics("sigir2016", known),
        "TREC 2021, first half (tuned on)": tuple(one for one in judged if one.tuning),
        "TREC 2021, other half": tuple(one for one in judged if not one.tuning),
    }
    searches = {"Trialrun": ours(texts), "bm25s": with_bm25s(texts), "FTS5": with_fts5(texts)}
    told = {"trials searched": f"{len(texts):,}"}
    for name, listed in sets.items():
        results: dict[str, tuple[Quality, ...]] = {}
        for search, finding in searches.items():
            results[search] = judge(finding, listed)
            said = mean(results[search])
            told[f"{name}, {len(listed)} topics: {search}"] = (
                f"nDCG@10 {said.ndcg:.3f}, P@10 {said.precision:.3f}, recall {said.recall:.3f}"
            )
        for other in ("bm25s", "FTS5"):
            apart, low, high = ahead(results["Trialrun"], results[other])
            told[f"{name}: nDCG@10 ahead of {other}"] = f"{apart:+.3f} ({low:+.3f} to {high:+.3f})"
    return told


def ours(texts: dict[str, dict[str, str]]) -> Find:
    """The reference: fields, and one round of feedback."""
    corpus = Corpus()
    for number, each in texts.items():
        corpus.add(number, each)

    return lambda note: [hit.nct_id for hit in find(note, corpus, texts, SIZE)]


def with_bm25s(texts: dict[str, dict[str, str]]) -> Find:
    """All texts of a trial as one, with our terms (stems, no small words)."""
    import bm25s

    numbers = list(texts)
    retriever = bm25s.BM25()
    held = [list(terms("\n".join(each.values()))) for each in texts.values()]
    retriever.index(held, show_progress=False)
    known = set(retriever.vocab_dict)

    def finding(note: str) -> list[str]:
        asked = [term for term in terms(note) if term in known]
        found, _ = retriever.retrieve([asked], k=SIZE, show_progress=False)
        return [numbers[int(at)] for at in found[0]]

    return finding


def with_fts5(texts: dict[str, dict[str, str]]) -> Find:
    """FTS5 with its Porter stemmer; every word of the note may match."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE trial USING fts5(nct UNINDEXED, title, summary, description, "
        "tokenize='porter unicode61')"
    )
    fields = ("title", "summary", "description")
    connection.executemany(
        "INSERT INTO trial VALUES (?, ?, ?, ?)",
        ((number, *(each.get(field, "") for field in fields)) for number, each in texts.items()),
    )

    def finding(note: str) -> list[str]:
        words = dict.fromkeys(re.findall(r"[^\W_]+", note.lower()))
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = connection.execute(
            "SELECT nct FROM trial WHERE trial MATCH ? ORDER BY rank LIMIT ?", (asked, SIZE)
        )
        return [row[0] for row in rows]

    return finding
