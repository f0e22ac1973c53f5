"""Listings: what ten participants deserve beside every summary, one line each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trialrun.analysis.baseline_value import baseline_fact
from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.disease import disease_before
from trialrun.analysis.dose_limiting import Standing, Window, window
from trialrun.analysis.ending import Ending, Status, death, ending
from trialrun.analysis.estimate import Found, Method, Traced, traced
from trialrun.analysis.harms import Harm
from trialrun.analysis.kinetics import ParticipantKinetics
from trialrun.assess.kinetics import Status as Seen
from trialrun.ledger.state import Participant
from trialrun.results.analysed import Analysed
from trialrun.results.cell import Cell, Nothing, Number, Said
from trialrun.results.printing import NARROW, places, significant
from trialrun.results.shell import has_cells
from trialrun.results.words import Words, literal, value_words, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list with one line for each thing that happened or each participant."""

    id: str
    title: Words
    columns: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Words | None = None


def _on(found: Found, value: Any = None, method: str = "as_recorded") -> Traced[Any]:
    return traced(value, [found], Method(method))


def _said(text: str | Words, found: Found, method: str = "as_recorded") -> Cell:
    said = literal(text) if isinstance(text, str) else text
    return Said(said, _on(found, None, method)) if said.en else Nothing()


def _day(value: int | None, found: Found) -> Cell:
    return Nothing() if value is None else _said(str(value).replace("-", "−"), found, "study_day")


# --- participants ----------------------------------------------------------------------------


def participants_listing(results: Analysed) -> Listing:
    """Everybody enrolled: who they were, what they received, how they stand."""
    cutoff = results.cutoff
    diseases = any(one.variable == "disease" for one in results.whole.baseline)
    arms = len(cutoff.protocol.arms) > 1
    cells = has_cells(cutoff.protocol)
    columns = [words("report.participant")]
    if arms:
        columns.append(words("report.arm"))
    columns += [words("report.age_sex")]
    if diseases:
        columns.append(words("report.disease_before"))
    columns.append(words("report.infusions" if cells else "report.administrations"))
    columns += [words("report.best"), words("report.status"), words("report.last_day")]
    rows = [
        tuple(_participant(results, who, arms=arms, diseases=diseases, cells=cells))
        for who in cutoff.state.enrolled
    ]
    return Listing(
        id="participants", title=words("report.listing_participants"),
        columns=tuple(columns), rows=tuple(rows), note=words("report.note_listing_participants"),
    )  # fmt: skip


def _participant(
    results: Analysed, who: Participant, *, arms: bool, diseases: bool, cells: bool
) -> Iterable[Cell]:
    cutoff = results.cutoff
    assert who.enrolled is not None
    enrolled = Found(who.code, who.enrolled.entries)
    yield _said(who.code, enrolled)
    if arms:
        titles = {arm.id: arm.title for arm in cutoff.protocol.arms}
        yield _said(titles.get(who.enrolled.event.arm, who.enrolled.event.arm), enrolled)
    yield _age_sex(cutoff, who)
    if diseases:
        before = disease_before(cutoff, who)
        key = before.disease.value.replace(" ", "_").replace("-", "_")
        yield _said(words(f"analysis.disease_{key}"), before.found or enrolled, "disease_before")
    given = cutoff.infusions(who) if cells else tuple(who.administrations.values())
    entries = tuple(entry for one in given for entry in one.entries)
    yield _said(str(len(given)), Found(who.code, entries or enrolled.entries), "administrations")
    yield _best(results, who)
    end = ending(who)
    yield _said(_status(end), end.found, "as_recorded")
    yield _day(cutoff.study_date(who, end.at or cutoff.at), end.found)


