"""One item's words to a status, a rule and questions; the item's surroundings are not seen here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from trialrun.criteria.criterion import Logic, Status
from trialrun.criteria.nodes import (
    And,
    Atom,
    Comparison,
    Elapsed,
    In,
    Judgement,
    Node,
    Or,
    Presence,
    atoms,
    windowed,
)
from trialrun.criteria.text_reader.bystanders import counts_a_class, speaks_of_another
from trialrun.criteria.text_reader.clauses import read_clause, trimmed
from trialrun.criteria.text_reader.conditional_limits import read_conditional
from trialrun.criteria.text_reader.denied_lists import without_denied_list
from trialrun.criteria.text_reader.doubtful_limits import is_relative
from trialrun.criteria.text_reader.joined_levels import with_joined_levels
from trialrun.criteria.text_reader.judgement import is_judgement
from trialrun.criteria.text_reader.mentions import read_mentions
from trialrun.criteria.text_reader.partial import read_partly
from trialrun.criteria.text_reader.rest import with_rest
from trialrun.criteria.text_reader.scan import Mention, Unknown
from trialrun.criteria.text_reader.seams import is_for_some
from trialrun.criteria.text_reader.statement import Ask, Statement, norms
from trialrun.criteria.text_reader.words import Token, read_tokens
from trialrun.values.quantity import Quantity, plain
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables

# Where the text says "no …" under the heading of exclusions, it may mean the contrary.
_MAY_BE_MEANT = {"consent", "disease status", "diagnosis", "demography"}


@dataclass(frozen=True, slots=True)
class Found:
    """What an item's own words gave."""

    status: Status
    node: Node | None
    asks: tuple[Ask, ...]
    mentions: tuple[Mention, ...] = ()
    unknown: tuple[Unknown, ...] = ()


def read_item(said: Statement, tokens: Sequence[Token]) -> Found:
    """Status, rule and questions of one item without others below it."""
    tokens = with_joined_levels(trimmed(tokens))
    if not tokens:  # a line such as "and" alone
        whole = [one for one in read_tokens(said.text) if one.kind != "sign"]
        return Found(Status.UNREAD, None, (said.ask("not_understood", whole),) if whole else ())
    return without_denied_list(said, tokens, _read(said, tokens))


def _read(said: Statement, tokens: tuple[Token, ...]) -> Found:
    if is_judgement(said, tokens):
        return Found(Status.JUDGEMENT, Judgement(words=said.words(tokens)), ())
    reading = read_clause(said, tokens)
    if reading is None or is_for_some(tokens, reading.node) or _is_unsure(tokens, reading.node):
        return _mentioning(said, tokens)
    asks, sure = list(reading.asks), reading.sure
    if not any(atoms(reading.node)):
        everything = read_mentions(said, tokens)
        return with_mentions(said, everything, Found(Status.UNREAD, None, reading.asks))
    if contrary(said, reading.node):
        asks.append(said.ask("contrary", tokens))
        sure = False
    found = Found(Status.COMPUTABLE if sure else Status.PARTLY, reading.node, tuple(asks))
    if not sure and {ask.topic for ask in asks} & {"unit", "value"}:
        return with_mentions(said, read_mentions(said, tokens), found)  # limits left as words
    return found


def _mentioning(said: Statement, tokens: tuple[Token, ...]) -> Found:
    """What an item gives that is not understood as a whole: parts, and comparisons anywhere."""
    everything = read_mentions(said, tokens)
    conditional = read_conditional(said, tokens, everything[0])
    if conditional is not None:
        node, asks = conditional
        if contrary(said, node):
            asks = (*asks, said.ask("contrary", tokens))
        return Found(Status.PARTLY if asks else Status.COMPUTABLE, node, asks)
    part = read_partly(said, tokens)
    unsure = part.node is not None and (
        _is_unsure(tokens, part.node) or _is_loosened(said, part.node, everything[0])
    )
    if part.node is not None and not is_relative(tokens) and not unsure:
        return with_mentions(said, everything, Found(Status.PARTLY, part.node, part.asks))
    ask = said.ask("not_understood", tokens)
    found = with_mentions(said, everything, Found(Status.UNREAD, None, (ask,)))
    if all(one.asks for one in found.mentions):
        return found
    node, asks = with_rest(said, tokens, found.mentions)
    if not any(atoms(node)):
        return replace(found, status=Status.PARTLY, node=node)
    status = Status.PARTLY if asks else Status.COMPUTABLE
    return Found(status, node, asks, unknown=found.unknown)


def _is_unsure(tokens: Sequence[Token], node: Node) -> bool:
    """Whether a rule compares, and words make it unsure whose or of when the values are."""
    compared = any(isinstance(atom, Comparison | In) for atom in atoms(node))
    lines = any(atom.variable == "prior_lines" for atom in atoms(node))
    return compared and (speaks_of_another(tokens) or (lines and counts_a_class(tokens)))


