"""Statements with a number: `ALT and AST ≤ 2.5 x ULN`, `18 to 75 years old`, `ECOG 0-1`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialrun.criteria.nodes import Comparison, In, Node, Unread, joined
from trialrun.criteria.text_reader.levels import IN_PLUSES, levels_between
from trialrun.criteria.text_reader.lexicon import NUMERIC, find
from trialrun.criteria.text_reader.limits import (
    OPS,
    Limit,
    alike,
    amount_at,
    in_unit_of,
    in_years,
    read_limits,
)
from trialrun.criteria.text_reader.number_words import NUMBER_WORDS
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Ask, Reading, Statement, norms
from trialrun.criteria.text_reader.words import Token
from trialrun.errors import RuleError
from trialrun.values.quantity import plain
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

_BETWEEN, _LEAD = bag("between"), bag("number_lead")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
# With these in doubt there is no number to compare with: the words stay words.
_NO_NUMBER = frozenset({"unit", "value", "implausible", "sign", "normal"})
_SEXES = bag("sexes")
_SEX_WORDS = bag("sex_words") | _SEXES
_WORDS_OF_AGE = frozenset({"age", "aged", "adult"})


def read_comparison(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """The rule of tokens that are one statement with a number, all of them; else None."""
    for reader in (_variable_first, _limit_first, _age_alone, _scale_last):
        reading = reader(said, tokens)
        if reading is not None:
            return reading
    return None


def _variable_first(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    at = 0
    while at < len(tokens) and tokens[at].norm in _LEAD:
        at += 1
    tokens = _without_group(tokens, at)
    qualified = at
    while qualified < len(tokens) and tokens[qualified].norm in bag("lead_spo2"):
        qualified += 1
    names, link, stop = _variables(tokens, at)
    if not names and qualified > at:
        names, link, stop = _variables(tokens, qualified)
        names = names if names == ("spo2",) else ()
    if not names:
        return None
    at = stop
    row = variables()[names[0]]
    if row.name == "ashworth" and any(token.norm == "+" for token in tokens):
        return None  # "1+" is a level between 1 and 2
    at = _skip_between(tokens, at, names)
    if row.kind is Kind.ORDINAL:
        values = _levels(said, tokens, at, row)
        if values is not None:
            if len(names) > 1:
                return None
            node = In(variable=row.name, values=values)
            if _in_a_row(values):
                return Reading(node=node)
            # "0 or 2" leaves out 1: rather a slip than a rule.
            return Reading(node=node, asks=(said.ask("readings", tokens),), sure=False)
    limits, at = read_limits(said.text, tokens, at)
    at = _restated(said, tokens, at, row, limits)
    if not limits or not _ends(tokens, at, row.name):
        return None
    return _built(said, tokens, names, link, limits)


def _without_group(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """`hepatic transaminases (AST and ALT) ≤ …` without the name of the group."""
    start = at
    while at < len(tokens) and tokens[at].norm in bag("groups"):
        at += 1
    if at == start or at >= len(tokens) or tokens[at].norm != "(":
        return tokens
    names, _, stop = _variables(tokens, at + 1)
    if not names or stop >= len(tokens) or tokens[stop].norm != ")":
        return tokens
    return (*tokens[:start], *tokens[at + 1 : stop], *tokens[stop + 1 :])


def _limit_first(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """`<2 times the upper limit of ALT`; the name of an organ's function may stand before."""
    at = 0
    while at < len(tokens) and tokens[at].norm in bag("organs"):
        at += 1
    limits, at = read_limits(said.text, tokens, at)
    if len(limits) != 1 or not limits[0].amount.of_upper:
        return None
    names, link, at = _variables(tokens, at)
    if not names or at != len(tokens):
        return None
    return _built(said, tokens, names, link, limits)


