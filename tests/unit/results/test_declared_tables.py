"""Tables are declared before data and filled as declared, on trials by chance and on none."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import small_trial
from trialrun.analysis.cutoff import cutoff_at
from trialrun.ledger import events as ev
from trialrun.results.analysed import Analysed, analyse
from trialrun.results.cell import Count, Nothing, Part, Said, pieces
from trialrun.results.flow_tables import baseline_table, criteria_table, flow_table, sets_table
from trialrun.results.shell import Column, Line, Shell, day_runs, harms_shell, overview_shell
from trialrun.results.table import Table, empty, fill
from trialrun.results.treatment_tables import exposure_table, harms_table, safety_table
from trialrun.results.words import (
    Words,
    capitalised,
    listed,
    literal,
    value_words,
    variable_words,
    words,
)

COLUMNS = (Column(id="n", title=literal("n")),)


def results(seed: int = 1, people: int = 12, arms: int = 1) -> Analysed:
    protocol = small_trial.nk_protocol(arms=arms)
    book = small_trial.random_book(protocol, Random(seed), people)
    return analyse(cutoff_at(protocol, book.entries()))


def shell(**more: object) -> Shell:
    return Shell(id="t", title=literal("T"), stub=literal("s"), columns=COLUMNS,
                 lines=(Line(id="a", title=literal("A")),), **more)  # type: ignore[arg-type]  # fmt: skip


def test_a_declared_cell_that_is_missing_is_a_fault() -> None:
    with pytest.raises(ValueError, match="not filled as declared"):
        fill(shell(), {})
    with pytest.raises(ValueError, match="not filled as declared"):
        fill(shell(), {("a", "n"): Nothing(), ("b", "n"): Nothing()})


def test_lines_grow_only_where_that_is_declared() -> None:
    grown = [Line(id="b", title=literal("B"))]
    cells = {("a", "n"): Nothing(), ("b", "n"): Nothing()}
    with pytest.raises(ValueError, match="declares no lines that grow"):
        fill(shell(), cells, grown=grown)
    table = fill(shell(grows=literal("more")), cells, grown=grown)
    assert [line.id for line in table.lines] == ["a", "b"]
    assert empty(shell(), table.lines).keys() == cells.keys()


def test_headings_have_no_cells() -> None:
    heading = Line(id="h", title=literal("H"), heading=True)
    table = fill(shell(grows=literal("more")), {("a", "n"): Nothing()}, grown=[heading], after=None)
    assert table.row(heading) == ()


def all_tables(found: Analysed) -> list[Table]:
    return [
        flow_table(found), sets_table(found), baseline_table(found), exposure_table(found),
        safety_table(found), harms_table(found), criteria_table(found),
    ]  # fmt: skip


@given(st.integers(0, 10**6), st.sampled_from([0, 1, 8]), st.integers(1, 3))
def test_every_cell_of_every_table_prints_in_every_language(
    seed: int, people: int, arms: int
) -> None:
    for table in all_tables(results(seed, people, arms)):
        for line in table.lines:
            for cell in table.row(line):
                for locale in ("en", "zh"):
                    shown = pieces(cell, locale)  # type: ignore[arg-type]
                    assert "".join(piece.text for piece in shown).strip()


@given(st.integers(0, 10**6))
def test_every_number_has_a_trace(seed: int) -> None:
    """A piece with digits is a percent of a traced count, a limit beside it, or traced itself."""
    for table in all_tables(results(seed)):
        for line in table.lines:
            for cell in table.row(line):
                if isinstance(cell, Count | Part):
                    first = pieces(cell, "en")[0]
                    assert first.trace is not None
                    assert int(first.text) == len(first.trace.participants) or (
                        first.trace.method.name == "administrations"
                    )
                    assert first.trace.entries or first.text == "0"
                elif not isinstance(cell, Said):
                    assert all(p.trace or not any(map(str.isdigit, p.text.split("=")[0]))
                               for p in pieces(cell, "en") if "%" not in p.text)  # fmt: skip


def test_shells_come_from_the_protocol_alone() -> None:
    one, two = small_trial.nk_protocol(), small_trial.nk_protocol(arms=2)
    assert [column.title.en for column in harms_shell(one).columns][:2] == ["Any grade", "Grade 1"]
    assert [column.title.en for column in harms_shell(two).columns][-1] == "Total"
    assert "limiting" in {line.id for line in overview_shell(one).lines}
    drug = overview_shell(small_trial.drug_protocol())
    assert not {"limiting", "related_cells"} & {line.id for line in drug.lines}
    assert drug.lines[0].title.en == "Started treatment"
    assert overview_shell(one).lines[0].title.en == "Started lymphodepletion"


def test_a_race_that_nobody_asked_for_is_not_collected() -> None:
    table = baseline_table(results())
    race = next(line for line in table.lines if line.id == "race")
    (cell,) = table.row(race)
    assert isinstance(cell, Said) and cell.words.en == "not collected"


def test_a_single_value_stands_without_a_range() -> None:
    book = small_trial.Book()
    book.register("SIM-001", small_trial.DAY_ZERO)
    book.fact("SIM-001", "age", 50, "a", small_trial.DAY_ZERO)
    book.enrol("SIM-001", small_trial.DAY_ZERO)
    found = analyse(cutoff_at(small_trial.nk_protocol(), book.entries()))
    table = baseline_table(found)
    age = next(line for line in table.lines if line.id == "age")
    assert "".join(p.text for p in pieces(table.row(age)[0], "en")) == "50; n = 1"


def test_planned_days_in_runs() -> None:
    assert day_runs((-6, -5, -4, -3, -2)) == "−6…−2"
    assert day_runs((0, 1)) == "0, 1" and day_runs((4, 0, 2)) == "0, 2, 4"


def test_words_in_both_languages() -> None:
    assert variable_words("weight") == Words("body weight", "体重")
    assert variable_words("no_such") == Words("no_such", "no_such")
    assert value_words("sex", "female").zh == "女" and value_words("apl", "true").en == "yes"
    assert capitalised(Words("body weight", "体重")).en == "Body weight"
    assert capitalised(literal("ECOG status")).en == "ECOG status"
    assert capitalised(literal("pH")).en == "pH"
    assert words("report.left_out_for", who="A", reason=Words("x", "甲")).zh == "A：甲"


def test_lists_are_read_aloud() -> None:
    names = tuple(literal(name) for name in "abc")
    assert listed(names) == Words("a, b and c", "a, b和c")
    assert listed(names[:1]).en == "a" and listed(()).en == ""


def test_deviations_are_listed() -> None:
    from trialrun.results.listing import deviations_listing

    book = small_trial.Book()
    book.register("SIM-001", small_trial.DAY_ZERO)
    for who, code in (("SIM-001", "d1"), (None, "d2")):
        book.add(
            ev.DeviationRecorded(
                id=code, participant=who, category="gap-short", important=True, note="44 h"
            ),
            small_trial.DAY_ZERO,
        )
    found = analyse(cutoff_at(small_trial.nk_protocol(), book.entries()))
    listing = deviations_listing(found)
    assert [pieces(row[0], "en")[0].text for row in listing.rows] == ["SIM-001", "the study"]
