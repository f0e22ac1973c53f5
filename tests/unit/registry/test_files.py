"""Files of records in every shape: what is read, and what is set aside with its reason."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trialrun.readers.registry_files import Aside, read_files
from trialrun.readers.registry_files.aside import Reason
from trialrun.readers.registry_files.reading import files_of
from trialrun.registry.incoming import Incoming, Source


def study(number: int, **modules: Any) -> dict[str, Any]:
    identification = {"nctId": f"NCT{number:08}", "briefTitle": f"Trial {number}"}
    return {"protocolSection": {"identificationModule": identification, **modules}}


STUDIES = [study(number) for number in range(1, 8)]
ROW = {"nct": "NCT00000042", "title": "A title", "brief_summary": "A summary"}


def read(*paths: Path) -> tuple[list[Incoming], list[Aside]]:
    found = list(read_files(paths))
    return (
        [one[1] for one in found if not isinstance(one, Aside)],
        [one for one in found if isinstance(one, Aside)],
    )


def numbers(records: list[Incoming]) -> list[int]:
    return [int(one.nct_id[3:]) for one in records]


SHAPES: dict[str, str] = {
    "one": json.dumps(STUDIES[0]),
    "one, written over lines": json.dumps(STUDIES[0], indent=2),
    "list": json.dumps(STUDIES),
    "list, written over lines": json.dumps(STUDIES, indent=1),
    "page": json.dumps({"studies": STUDIES, "nextPageToken": "x", "totalCount": 7}),
    "pages in lines": "\n".join(json.dumps({"studies": STUDIES[at : at + 2]}) for at in (0, 2)),
    "lines": "\n".join(map(json.dumps, STUDIES)) + "\n\n",
    "a study's own record.json": json.dumps({"record": STUDIES[0], "source": {"kind": "api"}}),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pack", ["plain", "gz", "xz", "bz2", "zip", "bom", "utf-16"])
def test_every_shape_in_every_packing(shape: str, pack: str, tmp_path: Path) -> None:
    raw = SHAPES[shape].encode()
    packed: dict[str, Callable[[], bytes]] = {
        "plain": lambda: raw, "gz": lambda: gzip.compress(raw), "xz": lambda: lzma.compress(raw),
        "bz2": lambda: bz2.compress(raw), "bom": lambda: b"\xef\xbb\xbf" + raw,
        "utf-16": lambda: SHAPES[shape].encode("utf-16"),
    }  # fmt: skip
    path = tmp_path / "file"
    if pack == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("folder/records.json", raw)
            archive.writestr("folder/more.json.gz", gzip.compress(json.dumps(ROW).encode()))
    else:
        path.write_bytes(packed[pack]())
    records, aside = read(path)
    if pack == "utf-16" and "lines" in shape and "written" not in shape:
        assert {one.reason for one in aside} <= {Reason.BROKEN, Reason.ENCODING} and aside
        return
    assert aside == []
    expected = {"one": 1, "a study's own record.json": 1, "pages in lines": 4}
    count = expected.get(shape.partition(",")[0], 7)
    assert numbers(records) == [*range(1, count + 1), *([42] if pack == "zip" else [])]


def test_a_long_list_is_read_piece_by_piece(tmp_path: Path) -> None:
    long = "x" * 300_000
    described = [study(at, descriptionModule={"briefSummary": long}) for at in range(1, 20)]
    path = tmp_path / "long.json"
    path.write_text(json.dumps(described), encoding="utf-8")
    records, aside = read(path)
    assert numbers(records) == list(range(1, 20)) and not aside
    assert all(one.data == like for one, like in zip(records, described, strict=True))


def test_a_row_of_a_list_is_a_small_record(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [
        ROW,
        {"NCT Number": "nct00000043", "Study Title": "B", "Conditions": "AML|MDS"},
        {"_id": "NCT00000044", "title": "C"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    records, aside = read(path)
    assert [one.source for one in records] == [Source.LIST, Source.LIST, Source.LIST]
    protocol: Any = records[0].data["protocolSection"]
    assert protocol["identificationModule"] == {"nctId": "NCT00000042", "briefTitle": "A title"}
    assert protocol["descriptionModule"] == {"briefSummary": "A summary"}
    second: Any = records[1].data["protocolSection"]
    assert second["conditionsModule"] == {"conditions": ["AML", "MDS"]}
    assert [one.nct_id for one in records] == ["NCT00000042", "NCT00000043", "NCT00000044"]
    assert aside == []


@pytest.mark.parametrize(
    ("content", "good", "reasons"),
    [
        (b"", 0, [Reason.EMPTY]),
        (b" \n ", 0, [Reason.EMPTY]),
        (b"PDF-1.7", 0, [Reason.UNKNOWN_FILE]),
        (b'{"a": 1}', 0, [Reason.NO_STUDY]),
        (b"[1, null]", 0, [Reason.NO_STUDY, Reason.NO_STUDY]),
        (b'{"protocolSection": {}}', 0, [Reason.NO_NUMBER]),
        (b'{"protocolSection": 3}', 0, [Reason.UNREADABLE]),
        (b'{"nct": "X1", "title": "b"}', 0, [Reason.NO_NUMBER]),
        (b'{"protocolSection": {"identificationModule"', 0, [Reason.CUT_OFF]),
        (json.dumps(STUDIES[:2]).encode()[:-1], 2, [Reason.CUT_OFF]),
        (json.dumps(STUDIES[:2]).encode()[:-9], 1, [Reason.CUT_OFF]),
        (b"[" + json.dumps(STUDIES[0]).encode() + b"; 3]", 1, [Reason.BROKEN]),
        (json.dumps(STUDIES[0]).encode() + b"\nnope\n\xff\xfe\n", 1, [
            Reason.BROKEN, Reason.ENCODING]),
        (b'{"nct": "NCT00000001", "title": "\xe9"}', 0, [Reason.ENCODING]),
        (b"[" * 100_000, 0, [Reason.BROKEN]),
        (b"\x1f\x8b\x08 broken", 0, [Reason.PACKED]),
        (gzip.compress(json.dumps(STUDIES).encode(), mtime=0)[:60], 0, [Reason.PACKED]),
        (b"PK\x03\x04 no archive", 0, [Reason.PACKED]),
        (b"<html><body/></html>", 0, [Reason.NO_STUDY]),
        (b"<clinical_study><id_info>", 0, [Reason.CUT_OFF]),
        (b"<clinical_study><brief_title>x</brief_title></clinical_study>", 0, [Reason.NO_NUMBER]),
    ],
)  # fmt: skip
def test_what_is_no_record_is_set_aside_with_its_reason(
    content: bytes, good: int, reasons: list[Reason], tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    records, aside = read(path)
    assert len(records) == good
    assert [one.reason for one in aside] == reasons
    assert all(one.where.startswith(str(path)) for one in aside)


def test_a_folder_gives_its_files_by_name_and_reading_goes_on_after_a_bad_one(
    tmp_path: Path,
) -> None:
    inner = tmp_path / "records" / "inner"
    inner.mkdir(parents=True)
    (inner / "b.json").write_text(json.dumps(STUDIES[1]))
    (tmp_path / "records" / "a.json").write_text("{")
    (tmp_path / "records" / "z.xml").write_text(CLASSIC)
    (tmp_path / "records" / "notes.txt").write_text("not looked at")
    assert [one.name for one in files_of([tmp_path / "records"])] == ["a.json", "b.json", "z.xml"]
    records, aside = read(tmp_path / "records")
    assert numbers(records) == [2, 90000001]
    assert [one.reason for one in aside] == [Reason.CUT_OFF]


CLASSIC = """<?xml version="1.0" encoding="UTF-8"?>
<clinical_study rank="1">
  <required_header><download_date>a day</download_date></required_header>
  <id_info><org_study_id>LAMP-1</org_study_id><nct_id>NCT90000001</nct_id></id_info>
  <brief_title>Lamps
    for Sleep</brief_title>
  <official_title>A Trial of Lamps</official_title>
  <sponsors>
    <lead_sponsor><agency>House of Lamps</agency><agency_class>Other</agency_class></lead_sponsor>
    <collaborator><agency>Light Ltd</agency><agency_class>Industry</agency_class></collaborator>
  </sponsors>
  <brief_summary><textblock>
    First line
    goes on.

    Second paragraph.
  </textblock></brief_summary>
  <overall_status>Active, not recruiting</overall_status>
  <start_date type="Actual">March 5, 2031</start_date>
  <completion_date type="Anticipated">June 2033</completion_date>
  <phase>Phase 1/Phase 2</phase>
  <study_type>Interventional</study_type>
  <study_design_info>
    <allocation>Non-Randomized</allocation>
    <intervention_model>Parallel Assignment</intervention_model>
    <primary_purpose>Treatment</primary_purpose>
    <masking>Double (Participant, Investigator)</masking>
  </study_design_info>
  <primary_outcome><measure>Hours of sleep</measure><time_frame>4 weeks</time_frame>
  </primary_outcome>
  <enrollment type="Anticipated">40</enrollment>
  <condition>Insomnia</condition>
  <condition>Jet Lag</condition>
  <arm_group><arm_group_label>Lamp</arm_group_label>
    <arm_group_type>Active Comparator</arm_group_type>
  </arm_group>
  <intervention><intervention_type>Device</intervention_type>
    <intervention_name>Lamp</intervention_name><arm_group_label>Lamp</arm_group_label>
    <other_name>Light</other_name></intervention>
  <eligibility>
    <criteria><textblock>
        Inclusion Criteria:

          -  Awake at night
             for long

        Exclusion Criteria:

          -  Blind
    </textblock></criteria>
    <gender>Both</gender><minimum_age>18 Years</minimum_age><maximum_age>N/A</maximum_age>
    <healthy_volunteers>No</healthy_volunteers>
  </eligibility>
  <overall_contact><last_name>Somebody</last_name><phone>123</phone></overall_contact>
  <location><facility><name>Night Hospital</name>
    <address><city>Lampton</city><country>Nowhere</country></address></facility>
    <status>Recruiting</status></location>
  <last_update_posted type="Actual">May 2, 2032</last_update_posted>
  <keyword>light</keyword>
  <condition_browse><mesh_term>Sleep Initiation and Maintenance Disorders</mesh_term>
  </condition_browse>
