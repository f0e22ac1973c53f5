"""What a screening says in words: on what it stands, what to get next, each step of a funnel."""

from __future__ import annotations

from trialrun.criteria.evaluation import Reason
from trialrun.criteria.missing import Missing
from trialrun.criteria.verdict import Eligibility
from trialrun.study.screening.counts import StepCount
from trialrun.study.screening.opening import Screening
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.terminal import shortened

_WORDS = 72  # columns for the words of a criterion
# Reasons that send people to something else than a first value.
_SAID = {
    Reason.OUTSIDE, Reason.PERHAPS_OUTSIDE, Reason.NOT_EXACT, Reason.NO_ULN, Reason.NO_LLN,
    Reason.NO_BASELINE, Reason.CONFLICT, Reason.IMPLAUSIBLE,
}  # fmt: skip


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
    return [_next(one, locale) for one in found.missing]


def judge_lines(found: Eligibility, locale: Locale) -> list[str]:
    """What an investigator has yet to judge, each with the beginning of its words."""
    return [
        say(
            "screen.judge_one",
            locale,
            criterion=code,
            words=shortened(_one_line(found[code].criterion.text), _WORDS),
        )
        for code in found.to_judge
    ]


def _next(one: Missing, locale: Locale) -> str:
    """A variable to get, and what is wrong with the values that exist, if any do."""
    line = say(
        "screen.missing",
        locale,
        variable=one.variable,
        label=variables()[one.variable].label(locale),
        criteria=", ".join(one.criteria),
    )
    if one.reason in _SAID:
        return f"{line}: {say(f'screen.next_{one.reason.value}', locale)}"
    return line


def step_words(one: StepCount, locale: Locale) -> str:
    """A step of the funnel in the protocol's own words, on one line."""
    criterion = one.step.criterion
    if criterion is None:
        return say("screen.alternatives", locale)
    return _one_line(criterion.text)


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(";.:；。：")
