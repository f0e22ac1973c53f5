"""A forecast from what matters most to what limits it, the same for the terminal and the page."""

from __future__ import annotations

from collections.abc import Mapping

from trialrun.protocol.model import Protocol
from trialrun.rehearse.forecast_numbers import Numbers
from trialrun.rehearse.forecast_part import Assumed, Part
from trialrun.rehearse.forecast_words import Words, trials
from trialrun.results.printing import percent, whole
from trialrun.values.identifier import unnumbered
from trialrun.wording.catalogue import Locale, say

_MODELS = ("nk_aml", "generic")


def parts(
    protocol: Protocol, told: Numbers, locale: Locale, questions: Mapping[str, str]
) -> tuple[Part, ...]:
    """The forecast from what matters most to what limits it."""
    words = Words(told, locale)
    run = (_single(words),) if told.standings else ()
    return (
        _decision(words, protocol),
        _enrolment(words),
        _responses(words),
        _safety(words),
        *run,
        _assumptions(protocol, questions, locale),
        _limits(words, protocol),
    )


def _decision(words: Words, protocol: Protocol) -> Part:
    """What a team decides on, in a few lines."""
    lines = [words.planned_end(protocol), words.chance("full_at_all", words.told.full_at_all)]
    lines.append(words.wait(words.told.full_after))
    for outcome in words.told.outcomes[:-1]:
        first = outcome.at_least[0] if outcome.at_least else None
        if first is not None:
            lines.append(words.chance(f"at_least_{outcome.name}", first, k=1))
        lines += words.likely(outcome)
    harm = words.told.outcomes[-1]
    lines.append(words.chance("suspended", words.told.suspended))
    lines.append(words.spread("each_dose_limiting", harm.count))
    lines.append(words.spread("deaths", words.told.count("deaths")))
    lines.append(words.ratio())
    lines.append(words.wait(words.told.last_after))
    return Part(id="decision", title=words.say("part_decision"), lines=tuple(lines))


def _enrolment(words: Words) -> Part:
    """Who was lost on the way, and how long it took."""
    pairs = [("not_eligible", "screened"), ("facts_missing", "screened")]
    if words.told.treated == "infused":
        pairs.append(("product_failures", "enrolled"))
    names = ["screened", "not_eligible", "facts_missing", "enrolled", "started"]
    if words.told.treated == "infused":
        names += ["product_failures", "infused"]
    return Part(
        id="enrolment",
        title=words.say("part_enrolment"),
        lines=tuple(words.pooled(*pair) for pair in pairs),
        grids=(words.counts("flow_table", names),),
        pictures=("full_after", "last_after"),
    )


def _responses(words: Words) -> Part:
    """Chances of so many responses, and how well so many would be known."""
    outcomes = words.told.outcomes[:-1]
    note = "responders_mean" if outcomes else "responses_none"
    return Part(
        id="responses",
        title=words.say("part_responses"),
        grids=tuple(grid for one in outcomes for grid in (words.at_least(one), words.limits(one))),
        notes=(words.say(note), *(_how_to_read(words) if outcomes else ())),
        pictures=tuple(one.name for one in outcomes),
    )


def _safety(words: Words) -> Part:
    """Dose-limiting events, suspension, the boundary by itself, serious events and deaths."""
    harm = words.told.outcomes[-1]
    grids = [words.at_least(harm), words.limits(harm)]
    if words.told.boundary:
        grids.append(words.boundary())
    grids.append(words.counts("safety_table", ["dose_limiting", "serious", "deaths"]))
    return Part(
        id="safety",
        title=words.say("part_safety"),
        lines=(words.chance("suspended", words.told.suspended),),
        grids=tuple(grids),
        notes=(words.say("suspended_note"), *_how_to_read(words)),
        pictures=("dose_limiting", "deaths"),
    )


def _how_to_read(words: Words) -> tuple[str, ...]:
    return (
        words.say("at_least_note", trials=trials(words.told.trials, words.locale)),
        words.say("limits_note", n=whole(words.told.target)),
    )


def _single(words: Words) -> Part:
    """One run as one of the trials."""
    return Part(
        id="single",
        title=words.say("part_single", n=whole(words.told.trials)),
        lines=tuple(map(words.standing, words.told.standings)),
        notes=(words.say("standing_note"),),
    )


def _limits(words: Words, protocol: Protocol) -> Part:
    """What no number of trials can tell."""
    model = protocol.rehearsal_model.replace("-", "_")
    arms = "single_group" if protocol.model == "SINGLE_GROUP" else "parallel"
    notes = [
        words.say(f"limit_{model if model in _MODELS else 'generic'}"),
        words.say("limit_monte_carlo"),
        words.say(f"limit_{arms}"),
    ]
    if words.told.none_of_n.upper is not None:
        share = percent(words.told.none_of_n.upper, words.locale)
        notes.append(words.say("limit_none_of_n", n=whole(words.told.target), percent=share))
    notes.append(words.say("limit_months"))
    return Part(id="limits", title=words.say("part_limits"), notes=tuple(notes))


def _assumptions(protocol: Protocol, questions: Mapping[str, str], locale: Locale) -> Part:
    notes = ["grades_mean" if protocol.assumptions else "no_assumptions"]
    notes += [] if protocol.assumed else ["no_questions"]
    return Part(
        id="assumptions",
        title=say("forecast.part_assumptions", locale),
        notes=tuple(say(f"forecast.{one}", locale) for one in notes),
        assumed=tuple(
            Assumed(
                name=one.name,
                value=format(one.value, "f").replace("-", "−"),
                unit="" if one.unit == "1" else one.unit,
                grade=say(f"forecast.grade_{one.grade.value}", locale),
                basis=unnumbered(one.basis),
            )
            for one in protocol.assumptions
        ),
        questions=tuple((one, unnumbered(questions.get(one, ""))) for one in protocol.assumed),
    )


def badges(protocol: Protocol, told: Numbers, locale: Locale) -> tuple[str, ...]:
    """What the forecast is of: trials, target, model, and the record by its hash alone."""
    return (
        trials(told.trials, locale),
        say("forecast.badge_target", locale, n=whole(told.target)),
        say("forecast.badge_model", locale, model=protocol.rehearsal_model),
        say("forecast.badge_record", locale, hash=protocol.record_sha256[:16]),
    )
