"""The scorer by which reading is judged: normal forms, multisets, and counts by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.support.reading_score import Score, keys_of_label, score_record, wilson

from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.nodes import Comparison
from trialrun.criteria.text_reader import read_criteria
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS


def label(variable: str, op: str, value: str, unit: str, kind: str = "quantity") -> dict[str, Any]:
    return {
        "nct": "N", "quote": "", "section": "inclusion", "kind": kind, "variable": variable,
        "op": op, "value": value, "unit": unit,
    }  # fmt: skip


def score(text: str, *labels: dict[str, Any], names: dict[str, str] | None = None) -> Score:
    found = Score()
    score_record(found, labels, read_criteria(f"Inclusion Criteria:\n\n* {text}"), names or {})
    return found


def counts(found: Score) -> tuple[int, int, int]:
    return tuple(sum(part.values()) for part in (found.found, found.missed, found.wrong))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("ANC ≥ 1,500/mm3", label("anc", ">=", "1.5", "10*9/L")),
        ("Creatinine ≤ 1.5 mg/dL", label("creatinine", "<=", "132.6", "umol/L")),
        ("Age ≥ 1 year", label("age", ">=", "12", "mo", "age")),
        ("Platelets ≥ 100,000 unless explained", label("platelets", ">=", "100000", "")),
        ("ECOG ≤ 2", label("ecog", "in", "0,1,2", "{score}", "ordinal")),
        ("ECOG 0-1", label("ecog", "<", "2", "{score}", "ordinal")),
        ("NYHA III or IV, unless treated", label("nyha_class", ">=", "3", "", "ordinal")),
        ("Stage III melanoma", label("disease_stage", "in", "III", "", "ordinal")),
        ("FEV1/FVC < 0.7", label("fev1_fvc", "<", "70", "%")),
        ("Oswestry Disability Index ≥ 40%", label("odi", ">=", "40", "%")),
    ],
)
def test_the_same_limit_in_another_form_agrees(text: str, one: dict[str, Any]) -> None:
    assert counts(score(text, one)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("ANC ≥ 1,500/mm3", label("anc", ">", "1.5", "10*9/L")),
        ("ANC ≥ 1,500/mm3", label("wbc", ">=", "1.5", "10*9/L")),
        ("ALT ≤ 3 x ULN", label("alt", "<=", "3", "xLLN")),
        ("ECOG ≤ 2", label("ecog", "in", "0,1", "{score}", "ordinal")),
    ],
)
def test_another_limit_is_missed_and_wrong(text: str, one: dict[str, Any]) -> None:
    assert counts(score(text, one)) == (0, 1, 1)


def test_each_atom_counts_once_and_windows_are_apart() -> None:
    twice = label("alt", "<=", "3", "xULN")
    assert counts(score("ALT ≤ 3 x ULN", twice, twice)) == (1, 1, 0)
    window = label("other:time_since_surgery", ">=", "28", "d", "interval")
    found = score("ALT ≤ 3 x ULN", twice, window)
    assert counts(found) == (1, 0, 0) and found.apart == 1


def test_names_of_the_labels_are_mapped_or_missed() -> None:
    own = label("other:insomnia_index", ">=", "11", "{score}")
    assert counts(score("ISI ≥ 11", own)) == (0, 1, 1)
    assert counts(score("ISI ≥ 11", own, names={"other:insomnia_index": "isi"})) == (1, 0, 0)
    assert keys_of_label(own, {}) == frozenset()


def test_intervals_are_wilsons() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 4), round(high, 4)) == (0.5958, 0.9821)
    assert wilson(0, 0) == (0.0, 1.0)


def own_score(name: str, own: dict[str, list[str]] | None, **changed: Any) -> tuple[int, int, int]:
    """The score of one own atom, `own_wobble_index_score >= 7`, against one label."""
    text = "Inclusion Criteria:\n\n* Wobble index of at least 7"
    atom = Comparison(
        variable="own_wobble_index_score", op=">=", limit=Quantity(Decimal(7), UNITS["{score}"])
    )
    start = text.index("Wobble")
    one = Criterion(
        id="I1", kind="inclusion", text="Wobble index of at least 7", span=(start, len(text)),
        status=Status.COMPUTABLE, rule=atom,
    )  # fmt: skip
    said = {**label(name, ">=", "7", "{score}"), "quote": "Wobble index of at least 7", **changed}
    found = Score()
    score_record(found, [said], Criteria(all=(one,)), {}, own=own, text=text)
    return counts(found)


def test_an_own_variable_agrees_where_comparison_place_and_meaning_do() -> None:
    same = {"other:wobbling": ["own_wobble_index_score"]}
    assert own_score("other:wobbling", same) == (1, 0, 0)
    assert own_score("other:wobbling", {}) == (0, 1, 1)
    assert own_score("other:wobbling", same, op=">") == (0, 1, 1)
    assert own_score("other:wobbling", same, value="8") == (0, 1, 1)
    assert own_score("other:wobbling", same, unit="mg/dL") == (0, 1, 1)
    assert own_score("other:wobbling", same, quote="Inclusion") == (0, 1, 1)
    assert own_score("other:wobble_index", None) == (1, 0, 0)
    assert own_score("other:gait", None) == (0, 1, 1)
    assert own_score("alt", None) == (0, 1, 1)
