"""All real records: read, written back equal, and read from pages, without a fault."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from random import Random
from typing import Annotated, get_args

import pytest
import yaml

from trialrun.record import enumeration
from trialrun.record.bag import Oddity
from trialrun.record.example import example_content
from trialrun.record.html_view import render_html
from trialrun.record.json_view import render_json
from trialrun.record.model import Study
from trialrun.record.opening import open_record
from trialrun.record.page_reader import read_page
from trialrun.record.prose import Item, read_prose
from trialrun.record.reader import read_study
from trialrun.record.shape import Kind, shape
from trialrun.record.sheet_whole import lay_out
from trialrun.record.status import Basis, derive_status
from trialrun.record.text_view import render_text
from trialrun.record.writer import write_study
from trialrun.wording.catalogue import LOCALES

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data"
_spec = importlib.util.spec_from_file_location(
    "page_writer_of_corpus", ROOT / "tests" / "unit" / "record" / "page_writer.py"
)
assert _spec is not None and _spec.loader is not None
page_writer = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(page_writer)

# Records whose own text has a paragraph that reads like a heading of the page.
IMITATING = {
    "NCT02490007": ("Eligibility Criteria",),
    "NCT03111628": ("Study Design",),
    "NCT03644680": ("Study Design",),
    "NCT04401631": ("Interventions",),
    "NCT04442932": ("Interventions",),
    "NCT06069492": ("Study Design",),
    "NCT07181473": ("Study Design",),
}


@pytest.fixture(scope="module")
def parsed() -> list[dict]:
    with gzip.open(DATA / "records" / "records.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def studies(parsed: list[dict]) -> list[Study]:
    return [read_study(data, where="corpus") for data in parsed]


def exactly(data: object) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


def test_every_record_is_written_back_equal(parsed: list[dict], studies: list[Study]) -> None:
    assert len(studies) == 897
    assert sum(study.results.outcome_measures.outcome_measures != () for study in studies) == 88
    different = [
        study.nct_id
        for data, study in zip(parsed, studies, strict=True)
        if exactly(write_study(study)) != exactly(data)
    ]
    assert different == []


def test_the_bag_holds_only_what_the_registry_does_not_define(studies: list[Study]) -> None:
    counted: Counter[tuple[str, Oddity]] = Counter()
    for study in studies:
        for field, oddity, count in study.bag.counts():
            counted[field, oddity] += count
    assert counted == {
        ("protocolSection.contactsLocationsModule.locations_nested", Oddity.UNKNOWN_FIELD): 29,
        (
            "protocolSection.armsInterventionsModule.interventions[].interventionMappedName",
            Oddity.UNKNOWN_FIELD,
        ): 18,
        ("derivedSection.interventionBrowseModule", Oddity.EMPTY): 14,
        ("derivedSection.conditionBrowseModule", Oddity.EMPTY): 2,
    }


def test_the_model_is_the_registrys_own_description_of_a_study() -> None:
    """Field by field against the OpenAPI file: names, lists, kinds and closed lists of words."""
    api = yaml.safe_load((DATA / "forms" / "ctg-api-v2.yaml").read_text())
    schemas = api["components"]["schemas"]
    text = {"PartialDate", "DateTimeMinutes"}
    kinds = {"string": Kind.TEXT, "boolean": Kind.FLAG, "integer": Kind.WHOLE}
    visited = set()

    def check(part: type, name: str) -> None:
        if name in visited:
            return
        visited.add(name)
        slots = {slot.key: slot for slot in shape(part)}
        assert slots.keys() == schemas[name]["properties"].keys(), name
        for key, given in schemas[name]["properties"].items():
            slot, many = slots[key], given.get("type") == "array"
            assert slot.many is many, (name, key)
            one = given["items"] if many else given
            reference = one.get("$ref", "").rpartition("/")[2]
            words = schemas.get(reference, {}).get("enum")
            if words:
                assert slot.known is not None and slot.known >= set(words), (name, key)
            elif reference and reference not in text:
                assert slot.part is not None, (name, key)
                check(slot.part, reference)
            elif not reference and one["type"] != "number":
                assert slot.kind is kinds[one["type"]], (name, key)

    check(Study, "Study")
    assert len(visited) == 85


def test_the_closed_lists_are_the_registrys_and_the_one_new_word() -> None:
    api = yaml.safe_load((DATA / "forms" / "ctg-api-v2.yaml").read_text())
    for name, schema in api["components"]["schemas"].items():
        found = getattr(enumeration, name, None)
        if found is not None and get_args(found) and isinstance(found, type(Annotated[str, 1])):
            added = {"CTIS"} if name == "SecondaryIdType" else set()
            assert get_args(found)[1].words == set(schema["enum"]) | added


@pytest.mark.parametrize("introductions", [True, False])
def test_every_record_reads_back_from_its_page(studies: list[Study], introductions: bool) -> None:
    imitating: dict[str, tuple[str, ...]] = {}
    wrong = []
    for study in studies:
        # An integer seed: equal under every hash seed.
        random = Random(int(study.nct_id.removeprefix("NCT")) * 2 + introductions)
        text = page_writer.write_page(study, random, introductions=introductions)
        page = read_page(text, where=study.nct_id)
        shown = page_writer.as_shown(page.study, page.other_names)
        if shown != page_writer.as_shown(study) or len(page.bag) or len(page.related) != 2:
            wrong.append(study.nct_id)
        if found := page_writer.imitations(study):
            imitating[study.nct_id] = found
    assert wrong == []
    assert imitating == IMITATING


@pytest.mark.parametrize("seed", range(40))
def test_records_that_imitate_a_heading_lose_nothing(studies: list[Study], seed: int) -> None:
    for study in studies:
        if study.nct_id in IMITATING:
            text = page_writer.write_page(study, Random(seed), introductions=seed % 2 == 0)
            page = read_page(text, where=study.nct_id)
            assert page_writer.as_shown(page.study, page.other_names) == page_writer.as_shown(study)


def test_the_page_and_the_file_that_ships_are_the_same_record() -> None:
    page = open_record((DATA / "NCT04221971.page.txt").read_bytes(), where="page")
    shipped = example_content("NCT04221971")
    assert shipped is not None
    record = open_record(shipped, where="shipped")
    assert record.study == page.study
    assert record.related == page.related
    assert (len(page.bag), len(record.bag)) == (0, 0)
    # What ships is the record's text and no sentence of the site's own.
    ours = shipped.decode().split("\n")
    theirs = (DATA / "NCT04221971.page.txt").read_text().split("\n")
    dropped = Counter(theirs) - Counter(ours)
    assert not Counter(ours) - Counter(theirs)
    assert sum(count for line, count in dropped.items() if line) == 18


def test_the_derived_status_is_the_registrys_on_its_data_date(studies: list[Study]) -> None:
    """No record against the rule, neither those that show UNKNOWN nor those still open."""
    derived = [derive_status(study) for study in studies]
    assert all(one.status == one.recorded for one in derived)
    assert Counter(one.basis for one in derived) == {
        Basis.STATED: 450,
        Basis.CURRENT: 341,
        Basis.LAPSED: 106,
    }


def test_prose_is_shown_without_losing_a_word(studies: list[Study]) -> None:
    def bare(text: str) -> str:
        return re.sub(r"[\s*•·▪●–\-\\]", "", text)

    def flat(items: tuple[Item, ...]) -> str:
        return "".join(one.marker + one.text + flat(one.items) for one in items)

    for study in studies:
        told = study.protocol.description
        criteria = study.protocol.eligibility.eligibility_criteria
        for text in (told.brief_summary, told.detailed_description, criteria):
            shown = "".join(block.text + flat(block.items) for block in read_prose(text or ""))
            assert bare(shown) == bare(text or "")


def test_every_record_is_shown_in_every_format(parsed: list[dict]) -> None:
    for place, data in enumerate(parsed):
        record = open_record(json.dumps(data), where="corpus")
        locale = LOCALES[place % 2]
        sheet = lay_out(record, locale)
        text = render_text(sheet)
        assert record.study.nct_id in text
        told = json.loads(render_json(record, derive_status(record.study)))
        assert told["record"] == data
        if place % 4 == 0:
            html = render_html(sheet, locale)
            assert html.count("<section") == len(sheet.sections)
            assert "<script" not in html
