"""Limits: a comparison with its amount, a range, and what they are in a variable's own unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from trialrun.criteria.nodes import Op
from trialrun.criteria.text_reader.amounts import Amount, read_amount
from trialrun.criteria.text_reader.loose_units import as_written
from trialrun.criteria.text_reader.number_words import NUMBER_WORDS
from trialrun.criteria.text_reader.statement import Statement, norms
from trialrun.criteria.text_reader.words import Token
from trialrun.errors import UnitError
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity, plain
from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility
from trialrun.vocabulary.variable import Variable

OPS: dict[str, Op] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=="}
_MORE = frozenset(
    {
        "more",
        "greater",
        "above",
        "higher",
        "over",
        "older",
        "up",
        "upward",
        "beyond",
        "longer",
        "larger",
    }
)
_LESS = frozenset({"less", "lower", "below", "younger", "under", "fewer", "shorter", "smaller"})
_RANGE = frozenset({"-", "~", "to", "through", "and", "until", "till"})
_THAN: dict[str, Op] = {">": ">=", "<": "<="}
_NUMBERED = frozenset(
    {
        *NUMBER_WORDS,
        "age",
        "grade",
        "stage",
        "class",
        "ctcae",
        "uln",
        "lln",
        "upper",
        "lower",
        "limit",
        "institutional",
    }
)
# Where activity is meant by convention, as for antibodies and viruses, U are IU.
ARBITRARY = {"U/mL": "[IU]/mL", "U/L": "m[IU]/mL", "[IU]/L": "m[IU]/mL"}
# one equivalent a mole
_MONOVALENT = frozenset({"potassium", "sodium", "bicarbonate", "sweat_chloride"})
_FEW_UNITS = 15  # U/L
_ANY_DAY = Moment("2000-01-01")


@dataclass(frozen=True, slots=True)
class Limit:
    op: Op
    amount: Amount


def read_limits(text: str, tokens: Sequence[Token], at: int) -> tuple[tuple[Limit, ...], int]:
    """The limits that begin at `at`: one, a range, or two joined by and."""
    first = read_limit(text, tokens, at)
    if first is not None:
        limit, at = first
        limits = [limit]
        following = at
        while following < len(tokens) and tokens[following].norm in {"and", ",", "to", "-", "but"}:
            following += 1
        second = read_limit(text, tokens, following) if following < len(tokens) else None
        opposite = second is not None and second[0].op[0] != limit.op[0] and second[0].op != "=="
        joined = tokens[at].norm if at < len(tokens) else ""
        if second is None and joined == "or":
            second, following = read_limit(text, tokens, at + 1), at + 1
            # "< 50 or > 100 bpm"
            opposite = second is not None and _outside(limit, second[0])
        if second is not None and opposite and tokens[following].kind == "op":
            limits.append(second[0])
            at = second[1]
            if (limit.op[0], second[0].op[0]) == (">", "<") and joined == "or":
                limits.reverse()  # "> 120 or < 50 bpm"
        return tuple(_shared(limits)), at
    return _range(text, tokens, at)


def _outside(first: Limit, second: Limit) -> bool:
    """Whether two limits leave a gap between them: `< 50 or > 100`, and not `≥ 3 or ≤ 14`."""
    values = {one.op[0]: one.amount.value for one in (first, second)}
    return set(values) == {"<", ">"} and values["<"] < values[">"]


def read_limit(text: str, tokens: Sequence[Token], at: int) -> tuple[Limit, int] | None:
    """A comparison with its amount, in either order (`≥ 18 years`, `18 years or older`)."""
    op: Op | None = None
    if at < len(tokens) and tokens[at].kind == "op" and tokens[at].norm in OPS:
        op = OPS[tokens[at].norm]
        at += 1
        if at < len(tokens) and norms(tokens[at : at + 2]) == ("or", "="):
            op, at = _or_equal(op), at + 2
    found = amount_at(text, tokens, at)
    if found is None:
        return None
    amount, at = found
    after, stop = direction(tokens, at)
    if after is not None:
        if op is not None and op != after:
            return None
        return Limit(after, amount), stop
    return None if op is None else (Limit(op, amount), at)


def _or_equal(op: Op) -> Op:
    return ">=" if op == ">" else "<=" if op == "<" else op


def direction(tokens: Sequence[Token], at: int) -> tuple[Op | None, int]:
    """`or older`, `and above`, `+` behind an amount."""
    if at < len(tokens) and tokens[at].norm == "+":
        return ">=", at + 1
    if at + 1 < len(tokens) and tokens[at].norm in {"or", "and"}:
        word = tokens[at + 1].norm
        if word in _MORE:
            return ">=", at + 2
        if word in _LESS:
            return "<=", at + 2
        said = tokens[at + 1].end - tokens[at + 1].start > 2  # in words, and no sign
        if tokens[at].norm == "or" and said and not _is_numbered(tokens, at + 2):
            return _THAN.get(word), at + 2  # "3 mm or greater than the control"
    return None, at


def _is_numbered(tokens: Sequence[Token], at: int) -> bool:
    """Whether an amount may begin here."""
    if at >= len(tokens):
        return False
    if tokens[at].norm == "the" and at + 1 < len(tokens):
        at += 1
    return tokens[at].kind in {"number", "op"} or tokens[at].norm in _NUMBERED


def amount_at(text: str, tokens: Sequence[Token], at: int) -> tuple[Amount, int] | None:
    if at >= len(tokens):
        return None
    if _is_listed(tokens, at):
        return Amount(Decimal(tokens[at].norm), None, tokens[at].end), at + 1
    amount = read_amount(text, tokens[at].start)
    if amount is None:
        return None
    stop = at
    while stop < len(tokens) and tokens[stop].start < amount.end:
        if tokens[stop].end > amount.end or (
            stop > at and tokens[stop].start < tokens[stop - 1].end
        ):
            return None
        stop += 1
    return (amount, stop) if stop > at else None


def _is_listed(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is one of a list without spaces: "0,1,2"."""
    three = tokens[at : at + 3]
    if [one.kind for one in three] != ["number", "sign", "number"] or three[1].norm != ",":
        return False
    return three[0].end == three[1].start and three[1].end == three[2].start


