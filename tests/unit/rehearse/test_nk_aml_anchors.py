"""The anchor table: targets inside their intervals, misses shown, nothing moved by the step."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import pytest

from trialrun.errors import InputError
from trialrun.rehearse.nk_aml import anchors as anchors_module
from trialrun.rehearse.nk_aml.anchors import (
    PARTICIPANTS,
    Anchor,
    AnchorResult,
    Figure,
    Verdict,
    anchor_trials,
    anchors,
    run_anchor,
)
from trialrun.rehearse.nk_aml.page import (
    filled,
    render_anchors,
    render_checks,
    render_clinical,
    render_parameters,
    render_settings,
)
from trialrun.rehearse.nk_aml.parameters import shipped_parameters

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "nk-aml-model.md"
BY_ID = {one.id: one for one in anchors()}
QUICK = 1000


@cache
def quick(name: str, step: float = 0.25) -> AnchorResult:
    return run_anchor(BY_ID[name], shipped_parameters(), QUICK, step)


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("anchor", anchors(), ids=lambda one: one.id)
def test_no_figure_lies_outside_or_far_but_the_known_misses(anchor: Anchor) -> None:
    result = quick(anchor.id)
    for expected in anchor.expected:
        verdict = result.verdict(expected)
        assert verdict not in (Verdict.OUTSIDE, Verdict.FAR), (expected, result.figures)
        assert bool(expected.known_miss) == (verdict is Verdict.KNOWN_MISS), expected


@pytest.mark.parametrize(
    ("target", "name", "figure", "low", "high"),
    [
        ("T1", "bjorklund-2018", Figure.EXPANSION, 0, 26),
        ("T2", "bachanova-2014-il2", Figure.EXPANSION, 3, 23),
        ("T2", "bachanova-2014-il2dt", Figure.EXPANSION, 8, 55),
        ("T3", "bjorklund-2018", Figure.DETECTABLE_EARLY, 21, 79),
        ("T5", "bachanova-2014-il2", Figure.RESPONSE, 10, 37),
        ("T6", "zhao-2020", Figure.RESPONSE, 19, 81),
    ],
)
def test_targets_are_inside_their_published_intervals(
    target: str, name: str, figure: Figure, low: float, high: float
) -> None:
    assert low <= quick(name).figures[figure] <= high
    (stated,) = [
        one for one in BY_ID[name].expected if one.figure is figure and one.target == target
    ]
    assert stated.interval == (low, high)


def test_the_known_misses_are_misses() -> None:
    assert quick("bjorklund-2018").figures[Figure.RESPONSE] < 15
    assert quick("rubnitz-2010").figures[Figure.MEDIAN_14] < 5.8 / 2
    told = [one.figure for anchor in anchors() for one in anchor.expected if one.known_miss]
    assert told == [Figure.RESPONSE, Figure.MEDIAN_14]


def test_more_cytokine_gives_more_expansion() -> None:
    order = ("bjorklund-2018", "bachanova-2014-il2", "bachanova-2014-il2dt", "cooley-2019-iv")
    figures = [quick(name).figures[Figure.EXPANSION] for name in order]
    assert figures == sorted(figures)
    assert [BY_ID[name].cytokine for name in order] == [0, 0.12, 0.30, 0.45]


@pytest.mark.parametrize("name", ["worked-example-relapsed", "bachanova-2014-il2dt", "zhao-2020"])
def test_halving_the_step_moves_no_figure(name: str) -> None:
    usual, halved = quick(name).figures, quick(name, 0.125).figures
    for figure, value in usual.items():
        assert halved[figure] == pytest.approx(value, rel=0.02, abs=0.5), figure


@pytest.mark.slow
def test_the_page_has_the_whole_table_as_computed_anywhere() -> None:
    results = anchor_trials()
    assert render_anchors(results) in page()
    assert render_checks(results) in page()
    halved = anchor_trials(step=0.125)
    for one, other in zip(results, halved, strict=True):
        for figure, value in one.figures.items():
            assert other.figures[figure] == pytest.approx(value, rel=0.02, abs=0.5)


def test_the_page_has_one_row_as_computed_here() -> None:
    full = run_anchor(BY_ID["bjorklund-2018"], shipped_parameters(), PARTICIPANTS)
    assert render_anchors([full]).splitlines()[-1] in page()
    assert render_checks([full]).splitlines()[2] in page()


def test_the_page_lists_every_number_of_the_file() -> None:
    parameters = shipped_parameters()
    for part in (
        render_parameters(parameters),
        render_clinical(parameters),
        render_settings(anchors()),
    ):
        assert part in page()


def test_the_page_says_what_the_model_cannot_do() -> None:
    text = " ".join(page().split())
    for words in (
        "tuned by hand, not estimated",
        "not identified apart",
        "cannot justify the 48 hours",
        "more than 1 cell/µL",
        "known miss",
        "held out",
    ):
        assert words in text


def test_rows_state_weight_doses_and_rules_with_grade_and_basis() -> None:
    for anchor in anchors():
        for number, days in anchor.given:
            assert number.basis, anchor.id
            assert days or number.name.endswith("cytokine")
        for number in anchor.people:
            assert number.basis
            assert number.name in shipped_parameters().numbers
    assert {one.id for one in anchors() if one.held_out} == {"miller-2005", "nguyen-2019"}


def test_a_part_without_its_place_is_an_error() -> None:
    text = "a\n<!-- begin x -->\nold\n<!-- end x -->\nz\n"
    assert filled(text, {"x": "new"}) == "a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nz\n"
    assert filled(filled(text, {"x": "new"}), {"x": "new"}) == filled(text, {"x": "new"})
    with pytest.raises(InputError, match="no place for 'y'"):
        filled(text, {"y": "new"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"response": "perhaps"}, "response rule"),
        (
            {"regimen": {"nk_cells": {"value": 1, "unit": "mg", "grade": "assumed", "basis": "x"}}},
            "nk_cells in 'mg'",
        ),
        (
            {"regimen": {"aspirin": {"value": 1, "unit": "mg", "grade": "assumed", "basis": "x"}}},
            "aspirin",
        ),
        ({"regimen": {"nk_cells": {"value": 1, "unit": "/kg", "grade": "assumed"}}}, "no basis"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused(
    change: dict[str, object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {
        "id": "x",
        "title": "x",
        "disease": "mrd-positive",
        "source": "x",
        "response": "mrd",
        "regimen": {},
        "figures": [],
    }
    monkeypatch.setattr(anchors_module, "model_file", lambda: {"anchor": [{**row, **change}]})
    with pytest.raises(InputError, match=words):
        anchors()


def test_the_benchmark_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(__file__).parents[3] / "benchmarks" / "anchor_trials.py"
    spec = importlib.util.spec_from_file_location("anchor_trials_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.anchor_trials = lambda: anchor_trials(40, step=1.0)
    figures = module.run()
    assert "| T1 | bjorklund-2018 |" in capsys.readouterr().out
    assert len(figures) == len(anchors()) + 2
