"""One patient from outside, judged by the reference engine."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.placing import latest
from trialrun.criteria.site_limits import with_site_limits
from trialrun.criteria.verdict import Eligibility, judge
from trialrun.study.screening.opening import Screening
from trialrun.vocabulary.fact import Fact


def with_limits(screening: Screening, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts, with the site's limits where the laboratory printed none."""
    sex = latest([fact for fact in facts if fact.variable == "sex"])
    return with_site_limits(facts, screening.limits, None if sex is None else sex.value)


def all_later(screening: Screening, facts: Sequence[Fact]) -> bool:
    """Whether all that is known lies after the moment that is asked about: likely a slip."""
    return bool(facts) and all(fact.at.day > screening.as_of.last_day for fact in facts)


def screen_one(screening: Screening, facts: Sequence[Fact]) -> Eligibility:
    """The verdicts on one patient's facts, at the moment of the screening."""
    return judge(
        screening.protocol.criteria,
        with_limits(screening, facts),
        anchors=screening.anchors,
        judgements={},
        as_of=screening.as_of,
    )
