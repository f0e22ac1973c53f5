"""An age whose sign was lost: `Aged 18.`, where the record's own field says the least age."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.nodes import Comparison, Op
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader.scan import Mention, Scan
from trialrun.values.quantity import Quantity, plain
from trialrun.values.unit import UNITS

_AGED = frozenset({"aged", "age"})
_ENDS = "C;Q"


def read_lost_age(scan: Scan, at: int) -> int:
    """Lists the record's own limit of age, and asks whether it is meant; where to go on, or 0."""
    row, tokens = scan.row, scan.tokens
    amount, fields = row[at].amount, scan.said.fields
    if (
        scan.said.kind != "inclusion"
        or row[at].letter != "N"
        or amount is None
        or not row[at].start
    ):
        return 0
    named = tokens[row[at].start - 1].norm in _AGED
    ends = at + 1 >= len(row) or row[at + 1].letter in _ENDS
    if not named or not ends or amount.unit not in {None, "a"}:
        return 0
    number = (plain(amount.value), "a")
    if number not in {fields.minimum_age, fields.maximum_age}:
        return 0
    op: Op = ">=" if number == fields.minimum_age else "<="
    atom = Comparison(variable="age", op=op, limit=Quantity(amount.value, UNITS["a"]))
    words = tokens[row[at].start - 1 : row[at].end]
    choices = tuple(write_rule(one) for one in (atom, replace(atom, op="==")))
    ask = replace(scan.said.ask("readings", words), choices=choices)
    mention = Mention((atom,), words[0].start, words[-1].end, (ask,), tokens[row[at].start].start)
    scan.found.append(mention)
    scan.last, scan.ended = None, at + 1
    return at + 1
