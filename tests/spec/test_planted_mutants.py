"""Faults planted in a copy of the reference engine: the tables of this folder notice every one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import trialrun.criteria
from support.spec_tables import spec_cases

# The engine's own modules, each after those it imports.
ENGINE = (
    "evaluation", "interval", "placing", "deciding", "picking", "elapsed", "derived", "reference",
)  # fmt: skip
FOLDER = Path(str(trialrun.criteria.__file__)).parent
COPY = "planted_engine"

# (module, as it is, as it must not be)
MUTANTS = [
    # Limits.
    ("interval", "left.high < right.low or", "left.high <= right.low or"),
    ("interval", "left.low >= right.high", "left.low > right.high"),
    ("interval", "return ~_less(right, left)", "return _less(left, right)"),
    ("interval", "return ~_less(left, right)", "return _less(right, left)"),
    ("interval", "left.high_open or right.low_open", "False"),
    ("interval", "return Interval(None, value, high_open=True)", "return point(value)"),
    ("interval", "_MOST, 366, up=True", "_FEWEST, 365, up=False"),
    # Units and laboratory limits.
    ("deciding", "wanted == ULN and unit != ULN and high is None", "False"),
    ("deciding", "number * Fraction(str(fact.high))", "number * 40"),
    ("deciding", "number * Fraction(str(fact.high))", "number * Fraction(str(fact.low or 40))"),
    ("deciding", "wanted == LLN and unit != LLN and low is None", "False"),
    ("deciding", "if unit == ULN and wanted != ULN", "if False"),
    ("deciding", "exact(unit, molar=row.molar)", "exact(row.unit, molar=row.molar)"),
    ("deciding", "if plausibility(fact) is not None:\n        return Truth.UNKNOWN",
     "if False:\n        return Truth.UNKNOWN"),
    ("deciding", "of(fact.present == atom.present)", "of(fact.present)"),
    ("deciding", "of(fact.value in atom.values)", "of(fact.value not in atom.values)"),
    # The participant's own baseline.
    ("deciding", "if len(decisions) != 1", "if False"),
    ("deciding", "contenders(placed), unit)", "placed.inside, unit)"),
    # Windows.
    ("placing", "least > window_days", "least >= window_days"),
    ("placing", "most <= window_days", "most < window_days"),
    ("placing", "most < least_days or", "most <= least_days or"),
    ("placing", "least >= least_days and", "least > least_days and"),
    ("placing", 'if side == "before" else', 'if side == "after" else'),
    ("placing", "earlier.instant > later.instant", "earlier.instant < later.instant"),
    ("placing", "lies is Truth.TRUE)", "lies is not Truth.FALSE)"),
    ("placing", "outer = min if first else max", "outer = max"),
    ("placing", "return outermost < own if first else", "return own < outermost if first else"),
    ("placing", "not _beyond(fact.at.instant, clock, first)", "True"),
    ("placing", "dates if fact.at.has_time else anyone", "dates"),
    # What is not known.
    ("picking", "if one.sure and one.truth is Truth.TRUE", "if one.truth is Truth.TRUE"),
    ("picking", "one.truth is not Truth.FALSE]", "one.truth is Truth.TRUE]"),
    ("picking", "if one.sure and one.truth is decisive", "if one.truth is decisive"),
    ("picking", "if one.truth is Truth.UNKNOWN or (", "if ("),
    ("picking", "or (one.truth is decisive and not one.sure)", ""),
    ("picking", "if len(truths) == 1:", "if truths:"),
    ("picking", '== "high") else "any"', '== "low") else "any"'),
    # Times since something.
    ("elapsed", "_happened(fact)]", "True]"),
    ("elapsed", "    elif never:", "    elif False:"),
    ("elapsed", 'node.op in {">", ">="} else', 'node.op in {"<", "<="} else'),
    ("elapsed", "min(day.day, last)", "min(day.day, 28)"),
    ("elapsed", "Fraction(24 * (most + 1))", "Fraction(24 * most)"),
    ("elapsed", "    if vague or not inside:", "    if not inside:"),
    ("elapsed", "at.last_day, months", "at.day, months"),
    # Computed values.
    ("derived", "self._take(name, self.atom.window)", "self._take(name, None)"),
    ("derived", "return not fact.comparator and", "return"),
    ("derived", "(at.day < born.day)", "(at.day <= born.day)"),
    ("derived", "None if anchor is None else Window(anchor=anchor)", "None"),
    ("derived", "_whole(born.last_day, at.day, code)", "_whole(born.day, at.day, code)"),
    ("reference", "if placed.inside:\n        return decided", "if False:\n        return decided"),
    ("reference", "atom.method not in {None, RECORDED}", "atom.method is not None"),
    ("reference", "and atom.method is None\n", "and True\n"),
    # Three values.
    ("reference", "then if then is otherwise else Truth.UNKNOWN", "otherwise"),
    ("reference", "rest[0] if rest else Truth.TRUE", "rest[0] if rest else Truth.UNKNOWN"),
    ("reference", "truth=~part.truth", "truth=part.truth"),
]  # fmt: skip


@contextmanager
def engine(module: str = "", old: str = "", new: str = "") -> Iterator[ModuleType]:
    """A copy of the engine, with one fragment of one module replaced."""
    names = [f"{COPY}.{name}" for name in ENGINE]
    try:
        sys.modules[COPY] = ModuleType(COPY)
        for name in ENGINE:
            text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
            if name == module:
                assert old in text, f"{module} no longer says {old!r}: plant the fault anew"
                text = text.replace(old, new)
            for other in ENGINE:
                text = text.replace(f"from trialrun.criteria.{other} ", f"from {COPY}.{other} ")
            copy = ModuleType(f"{COPY}.{name}")
            sys.modules[copy.__name__] = copy
            exec(compile(text, f"{name}.py", "exec"), copy.__dict__)
        yield sys.modules[f"{COPY}.reference"]
    finally:
        for name in (COPY, *names):
            sys.modules.pop(name, None)


def complaint(evaluate: Callable[..., Any]) -> str:
    """The first case whose answer is another than the table's, or nothing."""
    for case in spec_cases():
        for who, answer in case.answers.items():
            try:
                found = evaluate(
                    case.rule, case.people[who], anchors=case.anchors, as_of=case.as_of
                )
            except Exception as error:
                return f"{case.name}, {who}: {error!r}"
            reason = "" if found.reason is None else found.reason.value
            if found.truth is not answer.truth or (answer.reason and reason != answer.reason):
                return f"{case.name}, {who}: {found.truth.value} {reason}"
    return ""


def test_the_copy_without_a_fault_passes() -> None:
    with engine() as copy:
        assert copy.evaluate.__module__ == f"{COPY}.reference"
        assert complaint(copy.evaluate) == ""


@pytest.mark.parametrize(("module", "old", "new"), MUTANTS)
def test_a_planted_fault_is_noticed(module: str, old: str, new: str) -> None:
    with engine(module, old, new) as copy:
        assert complaint(copy.evaluate)
