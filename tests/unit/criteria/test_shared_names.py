"""Names of several variables: which is meant first stands in the rows, not in their order."""

from __future__ import annotations

from itertools import combinations

import pytest

from trialrun.criteria.text_reader import lexicon
from trialrun.criteria.text_reader.lexicon import ANY, _measured, _names
from trialrun.criteria.text_reader.words import phrase
from trialrun.vocabulary.table import variables

LOOSE = {
    words: [one.row for one in meanings if not one.exact] for words, meanings in _measured().items()
}
PAIRS = {
    (first.name, second.name): (first, second, words)
    for words, rows in LOOSE.items()
    for first, second in combinations(rows, 2)
}


def test_one_row_of_two_that_share_a_name_gives_way() -> None:
    assert len(PAIRS) > 50
    for first, second, words in PAIRS.values():
        assert first.name in second.after and second.name not in first.after, (
            f"{' '.join(words)!r} stands in with_unit of {first.name} and {second.name}: "
            f"say in one of the two rows that it is `after` the other"
        )


def test_a_row_gives_way_only_where_a_name_is_shared() -> None:
    told = {(first, row.name) for row in variables().values() for first in row.after}
    assert told == set(PAIRS)


def test_the_exact_variable_of_a_name_goes_first() -> None:
    for words, meanings in _measured().items():
        assert [one.exact for one in meanings[1:]] == [False] * (len(meanings) - 1), words
    assert [one.row.name for one in _measured()[phrase("prothrombin time")]] == [
        "prothrombin_time", "inr", "pt_percent",
    ]  # fmt: skip


def test_no_two_variables_have_a_name_as_words_are_read() -> None:
    names = [phrase(text) for row in variables().values() for text in set(row.synonyms)]
    read = {(phrase(text), row.name) for row in variables().values() for text in row.synonyms}
    assert len(read) == len(set(names))


def test_the_order_of_rows_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    meant, named = dict(_measured()), dict(_names(ANY))
    monkeypatch.setattr(lexicon, "variables", lambda: dict(reversed(list(variables().items()))))
    assert _measured.__wrapped__() == meant
    assert _names.__wrapped__(ANY) == named
