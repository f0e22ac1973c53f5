"""A file of plain facts, as `trialrun do record-facts` takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from trialrun.errors import InputError, OutsideError
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import read_fact


def read_facts_file(file: Path) -> tuple[Fact, ...] | None:
    """The facts in a file: a list of facts, or `{"facts": [...]}`; None where it is something else.

    Raises InputError for a fact that cannot be read, with its place in the list.
    """
    if file.suffix.lower() != ".json" or not file.is_file():
        return None
    value = _json(file)
    if isinstance(value, Mapping):
        if "resourceType" in value or not {"facts", "variable"} & set(value):
            return None
        value = value.get("facts")
    if isinstance(value, list) and any(isinstance(one, Mapping) and "resourceType" in one
                                       for one in value):  # fmt: skip
        return None
    if not isinstance(value, list):
        raise InputError("this is not a list of facts", where=str(file), remedy="Write [ {…}, … ].")
    facts = []
    for place, one in enumerate(value, start=1):
        where = f"{file}, fact {place}"
        if not isinstance(one, Mapping):
            raise InputError("this is not a fact", where=where, remedy="Write { … }.")
        facts.append(read_fact(one, where=where, id=f"fact.{place}"))
    return tuple(facts)


def _json(file: Path) -> Any:
    """The value in the file, numbers exact; a key that stands there twice is an error."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise InputError(f"the field {twice[0]!r} stands there twice", where=str(file))
        return dict(pairs)

    try:
        text = file.read_text(encoding="utf-8-sig")
        return json.loads(text, parse_float=Decimal, object_pairs_hook=once)
    except OSError as error:
        raise OutsideError(f"the file cannot be read: {error.strerror}", where=str(file)) from error
    except UnicodeDecodeError as error:
        raise InputError("this is not text in UTF-8", where=str(file)) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is not JSON: {error.msg} (line {error.lineno}, column {error.colno})",
            where=str(file),
            remedy="Give a list of facts, or a FHIR R4 bundle.",
        ) from error
    except RecursionError as error:
        raise InputError("this is nested too deeply", where=str(file)) from error