def _age_sex(cutoff: Cutoff, who: Participant) -> Cell:
    age, sex = baseline_fact(cutoff, who, "age"), baseline_fact(cutoff, who, "sex")
    known = [kept for kept in (age, sex) if kept is not None]
    parts = [literal(age.event.fact.comparator + age.event.fact.value)] if age else []
    if sex:
        parts.append(value_words("sex", sex.event.fact.value))
    text = Words(*(", ".join(getattr(one, tongue) for one in parts) for tongue in ("en", "zh")))
    entries = tuple(entry for kept in known for entry in kept.entries)
    return _said(text, Found(who.code, entries), "baseline_value")


def _best(results: Analysed, who: Participant) -> Cell:
    for responses in results.whole.responses.values():
        for one in responses.participants:
            if one.found.participant == who.code:
                if one.category:
                    mrd = words(f"report.mrd_{one.mrd.replace(' ', '_')}") if one.mrd else None
                    said = literal(one.category)
                    both = said if mrd is None else words("report.best_mrd", best=said, mrd=mrd)
                    return _said(both, one.found, "best_response")
                return _said(words(f"analysis.nonresponse_{one.reason}"), one.found)
    return Nothing()


def _status(end: Ending) -> Words:
    if end.status is Status.NOT_COMPLETED and end.reason is not None:
        return words(f"report.reason_{end.reason.name}")
    return words(f"report.status_{end.status.name}")


# --- dose-limiting window --------------------------------------------------------------------


def window_listing(results: Analysed) -> Listing:
    """Where everybody who started stands in the dose-limiting window."""
    cutoff = results.cutoff
    rows = []
    for one in results.whole.started:
        own = window(cutoff, cutoff.state.participants[one.participant])
        if own is None:
            continue
        terms = ", ".join(f"{kept.event.term} ({kept.event.grade})" for kept in own.events)
        rows.append(
            (
                _said(one.participant, one),
                _said(own.opens.isoformat(), own.found, "window"),
                _closes(own),
                _said(words(f"report.standing_{own.standing.name}"), own.found, "window"),
                _said(terms, own.found) if terms else Nothing(),
            )
        )  # fmt: skip
    return Listing(
        id="windows", title=words("report.listing_windows"),
        columns=tuple(words(f"report.{name}") for name in (
            "participant", "window_opens", "window_closes", "standing", "events_grade")),
        rows=tuple(rows),
    )  # fmt: skip


def _closes(own: Window) -> Cell:
    """The last day of the window; while it moves, that; nothing for one that never ends."""
    if own.closes is not None:
        return _said(own.closes.isoformat(), own.found, "window")
    if own.standing is Standing.PENDING:
        return _said(words("report.window_open"), own.found, "window")
    return Nothing()


# --- harms -----------------------------------------------------------------------------------


def serious_listing(results: Analysed) -> Listing:
    """Serious and dose-limiting events, and those of grade 5, in order of entry."""
    shown = [
        harm
        for harm in results.whole.harms.harms
        if harm.event.serious or harm.event.dose_limiting or harm.worst == 5
    ]
    return Listing(
        id="serious", title=words("report.listing_serious"),
        columns=tuple(words(f"report.{name}") for name in (
            "participant", "event", "worst_grade", "onset_day", "end_day", "related_to", "why",
            "outcome")),
        rows=tuple(_harm(results.cutoff, harm) for harm in shown),
    )  # fmt: skip


def _harm(cutoff: Cutoff, harm: Harm) -> tuple[Cell, ...]:
    who = cutoff.state.participants[harm.participant]
    event, found = harm.event, harm.found
    names = {one.id: one.name for one in cutoff.protocol.interventions}
    related = ", ".join(
        names.get(one.intervention, one.intervention) for one in event.causality if one.related
    )
    why = [words("report.is_serious")] if event.serious else []
    if event.dose_limiting:
        why.append(words("report.is_limiting"))
    reason = Words(*(", ".join(getattr(one, tongue) for one in why) for tongue in ("en", "zh")))
    return (
        _said(harm.participant, found),
        _said(event.term, found),
        _said(str(harm.worst), found, "worst_grade"),
        _day(cutoff.study_date(who, event.onset), found),
        _day(cutoff.study_date(who, event.ended) if event.ended else None, found),
        _said(related or words("report.not_related"), found),
        _said(reason, found),
        _said(event.outcome, found),
    )


