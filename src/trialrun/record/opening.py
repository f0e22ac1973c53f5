"""A registry record from the bytes of a file: API v2 JSON, or the text of a registry page."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import NoReturn

from trialrun.errors import RecordError
from trialrun.record.bag import Bag, Json
from trialrun.record.model import Study
from trialrun.record.page_layout import Heading
from trialrun.record.page_lists import RelatedTrial
from trialrun.record.page_reader import is_page, read_page
from trialrun.record.reader import read_study

_FETCH = "Get the record with: trialrun fetch NCT… -o FILE"


class RecordKind(Enum):
    """What a record was read from."""

    API = "api"  # the registry's API v2 JSON
    PAGE = "page"  # the text of a registry page, which shows less than the record holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecord:
    """A record as it was read: the study, and what stands beside it.

    `related` and `other_names` (of several interventions, whose is not said) come from a page and
    are never part of the study. `sha256` is of the bytes as given; a rehearsal cites the record
    by it.
    """

    study: Study
    kind: RecordKind
    where: str
    sha256: str
    bag: Bag
    related: tuple[RelatedTrial, ...] = ()
    other_names: tuple[str, ...] = ()
    doubts: tuple[Heading, ...] = field(default=())


def open_record(content: bytes | str, *, where: str) -> ReadRecord:
    """The record in a file's content; raises `RecordError` saying what the content is instead."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    text = _text(raw, where).strip("\ufeff")
    sha256 = hashlib.sha256(raw).hexdigest()
    start = text.lstrip()[:200].lower()
    if not start:
        raise RecordError("the file is empty", where=where, remedy=_FETCH)
    if start[0] in "{[":
        data = _json(text, where)
        kept = data if isinstance(data, dict) and data.keys() >= _KEPT else {}
        study = read_study(_one_study(kept.get("record", data), where), where=where)
        return ReadRecord(
            study=study,
            kind=_kind(kept.get("source")),
            where=where,
            sha256=sha256,
            bag=study.bag,
            related=_related(kept.get("related_trials")),
        )
    if start[0] == "<":
        raise RecordError(
            "this is an HTML or XML document, not a record",
            where=where,
            remedy="Save the page's text instead (select all, copy, paste into a .txt file). "
            + _FETCH,
        )
    if not is_page(text.replace("\r\n", "\n")):
        raise RecordError(
            "this is neither a study in JSON nor the text of a registry page",
            where=where,
            remedy='JSON begins with "{"; a page has a line "NCT ID: NCT…" and headings such as '
            f'"Basic Information". {_FETCH}',
        )
    page = read_page(text, where=where)
    return ReadRecord(
        study=page.study,
        kind=RecordKind.PAGE,
        where=where,
        sha256=sha256,
        bag=page.bag,
        related=page.related,
        other_names=page.other_names,
        doubts=page.doubts,
    )


# A study's own record.json, and what `show --format json` prints, hold the record under a key.
_KEPT = {"record", "source"}


def _kind(source: Json) -> RecordKind:
    page = isinstance(source, dict) and source.get("kind") == RecordKind.PAGE.value
    return RecordKind.PAGE if page else RecordKind.API


def _related(listed: Json) -> tuple[RelatedTrial, ...]:
    """Related trials as a record.json keeps them; what is not one is left out."""
    rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return tuple(
        RelatedTrial(
            title=str(one.get("title", "")),
            nct_id=str(one.get("nct_id", "")),
            status=status if isinstance(status := one.get("status"), str) else None,
            phases=tuple(map(str, phases)) if isinstance(phases := one.get("phases"), list) else (),
        )
        for one in rows
    )


def _text(raw: bytes, where: str) -> str:
    if raw.startswith((b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"BZh")):
        raise RecordError(
            "this file is compressed", where=where, remedy="Unpack it and give the record in it."
        )
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if wide else "utf-8")
    except UnicodeDecodeError as error:
        if error.reason.startswith(("unexpected end", "truncated")):
            raise _cut_off("the text is cut off within a character", where) from error
        raise RecordError(
            f"this is not text in UTF-8 (byte {error.start})",
            where=where,
            remedy="Save it as UTF-8 text. A PDF or a word processor's file is not a record.",
        ) from error
    if "\0" in text:
        raise RecordError(
            "this is a binary file, not text",
            where=where,
            remedy="Give the record's JSON, or a page's text.",
        )
    return text


def _json(text: str, where: str) -> Json:
    try:
        data: Json = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        _explain(text, error, where)
    except RecursionError as error:
        raise RecordError(
            "the JSON is nested too deeply to be a record", where=where, remedy=_FETCH
        ) from error
    except ValueError as error:
        raise RecordError(
            f"the JSON holds a number that cannot be read: {error}", where=where, remedy=_FETCH
        ) from error
    if "\\ud" in text.lower() and not _is_writable(data):
        raise RecordError(
            "the JSON holds half a character (a lone surrogate), which no text may hold",
            where=where,
            remedy=_FETCH,
        )
    return data


def _is_writable(data: Json) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _cut_off(what: str, where: str) -> RecordError:
    return RecordError(what, where=where, remedy=f"The file is not whole: get it again. {_FETCH}")


def _explain(text: str, error: json.JSONDecodeError, where: str) -> NoReturn:
    rest = text[error.pos :].lstrip()
    place = f"line {error.lineno}, column {error.colno}"
    if error.msg == "Extra data" and rest.startswith("{"):
        raise RecordError(
            f"this file holds several JSON values, the second at {place}",
            where=where,
            remedy="A record is one study. Put the line of the one you want into its own file.",
        ) from error
    half_word = any(word.startswith(rest) for word in ("true", "false", "null"))
    half_word |= re.fullmatch(r"[-.]|[eE][+-]?", rest) is not None
    half_escape = "escape" in error.msg and len(text) - error.pos < len(r"\u1234")
    if half_word or half_escape or error.msg.startswith("Unterminated string"):
        raise _cut_off(f"the JSON is cut off ({place})", where) from error
    raise RecordError(f"the JSON is broken at {place}: {error.msg}", where=where, remedy=_FETCH)


def _one_study(data: Json, where: str) -> Json:
    """The data, unless it is a list of studies or an answer that holds studies."""
    studies = data.get("studies") if isinstance(data, dict) else data
    if isinstance(studies, list):
        numbers = [number for one in studies if (number := _number(one))]
        listed = ", ".join(numbers[:3]) + (", …" if len(numbers) > 3 else "")
        raise RecordError(
            f"this is a list of {len(studies)} studies{f' ({listed})' if listed else ''}, "
            "not one record"
            if numbers or not studies
            else "this is a JSON list, not one study record",
            where=where,
            remedy="A record is one study. Put the one you want into its own file.",
        )
    return data


def _number(data: Json) -> str:
    for key in ("protocolSection", "identificationModule", "nctId"):
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""
