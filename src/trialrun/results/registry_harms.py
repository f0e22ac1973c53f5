"""The registry's adverse events module; "other" lists every term, so its totals count all of them.

At risk: for deaths the enrolled, for events those who started treatment.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.analysis.ending import death
from trialrun.analysis.estimate import Found, Method, Traced, count, traced
from trialrun.analysis.harms import Harm
from trialrun.assess.ctcae import registry_soc
from trialrun.record.results_section import (
    AdverseEvent,
    AdverseEventsModule,
    EventGroup,
    EventStats,
)
from trialrun.results.analysed import Analysed, GroupResults
from trialrun.results.registry_groups import arms, cut, description, ids, titles
from trialrun.results.traced_text import count_of
from trialrun.wording.catalogue import say

THRESHOLD = "0"  # every term is listed: a small trial hides nothing behind a percentage
_LONGEST_TERM = 100
_AFFECTED = Method("affected")


def adverse_events(results: Analysed) -> AdverseEventsModule:
    """Deaths, serious events and all other events of each arm."""
    groups = arms(results)
    codes = ids("EG", groups)
    return AdverseEventsModule(
        frequency_threshold=THRESHOLD,
        time_frame=_time_frame(results),
        description=_description(results),
        event_groups=tuple(
            _group(results, one, code, title)
            for code, title, one in zip(codes, titles(results), groups, strict=True)
        ),
        serious_events=_events(groups, codes, serious=True),
        other_events=_events(groups, codes, serious=False),
    )


def _time_frame(results: Analysed) -> str:
    longest = max((one.days for one in results.whole.survival.participants), default=0)
    return say("report.reg_time_frame", days=longest)


def _description(results: Analysed) -> str:
    words = say("analysis.affected")
    if not results.whole.started:
        words += " " + say("report.reg_nobody_at_risk")
    return words


def _group(results: Analysed, one: GroupResults, code: str, title: str) -> EventGroup:
    serious = [harm for harm in one.harms.harms if harm.event.serious]
    other = [harm for harm in one.harms.harms if not harm.event.serious]
    at_risk = count_of(one.harms.at_risk)
    return EventGroup(
        id=code,
        title=title,
        description=description(results, one.group),
        deaths_num_affected=count_of(_deaths(results, one)),
        deaths_num_at_risk=count_of(one.course.enrolled),
        serious_num_affected=count_of(_affected(serious)),
        serious_num_at_risk=at_risk,
        other_num_affected=count_of(_affected(other)),
        other_num_at_risk=at_risk,
    )


def _deaths(results: Analysed, one: GroupResults) -> Traced[int]:
    """Deaths among all enrolled, those before treatment included."""
    people = [results.cutoff.state.participants[found.participant] for found in one.enrolled]
    dead = [ended.found for who in people if (ended := death(who)) is not None]
    return count(dead, Method("deaths"))


def _affected(harms: Sequence[Harm]) -> Traced[int]:
    return count([harm.found for harm in harms], _AFFECTED)


def _events(
    groups: Sequence[GroupResults], codes: Sequence[str], *, serious: bool
) -> tuple[AdverseEvent, ...]:
    """A row for each class and term, classes and terms in the order of the alphabet."""
    rows: dict[tuple[str, str], list[tuple[str, Harm]]] = {}
    names: dict[tuple[str, str], str] = {}
    for code, one in zip(codes, groups, strict=True):
        for harm in one.harms.harms:
            if harm.event.serious is serious:
                soc, term = registry_soc(harm.event.soc), cut(harm.event.term, _LONGEST_TERM)
                key = (soc, term.casefold())
                names.setdefault(key, term)
                rows.setdefault(key, []).append((code, harm))
    at_risk = {code: one.harms.at_risk for code, one in zip(codes, groups, strict=True)}
    return tuple(
        AdverseEvent(
            term=names[key],
            organ_system=key[0],
            source_vocabulary=_vocabulary([harm for _, harm in found]),
            assessment_type=_assessment([harm for _, harm in found]),
            stats=tuple(
                _stats(code, [harm for of, harm in found if of == code], at_risk[code])
                for code in codes
            ),
        )
        for key, found in sorted(rows.items())
    )


def _vocabulary(harms: Sequence[Harm]) -> str:
    return ", ".join(sorted({harm.event.terminology for harm in harms}))


def _assessment(harms: Sequence[Harm]) -> str:
    systematic = all(harm.event.systematic for harm in harms)
    return "SYSTEMATIC_ASSESSMENT" if systematic else "NON_SYSTEMATIC_ASSESSMENT"


def _stats(code: str, harms: Sequence[Harm], at_risk: Traced[int]) -> EventStats:
    found = [Found(harm.participant, harm.entries) for harm in harms]
    return EventStats(
        group_id=code,
        num_events=count_of(traced(len(harms), found, Method("events"))),
        num_affected=count_of(count(found, _AFFECTED)),
        num_at_risk=count_of(at_risk),
    )
