"""The record's structured limits of age and sex as criteria, S.age and S.sex."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from trialrun.criteria.criterion import Criterion, Question, Status
from trialrun.criteria.nodes import Comparison, In, Node, Op, atoms, joined
from trialrun.criteria.text_reader.limits import canonical
from trialrun.criteria.text_reader.statement import Fields
from trialrun.values.quantity import Quantity, plain
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables

_AGE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(year|month|week|day|hour|minute)s?\s*$", re.IGNORECASE)
_UNITS = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min"}


def read_fields(minimum_age: str | None, maximum_age: str | None, sex: str | None) -> Fields:
    """The structured limits, as far as they limit anything."""
    return Fields(
        minimum_age=_age(minimum_age),
        maximum_age=_age(maximum_age),
        sex=sex.lower() if sex and sex.upper() in {"FEMALE", "MALE"} else None,
    )


def field_criteria(
    fields: Fields, minimum_age: str | None, maximum_age: str | None, written: Sequence[Criterion]
) -> tuple[Criterion, ...]:
    """S.age and S.sex, with what the text says otherwise as questions."""
    found: list[Criterion] = []
    limits: list[Node] = []
    shown: list[str] = []
    for limit, op, label, text in (
        (fields.minimum_age, ">=", "Minimum Eligible Age", minimum_age),
        (fields.maximum_age, "<=", "Maximum Eligible Age", maximum_age),
    ):
        if limit is not None:
            limits.append(_limit(limit, op))  # type: ignore[arg-type]
            shown.append(f"{label} {text}")
    if limits:
        found.append(
            Criterion(
                id="S.age",
                kind="inclusion",
                logic="and" if len(limits) > 1 else None,
                text="; ".join(shown),
                status=Status.COMPUTABLE,
                rule=joined(tuple(limits), "and"),
                questions=_age_questions(limits, written),
            )
        )
    if fields.sex is not None:
        found.append(
            Criterion(
                id="S.sex",
                kind="inclusion",
                text=f"Eligible Sex {fields.sex.upper()}",
                status=Status.COMPUTABLE,
                rule=In(variable="sex", values=(fields.sex,)),
            )
        )
    return tuple(found)


def _age(text: str | None) -> tuple[str, str] | None:
    match = _AGE.match(text or "")
    return None if match is None else (match[1], _UNITS[match[2].lower()])


def _limit(limit: tuple[str, str], op: Op) -> Node:
    amount = Quantity(Decimal(limit[0]), UNITS[limit[1]])
    quantity = canonical(variables()["age"], amount) or amount
    return Comparison(variable="age", op=op, limit=quantity)


def _age_questions(limits: Sequence[Node], written: Sequence[Criterion]) -> tuple[Question, ...]:
    """Where the criteria name an age and the field another, or a limit that they lack."""
    own = [
        (atom, one.kind)
        for one in written
        if one.rule is not None
        for atom in atoms(one.rule)
        if isinstance(atom, Comparison) and atom.variable == "age"
    ]
    if not own:
        return ()
    questions = []
    for limit in limits:
        assert isinstance(limit, Comparison)
        upper = limit.op == "<="
        alike = [atom for atom, kind in own if _is_upper(atom.op, kind == "exclusion") == upper]
        field = f"{plain(limit.limit.value)} {limit.limit.unit.code}"
        if not alike:
            topic = "age_upper" if upper else "age_lower"
            questions.append(
                Question(
                    id=f"S.age.{topic}",
                    topic=topic,
                    words={"field": field},
                    choices=("holds", "does not hold"),
                    assumed="holds",
                )
            )
        elif all(atom.limit != limit.limit for atom in alike):
            stated = ", ".join(str(atom.limit) for atom in alike)
            questions.append(
                Question(
                    id=f"S.age.differs.{'upper' if upper else 'lower'}",
                    topic="age_differs",
                    words={"field": field, "criteria": stated},
                    choices=(field, stated),
                    assumed=field,
                )
            )
    return tuple(questions)


def _is_upper(op: Op, excluded: bool) -> bool:
    """Whether a limit bounds from above, the polarity of its criterion counted in."""
    upper = op in {"<", "<="}
    return upper != excluded
