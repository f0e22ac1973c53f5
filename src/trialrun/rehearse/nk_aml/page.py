"""The model's numbers and its anchor table as Markdown, for the page that explains it.

The page keeps its prose; the parts between `<!-- begin NAME -->` and `<!-- end NAME -->` are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from trialrun.errors import InputError
from trialrun.rehearse.nk_aml.anchors import Anchor, AnchorResult, Expected, Figure, Verdict
from trialrun.rehearse.nk_aml.parameters import Parameter, Parameters
from trialrun.values.provenance import Grade

_FIGURES = {
    Figure.EXPANSION: "> 100/µL, day 14",
    Figure.DETECTABLE_7: "> 1/µL, day 7",
    Figure.DETECTABLE_14: "> 1/µL, day 14",
    Figure.DETECTABLE_EARLY: "> 1/µL, day 7 or 14",
    Figure.DETECTABLE_28: "> 1/µL, day 28",
    Figure.RESPONSE: "response, day 28",
    Figure.MEDIAN_14: "median, day 14",
    Figure.PERSISTENCE: "median persistence",
}


def render_parameters(parameters: Parameters) -> str:
    """Every number with its unit, grade and basis."""
    rows = [
        f"| `{one.name}` | {one.symbol} | {_value(one)} | {one.unit} | {one.grade.value} "
        f"| {one.basis} |"
        for one in parameters
    ]
    return "\n".join(
        [
            _count(parameters),
            "",
            "| name | symbol | value (log-SD) | unit | grade | basis |",
            "|---|---|---|---|---|---|",
            *rows,
        ]
    )


def _count(parameters: Parameters) -> str:
    grades = [one.grade for one in parameters]
    parts = [f"{grades.count(grade)} {grade.value}" for grade in Grade]
    return f"{len(grades)} numbers: {', '.join(parts)}."


def _value(one: Parameter) -> str:
    shown = _plain(one.value)
    return f"{shown} ({_plain(one.log_sd)})" if one.log_sd else shown


def _plain(value: float) -> str:
    """The shortest decimal, without an exponent that readers would have to decode."""
    text = repr(value).removesuffix(".0")
    return f"{Decimal(text):f}" if "e" in text and abs(value) < 1 else text


def render_clinical(parameters: Parameters) -> str:
    """Infusion reactions, and the complications with their outcomes."""
    lines = ["| symptom at an infusion | grade 1 | 2 | 3 | 4 | of |", "|---|---|---|---|---|---|"]
    for symptom in parameters.reactions:
        numbers = " | ".join(str(number) for number in symptom.grades)
        lines.append(f"| {symptom.term} | {numbers} | {symptom.of} |")
    lines += ["", f"{parameters.reactions_basis} ({parameters.reactions_grade.value}).", ""]
    lines += ["| complication | outcomes (share) | onset, duration (d) | grade | basis |"]
    lines += ["|---|---|---|---|---|"]
    for one in parameters.complications.values():
        outcomes = "; ".join(
            f"{outcome.detail or outcome.term} {outcome.grade}: {_plain(outcome.share)}"
            for outcome in one.outcomes
        )
        onset = f"{_plain(one.onset)} ({_plain(one.onset_log_sd)})" if one.onset else "by hazard"
        lines.append(
            f"| {one.kind} | {outcomes} | {onset}, {_plain(one.duration)} | {one.grade.value} "
            f"| {one.basis} |"
        )
    return "\n".join(lines)


def render_settings(anchors: Iterable[Anchor]) -> str:
    """What each row of the anchor table was given, and on what ground."""
    lines = [
        "| trial | number | value | unit | days | grade | basis |",
        "|---|---|---|---|---|---|---|",
    ]
    for anchor in anchors:
        for number, days in anchor.given:
            name = number.name.rpartition(": ")[2]
            shown = ", ".join(f"{day:g}" for day in days)
            lines.append(_setting(anchor, name, number, shown))
        lines += [_setting(anchor, f"`{one.name}`", one, "") for one in anchor.people]
    return "\n".join(lines)


def _setting(anchor: Anchor, name: str, number: Parameter, days: str) -> str:
    return (
        f"| {anchor.id} | {name} | {_value(number)} | {number.unit} | {days} "
        f"| {number.grade.value} | {number.basis} |"
    )


def render_anchors(results: Sequence[AnchorResult]) -> str:
    """The anchor table: what the model predicts for every setting."""
    lines = [
        f"{results[0].participants} simulated participants in each row, the same ones in all.",
        "",
        "| setting | > 100/µL d14 | > 1/µL d7 / d14 | median d14 | response d28 | persistence |",
        "|---|---|---|---|---|---|",
    ]
    for one in results:
        low, high = one.persistence_spread
        value = one.figures
        lines.append(
            f"| {one.anchor.title}{' *(held out)*' if one.anchor.held_out else ''} "
            f"| {_shown(Figure.EXPANSION, value[Figure.EXPANSION])} "
            f"| {value[Figure.DETECTABLE_7]:.0f} / {value[Figure.DETECTABLE_14]:.0f} % "
            f"| {_shown(Figure.MEDIAN_14, value[Figure.MEDIAN_14])} "
            f"| {_shown(Figure.RESPONSE, value.get(Figure.RESPONSE))} "
            f"| {value[Figure.PERSISTENCE]:.0f} d ({low:.0f}–{high:.0f}) |"
        )
    return "\n".join(lines)


def render_checks(results: Sequence[AnchorResult]) -> str:
    """Each figure beside what was published, or beside the first sketch's, with the verdict."""
    lines = [
        "| target | setting | figure | published | interval | first sketch | model | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        lines += [_check(one, expected) for expected in one.anchor.expected]
    return "\n".join(lines)


def _check(one: AnchorResult, expected: Expected) -> str:
    verdict = one.verdict(expected)
    words = f"**{verdict.value}**" if verdict in _LOUD else verdict.value
    if expected.known_miss:
        words += f": {expected.known_miss}"
    interval = (
        "" if expected.interval is None else f"{expected.interval[0]:g}–{expected.interval[1]:g} %"
    )
    sketch = "" if expected.reference is None else _shown(expected.figure, expected.reference)
    value = _shown(expected.figure, one.figures[expected.figure])
    return (
        f"| {expected.target} | {one.anchor.id} | {_FIGURES[expected.figure]} "
        f"| {expected.published} | {interval} | {sketch} | {value} | {words} |"
    )


_LOUD = (Verdict.OUTSIDE, Verdict.KNOWN_MISS, Verdict.FAR)


def _shown(figure: Figure, value: float | None) -> str:
    if value is None:
        return "–"
    rounded = Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    if figure.percent:
        return f"{rounded} %"
    return f"{rounded}/µL" if figure is Figure.MEDIAN_14 else f"{rounded} d"


def filled(page: str, parts: dict[str, str]) -> str:
    """The page with each named part in its place."""
    for name, text in parts.items():
        begun, ended = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        before, found, rest = page.partition(begun)
        if not found or ended not in rest:
            raise InputError(
                f"the page has no place for {name!r}",
                remedy=f"Put <!-- begin {name} --> and <!-- end {name} --> on lines of their own.",
            )
        page = f"{before}{begun}\n{text}\n\n{ended}{rest.partition(ended)[2]}"
    return page
