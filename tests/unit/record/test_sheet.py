"""A record as people see it: as text, as a page, as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.record import enumeration
from trialrun.record.example import example_content, example_numbers
from trialrun.record.html_view import render_html
from trialrun.record.json_view import render_json
from trialrun.record.opening import ReadRecord, open_record
from trialrun.record.page_layout import Heading
from trialrun.record.sheet_whole import lay_out
from trialrun.record.status import derive_status
from trialrun.record.text_view import render_text
from trialrun.record.words import read_age, read_word
from trialrun.wording.catalogue import LOCALES, Locale

RECORDS = Path(__file__).parent / "records"


def load(name: str) -> ReadRecord:
    return open_record((RECORDS / f"{name}.json").read_bytes(), where=f"{name}.json")


def example() -> ReadRecord:
    content = example_content(example_numbers()[0])
    assert content is not None
    return open_record(content, where=example_numbers()[0])


def test_the_example_shows_everything_of_its_page_in_order() -> None:
    record = example()
    sheet = lay_out(record, "en")
    assert [one.heading for one in sheet.sections] == [
        "Study results", "Basic information", "Brief summary", "Detailed description",
        "Conditions", "Study design", "Study groups", "Interventions", "Other intervention names",
        "Eligibility criteria", "Who may take part", "Sponsors", "Responsible party",
        "Principal investigators", "Locations", "Countries", "Central contacts",
        "Other identifiers", "More related trials", "About this reading",
    ]  # fmt: skip
    text = render_text(sheet)
    position = -1
    for words in (
        "NK Cell Infusion for Patients With Acute Myeloid Leukemia", "NCT04221971",
        "No results are posted", "Unknown status", "Phase 1", "10 participants",
        "Interventional", "2020-10-31", "2022-04-30", "2020-10-01", "cannot be\nevaluated",
        "last known status, verification date", "without present of clinical symptoms",
        "(excluding APL)", "Acute Myeloid Leukemia", "Not applicable", "Single group", "Treatment",
        "None (open label)", "[Experimental]", "over 1+E07/ kg", "[Drug]",
        "cyclophosphamide (Cy, 1000 mg/m2/day", "5. ECOG≤3;", "   1. Heart: no arrhythmia",
        "   4. indoor fingertip", "7. Expected survival", "9. Researchers", "18 Years", "75 Years",
        "All", "Not accepted", "Peking University People's Hospital  [Lead sponsor",
        "The University of Science and Technology of China  [Collaborator", "Xiaojun Huang,MD",
        "President", "Xiao-Jun Huang, M.D.", "Peking University Institute of Hematology",
        "Beijing, Beijing Municipality, China", "China: 1 site", "Xiang-Yu Zhao, M.D.",
        "8610-88325949", "2019PHD005-01", "no part of this record", "NCT04599452", "NCT01734304",
        record.sha256,
    ):  # fmt: skip
        found = text.find(words, position + 1)
        assert found > position, words
        position = found


class Words(HTMLParser):
    """The text of a page outside its style, and its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.anchors: list[str] = []
        self.feed(text.replace(text.split("<style>")[1].split("</style>")[0], ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for key, value in attrs if key == "id"]
        self.anchors += [(value or "")[1:] for key, value in attrs if key == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", ["with_results", "observational"])
def test_a_page_is_whole_and_its_links_lead_somewhere(name: str, locale: Locale) -> None:
    page = Words(render_html(lay_out(load(name), locale), locale))
    assert set(page.anchors) <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)
    assert "script" not in page.tags


def test_results_are_shown_at_a_glance() -> None:
    text = render_text(lay_out(load("with_results"), "en"))
    overview = text.split("Results at a glance")[1].split("Registered outcome measures")[0]
    for words in (
        "STARTED", "NOT COMPLETED", "– Withdrawal by Subject", "Analysed (Participants)",
        "7.5 (7.0 to 8.0)", "6.0", "Secondary: Mood", "Not posted", "0 of 2", "1 of 2",
        "Four people",
        "1 serious and 1 other terms",
    ):  # fmt: skip
        assert words in overview
    assert "first on 2024-01-10" in text
    assert "Participant flow" in text.split("Basic information")[0]


def test_what_the_record_does_not_say_is_not_shown() -> None:
    text = render_text(lay_out(load("observational"), "en"))
    for words in ("Clinical phase", "Intervention model", "Locations", "Results at a glance"):
        assert words not in text
    assert "No limit" in text.split("Who may take part")[1]
    assert "Cohort" in text and "none retained" in text


def test_the_bag_and_doubts_are_told() -> None:
    data = json.loads((RECORDS / "observational.json").read_text())
    data["protocolSection"]["fresh"] = {"a": 1}
    data["protocolSection"]["statusModule"]["overallStatus"] = "PAUSED"
    record = open_record(json.dumps(data), where="x")
    record = replace(record, doubts=(Heading.SUMMARY,))
    text = render_text(lay_out(record, "en"))
    assert "2 things have no place in the model" in text
    assert "protocolSection.fresh (unknown field), 1×" in text
    assert "PAUSED" in text.split("Basic information")[1]
    assert "! The heading “Brief Summary” stands more than once" in text


def test_json_holds_the_record_and_what_stands_beside_it() -> None:
    record = load("with_results")
    told = json.loads(render_json(record, derive_status(record.study)))
    assert told["record"] == json.loads((RECORDS / "with_results.json").read_text())
    assert told["source"] == {"kind": "api", "sha256": record.sha256}
    assert told["status"]["basis"] == "stated"
    page = example()
    told = json.loads(render_json(page, derive_status(page.study)))
    assert len(told["related_trials"]) == 5
    assert "NCT04599452" not in json.dumps(told["record"])
    assert told["status"]["missing"] == ["last known status", "verification date", "data date"]


@given(st.text(max_size=40), st.booleans())
def test_a_records_words_never_become_markup_or_steer_the_terminal(words: str, steer: bool) -> None:
    hostile = f"{words}<script>alert(1)</script><!-- &lt;" + ("\x1b[2J\x9b\u202e" if steer else "")
    record = load("with_results")

    def hostile_in(value: object) -> object:
        if isinstance(value, str):
            return f"{value} {hostile}"
        if isinstance(value, dict):
            return {key: hostile_in(one) for key, one in value.items()}
        return [hostile_in(one) for one in value] if isinstance(value, list) else value

    data = hostile_in(json.loads((RECORDS / "with_results.json").read_text()))
    record = open_record(json.dumps(data), where="x")
    sheet = lay_out(record, "en")
    html = render_html(sheet, "en")
    tags = Words(html).tags
    assert "script" not in tags
    assert "<!--" not in html
    assert "alert(1)" in unescape(html)
    text = render_text(sheet)
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("width", [60, 88])
def test_text_keeps_to_its_width(locale: Locale, width: int) -> None:
    for record in (example(), load("with_results"), load("observational")):
        for line in render_text(lay_out(record, locale), width=width).split("\n"):
            columns = sum(2 if ord(one) > 0x2E80 else 1 for one in line)
            longest = max((len(word) for word in line.split()), default=0)
            assert columns <= max(width, longest + width // 2), line


SHOWN_LISTS = {
    "status": enumeration.Status, "study_type": enumeration.StudyType, "phase": enumeration.Phase,
    "allocation": enumeration.DesignAllocation, "purpose": enumeration.PrimaryPurpose,
    "masking": enumeration.DesignMasking, "masked": enumeration.WhoMasked,
    "time": enumeration.DesignTimePerspective, "arm": enumeration.ArmGroupType,
    "intervention": enumeration.InterventionType, "sex": enumeration.Sex,
    "sampling": enumeration.SamplingMethod, "agency": enumeration.AgencyClass,
    "party": enumeration.ResponsiblePartyType, "role": enumeration.ContactRole,
    "date": enumeration.DateType, "identifier": enumeration.SecondaryIdType,
    "sharing": enumeration.IpdSharing, "shared": enumeration.IpdSharingInfoType,
    "reference": enumeration.ReferenceType, "outcome": enumeration.OutcomeMeasureType,
    "measure": enumeration.MeasureParam, "samples": enumeration.BioSpecRetention,
}  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("words", SHOWN_LISTS)
def test_every_word_of_the_registry_has_words_of_ours(words: str, locale: Locale) -> None:
    for value in SHOWN_LISTS[words].__metadata__[0].words:
        shown = read_word(words, value, locale)
        assert shown and "_" not in shown
        assert shown != value or (value.isupper() and len(value) <= 6)  # NIH, FDA, …


def test_models_of_both_kinds_of_study_have_words() -> None:
    for listed in (enumeration.InterventionalAssignment, enumeration.ObservationalModel):
        for value in listed.__metadata__[0].words:
            assert read_word("model", value, "zh") != value


def test_ages_that_are_written_otherwise_stay_as_written() -> None:
    assert read_age("6 Months", "zh") == "6 个月"
    assert read_age("about 6", "zh") == "about 6"
    assert read_age(None, "zh") == ""
