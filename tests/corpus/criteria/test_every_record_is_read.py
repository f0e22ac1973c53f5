"""Every real record through the text reader: no failure, nothing dropped, rules that hold."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from trialrun.criteria.criterion import Criteria, Status
from trialrun.criteria.explain import ask
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria
from trialrun.criteria.text_reader.headings import read_heading, read_lead_in, says_nothing
from trialrun.criteria.text_reader.outline import read_outline

SHARED = Path(__file__).resolve().parents[4] / "shared"
MARKERS = re.compile(
    r"[\s*•·●○◦▪■□➢►‣⁃∙§\-–—.)(、．①-⑳\\o]*(\d{1,2}|[ivx]{1,5}|[a-zA-Z])?[\s.)(、．\\]*"
)


def modules() -> list[dict[str, str]]:
    with gzip.open(
        SHARED / "data" / "records" / "records.jsonl.gz", "rt", encoding="utf-8"
    ) as rows:
        records = [json.loads(row) for row in rows]
    return [record["protocolSection"].get("eligibilityModule", {}) for record in records]


def read(module: dict[str, str]) -> Criteria:
    return read_criteria(
        module.get("eligibilityCriteria"),
        minimum_age=module.get("minimumAge"),
        maximum_age=module.get("maximumAge"),
        sex=module.get("sex"),
    )


@pytest.fixture(scope="module")
def some() -> list[tuple[dict[str, str], Criteria]]:
    """Every ninth record; the slow test takes all of them."""
    return [(module, read(module)) for module in modules()[::9]]


def check(module: dict[str, str], criteria: Criteria) -> None:
    text = module.get("eligibilityCriteria") or ""
    headings = read_outline(text).headings
    covered = [False] * len(text)
    for start, end in (
        *(one.span for one in criteria if one.span is not None),
        *(heading.span for heading in headings),
    ):
        assert not any(covered[start:end]), "two criteria hold the same words"
        covered[start:end] = [True] * (end - start)
    rest = "".join(sign if not seen else "\x00" for sign, seen in zip(text, covered, strict=True))
    for left in re.split(r"[\x00\n]+", rest):
        while left and (match := MARKERS.match(left)) and match.end():
            left = left[match.end() :]
        assert left.strip() in {"", "<!-- -->"}, f"dropped: {left!r}"
    for one in criteria:
        assert one.questions or one.status in {Status.COMPUTABLE, Status.JUDGEMENT}, one.id
        if one.rule is not None:
            assert read_rule(write_rule(one.rule)) == one.rule
        for question in one.questions:
            assert ask(question, "en") and ask(question, "zh")


def test_records_are_read_whole(some: list[tuple[dict[str, str], Criteria]]) -> None:
    for module, criteria in some:
        check(module, criteria)


def test_headings_are_headings(some: list[tuple[dict[str, str], Criteria]]) -> None:
    """A criterion that passes for a heading would be lost: a heading says so, or opens a list."""
    for module, _ in some:
        for heading in read_outline(module.get("eligibilityCriteria") or "").headings:
            words = heading.text
            known = (
                read_heading(words, marked=False) is not None
                or read_lead_in(words) is not None
                or says_nothing(words)
            )
            assert known or words.endswith((":", "：")) or len(words) <= 80, words


@pytest.mark.slow
def test_all_records_are_read_whole() -> None:
    for module in modules():
        check(module, read(module))
