"""Outcome measures: the record's, each with how it is computed; or proposals where it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialrun.protocol.drafting.asking import ASSUMED, Notebook, Option, code_of, in_record
from trialrun.protocol.model import Measure
from trialrun.protocol.parts import Asked, OutcomePart
from trialrun.record.model import Study
from trialrun.record.plan import Outcome
from trialrun.values.provenance import Origin, Source
from trialrun.wording.catalogue import say

_MEASURES: tuple[tuple[Measure, re.Pattern[str]], ...] = tuple(
    (measure, re.compile(words, re.IGNORECASE))
    for measure, words in (
        (Measure.DOSE_LIMITING, r"dose[- ]limiting|\bDLTs?\b|maximum[- ]tolerated|\bMTD\b"),
        (Measure.ADVERSE_EVENTS, r"adverse (?:event|reaction)|toxicit|safety|tolerab|side effect"),
        (Measure.SURVIVAL, r"\boverall survival\b|^OS\b|\bmortality\b"),
        (Measure.GENERIC_RESPONSE, r"respon|remission|\bORR\b|success|cure|clearance rate|\bCR\b"),
    )
)
_POPULATIONS = {
    Measure.DOSE_LIMITING: "evaluable-dose-limiting",
    Measure.KINETICS: "infused",
}
_DAYS = re.compile(
    r"^\s*(?:(?:at|on|up to|within|through|until|to)\s+)?(?:(?P<unit>day|week)s?\s*(?P<a>\d{1,3})"
    r"|(?P<b>\d{1,3})\s*(?P<after>day|week)s?)\.?(?:\s*(?:after|post|from)\b.*)?\s*$",
    re.IGNORECASE,
)
_ASKED_UP_TO = 6


def draft_outcomes(
    study: Study, notebook: Notebook, *, cells: bool, aml: bool, early: bool
) -> tuple[OutcomePart, ...]:
    """The outcomes of the draft; `aml` and `cells` choose the proposals where there are none."""
    registered = study.protocol.outcomes
    groups = (
        ("PRIMARY", "primaryOutcomes", registered.primary_outcomes),
        ("SECONDARY", "secondaryOutcomes", registered.secondary_outcomes),
        ("OTHER_PRE_SPECIFIED", "otherOutcomes", registered.other_outcomes),
    )
    if not registered.primary_outcomes:
        proposals = tuple(_proposals(cells=cells, aml=aml, early=early))
        notebook.ask(
            "outcomes",
            "outcomes_missing",
            who="statistician",
            source=in_record("outcomesModule.primaryOutcomes"),
            choices=[Option("proposed", "outcomes_proposed"), Option("other", "as_in_document")],
            assumed="proposed",
            titles="; ".join(one.title for one in proposals),
        )
    else:
        proposals = ()
    taken = [one.id for one in proposals]
    found = list(proposals)
    for kind, path, outcomes in groups:
        found += _registered(notebook, kind, path, outcomes, taken)
    return tuple(found)


def _registered(
    notebook: Notebook, kind: str, path: str, outcomes: Sequence[Outcome], taken: list[str]
) -> Iterator[OutcomePart]:
    for number, one in enumerate(outcomes):
        title = one.measure or f"{kind.lower()} outcome {number + 1}"
        code = code_of(title, taken)
        taken.append(code)
        source = Source(
            Origin.RECORD,
            f"outcomesModule.{path}[{number}].measure",
            (0, len(one.measure or "")),
            one.measure or "",
        )
        guess = measure_of(title)
        yield OutcomePart(
            id=code,
            type=kind,
            title=title,
            measure=_measure(notebook, kind, number, code, title, guess, source),
            population=_POPULATIONS.get(guess, "started"),
            day=day_of(one.time_frame or ""),
            time_frame=one.time_frame or "",
            method=one.description or "",
            source=source,
        )


def _measure(
    notebook: Notebook,
    kind: str,
    number: int,
    code: str,
    title: str,
    guess: Measure,
    source: Source,
) -> str | Asked:
    """A primary outcome's measure is asked; words of another one only help where they are plain."""
    if kind != "PRIMARY" or number >= _ASKED_UP_TO:
        plain = {Measure.ADVERSE_EVENTS, Measure.SURVIVAL}
        return guess.value if guess in plain else Measure.OTHER.value
    wanted = [guess, *(one for one in Measure if one is not guess)]
    return notebook.ask(
        f"measure-{code}",
        "measure",
        who="statistician",
        source=source,
        choices=[Option(one.value, f"measure_{one.value.replace('-', '_')}") for one in wanted],
        assumed=guess.value,
        title=title,
    )


def measure_of(title: str) -> Measure:
    """The measure that a title's words suggest."""
    return next((one for one, words in _MEASURES if words.search(title)), Measure.OTHER)


def day_of(time_frame: str) -> int | None:
    """The one study day that a time frame names; None where it names none or several.

    >>> day_of("12 weeks"), day_of("Day 28"), day_of("6 months"), day_of("Weeks 4 and 8")
    (84, 28, None, None)
    """
    match = _DAYS.match(time_frame)
    if match is None:
        return None
    number = int(match["a"] or match["b"])
    unit = (match["unit"] or match["after"]).lower()
    return number * (7 if unit == "week" else 1)


def _proposals(*, cells: bool, aml: bool, early: bool) -> Iterator[OutcomePart]:
    if early or cells:
        yield _proposed("dose-limiting", "PRIMARY", Measure.DOSE_LIMITING, None)
    yield _proposed(
        "adverse-events", "SECONDARY" if early or cells else "PRIMARY", Measure.ADVERSE_EVENTS, None
    )
    if aml:
        yield _proposed("response", "SECONDARY", Measure.RESPONSE, 28)
        yield _proposed("mrd-conversion", "SECONDARY", Measure.MRD_CONVERSION, 28)
    else:
        yield _proposed("response", "SECONDARY", Measure.GENERIC_RESPONSE, 28)
    if cells and aml:
        yield _proposed("kinetics", "SECONDARY", Measure.KINETICS, 28)
    yield _proposed("survival", "SECONDARY", Measure.SURVIVAL, None)


def _proposed(code: str, kind: str, measure: Measure, day: int | None) -> OutcomePart:
    key = measure.value.replace("-", "_")
    return OutcomePart(
        id=code,
        type=kind,
        title=say(f"protocol.outcome_{key}"),
        measure=measure.value,
        population=_POPULATIONS.get(measure, "started"),
        day=day,
        time_frame=say(f"protocol.frame_{key}"),
        method=say(f"protocol.method_{key}"),
        source=ASSUMED,
    )