def deaths_listing(results: Analysed) -> Listing:
    """Every death among the enrolled."""
    cutoff = results.cutoff
    rows = []
    for who in cutoff.state.enrolled:
        dead = death(who)
        if dead is not None:
            rows.append(
                (
                    _said(who.code, dead.found),
                    _day(cutoff.study_date(who, dead.at), dead.found),
                    _said(dead.cause, dead.found),
                    _said(words("common.yes" if dead.related else "common.no"), dead.found),
                )
            )
    return Listing(
        id="deaths", title=words("report.listing_deaths"),
        columns=tuple(words(f"report.{name}") for name in (
            "participant", "study_day", "cause", "death_related")),
        rows=tuple(rows),
    )  # fmt: skip


# --- kinetics --------------------------------------------------------------------------------


def kinetics_listing(results: Analysed) -> Listing:
    """Peak, area, half-life and persistence of each participant."""
    found = results.whole.kinetics
    return Listing(
        id="nk", title=words("report.listing_kinetics"),
        columns=tuple(words(f"report.{name}") for name in (
            "participant", "nk_peak", "nk_peak_day", "nk_area", "nk_half_life",
            "nk_persistence", "nk_samples")),
        rows=tuple(_kinetics(one) for one in found.participants) if found else (),
        note=words("report.note_listing_kinetics"),
    )  # fmt: skip


def _kinetics(one: ParticipantKinetics) -> tuple[Cell, ...]:
    def number(value: Decimal | None, decimals: int | None, method: str) -> Cell:
        return Number(_on(one.found, value, method), decimals)

    limit = one.highest_limit
    never = one.peak.status is Seen.NEVER_QUANTIFIED and limit is not None
    peak = (
        _said(f"<{NARROW}{significant(limit)}", one.found, "nk_peak")
        if never and limit is not None
        else number(one.peak.level, None, "nk_peak")
    )
    area = one.whole_area
    return (
        _said(one.participant, one.found),
        peak,
        Nothing() if never else number(one.peak.day, 1, "nk_peak_day"),
        number(area, None, "nk_area"),
        number(one.terminal.half_life, 1, "nk_half_life"),
        _said(_persistence(one), one.found, "nk_persistence"),
        _said(str(sum(sample.counts for sample in one.samples)), one.found),
    )


def _persistence(one: ParticipantKinetics) -> Words:
    seen = one.persistence
    last = "0" if seen.last_found is None else places(seen.last_found, 1)
    if seen.first_lost is not None:
        return words("report.lost_between", after=last, by=places(seen.first_lost, 1))
    return words("report.still_found", after=last)


# --- deviations ------------------------------------------------------------------------------


def deviations_listing(results: Analysed) -> Listing:
    """Deviations from the protocol, of participants and of the study, in order of entry."""
    state = results.cutoff.state
    kept = [one for who in state.participants.values() for one in who.deviations.values()]
    kept += list(state.deviations.values())
    rows = []
    for one in sorted(kept, key=lambda one: one.entry):
        found = Found(one.event.participant or state.study, one.entries)
        rows.append(
            (
                _said(one.event.participant or words("report.the_study"), found),
                _said(one.at.text[:10], found),
                _said(one.event.category, found),
                _said(words("common.yes" if one.event.important else "common.no"), found),
                _said(one.event.note, found) if one.event.note else Nothing(),
            )
        )
    return Listing(
        id="deviations", title=words("report.listing_deviations"),
        columns=tuple(words(f"report.{name}") for name in (
            "participant", "date", "category", "important", "what")),
        rows=tuple(rows),
    )  # fmt: skip
