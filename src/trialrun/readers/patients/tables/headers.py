"""What stands over a column: a variable's name, and the unit if it is written there too.

Only names that are known word for word count: the vocabulary's, and `headers.toml`. A header is
taken apart where it may be: brackets of any script, a comma, "in", or a unit behind the name.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from trialrun.readers.patients.codes import LOINC, variables_of
from trialrun.readers.patients.fahrenheit import CODE, is_fahrenheit
from trialrun.readers.patients.statement import unit_of
from trialrun.readers.patients.tally import Reason
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

_OPENING, _CLOSING = "([{（［【", ")]}）］】"
_IN_BRACKETS = re.compile(
    rf"(.*?)\s*[{re.escape(_OPENING)}]\s*([^{re.escape(_OPENING + _CLOSING)}]+?)\s*"
    rf"[{re.escape(_CLOSING)}]\s*\Z"
)
# Where a name may end and a unit begin, without brackets.
_PARTED = re.compile(r"\s*[,;:，：]\s*|\s+in\s+|[\s_]+", re.IGNORECASE)
# Which specimen it was, where the name alone says it: no variable here is of another one.
_SPECIMEN = re.compile(
    r"\A(?:s|serum|plasma|血清|血浆)\s+|"
    r"\s+(?:i s|im serum|serum|plasma|in serum|测定|检测值|结果)\Z"
)
_LOINC = re.compile(r"\d{1,5}-\d", re.ASCII)
_MULTIPLE = re.compile(r"x?\s*(?:uln|lln)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The variable that a header names, and the unit that it states, as a mapping writes it.

    `unfit` is a unit that is written there and in which the variable is not measured: then the
    column is of something else.
    """

    variable: Variable
    unit: str = ""
    unfit: str = ""


def read_header(text: str) -> Header | None:
    """What a header says, or None where no variable is called so.

    >>> header = read_header("Bili [mg/dl]")
    >>> header.variable.name, header.unit
    ('total_bilirubin', 'mg/dl')
    """
    first: Header | None = None
    for name, unit, sure in _parts(text):
        row = _named(f"{name} {unit}") or _named(name)
        if row is None:
            continue
        other = _named(unit) if unit else None
        if other is not None and other is not row:
            return None  # two names that are not one variable's
        known = _unit(row, unit) if unit else ""
        if known or not unit:
            return Header(row, known or "")
        if sure and first is None:
            # In brackets may stand anything; only what is a unit at all is one of something else.
            unfit = known is None and row.kind is Kind.QUANTITY
            first = Header(row, unfit=unit if unfit else "")
    return first


def _parts(text: str) -> Iterator[tuple[str, str, bool]]:
    """Ways to take a header apart: name, unit, and whether brackets say that it is one."""
    yield text, "", True
    bracketed = _IN_BRACKETS.match(text)
    if bracketed is not None:
        yield bracketed[1], bracketed[2], True
    ends = list(_PARTED.finditer(text))
    for place in reversed(ends):
        unit = text[place.end() :].replace("_", "/")
        if not _MULTIPLE.fullmatch(unit):  # a column of limits, not of multiples of them
            yield text[: place.start()], unit, False


def without_unit(text: str) -> str:
    """The header without what stands in brackets at its end."""
    bracketed = _IN_BRACKETS.match(text)
    return text if bracketed is None else bracketed[1]


def _unit(row: Variable, text: str) -> str | None:
    """The unit as a mapping writes it; empty where it is none, None where it is another's."""
    if row.kind is not Kind.QUANTITY:
        return ""
    if is_fahrenheit(row.name, text):
        return CODE
    found = unit_of(row.name, text)
    if not isinstance(found, Reason):
        return text.strip()
    return None if found is Reason.UNFIT_UNIT else ""


def _named(text: str) -> Variable | None:
    """The variable that is called so; with a second name in brackets or behind a stroke, too.

    A LOINC code is a name, where it is that of one variable.
    """
    if _LOINC.fullmatch(text.strip()):
        coded = variables_of(LOINC, text)
        return coded[0] if len(coded) == 1 else None
    plain = _plain(text)
    found = _spellings().get(plain)
    if found is None:
        found = _spellings().get(_SPECIMEN.sub("", plain))
    if found is None:
        names = [one for one in re.split(r"\s*[/()\[\]（）]\s*", text) if one.strip()]
        rows = [_spellings().get(_plain(one)) for one in names]
        if len(rows) > 1 and None not in rows and len({id(row) for row in rows}) == 1:
            found = rows[0]
    return found


@cache
def _spellings() -> Mapping[str, Variable]:
    """The variables by what they are called: what stands first here goes first."""
    rows = tuple(variables().values())
    found = {_plain(row.name): row for row in rows}
    for row in rows:
        found.setdefault(_plain(row.en), row)
        found.setdefault(_plain(row.zh), row)
    for row in rows:
        for text in row.synonyms:
            found.setdefault(_plain(text), row)
    for text, row in _without_brackets(rows):
        found.setdefault(text, row)
    for name, texts in _names().items():
        for text in texts:
            found.setdefault(_plain(text), variables()[name])
    return found


def _without_brackets(rows: Sequence[Variable]) -> list[tuple[str, Variable]]:
    """Chinese labels without what stands in brackets, as far as only one row is called so."""
    short = [
        (_plain(label[1]), row) for row in rows if (label := _IN_BRACKETS.match(row.zh)) is not None
    ]
    often = Counter(text for text, _ in short)
    return [(text, row) for text, row in short if often[text] == 1]


@cache
def _names() -> Mapping[str, list[str]]:
    text = files(__package__).joinpath("headers.toml").read_text(encoding="utf-8")
    named: Mapping[str, list[str]] = tomllib.loads(text)["names"]
    return named


def _plain(text: str) -> str:
    """A name without what only typing changes."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s_.\-]+", " ", text).strip().casefold()
