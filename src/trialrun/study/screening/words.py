"""What a screening says in words: on what it stands, what to get next, each step of a funnel."""

from __future__ import annotations

from trialrun.criteria.criterion import Status
from trialrun.criteria.evaluation import Reason
from trialrun.criteria.explain import explain_rule, explain_verdict, is_unread
from trialrun.criteria.missing import Missing
from trialrun.criteria.verdict import Eligibility, Verdict
from trialrun.study.screening.counts import StepCount
from trialrun.study.screening.opening import Screening
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.terminal import shortened

_WORDS = 72  # columns for the words of a criterion
_NAMED = 12  # criteria that are named where there may be many
_UNWRITTEN = {Status.UNREAD, Status.PARTLY}
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


def write_lines(screening: Screening, found: Eligibility, locale: Locale) -> list[str]:
    """What nobody has written as a rule, so that nobody is eligible yet, and what asks for it."""
    if not found.to_write:
        return []
    study = screening.directory.path
    return [
        say("screen.to_write", locale, criteria=", ".join(found.to_write)),
        say("screen.to_write_how", locale, study=study),
    ]


def unwritten(screening: Screening, locale: Locale) -> list[str]:
    """The criteria that nobody has written as rules, of a population: why nobody is eligible."""
    left = [one.id for one in screening.protocol.criteria if one.status in _UNWRITTEN]
    if not left:
        return []
    some = ", ".join(left[:_NAMED]) + (f", … ({len(left)})" if len(left) > _NAMED else "")
    return [say("screen.unwritten", locale, criteria=some)]


def evidence(found: Eligibility, verdict: Verdict, locale: Locale) -> tuple[list[str], list[str]]:
    """Of one criterion: its rule in words, unless that repeats its text, and what decided it."""
    rule = verdict.criterion.rule
    decides = verdict.criterion.status not in _UNWRITTEN
    above = found.above(verdict.criterion) if decides else None
    _, *why = explain_verdict(verdict, locale, above)
    if rule is None or is_unread(rule):
        return [], why
    return [say("screen.read_as", locale, rule=explain_rule(rule, locale))], why


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
        why = say(f"screen.next_{one.reason.value}", locale)
        return say("screen.missing_why", locale, line=line, why=why)
    return line


def step_words(one: StepCount, locale: Locale) -> str:
    """A step of the funnel in the protocol's own words, on one line."""
    criterion = one.step.criterion
    if criterion is None:
        return say("screen.alternatives", locale)
    return _one_line(criterion.text)


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(";.:；。：")
