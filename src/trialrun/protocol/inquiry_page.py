"""The questions on a record as a page to print: room for each answer, and for a signature."""

from __future__ import annotations

import re

from markupsafe import Markup

from trialrun.protocol.inquiry import GROUPS, Inquiry, RecordQuestion
from trialrun.record.model import Study
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.frame import page

_ESCAPED = re.compile(r"\\([^\w\s])")  # the registry stores markdown
_LONGEST = 160  # characters of a quotation; the record has the rest


def render_inquiry(study: Study, inquiry: Inquiry, locale: Locale, *, whole: bool = False) -> str:
    """The page. Numbers run through all groups, so that an answer can name its question."""
    shown = inquiry.page(whole=whole)
    number = study.nct_id or say("inquiry.no_number", locale)
    update = study.protocol.status.last_update_submit_date
    known = f"{number} · {say('inquiry.version', locale, date=update)}" if update else number
    header = Markup(
        '<p class="kicker">{}</p>\n<h1>{}</h1>\n<p>{}</p>\n<p class="lead">{}</p>\n'
    ).format(known, say("inquiry.title", locale), study.title, say("inquiry.asks", locale))
    parts, count = [], 0
    for group in GROUPS:
        those = [one for one in shown if one.group == group]
        if those:
            parts.append(_group(group, those, study, locale, first=count + 1))
            count += len(those)
    if not shown:
        none = say(f"inquiry.{inquiry.nothing}", locale)
        parts.append(Markup("<section><p>{}</p></section>\n").format(none))
    parts.append(_rest(inquiry, len(shown), locale))
    parts.append(_signature(locale))
    return page(
        say("inquiry.page_title", locale, number=number),
        Markup("").join(parts),
        locale=locale,
        header=header,
    )


def place(where: str, locale: Locale) -> str:
    """The field of a record as its page names it."""
    key = next((name for prefix, name in _PLACES if where.startswith(prefix)), "record")
    return say(f"inquiry.place_{key}", locale)


_PLACES = (
    ("eligibilityModule.eligibilityCriteria", "criteria"),
    ("eligibilityModule", "eligibility"),
    ("descriptionModule", "description"),
    ("identificationModule", "titles"),
    ("armsInterventionsModule", "arms"),
    ("outcomesModule", "outcomes"),
    ("designModule", "design"),
    ("statusModule", "status"),
)


def shorten(words: str) -> str:
    """A quotation on one line, without markdown's escapes, at most so long."""
    line = _ESCAPED.sub(r"\1", " ".join(words.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _group(
    group: str, those: list[RecordQuestion], study: Study, locale: Locale, *, first: int
) -> Markup:
    items = Markup("").join(_question(one, study, locale) for one in those)
    return Markup(
        '<section>\n<h2>{}</h2>\n<ol class="asked" start="{}">\n{}</ol>\n</section>\n'
    ).format(say(f"inquiry.group_{group}", locale), first, items)


def _question(one: RecordQuestion, study: Study, locale: Locale) -> Markup:
    quoted = shorten(one.quoted(study.protocol.eligibility.eligibility_criteria or ""))
    words = Markup("“{}”, ").format(quoted) if quoted else Markup("")
    return Markup(
        '<li>{}<p class="note">{}{} · {}</p><div class="answer"><span>{}</span></div></li>\n'
    ).format(
        one.words(locale),
        words,
        place(one.where, locale),
        say(f"inquiry.who_{one.asked_of.replace('-', '_')}", locale),
        say("inquiry.answer", locale),
    )


def _rest(inquiry: Inquiry, shown: int, locale: Locale) -> Markup:
    more = len(inquiry.questions) - shown
    if not more:
        return Markup("")
    return Markup('<p class="note">{}</p>\n').format(say("inquiry.not_here", locale, count=more))


def _signature(locale: Locale) -> Markup:
    fields = Markup("").join(
        Markup("<div><span>{}</span></div>").format(say(f"inquiry.sign_{name}", locale))
        for name in ("name", "role", "date", "signature")
    )
    return Markup('<div class="signature">{}</div>\n').format(fields)
