"""CTCAE terms against all 837 of v5.0, and grades against another group's expressions."""

from __future__ import annotations

import csv
import gzip
import json
import re
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from trialrun.assess.ctcae import REGISTRY_SOCS, registry_soc, terms
from trialrun.assess.laboratory_grade import Measurement, Rule, Version, grade, rules
from trialrun.values.quantity import Quantity

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def test_every_shipped_term_is_in_v5_with_its_class_and_grades() -> None:
    with (DATA / "ctcae" / "ctcae_v5_terms_full.csv").open(encoding="utf-8") as file:
        published = {row["term"]: row for row in csv.DictReader(file)}
    assert len(published) == 837
    for one in terms():
        row = published[one.name]
        assert one.soc == row["soc"]
        defined = [n for n in range(1, 6) if row[f"grade{n}"].strip() not in {"", "-"}]
        assert list(one.grades) == defined


def test_the_registrys_records_use_only_its_27_classes() -> None:
    used: set[str] = set()
    with gzip.open(DATA / "records" / "records.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            module = json.loads(line).get("resultsSection", {}).get("adverseEventsModule", {})
            for kind in ("seriousEvents", "otherEvents"):
                used |= {event["organSystem"] for event in module.get(kind, ())}
    assert {registry_soc(soc) for soc in used} <= set(REGISTRY_SOCS)
    assert len(used) > 20


# The expressions are R: `signif(AVAL, …) < 0.5 ~ "4"` for each grade, tried from 4 to 1.


def python_of(expression: str) -> str:
    text = re.sub(r"signif\(", "(", expression).replace(", signif_dig)", ")")
    text = re.sub(r"is\.na\((\w+)\)", r"(\1 is None)", text)
    text = text.replace("BNRIND %in% high_indicator", "(BASE > ANRHI)")
    text = text.replace("BNRIND %in% low_indicator", "(BASE < ANRLO)")
    text = re.sub(r"!\s*\(", "not (", text)
    return text.replace("&", "and").replace("|", "or").strip()


def their_grade(row: dict[str, Any], names: dict[str, Decimal]) -> int:
    for number in (4, 3, 2, 1):
        code = row.get(f"GRADE_{number}_CODE", "").replace("NA_character_", '"NA"')
        for expression, answer in re.findall(r'(.*?)~\s*"(\w+)",?\s*', code):
            condition = python_of(expression)
            # Numbers become Decimals so that 1.5 × 1.0 is what it says.
            condition = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)", r"Decimal('\1')", condition)
            if eval(condition, {"Decimal": Decimal}, names):
                assert answer == str(number)
                return number
    return 0


def numbers_around(rule: Rule) -> list[Decimal]:
    marks = {*rule.cuts, *rule.abnormal_baseline, *rule.baseline_also}
    scale = [Decimal(1)] if rule.low else [Decimal("0.8"), Decimal("1.2"), Decimal(2)]
    around = {Decimal("0.05"), Decimal(150)}
    for mark, times in product(marks, scale):
        at = Decimal(mark.numerator) / Decimal(mark.denominator) * times
        around |= {at - Decimal("0.01"), at, at + Decimal("0.01")}
    return sorted(around)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.test} {rule.version.value}")
def test_grades_agree_with_the_published_expressions(rule: Rule) -> None:
    name = "admiral_ncictcaev5.json" if rule.version is Version.V5 else "admiral_ncictcaev6.json"
    rows = json.loads((DATA / "ctcae" / name).read_text(encoding="utf-8"))
    row = next(one for one in rows if one["TERM"] == rule.term)
    # Their haemoglobin is in g/L.
    factor = Decimal(10) if row.get("UNIT_CHECK") == "g/L" else Decimal(1)
    seen: set[int] = set()
    for value, baseline in product(numbers_around(rule), map(Decimal, ("0.4", "0.9", "1.2", "2"))):
        lower, upper = (
            (Decimal(160), Decimal(200)) if rule.low else (Decimal("0.5"), Decimal("1.2"))
        )
        ours = grade(
            Measurement(
                test=rule.test,
                value=Quantity(value, rule.unit),
                lower_limit=Quantity(lower, rule.unit),
                upper_limit=Quantity(upper, rule.unit),
                baseline=Quantity(baseline, rule.unit),
            ),
            rule.version,
        )
        theirs = their_grade(
            row,
            {
                "AVAL": value * factor,
                "ANRLO": lower * factor,
                "ANRHI": upper * factor,
                "BASE": baseline * factor,
            },
        )
        assert ours.grade == theirs, (value, baseline)
        seen.add(theirs)
    expected = set(range(1 if rule.low and rule.from_limit else 0, rule.worst + 1))
    assert seen >= expected
