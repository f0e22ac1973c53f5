"""The rule of an item of which only comparisons are read: they, and the rest as words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from trialrun.criteria.nodes import Atom, Comparison, In, Node, Unread, joined
from trialrun.criteria.text_reader.bystanders import counts_a_class
from trialrun.criteria.text_reader.clauses import trimmed
from trialrun.criteria.text_reader.for_some import is_said_of_some
from trialrun.criteria.text_reader.phrases import bag, known_words
from trialrun.criteria.text_reader.scan import Mention
from trialrun.criteria.text_reader.seams import without_lone_brackets
from trialrun.criteria.text_reader.statement import Ask, Statement, norms
from trialrun.criteria.text_reader.words import Token, phrase
from trialrun.vocabulary.own import OWN
from trialrun.vocabulary.table import variables

# With one of these beside them, comparisons need not all hold, or not for everybody.
_TURNED = bag("turns") | bag("permits") | bag("exceptions") | {"or", ":", "/", ";", "either"}
# Between a name and its limit: a window and a denial are not in the atoms.
_NOT_HELD = frozenset({"within", "not", "non", "without"})
_MUST = frozenset({"must", "should", "shall", "need", "require"})
_MEN = frozenset({"man", "men", "male", "boy"})
_WOMEN = frozenset({"woman", "women", "female", "girl"})
_NOTHING = bag("subjects") | bag("be") | bag("number_lead") | {"and", ",", "."}


def with_rest(
    said: Statement, tokens: Sequence[Token], mentions: Sequence[Mention]
) -> tuple[Node, tuple[Ask, ...]]:
    """All comparisons and the rest, where all must hold; else all words, unread.

    Where it is not clear how a comparison stands in its sentence (an alternative, a condition, an
    exception, one of several diseases that exclude), the rule holds none.
    """
    if _is_own_alone(tokens, mentions):
        return joined(mentions[0].atoms, "and"), ()
    if said.kind != "inclusion" or not _all_hold(said, tokens, mentions):
        return Unread(words=said.words(tokens)), (said.ask("not_understood", tokens),)
    nodes: list[Node] = []
    asks: list[Ask] = []
    at = 0
    for mention in (*mentions, None):
        stop = len(said.text) if mention is None else mention.start
        rest = trimmed([one for one in tokens if at <= one.start and one.end <= stop])
        rest = trimmed(without_lone_brackets(rest))
        if not set(norms(rest)) <= _NOTHING:
            nodes.append(Unread(words=said.words(rest)))
            asks.append(said.ask("not_understood", rest))
        if mention is not None:
            nodes.extend(mention.atoms)
            at = mention.end
    return joined(tuple(nodes), "and"), tuple(asks)


def _contradict(stated: Sequence[Atom]) -> bool:
    """Whether no person can have all: each is then for some people only."""
    lowest: dict[str, Fraction] = {}
    highest: dict[str, Fraction] = {}
    for atom in stated:
        if isinstance(atom, In) and all(value.isdigit() for value in atom.values):
            levels = [Fraction(value) - Fraction(1, 2) for value in atom.values]
            first, last = min(levels), max(levels) + 1
            lowest[atom.variable] = max(first, lowest.get(atom.variable, first))
            highest[atom.variable] = min(last, highest.get(atom.variable, last))
        if not isinstance(atom, Comparison) or atom.op == "==":
            continue
        value = Fraction(atom.limit.value) * atom.limit.unit.factor
        if atom.op[0] == ">":
            lowest[atom.variable] = max(value, lowest.get(atom.variable, value))
        else:
            highest[atom.variable] = min(value, highest.get(atom.variable, value))
    return any(lowest[name] >= highest[name] for name in lowest.keys() & highest.keys())


def _twice(stated: Sequence[Atom]) -> bool:
    """Whether one thing has two limits on one side: one of them is for some people only."""
    sides = {
        (atom.variable, atom.op[0], atom.limit) for atom in stated if isinstance(atom, Comparison)
    }
    return len(sides) > len({(name, side) for name, side, _ in sides})


def _by_sex(tokens: Sequence[Token], mentions: Sequence[Mention]) -> bool:
    """Whether each sex has its own limit of one thing, be one of the two only a number."""
    names = [name for one in mentions for name in {atom.variable for atom in one.atoms}]
    words = {token.norm for token in tokens}
    bare = any(
        token.kind == "number" and not any(one.start <= token.start < one.end for one in mentions)
        for token in tokens
    )  # "men aged 45 and women aged 55 or older"
    twice = len(names) > len(set(names))
    return (twice or bare) and bool(words & _MEN) and bool(words & _WOMEN)


def _is_of_age(one: Mention) -> bool:
    return {atom.variable for atom in one.atoms} == {"age"}


def _all_hold(said: Statement, tokens: Sequence[Token], mentions: Sequence[Mention]) -> bool:
    if any(one.asks or not one.atoms for one in mentions):
        return False
    led = norms([token for token in tokens if not mentions or token.end <= mentions[0].start])
    if led[:1] in (("with",), ("without",)) and "," in led:
        return False  # "with liver metastases, ALT ≤ 5 x ULN"
    stated = [atom for one in mentions for atom in one.atoms]
    if any(atom.variable == "prior_lines" for atom in stated) and counts_a_class(tokens):
        return False
    if _by_sex(tokens, mentions) or _contradict(stated) or _twice(stated):
        return False
    end = 0
    for one in mentions:
        behind = next((token.norm for token in tokens if token.start >= one.end), "")
        if one is not mentions[-1] and behind in _MUST and _is_of_age(one):
            return False  # "those under 6 years must weigh …": for whom, and no limit for all
        inside = norms([token for token in tokens if one.start <= token.start < one.end])
        several = len(one.atoms) > 1  # "A or B ≥ 3", "< 3 or > 7"
        if one.start < end or (several and "or" in inside) or _NOT_HELD & set(inside):
            return False
        if not _is_accounted_for(one, inside):
            return False
        end = one.end
    outside = [
        token for token in tokens
        if not any(one.start <= token.start < one.end for one in mentions)
    ]  # fmt: skip
    if any(
        is_said_of_some(
            said,
            [token for token in tokens if token.end <= one.start],
            [token for token in tokens if one.end <= token.start],
            outside,
        )
        for one in mentions
    ):
        return False
    return not set(norms(outside)) & _TURNED


def _is_accounted_for(one: Mention, inside: Sequence[str]) -> bool:
    """Whether every word of a comparison is known, or is the name of the study's own variable."""
    own = {word for atom in one.atoms for word in _own_words(atom)}
    return all(not word[0].isalpha() or word in own or word in known_words() for word in inside)


