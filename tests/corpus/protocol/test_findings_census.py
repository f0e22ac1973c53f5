"""The census page says what a fresh run gives, and what was read by hand is told rightly."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType

from trialrun.protocol.findings.weight import weight_of

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "findings_census.py"
VERDICTS = {"worth", "trivial", "wrong"}


@cache
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("findings_census", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def census():  # type: ignore[no-untyped-def]
    return script().take()


def test_the_page_and_its_picture_are_of_a_fresh_run() -> None:
    again = "Run: python benchmarks/findings_census.py"
    assert script().PAGE.read_text(encoding="utf-8") == script().page(census()), again
    assert script().PICTURE.read_text(encoding="utf-8") == script().picture(census()), again


def test_as_many_were_read_in_each_round_as_were_drawn_and_each_has_its_reason() -> None:
    rows = script().checked()
    sizes = {"1": script().SAMPLE, "2": script().SAMPLE, "3": script().SAMPLE, "4": script().FRESH}
    assert Counter(row["round"] for row in rows) == sizes
    assert {row["verdict"] for row in rows} == VERDICTS
    assert all(row["why"].strip() for row in rows)


def test_a_round_was_read_twice_and_the_last_is_of_records_that_nobody_had_read() -> None:
    rows = script().checked()
    twice = [row for row in rows if row["second"]]
    assert twice == [row for row in rows if row["round"] == "3"]
    assert {row["second"] for row in twice} == VERDICTS
    assert all(row["secondWhy"].strip() for row in twice)
    before = {row["nctId"] for row in rows if row["round"] != "4"}
    assert not before & {row["nctId"] for row in rows if row["round"] == "4"}


def test_what_is_no_longer_found_is_told_by_name_and_stops_nothing() -> None:
    rows = [row for row in script().checked() if row["round"] == "4"]
    lost = script().gone(census(), rows)
    assert len(lost) < len(rows)
    kept = next(row for row in rows if row not in lost)
    fewer = script().Census(
        tuple(
            (study, () if study.nct_id == kept["nctId"] else findings)
            for study, findings in census().records
        )
    )
    assert kept in script().gone(fewer, rows)
    assert f"{kept['nctId']} `{kept['rule']}`" in script().page(fewer)


def test_a_draw_is_the_same_for_a_seed_and_takes_every_rule_that_is_asked_by_default() -> None:
    one, again = (script().draw(census(), 7) for _ in range(2))
    assert [(s.nct_id, f.rule) for s, f in one] == [(s.nct_id, f.rule) for s, f in again]
    assert len(one) == script().SAMPLE
    asked = {rule for rule in census().sorts if weight_of(rule)}
    assert {finding.rule for _, finding in one} == asked < set(census().sorts)


def test_a_draw_leaves_out_the_records_that_it_is_told() -> None:
    read = {row["nctId"] for row in script().checked()}
    fresh = script().draw(census(), 7, 20, read)
    assert fresh
    assert not read & {study.nct_id for study, _ in fresh}


def test_kappa_is_that_of_the_textbook() -> None:
    # Two readers, 50 grants: 20 yes both, 15 no both, 5 and 10 apart: 0.4 exactly.
    pairs = (
        [("worth", "worth")] * 20
        + [("worth", "wrong")] * 5
        + [("wrong", "worth")] * 10
        + [("wrong", "wrong")] * 15
    )
    assert round(script().kappa(pairs), 9) == 0.4


def test_wilson_intervals_are_those_of_the_textbook() -> None:
    # 81 of 263: Newcombe, Stat Med 1998;17:857, table I, method 3.
    low, high = script().wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert script().wilson(0, 20)[0] == 0