def _range(text: str, tokens: Sequence[Token], at: int) -> tuple[tuple[Limit, ...], int]:
    first = amount_at(text, tokens, at)
    if first is None or first[1] >= len(tokens) or tokens[first[1]].norm not in _RANGE:
        return (), at
    second = amount_at(text, tokens, first[1] + 1)
    if second is None or first[0].value >= second[0].value:
        return (), at
    stop = second[1]
    if direction(tokens, stop)[0] is not None:
        return (), at
    pair = [Limit(">=", first[0]), Limit("<=", second[0])]
    return tuple(_shared(pair)), stop


def _shared(limits: list[Limit]) -> list[Limit]:
    """A unit that stands once counts for both."""
    units = [limit.amount.unit for limit in limits if limit.amount.unit is not None]
    if len(units) != 1 or units[0] == "xULN":
        return limits
    old = any(limit.amount.old for limit in limits)
    unit = "a" if any(limit.amount.mixed for limit in limits) else units[0]
    return [
        replace(limit, amount=replace(limit.amount, unit=limit.amount.unit or unit, old=old))
        for limit in limits
    ]


def in_unit_of(row: Variable, limit: Limit) -> tuple[Quantity | None, str]:
    """The limit in the variable's canonical unit, and the topic of a question it leaves open."""
    amount = as_written(row, limit.amount)
    unit = _unit(row, amount)
    if unit is None:
        unread = amount.unit is not None
        return (
            (None, "") if unread or row.unit is None else (Quantity(amount.value, row.unit), "unit")
        )
    if unit.code in {"xULN", "xLLN"}:
        if row.group != "laboratory" and (unit.code == "xULN" or row.group != "organ function"):
            return None, ""
        doubt = "value" if amount.slip else "normal" if amount.normal else ""
        return Quantity(amount.value, unit), doubt
    quantity = canonical(row, Quantity(amount.value, unit))
    if quantity is None:
        return None, ""
    if amount.slip:
        return quantity, "value"
    from_zero = quantity.value == 0 and limit.op in {">", ">="}  # "> 0 % and < 80 %"
    return quantity, "" if from_zero or _plausible(row, quantity) else "implausible"


