"""Reads rows of terminals as limits, by the grammar in `limits.lark`; each row of letters once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

Start: TypeAlias = Literal["number", "scale"]
# Which amount (its place in the row), and which terminal says the comparison: a place as well, or
# ">=" or "<=" where the row's shape says it.
Bound: TypeAlias = tuple[int, int | str]
Bounds: TypeAlias = tuple[Bound, ...]
# Levels: places of single ones, or of two ends.
Levels: TypeAlias = tuple[tuple[int, ...], ...]
Shape: TypeAlias = tuple[Literal["bounds"], Bounds] | tuple[Literal["levels"], Levels]

LONGEST = 14  # terminals of one phrase


@cache
def read_shapes(letters: str, start: Start) -> tuple[Shape, ...]:
    """Everything that a row of letters can mean; nothing where it is no limit.

    >>> read_shapes("GN", "number")
    (('bounds', ((1, 0),)),)
    >>> len(read_shapes("LNTN", "number"))
    2
    """
    try:
        tree = _grammar(start).parse(letters)
    except LarkError:
        return ()
    found = [shape for one in _readings(tree) for shape in _shapes(one)]
    return tuple(dict.fromkeys(found))


@cache
def _grammar(start: Start) -> Lark:
    source = files("trialrun.criteria.text_reader").joinpath("limits.lark")
    return Lark(
        source.read_text(encoding="utf-8"),
        parser="earley",
        lexer="basic",
        ambiguity="explicit",
        start=start,
    )


def _readings(tree: Tree[Token]) -> list[Tree[Token]]:
    """The trees of a row, one where it can be read in one way."""
    if tree.data == "_ambig":
        return [one for child in tree.children for one in _readings(_tree(child))]
    inner = [child for child in tree.children if isinstance(child, Tree)]
    if str(tree.data) in {"number", "scale"} and inner:
        return _readings(inner[0])
    return [tree]


def _shapes(tree: Tree[Token]) -> list[Shape]:
    name = str(tree.data)
    amounts = _places(tree, "N")
    signs = _places(tree, "GLE")
    if name == "signed":
        return [("bounds", ((amounts[0], signs[0]),))]
    if name in {"at_least", "at_most"}:
        return [("bounds", ((amounts[0], ">=" if name == "at_least" else "<="),))]
    if name == "range":
        first: int | str = signs[0] if signs and _letter(tree, signs[0]) == "G" else ">="
        last: int | str = signs[-1] if signs and _letter(tree, signs[-1]) == "L" else "<="
        return [("bounds", ((amounts[0], first), (amounts[1], last)))]
    if name == "pair":
        halves = [child for child in tree.children if isinstance(child, Tree)]
        return [("bounds", tuple(_half(child) for child in halves))]
    if name == "choice":
        return [("bounds", ((place, signs[0]),)) for place in amounts]
    if name == "level_range":
        return [("levels", (tuple(amounts),))]
    spans = [_places(child, "N") for child in tree.children if isinstance(child, Tree)]
    return [("levels", tuple(tuple(span) for span in spans))]


def _half(tree: Tree[Token]) -> Bound:
    signs = _places(tree, "GL")
    if signs:
        return _places(tree, "N")[0], signs[0]
    return _places(tree, "N")[0], ">=" if str(tree.data) == "opened" else "<="


def _tree(child: Tree[Token] | Token) -> Tree[Token]:
    assert isinstance(child, Tree)
    return child


def _places(tree: Tree[Token], letters: str) -> list[int]:
    found = tree.scan_values(lambda one: isinstance(one, Token) and one.type in letters)
    return sorted(token.start_pos for token in found if token.start_pos is not None)


def _letter(tree: Tree[Token], place: int) -> str:
    found = tree.scan_values(lambda one: isinstance(one, Token) and one.start_pos == place)
    return next(str(token.type) for token in found)
