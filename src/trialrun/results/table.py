"""A shell filled: every declared line and column has its cell, and grown lines come last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trialrun.results.cell import Cell, Nothing
from trialrun.results.shell import Line, Shell
from trialrun.results.words import Words

Cells = Mapping[tuple[str, str], Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A shell, its lines (with those that grew), its cells by line and column, and remarks."""

    shell: Shell
    lines: tuple[Line, ...]
    cells: Cells
    remarks: tuple[Words, ...] = ()

    def row(self, line: Line) -> tuple[Cell, ...]:
        """The cells of one line, column by column; nothing for a heading."""
        if line.heading:
            return ()
        return tuple(self.cells[line.id, column.id] for column in self.shell.columns)


def fill(
    shell: Shell,
    cells: Cells,
    *,
    grown: Iterable[Line] = (),
    after: str | None = None,
    remarks: tuple[Words, ...] = (),
) -> Table:
    """The shell with its cells; `grown` lines follow the line `after`, or come last.

    A declared cell that is missing, or a cell that nothing declares, is a fault of the code.
    """
    more = tuple(grown)
    if more and shell.grows is None:
        raise ValueError(f"the table {shell.id} declares no lines that grow")
    lines: list[Line] = []
    for line in shell.lines:
        lines.append(line)
        if line.id == after:
            lines += more
    if after is None:
        lines += more
    wanted = {
        (line.id, column.id) for line in lines if not line.heading for column in shell.columns
    }
    if wanted != cells.keys():
        raise ValueError(f"the table {shell.id} is not filled as declared: {wanted ^ cells.keys()}")
    return Table(shell=shell, lines=tuple(lines), cells=dict(cells), remarks=remarks)


def empty(shell: Shell, lines: Iterable[Line]) -> dict[tuple[str, str], Cell]:
    """A dash in every cell of some lines: where nothing applies."""
    return {(line.id, column.id): Nothing() for line in lines for column in shell.columns}
