"""Rules as CQL expressions; each atom becomes a definition of its own, named by its rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

from trialrun.criteria.cql.facts import converted, facts, facts_name, units_of
from trialrun.criteria.cql.left import Cannot, Left, Why
from trialrun.criteria.cql.text import day, name, number, quantity, string
from trialrun.criteria.nodes import (
    BASELINE,
    LLN,
    RECORDED,
    ULN,
    And,
    AtLeast,
    Atom,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Measured,
    Node,
    Not,
    Op,
    Or,
    Presence,
    Unread,
)
from trialrun.criteria.printer import write_rule
from trialrun.criteria.window import Window
from trialrun.values.moment import Moment, Precision
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

Units: TypeAlias = Literal["each", "own"]
NULL = "null as System.Boolean"
_FUNCTIONS: dict[Op, str] = {
    "<": "IsBelow", "<=": "IsAtMost", ">": "IsAbove", ">=": "IsAtLeast", "==": "IsEqual",
}  # fmt: skip
_PICKS = {"latest": "Latest", "first": "Earliest", "any": "AnyOf", "all": "AllOf"}
_AGES = {"a": "Years", "mo": "Months", "wk": "Weeks", "d": "Days"}


@dataclass(slots=True)
class Writer:
    """Definitions as they are needed, in the order in which they were first needed."""

    anchors: Mapping[str, Moment]
    as_of: Moment | None
    units: Units
    definitions: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Variable] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    criterion: str = ""

    def expression(self, node: Node) -> str:
        """The node as an expression; what cannot be expressed is null, and is listed."""
        match node:
            case Comparison() | In() | Presence() | Elapsed() | Count():
                return self._atom(node)
            case And():
                return _joined("and", [self.expression(part) for part in node.parts])
            case Or():
                return _joined("or", [self.expression(part) for part in node.parts])
            case Not():
                return f"(not {self.expression(node.part)})"
            case AtLeast():
                parts = [f"Tuple {{ truth: {self.expression(part)} }}" for part in node.parts]
                return f"AtLeastOf({node.count}, {{ {', '.join(parts)} }})"
            case If():
                other = "true" if node.otherwise is None else self.expression(node.otherwise)
                arms = (self.expression(node.condition), self.expression(node.then), other)
                return f"Otherwise({', '.join(arms)})"
            case Judgement():
                return self.leave(node, Why.JUDGEMENT)
            case Unread():
                return self.leave(node, Why.UNREAD)
            case _:
                assert_never(node)

    def leave(self, node: Node, why: Why) -> str:
        """Null, and a note of what it stands for."""
        self.left.append(Left(criterion=self.criterion, rule=write_rule(node), why=why))
        return f"({NULL})"

    def _atom(self, node: Atom | Count) -> str:
        named = name(f"rule: {write_rule(node)}")
        if named not in self.definitions:
            try:
                body = self._body(node)
            except Cannot as cannot:
                return self.leave(node, cannot.why)
            self.definitions[named] = f"define {named}:\n  {body}"
        return named

    def _body(self, node: Atom | Count) -> str:
        if isinstance(node, Elapsed):
            return self._elapsed(node)
        if isinstance(node, Count):
            return _count(node, self._placed(node.of))
        if node.variable in {"age", "sex"} and not _recorded(node):
            return self._of_patient(node)
        return f"{_PICKS[_pick(node)]}({self._placed(node)})"

    def _placed(self, atom: Measured) -> str:
        """The facts of an atom that may lie in its window, each with its truth."""
        row = variables()[atom.variable]
        if isinstance(atom, Comparison) and row.methods and not _recorded(atom):
            raise Cannot(Why.COMPUTED)
        truth = self._truth(atom, row)
        source = self._facts(row)
        inside = self._inside(atom.window, "F.at")
        return self._listed(atom, source, inside, truth)

    def _listed(self, atom: Atom, source: str, inside: str, truth: str) -> str:
        """A definition of the facts that may lie in the window, each with its truth."""
        named = name(f"facts for: {write_rule(atom)}")
        self.definitions[named] = (
            f"define {named}:\n  {source} F\n    let inside: {inside}\n"
            f"    where inside is not false\n"
            f"    return all Tuple {{ at: F.at, inside: inside, truth: {truth} }}"
        )
        return named

    def _facts(self, row: Variable) -> str:
        named = facts_name(row)
        if named not in self.definitions:
            self.definitions[named] = facts(row, by_unit=self.units == "each")
            self.rows[row.name] = row
        return named

    def _truth(self, atom: Measured, row: Variable) -> str:
        match atom:
            case Presence():
                return "F.value" if atom.present else "not F.value"
            case In():
                if row.kind is not Kind.ORDINAL:
                    raise Cannot(Why.NO_RESOURCE)
                levels = ", ".join(f"{level}.0" for level in atom.values)
                return f"F.value.value in {{ {levels} }}"
            case Comparison():
                return self._compared(atom, row)
            case _:
                assert_never(atom)

    def _compared(self, atom: Comparison, row: Variable) -> str:
        """By the unit of the value, so that nothing is converted where it need not be."""
        if atom.limit.unit == BASELINE:
            raise Cannot(Why.BASELINE)
        times = number(atom.limit.value)
        if times is None:
            raise Cannot(Why.UNIT)
        if atom.limit.unit in {ULN, LLN}:
            side = "high" if atom.limit.unit == ULN else "low"
            times = times if "." in times else f"{times}.0"
            truth = _call(atom.op, f"{times} * F.{side}")
        else:
            truth = self._by_unit(atom, row)
        return f"if F.plausible is false then null else {truth}"

    def _by_unit(self, atom: Comparison, row: Variable) -> str:
        own = quantity(atom.limit.value, atom.limit.unit.code)
        assert own is not None
        if self.units == "own":
            return _call(atom.op, own)
        cases = [
            f"when {string(code)} then {_call(atom.op, limit)}"
            for code in units_of(row)
            if (limit := converted(atom.limit, code, row)) is not None
        ]
        if not cases:
            return _call(atom.op, own)
        return f"case F.value.unit {' '.join(cases)} else {_call(atom.op, own)} end"

    def _inside(self, window: Window | None, at: str) -> str:
        """True, false or null: whether the day of `at` is one of the window's."""
        if window is None:
            return "true"
        anchor = self._date(window.anchor)
        near, far = timedelta(days=window.least), timedelta(days=window.most or 0)
        moment = f"date from {at}"
        if window.side == "before":
            last = f"{moment} on or before {day(anchor - near)}"
            first = f"{moment} on or after {day(anchor - far)}"
        else:
            first = f"{moment} on or before {day(anchor + far)}"
            last = f"{moment} on or after {day(anchor + near)}"
        return last if window.most is None else f"({last}) and ({first})"

    def _date(self, anchor: str | None) -> date:
        moment = self.as_of if anchor is None else self.anchors.get(anchor)
        if moment is None or moment.precision in {Precision.YEAR, Precision.MONTH}:
            raise Cannot(Why.ANCHOR)
        return moment.day

    def _elapsed(self, node: Elapsed) -> str:
        """The time since the latest is long enough where the time since each is.

        What was surely ruled out by then is longer ago than any limit.
        """
        if node.limit.unit.code not in {"d", "wk"} or node.op == "==":
            raise Cannot(Why.TIME)
        days = Fraction(node.limit.value) * node.limit.unit.factor
        limit = number(days)
        row = variables()[node.variable]
        if row.kind is Kind.DATE:
            raise Cannot(Why.NO_RESOURCE)
        anchor = self._date(node.anchor)
        past = f"date from F.at on or before {day(anchor)}"
        source = f"({self._facts(row)} F where F.value or {past})"
        long = f"difference in days between date from F.at and {day(anchor)}"
        at_least = node.op in {">", ">="}
        every = "AllOf" if at_least else "AnyOf"
        truth = f"if F.value then {long} {node.op} {limit} else {str(at_least).lower()}"
        placed = self._listed(node, source, past, truth)
        vague = f"Count(Within({placed})) < Count({placed})"
        return f"if {vague} then null else {every}({placed})"

    def _of_patient(self, atom: Measured) -> str:
        """Age and sex stand in the patient's own resource, and are as old as the patient."""
        window = atom.window
        if atom.variable == "age" and atom.pick != "latest":
            raise Cannot(Why.NO_CODE)  # an age that was recorded: computed is only the latest
        if atom.variable == "sex":
            if window is not None and not window.moment_only:
                raise Cannot(Why.WINDOW)
            assert isinstance(atom, In)
            values = ", ".join(string(value) for value in atom.values)
            return f"Patient.gender.value in {{ {values} }}"
        assert isinstance(atom, Comparison)
        code = atom.limit.unit.code
        limit = number(atom.limit.value)
        if code not in _AGES or limit is None:
            raise Cannot(Why.TIME)
        on = day(self._date(None if window is None else window.anchor))
        op = "=" if atom.op == "==" else atom.op
        return f"CalculateAgeIn{_AGES[code]}At(Patient.birthDate.value, {on}) {op} {limit}"


def _recorded(atom: Measured) -> bool:
    return isinstance(atom, Comparison) and atom.method == RECORDED


def _pick(atom: Measured) -> str:
    """The worst is any, or all, by which way a value is worse."""
    if atom.pick != "worst":
        return atom.pick
    assert isinstance(atom, Comparison)
    above = atom.op in {"<", "<="}
    return "all" if above == (variables()[atom.variable].worse == "high") else "any"


def _call(op: Op, limit: str) -> str:
    return f"{_FUNCTIONS[op]}(F.comparator, F.value, {limit})"


def _count(node: Count, placed: str) -> str:
    sure, most = f"Held({placed})", f"MayHold({placed})"
    op, number_ = node.op, node.number
    if op == "==":
        always = f"{sure} = {number_} and {most} = {number_}"
        never = f"{most} < {number_} or {sure} > {number_}"
    else:
        always = f"{sure} {op} {number_} and {most} {op} {number_}"
        never = f"not ({sure} {op} {number_}) and not ({most} {op} {number_})"
    decided = f"case when {always} then true when {never} then false else null end"
    return f"if not exists Within({placed}) then null else {decided}"


def _joined(word: str, parts: list[str]) -> str:
    return "(" + f" {word} ".join(parts) + ")"
