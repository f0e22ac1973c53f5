"""Rules and facts drawn together from the same few values, for every engine of the language.

Few values, days and units, so that limits, equalities, conflicts, window edges, comparators,
missing upper limits and dates that are not exact all occur. A `Case` has facts of just the
variables that its rule (or a computed value in it) may ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Measured,
    Node,
    Not,
    Or,
    Presence,
    Unread,
    atoms,
)
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity, plain
from trialrun.values.truth import Truth
from trialrun.values.unit import UNITS
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

DAY0 = date(2026, 3, 1)
ANCHORS: Mapping[str, Moment] = {
    "treatment": Moment("2026-03-01"),
    "first dose": Moment("2026-03-03T09:00+08:00"),
    "baseline": Moment("2026-02-15"),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Limits and values of one variable: what they are drawn from."""

    limit_units: tuple[str, ...]
    limits: tuple[str, ...]
    fact_units: tuple[str, ...]
    values: tuple[str, ...]
    inexact: bool = True  # whether a value may be "<5"
    printed: bool = False  # whether laboratory limits are printed


NUMBERS: Mapping[str, Numbers] = {
    "alt": Numbers(
        ("U/L", "xULN", "xBaseline"), ("1", "1.5", "2", "40", "60", "80"),
        ("U/L", "[IU]/L", "xULN"), ("1", "1.5", "2", "40", "60", "80"), printed=True,
    ),
    "creatinine": Numbers(
        ("mg/dL", "umol/L", "xULN", "xBaseline"), ("1", "1.5", "132.6", "88.4"),
        ("mg/dL", "umol/L", "xULN"), ("1", "1.5", "132.6", "88.4"), printed=True,
    ),
    "platelets": Numbers(
        ("10*9/L", "/uL", "xLLN", "xLLN"), ("20", "50", "50000", "1"), ("10*9/L", "10*3/uL", "/uL"),
        ("19", "20", "50", "50000"), printed=True,
    ),
    "age": Numbers(
        ("a", "mo", "xBaseline"), ("18", "75", "216", "1"),
        ("a", "mo"), ("17", "18", "76", "216"), False,
    ),
    "life_expectancy": Numbers(
        ("mo", "wk", "d"), ("3", "12", "90", "84"), ("mo", "wk", "d"), ("3", "12", "90", "84")
    ),
    "ecog": Numbers(("{score}",), ("0", "1", "2"), ("{score}",), ("0", "1", "2"), False),
    "inr": Numbers(("1",), ("1", "1.5"), ("1",), ("1", "1.5")),
    "creatinine_clearance": Numbers(
        ("mL/min", "mL/s", "xBaseline"), ("50", "60", "1", "70"),
        ("mL/min", "mL/s"), ("50", "60", "1"),
    ),
    "egfr": Numbers(
        ("mL/min/{1.73_m2}",), ("50", "60", "90"), ("mL/min/{1.73_m2}",), ("50", "60")
    ),
    "bsa": Numbers(("m2",), ("1.5", "1.7", "1.8"), ("m2",), ("1.5", "1.8")),
    "bmi": Numbers(("kg/m2",), ("20", "24", "25"), ("kg/m2",), ("20", "25")),
    "corrected_calcium": Numbers(
        ("mmol/L", "mg/dL", "xBaseline"), ("2.6", "10.4", "10", "1"),
        ("mmol/L", "mg/dL"), ("2.6", "10.4"),
    ),
    "qtcf": Numbers(("ms", "s"), ("450", "0.5", "400"), ("ms", "s"), ("450", "0.5")),
    "time_since_hsct": Numbers(
        ("d", "wk", "mo", "h", "xBaseline"), ("14", "2", "1", "48"),
        ("d", "wk", "mo"), ("13", "14", "2", "1"),
    ),
    # the study's own
    "own_wobble_index_score": Numbers(("{score}",), ("-1", "7", "7.5"), ("{score}",), ("7", "7.5")),
    "own_cough_duration_time": Numbers(
        ("mo", "wk", "d"), ("3", "12", "90", "84"), ("mo", "wk", "d"), ("3", "12", "90", "84")
    ),
}  # fmt: skip
# Those with limits that a laboratory prints are drawn more often.
LABORATORY = tuple(sorted(name for name, numbers in NUMBERS.items() if numbers.printed))
# What computed values are computed from.
INPUTS: Mapping[str, tuple[str, ...]] = {
    "age": ("birth_date",),
    "time_since_hsct": ("hsct_date",),
    "creatinine_clearance": ("birth_date", "age", "sex", "weight", "height", "creatinine"),
    "egfr": ("birth_date", "age", "sex", "creatinine"),
    "bsa": ("height", "weight"),
    "bmi": ("height", "weight"),
    "corrected_calcium": ("calcium", "albumin"),
    "qtcf": ("qt", "heart_rate", "rr_interval"),
}
_INPUT_VALUES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "weight": (("kg",), ("60", "72", "80")),
    "height": (("cm", "m"), ("160", "180", "1.6")),
    "calcium": (("mg/dL", "mmol/L"), ("10", "2.5")),
    "albumin": (("g/dL", "g/L"), ("4", "3", "30")),
    "qt": (("ms", "s"), ("400", "450", "0.4")),
    "heart_rate": (("/min",), ("60", "75")),
    "rr_interval": (("ms", "s"), ("1000", "1", "512")),
}
# Of somebody born in 1905, the year alone leaves it open whether the age is plausible.
BIRTHS = ("2008-03-01", "2008-02-29", "2008-03-02", "1966-01-31", "1950", "2008-03", "2008", "1905")
CONDITIONS = ("aml", "apl", "arrhythmia", "received_chemotherapy")
DATES = ("last_chemotherapy_date", "hsct_date")