</clinical_study>
"""


def test_the_former_xml_says_the_same_as_a_record_of_api_v2(tmp_path: Path) -> None:
    from trialrun.record.reader import read_study

    path = tmp_path / "NCT90000001.xml"
    path.write_text(CLASSIC, encoding="utf-8")
    (one,), aside = read(path)
    assert not aside and one.source is Source.CLASSIC and one.updated == "2032-05-02"
    assert "123" not in json.dumps(one.data) and "Somebody" not in json.dumps(one.data)
    found = read_study(one.data, where="it")
    assert found.bag.strays == ()  # every field and every word is one of API v2
    protocol = found.protocol
    assert found.title == "Lamps for Sleep"
    assert protocol.description.brief_summary == "First line goes on.\n\nSecond paragraph."
    assert protocol.status.overall_status == "ACTIVE_NOT_RECRUITING"
    assert str(protocol.status.start_date.date) == "2031-03-05"
    assert str(protocol.status.completion_date.date) == "2033-06"
    assert list(protocol.design.phases) == ["PHASE1", "PHASE2"]
    info = protocol.design.design_info
    assert (info.allocation, info.intervention_model) == ("NON_RANDOMIZED", "PARALLEL")
    assert info.masking_info.masking == "DOUBLE"
    assert protocol.design.enrollment_info.count == 40
    assert protocol.conditions.conditions == ("Insomnia", "Jet Lag")
    assert protocol.arms_interventions.interventions[0].other_names == ("Light",)
    assert protocol.eligibility.sex == "ALL" and protocol.eligibility.healthy_volunteers is False
    assert protocol.eligibility.maximum_age is None
    assert (protocol.eligibility.eligibility_criteria or "").splitlines()[2:4] == [
        "  -  Awake at night", "     for long",
    ]  # fmt: skip
    assert protocol.contacts_locations.locations[0].city == "Lampton"
    meshes = found.derived.condition_browse.meshes
    assert [mesh.term for mesh in meshes] == ["Sleep Initiation and Maintenance Disorders"]
