"""API v2 JSON → model → JSON: typed, equal, and whatever does not fit is kept and listed."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import RecordError
from trialrun.record.bag import Oddity
from trialrun.record.model import Study
from trialrun.record.plan import DesignModule
from trialrun.record.reader import read_study
from trialrun.record.shape import Kind, shape
from trialrun.record.writer import write_study

RECORDS = Path(__file__).parent / "records"
FULL = json.loads((RECORDS / "with_results.json").read_text())
OBSERVED = json.loads((RECORDS / "observational.json").read_text())


def exactly(data: object) -> str:
    """JSON text in which 1, 1.0 and true differ."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


@pytest.mark.parametrize("data", [FULL, OBSERVED], ids=["with results", "observational"])
def test_a_record_is_written_back_equal_with_an_empty_bag(data: dict) -> None:
    study = read_study(data, where="test")
    assert exactly(write_study(study)) == exactly(data)
    assert len(study.bag) == 0


def test_fields_are_typed_by_their_registry_names() -> None:
    study = read_study(FULL, where="test")
    assert study.protocol.status.status_verified_date == "2024-02"
    assert study.protocol.status.primary_completion_date.date == "2022-12"
    assert study.protocol.design.phases == ("PHASE1", "PHASE2")
    assert study.protocol.contacts_locations.locations[0].geo_point.lat == Decimal("39.92423")
    assert study.results.adverse_events.serious_events[0].stats[0].num_affected == 1
    assert study.protocol.sponsor_collaborators.lead_sponsor.class_ == "OTHER"
    assert study.title == "Lamp Light <for> Winter & Sleep"


def test_what_a_record_lacks_equals_the_empty_part() -> None:
    study = read_study({"protocolSection": {"descriptionModule": {"briefSummary": ""}}}, where="t")
    assert study.protocol.design == DesignModule()
    assert study.protocol.description.brief_summary == ""
    assert study.nct_id == ""
    assert study.has_results is None


@pytest.mark.parametrize(
    ("change", "oddity", "place"),
    [
        (("protocolSection", "newModule", {"a": [1, None]}), Oddity.UNKNOWN_FIELD, "newModule"),
        (("protocolSection", "designModule", 7), Oddity.WRONG_TYPE, "designModule"),
        (("protocolSection", "designModule", {}), Oddity.EMPTY, "designModule"),
        (("protocolSection", "designModule", None), Oddity.EMPTY, "designModule"),
        (("protocolSection", "outcomesModule", {"primaryOutcomes": {}}), Oddity.WRONG_TYPE, ""),
        (("protocolSection", "conditionsModule", {"conditions": []}), Oddity.EMPTY, "conditions"),
    ],
)
def test_what_does_not_fit_is_bagged_and_put_back(
    change: tuple[str, str, object], oddity: Oddity, place: str
) -> None:
    data = copy.deepcopy(FULL)
    section, key, value = change
    data[section][key] = value
    study = read_study(data, where="test")
    assert exactly(write_study(study)) == exactly(data)
    assert [stray.oddity for stray in study.bag.strays] == [oddity]
    assert place in study.bag.strays[0].place


def test_strays_inside_lists_are_put_back_in_order() -> None:
    data = copy.deepcopy(FULL)
    data["protocolSection"]["conditionsModule"]["conditions"] = [1, "A", None, "B", {"c": []}]
    data["protocolSection"]["outcomesModule"]["primaryOutcomes"] = [
        "text", {}, 3.5, {"measure": "M", "odd": [{}]}, {"only": 1}, {"measure": ["x"]},
    ]  # fmt: skip
    study = read_study(data, where="test")
    assert study.protocol.conditions.conditions == ("A", "B")
    assert [one.measure for one in study.protocol.outcomes.primary_outcomes] == [
        None, "M", None, None,
    ]  # fmt: skip
    assert exactly(write_study(study)) == exactly(data)
    conditions = "protocolSection.conditionsModule.conditions[]"
    assert (conditions, Oddity.WRONG_TYPE, 2) in study.bag.counts()
    assert (conditions, Oddity.EMPTY, 1) in study.bag.counts()
    assert study.bag.strays[0].place == "protocolSection.conditionsModule.conditions[0]"


def test_a_word_that_is_new_at_the_registry_is_read_and_listed() -> None:
    data = copy.deepcopy(FULL)
    data["protocolSection"]["statusModule"]["overallStatus"] = "PAUSED"
    data["protocolSection"]["designModule"]["phases"] = ["PHASE9", "PHASE1"]
    study = read_study(data, where="test")
    assert study.protocol.status.overall_status == "PAUSED"
    assert study.protocol.design.phases == ("PHASE9", "PHASE1")
    assert [(s.oddity, json.loads(s.text)) for s in study.bag.strays] == [
        (Oddity.UNKNOWN_WORD, "PAUSED"),
        (Oddity.UNKNOWN_WORD, "PHASE9"),
    ]
    assert exactly(write_study(study)) == exactly(data)


@pytest.mark.parametrize("data", [None, 3, "x", [], {}, {"protocolSection": []}, {"study": {}}])
def test_json_that_is_no_study_is_refused(data: object) -> None:
    with pytest.raises(RecordError, match="not a study record"):
        read_study(data, where="test")  # type: ignore[arg-type]


def test_flags_are_not_numbers() -> None:
    data = copy.deepcopy(FULL)
    data["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": True}
    data["hasResults"] = 1
    study = read_study(data, where="test")
    assert study.protocol.design.enrollment_info.count is None
    assert study.has_results is None
    assert exactly(write_study(study)) == exactly(data)


def places(data: object, path: tuple = ()) -> list[tuple]:
    """The paths of all values below a record's top level."""
    found = [path] if len(path) > 1 else []
    if isinstance(data, dict):
        for key, value in data.items():
            found += places(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            found += places(value, (*path, place))
    return found


PLACES = places(FULL)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON_VALUES), min_size=1, max_size=6))
def test_any_damage_is_read_and_written_back_equal(damage: list) -> None:
    data = copy.deepcopy(FULL)
    for path, value in damage:
        here = data
        for step in path[:-1]:
            inside = isinstance(here, dict) and step in here
            inside |= isinstance(here, list) and isinstance(step, int) and step < len(here)
            if not inside:
                break
            here = here[step]
        else:
            if isinstance(here, dict) or (isinstance(here, list) and path[-1] in range(len(here))):
                here[path[-1]] = copy.deepcopy(value)
    study = read_study(data, where="test")
    assert exactly(write_study(study)) == exactly(data)


def test_the_model_has_every_shape_that_the_codec_knows() -> None:
    seen: set[type] = set()

    def visit(part: type) -> None:
        if part not in seen:
            seen.add(part)
            for slot in shape(part):
                if slot.part is not None:
                    visit(slot.part)

    visit(Study)
    kinds = {(slot.kind, slot.many) for part in seen for slot in shape(part)}
    assert kinds == {(kind, False) for kind in Kind} | {(Kind.TEXT, True), (Kind.PART, True)}
    assert len(seen) == 85
