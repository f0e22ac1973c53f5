"""What a screening found, as one HTML page: for one patient, or for a population."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from trialrun.criteria.verdict import Eligibility, Verdict
from trialrun.results.figures.frame import Figure
from trialrun.study.screening.counts import PopulationCounts
from trialrun.study.screening.opening import Screening
from trialrun.study.screening.words import (
    basis,
    evidence,
    judge_lines,
    next_lines,
    step_words,
    unwritten,
    write_lines,
)
from trialrun.values.truth import Truth
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.frame import page, scrolling_table

_TONES = {Truth.TRUE: "open", Truth.FALSE: "stopped", Truth.UNKNOWN: "unknown"}


def single_page(
    screening: Screening,
    who: str,
    found: Eligibility,
    left: Sequence[str],
    *,
    simulated: bool,
    locale: Locale,
) -> str:
    """One patient: what to get next and to judge, then each criterion and what decided it.

    `left` are the lines about what the reader set aside.
    """
    verdict = say(f"screen.badge_{found.truth.value.lower()}", locale)
    header = Markup('<p class="kicker">{}</p>\n<h1>{}</h1>\n<ul class="badges">{}</ul>\n{}').format(
        screening.protocol.title,
        who,
        Markup('<li class="badge {}">{}</li>').format(_TONES[found.truth], verdict),
        _paragraphs([*write_lines(screening, found, locale), *basis(screening, locale)]),
    )
    parts = [
        ("next", say("screen.next", locale), _items(next_lines(found, locale))),
        ("judge", say("screen.judge", locale), _items(judge_lines(found, locale))),
        (
            "criteria",
            say("screen.criteria", locale),
            Markup('<div class="entries">\n{}</div>\n').format(
                _all(_entry(found, one, locale) for one in found.verdicts)
            ),
        ),
        ("left", say("screen.left_out", locale), _paragraphs(left, "note")),
    ]
    return _page(
        say("screen.page_single", locale, who=who), header, parts, locale, simulated=simulated
    )


def population_page(
    screening: Screening,
    counts: PopulationCounts,
    picture: Figure,
    left: Sequence[str],
    *,
    source: str,
    simulated: bool,
    locale: Locale,
) -> str:
    """A population: counts, the funnel with its table, and what was set aside."""
    badges = [
        (say(f"screen.count_{name}", locale, count=f"{count:,}"), tone)
        for name, count, tone in (
            ("eligible", counts.eligible, "open"),
            ("unknown", counts.unknown, "unknown"),
            ("not_eligible", counts.not_eligible, "stopped"),
        )
    ]
    header = Markup('<p class="kicker">{}</p>\n<h1>{}</h1>\n<ul class="badges">{}</ul>\n{}').format(
        screening.protocol.title,
        say("screen.population", locale, total=f"{counts.total:,}", source=source),
        _all(Markup('<li class="badge {}">{}</li>').format(tone, words) for words, tone in badges),
        _paragraphs([*basis(screening, locale), *unwritten(screening, locale)]),
    )
    drawn = (
        Markup("<p>{}</p>\n").format(picture.missing)
        if picture.svg is None
        else Markup('<figure class="funnel">{}</figure>\n').format(Markup(picture.svg))
    )
    style = Markup("<style>.funnel svg { width: 100%; max-width: 34rem; }</style>\n")
    parts = [
        ("funnel", picture.title, style + drawn + _table(counts, picture, locale)),
        ("left", say("screen.left_out", locale), _paragraphs(left, "note")),
    ]
    return _page(
        say("screen.page_population", locale, source=source),
        header,
        parts,
        locale,
        simulated=simulated,
    )


def _page(
    title: str,
    header: Markup,
    parts: Sequence[tuple[str, str, Markup]],
    locale: Locale,
    *,
    simulated: bool,
) -> str:
    """The sections that have something in them, and where they are."""
    filled = [part for part in parts if part[2]]
    return page(
        title,
        _all(_section(*part) for part in filled),
        locale=locale,
        header=header,
        banner=say("screen.banner", locale) if simulated else None,
        contents=[(name, words.rstrip(":：")) for name, words, _ in filled],
        footer=say("screen.supports", locale),
    )


def _entry(found: Eligibility, verdict: Verdict, locale: Locale) -> Markup:
    one = verdict.criterion
    rule, why = evidence(found, verdict, locale)
    badge = Markup('<ul class="badges"><li class="badge {}">{}</li></ul>\n').format(
        _TONES[verdict.truth], say(f"criteria.truth_{verdict.truth.value}", locale)
    )
    return Markup(
        '<article class="entry" id="{id}">\n<h3>{id} · {kind}</h3>\n{badge}'
        "<blockquote>{text}</blockquote>\n{rule}{why}</article>\n"
    ).format(
        id=one.id,
        kind=say(f"criteria.kind_{one.kind}", locale),
        badge=badge,
        text=one.text.strip(),
        rule=_paragraphs(rule),
        why=_items(why),
    )


def _table(counts: PopulationCounts, picture: Figure, locale: Locale) -> Markup:
    head = _all(Markup('<th scope="col">{}</th>').format(one) for one in picture.columns)
    rows = _all(
        Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(
            f"{one.step.code}  {step_words(one, locale)}",
            _all(
                Markup("<td>{}</td>").format(f"{count:,}")
                for count in (one.left, one.met, one.open, one.false, one.only)
            ),
        )
        for one in counts.steps
    )
    whole = Markup(
        '<table class="numbers">\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n'
    ).format(head, rows)
    return scrolling_table(picture.title, whole)


def _section(name: str, title: str, inner: Markup) -> Markup:
    return Markup(
        '<section id="{}" aria-labelledby="{}-h">\n<h2 id="{}-h">{}</h2>\n{}</section>\n'
    ).format(name, name, name, title, inner)


def _items(lines: Iterable[str]) -> Markup:
    listed = _all(Markup('<li class="plain">{}</li>\n').format(line) for line in lines)
    return Markup('<ul class="nested">\n{}</ul>\n').format(listed) if listed else Markup("")


def _paragraphs(lines: Iterable[str], kind: str = "") -> Markup:
    named = Markup(' class="{}"').format(kind) if kind else Markup("")
    return _all(Markup("<p{}>{}</p>\n").format(named, line) for line in lines)


def _all(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
