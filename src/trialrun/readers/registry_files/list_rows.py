"""A row of a list with a number, a title and perhaps a summary, as a small record."""

from __future__ import annotations

from collections.abc import Mapping

from trialrun.record.bag import Json

# How such lists name their columns: lower case, without spaces, hyphens and underscores.
_NUMBER = ("nct", "nctid", "nctnumber", "id")
_TITLE = ("title", "brieftitle", "studytitle")
_OFFICIAL = ("officialtitle",)
_SUMMARY = ("briefsummary", "summary", "text")
_DETAILED = ("detaileddescription", "description")
_CRITERIA = ("eligibilitycriteria", "criteria")
_CONDITIONS = ("conditions", "condition")


def list_row(row: Mapping[str, Json]) -> dict[str, Json] | None:
    """The row as API v2 JSON with what it says; None where it is no such row."""
    known = {key.lower().translate(_PLAIN): value for key, value in row.items()}
    number, title = _text(known, _NUMBER), _text(known, _TITLE)
    if not number or not title:
        return None
    identification: dict[str, Json] = {"nctId": number.upper(), "briefTitle": title}
    if official := _text(known, _OFFICIAL):
        identification["officialTitle"] = official
    protocol: dict[str, Json] = {"identificationModule": identification}
    description: dict[str, Json] = {}
    if summary := _text(known, _SUMMARY):
        description["briefSummary"] = summary
    if detailed := _text(known, _DETAILED):
        description["detailedDescription"] = detailed
    if description:
        protocol["descriptionModule"] = description
    if criteria := _text(known, _CRITERIA):
        protocol["eligibilityModule"] = {"eligibilityCriteria": criteria}
    if conditions := _texts(known, _CONDITIONS):
        protocol["conditionsModule"] = {"conditions": list(conditions)}
    return {"protocolSection": protocol}


_PLAIN = str.maketrans("", "", " _-")


def _text(row: Mapping[str, Json], names: tuple[str, ...]) -> str:
    values = (row.get(name) for name in names)
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")


def _texts(row: Mapping[str, Json], names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return tuple(part.strip() for part in value.split("|") if part.strip())
        if isinstance(value, list):
            return tuple(part.strip() for part in value if isinstance(part, str) and part.strip())
    return ()
