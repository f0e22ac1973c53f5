"""Tables declared before there are data: title, columns and lines come from the protocol alone.

What depends on data (the terms of adverse events, criteria that somebody failed) is declared as
lines that grow, with the words of what they will be. `results.table` fills shells, adds nothing
else, and leaves no declared cell empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from trialrun.analysis.group import Group, planned_groups
from trialrun.protocol.model import Kind, Measure, Outcome, Protocol, RegimenItem
from trialrun.results.words import Words, joined, literal, words
from trialrun.values.quantity import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: an arm, all of them, or a kind of number."""

    id: str
    title: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line; `heading` lines have no cells, `depth` sets them in."""

    id: str
    title: Words
    depth: int = 0
    heading: bool = False
    note: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A table without numbers."""

    id: str
    title: Words
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    stub: Words
    grows: Words | None = None  # what lines the data will add
    note: Words | None = None


def group_title(group: Group) -> Words:
    """What a group is called."""
    if group.total:
        return words("report.total")
    return literal(group.title) if group.title else words("report.everybody")


def group_columns(protocol: Protocol) -> tuple[Column, ...]:
    """A column for each arm, and the total where there are several."""
    return tuple(
        Column(id=group.id, title=group_title(group)) for group in planned_groups(protocol)
    )


def has_cells(protocol: Protocol) -> bool:
    """Whether the regimen has a cell product."""
    return bool(cell_items(protocol))


def cell_items(protocol: Protocol) -> tuple[str, ...]:
    """The regimen items that are cell products."""
    return tuple(
        item.id
        for item in protocol.regimen
        if protocol.intervention(item.intervention).kind is Kind.CELL_PRODUCT
    )


def started_words(protocol: Protocol) -> Words:
    """What starting treatment is: lymphodepletion where a cell product follows it."""
    cells = set(cell_items(protocol))
    first = min(protocol.regimen, key=lambda item: item.days[:1], default=None)
    lymphodepletion = bool(cells) and first is not None and first.id not in cells
    return words("report.started_lymphodepletion" if lymphodepletion else "report.started")


# --- the shells ------------------------------------------------------------------------------


def screening_shell() -> Shell:
    """Everybody registered, and why screening ended."""
    return Shell(
        id="screening",
        title=words("report.table_screening"),
        stub=words("report.stub_screening"),
        columns=(Column(id="n", title=words("report.participants")),),
        lines=(
            Line(id="registered", title=words("report.registered")),
            Line(id="in_screening", depth=1, title=words("report.in_screening")),
            Line(id="enrolled", title=words("report.enrolled")),
        ),
        grows=words("report.grows_screening"),
    )


def criteria_shell() -> Shell:
    """Which criteria kept people out."""
    return Shell(
        id="criteria",
        title=words("report.table_criteria"),
        stub=words("report.criterion"),
        columns=(
            Column(id="not_met", title=words("report.not_met")),
            Column(id="unknown", title=words("report.not_known")),
        ),
        grows=words("report.grows_criteria"),
        note=words("report.note_criteria"),
    )


def flow_shell(protocol: Protocol, infusions: int) -> Shell:
    """From enrolment to the end."""
    return Shell(
        id="flow",
        title=words("report.table_flow"),
        stub=words("report.stub_flow"),
        columns=group_columns(protocol),
        lines=(
            Line(id="enrolled", title=words("report.enrolled")),
            Line(id="started", title=started_words(protocol), depth=1),
            *(
                Line(id=f"infusion.{n}", depth=1, title=words("report.infusion_n", n=n))
                for n in range(1, infusions + 1)
            ),
            Line(id="completed", title=words("report.completed")),
            Line(id="not_completed", title=words("report.not_completed")),
            Line(id="ongoing", title=words("report.ongoing")),
        ),
        grows=words("report.grows_flow"),
    )


def sets_shell(protocol: Protocol, names: tuple[str, ...]) -> Shell:
    """The analysis sets with their definitions."""
    return Shell(
        id="sets",
        title=words("report.table_sets"),
        stub=words("report.analysis_set"),
        columns=(
            Column(id="n", title=words("report.participants")),
            Column(id="left_out", title=words("report.left_out")),
        ),
        lines=tuple(
            Line(
                id=name,
                title=started_words(protocol) if name == "started"
                else words(f"analysis.set_{name}"),
                note=words(f"analysis.set_{name}_is"),
            )
            for name in names
        ),
    )  # fmt: skip


def baseline_shell(protocol: Protocol) -> Shell:
    """Who the participants were."""
    return Shell(
        id="baseline",
        title=words("report.table_baseline"),
        stub=words("report.stub_baseline"),
        columns=group_columns(protocol),
        lines=(Line(id="enrolled", title=words("report.enrolled")),),
        grows=words("report.grows_baseline"),
        note=words("report.note_baseline"),
    )