def _own_words(atom: Atom) -> tuple[str, ...]:
    return phrase(variables()[atom.variable].en) if atom.variable.startswith(OWN) else ()


def _is_own_alone(tokens: Sequence[Token], mentions: Sequence[Mention]) -> bool:
    """Whether an item is nothing but a limit of the study's own variable: `Wobble index ≥ 7`."""
    if len(mentions) != 1 or mentions[0].asks or not mentions[0].atoms:
        return False
    one = mentions[0]
    own = all(isinstance(atom, Comparison) and _own_words(atom) for atom in one.atoms)
    inside = norms([token for token in tokens if one.start <= token.start < one.end])
    outside = norms([token for token in tokens if not one.start <= token.start < one.end])
    return (
        own and set(outside) <= _NOTHING and _is_one_range(one) and _is_accounted_for(one, inside)
    )


def _is_one_range(one: Mention) -> bool:
    """Whether two limits are the two ends of what is meant, and not its outside."""
    limits = [atom for atom in one.atoms if isinstance(atom, Comparison)]
    if len(limits) == 1:
        return limits[0].op != "=="
    low, high = limits[0], limits[-1]
    turned = low.op[0] == ">" and high.op[0] == "<" and low.limit.value < high.limit.value
    return len(limits) == 2 and turned
