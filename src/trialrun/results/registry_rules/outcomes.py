"""Rules O on what an outcome measure says: titles, units, time frames, reporting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialrun.record.model import Study
from trialrun.record.results_section import OutcomeMeasure
from trialrun.results.registry_rules.cells import COUNTS, analysed, decimal_of, measurements
from trialrun.results.registry_rules.rule import Level, Rule

_GENERIC = {"safety", "tolerability", "feasibility", "efficacy", "satisfaction",
            "safety and tolerability", "toxicity"}  # fmt: skip
_PLACEHOLDERS = {"", "number", "unit", "units", "n/a", "na", "none", "value", "not applicable"}
_TIMES = ("second", "minute", "hour", "day", "week", "month", "year", "visit", "cycle", "dose",
          "baseline", "hr", "h ", "wk", "mo", "yr")  # fmt: skip
_WHOLE_STUDY = re.compile(r"(study completion|end of study|throughout the study|duration of study)")
_TIME_TO = re.compile(r"\b(time to|overall survival|progression.free survival|median survival)\b")
_LIMITS = {"title": 255, "time frame": 255, "description": 1500}
_SPREADLESS = {None, "NA", "Not Applicable"}


def _each(study: Study) -> Iterator[tuple[str, OutcomeMeasure]]:
    for place, one in enumerate(study.results.outcome_measures.outcome_measures):
        yield f"{place + 1}: {(one.title or '')[:60]}", one


def posted(study: Study) -> Iterator[tuple[str, OutcomeMeasure]]:
    """The measures that give data."""
    for where, one in _each(study):
        if one.reporting_status == "POSTED":
            yield where, one


def primaries(study: Study) -> Iterator[str]:
    reported = [one.type for _, one in _each(study)]
    if "PRIMARY" not in reported:
        yield "no primary outcome"
    registered = study.protocol.outcomes
    for kind, planned in (
        ("PRIMARY", registered.primary_outcomes),
        ("SECONDARY", registered.secondary_outcomes),
    ):
        if planned and reported.count(kind) < len(planned):
            yield f"{kind}: {reported.count(kind)} of {len(planned)} registered"


def generic_titles(study: Study) -> Iterator[str]:
    for where, one in _each(study):
        if (one.title or "").strip().casefold().rstrip(".") in _GENERIC:
            yield where


def _unit(one: OutcomeMeasure) -> str:
    return (one.unit_of_measure or "").strip().casefold()


def participant_units(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        title = (one.title or "").casefold()
        asks = title.startswith(("number of participants", "number of patients"))
        if (
            asks
            and one.unit_of_measure
            and not re.search("participant|patient|subject", _unit(one))
        ):
            yield f"{where}: {one.unit_of_measure}"


def percent_units(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        asks = (one.title or "").casefold().startswith("percentage of")
        counted = one.param_type in COUNTS  # a count with its denominator gives the percentage
        if asks and one.unit_of_measure and not counted and not re.search("percent|%", _unit(one)):
            yield f"{where}: {one.unit_of_measure}"


def units(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        if not one.classes:
            continue
        unit = _unit(one)
        if unit in _PLACEHOLDERS or unit.isdigit() or len(unit) > 40:
            yield f"{where}: {one.unit_of_measure}"


def time_frames(study: Study) -> Iterator[str]:
    for where, one in _each(study):
        frame = (one.time_frame or "").strip()
        if not frame or frame.isdigit():
            yield f"{where}: {frame}"


def periods(study: Study) -> Iterator[str]:
    for where, one in _each(study):
        frame = f"{(one.time_frame or '').casefold()} "
        timed = any(word in frame for word in _TIMES)
        if not timed or (_WHOLE_STUDY.search(frame) and not any(c.isdigit() for c in frame)):
            yield f"{where}: {one.time_frame}"


def combinations(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        kind, spread = one.param_type, one.dispersion_type
        if kind is None:
            continue
        wrong = (
            (kind in COUNTS and spread not in _SPREADLESS)
            or (kind not in {*COUNTS, "NUMBER"} and spread in _SPREADLESS)
            or ("Coefficient" in (spread or "") and kind != "GEOMETRIC_MEAN")
        )
        if wrong:
            yield f"{where}: {kind}, {spread}"


def data_or_date(study: Study) -> Iterator[str]:
    for where, one in _each(study):
        if one.reporting_status == "NOT_POSTED" and not one.anticipated_posting_date:
            yield f"{where}: no anticipated date"
        if one.reporting_status == "POSTED" and not one.classes:
            counts = analysed(one.denoms)
            if counts is None or any(counts.values()):
                yield f"{where}: no data"


def time_units(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        timed = _TIME_TO.search((one.title or "").casefold())
        if not timed or one.param_type not in {"MEDIAN", "MEAN"} or not one.classes:
            continue
        if not any(word.strip() in _unit(one) for word in _TIMES):
            yield f"{where}: {one.unit_of_measure}"


def plausible(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        unit, title = _unit(one), (one.title or "").casefold()
        change = "change" in title or "difference" in title or "ratio" in title
        most = 100 if re.match(r"(percent(age)? of|% of)", unit) and not change else None
        most = 24 if re.fullmatch(r"hours?( per |/)day", unit) else most
        if most is None:
            continue
        for _, cell in measurements(one.classes):
            value = decimal_of(cell.value)
            if value is not None and not 0 <= value <= most:
                yield f"{where}: {cell.value} {one.unit_of_measure}"


def derivable_groups(study: Study) -> Iterator[str]:
    """More groups than the flow has, or other ones, without a word about who they are."""
    known = {(one.title or "").casefold() for one in study.results.participant_flow.groups}
    for where, one in posted(study):
        other = [group for group in one.groups if (group.title or "").casefold() not in known]
        if other and not one.population_description and not all(g.description for g in other):
            yield f"{where}: {other[0].title}"


def lengths(study: Study) -> Iterator[str]:
    for where, one in _each(study):
        texts = {"title": one.title, "time frame": one.time_frame, "description": one.description}
        for name, text in texts.items():
            # The API escapes brackets and the like; the limit is on what was typed.
            typed = re.sub(r"\\(.)", r"\1", text or "")
            if len(typed) > _LIMITS[name]:
                yield f"{where}: {name} has {len(typed)} characters"


RULES = (
    Rule("O1", Level.ERROR, "DED", primaries),
    Rule("O2", Level.WARNING, "PRS", generic_titles),
    Rule("O3", Level.ERROR, "PRS", participant_units),
    Rule("O4", Level.ERROR, "PRS", percent_units),
    Rule("O5", Level.ERROR, "PRS", units),
    Rule("O6", Level.ERROR, "PRS", time_frames),
    Rule("O7", Level.WARNING, "DED", periods),
    Rule("O8", Level.ERROR, "DED", combinations),
    Rule("O15", Level.ERROR, "DED", data_or_date),
    Rule("O16", Level.ERROR, "N11", time_units),
    Rule("O17", Level.WARNING, "N11", plausible),
    Rule("O18", Level.WARNING, "N11", derivable_groups),
    Rule("O20", Level.ERROR, "DED", lengths),
)
