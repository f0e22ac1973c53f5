"""mapping.toml: what the columns of a table are. What it does not declare is not assumed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trialrun.errors import FactError, InputError, OutsideError
from trialrun.readers.patients.tables.answers import answered
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

MAPPING = "mapping.toml"
FORMAT = 1
CONDITIONS = "conditions"  # in `complete`: every diagnosis that the vocabulary has codes of
DATE_FORMS = (
    "YYYY-MM-DD", "YYYY/MM/DD", "YYYYMMDD", "DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "MM/DD/YYYY",
)  # fmt: skip
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d\Z", re.ASCII)
_TEXTS = (
    "file", "form", "patient", "date", "at", "date_form", "minutes_from", "decimal", "delimiter",
    "encoding", "utc_offset", "complete_as_of", "died", "name_column", "value_column",
    "unit_column", "low_column", "high_column", "comparator_column", "status_column",
)  # fmt: skip
_KEYS = {"format", "complete", "column", "code", "question", *_TEXTS}
_COLUMN_TEXTS = (
    "name", "variable", "unit", "unit_column", "low_column", "high_column", "date",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a wide table, or one name in the name column of a long one.

    `values` translates what is written, such as {"1": "true", "2": "false"}. Without a unit, a
    quantity is set aside.
    """

    name: str
    variable: str
    unit: str = ""
    unit_column: str = ""
    low_column: str = ""
    high_column: str = ""
    date: str = ""
    values: AnyMapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCode:
    """A code of the site's own, in FHIR or OMOP, that means exactly one variable.

    `system` is the FHIR system or the OMOP vocabulary; empty, the code counts in any.
    """

    code: str
    variable: str
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping as declared. With no columns it only declares things about FHIR or OMOP.

    `date` is the column with the date of a row, `at` the one date of all; `minutes_from` says that
    the date column counts minutes from that time. `decimal` is the sign, "." or ",", or empty.
    Rows whose `status_column` says entered-in-error or cancelled do not count.
    """

    file: str = ""
    form: str = "wide"
    patient: str = ""
    date: str = ""
    at: Moment | None = None
    date_form: str = "YYYY-MM-DD"
    minutes_from: Moment | None = None
    decimal: str = ""
    delimiter: str = ","
    encoding: str = "utf-8"
    utc_offset: str = ""
    complete: tuple[str, ...] = ()
    complete_as_of: Moment | None = None
    died: str = ""
    name_column: str = ""
    value_column: str = ""
    unit_column: str = ""
    low_column: str = ""
    high_column: str = ""
    comparator_column: str = ""
    status_column: str = ""
    columns: tuple[Column, ...] = ()
    codes: tuple[LocalCode, ...] = ()

    def to_blame(self, column: Column, reason: Reason) -> str:
        """The column of the table where somebody must look, when this one gave no fact."""
        own = self.value_column if self.form == "long" else column.name
        match reason:
            case Reason.NO_PATIENT:
                return self.patient
            case Reason.ENTERED_IN_ERROR | Reason.CANCELLED:
                return self.status_column
            case Reason.NO_UNIT | Reason.UNKNOWN_UNIT | Reason.UNFIT_UNIT:
                return column.unit_column or self.unit_column or own
            case Reason.NO_DATE | Reason.BAD_DATE:
                kind = variable(column.variable).kind
                itself = kind is Kind.DATE and (reason is Reason.BAD_DATE or not self.date)
                return own if itself else column.date or self.date or own
            case _:
                return own


def load_mapping(path: Path) -> Mapping:
    """The mapping of a file; raises InputError, which says where and what to write instead."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "the mapping is not UTF-8 text", where=str(path), remedy="Save it as UTF-8."
        ) from error
    except OSError as error:
        raise OutsideError(
            f"the mapping cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check the name and the permission.",
        ) from error
    return read_mapping(text, where=str(path))


