"""The clinician's summary of a trial, as plain text for a terminal."""

from __future__ import annotations

from trialrun.analysis.harms import summary
from trialrun.protocol.model import Measure
from trialrun.results.analysed import Analysed
from trialrun.results.cell import Cell, Count, Part, Range, Rate, Time, pieces
from trialrun.results.headline import cannot_show
from trialrun.results.report import Edition
from trialrun.results.shell import has_cells, started_words
from trialrun.results.words import Words, literal, words
from trialrun.wording.catalogue import Locale, say

_WIDTH = 44
_MOST_CRITERIA = 5
_TEXT = 60


def summary_text(edition: Edition, locale: Locale = "en", *, report: str = "") -> str:
    """Who came, what was given, what happened, what was assumed, and where the report lies."""
    results = edition.results
    title = results.cutoff.protocol.title
    lines = [title]
    if edition.simulated:
        mark = say("common.simulated", locale)
        lines = [title if title.startswith("SIMULATED") else f"{mark}: {title}"]
        lines.append(say("report.simulated_means", locale))
    lines.append("")
    for name, cell in _numbers(results):
        lines.append(_line(name.said(locale), _text(cell, locale)))
        if name == words("report.not_eligible_line"):
            lines += _criteria(results, locale)
    lines += ["", cannot_show(results).said(locale)]
    assumed = results.cutoff.protocol.assumed
    if assumed:
        lines.append(say("report.summary_assumed", locale, n=len(assumed)))
    if report:
        lines.append(say("report.summary_report", locale, path=report))
    return "\n".join(lines)


def _line(name: str, value: str) -> str:
    """A name and its number; under a name that is too long, the number has a line of its own."""
    wide = sum(2 if ord(character) > 0x2E7F else 1 for character in name)
    if wide >= _WIDTH:
        return f"  {name}\n  {' ' * _WIDTH}{value}"
    return f"  {name}{' ' * (_WIDTH - wide)}{value}"


def _text(cell: Cell, locale: Locale) -> str:
    return "".join(piece.text for piece in pieces(cell, locale))


def _numbers(results: Analysed) -> list[tuple[Words, Cell]]:
    """The lines with their numbers, those that the protocol asks for."""
    protocol, whole = results.cutoff.protocol, results.whole
    screening, course = results.screening, whole.course
    ended = {reason.name: count for reason, count in screening.ended}
    shown: list[tuple[Words, Cell]] = [
        (words("report.registered"), Count(screening.registered)),
        (words("report.not_eligible_line"), Count(ended["NOT_ELIGIBLE"])),
    ]
    shown += [
        (words(f"report.end_{name}"), Count(count))
        for name, count in ended.items()
        if count.value and name != "NOT_ELIGIBLE"
    ]
    shown += [
        (words("report.enrolled"), Count(course.enrolled)),
        (started_words(protocol), Part(course.started, course.enrolled)),
    ]
    if has_cells(protocol):
        shown += [
            (words("report.infusion_n", n=number), Count(count))
            for number, count in enumerate(course.infusions, start=1)
        ]
    if whole.limiting is not None:
        shown.append((words("report.dose_limiting"), Rate(whole.limiting)))
    shown += _serious(results)
    for outcome in results.responses:
        shown.append((literal(outcome.title), Rate(whole.responses[outcome.id].share)))
    if whole.kinetics is not None:
        shown += [
            (words("report.summary_nk_peak"), Range(whole.kinetics.peak)),
            (words("report.summary_nk_last"), Range(whole.kinetics.last_found, decimals=1)),
        ]
    if any(one.measure is Measure.SURVIVAL for one in protocol.outcomes):
        shown.append((words("report.median_survival"), Time(whole.survival.median)))
    return shown


def _serious(results: Analysed) -> list[tuple[Words, Cell]]:
    lines = dict(summary(results.cutoff, results.whole.harms))
    at_risk = results.whole.harms.at_risk
    return [
        (words("report.serious_events"), Part(lines["serious"].affected, at_risk)),
        (words("report.deaths"), Part(results.whole.harms.deaths, at_risk)),
    ]


def _criteria(results: Analysed, locale: Locale) -> list[str]:
    """Which criteria were not met, the most frequent first."""
    failing = [one for one in results.screening.failing if one.not_met.value]
    failing.sort(key=lambda one: -one.not_met.value)
    lines = []
    for one in failing[:_MOST_CRITERIA]:
        text = " ".join(one.text.split())
        short = text if len(text) <= _TEXT else text[: _TEXT - 1].rstrip() + "…"
        lines.append(f"      {one.not_met.value} × {one.criterion} {short}")
    more = len(failing) - _MOST_CRITERIA
    if more > 0:
        lines.append(f"      {say('report.summary_more', locale, n=more)}")
    return lines
