"""The forecast page: whole by itself, SIMULATED first, every picture with its numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product

import pytest

from trialrun.protocol.model import Protocol
from trialrun.rehearse import forecast_pictures
from trialrun.rehearse.forecast_numbers import months, number
from trialrun.rehearse.forecast_page import forecast_page
from trialrun.rehearse.tally import Tally
from trialrun.results.figures.frame import Figure
from trialrun.wording.catalogue import LOCALES, Locale
from unit.rehearse import made_up_trials as made

PLAN = made.protocol()
TRIALS = made.trials(300)
LARGE = made.protocol(
    enrolment=replace(PLAN.enrolment, target=300, planned_end=None),
    interventions=(), outcomes=(), safety=None, assumptions=(), assumed=(), model="PARALLEL",
    rehearsal_model="generic",
)  # fmt: skip
CASES: dict[str, tuple[Protocol, tuple[Tally, ...]]] = {
    "many": (PLAN, TRIALS),
    "one": (PLAN, TRIALS[:1]),
    "barren": (PLAN, made.BARREN),
    "nobody": (PLAN, (made.NOTHING,)),
    "none": (PLAN, ()),
    "large": (LARGE, made.trials(30, target=300)),
}
VOID = {"meta", "br"}


class Outline(HTMLParser):
    """What a page is made of, and whether it nests."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given[key] or "" for key in ("href", "src") if key in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def written(plan: Protocol, ones: tuple[Tally, ...], locale: Locale = "en") -> str:
    return forecast_page(
        plan,
        made.of(plan, ones),
        ones,
        single=ones[0] if ones else None,
        locale=locale,
        questions=made.QUESTIONS,
    )


@pytest.mark.parametrize(("case", "locale"), [*product(CASES, LOCALES)])
def test_every_case_is_whole_by_itself(case: str, locale: Locale) -> None:
    text = written(*CASES[case], locale)
    outline = Outline(text)
    assert outline.open == []
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert all(link.startswith("#") for link in outline.links)
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links} <= set(outline.ids)
    banner = {"en": "SIMULATED", "zh": "模拟（SIMULATED）"}[locale]
    assert text.index(f'class="banner" role="note">{banner}') < text.index("<h1>")
    words = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]*>", " ", text, flags=re.DOTALL)
    assert not re.search(r"\d\.\d{3}|\de[-+]?\d|Fraction|Decimal|None|nan", words)


def test_it_is_the_same_each_time() -> None:
    assert written(PLAN, TRIALS) == written(PLAN, TRIALS)


def test_pictures_are_recounted_in_their_tables() -> None:
    text = written(PLAN, TRIALS)
    assert text.count('<figure class="picture">') == text.count("The numbers of this picture") == 6
    assert 'id="forecast-responders-title"' in text
    told = number(PLAN, made.of(PLAN, TRIALS), TRIALS, single=None)
    drawn = forecast_pictures.picture("responders", told, TRIALS, single=None, locale="en")
    assert drawn is not None
    for value, trials, _ in drawn.rows:
        assert int(trials) == sum(one.responders == int(value) for one in TRIALS)


@pytest.mark.parametrize("name", ["full_after", "last_after"])
@pytest.mark.parametrize("case", CASES)
def test_every_wait_is_in_one_bin(name: str, case: str) -> None:
    plan, ones = CASES[case]
    told = number(plan, made.of(plan, ones), ones, single=None)
    drawn = forecast_pictures.picture(name, told, ones, single=None, locale="en")
    came = told.full_after.came if name == "full_after" else told.last_after.came
    assert (drawn is None) == (came == 0)
    if drawn is not None:
        assert sum(int(row[1]) for row in drawn.rows) == came
        assert len(drawn.rows) <= 17


def test_the_planned_end_is_the_edge_of_a_bin() -> None:
    """Trials in the bins up to the planned end are those that the forecast counts in time."""
    told = number(PLAN, made.of(PLAN, TRIALS), TRIALS, single=None)
    drawn = forecast_pictures.picture("full_after", told, TRIALS, single=None, locale="en")
    assert isinstance(drawn, Figure) and told.full_by_planned_end is not None
    edge = f"{float(months(542)):.1f}"
    uppers = [row[0].split(" – ")[1] for row in drawn.rows]
    in_time = drawn.rows[: uppers.index(edge) + 1]
    assert sum(int(row[1]) for row in in_time) == told.full_by_planned_end.value.events


def test_large_counts_are_grouped() -> None:
    plan, ones = CASES["large"]
    told = number(plan, made.of(plan, ones), ones, single=None)
    drawn = forecast_pictures.picture("deaths", told, ones, single=ones[0], locale="en")
    assert drawn is not None
    assert len(drawn.rows) <= 17 and sum(int(row[1]) for row in drawn.rows) == 30


def test_words_of_the_protocol_stay_words() -> None:
    hostile = replace(PLAN, title="<script>x</script> NCT01234567", assumed=("<b>q",))
    text = written(hostile, TRIALS[:20])
    assert "<script" not in text and "<b>q" not in text
    assert "NCT0" not in text


def test_the_assumptions_stand_beside_the_forecast() -> None:
    text = written(PLAN, TRIALS)
    for name, value, *_, basis in made.ASSUMPTIONS:
        row = text[text.index(f"<code>{name}</code>") :].split("</tr>")[0]
        assert value in row and basis in row
    assert "calibrated" in text and "25.9\u202f% (one-sided 95 %)" in text


def test_without_the_renderer_the_numbers_lie_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialrun.results.figures.frame._renderer", lambda: None)
    text = written(PLAN, TRIALS[:20])
    assert "<svg" not in text and "trialrun[report]" in text
    assert text.count('<details class="long" open>') == text.count('<figure class="picture">') > 0