NO_WINDOW: Mapping[str, Any] = {}
windows: st.SearchStrategy[Mapping[str, Any]] = st.sampled_from(
    [NO_WINDOW] * 8
    + [
        {"anchor": "treatment", "window_days": 14},
        {"anchor": "treatment", "window_days": 14},
        {"anchor": "treatment"},
        {"anchor": "first dose", "window_days": 2},
        {"anchor": "treatment", "least_days": 14},
        {"anchor": "treatment", "least_days": 3, "window_days": 28},
        {"anchor": "treatment", "window_days": 14, "side": "after"},
        {"anchor": "first dose", "side": "after"},
        {"anchor": "baseline", "least_days": 1, "window_days": 28, "side": "after"},
        {"anchor": "x y", "window_days": 3},
    ]
)
picks = st.sampled_from(["latest"] * 4 + ["first", "any", "all"])
ops = st.sampled_from(["<", "<=", ">", ">=", "=="])
words = st.sampled_from(["fit for it", 'he said "no"', "带引号", "a\nb", "and within"])


@st.composite
def comparisons(
    draw: st.DrawFn, picked: bool = True, names: tuple[str, ...] = (*sorted(NUMBERS), *LABORATORY)
) -> Comparison:
    name = draw(st.sampled_from(names))
    numbers, row = NUMBERS[name], variable(name)
    op, pick, method = draw(ops), "latest", None
    if picked:
        pick = draw(picks)
        if row.worse and op != "==":
            pick = draw(st.sampled_from([pick, pick, "worst"]))
        if row.methods:
            allowed = (*row.methods, "recorded") if pick == "latest" else ("recorded",)
            method = draw(st.sampled_from([None, None, *allowed]))
    return Comparison(
        variable=name,
        op=op,
        limit=Quantity(
            Decimal(draw(st.sampled_from(numbers.limits))),
            UNITS[draw(st.sampled_from(numbers.limit_units))],
        ),
        method=method,
        pick=pick,  # type: ignore[arg-type]
        **draw(windows),
    )


@st.composite
def memberships(draw: st.DrawFn, picked: bool = True) -> In:
    name, values = draw(st.sampled_from([("ecog", ("0", "1", "2")), ("sex", ("female", "male"))]))
    chosen = tuple(draw(st.lists(st.sampled_from(values), min_size=1, unique=True)))
    pick = draw(picks) if picked else "latest"
    return In(variable=name, values=chosen, pick=pick, **draw(windows))  # type: ignore[arg-type]


@st.composite
def presences(draw: st.DrawFn, picked: bool = True) -> Presence:
    return Presence(
        variable=draw(st.sampled_from(CONDITIONS)),
        present=draw(st.booleans()),
        pick=draw(picks) if picked else "latest",  # type: ignore[arg-type]
        **draw(windows),
    )


@st.composite
def times_since(draw: st.DrawFn) -> Elapsed:
    number, unit = draw(
        st.sampled_from(
            [
                ("14", "d"),
                ("2", "wk"),
                ("1", "mo"),
                ("0", "d"),
                ("48", "h"),
                ("24", "h"),
                ("1", "a"),
            ]
        )
    )
    return Elapsed(
        variable=draw(st.sampled_from((*DATES, "received_chemotherapy", "arrhythmia"))),
        op=draw(ops),
        limit=Quantity(Decimal(number), UNITS[unit]),
        anchor=draw(st.sampled_from([None, "treatment", "treatment", "first dose", "x y"])),
    )


def measured(*, picked: bool = True) -> st.SearchStrategy[Measured]:
    return st.one_of(comparisons(picked), memberships(picked), presences(picked))


counts = st.builds(Count, op=ops, number=st.integers(0, 3), of=measured(picked=False))
atom_nodes: st.SearchStrategy[Node] = st.one_of(
    comparisons(), measured(), presences(), times_since(), counts
)
spoken: st.SearchStrategy[Node] = st.one_of(
    st.builds(Judgement, words=words), st.builds(Unread, words=words)
)
leaves = st.integers(0, 9).flatmap(lambda die: spoken if die == 9 else atom_nodes)


def several(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(And, parts=several(inner)),
        # Mostly two: the more alternatives, the rarer they are all FALSE.
        st.builds(Or, parts=st.tuples(inner, inner) | st.tuples(measured(), measured())),
        st.builds(Or, parts=several(inner)),
        st.builds(Not, part=inner),
        st.builds(AtLeast, count=st.integers(1, 2), parts=several(inner)),
        st.builds(If, condition=inner, then=inner, otherwise=st.none() | inner),
    )


