"""What a screening says in words: on what it stands, what to get next, each step of a funnel."""

from __future__ import annotations

from trialrun.criteria.verdict import Eligibility
from trialrun.study.screening.counts import StepCount
from trialrun.study.screening.opening import Screening
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say


def basis(screening: Screening, locale: Locale) -> list[str]:
    """By which protocol, at which moment, with which site limits."""
    version = screening.protocol.version
    if screening.approved:
        lines = [say("screen.by_approved", locale, version=version, at=screening.as_of)]
    else:
        lines = [say("screen.by_working_copy", locale, at=screening.as_of)]
        if screening.protocol.assumed:
            lines.append(say("screen.assumed", locale, count=len(screening.protocol.assumed)))
    if screening.limits:
        lines.append(say("screen.site_limits", locale, count=len(screening.limits)))
    return lines


def next_lines(found: Eligibility, locale: Locale) -> list[str]:
    """The facts to get next, the most deciding first."""
    return [
        say(
            "screen.missing",
            locale,
            variable=one.variable,
            label=variables()[one.variable].label(locale),
            criteria=", ".join(one.criteria),
        )
        for one in found.missing
    ]


def step_words(one: StepCount, locale: Locale) -> str:
    """A step of the funnel in the protocol's own words, on one line."""
    criterion = one.step.criterion
    if criterion is None:
        return say("screen.alternatives", locale)
    return " ".join(criterion.text.split()).rstrip(";.:；。：")
