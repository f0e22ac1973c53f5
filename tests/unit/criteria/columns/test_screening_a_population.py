"""Verdicts, judgements, counts and the funnel of a population; tables in every shape allowed."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from support.backends import ANYWHERE, DUCKDB, Backend, opened
from support.populations import PATIENTS, long, rows_of, table, truths
from trialrun.criteria.columns.population import Columns, Dated, Facts, Long, Wide
from trialrun.criteria.columns.screen import screen
from trialrun.criteria.criterion import Criteria, Criterion, Status, read_combination
from trialrun.criteria.parser import read_rule
from trialrun.criteria.verdict import judge
from trialrun.errors import InputError
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def one(id: str, rule: str | None, **more: Any) -> Criterion:  # noqa: A002
    kind = "inclusion" if id[0] == "I" else "exclusion"
    shape: dict[str, Any] = {"status": Status.COMPUTABLE, "text": "x", "kind": kind, **more}
    return Criterion(id=id, rule=None if rule is None else read_rule(rule), **shape)


CRITERIA = Criteria(
    all=(
        one("I1", "alt < 100 U/L"),
        one("I2", None, logic="or"),
        one("I2.1", "aml", parent="I2"),
        one("I2.2", "apl", parent="I2"),
        one("I3", "ecog <= 1"),
        one("I4", None, status=Status.JUDGEMENT),
        one("I5", "inr < 2"),
        one("E1", "arrhythmia"),
        one("E2", None, status=Status.JUDGEMENT),
    ),
    root=read_combination("I3 or I5"),
)


def fact(variable: str, value: str, unit: str | None = None) -> Fact:
    return Fact(id="f", variable=variable, value=value, unit=unit, at=Moment("2026-02-20"))


PEOPLE = {
    "a": [
        fact("alt", "40", "U/L"),
        fact("aml", "true"),
        fact("ecog", "1"),
        fact("arrhythmia", "false"),
    ],
    "b": [fact("alt", "140", "U/L"), fact("apl", "true"), fact("inr", "1", "1")],
    "c": [fact("alt", "40", "U/L"), fact("aml", "false"), fact("arrhythmia", "true")],
    "d": [],
}
SIGNED = [
    ("a", "I4", True), ("a", "E2", True), ("b", "I4", True), ("c", "I4", False), ("c", "E2", True),
    ("d", "I4", True), ("d", "I4", False),
]  # fmt: skip


@pytest.fixture(params=ANYWHERE)
def backend(request: pytest.FixtureRequest) -> Backend:
    return opened(request.param)


def judgements(backend: Backend = DUCKDB) -> Any:
    schema = pa.schema([("patient", pa.string()), ("criterion", pa.string()), ("met", pa.bool_())])
    names = ("patient", "criterion", "met")
    return table([dict(zip(names, row, strict=True)) for row in SIGNED], schema, backend)


def signed_people(backend: Backend) -> Long:
    return long(PEOPLE, backend=backend, judgements=judgements(backend))


def test_every_verdict_is_what_one_by_one_gives(backend: Backend) -> None:
    got = truths(screen(CRITERIA, signed_people(backend)), backend)
    for patient, facts in PEOPLE.items():
        signed = {code: T if met else F for who, code, met in SIGNED if who == patient}
        if patient == "d":
            signed = {}  # two people signed the contrary
        law = judge(CRITERIA, facts, anchors={}, judgements=signed)
        assert got[patient]["verdict"] is law.truth
        assert {code: got[patient][code] for code in got[patient] if code != "verdict"} == {
            verdict.criterion.id: verdict.truth for verdict in law.verdicts
        }
    assert [got[patient]["verdict"] for patient in "abcd"] == [T, F, F, U]


def test_without_signatures_a_judgement_is_open() -> None:
    got = truths(screen(CRITERIA, long(PEOPLE)))
    assert got["a"]["I4"] is U
    assert got["a"]["verdict"] is U


def test_what_is_partly_read_is_open_whatever_its_rule_gives(backend: Backend) -> None:
    rule = 'aml and unread "in first remission"'
    criteria = Criteria(all=(one("I1", rule), one("I2", rule, status=Status.PARTLY)))
    got = truths(screen(criteria, long(PEOPLE, backend=backend)), backend)
    for patient, facts in PEOPLE.items():
        law = judge(criteria, facts, anchors={}, judgements={})
        assert got[patient]["I1"] is law["I1"].truth
        assert got[patient]["I2"] is law["I2"].truth is U
    assert (got["c"]["I1"], got["a"]["I1"]) == (F, U)  # c has no AML, a has


def test_counts_add_up(backend: Backend) -> None:
    screened = screen(CRITERIA, signed_people(backend))
    (counts,) = rows_of(screened.counts(), backend)
    assert counts["patients"] == 4
    assert (counts["true I1"], counts["false I1"]) == (2, 1)
    assert (counts["true E1"], counts["false E1"]) == (1, 1)
    overall = rows_of(screened.overall(), backend)
    assert {row["verdict"]: row["patients"] for row in overall} == {True: 1, False: 2, None: 1}
    patterns = rows_of(screened.patterns(), backend)
    assert [row["patients"] for row in patterns] == [1, 1, 1, 1]


def test_the_funnel_says_where_patients_stop(backend: Backend) -> None:
    screened = screen(CRITERIA, signed_people(backend))
    assert screened.steps == ("I1", "I2", "I3 or I5", "E1", "I4", "E2")
    stops = {
        (row["excluded_at"], row["open_at"], row["alone"]): row["patients"]
        for row in rows_of(screened.passing(), backend)
    }
    # a passes all six; b is out by I1 alone; c by E1 and I4, and I2 is open; d is open from I1 on.
    assert stops == {(6, 6, False): 1, (0, 0, True): 1, (3, 1, False): 1, (6, 0, False): 1}


def test_many_leaves_take_several_masks(backend: Backend) -> None:
    rules = [f"alt < {limit} U/L" for limit in range(1, 141)]
    many = Criteria(all=tuple(one(f"I{number}", rule) for number, rule in enumerate(rules, 1)))
    population = long({"a": [fact("alt", "70", "U/L")]}, backend=backend)
    got = truths(screen(many, population), backend)["a"]
    assert [got[f"I{number}"] for number in range(1, 141)] == [F] * 70 + [T] * 70


def measurements(**columns: Any) -> Any:
    return ibis.memtable(pa.table(columns))


def test_facts_in_two_tables_under_keys_of_their_own() -> None:
    day = [date(2026, 2, 20)] * 2
    labs = measurements(
        patient=[1, 2], variable=[3006923, 3006923], value=[40.0, 140.0], first_day=day
    )
    conditions = measurements(
        patient=[1, 2], variable=[140352, 999], value=[1.0, 1.0], first_day=day
    )
    population = Long(
        facts=[
            Facts(table=labs, keys={"alt": [3006923]}),
            Facts(table=conditions, keys={"aml": [140352], "apl": [999]}),
        ],
        people=measurements(patient=[1, 2, 3]),
    )
    some = Criteria(all=(one("I1", "alt < 100 U/L"), one("I2", "aml or apl"), one("E1", "apl")))
    got = {
        row["patient"]: (row["I1"], row["I2"], row["E1"])
        for row in rows_of(screen(some, population).verdicts())
    }
    assert got == {1: (True, True, None), 2: (False, True, False), 3: (None, None, None)}


def test_a_variable_in_two_tables_or_a_table_without_keys_is_an_error() -> None:
    labs = measurements(patient=[1], variable=["alt"], value=[40.0], first_day=[date(2026, 2, 20)])
    some = Criteria(all=(one("I1", "alt < 100 U/L"),))
    people = measurements(patient=[1])
    for facts in (
        [Facts(table=labs), Facts(table=labs)],
        [Facts(table=labs, keys={"alt": ["alt"]}), Facts(table=labs, keys={"alt": ["alt"]})],
    ):
        with pytest.raises(InputError):
            screen(some, Long(facts=facts, people=people))
    with pytest.raises(InputError, match="first_day"):
        Facts(table=labs.drop("first_day"))


def test_anchors_may_be_each_patients_own(backend: Backend) -> None:
    people = table(
        [{"patient": "a", "began": date(2026, 3, 1)}, {"patient": "b", "began": date(2026, 1, 1)},
         {"patient": "c", "began": None}],
        PATIENTS.append(pa.field("began", pa.date32())), backend,
    )  # fmt: skip
    some = Criteria(all=(one("I1", "alt < 100 U/L within 14 days before treatment"),))
    facts = long({name: [fact("alt", "40", "U/L")] for name in "abc"}, backend=backend).facts
    population = Long(facts=facts, people=people, anchors={"treatment": Dated(first_day="began")})
    got = truths(screen(some, population), backend)
    assert [got[name]["I1"] for name in "abc"] == [T, U, U]


@pytest.mark.parametrize("month", ["2026-01", "2026-02", "2026-03"])
def test_an_anchor_may_be_known_to_the_month_only(month: str) -> None:
    some = Criteria(all=(one("I1", "any alt < 100 U/L within 28 days before treatment"),))
    at = {"treatment": Moment(month)}
    later = Fact(id="g", variable="alt", value="40", unit="U/L", at=Moment("2026-02-28"))
    people = {"a": [fact("alt", "40", "U/L"), later]}
    law = judge(some, people["a"], anchors=at, judgements={}).truth
    for exact_days in (True, False):
        population = long(people, exact_days=exact_days, anchors=at)
        assert truths(screen(some, population))["a"]["I1"] is law


def test_a_wide_table_of_plain_columns() -> None:
    wide = measurements(
        patient=["a", "b"], sex=["female", None], born=[date(1950, 1, 1), None], aml=[True, None]
    )
    some = Criteria(all=(one("I1", "sex == female"), one("I2", "aml"), one("I3", "age >= 18 a")))
    columns = {
        "sex": Columns(value="sex"),
        "aml": Columns(value="aml"),
        "birth_date": Columns(value="born"),
    }
    population = Wide(table=wide, columns=columns, as_of=Moment("2026-03-01"))
    got = truths(screen(some, population))
    assert [got["a"][code] for code in ("I1", "I2", "I3")] == [T, T, T]
    assert got["b"]["verdict"] is U


def test_without_the_extra_a_sentence_says_how_to_install_it() -> None:
    program = (
        "import sys; sys.modules['ibis'] = None\n"
        "from trialrun.errors import MissingExtra\n"
        "try:\n import trialrun.criteria.columns\n"
        "except MissingExtra as error:\n print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "pip install 'trialrun[population]'" in done.stdout, done.stderr
