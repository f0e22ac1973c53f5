"""A million patients by thirty criteria: the columns engine beside queries written by hand."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import ibis

from trialrun.criteria.columns.population import Columns, Facts, Long, Wide
from trialrun.criteria.columns.screen import screen
from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.parser import read_rule
from trialrun.values.moment import Moment

TITLE = "Screening a population"
PATIENTS = 1_000_000
MEASUREMENTS, CONDITIONS = 60_000_000, 20_000_000
OTHER_CONCEPTS = 20  # measured as often as those that are asked for
THREADS = 2
ROUNDS = 5
TREATMENT = date(2026, 3, 1)

# variable: comparison, limit (times the upper limit if there is one), range drawn, upper limit
NUMBERS: dict[str, tuple[str, float, float, float, float | None]] = {
    "alt": ("<", 3, 5, 250, 40), "ast": ("<", 2.5, 5, 220, 40),
    "total_bilirubin": ("<", 1.5, 0.1, 3, 1.2), "ldh": ("<", 2, 100, 700, 250),
    "creatinine": ("<=", 1.5, 0.3, 3, None), "spo2": (">=", 92, 80, 100, None),
    "lvef": (">=", 50, 30, 75, None), "platelets": (">=", 50, 5, 400, None),
    "anc": (">=", 1, 0, 10, None), "wbc": ("<=", 30, 0, 50, None),
    "inr": ("<=", 1.5, 0.8, 2.5, None), "albumin": (">=", 3, 2, 5, None),
    "potassium": ("<=", 5.5, 3, 6.5, None), "sodium": (">=", 130, 120, 150, None),
    "hba1c": ("<=", 8, 4, 12, None), "weight": (">=", 40, 30, 120, None),
}  # fmt: skip
PRESENT = (
    "apl", "cns_leukaemia", "arrhythmia", "pericardial_effusion", "myocardial_infarction",
    "unstable_angina", "heart_failure", "stroke", "pneumonia", "copd", "liver_cirrhosis",
    "active_infection", "active_hepatitis", "fever",
)  # fmt: skip
UNITS = {
    "creatinine": "mg/dL", "spo2": "%", "lvef": "%", "platelets": "10*9/L", "anc": "10*9/L",
    "wbc": "10*9/L", "inr": "1", "albumin": "g/dL", "potassium": "mmol/L", "sodium": "mmol/L",
    "hba1c": "%", "weight": "kg",
}  # fmt: skip


def criteria(window: str = "") -> Criteria:
    """Sixteen limits and fourteen conditions that exclude."""
    found = []
    for number, (name, (op, limit, _, _, high)) in enumerate(NUMBERS.items(), 1):
        unit = UNITS[name] if high is None else "x ULN"
        rule = read_rule(f"{name} {op} {limit} {unit}{window}")
        found.append(_criterion(f"I{number}", rule))
    for number, name in enumerate(PRESENT, 1):
        found.append(_criterion(f"E{number}", read_rule(name)))
    return Criteria(all=tuple(found))


def _criterion(code: str, rule: Any) -> Criterion:
    kind: Any = "inclusion" if code[0] == "I" else "exclusion"
    return Criterion(id=code, kind=kind, text="drawn", status=Status.COMPUTABLE, rule=rule)


def run() -> dict[str, str]:
    """Verdicts and counts, wide and long; each result is compared with that of the hand's query."""
    with tempfile.TemporaryDirectory() as folder:
        return {**wide(Path(folder)), **long(Path(folder))}


