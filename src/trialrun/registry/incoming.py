"""A record on its way into the local registry, and what it does to the one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from trialrun.record.bag import Json


class Source(Enum):
    """What a record was read from; a later one says less."""

    API = "api"  # API v2 JSON
    CLASSIC = "classic"  # the XML that the registry gave until 2024
    LIST = "list"  # a row with a title and a summary


_RANK = {Source.API: 2, Source.CLASSIC: 1, Source.LIST: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One record: its number, what it is, and its data as API v2 JSON.

    `updated` is the day on which the registry posted this version (ISO, or its month, or empty).
    """

    nct_id: str
    source: Source
    updated: str
    data: dict[str, Json]


class Effect(Enum):
    """What an incoming record does."""

    NEW = "new"
    REPLACES = "replaces"  # what is there is kept as changes
    SAME = "same"
    OLDER = "older"  # what is there is newer: nothing changes
    LESS = "less"  # what is there says more: nothing changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the registry holds of a number: its source, its day, and the hash of its data."""

    source: Source
    updated: str
    sha256: str


def effect_of(one: Incoming, sha256: str, kept: Kept | None) -> Effect:
    """What an incoming record with this hash does to what is kept of its number.

    A fuller source goes before a newer day: a row of a list never takes the place of a record.
    Of two versions without a day, or of the same day, the one that comes later is taken.
    """
    if kept is None:
        return Effect.NEW
    if kept.sha256 == sha256:
        return Effect.SAME
    if _RANK[one.source] != _RANK[kept.source]:
        return Effect.REPLACES if _RANK[one.source] > _RANK[kept.source] else Effect.LESS
    if one.updated and kept.updated and one.updated < kept.updated:
        return Effect.OLDER
    return Effect.REPLACES


def is_written(effect: Effect) -> bool:
    """Whether an effect changes what is kept."""
    match effect:
        case Effect.NEW | Effect.REPLACES:
            return True
        case Effect.SAME | Effect.OLDER | Effect.LESS:
            return False
        case _:
            assert_never(effect)
