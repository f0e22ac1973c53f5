"""Whether an amount can be one of a variable, and which variable a name means beside it."""

from __future__ import annotations

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.limits import ARBITRARY, Limit, in_unit_of
from trialrun.criteria.text_reader.row import Terminal
from trialrun.vocabulary.variable import Kind, Variable

PLAIN = frozenset({"{score}", "1"})
_FLOWS = frozenset({"mL/min", "mL/min/{1.73_m2}"})


def fitting(one: Terminal, amount: Amount) -> Variable | None:
    """The variable that a name means beside this amount: the first that can be so large."""
    rows = [
        meaning.row
        for meaning in one.means
        if fits(meaning.row, amount) and (meaning.exact or _unit_tells(meaning.row, amount))
    ]
    if amount.unit is None:  # 2+ of protein rather than 2 g/L
        rows.sort(key=lambda row: row.unit is None or row.unit.code not in PLAIN)
    if len(rows) < 2:
        return rows[0] if rows else None
    likely = (row for row in rows if row.kind is Kind.CODED or _is_likely(row, amount))
    return next(likely, rows[0])


def fits(row: Variable, amount: Amount) -> bool:
    """Whether an amount can be one of this variable, as far as its unit tells."""
    if row.kind is Kind.CODED:
        if row.values[0] == "A":
            return amount.unit == "{letter}"
        return amount.unit in {None, "{level}", "{code}"} and amount.value < len(row.values)
    if row.kind is Kind.ORDINAL:
        whole = amount.unit == "{level}" or amount.value == amount.value.to_integral_value()
        return whole and amount.unit in {None, "{level}", "{score}"}
    if amount.unit in {"{level}", "{letter}", "{code}"}:
        return False
    assert row.unit is not None
    if amount.unit == "xULN" and row.unit.code in _FLOWS:
        return False  # no laboratory has an upper limit of clearance
    if amount.unit is None:
        return True
    if row.unit.dimension == "arbitrary concentration" and amount.unit not in {"xULN", "xLLN"}:
        code = ARBITRARY.get(amount.unit, amount.unit)
        volume_left_out = code in {"[IU]", "U"} and row.bare is not None
        a_litre = amount.unit == "[IU]/L" and row.unit.code == "[IU]/mL"  # "HCV RNA > 800,000 IU/L"
        return volume_left_out or a_litre or code in {unit.code for unit in row.units}
    if row.unit.code == "{score}":
        return amount.unit in {"{score}", "%"}
    return in_unit_of(row, Limit(">", amount))[0] is not None


def _unit_tells(row: Variable, amount: Amount) -> bool:
    """Whether an amount's unit shows that a name with other meanings means this variable."""
    if amount.unit is not None or row.bare is not None:
        return True
    return row.unit is None or row.unit.code in PLAIN


def _is_likely(row: Variable, amount: Amount) -> bool:
    return in_unit_of(row, Limit(">", amount))[1] != "implausible"
