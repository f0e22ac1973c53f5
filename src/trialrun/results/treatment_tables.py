"""The tables of exposure and of safety."""

from __future__ import annotations

from trialrun.analysis.exposure import (
    ItemExposure,
    cell_exposure,
    gap_exposure,
    item_exposure,
)
from trialrun.analysis.group import Group
from trialrun.analysis.harms import Row, by_class, summary
from trialrun.protocol.model import RegimenItem
from trialrun.results.analysed import Analysed, GroupResults
from trialrun.results.cell import Cell, Count, Grades, Nothing, Part, Range, Rate
from trialrun.results.printing import unit
from trialrun.results.shell import Line, exposure_shell, harms_shell, has_cells, overview_shell
from trialrun.results.table import Table, fill
from trialrun.results.words import Words, joined, literal, words

_CellsOf = dict[tuple[str, str], Cell]


def exposure_table(results: Analysed) -> Table:
    """What was given beside what was planned."""
    protocol = results.cutoff.protocol
    cells: _CellsOf = {}
    remarks: list[Words] = []
    for one in results.groups:
        group = one.group.id
        cells["started", group] = Count(one.course.started)
        for item in protocol.regimen:
            _item(results, one, item, cells, remarks)
        if has_cells(protocol):
            exposure = cell_exposure(results.cutoff, one.started)
            cells["cells.each", group] = Range(exposure.nk_each)
            cells["cells.total", group] = Range(exposure.nk_total)
            cells["cells.cd3", group] = Range(exposure.cd3_total)
        for gap in protocol.gaps:
            hours = gap_exposure(results.cutoff, one.started, gap)
            cells[f"gap.{gap.id}.hours", group] = Range(hours.hours, decimals=1)
            cells[f"gap.{gap.id}.short", group] = Part(hours.short, hours.hours.n)
    units = joined(tuple(dict.fromkeys(remarks)), "; ")
    said = (words("report.amounts", units=units),) if remarks else ()
    return fill(exposure_shell(protocol), cells, remarks=said)


def _item(
    results: Analysed,
    one: GroupResults,
    item: RegimenItem,
    cells: _CellsOf,
    remarks: list[Words],
) -> None:
    code, group = f"item.{item.id}", one.group.id
    kinds = ["received", "administrations", "amount"]
    by_dose = item.dose is not None and item.dose.comparator == "="
    if by_dose:
        kinds.append("share")
    if not _planned_in(item, one.group):
        for kind in kinds:
            cells[f"{code}.{kind}", group] = Nothing()
        return
    exposure = item_exposure(results.cutoff, one.started, item)
    cells[f"{code}.received", group] = Part(exposure.received, one.course.started)
    cells[f"{code}.administrations", group] = Count(exposure.administrations)
    cells[f"{code}.amount", group] = Range(exposure.amounts)
    if by_dose:
        cells[f"{code}.share", group] = Range(exposure.share, decimals=1)
    if unit(exposure.unit):
        remarks.append(_unit_remark(results, item, exposure))


def _planned_in(item: RegimenItem, group: Group) -> bool:
    return not item.arms or not group.arms or bool(set(item.arms) & set(group.arms))


def _unit_remark(results: Analysed, item: RegimenItem, exposure: ItemExposure) -> Words:
    name = results.cutoff.protocol.intervention(item.intervention).name
    said = Words(unit(exposure.unit, "en"), unit(exposure.unit, "zh"))
    return words("report.amounts_in", item=literal(name), unit=said)


# --- safety ----------------------------------------------------------------------------------


def safety_table(results: Analysed) -> Table:
    """Safety in a few lines, all of them counts of participants."""
    shell = overview_shell(results.cutoff.protocol)
    declared = {line.id for line in shell.lines}
    cells: _CellsOf = {}
    for one in results.groups:
        group, harms = one.group.id, one.harms
        cells["at_risk", group] = Count(harms.at_risk)
        if "limiting" in declared:
            cells["limiting", group] = Rate(one.limiting) if one.limiting else Nothing()
        for name, row in summary(results.cutoff, harms):
            cells[name, group] = Part(row.affected, harms.at_risk)
        cells["deaths", group] = Part(harms.deaths, harms.at_risk)
        cells["before", group] = Count(harms.before_treatment)
    return fill(shell, cells)


def harms_table(results: Analysed) -> Table:
    """Adverse events by class and term, each participant once, with the worst grade."""
    rows = by_class(results.whole.harms.harms)
    each = {
        one.group.id: {(row.soc, row.term): row for row in by_class(one.harms.harms)}
        for one in results.groups
    }
    lines: list[Line] = []
    cells: _CellsOf = {}
    for row in rows:
        code = f"{row.soc}|{row.term}"
        title = literal(row.term or row.soc)
        lines.append(Line(id=code, title=title, depth=1 if row.term else 0))
        if len(results.groups) == 1:
            _graded(row, code, results.whole, cells)
            continue
        for one in results.groups:
            own = each[one.group.id].get((row.soc, row.term))
            cells[code, one.group.id] = _any_and_severe(own, one)
    return fill(harms_shell(results.cutoff.protocol), cells, grown=lines)


def _graded(row: Row, code: str, one: GroupResults, cells: _CellsOf) -> None:
    cells[code, "any"] = Part(row.affected, one.harms.at_risk)
    for grade, count in enumerate(row.by_grade, start=1):
        cells[code, f"g{grade}"] = Count(count) if count.value else Nothing()


def _any_and_severe(own: Row | None, one: GroupResults) -> Cell:
    if own is None:
        return Nothing()
    return Grades(Part(own.affected, one.harms.at_risk), own.severe)
