"""A mapping proposed from a table's header and first lines: what is sure, and questions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit

from trialrun.errors import InputError
from trialrun.readers.patients.statement import Statement, fact_of, number_of
from trialrun.readers.patients.tables.beside import LIMIT, beside
from trialrun.readers.patients.tables.cells import EMPTY
from trialrun.readers.patients.tables.headers import Header, read_header, without_unit
from trialrun.readers.patients.tables.lines import lines_of
from trialrun.readers.patients.tables.mapping import FORMAT
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment
from trialrun.vocabulary.variable import Kind, Variable
from trialrun.wording.catalogue import Locale, say

_LINES = 2_000  # that are looked at
_PATIENT = re.compile(
    r"(?:pat(?:ient(?:en)?)?\.?|subject|person|participant|proband(?:en)?|case|fall|record|study|"
    r"mrn|usubjid|subjid|pid|id|pseudonym|受试者|患者|病人|病历|病案|住院|门诊)"
    r"[ _-]*(?:id|no\.?|nr\.?|nummer|number|code|unitstayid|编号|编码|号)?\Z",
    re.IGNORECASE,
)
_DATE_COLUMN = re.compile(r"date|time|datum|day|日期|时间", re.IGNORECASE)
_DATES = (
    ("YYYY-MM-DD", r"\d{4}-\d\d-\d\d(?:[T ].*)?"),
    ("YYYY/MM/DD", r"\d{4}/\d\d?/\d\d?(?: .*)?"),
    ("DD.MM.YYYY", r"\d\d?\.\d\d?\.\d{4}(?: .*)?"),
    ("DD/MM/YYYY", r"\d\d?/\d\d?/\d{4}(?: .*)?"),
    ("DD-MM-YYYY", r"\d\d?-\d\d?-\d{4}(?: .*)?"),
    ("YYYYMMDD", r"(?:19|20)\d{6}"),
)
# A year or a month alone, as every form may have some beside whole dates.
_PARTLY = re.compile(r"\d{4}(?:[-/]\d\d?)?|\d\d?[./-]\d{4}")
_COMMA = re.compile(r"[<>]?\s*\d+,\d+\Z")
_THOUSANDS = re.compile(r"[<>]?\s*[1-9]\d{0,2}(?:\.\d{3})+\Z")
_NO_VALUE = re.compile(r"offset|date|time|id\Z|_id|code", re.IGNORECASE)
_RESULT = re.compile("result|value|wert|ergebnis|结果|数值|检测值", re.IGNORECASE)
_ANY_TIME = Moment("2000-01-01")
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
    patient = _patient(seen, locale)
    dates, form = _dates(seen, locale)
    long = _long_columns(seen, dates)
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
        if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n" for sign in head):
            raise InputError(
                "this is no table: its first line holds signs that no text has",
                where=str(path),
                remedy="Export the data as CSV or Parquet; a spreadsheet's own file is not read.",
            )
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
        named = _DATE_COLUMN.search(name) is not None
        fits = {form: _fit(texts, pattern, named=named) for form, pattern in _DATES}
        if not named:
            fits["YYYYMMDD"] = 0
        best = max(fits, key=lambda form: fits[form])
        if fits[best]:
            found.append(name)
            forms[best] += 1
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


def _fit(texts: list[str], pattern: str, *, named: bool) -> int:
    """How many texts are whole dates of a form, where the column is one of dates.

    One that is called a date may have more months than days, and slips, among them.
    """
    whole = [bool(re.fullmatch(pattern, text)) for text in texts]
    dated = [one or bool(_PARTLY.fullmatch(text)) for one, text in zip(whole, texts, strict=True)]
    if named:
        return sum(whole) if sum(dated) > len(texts) / 2 else 0
    return sum(whole) if all(dated) and sum(whole) > len(texts) / 2 else 0


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
    mapped: dict[str, Header] = {}
    limits: dict[str, dict[str, str]] = {}
    rest: list[str] = []
    for name in seen.names:
        if name in taken:
            continue
        limit = LIMIT.match(without_unit(name))
        header = read_header(name)
        base = _variable(limit[1]) if limit and header is None else None
        if limit is not None and base is not None:
            side = "high_column" if limit[2] else "low_column"
            limits.setdefault(base.name, {})[side] = name
        elif header is not None and not header.unfit:
            mapped[name] = header
        else:
            rest.append(name)
    out: list[str] = []
    for name, header in mapped.items():
        row = header.variable
        out += _entry(seen, name, row, header.unit, locale, limits.get(row.name, {}))
    _ask_of_twins(seen, mapped, locale)
    for name in rest:
        out.append(f"# {_why_not(name, locale)}")
    return [*out, ""] if rest else out


def _long_columns(seen: _Seen, dates: list[str]) -> tuple[str, str] | None:
    """The column of names and the column of values, where the table is long."""
    best: tuple[int, str] | None = None
    for name in seen.names:
        known = {row.name for text in seen.values[name] if (row := _variable(text)) is not None}
        if len(known) >= _LONG_NAMES and (best is None or len(known) > best[0]):
            best = (len(known), name)
    if best is None:
        return None
    others = set(beside({name: seen.values[name] for name in seen.names}).values())
    shares = {
        name: _share_of_numbers(seen, name)
        for name in seen.names
        if name not in {best[1], *dates, *others}
        and not _PATIENT.match(name)
        and not _NO_VALUE.search(name)
    }
    # Among results there may be many words: female, positive, the name of a disease.
    named = [name for name, share in shares.items() if _RESULT.search(name) and share > 0.2]
    choice = [*named, *(name for name, share in shares.items() if share > 0.8)]
    return (best[1], choice[0]) if choice else None


def _long(seen: _Seen, columns: tuple[str, str], out: list[str], locale: Locale) -> list[str]:
    names, values = columns
    out += [_pair("name_column", names), _pair("value_column", values)]
    units = [
        name
        for name in seen.names
        if name not in columns and re.search("unit|measure|einheit|单位", name, re.IGNORECASE)
        and any(text and not text.isdigit() for text in seen.values[name])
    ]  # fmt: skip
    if units:
        out.append(_pair("unit_column", units[0]))
        if len(units) > 1:
            _ask(seen, "unit_column", ", ".join(units), say("mapping.which_unit_column", locale))
    rest = {name: seen.values[name] for name in seen.names if name not in {*columns, *units}}
    out += [_pair(key, column) for key, column in beside(rest).items()]
    entries: list[str] = []
    unknown: list[str] = []
    for text in sorted(seen.values[names]):
        header = read_header(text)
        if header is None or header.unfit:
            unknown.append(text)
        else:
            unit = None if units else header.unit
            entries += _entry(seen, text, header.variable, unit, locale, {})
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
    return [*out, *_translation(seen, name, row, locale), ""]


def _translation(seen: _Seen, name: str, row: Variable, locale: Locale) -> list[str]:
    """What to write where a column has words that nobody knows: m and w, or 1 and 2."""
    if row.kind not in {Kind.BOOLEAN, Kind.CODED} or name not in seen.values:
        return []
    unread = [
        text
        for text in sorted(seen.values[name])
        if text.casefold() not in EMPTY
        and isinstance(fact_of(row, Statement(id="", value=text, at=_ANY_TIME)), Reason)
    ]
    if not unread:
        return []
    choices = ", ".join(row.values)
    pairs = ", ".join(_pair(tomlkit.string(text).as_string(), "…") for text in unread[:6])
    _ask(
        seen, "values", f"{name}: {', '.join(unread[:6])}",
        say("mapping.choices", locale, choices=choices),
    )  # fmt: skip
    return [f"# values = {{{pairs}}}  # {choices}"]


def _variable(text: str) -> Variable | None:
    header = read_header(text)
    return None if header is None else header.variable


def _why_not(name: str, locale: Locale) -> str:
    header = read_header(name)
    if header is None:
        return say("mapping.not_known", locale, column=name)
    label = header.variable.label(locale)
    return say("mapping.unfit", locale, column=name, variable=label, unit=header.unfit)


def _ask_of_twins(seen: _Seen, mapped: dict[str, Header], locale: Locale) -> None:
    """Two columns of one variable are two values of one day: somebody must choose."""
    named: dict[str, list[str]] = {}
    for name, header in mapped.items():
        named.setdefault(header.variable.name, []).append(name)
    for row, columns in named.items():
        if len(columns) > 1:
            _ask(seen, "twice", ", ".join(columns), say("mapping.twice", locale, variable=row))


def _share_of_numbers(seen: _Seen, name: str) -> float:
    counts = seen.values[name]
    total = sum(count for text, count in counts.items() if text)
    numbers = sum(
        count
        for text, count in counts.items()
        if text and not all(isinstance(number_of(text, sign), Reason) for sign in ".,")
    )
    return numbers / total if total else 0.0


def _ask(seen: _Seen, name: str, about: str, text: str) -> None:
    seen.questions.append((name, about, text))


def _pair(key: str, value: str) -> str:
    return f"{key} = {tomlkit.string(value).as_string()}"