def read_mapping(text: str, *, where: str = MAPPING) -> Mapping:
    """The mapping that the text declares."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            f"the mapping is not TOML: {error}", where=where, remedy="Correct that line."
        ) from error
    _known(data, _KEYS, where)
    if data.get("format") != FORMAT:
        raise InputError(
            f"the mapping's format is {data.get('format')!r}",
            where=where,
            remedy=f"Write as its first line: format = {FORMAT}",
        )
    data = answered(data, where)
    given: dict[str, Any] = {name: _text(data, name, where) for name in _TEXTS if name in data}
    for name in ("at", "minutes_from", "complete_as_of"):
        if name in given:
            given[name] = _moment(given[name], name, where)
    columns = tuple(_column(one, where) for one in _tables(data, "column", where))
    codes = tuple(_code(one, where) for one in _tables(data, "code", where))
    made = Mapping(**given, complete=_complete(data, where), columns=columns, codes=codes)
    _check(made, where)
    return made


def _check(made: Mapping, where: str) -> None:
    wrong: str | None = None
    remedy = ""
    if made.form not in {"wide", "long"}:
        wrong, remedy = f"form is {made.form!r}", 'Write form = "wide" or form = "long".'
    elif made.decimal not in {"", ".", ","}:
        wrong, remedy = f"decimal is {made.decimal!r}", 'Write decimal = "." or decimal = ",".'
    elif len(made.delimiter) != 1:
        wrong, remedy = f"delimiter is {made.delimiter!r}", "Write one sign."
    elif made.date_form not in DATE_FORMS:
        wrong, remedy = f"date_form is {made.date_form!r}", f"Use one of {', '.join(DATE_FORMS)}."
    elif made.utc_offset and not _OFFSET.match(made.utc_offset):
        wrong, remedy = f"utc_offset is {made.utc_offset!r}", 'Write it as "+08:00" or "-05:00".'
    elif made.minutes_from is not None and made.minutes_from.instant is None:
        wrong, remedy = "minutes_from has no time of day", 'Write it as "2026-01-01T00:00Z".'
    elif made.complete and made.complete_as_of is None:
        wrong, remedy = (
            "complete lists need the day as of which they are complete",
            'Write complete_as_of = "2026-03-01".',
        )
    elif made.columns and not made.patient:
        wrong, remedy = "no column names the patient", 'Write patient = "…", the column of the id.'
    elif made.columns and made.form == "long" and not (made.name_column and made.value_column):
        wrong, remedy = (
            "a long table needs name_column and value_column",
            "Write the columns that hold what was measured and its value.",
        )
    if wrong is not None:
        raise InputError(
            f"the mapping's {wrong}" if " is " in wrong else wrong, where=where, remedy=remedy
        )
    names = [column.name for column in made.columns]
    twice = sorted({f"{c.name} as {c.variable}" for c in made.columns if made.columns.count(c) > 1})
    if twice and len(names) != len(set(names)):
        raise InputError(f"mapped twice: {twice[0]}", where=where, remedy="Keep one of the two.")


def _column(data: dict[str, Any], where: str) -> Column:
    _known(data, {*_COLUMN_TEXTS, "values"}, f"{where}, [[column]]")
    given = {name: _text(data, name, where) for name in _COLUMN_TEXTS if name in data}
    if not given.get("name") or not given.get("variable"):
        raise InputError(
            "a column needs its name and its variable",
            where=where,
            remedy='Write name = "ALT" and variable = "alt", or take the column out.',
        )
    given["variable"] = variable(given["variable"], where=f"{where}, column {given['name']}").name
    values = data.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise InputError(
            f"the values of {given['name']} are not texts",
            where=where,
            remedy='Write values = {"1" = "true", "2" = "false"}.',
        )
    return Column(**given, values={str(key).strip(): one for key, one in values.items()})


def _code(data: dict[str, Any], where: str) -> LocalCode:
    _known(data, {"system", "code", "variable"}, f"{where}, [[code]]")
    given = {name: _text(data, name, where) for name in data}
    if not given.get("code") or not given.get("variable"):
        raise InputError(
            "a code needs its variable",
            where=where,
            remedy='Write system = "urn:…", code = "PLT", variable = "platelets".',
        )
    given["variable"] = variable(given["variable"], where=f"{where}, code {given['code']}").name
    return LocalCode(**given)


def _tables(data: AnyMapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    listed = data.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise InputError(f"{name} is not a list of tables", where=where, remedy=f"Use [[{name}]].")
    return listed


def _complete(data: dict[str, Any], where: str) -> tuple[str, ...]:
    listed = data.get("complete", [])
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise InputError(
            "complete is not a list", where=where, remedy='Write complete = ["conditions"].'
        )
    for name in listed:
        if name != CONDITIONS:
            variable(name, where=f"{where}, complete")
    return tuple(listed)


def _known(data: AnyMapping[str, object], known: set[str], where: str) -> None:
    other = sorted(set(data) - known)
    if other:
        raise InputError(
            f"the mapping knows no {other[0]!r}",
            where=where,
            remedy=f"Its fields are {', '.join(sorted(known))}.",
        )


def _text(data: AnyMapping[str, object], name: str, where: str) -> str:
    given = data[name]
    if not isinstance(given, str):
        raise InputError(f"{name} is not a text", where=where, remedy=f'Write {name} = "…".')
    return given


def _moment(text: str, name: str, where: str) -> Moment:
    try:
        return Moment(text)
    except FactError as error:
        raise InputError(f"{name}: {error.what}", where=where, remedy=error.remedy) from error
