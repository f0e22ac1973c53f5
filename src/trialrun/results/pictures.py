"""The figures of the report, each from the same results as its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Context, Decimal

from trialrun.analysis.baseline_value import canonical
from trialrun.analysis.ending import Status, death, ending, last_known_alive
from trialrun.analysis.kinetics import quantified_levels
from trialrun.analysis.sets import SetName
from trialrun.analysis.survival import Followed
from trialrun.ledger.state import Participant
from trialrun.results.analysed import Analysed
from trialrun.results.figures.blood_counts import Panel, blood_counts
from trialrun.results.figures.frame import Figure
from trialrun.results.figures.nk_kinetics import nk_curves
from trialrun.results.figures.survival_curve import Group, survival_curve
from trialrun.results.figures.swimmer import Happening, Lane, Mark, swimmer
from trialrun.results.figures.trajectory import Line, Reading, Trajectory
from trialrun.results.printing import unit
from trialrun.results.shell import group_title, has_cells
from trialrun.values.moment import Moment
from trialrun.vocabulary.table import variable
from trialrun.wording.catalogue import Locale, say

_EXACTLY = Context(prec=12)
# Counts that are drawn, with the levels that matter: CTCAE 5.0 grade 4 begins below these.
COUNTS = (("anc", Decimal("0.5")), ("platelets", Decimal(25)))
_GROUPS = ("responded", "not_responded", "no_endpoint")
_TRANSPLANTS = ("hsct", "transplant", "hct")
_GOOD = {"CR", "CRh", "CRi", "response"}
_LOST = {"NR", "PR", "relapse"}


def kinetics_picture(results: Analysed, locale: Locale) -> Figure | None:
    """Donor NK cells of each participant, coloured by response; None without kinetics."""
    found = results.whole.kinetics
    if found is None or not found.participants:
        return None
    curves = []
    for one in found.participants:
        readings = tuple(
            Reading(day=_short(day), value=_short(level), below=below)
            for day, level, below in quantified_levels(one)
        )
        if readings:
            group = _response_word(results, one.participant, locale)
            curves.append(Trajectory(participant=one.participant, readings=readings, group=group))
    if not curves:
        return None
    order = [say(f"report.{name}", locale) for name in _GROUPS]
    curves.sort(key=lambda one: (order.index(one.group) if one.group else 0, one.participant))
    return nk_curves(
        curves,
        infusions=_infusion_days(results),
        simulated=results.cutoff.state.rehearsal,
        locale=locale,
    )


def _short(value: Decimal) -> Decimal:
    """Enough digits for a picture and its table."""
    return _EXACTLY.create_decimal(value).quantize(Decimal(1).scaleb(min(value.adjusted(), 0) - 2))


def _response_word(results: Analysed, code: str, locale: Locale) -> str:
    """Whether somebody responded, by the first outcome that is about them."""
    for outcome in results.responses:
        for one in results.whole.responses[outcome.id].participants:
            if one.found.participant == code:
                return say("report.responded" if one.achieved else "report.not_responded", locale)
    return say("report.no_endpoint", locale) if results.responses else ""


def _infusion_days(results: Analysed) -> tuple[Decimal, ...]:
    """The planned days of infusion, counted from the first one."""
    days = sorted({day for item in results.cutoff.cell_items for day in item.days})
    return tuple(Decimal(day - days[0]) for day in days)


# --- counts ----------------------------------------------------------------------------------


def counts_picture(results: Analysed, locale: Locale) -> Figure | None:
    """Neutrophils and platelets of those who started; None where nothing was counted."""
    panels = []
    for name, level in COUNTS:
        row = variable(name)
        curves = [
            curve
            for one in results.whole.started
            if (curve := _counts(results, results.cutoff.state.participants[one.participant], name))
        ]
        if curves:
            mark = Line(value=level, text=say("report.grade_4", locale))
            code = unit(row.unit.code if row.unit else None, locale)
            panels.append(
                Panel(
                    title=f"{row.label(locale)}, {code}", trajectories=tuple(curves), lines=(mark,)
                )
            )
    if not panels:
        return None
    return blood_counts(
        panels,
        infusions=_infusion_days(results) if has_cells(results.cutoff.protocol) else (),
        simulated=results.cutoff.state.rehearsal,
        locale=locale,
    )


def _counts(results: Analysed, who: Participant, name: str) -> Trajectory | None:
    readings = []
    for kept in who.values(name):
        day = results.cutoff.study_day(who, kept.event.fact.at)
        number = canonical(kept)
        if day is not None and number is not None and number > 0:
            value = Decimal(number.numerator) / number.denominator
            readings.append(Reading(day=_short(day), value=_short(value)))
    if len(readings) < 2:
        return None
    return Trajectory(participant=who.code, readings=tuple(readings))


# --- courses ---------------------------------------------------------------------------------


def swimmer_picture(results: Analysed, locale: Locale) -> Figure | None:
    """A lane for each participant who started, the longest one on top."""
    lanes = [
        _lane(results, results.cutoff.state.participants[one.participant])
        for one in results.whole.started
    ]
    if not lanes:
        return None
    lanes.sort(key=lambda lane: (lane.start - lane.end, lane.participant))
    cells = has_cells(results.cutoff.protocol)
    words = {Happening.INFUSION: say(f"report.mark_{'infusion' if cells else 'dose'}", locale)}
    return swimmer(
        lanes,
        words=words,
        day_words=say("report.study_day_zero" if cells else "report.study_day", locale),
        simulated=results.cutoff.state.rehearsal,
        locale=locale,
    )


def _lane(results: Analysed, who: Participant) -> Lane:
    cutoff = results.cutoff

    def day(moment: Moment) -> Decimal:
        return Decimal(cutoff.study_date(who, moment) or 0)

    cells = {item.id for item in cutoff.cell_items}
    given = sorted(who.administrations.values(), key=lambda one: one.entry)
    before = [one for one in given if cells and one.event.item not in cells]
    marked = [one for one in given if not cells or one.event.item in cells]
    marks = [Mark(day=day(one.event.started_at), kind=Happening.INFUSION) for one in marked]
    marks += _outcomes(results, who, day)
    dead = death(who)
    if dead is not None:
        marks.append(Mark(day=day(dead.at), kind=Happening.DEATH))
    end = dead.at if dead is not None else last_known_alive(who)[0]
    ongoing = ending(who).status is Status.ONGOING and dead is None
    first = cutoff.first_dose(who)
    assert first is not None  # only those who started have a lane
    return Lane(
        participant=who.code,
        start=day(first.event.started_at),
        end=max(day(end), day(first.event.started_at) + 1),
        marks=tuple(marks),
        lymphodepletion=_stretch([day(one.event.started_at) for one in before]),
        ongoing=ongoing,
    )


def _stretch(days: list[Decimal]) -> tuple[tuple[Decimal, Decimal], ...]:
    return ((min(days), max(days) + 1),) if days else ()


def _outcomes(
    results: Analysed, who: Participant, day: Callable[[Moment], Decimal]
) -> Iterator[Mark]:
    """First remission (or MRD conversion of somebody in remission), relapse, and transplants."""
    mrd = results.sets.get(SetName.EVALUABLE_MRD)
    in_remission = mrd is not None and who.code in mrd.codes
    responses = sorted(who.responses.values(), key=lambda one: one.event.assessed_at.order())
    responded = False
    for one in responses:
        event = one.event
        lost = event.category in _LOST
        good = event.mrd == "negative" and not lost if in_remission else event.category in _GOOD
        if good and not responded:
            word = "MRD−" if in_remission else event.category
            yield Mark(day=day(event.assessed_at), kind=Happening.RESPONSE, word=word)
        elif lost and (responded or in_remission):
            yield Mark(day=day(event.assessed_at), kind=Happening.RELAPSE, word=event.category)
        responded = good or (responded and not lost)
    for therapy in who.subsequent:
        name = therapy.event.therapy
        if any(word in name.lower() for word in _TRANSPLANTS):
            yield Mark(day=day(therapy.event.started_at), kind=Happening.TRANSPLANT, word=name)


# --- survival --------------------------------------------------------------------------------


def survival_picture(results: Analysed, locale: Locale) -> Figure | None:
    """Survival of those who started, by arm; None of nobody."""
    arms = [one for one in results.groups if not one.group.total] or [results.whole]
    groups = [
        Group(
            name=group_title(one.group).said(locale) if len(arms) > 1 else "",
            participants=tuple(
                Followed(Decimal(who.days), who.died) for who in one.survival.participants
            ),
            curve=one.survival.curve.value,
        )
        for one in arms
        if one.survival.participants
    ]
    if not groups or len(groups) > 4:
        return None
    return survival_curve(
        groups,
        title=say("report.table_survival", locale),
        what=say("report.alive", locale),
        day_words=say("report.days_from_start", locale),
        simulated=results.cutoff.state.rehearsal,
        locale=locale,
    )
