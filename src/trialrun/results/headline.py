"""The first screen: the numbers and sentences that a clinician reads before anything else."""

from __future__ import annotations

from fractions import Fraction

from trialrun.analysis.estimate import Method, count
from trialrun.analysis.exact import Sides, clopper_pearson
from trialrun.analysis.sets import SetName
from trialrun.protocol.model import Measure
from trialrun.results.analysed import Analysed
from trialrun.results.cell import Count, Part, Range, Rate, Time
from trialrun.results.printing import percent
from trialrun.results.section import Prose, Tile, Tone
from trialrun.results.shell import has_cells, started_words
from trialrun.results.words import Words, counted, joined, listed, literal, words

# A one-sided 95 % upper limit; the true rate that is used to say what a small trial misses.
_EXAMPLE_RATE = Fraction(1, 10)


def tiles(results: Analysed) -> tuple[Tile, ...]:
    """The headline numbers, those that the protocol asks for."""
    whole, protocol = results.whole, results.cutoff.protocol
    course = whole.course
    shown = [
        Tile(
            title=words("report.enrolled"),
            cell=Count(course.enrolled),
            about=words(
                "report.tile_enrolled",
                target=protocol.enrolment.target,
                registered=results.screening.registered.value,
            ),
        ),
        Tile(title=started_words(protocol), cell=Part(course.started, course.enrolled)),
    ]
    if has_cells(protocol) and course.infusions:
        shown[1] = Tile(
            title=words("report.infused"),
            cell=Part(course.infusions[0], course.started),
            about=words(
                "report.tile_infused",
                n=course.infusions[-1].value,
                all=len(course.infusions),
                started=course.started.value,
            ),
        )
    if whole.limiting is not None:
        shown.append(
            Tile(
                title=words("report.dose_limiting"),
                cell=Rate(whole.limiting),
                about=_pending(results),
            )
        )
    shown.append(_serious_tile(results))
    for outcome in results.responses:
        found = whole.responses[outcome.id]
        about = None
        if found.pending.value:
            about = words("report.tile_pending", n=found.pending.value)
        elif not found.share.among.value:
            about = words("report.tile_nobody")
        shown.append(Tile(title=literal(outcome.title), cell=Rate(found.share), about=about))
    shown += _kinetics_tiles(results)
    if any(outcome.measure is Measure.SURVIVAL for outcome in protocol.outcomes):
        shown.append(
            Tile(
                title=words("report.median_survival"),
                cell=Time(whole.survival.median),
                about=counted("report.tile_survival", whole.survival.deaths.value),
            )
        )
    return tuple(shown)


def _serious_tile(results: Analysed) -> Tile:
    serious = [harm.found for harm in results.whole.harms.harms if harm.event.serious]
    affected = count(serious, Method("affected"))
    deaths = results.whole.harms.deaths.value
    return Tile(
        title=words("report.serious_events"),
        cell=Part(affected, results.whole.harms.at_risk),
        about=words(
            "report.tile_serious",
            events=counted("report.tile_events", len(serious)),
            deaths=counted("report.tile_deaths_any", deaths),
        ),
    )


def _pending(results: Analysed) -> Words | None:
    """How many are still in the dose-limiting window, or left it early."""
    evaluable = results.sets[SetName.EVALUABLE_DLT]
    pending = sum(one.reason == "pending" for one in evaluable.left_out)
    left = len(evaluable.left_out) - pending
    parts = [words("report.tile_window_pending", n=pending)] if pending else []
    if left:
        parts.append(words("report.tile_window_left", n=left))
    return joined(tuple(parts), "; ") if parts else None


def _kinetics_tiles(results: Analysed) -> list[Tile]:
    found = results.whole.kinetics
    if found is None:
        return []
    return [
        Tile(
            title=words("report.tile_nk_peak"),
            cell=Range(found.peak),
            about=words("report.tile_nk_unit"),
        ),
        Tile(
            title=words("report.tile_nk_last"),
            cell=Range(found.last_found, decimals=1),
            about=words("report.tile_nk_days"),
        ),
    ]


# --- sentences -------------------------------------------------------------------------------


def cautions(results: Analysed) -> tuple[Prose, ...]:
    """What so small a trial cannot show, and what a single arm cannot."""
    protocol = results.cutoff.protocol
    shown = [Prose(cannot_show(results), Tone.CAUTION)]
    if len(protocol.arms) <= 1:
        others = [
            protocol.intervention(item.intervention).name
            for item in protocol.regimen
            if item.id not in {cell.id for cell in results.cutoff.cell_items}
        ]
        names = listed(tuple(literal(name) for name in dict.fromkeys(others)))
        if has_cells(protocol) and others:
            shown.append(Prose(words("report.single_arm_cells", others=names), Tone.CAUTION))
        else:
            shown.append(Prose(words("report.single_arm"), Tone.CAUTION))
    return tuple(shown)


def cannot_show(results: Analysed) -> Words:
    """The rates that the number treated can exclude, were there no event, and what it misses."""
    n = results.whole.course.started.value
    if n == 0:
        return words("report.cannot_show_nobody")
    upper = clopper_pearson(0, n, sides=Sides.UPPER).upper
    missed = (1 - _EXAMPLE_RATE) ** n
    return words(
        "report.cannot_show", n=n, upper=percent(upper), missed=percent(missed), rate=1,
        of=_EXAMPLE_RATE.denominator,
    )  # fmt: skip
