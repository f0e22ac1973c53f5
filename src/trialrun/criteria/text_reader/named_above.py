"""A limit alone below the name of what is measured: `Neutrophils`, and under it `≥ 1500/µL`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.text_reader.item_reading import Found, read_item, trailing
from trialrun.criteria.text_reader.scan import Mention
from trialrun.criteria.text_reader.statement import Ask, Statement
from trialrun.criteria.text_reader.terminals import read_terminals
from trialrun.criteria.text_reader.words import Token, read_tokens

_NAME = frozenset("VPQf:")
_GROUPS = frozenset(
    {"laboratory", "organ function", "vital signs", "body", "performance", "demography"}
)
_LONGEST = 60  # characters


def is_name(text: str, tokens: Sequence[Token]) -> bool:
    """Whether an item is nothing but the name of something that is measured."""
    if not tokens or len(text) > _LONGEST:
        return False
    row = read_terminals(text, tokens)
    named = [one.means[0].row.group for one in row if one.letter == "V"]
    return bool(named) and set(named) <= _GROUPS and {one.letter for one in row} <= _NAME


def read_below(said: Statement, tokens: Sequence[Token], name: str) -> Found | None:
    """What an item says that begins with a comparison, of the name above it; None where nothing."""
    if not tokens or tokens[0].kind != "op":
        return None
    before = f"{name.rstrip(' :')} "
    whole = replace(said, text=before + said.text, seen={})
    found = read_item(whole, trailing(read_tokens(whole.text))[0])
    if found.node is None and not found.mentions:
        return None
    far = len(before)
    mentions = tuple(_nearer(one, far) for one in found.mentions)
    unknown = tuple(
        replace(one, start=max(one.start - far, 0), end=one.end - far) for one in found.unknown
    )
    return replace(found, mentions=mentions, unknown=unknown, asks=_asks(found.asks, far))


def _nearer(one: Mention, far: int) -> Mention:
    return replace(
        one,
        start=max(one.start - far, 0),
        end=max(one.end - far, 0),
        limit=max(one.limit - far, 0),
        asks=_asks(one.asks, far),
    )


def _asks(asks: Sequence[Ask], far: int) -> tuple[Ask, ...]:
    return tuple(
        replace(one, start=max(one.start - far, 0), end=max(one.end - far, 0)) for one in asks
    )
