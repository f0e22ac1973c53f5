"""The census page says what a fresh run gives, and what was read by hand is still found."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType

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


def test_a_hundred_were_read_in_each_round_and_each_has_its_reason() -> None:
    rows = script().checked()
    assert set(Counter(row["round"] for row in rows).values()) == {script().SAMPLE}
    assert {row["verdict"] for row in rows} == VERDICTS
    assert all(row["why"].strip() for row in rows)


def test_what_was_read_in_the_last_round_is_still_found_and_no_rule_was_left_out() -> None:
    rows = [row for row in script().checked() if row["round"] == "3"]
    found = {(study.nct_id, one.rule) for study, one in census().findings}
    gone = [row for row in rows if (row["nctId"], row["rule"]) not in found]
    assert not gone, "read these records again, and what the rules now say of them"
    assert {row["rule"] for row in rows} == set(census().sorts)


def test_a_draw_is_the_same_for_a_seed_and_takes_every_rule() -> None:
    one, again = (script().draw(census(), 7) for _ in range(2))
    assert [(s.nct_id, f.rule) for s, f in one] == [(s.nct_id, f.rule) for s, f in again]
    assert len(one) == script().SAMPLE
    assert {finding.rule for _, finding in one} == set(census().sorts)


def test_wilson_intervals_are_those_of_the_textbook() -> None:
    # 81 of 263: Newcombe, Stat Med 1998;17:857, table I, method 3.
    low, high = script().wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert script().wilson(0, 20)[0] == 0