def _unit(row: Variable, amount: Amount) -> Unit | None:
    """The unit that is meant, where that is beyond doubt."""
    assert row.unit is not None
    code = amount.unit
    if row.unit.code == "{score}" and code in {None, "%", "{score}"}:
        return row.unit
    if code is None:
        return row.unit if row.unit.code in {"%", "1", "kg/m2"} else None
    if row.unit.dimension == "arbitrary concentration":
        code = ARBITRARY.get(code, code)
    if code == "[IU]/dL" and row.unit.code == "%":
        return row.unit  # of a clotting factor: 1 IU/dL is 1 % of normal
    if code == "meq/L" and row.name in _MONOVALENT:
        code = "mmol/L"
    if row.unit.dimension == "mass a day" and code in {"g", "mg", "ug"}:
        code = "mg/wk" if row.unit.code == "mg/wk" and code == "mg" else f"{code}/d"
    if amount.giga and row.unit.dimension == "count concentration":
        return UNITS["10*9/L"]
    if code == "?" or code not in UNITS:
        return None
    return UNITS[code]


def assumed_unit(row: Variable, amount: Amount) -> Quantity | None:
    """A number without unit in the only unit in which it is plausible, or in the row's choice."""
    units = ([row.bare] if row.bare is not None else []) + [*row.units]
    found: list[Quantity] = []
    of_enzymes = row.unit is not None and row.unit.dimension == "catalytic concentration"
    if of_enzymes and amount.value < _FEW_UNITS:
        return None  # "ALT > 3": rather so many times normal
    for unit in units:
        quantity = canonical(row, Quantity(amount.value, unit))
        if quantity is None or quantity in found or not _plausible(row, quantity):
            continue
        if unit == row.bare:
            return quantity
        found.append(quantity)
    return found[0] if len(found) == 1 else None


def in_years(said: Statement, names: Sequence[str], limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """Bare ages, in years where the record's own fields name one of the numbers in years."""
    bare = all(limit.amount.unit is None for limit in limits)
    if "age" not in names or not bare or not any(_field_agrees(said, one.amount) for one in limits):
        return limits
    return tuple(replace(limit, amount=replace(limit.amount, unit="a")) for limit in limits)


def _field_agrees(said: Statement, amount: Amount) -> bool:
    """Whether the record's own field names this number in years."""
    number = plain(amount.value)
    fields = (said.fields.minimum_age, said.fields.maximum_age)
    return any(limit == (number, "a") for limit in fields)


def alike(row: Variable, one: Quantity, other: Quantity) -> bool:
    """Whether two amounts are the same but for rounding: 1 %, or 10 % for weeks against months."""
    if "xULN" in {one.unit.code, other.unit.code} or row.unit is None:
        return one == other
    try:
        first = one.exact(row.unit, molar=row.molar)
        second = other.exact(row.unit, molar=row.molar)
        least = Fraction(1, 100)
    except UnitError:
        first, second = (_rough_days(quantity) for quantity in (one, other))
        least = Fraction(1, 10)
    return abs(first - second) <= abs(first) * least


def _rough_days(quantity: Quantity) -> Fraction:
    days = quantity.unit.factor * (30 if quantity.unit.dimension == "calendar" else 1)
    return Fraction(quantity.value) * days


def canonical(row: Variable, quantity: Quantity) -> Quantity | None:
    """The same amount in the variable's unit; times that do not convert, in days or months."""
    assert row.unit is not None
    unit = quantity.unit
    if row.group == "own" and unit.dimension == row.unit.dimension != "time":
        return quantity  # as the study writes it
    if {unit.dimension, row.unit.dimension} == {"time", "calendar"}:
        wanted = UNITS["d"] if unit.dimension == "time" else UNITS["mo"]
        if all(wanted.dimension != other.dimension for other in row.units):
            return None
    elif unit.dimension == row.unit.dimension or (row.molar is not None):
        wanted = row.unit
    else:
        return None
    try:
        exact = quantity.exact(wanted, molar=row.molar)
    except UnitError:
        return None
    text = plain(exact)
    if "/" in text:  # no finite decimal: as it is written
        return quantity
    return Quantity(Decimal(text), wanted)


def _plausible(row: Variable, quantity: Quantity) -> bool:
    fact = Fact(
        id="limit",
        variable=row.name,
        value=plain(quantity.value),
        unit=quantity.unit.code,
        at=_ANY_DAY,
    )
    return plausibility(fact) is None
