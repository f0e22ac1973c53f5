"""The reference engine beside an independent one: CQL's own, run by Node on FHIR bundles.

The answers of the CQL engine on synthetic patients are kept beside this file, as one letter a
patient (T, F, ?); `make oracle` makes them anew. Every disagreement must have a named class that
reproduces it (`support/cql_classes.py`), as often as the page says.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.support import cql_oracle as oracle
from tests.support.cql_classes import CLASSES, explained
from tests.support.rule_strategies import rules

from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Node,
    Not,
    Or,
    Presence,
)
from trialrun.criteria.printer import write_rule

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "explanation" / "cql-oracle.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\w+) \| (each|own) \| ([a-z +]+?) \| ([\d,]+) \|", re.MULTILINE)


@cache
def told(population: str, units: str) -> Counter[str]:
    """The counts that the page tells of one run."""
    return Counter(
        {
            name: int(count.replace(",", ""))
            for named, how, name, count in ROW.findall(PAGE)
            if (named, how) == (population, units)
        }
    )


def test_every_disagreement_on_simulated_people_is_explained_and_counted() -> None:
    population = oracle.generated()
    counts, decided, unexplained = explained(population, oracle.kept("generated"))
    assert unexplained == []
    assert counts == told("generated", "each")
    assert decided["agree"] > 20_000
    assert decided["disagree"] < 0.001 * decided["agree"]


def test_every_disagreement_on_forty_synthea_patients_is_explained() -> None:
    population = oracle.some(oracle.synthea(), 40)
    answers = {name: letters[:40] for name, letters in oracle.kept("synthea").items()}
    counts, _, unexplained = explained(population, answers)
    assert unexplained == []
    assert counts["agree"] > 0.99 * counts.total()


def test_each_judge_says_true_false_and_unknown_often_enough_to_differ() -> None:
    letters = Counter("".join(oracle.kept("generated").values()))
    total = letters.total()
    assert letters["T"] > 0.05 * total
    assert letters["F"] > 0.03 * total
    assert letters["?"] > 0.05 * total


def test_a_wrong_answer_would_be_unexplained() -> None:
    population = oracle.some(oracle.generated(), 12)
    answers = {name: letters[:12] for name, letters in oracle.kept("generated").items()}
    name = "rule: creatinine < 1.5 mg/dL"
    place = next(at for at, letter in enumerate(answers[name]) if letter == "T")
    answers[name] = f"{answers[name][:place]}F{answers[name][place + 1 :]}"
    _, _, unexplained = explained(population, answers)
    assert len(unexplained) == 1
    assert "oracle F, reference T" in unexplained[0]


def test_what_is_judged_comes_from_the_worked_example_and_ten_records_and_more() -> None:
    rows = json.loads((oracle.HERE / "criteria.json").read_text(encoding="utf-8"))
    assert "NCT04221971" in rows
    assert len(rows) == oracle.RECORDS + 2
    answers = oracle.kept("generated")
    decided = {group for group in rows for name in answers if name.startswith(f"{group} ")}
    assert len(decided) >= 12


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.fail("the oracle needs Node with npm: it is a part of make test-all")
    folder = tmp_path_factory.mktemp("oracle")
    oracle.install(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", ["generated", "synthea"])
def test_the_kept_answers_are_those_of_the_engine(name: str, installed: Path) -> None:
    population = getattr(oracle, name)()
    fresh = oracle.oracle_answers(installed, population)
    assert oracle.packed(fresh) == oracle.packed(oracle.kept(name))
    for criterion in oracle.criteria():
        flip = {"T": "F", "F": "T", "?": "?"} if criterion.kind == "exclusion" else {}
        verdicts = "".join(flip.get(one, one) for one in fresh[criterion.id])
        assert fresh[f"{criterion.id} verdict"] == verdicts
    counts, _, unexplained = explained(population, fresh)
    assert unexplained == []
    assert counts == told(name, "each")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "units"), [("generated", "own"), ("mimic", "each")])
def test_other_runs_are_explained_too(name: str, units: str, installed: Path) -> None:
    population = getattr(oracle, name)()
    fresh = oracle.oracle_answers(installed, population, units)
    counts, _, unexplained = explained(population, fresh, units)
    assert unexplained == []
    assert counts == told(name, units)


@pytest.mark.slow
def test_generated_rules_are_judged_alike(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Node] = []

    @settings(
        max_examples=250, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(rules)
    def draw(rule: Node) -> None:
        drawn.append(rule)

    draw()
    texts = sorted({write_rule(rule) for rule in drawn})
    rows = [
        {"id": f"R{number}", "parent": None, "kind": "inclusion", "logic": None,
         "status": "computable", "rule": text}
        for number, text in enumerate(texts, start=1)
    ]  # fmt: skip
    (tmp_path / "criteria.json").write_text(json.dumps({"generated": rows}), encoding="utf-8")
    population = replace(oracle.some(oracle.generated(), 40), name="rules")
    monkeypatch.setattr(oracle, "HERE", tmp_path)
    try:
        forget()
        fresh = oracle.oracle_answers(installed, population)
        counts, decided, unexplained = explained(population, fresh)
        judged = {type(node) for _, node in oracle.rules()}
    finally:
        monkeypatch.undo()
        forget()
    assert unexplained == []
    assert judged == {Comparison, In, Presence, Elapsed, Count}
    assert {type(rule) for rule in drawn} >= {And, Or, Not, AtLeast, If}
    assert decided["agree"] > 4000
    assert counts["agree"] > 0.95 * counts.total()


def forget() -> None:
    """The criteria are read again."""
    oracle.criteria.cache_clear()
    oracle.rules.cache_clear()


def test_the_page_explains_each_class_with_an_example() -> None:
    for name in CLASSES:
        assert f"**{name}**" in PAGE
