"""Every event table in one shape, joined to variables, units and values that Python decided.

Codes, units and words are few: each different one is decided once, by the same functions that
decide them for FHIR, and the decision is joined to the rows inside the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from trialrun.errors import UnitError
from trialrun.readers.patients.fahrenheit import CELSIUS, CODE, DECIMALS, is_fahrenheit
from trialrun.readers.patients.omop.concepts import (
    Cited,
    Declared,
    concept_names,
    concept_variables,
    source_variables,
)
from trialrun.readers.patients.omop.database import EVENTS, Database, rows_of
from trialrun.readers.patients.statement import Statement, fact_of, unit_of
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.moment import Moment
from trialrun.values.unit import Unit, factor
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind, Variable

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

# Where each table keeps its date; the codes and the key are named after the table's first word.
DATED = {
    "measurement": "measurement",
    "observation": "observation",
    "condition_occurrence": "condition_start",
    "procedure_occurrence": "procedure",
    "drug_exposure": "drug_exposure_start",
}
_CODED = {
    "measurement": "measurement",
    "observation": "observation",
    "condition_occurrence": "condition",
    "procedure_occurrence": "procedure",
    "drug_exposure": "drug",
}
# The SNOMED concepts of the domain "Meas Value Operator".
_OPERATORS = {4172703: "", 4171756: "<", 4171754: "<=", 4172704: ">", 4171755: ">="}
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)\Z")
_NO_WORD = ""


@dataclass(slots=True)
class Events:
    """What was decided about codes, units and words; `tables` in one shape, not yet joined."""

    tables: dict[str, ibis.Table]
    concepts: dict[int, Cited]
    texts: dict[tuple[str, str], Cited] = field(default_factory=dict)  # by table and source value


def decided(database: Database, tally: Tally, declared: Declared) -> Events:
    """Look up every code that the event tables hold."""
    concepts = concept_variables(database, declared)
    tables = {
        name: _shaped(database.tables[name], name) for name in EVENTS if name in database.tables
    }
    events = Events(tables, concepts)
    for name, table in tables.items():
        for text in _source_texts(table, concepts):
            own = declared.get((name, text)) or declared.get(("", text))
            if own is not None:
                events.texts[name, text] = ((own,), f"declared code {text}")
                continue
            cited = source_variables(text, diagnosis=name == "condition_occurrence")
            if cited[0]:
                events.texts[name, text] = cited
                if cited[1].startswith("ICD"):
                    tally.note("source_by_form", table=name, system=cited[1].split()[0])
    return events


def joined(events: Events, name: str) -> ibis.Table | None:
    """The rows of a table that have a variable; a code of two variables gives two rows."""
    import ibis

    table, parts = events.tables[name], []
    kinds = None if name in {"measurement", "observation"} else {Kind.BOOLEAN}
    numbered = [
        (number, row.name, cited)
        for number, (rows, cited) in sorted(events.concepts.items())
        for row in rows
        if kinds is None or row.kind in kinds
    ]
    known = sorted({number for number, _, _ in numbered})
    if numbered:
        names = ("concept", "variable", "cited")
        book = memory(ibis, names, numbered, {"concept": "int64"})
        parts.append(table.inner_join(book, "concept"))
        rest = table.filter(~table.concept.isin(known).fill_null(False))
        parts.append(rest.inner_join(book.rename(source_concept="concept"), "source_concept"))
        table = rest.filter(~rest.source_concept.isin(known).fill_null(False))
    texts = [
        (text, row.name, cited)
        for (home, text), (rows, cited) in sorted(events.texts.items())
        if home == name
        for row in rows
        if kinds is None or row.kind in kinds
    ]
    if texts:
        book = memory(ibis, ("source_value", "variable", "cited"), texts, {})
        parts.append(table.inner_join(book, "source_value"))
    columns = [*events.tables[name].columns, "variable", "cited"]
    parts = [part.select(*columns) for part in parts]
    return ibis.union(*parts) if len(parts) > 1 else parts[0] if parts else None


def valued(database: Database, rows: ibis.Table, tally: Tally, offset: str) -> ibis.Table:
    """Value, unit, time and reason of every row: the columns of `facts`, and `reason`."""
    import ibis

    books = _decide_values(database, rows, tally)
    units = memory(
        ibis,
        ("variable", "unit_concept", "unit_text", "unit", "unit_reason", "least", "most",
         "fahrenheit"),
        books.units,
        {"unit_concept": "int64", "least": "float64", "most": "float64", "fahrenheit": "int64"},
    )  # fmt: skip
    words = memory(
        ibis, ("variable", "word", "coded_value", "coded_text", "coded_unit", "word_reason"),
        books.words, {"coded_value": "float64"},
    )  # fmt: skip
    quantity = rows.variable.isin(list(books.quantities) or [_NO_WORD])
    rows = rows.mutate(quantity=quantity)
    rows = rows.left_join(units, ["variable", "unit_concept", "unit_text"], rname="{name}_unit")
    rows = _in_celsius(rows.mutate(fahrenheit=(rows.fahrenheit == 1).fill_null(False)))
    rows = rows.left_join(words, ["variable", "word"], rname="{name}_word")
    reason = ibis.cases(
        (rows.quantity & rows.number.isnull(), Reason.NO_VALUE.value),
        (rows.quantity & (rows.number.isnan() | rows.number.isinf()), Reason.BAD_VALUE.value),
        (rows.quantity & rows.unit.isnull(), rows.unit_reason),
        (~rows.quantity & rows.word_reason.notnull(), rows.word_reason),
        (rows.day.isnull() & rows.bad_date, Reason.BAD_DATE.value),
        (rows.day.isnull(), Reason.NO_DATE.value),
        else_=ibis.null("string"),
    )
    return rows.select(
        "kind", "row", "patient", "variable", "cited",
        value=ibis.ifelse(rows.quantity, rows.number, rows.coded_value),
        text=ibis.ifelse(rows.quantity, ibis.null("string"), rows.coded_text),
        unit=ibis.ifelse(rows.quantity, rows.unit, rows.coded_unit),
        comparator=ibis.ifelse(rows.quantity, rows.comparator, ""),
        first_day=rows.day,
        last_day=rows.day,
        instant=_instant(rows.at, offset),
        low=ibis.ifelse(rows.quantity, rows.low, ibis.null("float64")),
        high=ibis.ifelse(rows.quantity, rows.high, ibis.null("float64")),
        reason=reason,
        implausible=rows.quantity & ((rows.number < rows.least) | (rows.number > rows.most)),
    )  # fmt: skip


def _in_celsius(rows: ibis.Table) -> ibis.Table:
    """Numbers in degrees Fahrenheit as `in_celsius` has them."""
    import ibis

    number = rows.number.cast("string").re_replace(r"\.0$", "")
    named = rows.cited + ", converted from " + number + f" {CODE}"
    columns: dict[str, ir.Value] = {
        name: ibis.ifelse(rows.fahrenheit, ((rows[name] - 32) * 5 / 9).round(DECIMALS), rows[name])
        for name in ("number", "low", "high")
    }
    return rows.mutate(**columns, cited=ibis.ifelse(rows.fahrenheit, named, rows.cited))


@dataclass(slots=True)
class _Books:
    quantities: list[str]
    units: list[tuple[Any, ...]]
    words: list[tuple[Any, ...]]


def _decide_values(database: Database, rows: ibis.Table, tally: Tally) -> _Books:
    """Each different unit and word, decided once."""
    pairs = rows.group_by("variable", "unit_concept", "unit_text").agg(count=rows.count())
    listed = rows_of(pairs.order_by("variable", "unit_concept", "unit_text"))
    names = concept_names(database, {one["unit_concept"] for one in listed} - {0})
    books = _Books([], [], [])
    for one in listed:
        row = variable(one["variable"])
        if row.kind is not Kind.QUANTITY:
            continue
        books.quantities.append(row.name)
        vocabulary, code, _ = names.get(one["unit_concept"], ("", "", ""))
        text = code if vocabulary == "UCUM" else one["unit_text"]
        found = unit_of(row.name, text) if text else Reason.NO_UNIT
        if not text and row.unit is not None and row.unit.code in {"1", "{score}"}:
            found = row.unit
        fahrenheit = is_fahrenheit(row.name, text or "")
        found = CELSIUS if fahrenheit else found
        key = (row.name, one["unit_concept"], one["unit_text"])
        if isinstance(found, Reason):
            if text:
                tally.units[row.name, text] += one["count"]
            books.units.append((*key, None, found.value, None, None, 0))
        else:
            bounds = _bounds(row, found)
            books.units.append((*key, found.code, None, *bounds, int(fahrenheit)))
    books.quantities = sorted(set(books.quantities))
    others = rows.filter(~rows.variable.isin(books.quantities or [_NO_WORD]))
    for one in rows_of(others.select("variable", "word").distinct()):
        books.words.append(_decide_word(database, one["variable"], one["word"]))
    return books


def _bounds(row: Variable, unit: Unit) -> tuple[float | None, float | None]:
    """The plausible range in this unit; only to count what the engines will question."""
    if row.least is None or row.most is None or row.unit is None:
        return None, None
    try:
        size = factor(unit, row.unit, molar=row.molar)
    except UnitError:
        return None, None
    return float(Fraction(row.least) / size), float(Fraction(row.most) / size)


def _decide_word(database: Database, name: str, word: str) -> tuple[Any, ...]:
    """What a number, a text or a concept says for a variable that is no quantity."""
    row = variable(name)
    kind, _, text = word.partition(":")
    if kind == "event":
        text = "true"
    elif kind == "concept":
        named = concept_names(database, {int(text)}).get(int(text))
        text = "" if named is None else named[2]
    if not text:
        return (name, word, None, None, None, Reason.NO_VALUE.value)
    read = fact_of(row, Statement(id="", value=text, at=Moment("2000-01-01")))
    if isinstance(read, Reason):
        return (name, word, None, None, None, read.value)
    if row.kind is Kind.BOOLEAN:
        return (name, word, 1.0 if read.present else 0.0, None, None, None)
    if row.kind is Kind.ORDINAL:
        return (name, word, float(read.number), None, read.unit, None)
    return (name, word, None, read.value, None, None)


def _shaped(table: ibis.Table, name: str) -> ibis.Table:
    """One shape for all event tables."""
    import ibis

    code, date = _CODED[name], DATED[name]
    none, nothing = ibis.null("string"), ibis.null("float64")
    if name in {"measurement", "observation"}:
        written = table.value_source_value if name == "measurement" else table.value_as_string
        sign = written.re_extract(r"^\s*([<>]=?)", 1)
        digits = written.re_extract(r"^\s*[<>]?=?\s*(-?\d+(?:\.\d+)?)\s*$", 1)
        comparator = sign.fill_null("")
        if name == "measurement":
            stated = [
                (table.operator_concept_id == number, ibis.literal(shown))
                for number, shown in _OPERATORS.items()
            ]
            comparator = ibis.cases(*stated, else_=comparator)
        number = table.value_as_number.fill_null(digits.nullif("").try_cast("float64"))
        word = _word(table, written)
        unit_concept, unit_text = table.unit_concept_id, table.unit_source_value
        low = table.range_low if name == "measurement" else nothing
        high = table.range_high if name == "measurement" else nothing
    else:
        number, word, comparator = nothing, ibis.literal("event:"), ibis.literal("")
        unit_concept, unit_text = ibis.null("int64"), none
        low = high = nothing
    return table.select(
        kind=ibis.literal(name),
        row=table[f"{name}_id"],
        patient=table.person_id,
        concept=table[f"{code}_concept_id"],
        source_concept=table[f"{code}_source_concept_id"],
        source_value=table[f"{code}_source_value"],
        day=table[f"{date}_date"].fill_null(table[f"{date}_datetime"].date()),
        at=table[f"{date}_datetime"],
        bad_date=table.bad_date,
        number=number,
        word=word,
        comparator=comparator,
        unit_concept=unit_concept.fill_null(0),
        unit_text=unit_text.fill_null(""),
        low=low,
        high=high,
    )


def _word(table: ibis.Table, written: ibis.Value) -> ibis.Value:
    """What a value is written as: its concept, else its number, else its text."""
    import ibis

    concept = table.value_as_concept_id.nullif(0)
    whole = table.value_as_number.cast("string").re_replace(r"\.0$", "")
    return ibis.coalesce(
        ibis.literal("concept:") + concept.cast("string"),
        ibis.literal("number:") + whole,
        ibis.literal("text:") + written,
        ibis.literal("text:"),
    )


def _source_texts(table: ibis.Table, concepts: dict[int, Cited]) -> list[str]:
    """Source values of the rows that no concept places."""
    known = sorted(concepts)
    rest = table.filter(table.source_value.notnull())
    if known:
        placed = rest.concept.isin(known) | rest.source_concept.isin(known)
        rest = rest.filter(~placed.fill_null(False))
    listed = rest.select("source_value").distinct().order_by("source_value")
    return [str(row["source_value"]) for row in rows_of(listed)]


def _instant(at: ibis.Value, offset: str) -> ibis.Value:
    """The time in UTC where the site's offset is declared; midnight is a date, not a time."""
    import ibis

    parted = _OFFSET.match(offset)
    if parted is None:
        return ibis.null("timestamp('UTC')")
    minutes = (int(parted[2]) * 60 + int(parted[3])) * (-1 if parted[1] == "-" else 1)
    shifted = at - ibis.interval(minutes=minutes)
    midnight = at == at.truncate("D")
    return ibis.ifelse(midnight, ibis.null("timestamp"), shifted).cast("timestamp('UTC')")


def memory(
    ibis: Any, names: Iterable[str], rows: list[tuple[Any, ...]], kinds: dict[str, str]
) -> Any:
    """A small table of what was decided, to be joined; columns are texts unless `kinds` says."""
    import pyarrow as pa

    listed = list(names)
    types = {"int64": pa.int64(), "float64": pa.float64()}
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in listed]
    arrays = [
        pa.array(column, type=types.get(kinds.get(name, ""), pa.string()))
        for name, column in zip(listed, columns, strict=True)
    ]
    return ibis.memtable(pa.Table.from_arrays(arrays, names=listed))
