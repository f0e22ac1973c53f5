"""The frame of every HTML page that Trialrun writes: one file, no script, nothing from outside.

It reads on a phone, on paper and in the dark; wide tables scroll inside themselves. The classes of
`frame.css` are its design: badges, facts, names, entries, note, nested, scroll, numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from trialrun.wording.catalogue import Locale, say

_LANGUAGES: dict[Locale, str] = {"en": "en", "zh": "zh-Hans"}

# Forbids every request; a page that cannot call home needs no trust.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">{skip}</a>
{banner}<div class="sheet">
<header>
{header}</header>
<div class="layout">
{contents}<main id="main">
{body}</main>
</div>
{footer}</div>
</body>
</html>
"""
)


def page(
    title: str,
    body: Markup,
    *,
    locale: Locale,
    header: Markup | None = None,
    banner: str | None = None,
    contents: Sequence[tuple[str, str]] = (),
    footer: str = "",
) -> str:
    """A whole HTML page.

    `title` and the other plain texts are escaped; `body` and `header` are markup already. A
    `banner` (such as SIMULATED) stands first on the page and first in its title. `contents` are
    pairs of an anchor and its words; `header` replaces the plain title on the page.
    """
    head = header if header is not None else Markup("<h1>{}</h1>\n").format(title)
    return str(
        _PAGE.format(
            language=_LANGUAGES[locale],
            policy=Markup(_POLICY),
            title=f"{banner} · {title}" if banner else title,
            style=Markup(_style()),
            skip=say("frame.skip", locale),
            banner=Markup('<div class="banner" role="note">{}</div>\n').format(banner)
            if banner
            else "",
            header=head,
            contents=_contents(contents, locale),
            body=body,
            footer=Markup("<footer>{}</footer>\n").format(footer) if footer else "",
        )
    )


def captioned_table(caption: str, table: Markup) -> Markup:
    """A table under its caption; it scrolls sideways on a narrow screen, by keyboard too."""
    return Markup("<figure>\n<figcaption>{}</figcaption>\n{}</figure>\n").format(
        caption, scrolling_table(caption, table)
    )


def scrolling_table(caption: str, table: Markup) -> Markup:
    """A table alone, in a region of its own that is named by the caption."""
    return Markup(
        '<div class="scroll" role="region" tabindex="0" aria-label="{}">\n{}</div>\n'
    ).format(caption, table)


def _contents(contents: Sequence[tuple[str, str]], locale: Locale) -> Markup:
    if not contents:
        return Markup("")
    links = Markup("").join(
        Markup('<li><a href="#{}">{}</a></li>\n').format(anchor, words)
        for anchor, words in contents
    )
    return Markup(
        '<nav class="contents" aria-label="{words}">\n<p aria-hidden="true">{words}</p>\n'
        "<ol>\n{links}</ol>\n</nav>\n"
    ).format(words=say("frame.contents", locale), links=links)


@cache
def _style() -> str:
    return files("trialrun.wording").joinpath("frame.css").read_text(encoding="utf-8")
