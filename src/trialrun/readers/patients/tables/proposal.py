"""A mapping proposed from a table's header and first lines: what is sure, and questions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import tomlkit

from trialrun.errors import InputError
from trialrun.readers.patients.statement import number_of, unit_of
from trialrun.readers.patients.tables.lines import lines_of
from trialrun.readers.patients.tables.mapping import FORMAT
from trialrun.readers.patients.tally import Reason
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable
from trialrun.wording.catalogue import Locale, say

_LINES = 2_000  # that are looked at
_PATIENT = re.compile(
    r"(?:patient|subject|person|participant|case|mrn|usubjid|subjid|pid|id|受试者|患者|病历)"
    r"[ _]*(?:id|no|nr|number|code|unitstayid|编号|号)?\Z",
    re.IGNORECASE,
)
_UNIT = re.compile(r"(.*?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*\Z")
_LIMIT = re.compile(
    r"(.*?)[ _]*(?:(uln|upper(?: limit)?|(?:ref )?high|max)|"
    r"(lln|lower(?: limit)?|(?:ref )?low|min))\Z",
    re.IGNORECASE,
)
_DATE_COLUMN = re.compile(r"date|time|datum|day|日期|时间", re.IGNORECASE)
_DATES = (
    ("YYYY-MM-DD", r"\d{4}-\d\d-\d\d(?:[T ].*)?"),
    ("YYYY/MM/DD", r"\d{4}/\d\d?/\d\d?(?: .*)?"),
    ("DD.MM.YYYY", r"\d\d?\.\d\d?\.\d{4}(?: .*)?"),
    ("DD/MM/YYYY", r"\d\d?/\d\d?/\d{4}(?: .*)?"),
    ("YYYYMMDD", r"(?:19|20)\d{6}"),
)
_COMMA = re.compile(r"[<>]?\s*\d+,\d+\Z")
_THOUSANDS = re.compile(r"[<>]?\s*[1-9]\d{0,2}(?:\.\d{3})+\Z")
_NO_VALUE = re.compile(r"offset|date|time|id\Z|_id|code", re.IGNORECASE)
_LONG_NAMES = 3  # so many different variables in one column make a long table


@dataclass(slots=True)
class _Seen:
    """What a table shows: its columns, and the different texts of each."""

    path: Path
    delimiter: str
    encoding: str
    names: list[str]
    values: dict[str, Counter[str]]
    lines: int
    questions: list[tuple[str, str, str]] = field(default_factory=list)  # id, about, text


def propose_mapping(path: Path, *, locale: Locale = "en") -> str:
    """The text of a mapping.toml for this table, with comments and open questions.

    Only names that are in the vocabulary are mapped, and only units that the header states; what
    is open stays empty, so that its values are set aside until somebody answers. Raises InputError
    for what is no table, OutsideError where the file cannot be read.
    """
    seen = _look(path)
    out = [
        f"format = {FORMAT}",
        f"# {say('mapping.head', locale, file=path.name, lines=seen.lines)}",
    ]
    out.append(_pair("file", path.name))
    long = _long_columns(seen)
    patient = _patient(seen, locale)
    dates, form = _dates(seen, locale)
    out.append(_pair("form", "long" if long else "wide"))
    out.append(_pair("patient", patient))
    if dates:
        out += [_pair("date", dates[0]), _pair("date_form", form)]
        if len(dates) > 1:
            _ask(seen, "date", ", ".join(dates), say("mapping.which_date", locale))
    else:
        _ask(seen, "date", "", say("mapping.no_date", locale))
        out.append(f'# at = "2026-03-01"  # {say("mapping.one_date", locale)}')
    out.append(_decimal(seen, locale))
    if seen.delimiter != ",":
        out.append(_pair("delimiter", seen.delimiter))
    if seen.encoding != "utf-8":
        out.append(_pair("encoding", seen.encoding))
        _ask(seen, "encoding", "", say("mapping.encoding", locale, encoding=seen.encoding))
    out.append(f'# utc_offset = "+08:00"  # {say("mapping.offset", locale)}')
    columns = _long(seen, long, out, locale) if long else _wide(seen, {patient, *dates}, locale)
    out.append("")
    out += columns
    for number, (name, about, text) in enumerate(seen.questions, start=1):
        out += [
            f"# {say('mapping.question', locale)}: {text}" + (f" [{about}]" if about else ""),
            "[[question]]", _pair("id", f"Q{number}.{name}"), _pair("about", about),
            _pair("text", text), _pair("answer", ""), "",
        ]  # fmt: skip
    return "\n".join(out).rstrip() + "\n"


def _look(path: Path) -> _Seen:
    delimiter, encoding = ",", "utf-8"
    first: InputError | None = None
    for encoding in ("utf-8", "gb18030", "latin-1"):
        try:
            head = _head(path, encoding)
        except InputError as error:
            first = first or error
            if "encoding" not in error.remedy:
                raise
            continue
        delimiter = max(",;\t|", key=lambda sign: (head.count(sign), sign == ","))
        break
    names: list[str] = []
    values: dict[str, Counter[str]] = {}
    count = 0
    for _, line in lines_of(path, delimiter=delimiter, encoding=encoding):
        if line is None:
            continue
        names = names or list(line)
        for name, value in line.items():
            values.setdefault(name, Counter())[value] += 1
        count += 1
        if count >= _LINES:
            break
    if not names:
        raise InputError(
            "the table has no lines", where=str(path), remedy="Give a table with its header."
        )
    return _Seen(path, delimiter, encoding, names, values, count)


def _head(path: Path, encoding: str) -> str:
    """The header as one text; reading lines with a sign that never comes keeps it whole."""
    if path.name.lower().endswith(".parquet"):
        return ","
    _, line = next(iter(lines_of(path, delimiter="\x1f", encoding=encoding)), (0, None))
    return ",".join(line) if line else ","


def _patient(seen: _Seen, locale: Locale) -> str:
    likely = [name for name in seen.names if _PATIENT.match(name.strip())]
    if len(likely) != 1:
        _ask(seen, "patient", ", ".join(likely), say("mapping.which_patient", locale))
    return likely[0] if likely else seen.names[0]


def _dates(seen: _Seen, locale: Locale) -> tuple[list[str], str]:
    """Columns that hold dates, birth aside, and how they are written."""
    found: list[str] = []
    forms: Counter[str] = Counter()
    for name in seen.names:
        texts = [text for text in seen.values[name] if text]
        row = _variable(name)
        if not texts or (row is not None and row.kind is Kind.DATE):
            continue
        for form, pattern in _DATES:
            fits = all(re.fullmatch(pattern, text) for text in texts)
            if fits and (form != "YYYYMMDD" or _DATE_COLUMN.search(name)):
                found.append(name)
                forms[form] += 1
                break
    form = forms.most_common(1)[0][0] if forms else "YYYY-MM-DD"
    if form == "DD/MM/YYYY":
        texts = [text for name in found for text in seen.values[name] if text]
        second = [int(text.split("/")[1]) for text in texts if text.count("/") == 2]
        first = [int(text.split("/")[0]) for text in texts if text.count("/") == 2]
        if max(second, default=0) > 12:
            form = "MM/DD/YYYY"
        elif max(first, default=0) <= 12:
            _ask(seen, "date_form", ", ".join(found), say("mapping.day_or_month", locale))
    return found, form


def _decimal(seen: _Seen, locale: Locale) -> str:
    texts = [text for counts in seen.values.values() for text in counts]
    commas = sorted(text for text in texts if _COMMA.match(text))
    thousands = sorted(text for text in texts if _THOUSANDS.match(text))
    plain = any(re.fullmatch(r"[<>]?\s*\d+\.(?:\d{1,2}|\d{4,})", text) for text in texts)
    if not commas and (plain or not thousands):
        return _pair("decimal", ".")
    shown = ", ".join((commas + thousands)[:4])
    _ask(seen, "decimal", shown, say("mapping.decimal", locale))
    return f'decimal = ""  # {say("mapping.decimal", locale)} {shown}'


def _wide(seen: _Seen, taken: set[str], locale: Locale) -> list[str]:
    mapped: dict[str, Variable] = {}
    limits: dict[str, dict[str, str]] = {}
    rest: list[str] = []
    for name in seen.names:
        if name in taken:
            continue
        limit = _LIMIT.match(name)
        row = _variable(name)
        base = _variable(limit[1]) if limit and row is None else None
        if limit is not None and base is not None:
            side = "high_column" if limit[2] else "low_column"
            limits.setdefault(base.name, {})[side] = name
        elif row is not None:
            mapped[name] = row
        else:
            rest.append(name)
    out: list[str] = []
    for name, row in mapped.items():
        out += _entry(seen, name, row, _stated_unit(name, row), locale, limits.get(row.name, {}))
    for name in rest:
        out.append(f"# {say('mapping.not_known', locale, column=name)}")
    return [*out, ""] if rest else out


def _long_columns(seen: _Seen) -> tuple[str, str] | None:
    """The column of names and the column of values, where the table is long."""
    best: tuple[int, str] | None = None
    for name in seen.names:
        known = {row.name for text in seen.values[name] if (row := _variable(text)) is not None}
        if len(known) >= _LONG_NAMES and (best is None or len(known) > best[0]):
            best = (len(known), name)
    if best is None:
        return None
    numeric = [
        name
        for name in seen.names
        if name != best[1]
        and not _PATIENT.match(name)
        and not _NO_VALUE.search(name)
        and _share_of_numbers(seen, name) > 0.8
    ]
    named = [name for name in numeric if re.search("result|value|结果|数值", name, re.IGNORECASE)]
    choice = [*named, *numeric]
    return (best[1], choice[0]) if choice else None


def _long(seen: _Seen, columns: tuple[str, str], out: list[str], locale: Locale) -> list[str]:
    names, values = columns
    out += [_pair("name_column", names), _pair("value_column", values)]
    units = [
        name
        for name in seen.names
        if name not in columns and re.search("unit|measure|单位", name, re.IGNORECASE)
        and any(text and not text.isdigit() for text in seen.values[name])
    ]  # fmt: skip
    if units:
        out.append(_pair("unit_column", units[0]))
        if len(units) > 1:
            _ask(seen, "unit_column", ", ".join(units), say("mapping.which_unit_column", locale))
    entries: list[str] = []
    unknown: list[str] = []
    for text in sorted(seen.values[names]):
        row = _variable(text)
        if row is None:
            unknown.append(text)
        else:
            entries += _entry(seen, text, row, None if units else "", locale, {})
    if unknown:
        shown = ", ".join(unknown[:40])
        entries += [f"# {say('mapping.names_not_known', locale, count=len(unknown))}: {shown}", ""]
    return entries


def _entry(
    seen: _Seen, name: str, row: Variable, unit: str | None, locale: Locale, limits: dict[str, str]
) -> list[str]:
    """One [[column]]; `unit` None where a column holds it, empty where it is open."""
    out = [
        "[[column]]",
        _pair("name", name),
        f"{_pair('variable', row.name)}  # {row.label(locale)}",
    ]
    if row.kind is Kind.QUANTITY and unit is not None and row.units:
        accepted = ", ".join(one.code for one in row.units)
        if unit:
            out.append(_pair("unit", unit))
        elif row.units[0].code not in {"1", "{score}"}:
            out.append(f'unit = ""  # {say("mapping.unit", locale)} {accepted}')
            _ask(seen, "unit", name, f"{say('mapping.unit', locale)} {accepted}")
    out += [_pair(side, column) for side, column in sorted(limits.items())]
    if row.kind is Kind.BOOLEAN and name in seen.values:
        written = {text.casefold() for text in seen.values[name] if text}
        if not written <= {
            "true",
            "false",
            "yes",
            "no",
            "y",
            "n",
            "0",
            "1",
            "positive",
            "negative",
        }:
            shown = ", ".join(sorted(written)[:6])
            out.append(f'# values = {{"…" = "true", "…" = "false"}}  # {shown}')
            _ask(seen, "values", name, say("mapping.values", locale))
    return [*out, ""]


def _stated_unit(name: str, row: Variable) -> str:
    """The unit in the header, such as ALT (U/L), where the variable has it."""
    parted = _UNIT.match(name)
    if parted is None or isinstance(unit_of(row.name, parted[2]), Reason):
        return ""
    return parted[2]


def _variable(text: str) -> Variable | None:
    """The variable that a header or a name says, exactly: its name, label or synonym."""
    parted = _UNIT.match(text)
    for one in (text, parted[1] if parted else text):
        found = _spellings().get(_plain(one))
        if found is not None:
            return found
    return None


@cache
def _spellings() -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for row in variables().values():
        for text in (row.name, row.en, row.zh, *row.synonyms):
            found.setdefault(_plain(text), row)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[\s_.\-]+", " ", text).strip().casefold()


def _share_of_numbers(seen: _Seen, name: str) -> float:
    counts = seen.values[name]
    total = sum(count for text, count in counts.items() if text)
    numbers = sum(
        count
        for text, count in counts.items()
        if text and not isinstance(number_of(text, "."), Reason)
    )
    return numbers / total if total else 0.0


def _ask(seen: _Seen, name: str, about: str, text: str) -> None:
    seen.questions.append((name, about, text))


def _pair(key: str, value: str) -> str:
    return f"{key} = {tomlkit.string(value).as_string()}"
