"""The frame of every page: whole by itself, escaped, in the reader's language."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from trialrun.wording.catalogue import LOCALES, Locale
from trialrun.wording.frame import captioned_table, page

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Outline(HTMLParser):
    """The tags of a page, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given[key] or "" for key in ("href", "src") if key in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_is_whole_by_itself(locale: Locale) -> None:
    text = page(
        "Title",
        Markup('<section id="a"><h2>A</h2></section>'),
        locale=locale,
        contents=[("a", "A")],
        footer="End",
    )
    outline = Outline(text)
    assert text.startswith("<!DOCTYPE html>")
    assert outline.open == []
    assert "script" not in outline.tags and "link" not in outline.tags
    assert set(outline.links) == {"#main", "#a"}
    assert set(outline.ids) >= {"main", "a"}
    assert f'<html lang="{ {"en": "en", "zh": "zh-Hans"}[locale] }">' in text
    assert 'name="viewport"' in text
    assert "url(" not in text and "@import" not in text and "http" not in text.split("<style>")[1]


def test_a_banner_stands_first_on_the_page_and_in_its_title() -> None:
    text = page("Trial", Markup(""), locale="en", banner="SIMULATED")
    assert "<title>SIMULATED · Trial</title>" in text
    assert text.index('class="banner"') < text.index("<h1>")


@given(st.text(max_size=30), st.sampled_from(["title", "banner", "footer", "contents", "caption"]))
def test_plain_texts_never_become_markup(text: str, place: str) -> None:
    hostile = f"<script>{text}\"'&</script>"
    whole = page(
        hostile if place == "title" else "T",
        captioned_table(hostile if place == "caption" else "C", Markup("<table></table>")),
        locale="en",
        banner=hostile if place == "banner" else None,
        contents=[("a", hostile)] if place == "contents" else [],
        footer=hostile if place == "footer" else "",
    )
    outline = Outline(whole)
    assert "script" not in outline.tags
    assert outline.open == []


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


PAIRS = [
    *product(["ink", "soft", "accent"], ["paper", "card", "shade"]),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("calm", "calm-soft"),
    ("accent", "accent-soft"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_text_stands_out_enough_in_light_and_dark(scheme: str, front: str, back: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    style = files("trialrun.wording").joinpath("frame.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part))
        for part in style.split("@media (min-width")[0].split("@media (prefers-color-scheme: dark)")
    )
    colours = light if scheme == "light" else light | dark
    one, other = sorted((luminance(colours[front]), luminance(colours[back])))
    assert (other + 0.05) / (one + 0.05) >= 4.5
