"""The tables of response, kinetics and survival."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.analysis.estimate import Found, Method, Traced, count
from trialrun.analysis.response import PENDING, Responded
from trialrun.protocol.model import Measure, Outcome
from trialrun.results.analysed import Analysed, GroupResults
from trialrun.results.cell import (
    Cell,
    Count,
    Nothing,
    Number,
    Part,
    Range,
    Rate,
    Standing,
    Time,
)
from trialrun.results.shell import Line, kinetics_shell, response_shell, survival_shell
from trialrun.results.table import Table, fill
from trialrun.results.words import Words, literal, words

_CellsOf = dict[tuple[str, str], Cell]
_HEADINGS = {"best": "best_response", "why": "why_no_response"}


def response_table(results: Analysed, outcome: Outcome) -> Table:
    """One outcome of response: how many of how many, what was seen best, and why not."""
    shell = response_shell(results.cutoff.protocol, outcome)
    cells: _CellsOf = {}
    for one in results.groups:
        cells["share", one.group.id] = Rate(one.responses[outcome.id].share)
    whole = results.whole.responses[outcome.id].participants
    lines: list[Line] = []
    for kind, values in (("best", _categories(outcome, whole)), ("why", _reasons(whole))):
        if values:
            lines.append(Line(id=kind, title=words(f"report.{_HEADINGS[kind]}"), heading=True))
            lines += _breakdown(results, outcome, values, kind, cells)
    return fill(shell, cells, grown=lines)


def _categories(outcome: Outcome, people: Sequence[Responded]) -> list[str]:
    return sorted({_seen(outcome, one) for one in people if one.reason != PENDING})


def _seen(outcome: Outcome, one: Responded) -> str:
    """What the best assessment showed: the residual disease, where that is the outcome."""
    return (one.mrd if outcome.measure is Measure.MRD_CONVERSION else one.category) or "none"


def _reasons(people: Sequence[Responded]) -> list[str]:
    return sorted({one.reason for one in people if one.reason})


def _breakdown(
    results: Analysed, outcome: Outcome, values: Sequence[str], kind: str, cells: _CellsOf
) -> list[Line]:
    lines = []
    for value in values:
        code = f"{kind}.{value}"
        lines.append(Line(id=code, title=_title(kind, value), depth=1))
        for one in results.groups:
            found = one.responses[outcome.id]
            people = [
                who.found
                for who in found.participants
                if (
                    who.reason == value
                    if kind == "why"
                    else _seen(outcome, who) == value and who.reason != PENDING
                )
            ]
            counted = _counted(people, kind)
            cells[code, one.group.id] = (
                Count(counted) if value == PENDING else Part(counted, found.share.among)
            )
    return lines


def _title(kind: str, value: str) -> Words:
    if kind == "why":
        return words(f"analysis.nonresponse_{value}")
    if value == "none":
        return words("report.no_assessment")
    if value in {"negative", "positive", "not evaluated"}:
        return words(f"report.mrd_{value.replace(' ', '_')}")
    return literal(value)


def _counted(people: Sequence[Found], kind: str) -> Traced[int]:
    return count(people, Method("best_response" if kind == "best" else "no_response"))


# --- kinetics --------------------------------------------------------------------------------


def kinetics_table(results: Analysed) -> Table:
    """Peak, its day, area, half-life and persistence."""
    cells: _CellsOf = {}
    for one in results.groups:
        group, found = one.group.id, one.kinetics
        assert found is not None  # the caller asks only where the protocol does
        cells["evaluable", group] = Count(found.evaluable)
        cells["recovery", group] = Range(found.recovery)
        cells["quantified", group] = Part(found.quantified, found.evaluable)
        cells["peak", group] = Range(found.peak)
        cells["peak_day", group] = Range(found.peak_day, decimals=1)
        cells["area", group] = Range(found.area)
        cells["half_life", group] = Range(found.half_life, decimals=1)
        cells["last_found", group] = Range(found.last_found, decimals=1)
        cells["lost", group] = Time(found.persistence.of(lambda curve: curve.median))
    return fill(kinetics_shell(results.cutoff.protocol), cells)


# --- survival --------------------------------------------------------------------------------


def survival_table(results: Analysed) -> Table:
    """Deaths, median, and the part alive at the days that follow-up has reached."""
    days = tuple(day for day, _ in results.whole.survival.landmarks)
    cells: _CellsOf = {}
    for one in results.groups:
        _survival(one, days, cells)
    return fill(survival_shell(results.cutoff.protocol, days), cells)


def _survival(one: GroupResults, days: Sequence[int], cells: _CellsOf) -> None:
    group, found = one.group.id, one.survival
    reached = dict(found.landmarks)
    cells["started", group] = Count(one.course.started)
    cells["deaths", group] = Part(found.deaths, one.course.started)
    cells["median", group] = Time(found.median) if found.participants else Nothing()
    for day in days:
        cells[f"at.{day}", group] = Standing(reached[day]) if day in reached else Nothing()
    cells["follow_up", group] = Number(found.follow_up, decimals=0)