def exposure_shell(protocol: Protocol) -> Shell:
    """What was given beside what was planned."""
    lines = [Line(id="started", title=started_words(protocol))]
    for item in protocol.regimen:
        name = protocol.intervention(item.intervention).name
        planned = words("report.planned_days", days=day_runs(item.days))
        title = literal(f"{name} ({item.id})") if _several(protocol, item) else literal(name)
        lines.append(Line(id=f"item.{item.id}", title=title, heading=True, note=planned))
        kinds = ["received", "administrations", "amount"]
        if item.dose is not None and item.dose.comparator == "=":
            kinds.insert(2, "share")
        lines += [
            Line(id=f"item.{item.id}.{kind}", title=words(f"report.dose_{kind}"), depth=1)
            for kind in kinds
        ]
    if has_cells(protocol):
        lines.append(Line(id="cells", title=words("report.cells"), heading=True))
        lines += [
            Line(id=f"cells.{kind}", title=words(f"report.cells_{kind}"), depth=1)
            for kind in ("each", "total", "cd3")
        ]
    for gap in protocol.gaps:
        names = joined(tuple(_item_words(protocol, code) for code in gap.after), ", ")
        title = words("report.gap", after=names, before=_item_words(protocol, gap.before))
        lines.append(Line(id=f"gap.{gap.id}", title=title, heading=True))
        lines += [
            Line(id=f"gap.{gap.id}.hours", title=words("report.gap_hours"), depth=1),
            Line(
                id=f"gap.{gap.id}.short",
                title=words("report.gap_short", hours=plain(gap.least_hours)),
                depth=1,
            ),
        ]
    return Shell(
        id="exposure", title=words("report.table_exposure"), stub=words("report.stub_exposure"),
        columns=group_columns(protocol), lines=tuple(lines), note=words("report.note_exposure"),
    )  # fmt: skip


def day_runs(days: tuple[int, ...]) -> str:
    """Planned days with their runs joined.

    >>> day_runs((-6, -5, -4, 0, 2))
    '−6…−4, 0, 2'
    """
    shown = []
    for _, group in groupby(enumerate(sorted(days)), key=lambda pair: pair[1] - pair[0]):
        run = [str(day).replace("-", "−") for _, day in group]
        shown.append(", ".join(run) if len(run) < 3 else f"{run[0]}…{run[-1]}")
    return ", ".join(shown)


def _several(protocol: Protocol, item: RegimenItem) -> bool:
    """Whether several items give the same intervention, so that the item is named too."""
    return sum(one.intervention == item.intervention for one in protocol.regimen) > 1


def _item_words(protocol: Protocol, code: str) -> Words:
    return literal(protocol.intervention(protocol.item(code).intervention).name)


def overview_shell(protocol: Protocol) -> Shell:
    """Safety in a few lines."""
    limiting = protocol.safety is not None or any(
        one.measure is Measure.DOSE_LIMITING for one in protocol.outcomes
    )
    names = ["any", "severe", "serious", "related", "related_severe"]
    if has_cells(protocol):
        names.insert(4, "related_cells")
    lines = [
        Line(id="at_risk", title=started_words(protocol)),
        *(Line(id=name, title=words(f"analysis.harm_{name}"), depth=1) for name in names),
        Line(id="fatal", title=words("analysis.harm_fatal"), depth=1),
        Line(id="deaths", title=words("report.deaths")),
        Line(id="before", title=words("report.events_before")),
    ]
    if limiting:
        lines.insert(
            1, Line(id="limiting", title=words("report.dose_limiting"), depth=1,
                    note=words("report.dose_limiting_among"))
        )  # fmt: skip
    return Shell(
        id="safety", title=words("report.table_safety"), stub=words("report.stub_safety"),
        columns=group_columns(protocol), lines=tuple(lines), note=words("report.note_safety"),
    )  # fmt: skip


def harms_shell(protocol: Protocol) -> Shell:
    """Adverse events by class and term: all grades one by one, or (several groups) any and ≥ 3."""
    groups = group_columns(protocol)
    if len(groups) == 1:
        columns = (
            Column(id="any", title=words("report.any_grade")),
            *(Column(id=f"g{n}", title=words("report.grade_n", n=n)) for n in range(1, 6)),
        )
    else:
        columns = groups
    return Shell(
        id="harms", title=words("report.table_harms"), stub=words("report.stub_harms"),
        columns=columns, grows=words("report.grows_harms"),
        note=words("report.note_harms" if len(groups) == 1 else "report.note_harms_groups"),
    )  # fmt: skip


def response_shell(protocol: Protocol, outcome: Outcome) -> Shell:
    """One outcome of response: the share, what was seen, and why not."""
    return Shell(
        id=f"response.{outcome.id}",
        title=literal(outcome.title),
        stub=words("report.stub_response"),
        columns=group_columns(protocol),
        lines=(Line(id="share", title=words("report.responders")),),
        grows=words("report.grows_response"),
        note=words(f"analysis.response_{outcome.measure.value.replace('-', '_')}"),
    )


def kinetics_shell(protocol: Protocol) -> Shell:
    """Kinetics in a few numbers."""
    names = ("evaluable", "recovery", "quantified", "peak", "peak_day", "area", "half_life",
             "last_found", "lost")  # fmt: skip
    return Shell(
        id="kinetics", title=words("report.table_kinetics"), stub=words("report.stub_kinetics"),
        columns=group_columns(protocol),
        lines=tuple(Line(id=name, title=words(f"report.nk_{name}")) for name in names),
        note=words("report.note_kinetics"),
    )  # fmt: skip


def survival_shell(protocol: Protocol, days: tuple[int, ...]) -> Shell:
    """Survival at the days that follow-up has reached."""
    return Shell(
        id="survival", title=words("report.table_survival"), stub=words("report.stub_survival"),
        columns=group_columns(protocol),
        lines=(
            Line(id="started", title=started_words(protocol)),
            Line(id="deaths", title=words("report.deaths")),
            Line(id="median", title=words("report.median_survival")),
            *(Line(id=f"at.{day}", title=words("report.alive_at", day=day)) for day in days),
            Line(id="follow_up", title=words("report.median_follow_up")),
        ),
        note=words("report.note_survival"),
    )  # fmt: skip
