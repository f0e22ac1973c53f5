"""The answers to a mapping's own questions, put where they belong.

`trialrun mapping` asks what a header does not say. An answer may be written beside the question
instead of into the entry; one that cannot be put anywhere is never passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialrun.errors import InputError

_FIELDS = {"patient", "date", "date_form", "decimal", "encoding", "unit_column"}
_HOW = {
    "values": 'values = {"1" = "true", "2" = "false"} of the column',
    "twice": "[[column]]: take out those that do not hold",
}


def answered(data: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The mapping with its answered questions filled in.

    Raises InputError for an answer that contradicts the entry, or that belongs elsewhere.
    """
    made = dict(data)
    questions = data.get("question", [])
    for one in questions if isinstance(questions, list) else ():
        if not isinstance(one, dict):
            continue
        code, answer = str(one.get("id", "")), one.get("answer", "")
        if not isinstance(answer, str) or not answer.strip():
            continue
        kind = code.partition(".")[2]
        if kind == "unit":
            made["column"] = _unit(
                made.get("column"), str(one.get("about", "")), code, answer, where
            )
        elif kind in _FIELDS:
            field = "at" if kind == "date" and answer[:4].isdigit() else kind
            _agree(made.get(field, ""), code, field, answer, where)
            made[field] = answer.strip()
        else:
            raise InputError(
                f"the answer to {code} does not say what to do with it",
                where=where,
                remedy=f"Write it as {_HOW.get(kind, 'an entry of the mapping')}, "
                'and leave answer = "".',
            )
    return made


def _unit(columns: Any, name: str, code: str, answer: str, where: str) -> Any:
    """The columns, with the unit of the one that the question is about."""
    if not isinstance(columns, list):
        return columns
    filled = []
    for one in columns:
        if isinstance(one, dict) and one.get("name") == name:
            _agree(one.get("unit", ""), code, f"unit of {name}", answer, where)
            one = {**one, "unit": answer.strip()}
        filled.append(one)
    return filled


def _agree(entry: Any, code: str, field: str, answer: str, where: str) -> None:
    """An entry that says something else than the answer: which one holds?"""
    if entry and entry != answer.strip():
        raise InputError(
            f"{code} is answered {answer.strip()!r}, and {field} is {entry!r}",
            where=where,
            remedy="Make the two the same; nothing is guessed.",
        )
