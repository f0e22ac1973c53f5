"""The rule of an item of which only comparisons are read: they, and the rest as words."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.nodes import Node, Unread, joined
from trialrun.criteria.text_reader.clauses import trimmed
from trialrun.criteria.text_reader.phrases import bag, known_words
from trialrun.criteria.text_reader.scan import Mention
from trialrun.criteria.text_reader.statement import Ask, Statement, norms
from trialrun.criteria.text_reader.words import Token

# With one of these beside them, comparisons need not all hold, or not for everybody.
_TURNED = bag("turns") | bag("permits") | bag("exceptions") | {"or", ":", "/", ";", "either"}
_NOTHING = bag("subjects") | bag("be") | bag("number_lead") | {"and", ",", "."}


def with_rest(
    said: Statement, tokens: Sequence[Token], mentions: Sequence[Mention]
) -> tuple[Node, tuple[Ask, ...]]:
    """All comparisons and the rest, where all must hold; else all words, unread.

    Where it is not clear how a comparison stands in its sentence (an alternative, a condition, an
    exception, one of several diseases that exclude), the rule holds none.
    """
    if said.kind != "inclusion" or not _all_hold(tokens, mentions):
        return Unread(words=said.words(tokens)), (said.ask("not_understood", tokens),)
    nodes: list[Node] = []
    asks: list[Ask] = []
    at = 0
    for mention in (*mentions, None):
        stop = len(said.text) if mention is None else mention.start
        rest = trimmed([one for one in tokens if at <= one.start and one.end <= stop])
        if not set(norms(rest)) <= _NOTHING:
            nodes.append(Unread(words=said.words(rest)))
            asks.append(said.ask("not_understood", rest))
        if mention is not None:
            nodes.extend(mention.atoms)
            at = mention.end
    return joined(tuple(nodes), "and"), tuple(asks)


def _all_hold(tokens: Sequence[Token], mentions: Sequence[Mention]) -> bool:
    if any(one.asks or not one.atoms for one in mentions):
        return False
    end = 0
    for one in mentions:
        inside = norms([token for token in tokens if one.start <= token.start < one.end])
        several = len({atom.variable for atom in one.atoms}) > 1
        if one.start < end or (several and "or" in inside):
            return False
        if any(word[0].isalpha() and word not in known_words() for word in inside):
            return False
        end = one.end
    outside = [
        token for token in tokens
        if not any(one.start <= token.start < one.end for one in mentions)
    ]  # fmt: skip
    return not set(norms(outside)) & _TURNED