def _is_loosened(said: Statement, node: Node, mentions: Sequence[Mention]) -> bool:
    """Whether an inclusion's words state another limit of what its rule demands.

    `BMI ≥ 30 (BMI ≥ 27 with comorbidity)`: for whom the second is, the words do not tell us.
    """
    held = {_bare(atom) for atom in atoms(node)}
    sides = {(atom.variable, atom.op[0]) for atom in held if isinstance(atom, Comparison)}
    return said.kind == "inclusion" and any(
        isinstance(atom, Comparison)
        and _bare(atom) not in held
        and (atom.variable, atom.op[0]) in sides
        for one in mentions
        for atom in one.atoms
    )


def with_mentions(
    said: Statement, everything: tuple[tuple[Mention, ...], tuple[Unknown, ...]], found: Found
) -> Found:
    """The same, with every comparison of the words that its rule does not hold, and its doubts."""
    held = [] if found.node is None else [_bare(atom) for atom in atoms(found.node)]
    limits = [atom.limit for atom in held if isinstance(atom, Comparison)]
    kept: list[Mention] = []
    asks = list(found.asks)
    mentions, unknown = everything
    for mention in mentions:
        left = []
        for atom in mention.atoms:
            same = next((one for one in _by_any_name(_bare(atom)) if one in held), None)
            if same is not None:
                held.remove(same)
            else:
                left.append(atom)
        if left:
            kept.append(replace(mention, atoms=tuple(left)))
        asked = {(ask.topic, ask.start) for ask in asks}
        if left or not mention.atoms:
            asks.extend(ask for ask in mention.asks if (ask.topic, ask.start) not in asked)
    left_over = tuple(one for one in unknown if not any(_says(one, limit) for limit in limits))
    return replace(found, mentions=tuple(kept), unknown=left_over, asks=tuple(asks))


def _by_any_name(atom: Atom) -> tuple[Atom, ...]:
    """The atom, and that of QTc for one of QTcF: of one limit, the rule may hold either."""
    same = isinstance(atom, Comparison) and atom.variable == "qtcf"
    return (atom, replace(atom, variable="qtc")) if same else (atom,)


def _says(one: Unknown, limit: Quantity) -> bool:
    """Whether a limit of something unknown is one that the rule holds, read in another way."""
    unit = UNITS.get(one.unit)
    if unit is None or unit.dimension != limit.unit.dimension:
        return not one.unit and one.value == limit.value
    return Fraction(one.value) * unit.factor == Fraction(limit.value) * limit.unit.factor


def _bare(atom: Atom) -> Atom:
    return windowed(atom, None)


def contrary(said: Statement, node: Node) -> bool:
    """Whether a rule reads as the contrary of what its heading says, such as a double negation."""
    return any(_contrary_atom(said, atom) for atom in atoms(node))


def _contrary_atom(said: Statement, atom: Atom) -> bool:
    row = variables()[atom.variable]
    excluded = said.kind == "exclusion"
    match atom:
        case Presence():
            if row.group == "consent":
                return atom.present == excluded
            return excluded and not atom.present and row.group not in _MAY_BE_MEANT
        case Comparison():
            if atom.variable == "age" and excluded:
                return _excludes_all(said, atom)
            return excluded and sound(atom) is True
        case In() | Elapsed():
            return False


def sound(atom: Atom) -> bool | None:
    """Whether an atom describes what is healthy; None where there is no telling."""
    if isinstance(atom, Presence):
        return not atom.present
    worse = variables()[atom.variable].worse
    if not worse or not isinstance(atom, Comparison) or atom.op == "==":
        return None
    return (atom.op in {"<", "<="}) == (worse == "high")


def _excludes_all(said: Statement, atom: Comparison) -> bool:
    """Whether an excluded age is the one that the record's own fields ask for."""
    number = plain(atom.limit.value)
    if atom.op in {">", ">="} and said.fields.minimum_age == (number, "a"):
        return True
    return atom.op in {"<", "<="} and said.fields.maximum_age == (number, "a")


def logic_of(node: Node | None) -> Logic | None:
    """How the parts of a rule combine; None where it has one atom."""
    if node is None or len(list(atoms(node))) < 2:
        return None
    if isinstance(node, And):
        return "and"
    return "or" if isinstance(node, Or) else None


def trailing(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], str, str]:
    """Tokens without a conjunction that joins the item to its neighbours, and those words."""
    tokens = tuple(tokens)
    before = after = ""
    while tokens and tokens[-1].norm in {"and", "or", ",", ";", ".", "/"}:
        if tokens[-1].norm in {"and", "or"}:
            after = "or" if tokens[-1].norm == "or" else after or "and"
        tokens = tokens[:-1]
    if len(tokens) > 1 and tokens[0].norm in {"and", "or"}:
        before = norms(tokens[:1])[0]
        tokens = tokens[1:]
    return tokens, before, after
