"""Closed lists of words by which the noun phrase is found that a limit is about."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from trialrun.criteria.text_reader.words import phrase


@cache
def listed(name: str) -> frozenset[str]:
    """A list of words, as tokens say them; `heads.score` is the one of that table."""
    table: Any = _lists()
    for part in name.split("."):
        table = table[part]
    return frozenset(phrase(str(table)))


@cache
def _lists() -> Mapping[str, Any]:
    source = files("trialrun.criteria.text_reader").joinpath("nouns.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
