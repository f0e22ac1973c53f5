"""A CQL library of a trial's criteria: one definition a criterion as written, one its verdict.

The library reads FHIR R4 (4.0.1). Truth is CQL's own: three-valued, and null is UNKNOWN. Windows
are relative to the dates given here; what CQL cannot say is null, and listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from trialrun.criteria.cql.expressions import NULL, Units, Writer
from trialrun.criteria.cql.facts import declared
from trialrun.criteria.cql.left import Left, Why
from trialrun.criteria.cql.text import comment, name
from trialrun.criteria.criterion import Combination, Criteria, Criterion, Status
from trialrun.criteria.nodes import Judgement, Unread
from trialrun.values.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Cql:
    """The library's text, and what it does not say.

    `verdicts` are the names of the definitions that hold verdicts (true: does not stand in the
    way), by criterion; `rules` those of the conditions as written.
    """

    text: str
    left: tuple[Left, ...]
    rules: Mapping[str, str]
    verdicts: Mapping[str, str]


def write_cql(
    criteria: Criteria,
    *,
    anchors: Mapping[str, Moment],
    as_of: Moment | None = None,
    library: str = "Eligibility",
    units: Units = "each",
) -> Cql:
    """The criteria as one CQL library.

    `anchors` are the dates that windows are before or after; `as_of` that of ages and elapsed
    times without one. `units`: "each" writes every limit in each unit that the data may have, as
    the engine of CQL knows no molar masses and no international units; "own" writes it once, as
    the rule has it, and leaves converting to the engine.
    """
    writer = Writer(anchors=anchors, as_of=as_of, units=units)
    bodies: list[str] = []
    for one in criteria:
        writer.criterion = one.id
        bodies.append(_condition(criteria, one, writer))
    rules = {one.id: one.id for one in criteria}
    verdicts = {one.id: f"{one.id} verdict" for one in criteria}
    bodies += [_verdict(one, verdicts) for one in criteria]
    bodies.append(f"define {name('Eligible')}:\n  {_whole(criteria, verdicts)}")
    head = [
        f"library {library} version '1.0.0'",
        "using FHIR version '4.0.1'",
        "include FHIRHelpers version '4.0.1' called FHIRHelpers",
    ]
    parts = [
        "\n".join([*head, *declared(list(writer.rows.values()))]),
        "context Patient",
        _functions(),
        *writer.definitions.values(),
        *bodies,
    ]
    return Cql(
        text="\n\n".join(parts) + "\n",
        left=tuple(writer.left),
        rules=MappingProxyType(rules),
        verdicts=MappingProxyType(verdicts),
    )


def _condition(criteria: Criteria, one: Criterion, writer: Writer) -> str:
    """The condition as written, with those of the criteria below it."""
    match one.status:
        case Status.COMPUTABLE:
            own = [] if one.rule is None else [writer.expression(one.rule)]
            parts = [*own, *(name(child.id) for child in criteria.below(one.id))]
            word = " or " if one.logic == "or" and len(parts) > 1 else " and "
            body = word.join(parts)
        case Status.JUDGEMENT | Status.UNREAD | Status.PARTLY:
            body = _open(one, writer)
    return f"{comment(f'{one.id} ({one.kind}): {one.text}')}\ndefine {name(one.id)}:\n  {body}"


def _open(one: Criterion, writer: Writer) -> str:
    words = " ".join(one.text.split()) or one.id
    if one.status is Status.JUDGEMENT:
        return writer.leave(Judgement(words=words), Why.JUDGEMENT)
    why = Why.PARTLY if one.status is Status.PARTLY else Why.UNREAD
    return writer.leave(Unread(words=words) if one.rule is None else one.rule, why)


def _verdict(one: Criterion, verdicts: Mapping[str, str]) -> str:
    body = name(one.id) if one.kind == "inclusion" else f"not {name(one.id)}"
    return f"define {name(verdicts[one.id])}:\n  {body}"


def _whole(criteria: Criteria, verdicts: Mapping[str, str]) -> str:
    parts = [name(verdicts[one.id]) for one in criteria.required]
    if criteria.root is not None:
        parts.append(_combined(criteria.root, verdicts))
    return "\n  and ".join(parts) if parts else NULL


def _combined(part: str | Combination, verdicts: Mapping[str, str]) -> str:
    if isinstance(part, str):
        return name(verdicts[part])
    return "(" + f" {part.logic} ".join(_combined(one, verdicts) for one in part.parts) + ")"


@cache
def _functions() -> str:
    return files("trialrun.criteria.cql").joinpath("functions.cql").read_text("utf-8").strip()