rules = st.recursive(leaves, grown, max_leaves=8)


@st.composite
def moments(draw: st.DrawFn) -> str:
    """Mostly days, some with a time, a few that are only a month or a year."""
    day = DAY0 - timedelta(days=draw(st.sampled_from([1, 0, 3, 14, 15, 28, 29, -1, -3, -14, 400])))
    text = day.isoformat()
    return draw(
        st.sampled_from([text, text, text, f"{text}T08:00+08:00", f"{text}T09:00+08:00", text[:7]])
    )


@st.composite
def facts(draw: st.DrawFn, names: tuple[str, ...]) -> Fact:
    name = draw(st.sampled_from(names))
    common = {
        "id": f"f{draw(st.integers(0, 999))}",
        "variable": name,
        "at": Moment(draw(moments())),
        "source": "drawn",
    }
    kind = variable(name).kind
    if name == "birth_date":
        return Fact(**common, value=draw(st.sampled_from(BIRTHS)))  # type: ignore[arg-type]
    if kind is Kind.DATE:
        return Fact(**common, value=draw(moments()))  # type: ignore[arg-type]
    if kind in {Kind.BOOLEAN, Kind.CODED}:
        value = draw(st.sampled_from(variable(name).values[:2]))
        return Fact(**common, value=value)  # type: ignore[arg-type]
    if name in NUMBERS:
        numbers = NUMBERS[name]
        units, values = numbers.fact_units, numbers.values
        inexact, printed = numbers.inexact, numbers.printed
    else:
        (units, values), inexact, printed = _INPUT_VALUES[name], True, False
    comparator = draw(st.sampled_from(["", "", "", "", "<", ">="])) if inexact else ""
    unit = draw(st.sampled_from(units))
    limits = st.sampled_from([None, "1", "20", "40"])
    bare = not printed or unit == "xULN"
    return Fact(
        **common,  # type: ignore[arg-type]
        value=draw(st.sampled_from(values)),
        unit=unit,
        comparator=comparator,
        low=None if bare else draw(limits),
        high=None if bare else draw(limits),
    )


def named(rule: Node) -> tuple[str, ...]:
    """The variables that a rule may ask for, those of computed values too."""
    names: dict[str, None] = {}
    for atom in atoms(rule):
        names |= dict.fromkeys((atom.variable, *INPUTS.get(atom.variable, ())))
    return tuple(names)


@st.composite
def persons(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[Fact, ...]:
    """None to three facts of each variable."""
    return tuple(
        draw(facts((name,)))
        for name in names
        for _ in range(draw(st.sampled_from([1, 1, 2, 3, 0])))
    )


as_of = st.sampled_from([Moment("2026-03-02"), Moment("2026-03-02T12:00+08:00"), None])


@dataclass(frozen=True, slots=True)
class Case:
    """One question to an engine."""

    rule: Node
    facts: tuple[Fact, ...]
    as_of: Moment | None
    judgement: Truth
    anchors: Mapping[str, Moment]


@st.composite
def cases(draw: st.DrawFn, drawn: st.SearchStrategy[Node] = rules) -> Case:
    """A rule with facts of what it asks for; now and then without a moment or the baseline."""
    rule = draw(drawn)
    anchors = dict(ANCHORS)
    if draw(st.integers(0, 9)) == 9:
        del anchors["baseline"]
    return Case(
        rule=rule,
        facts=draw(persons(named(rule))),
        as_of=draw(as_of),
        judgement=draw(st.sampled_from(list(Truth))),
        anchors=anchors,
    )


@st.composite
def sharpened(draw: st.DrawFn, case: Case) -> Case:
    """The same question with more known: exact days, exact values, printed limits, all moments."""
    return Case(
        rule=case.rule,
        facts=tuple(_sharper(draw, fact) for fact in case.facts),
        as_of=case.as_of or Moment("2026-03-02"),
        judgement=case.judgement,
        anchors={**ANCHORS, "x y": Moment("2026-03-01"), **case.anchors},
    )


def _sharper(draw: st.DrawFn, fact: Fact) -> Fact:
    changes: dict[str, Any] = {"at": _exact_day(draw, fact.at)}
    if variable(fact.variable).kind is Kind.DATE:
        changes["value"] = _exact_day(draw, Moment(fact.value)).text
    if fact.comparator:
        # A hundredth below, or the number itself: what "<" and ">=" leave possible.
        below = fact.comparator == "<"
        changes["value"] = plain(fact.number * Decimal("0.99")) if below else fact.value
        changes["comparator"] = ""
    if fact.unit in {"U/L", "10*9/L"} and fact.high is None:
        changes["high"] = draw(st.sampled_from(["30", "40"]))
    return replace(fact, **changes)


def _exact_day(draw: st.DrawFn, at: Moment) -> Moment:
    if at.has_time:
        return at
    days = (at.last_day - at.day).days
    return Moment((at.day + timedelta(days=draw(st.integers(0, days)))).isoformat())
