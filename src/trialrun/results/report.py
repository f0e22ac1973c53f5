"""The report of a trial at a data cut-off, put together: sections in the order of reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.ledger.entry import Entry
from trialrun.protocol.model import Measure
from trialrun.protocol.parts import QuestionPart
from trialrun.results.analysed import Analysed
from trialrun.results.figures.frame import Figure
from trialrun.results.flow_picture import flow_picture
from trialrun.results.flow_tables import (
    baseline_table,
    criteria_table,
    flow_table,
    screening_table,
    sets_table,
)
from trialrun.results.headline import cautions, tiles
from trialrun.results.listing import (
    deaths_listing,
    deviations_listing,
    kinetics_listing,
    participants_listing,
    serious_listing,
    window_listing,
)
from trialrun.results.outcome_tables import kinetics_table, response_table, survival_table
from trialrun.results.pictures import (
    counts_picture,
    kinetics_picture,
    survival_picture,
    swimmer_picture,
)
from trialrun.results.provenance import (
    approval_blocks,
    ledger_blocks,
    question_blocks,
    registry_blocks,
)
from trialrun.results.section import Block, Facts, Folded, Prose, Section, Tiles, Tone
from trialrun.results.treatment_tables import exposure_table, harms_table, safety_table
from trialrun.results.words import literal, words
from trialrun.wording.catalogue import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What one report is made of: the results, the entries they were read from, the questions."""

    results: Analysed
    entries: tuple[Entry, ...]
    questions: tuple[QuestionPart, ...]
    software: str

    @property
    def simulated(self) -> bool:
        """Whether the participants are simulated."""
        return self.results.cutoff.state.rehearsal


def sections(edition: Edition, locale: Locale) -> tuple[Section, ...]:
    """All sections; figures are drawn in the language of the page."""
    results = edition.results
    parts: list[Section | None] = [
        _summary(edition),
        _flow(results, locale),
        _section("sets", [sets_table(results)]),
        _section(
            "baseline",
            [baseline_table(results), Folded(words("report.listing_participants"),
                                             participants_listing(results))],
        ),
        _section("exposure", [exposure_table(results)]),
        _safety(results),
        _response(results),
        _kinetics(results, locale),
        _courses(results, locale),
        _survival(results, locale),
        _others(results),
        _section("questions", question_blocks(edition.results, edition.questions)),
        _section("deviations", _deviations(results)),
        _section("registry", registry_blocks(results)),
        _section("protocol", approval_blocks(results)),
        _section("ledger", ledger_blocks(results, edition.entries, edition.software)),
    ]  # fmt: skip
    return tuple(part for part in parts if part is not None)


def _section(code: str, blocks: Sequence[Block | None]) -> Section:
    return Section(
        id=code,
        title=words(f"report.section_{code}"),
        blocks=tuple(block for block in blocks if block is not None),
    )


def _summary(edition: Edition) -> Section:
    results = edition.results
    opening = []
    if edition.simulated:
        opening.append(Prose(words("report.simulated_means"), Tone.TEXT))
    if results.cutoff.state.suspended is not None:
        reason = literal(results.cutoff.state.suspended.reason)
        opening.append(Prose(words("report.suspended_now", reason=reason), Tone.CAUTION))
    opens = Prose(words("report.numbers_open"), Tone.NOTE)
    return _section("summary", [*opening, Tiles(tiles(results)), *cautions(results), opens])


def _flow(results: Analysed, locale: Locale) -> Section:
    blocks: list[Block | None] = [flow_picture(results, locale), screening_table(results)]
    if results.screening.failing:
        blocks.append(criteria_table(results))
    return _section("flow", [*blocks, flow_table(results)])


def _safety(results: Analysed) -> Section:
    blocks: list[Block | None] = [safety_table(results)]
    if results.cutoff.protocol.safety is not None:
        definition = literal(results.cutoff.protocol.safety.definition)
        blocks.append(Prose(words("report.limiting_means", words=definition), Tone.NOTE))
        if results.whole.started:
            blocks.append(window_listing(results))
    if results.whole.harms.harms:
        blocks.append(harms_table(results))
        serious = serious_listing(results)
        blocks.append(serious if serious.rows else Prose(words("report.no_serious"), Tone.NOTE))
    else:
        blocks.append(Prose(words("report.no_harms"), Tone.NOTE))
    deaths = deaths_listing(results)
    return _section("safety", [*blocks, deaths if deaths.rows else None])


def _response(results: Analysed) -> Section | None:
    if not results.responses:
        return None
    return _section("response", [response_table(results, one) for one in results.responses])


def _kinetics(results: Analysed, locale: Locale) -> Section | None:
    if results.whole.kinetics is None:
        return None
    blocks: list[Block | None] = [kinetics_picture(results, locale), kinetics_table(results)]
    if results.whole.kinetics.participants:
        blocks.append(kinetics_listing(results))
    return _section("kinetics", blocks)


def _courses(results: Analysed, locale: Locale) -> Section | None:
    drawn: list[Figure | None] = [
        swimmer_picture(results, locale),
        counts_picture(results, locale),
    ]
    return _section("courses", drawn) if any(drawn) else None


def _survival(results: Analysed, locale: Locale) -> Section | None:
    asked = any(one.measure is Measure.SURVIVAL for one in results.cutoff.protocol.outcomes)
    if not asked and not results.whole.survival.deaths.value:
        return None
    return _section("survival", [survival_picture(results, locale), survival_table(results)])


def _others(results: Analysed) -> Section | None:
    """Outcomes that no estimator computes: listed, and left to a person."""
    others = [one for one in results.cutoff.protocol.outcomes if one.measure is Measure.OTHER]
    if not others:
        return None
    pairs = tuple(
        (literal(one.title), words("report.other_outcome", time=literal(one.time_frame)))
        for one in others
    )
    return _section("others", [Prose(words("report.others_mean"), Tone.NOTE), Facts(pairs)])


def _deviations(results: Analysed) -> list[Block | None]:
    found = deviations_listing(results)
    return [found if found.rows else Prose(words("report.no_deviations"), Tone.NOTE)]
