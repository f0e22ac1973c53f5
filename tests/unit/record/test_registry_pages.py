"""The text of a registry page → the model, by its headings and without its introductions."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trialrun.errors import RecordError
from trialrun.record.model import Study
from trialrun.record.page_layout import Heading
from trialrun.record.page_reader import read_page
from trialrun.record.page_sections import split_page
from trialrun.record.reader import read_study

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("page_writer", HERE / "page_writer.py")
assert _spec is not None and _spec.loader is not None
page_writer = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(page_writer)

STUDIES = [
    read_study(json.loads((HERE / "records" / name).read_text()), where=name)
    for name in ("with_results.json", "observational.json")
]


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.nct_id)
@pytest.mark.parametrize("introductions", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_a_page_reads_back_equal_on_all_fields_shown(
    study: Study, introductions: bool, seed: int
) -> None:
    text = page_writer.write_page(study, Random(seed), introductions=introductions)
    page = read_page(text, where="test")
    assert page_writer.as_shown(page.study, page.other_names) == page_writer.as_shown(study)
    assert len(page.bag) == 0
    assert [one.nct_id for one in page.related] == ["NCT09999999", "NCT09999998"]
    assert "NCT09999999" not in repr(page.study)


def test_the_handwritten_records_imitate_headings() -> None:
    assert [page_writer.imitations(study) for study in STUDIES] == [
        ("Study Design",),
        ("Interventions",),
    ]


WORDS = st.sampled_from(["Two groups.", "Light.", "* a\n* b", "1. x", "Why:", "Eligible Sex today"])
PROSE = st.lists(WORDS | st.sampled_from([h.value for h in Heading]), min_size=1, max_size=6)


@given(PROSE, PROSE, st.randoms(use_true_random=False), st.booleans())
def test_prose_that_imitates_headings_loses_no_word(
    summary: list[str], description: list[str], random: Random, introductions: bool
) -> None:
    """Read as written, or told as a doubt; the sponsor's words are somewhere in either case."""
    study = STUDIES[0]
    told = replace(
        study.protocol.description,
        brief_summary="\n\n".join(summary),
        detailed_description="\n\n".join(description),
    )
    study = replace(study, protocol=replace(study.protocol, description=told))
    text = page_writer.write_page(study, random, introductions=introductions)
    page = read_page(text, where="test")
    same = page_writer.as_shown(page.study, page.other_names) == page_writer.as_shown(study)
    prose_headings = {"Brief Summary", "Detailed Description", "Eligibility Criteria"}
    lists_without_shape = {"Conditions", "Countries", "Other Intervention Names", "Study Results"}
    if not (prose_headings | lists_without_shape) & {*summary, *description}:
        assert same
        assert not page.doubts


def test_a_heading_that_can_be_read_either_way_is_told() -> None:
    text = (
        "T\n\nNCT ID: NCT99999901\n\nBasic Information\n\nStudy Classification\n\nINTERVENTIONAL"
        "\n\nBrief Summary\n\nOne.\n\nDetailed Description\n\nTwo."
        "\n\nDetailed Description\n\nThree."
    )
    page = read_page(text, where="test")
    assert page.doubts == (Heading.DESCRIPTION,)
    told = page.study.protocol.description
    assert f"{told.brief_summary}\n\n{told.detailed_description}".count("T") == 2
    assert "Three." in (told.detailed_description or "")


def test_unknown_words_and_lines_are_listed() -> None:
    text = (
        "T\n\nNCT ID: NCT99999901\n\nBasic Information\n\nRecruitment Status\n\nPAUSED"
        "\n\nTotal Enrollment\n\nmany\n\nA stray line\n\nConditions\n\nSleep"
        "\n\nOther Identifiers\n\nX-1\n\nIdentifier Type: -\n\nIdentifier Source: a_new_source"
    )
    page = read_page(text, where="test")
    assert page.study.protocol.status.overall_status == "PAUSED"
    assert {json.loads(stray.text) for stray in page.bag.strays} == {
        "PAUSED",
        "many",
        "A stray line",
        "X-1\n\nIdentifier Type: -\n\nIdentifier Source: a_new_source".replace("\n\n", "\n"),
    }


def test_values_that_a_page_leaves_empty_are_absent() -> None:
    text = (
        "T\n\nNCT ID: NCT99999901\n\nBasic Information\n\nRecruitment Status\n\nClinical Phase\n\n-"
        "\n\nLocations\n\nHospital\n\nSpringfield, Ohio, United States\n\nSite Status"
        "\n\nCountries\n\nUnited States"
        "\n\nEligibility Criteria\n\nAll\nMinimum Eligible Age\n\nN/A\n\nEligible Sex"
    )
    study = read_page(text, where="test").study
    assert study.protocol.status.overall_status is None
    assert study.protocol.design.phases == ()
    (site,) = study.protocol.contacts_locations.locations
    assert (site.facility, site.city, site.state, site.country, site.status) == (
        "Hospital", "Springfield", "Ohio", "United States", None,
    )  # fmt: skip
    assert study.protocol.eligibility.eligibility_criteria == "All"
    assert study.protocol.eligibility.minimum_age is None
    assert study.protocol.eligibility.sex is None
    assert study.has_results is None


def test_windows_line_ends_and_trailing_blanks_do_not_matter() -> None:
    text = page_writer.write_page(STUDIES[0], Random(3), introductions=True)
    windows = text.replace("\n", "  \r\n")
    assert read_page(windows, where="test").study == read_page(text, where="test").study


def test_text_that_is_no_page_is_refused() -> None:
    with pytest.raises(RecordError, match="not a registry page"):
        read_page("Basic Information\n\nConditions\n\nSleep", where="test")


@given(st.text(alphabet="ab \nNCTID:0123456789-", max_size=200))
def test_any_text_between_headings_is_read_without_a_fault(noise: str) -> None:
    headings = "\n\n".join(f"{heading.value}\n\n{noise}" for heading in Heading)
    page = read_page(f"T\n\nNCT ID: NCT99999901\n\n{headings}", where="test")
    assert page.study.nct_id == "NCT99999901"


@given(st.lists(st.sampled_from([h.value for h in Heading]), max_size=40))
def test_many_doubled_headings_stay_quick(headings: list[str]) -> None:
    assume(headings)
    sections = split_page("T\n\nNCT ID: NCT99999901\n\n" + "\n\n".join(headings))
    assert set(sections.texts) <= set(Heading)