def _age_alone(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """`Adults 18 to 75 years old`, `≥ 18 years of age`: the unit says that it is age."""
    at = 0
    sexes: set[str] = set()
    while at < len(tokens) and (tokens[at].norm in bag("age_lead") | _SEX_WORDS):
        sexes |= {tokens[at].norm} & _SEXES
        at += 1
    limits, stop = read_limits(said.text, tokens, at)
    if not limits:
        return None
    own = {plain(limit.amount.value) for limit in limits}
    while stop < len(tokens) and tokens[stop].norm in _SEX_WORDS | bag("age_end") | own:
        sexes |= {tokens[stop].norm} & _SEXES
        stop += 1
    one_sex = len({_sex(word) for word in sexes}) == 1
    spoken = _WORDS_OF_AGE & set(norms(tokens[:at]))
    old = any(limit.amount.old for limit in limits)
    units = {limit.amount.unit for limit in limits} - {None}
    if stop != len(tokens) or one_sex or not (spoken or old) or not units <= {"a", "mo", "wk", "d"}:
        return None
    if not units and not {"age", "aged"} & set(norms(tokens[:at])):
        return None
    return _built(said, tokens, ("age",), "", limits)


def _scale_last(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """`Performance status of 0 or 1 on the ECOG performance scale`: the scale's name last."""
    start = next((at for at, token in enumerate(tokens) if token.norm == "performance"), None)
    if start is None or norms(tokens[start : start + 2]) != ("performance", "status"):
        return None
    for at in range(start + 3, len(tokens)):
        found = find(tokens, at, len(tokens), NUMERIC)
        if found is None or found[0] not in {"ecog", "karnofsky", "lansky"}:
            continue
        if not _ends(tokens, found[1], found[0]) or not set(norms(tokens[:start])) <= _LEAD:
            return None
        stop = at
        while stop > start + 2 and tokens[stop - 1].norm in bag("on_scale"):
            stop -= 1
        return _variable_first(said, (*tokens[at : found[1]], *tokens[start + 2 : stop]))
    return None


def _sex(word: str) -> str:
    return "female" if word in {"female", "woman", "women", "girl"} else "male"


def _variables(tokens: Sequence[Token], at: int = 0) -> tuple[tuple[str, ...], str, int]:
    """The variables in a row that begin at `at`, what joins them, and where they end."""
    names: list[str] = []
    link = ""
    while True:
        found = find(tokens, at, len(tokens), NUMERIC)
        if found is None:
            return ((), "", at) if not names or link == "" else (tuple(names), "?", at)
        name, at = found
        if not names or names[-1] != name:
            names.append(name)
        at, closed = _alias(tokens, at, name)
        if at < len(tokens) and tokens[at].norm in {"and", "or", "/", ","} and not closed:
            word, stop = _link(tokens, at)
            after = find(tokens, stop, len(tokens), NUMERIC)
            if after is not None:
                if after[0] != name:
                    if link and word != link and {link, word} != {",", word}:
                        return (), "", at
                    link = word if link in {"", ","} else link
                at = stop
                continue
        return tuple(names), link, at


def _link(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    words = norms(tokens[at : at + 3])
    if words == ("and", "/", "or"):
        return "and/or", at + 3
    if words[:2] in {(",", "and"), (",", "or")}:
        return words[1], at + 2
    return words[0], at + 1


def _alias(tokens: Sequence[Token], at: int, name: str) -> tuple[int, bool]:
    """Past another name of the same thing, in parentheses or bare."""
    if at < len(tokens) and tokens[at].norm in {"(", "/", ","}:
        found = find(tokens, at + 1, len(tokens), NUMERIC)
        if found is not None and found[0] == name:
            stop = found[1]
            if tokens[at].norm == "(":
                while stop < len(tokens) and tokens[stop].norm in {"/", "or", ","}:
                    more = find(tokens, stop + 1, len(tokens), NUMERIC)
                    if more is None or more[0] != name:
                        break
                    stop = more[1]
                if stop < len(tokens) and tokens[stop].norm == ")":
                    return _alias(tokens, stop + 1, name)
                return at, False
            return _alias(tokens, stop, name)
    found = find(tokens, at, len(tokens), NUMERIC)
    if found is not None and found[0] == name:
        return _alias(tokens, found[1], name)
    return at, False


def _skip_between(tokens: Sequence[Token], at: int, names: Sequence[str]) -> int:
    """Past words between a variable and its limit, the variable's own name again among them."""
    while at < len(tokens):
        if len(names) == 1:
            again = find(tokens, at, len(tokens), NUMERIC)
            if again is not None and again[0] == names[0]:
                at = again[1]
                continue
        if tokens[at].norm not in _BETWEEN:
            break
        at += 1
    return at


def _restated(
    said: Statement, tokens: Sequence[Token], at: int, row: Variable, limits: Sequence[Limit]
) -> int:
    """Past `(≥ 90 g/L)` behind `≥ 9 g/dL`: the same limit in another unit."""
    if len(limits) != 1 or at >= len(tokens) or tokens[at].norm != "(":
        return at
    start = at + 1
    if start < len(tokens) and tokens[start].kind == "op":
        if OPS.get(tokens[start].norm) != limits[0].op:
            return at
        start += 1
    found = amount_at(said.text, tokens, start)
    if found is None or found[1] >= len(tokens) or tokens[found[1]].norm != ")":
        return at
    first, _ = in_unit_of(row, limits[0])
    second, _ = in_unit_of(row, Limit(limits[0].op, found[0]))
    if first is None or second is None or not alike(row, first, second):
        return at
    return found[1] + 1


def _levels(
    said: Statement, tokens: Sequence[Token], at: int, row: Variable
) -> tuple[str, ...] | None:
    """`0-1`, `0 or 1`, `0, 1 or 2`, `III/IV`: levels of an ordinal, to the end."""
    found: list[int] = []
    spans = {"-", "~", "to", "through"} | (
        {"and"} if at and tokens[at - 1].norm == "between" else set()
    )
    between = ""
    while at < len(tokens):
        token = tokens[at]
        level = _ROMAN.get(token.norm)
        digits = NUMBER_WORDS.get(token.norm, token.norm)
        if level is None and digits.isdigit():
            level = int(digits)
        if level is not None and between in spans and found:
            if level <= found[-1]:
                return None
            found.extend(range(found[-1] + 1, level + 1))
        elif level is not None:
            found.append(level)
        elif token.norm in {"-", "~", "to", "through", "or", "and", ",", "/"} and found:
            between = token.norm if between != "," or token.norm not in {"or", "and"} else "or"
            at += 1
            continue
        elif token.norm == "+" and found and not between and row.name in IN_PLUSES:
            at += 1
            continue
        else:
            break
        between = ""
        at += 1
    values = tuple(str(level) for level in found)
    plus = at < len(tokens) + 1 and tokens[at - 1].norm == "+"
    if (len(values) < 2 and not plus) or between or len(set(values)) != len(values):
        return None
    if not set(values) <= set(row.levels) or not _ends(tokens, at, row.name):
        return None
    return values


def _in_a_row(values: Sequence[str]) -> bool:
    levels = sorted(int(value) for value in values)
    return levels == list(range(levels[0], levels[-1] + 1))


def _ends(tokens: Sequence[Token], at: int, name: str) -> bool:
    """Whether only words that add nothing are left."""
    rest = set(norms(tokens[at:]))
    return rest <= bag("after") | bag(f"after_{name}")


def _built(
    said: Statement,
    tokens: Sequence[Token],
    names: tuple[str, ...],
    link: str,
    limits: tuple[Limit, ...],
) -> Reading | None:
    """The rule of every variable with every limit, and whether it is the only reading."""
    signs = " ".join(said.text[one.start : one.end] for one in tokens if one.kind == "op")
    if variables()[names[0]].worse != "high" and re.search("worse|better", signs, re.IGNORECASE):
        return None
    limits = in_years(said, names, limits)
    topics: list[str] = []
    nodes: list[Node] = []
    for name in names:
        atoms: list[Node] = []
        for limit in limits:
            quantity, topic = in_unit_of(variables()[name], limit)
            if quantity is None:
                return None
            if topic:
                topics.append("age_unit" if (name, topic) == ("age", "unit") else topic)
            try:
                atoms.append(Comparison(variable=name, op=limit.op, limit=quantity))
            except RuleError:
                return None
        inside = levels_between(variables()[name], atoms)
        outside = _outside(limits)
        if outside and said.kind == "inclusion":
            return None
        nodes.append(inside or joined(tuple(atoms), "or" if outside else "and"))
    # Records lose their "≥" and "≤": a lone "=" is more often one of these than an equation.
    topics.extend("sign" for limit in limits[:1] if limit.op == "==")
    logic = _logic(said, link, names)
    topics.extend("readings" for _ in names[:1] if logic == "?")
    asks = tuple(_ask(said, topic, tokens) for topic in dict.fromkeys(topics))
    node = joined(tuple(nodes), "or" if logic == "or" else "and")
    if set(topics) & _NO_NUMBER:
        node = Unread(words=said.words(tokens))
    return Reading(node=node, asks=asks, sure=not topics)


def _ask(said: Statement, topic: str, tokens: Sequence[Token]) -> Ask:
    named = {"age_unit": "unit", "sign": "readings"}
    return said.ask(named.get(topic, topic), tokens)


def _outside(limits: Sequence[Limit]) -> bool:
    """`< 18 and > 45`: no number is both, so either is meant."""
    if len(limits) != 2 or limits[0].op[0] != "<" or limits[1].op[0] != ">":
        return False
    return limits[0].amount.value < limits[1].amount.value


def _logic(said: Statement, link: str, names: Sequence[str]) -> str:
    """How variables that share a limit combine: each must be good, any may be bad."""
    if len(names) == 1:
        return "and"
    if set(names) == {"karnofsky", "lansky"}:
        return "or"  # one for adults, the other for children
    if said.kind == "inclusion":
        return "and" if link in {"and", "/", ","} else "?"
    return "or" if link in {"or", "/", ",", "and/or"} else "?"
