"""ELN response: cases from a file, and what must hold of every set of findings."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.assess.aml_response import (
    REMISSIONS,
    Category,
    Definition,
    Findings,
    Mrd,
    assess_response,
    best_response,
    marrow_adequate,
    mrd_by_flow,
    mrd_conversion,
    relapse,
)
from trialrun.values.truth import Truth

FILE = tomllib.loads(
    (Path(__file__).parent / "cases" / "aml_response.toml").read_text(encoding="utf-8")
)


def yes_no(value: bool | str | None) -> bool | None:
    return value if isinstance(value, bool) else None


def findings_of(case: dict[str, Any]) -> Findings:
    merged = {**FILE["defaults"], **case}

    def number(name: str) -> Decimal | None:
        return Decimal(merged[name]) if name in merged else None

    adequate = yes_no(merged["adequate"])
    return Findings(
        marrow_blasts=number("blasts"),
        circulating_blasts=yes_no(merged["circulating"]),
        extramedullary=yes_no(merged["extramedullary"]),
        neutrophils=number("anc"),
        platelets=number("platelets"),
        baseline_blasts=number("baseline"),
        marrow_adequate=Truth.UNKNOWN
        if adequate is None
        else (Truth.TRUE if adequate else Truth.FALSE),
        auer_rods=yes_no(merged.get("auer")),
        mrd=Mrd(merged.get("mrd", "not evaluated")),
    )


@pytest.mark.parametrize("case", FILE["case"], ids=lambda case: case["why"])
def test_the_category_is_that_of_the_table(case: dict[str, Any]) -> None:
    definition = Definition(case.get("definition", "eln-2022"))
    response = assess_response(findings_of(case), definition)
    assert response.category.value == case["category"]
    assert response.definition is definition
    if "possible" in case:
        assert [one.value for one in response.possible] == case["possible"]
    if "missing" in case:
        assert list(response.missing) == case["missing"]
    if "remission" in case:
        assert response.remission.value == case["remission"]
    assert response.label == case.get("label", case["category"])


percent = st.none() | st.sampled_from([Decimal(n) for n in ("0", "4.9", "5", "13", "25", "26")])
counts = st.none() | st.sampled_from(
    [Decimal(n) for n in ("0.4", "0.5", "0.99", "1", "49", "50", "99", "100")]
)
maybe = st.none() | st.booleans()
found = st.builds(
    Findings,
    marrow_blasts=percent,
    circulating_blasts=maybe,
    extramedullary=maybe,
    neutrophils=counts,
    platelets=counts,
    baseline_blasts=st.none() | st.sampled_from([Decimal(n) for n in ("8", "26", "50", "60")]),
    marrow_adequate=st.sampled_from([Truth.TRUE, Truth.UNKNOWN]),
    auer_rods=maybe,
)
KNOWABLE: dict[str, tuple[Any, ...]] = {
    "marrow_blasts": tuple(map(Decimal, ("0", "5", "13", "25", "26", "40"))),
    "circulating_blasts": (True, False),
    "extramedullary": (True, False),
    "neutrophils": tuple(map(Decimal, ("0.1", "0.5", "1"))),
    "platelets": tuple(map(Decimal, ("10", "50", "100"))),
    "baseline_blasts": tuple(map(Decimal, ("5", "26", "90"))),
    "auer_rods": (True, False),
}


@given(found, st.sampled_from(list(Definition)))
def test_a_missing_finding_leaves_open_exactly_what_it_could_decide(
    findings: Findings, definition: Definition
) -> None:
    response = assess_response(findings, definition)
    gaps = [name for name in KNOWABLE if getattr(findings, name) is None]
    adequacy = (
        [Truth.TRUE, Truth.FALSE] if findings.marrow_adequate is Truth.UNKNOWN else [Truth.TRUE]
    )
    reached = set()
    for values in product(*(KNOWABLE[name] for name in gaps)):
        for adequate in adequacy:
            # An inadequate marrow undoes what the blasts say, so it opens nothing new here.
            whole = replace(
                findings, **dict(zip(gaps, values, strict=True)), marrow_adequate=adequate
            )
            reached.add(assess_response(whole, definition).category)
    if response.category is Category.NE:
        assert reached - {Category.NE} <= set(response.possible)
        assert len(response.possible) > 1
        assert response.missing
    else:
        assert reached - {Category.NE} == {response.category}


@given(found)
def test_a_remission_of_2022_has_no_sign_of_leukaemia(findings: Findings) -> None:
    response = assess_response(findings)
    if response.category in (*REMISSIONS, Category.MLFS):
        assert findings.marrow_blasts is not None
        assert findings.marrow_blasts < 5
        assert findings.circulating_blasts is False
        assert findings.extramedullary is False


@pytest.mark.parametrize(
    ("spicules", "cells", "cellularity", "adequate"),
    [
        (True, 200, None, Truth.TRUE),
        (True, 199, None, Truth.UNKNOWN),
        (True, 199, "9", Truth.FALSE),
        (True, 199, "10", Truth.TRUE),
        (False, 500, "50", Truth.FALSE),
        (None, 500, "50", Truth.UNKNOWN),
        (None, 10, "2", Truth.FALSE),
    ],
)
def test_marrow_adequacy(
    spicules: bool | None, cells: int | None, cellularity: str | None, adequate: Truth
) -> None:
    share = None if cellularity is None else Decimal(cellularity)
    assert marrow_adequate(spicules=spicules, cells_counted=cells, cellularity=share) is adequate


def test_mrd_on_its_limit_is_positive() -> None:
    assert mrd_by_flow(Decimal("0.0999")) is Mrd.NEGATIVE
    assert mrd_by_flow(Decimal("0.1")) is Mrd.POSITIVE
    assert mrd_by_flow(None) is Mrd.NOT_EVALUATED


@pytest.mark.parametrize(
    ("before", "after", "converted"),
    [
        (Mrd.POSITIVE, Mrd.NEGATIVE, Truth.TRUE),
        (Mrd.POSITIVE, Mrd.POSITIVE, Truth.FALSE),
        (Mrd.POSITIVE, Mrd.NOT_EVALUATED, Truth.UNKNOWN),
        (Mrd.NEGATIVE, Mrd.NEGATIVE, Truth.UNKNOWN),
        (Mrd.NOT_EVALUATED, Mrd.NEGATIVE, Truth.UNKNOWN),
    ],
)
def test_only_what_was_positive_converts(before: Mrd, after: Mrd, converted: Truth) -> None:
    assert mrd_conversion(before, after) is converted


def test_relapse_by_marrow_blood_or_outside() -> None:
    clear = Findings(
        marrow_blasts=Decimal("4.9"),
        circulating_blasts=False,
        extramedullary=False,
        neutrophils=None,
        platelets=None,
        marrow_adequate=Truth.TRUE,
    )
    assert relapse(clear) is Truth.FALSE
    assert relapse(replace(clear, marrow_blasts=Decimal(5))) is Truth.TRUE
    assert relapse(replace(clear, extramedullary=True)) is Truth.TRUE
    in_blood = replace(clear, circulating_blasts=True)
    assert relapse(in_blood) is Truth.UNKNOWN
    assert relapse(in_blood, circulating_confirmed=False) is Truth.FALSE
    assert relapse(in_blood, circulating_confirmed=True) is Truth.TRUE
    assert relapse(replace(clear, marrow_blasts=None)) is Truth.UNKNOWN
    aplastic = replace(clear, marrow_blasts=Decimal(20), marrow_adequate=Truth.FALSE)
    assert relapse(aplastic) is Truth.UNKNOWN


def test_best_response_prefers_what_was_evaluable() -> None:
    none = findings_of({"anc": "2", "platelets": "200"})
    poor = findings_of({"blasts": "40"})
    good = findings_of({"blasts": "2", "anc": "0.8", "platelets": "60"})
    responses = [assess_response(one) for one in (none, poor, good)]
    best = best_response(responses)
    assert best is not None
    assert best.category is Category.CRH
    assert best_response(responses[:2]) is responses[1]
    assert best_response([]) is None