def timed(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """The median of several rounds in seconds, and what the last one gave."""
    took, result = [], None
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        took.append(time.perf_counter() - start)
    return statistics.median(took), result


def beside(name: str, ours: float, hand: float) -> dict[str, str]:
    """A figure beside the hand-written query's."""
    return {name: f"{ours:.2f} s; written by hand {hand:.2f} s ({ours / hand:.2f} ×)"}


def wide(folder: Path) -> dict[str, str]:
    """One row a patient in a Parquet file."""
    connection = ibis.duckdb.connect(threads=THREADS)
    execute = connection.con.execute
    path = folder / "wide.parquet"
    execute(f"copy ({_wide_rows()}) to '{path}' (format parquet)")
    table = connection.read_parquet(path)
    columns = {
        name: Columns(value=name, high=None if row[4] is None else f"{name}_high")
        for name, row in NUMBERS.items()
    } | {name: Columns(value=name) for name in PRESENT}
    screened = screen(criteria(), Wide(table=table, columns=columns))
    hand = [
        f"{name} {op} {limit}" + ("" if high is None else f" * {name}_high")
        for name, (op, limit, _, _, high) in NUMBERS.items()
    ] + [f"not {name}" for name in PRESENT]
    both = " and ".join(f"({one})" for one in hand)
    source = f"read_parquet('{path}')"
    verdicts = f"select patient, {both} as verdict from {source}"
    conditions = ", ".join(f"({one}) as c{number}" for number, one in enumerate(hand))
    counted = ", ".join(
        f"count(*) filter (where c{number}), count(*) filter (where not c{number})"
        for number in range(len(hand))
    )
    counts = f"select count(*), {counted} from (select {conditions} from {source})"

    def mine(expression: Callable[[], Any], into: str = "") -> Callable[[], Any]:
        # Compiling the expression is part of the time.
        return lambda: execute(into + connection.compile(expression())).fetchall()

    def two_columns() -> Any:
        return screened.verdicts().select("patient", "verdict")

    ours, _ = timed(mine(two_columns, "create or replace temp table mine as "))
    by_hand, _ = timed(lambda: execute(f"create or replace temp table hand as {verdicts}"))
    differ = execute(
        "select count(*) from mine full join hand using (patient) "
        "where mine.verdict is distinct from hand.verdict"
    ).fetchall()
    assert differ == [(0,)]
    our_counts, found = timed(mine(screened.counts))
    hand_counts, expected = timed(lambda: execute(counts).fetchall())
    assert found == expected
    funnel, _ = timed(mine(screened.passing))
    return {
        "patients × criteria, wide Parquet": f"{PATIENTS:,} × {len(hand)}",
        **beside("verdict of each patient, wide", ours, by_hand),
        **beside("TRUE, FALSE and UNKNOWN of each criterion, wide", our_counts, hand_counts),
        "funnel, wide": f"{funnel:.2f} s",
    }


def _wide_rows() -> str:
    """Numbers to one decimal, so that limits are met; a fifth to four fifths is missing."""
    columns = ["'p' || i as patient"]
    for seed, (name, (_, _, low, high, limit)) in enumerate(NUMBERS.items()):
        missing = f"hash(i * 31 + {seed}) % 100 < {20 + seed * 3}"
        value = f"round({low} + {high - low} * (hash(i * 37 + {seed}) % 100000) / 1e5, 1)::double"
        columns.append(f"case when {missing} then null else {value} end as {name}")
        if limit is not None:
            none = f"hash(i * 41 + {seed}) % 10 = 0"
            columns.append(f"case when {none} then null else {limit}::double end as {name}_high")
    for seed, name in enumerate(PRESENT, len(NUMBERS)):
        missing = f"hash(i * 31 + {seed}) % 100 < {20 + seed}"
        columns.append(
            f"case when {missing} then null else hash(i * 43 + {seed}) % 20 = 0 end as {name}"
        )
    return f"select {', '.join(columns)} from range({PATIENTS}) rows(i)"


def long(folder: Path) -> dict[str, str]:
    """Measurements and conditions in rows, with concept numbers, as OMOP has them."""
    connection = ibis.duckdb.connect(threads=THREADS)
    execute = connection.con.execute
    labs, problems = folder / "measurement.parquet", folder / "condition.parquet"
    execute(f"copy ({_measurement_rows()}) to '{labs}' (format parquet)")
    execute(f"copy ({_condition_rows()}) to '{problems}' (format parquet)")
    execute(f"create table person as select i as patient from range({PATIENTS}) rows(i)")
    measurement, condition = connection.read_parquet(labs), connection.read_parquet(problems)
    population = Long(
        facts=[
            Facts(
                table=measurement.select(
                    patient="person_id", variable="concept_id", value="value_as_number",
                    first_day="day", high="range_high",
                ),
                keys={name: (number,) for number, name in enumerate(NUMBERS)},
            ),
            Facts(
                table=condition.select(
                    patient="person_id", variable="concept_id", value=ibis.literal(1.0),
                    first_day="day",
                ),
                keys={name: (number,) for number, name in enumerate(PRESENT)},
            ),
        ],
        people=connection.table("person"),
        anchors={"treatment": Moment(TREATMENT.isoformat())},
    )  # fmt: skip
    screened = screen(criteria(" at treatment"), population)
    queries = {"written by hand": _hand(labs, problems), "naive pivot": _pivot(labs, problems)}

    def mine() -> Any:
        return execute(connection.compile(screened.counts())).fetchall()

    ours, found = timed(mine, 2)
    took = {}
    for name, query in queries.items():
        took[name], expected = timed(lambda query=query: execute(query).fetchall(), 2)  # type: ignore[misc]
        assert found == expected, name
    funnel, _ = timed(lambda: execute(connection.compile(screened.passing())).fetchall(), 1)
    hand, pivot = took["written by hand"], took["naive pivot"]
    return {
        "rows, long tables": f"{MEASUREMENTS:,} measurements, {CONDITIONS:,} conditions",
        **beside("TRUE, FALSE and UNKNOWN of each criterion, long", ours, hand),
        "the same by a pivot of the latest values": f"{pivot:.2f} s",
        "funnel, long": f"{funnel:.2f} s",
    }


def _measurement_rows() -> str:
    """Several a patient and concept, some on one day; half of the concepts are never asked for."""
    concepts = len(NUMBERS) + OTHER_CONCEPTS
    low = " ".join(f"when {n} then {row[2]}" for n, row in enumerate(NUMBERS.values()))
    wide = " ".join(f"when {n} then {row[3] - row[2]}" for n, row in enumerate(NUMBERS.values()))
    high = " ".join(
        f"when {n} then {row[4]}" for n, row in enumerate(NUMBERS.values()) if row[4] is not None
    )
    return f"""
        select person_id, concept_id, day,
          round(case concept_id {low} else 0 end + case concept_id {wide} else 1 end
            * (hash(i * 37) % 100000) / 1e5, 1)::double as value_as_number,
          case when hash(i * 41) % 10 > 0 then case concept_id {high} end end::double as range_high
        from (select i, (hash(i) % {PATIENTS})::bigint as person_id,
            (hash(i * 7) % {concepts})::int as concept_id,
            date '2025-06-01' + (hash(i * 13) % 300)::int as day
          from range({MEASUREMENTS}) rows(i))"""


def _condition_rows() -> str:
    return f"""
        select (hash(i * 3) % {PATIENTS})::bigint as person_id,
          (hash(i * 11) % 400)::int as concept_id,
          date '2020-01-01' + (hash(i * 17) % 2400)::int as day
        from range({CONDITIONS}) rows(i)"""


def _outcomes(value: str = "value_as_number", high: str = "range_high") -> list[str]:
    """The comparison of each measurement, as SQL."""
    return [
        f"{value.format(n=n)} {op} {limit}" + ("" if top is None else f" * {high.format(n=n)}")
        for n, (op, limit, _, _, top) in enumerate(NUMBERS.values())
    ]


def _counts(true: list[str], false: list[str]) -> str:
    parts = [
        f"count(*) filter (where {yes}), count(*) filter (where {no})"
        for yes, no in zip(true, false, strict=True)
    ]
    return f"count(*), {', '.join(parts)}"


def _hand(labs: Path, problems: Path) -> str:
    """The latest day by rank, then two bit masks a patient: as a careful programmer writes it."""
    outcomes, last = _outcomes(), len(NUMBERS)
    masks = {
        side: " ".join(f"when {n} then case when {test.format(one)} then {1 << n} else 0 end"
                       for n, one in enumerate(outcomes))
        for side, test in (("t", "{}"), ("f", "not ({})"), ("u", "({}) is null"))
    }  # fmt: skip
    bits = ", ".join(
        f"bit_or(case concept_id {mask} end) as {side}" for side, mask in masks.items()
    )
    sure = {"t": "l.t & ~l.f & ~l.u", "f": "l.f & ~l.t & ~l.u"}
    true = [f"({sure['t']}) & {1 << n} <> 0" for n in range(last)]
    false = [f"({sure['f']}) & {1 << n} <> 0" for n in range(last)]
    true += ["false"] * len(PRESENT)
    false += [f"c.t & {1 << n} <> 0" for n in range(len(PRESENT))]
    return f"""
        with latest as (
          select *, rank() over (partition by person_id, concept_id order by day desc) as place
          from read_parquet('{labs}') where concept_id < {last} and day <= date '{TREATMENT}'),
        l as (select person_id, {bits} from latest where place = 1 group by person_id),
        c as (select person_id, bit_or(1 << concept_id) as t from read_parquet('{problems}')
          where concept_id < {len(PRESENT)} group by person_id)
        select {_counts(true, false)} from person
          left join l on l.person_id = patient left join c on c.person_id = patient"""


def _pivot(labs: Path, problems: Path) -> str:
    """A column for each latest value: what is written first, with the days' ties looked at too."""
    last = len(NUMBERS)
    ranked = ", ".join(
        f"arg_max(o, day) filter (where concept_id = {n}) as v{n}" for n in range(last)
    )
    cases = " ".join(
        f"when {n} then case when {one} then 4 when not ({one}) then 1 else 2 end"
        for n, one in enumerate(_outcomes())
    )
    true = [f"v{n} = 4" for n in range(last)] + ["false"] * len(PRESENT)
    false = [f"v{n} = 1" for n in range(last)] + [f"h{n}" for n in range(len(PRESENT))]
    has = ", ".join(f"bool_or(concept_id = {n}) as h{n}" for n in range(len(PRESENT)))
    return f"""
        with days as (
          select person_id, concept_id, day, bit_or(case concept_id {cases} end) as o
          from read_parquet('{labs}') where concept_id < {last} and day <= date '{TREATMENT}'
          group by all),
        l as (select person_id, {ranked} from days group by person_id),
        c as (select person_id, {has} from read_parquet('{problems}') group by person_id)
        select {_counts(true, false)} from person
          left join l on l.person_id = patient left join c on c.person_id = patient"""
