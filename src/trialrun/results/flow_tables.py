"""The tables of screening, participant flow, analysis sets and baseline."""

from __future__ import annotations

from trialrun.analysis.baseline import Categories, Characteristic, Number
from trialrun.analysis.sets import AnalysisSet
from trialrun.results.analysed import Analysed
from trialrun.results.cell import Cell, Count, Nothing, Part, Range, Said
from trialrun.results.printing import unit
from trialrun.results.shell import (
    Line,
    baseline_shell,
    criteria_shell,
    flow_shell,
    screening_shell,
    sets_shell,
)
from trialrun.results.table import Table, fill
from trialrun.results.words import (
    Words,
    capitalised,
    joined,
    literal,
    value_words,
    variable_words,
    words,
)
from trialrun.vocabulary.table import variables

_CellsOf = dict[tuple[str, str], Cell]


def screening_table(results: Analysed) -> Table:
    """Everybody registered, by why screening ended."""
    screening = results.screening
    cells: _CellsOf = {
        ("registered", "n"): Count(screening.registered),
        ("in_screening", "n"): Part(screening.in_screening, screening.registered),
        ("enrolled", "n"): Part(screening.enrolled, screening.registered),
    }
    lines = []
    for reason, count in screening.ended:
        if count.value:
            title = words(f"report.end_{reason.name}")
            lines.append(Line(id=f"ended.{reason.name}", title=title, depth=1))
            cells[f"ended.{reason.name}", "n"] = Part(count, screening.registered)
    return fill(screening_shell(), cells, grown=lines, after="registered")


def criteria_table(results: Analysed) -> Table:
    """Which criteria kept people out."""
    failing = results.screening.failing
    lines = [
        Line(id=one.criterion, title=literal(f"{one.criterion}  {one.text}".rstrip()))
        for one in failing
    ]
    cells: _CellsOf = {}
    for one in failing:
        cells[one.criterion, "not_met"] = Count(one.not_met)
        cells[one.criterion, "unknown"] = Count(one.unknown)
    return fill(criteria_shell(), cells, grown=lines)


def flow_table(results: Analysed) -> Table:
    """From enrolment to the end."""
    most = max(len(one.course.infusions) for one in results.groups)
    cells: _CellsOf = {}
    for one in results.groups:
        group, course = one.group.id, one.course
        cells["enrolled", group] = Count(course.enrolled)
        cells["started", group] = Part(course.started, course.enrolled)
        for number in range(most):
            cells[f"infusion.{number + 1}", group] = (
                Part(course.infusions[number], course.enrolled)
                if number < len(course.infusions)
                else Nothing()
            )
        cells["completed", group] = Part(course.completed, course.enrolled)
        cells["not_completed", group] = Part(course.not_completed, course.enrolled)
        cells["ongoing", group] = Part(course.ongoing, course.enrolled)
    lines = _reasons(results, cells)
    failed = results.whole.course.no_product
    remarks = (words("report.no_product_remark", n=failed.value),) if failed.value else ()
    shell = flow_shell(results.cutoff.protocol, most)
    return fill(shell, cells, grown=lines, after="not_completed", remarks=remarks)


def _reasons(results: Analysed, cells: _CellsOf) -> list[Line]:
    """The reasons for which anybody did not complete, in the registry's order."""
    lines = []
    for place, (reason, count) in enumerate(results.whole.course.reasons):
        if not count.value:
            continue
        code = f"reason.{reason.name}"
        lines.append(Line(id=code, title=words(f"report.reason_{reason.name}"), depth=1))
        for one in results.groups:
            cells[code, one.group.id] = Part(one.course.reasons[place][1], one.course.enrolled)
    return lines


def sets_table(results: Analysed) -> Table:
    """The analysis sets with their sizes, and who was left out."""
    names = tuple(name.key for name in results.sets)
    cells: _CellsOf = {}
    for name, one in results.sets.items():
        cells[name.key, "n"] = Count(one.size)
        cells[name.key, "left_out"] = Said(_left_out(one)) if one.left_out else Nothing()
    return fill(sets_shell(results.cutoff.protocol, names), cells)


def _left_out(one: AnalysisSet) -> Words:
    """ "SIM-003: still in the window; …", one reason after the other."""
    reasons = dict.fromkeys(left.reason for left in one.left_out)
    parts = [
        words(
            "report.left_out_for",
            who=", ".join(left.found.participant for left in one.left_out if left.reason == reason),
            reason=words(f"analysis.left_{reason}"),
        )
        for reason in reasons
    ]
    return joined(tuple(parts), "; ")


# --- baseline --------------------------------------------------------------------------------


def baseline_table(results: Analysed) -> Table:
    """Who the enrolled participants were."""
    protocol = results.cutoff.protocol
    cells: _CellsOf = {}
    lines: list[Line] = []
    for one in results.groups:
        cells["enrolled", one.group.id] = Count(one.course.enrolled)
    for position, characteristic in enumerate(results.whole.baseline):
        each = {one.group.id: one.baseline[position] for one in results.groups}
        lines += _characteristic(characteristic, each, cells)
    line = Line(id="race", title=words("report.race_ethnicity"))
    lines.append(line)
    for one in results.groups:
        cells["race", one.group.id] = Said(words("report.not_collected"))
    return fill(baseline_shell(protocol), cells, grown=lines)


def _characteristic(
    shape: Characteristic, each: dict[str, Characteristic], cells: _CellsOf
) -> list[Line]:
    name = shape.variable
    if isinstance(shape, Number):
        said, units = capitalised(variable_words(name)), unit_words(row_unit(name))
        title = words("report.with_unit", name=said, unit=units) if units.en else said
        line = Line(id=name, title=title, note=words("report.median_range"))
        for group, one in each.items():
            assert isinstance(one, Number)
            cells[name, group] = Range(one.spread)
        return [line]
    return _categories(shape, each, cells)


def row_unit(name: str) -> str | None:
    """The unit of a variable, as the vocabulary has it."""
    row = variables().get(name)
    return row.unit.code if row is not None and row.unit is not None else None


def unit_words(code: str | None) -> Words:
    """A unit in each language."""
    return Words(unit(code, "en"), unit(code, "zh"))


def _categories(shape: Categories, each: dict[str, Characteristic], cells: _CellsOf) -> list[Line]:
    name = shape.variable
    title = (
        words("report.disease_before") if name == "disease" else capitalised(variable_words(name))
    )
    lines = [Line(id=name, title=title, heading=True)]
    shown = [
        value
        for place, (value, _) in enumerate(shape.categories)
        if name in {"sex", "disease"}
        or any(isinstance(one, Categories) and one.categories[place][1].value
               for one in each.values())
    ]  # fmt: skip
    for value in shown:
        said = (
            words(f"analysis.disease_{value.replace(' ', '_').replace('-', '_')}")
            if name == "disease"
            else value_words(name, value)
        )
        lines.append(Line(id=f"{name}.{value}", title=said, depth=1))
    lines.append(Line(id=f"{name}.missing", title=words("report.missing"), depth=1))
    for group, one in each.items():
        assert isinstance(one, Categories)
        for value, count in one.categories:
            if value in shown:
                cells[f"{name}.{value}", group] = Part(count, one.known)
        cells[f"{name}.missing", group] = Count(one.missing)
    if all(isinstance(one, Categories) and not one.missing.value for one in each.values()):
        for group in each:
            del cells[f"{name}.missing", group]
        lines.pop()
    return lines
