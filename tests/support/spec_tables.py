"""Reads the tables of `tests/spec`: facts in, expected truth out, for every engine of the language.

A case begins with `## `, then `key: value` lines (rule, anchors, as of, source), then a table of
facts and a table of what each person's answer is. A person may stand in the second table alone:
nothing is known about them. Dots repeat the cell above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trialrun.criteria.nodes import Node
from trialrun.criteria.parser import read_rule
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.values.unit import read_unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import read_fact
from trialrun.vocabulary.table import variable

FOLDER = Path(__file__).resolve().parents[1] / "spec"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine must say; the reason of UNKNOWN where the table names one."""

    truth: Truth
    reason: str


@dataclass(frozen=True, slots=True)
class SpecCase:
    """One rule, asked about several people."""

    name: str
    rule: Node
    anchors: Mapping[str, Moment]
    as_of: Moment | None
    source: str
    people: Mapping[str, tuple[Fact, ...]]
    answers: Mapping[str, Answer]


def spec_cases() -> Iterator[SpecCase]:
    """Every case of every table, in the order of the files."""
    for path in sorted(FOLDER.glob("*.txt")):
        for text in path.read_text(encoding="utf-8").split("\n## ")[1:]:
            yield _case(path.stem, text)


def _case(file: str, text: str) -> SpecCase:
    title, *lines = text.splitlines()
    keys: dict[str, str] = {}
    tables: list[list[list[str]]] = []
    after_row = False
    for line in lines:
        if line.startswith("|"):
            if not tables or not after_row:
                tables.append([])
            tables[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif ":" in line:
            key, _, value = line.partition(":")
            assert key in {"rule", "anchors", "as of", "source"}, (title, key)
            keys[key] = value.strip()
        else:
            assert not line.strip(), (title, line)
        after_row = line.startswith("|")
    *facts, answers = tables
    people: dict[str, tuple[Fact, ...]] = {}
    for number, row in enumerate(_rows(facts[0]) if facts else ()):
        who = row.pop("who")
        people[who] = (*people.get(who, ()), _fact(row, f"{who}-{number}", f"{file}: {title}"))
    expected = {
        row["who"]: Answer(Truth(row["truth"]), row.get("reason", "")) for row in _rows(answers)
    }
    assert set(people) <= set(expected), (title, set(people) - set(expected))
    moments = (one.split("=") for one in keys.get("anchors", "").split(";") if one.strip())
    return SpecCase(
        name=f"{file}: {title}",
        rule=read_rule(keys["rule"], where=title),
        anchors={word.strip(): Moment(at.strip()) for word, at in moments},
        as_of=Moment(keys["as of"]) if "as of" in keys else None,
        source=keys.get("source", ""),
        people={who: people.get(who, ()) for who in expected},
        answers=expected,
    )


def _rows(table: list[list[str]]) -> Iterator[dict[str, str]]:
    head, *rows = table
    above: dict[str, str] = {}
    for cells in rows:
        assert len(cells) == len(head), (head, cells)
        row = {
            name: above[name] if cell == "." else cell
            for name, cell in zip(head, cells, strict=True)
        }
        above = row
        yield dict(row)


def _fact(row: dict[str, str], code: str, where: str) -> Fact:
    given = {name: cell for name, cell in row.items() if cell}
    try:
        return read_fact({"source": "table", **given}, where=where, id=code)
    except Exception:
        if "!" not in row.get("value", ""):
            raise
    # A value with "!" is not plausible: a reader would question it, an engine must not use it.
    unit = read_unit(given["unit"]) if "unit" in given else variable(given["variable"]).unit
    return Fact(
        id=code,
        variable=given["variable"],
        value=given["value"].rstrip("!"),
        unit=None if unit is None else unit.code,
        at=Moment(given["at"]),
        source="table",
    )
