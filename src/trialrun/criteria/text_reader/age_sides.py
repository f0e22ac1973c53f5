"""Which side of an age, or of what it names, is said by words of their own."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.ages import begins_near
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_SIDES = {
    "minimal": ">=", "lowest": ">=", "youngest": ">=", "lower": ">=",
    "maximal": "<=", "highest": "<=", "oldest": "<=", "upper": "<=",
}  # fmt: skip
_REACHED = frozenset({"reached", "attained", "completed", "turned"})
_BORN = frozenset(
    {"born", "birth", "delivered", "delivery", "preterm", "premature", "prematurely", "preterms"}
)
_BEFORE = (("before",), ("prior", "to"), ("earlier", "than"), ("prior",))
_ABOVE = frozenset({"upward", "onward", "plus"})  # "20 above" may or may not hold 20 itself
_AROUND = (
    (("before",), "<"), (("prior", "to"), "<"), (("after",), ">"), (("by",), "<="),
)  # fmt: skip


def read_age_side(tokens: Sequence[Token], at: int) -> Terminal | None:
    """`minimal age 18`, `reached the age of 18`, `born before 32 weeks`: where the limit lies."""
    words = [token.norm for token in tokens[at : at + 5]]
    if words[0] in _SIDES and words[1:2] == ["age"]:
        op = _SIDES[words[0]]
        return Terminal("G" if op == ">=" else "L", at, at + 1, op=op)
    if words[0] in _REACHED:
        if words[1:] and words[1].isdigit() and "age" in words[2:]:
            return Terminal("G", at, at + 1, op=">=")  # "reached 18 years of age"
        if [word for word in words[1:] if word != "the"][:2] in (["age", "of"], ["age", "18"]):
            return Terminal("G", at, at + 1, op=">=")
    for before, op in _AROUND:
        if tuple(words[: len(before)]) == before and begins_near(tokens, at):
            near = tokens[max(at - 4, 0) : at]
            if _age_follows(near, tokens[at + len(before) :][:5]):  # "onset before the age of 40"
                return Terminal("G" if op[0] == ">" else "L", at, at + len(before), op=op)
    born = at > 0 and tokens[at - 1].norm in _BORN
    for before in _BEFORE if born else ():
        if tuple(words[: len(before)]) == before and _weeks_follow(tokens, at + len(before)):
            return Terminal("L", at, at + len(before), op="<")
    return None


def _age_follows(before: Sequence[Token], behind: Sequence[Token]) -> bool:
    """Whether an age stands behind: `the age of 40`, `40 years of age`; or is named before."""
    norms = [token.norm for token in behind]
    said = bool({"age", "old"} & set(norms[1:])) or any(token.norm == "age" for token in before)
    return "age" in norms[:2] or (norms[:1] != [] and norms[0].isdigit() and said)


def _weeks_follow(tokens: Sequence[Token], at: int) -> bool:
    norms = [token.norm for token in tokens[at : at + 6]]
    return norms[:1] != [] and norms[0].isdigit() and bool({"week", "wk"} & set(norms))


def with_ages(tokens: Sequence[Token], row: Sequence[Terminal]) -> list[Terminal]:
    """The terminals, with sides that are said by words of their own or from afar."""
    return _with_age_from(tokens, _with_name_inside(_with_side_behind(tokens, row)))


def _with_age_from(tokens: Sequence[Token], row: Sequence[Terminal]) -> list[Terminal]:
    """`from 18 years of age`, `age from 18 years` without an end: at least that."""
    found = list(row)
    for at, one in enumerate(found):
        if one.letter != "F":
            continue
        place = at + 1
        while place < len(found) and found[place].letter in "fV":
            place += 1
        amount = found[place].amount if place < len(found) else None
        named = any(
            meaning.row.name == "age"
            for other in found[max(at - 1, 0) : place]
            for meaning in other.means
        )
        behind = [other.letter for other in found[place + 1 : place + 4]]
        if amount is not None and (amount.old or named) and not {"T", "A", "N", "L"} & set(behind):
            found[at] = Terminal("G", one.start, one.end, op=">=")
    return found


def _with_side_behind(tokens: Sequence[Token], row: Sequence[Terminal]) -> list[Terminal]:
    """`aged 65 plus`, `18 years onwards`: a side without "or" or "and" in front of it."""
    found = list(row)
    for at in range(1, len(found)):
        said = tokens[found[at].start].norm
        if found[at].letter not in "wf" or said not in _ABOVE:
            continue
        signed = at > 1 and found[at - 2].letter in "GLET"
        ends = at + 1 == len(found) or found[at + 1].letter in "C;QA"
        if found[at - 1].letter == "N" and ends and not signed:
            found[at] = Terminal("M", found[at].start, found[at].end)
    return found


def _with_name_inside(row: Sequence[Terminal]) -> list[Terminal]:
    """`37 weeks gestation or greater` as "37 weeks or greater gestation"."""
    found = list(row)
    for at, one in enumerate(found):
        name = at + 2 if at + 1 < len(found) and found[at + 1].letter == "f" else at + 1
        if one.amount is None or one.amount.unit is None or name + 1 >= len(found):
            continue
        named = found[name].letter == "V" and fitting(found[name], one.amount) is not None
        if named and found[name + 1].letter in "MW":  # "150 cm of height or greater"
            found.insert(at + 1, found.pop(name + 1))
    return found
