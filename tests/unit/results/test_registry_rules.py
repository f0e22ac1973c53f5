"""Every rule, with a record that keeps it and one that breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from support import small_trial
from trialrun.analysis.cutoff import cutoff_at
from trialrun.record.reader import read_study
from trialrun.results.analysed import analyse
from trialrun.results.registry import results_json
from trialrun.results.registry_rules import RULES, Level, check_results
from trialrun.results.registry_rules.cells import decimal_of, whole_of
from trialrun.wording.catalogue import LOCALES

Data = dict[str, Any]


def draft() -> Data:
    """A record of ours in two arms that breaks no rule, with the modules that rules read."""
    protocol = small_trial.nk_protocol(arms=2)
    book = small_trial.random_book(protocol, Random(11), 24)
    entries = book.entries()
    results = analyse(cutoff_at(protocol, entries))
    data: Data = json.loads(json.dumps(results_json(results, entries, "0")))
    enrolled = results.screening.enrolled.value
    data.pop("trialrun")
    data["protocolSection"] = {
        "identificationModule": {"briefTitle": "A trial"},
        "statusModule": {
            "startDateStruct": {"date": "2024-01-01"},
            "primaryCompletionDateStruct": {"date": "2025-03-10"},
            "resultsFirstSubmitDate": "2026-03-10",
        },
        "designModule": {"enrollmentInfo": {"count": enrolled, "type": "ACTUAL"}},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Participants with a limiting event"}]},
    }
    data["documentSection"] = {
        "largeDocumentModule": {"largeDocs": [{"hasProtocol": True, "hasSap": True}]}
    }
    return data


DRAFT = draft()


def results(data: Data) -> Data:
    section: Data = data["resultsSection"]
    return section


def flow(data: Data) -> Data:
    return results(data)["participantFlowModule"]  # type: ignore[no-any-return]


def period(data: Data) -> Data:
    return flow(data)["periods"][0]  # type: ignore[no-any-return]


def milestone(data: Data, kind: str) -> Data:
    return next(one for one in period(data)["milestones"] if one["type"] == kind)


def base(data: Data) -> Data:
    return results(data)["baselineCharacteristicsModule"]  # type: ignore[no-any-return]


def outcome(data: Data, place: int = 0) -> Data:
    return results(data)["outcomeMeasuresModule"]["outcomeMeasures"][place]  # type: ignore[no-any-return]


def cell(data: Data, place: int = 0) -> Data:
    return outcome(data, place)["classes"][0]["categories"][0]["measurements"][0]  # type: ignore[no-any-return]


def analysis(data: Data) -> Data:
    return outcome(data)["analyses"][0]  # type: ignore[no-any-return]


def events(data: Data) -> Data:
    return results(data)["adverseEventsModule"]  # type: ignore[no-any-return]


def info(data: Data) -> Data:
    return results(data)["moreInfoModule"]  # type: ignore[no-any-return]


def put(where: Data, key: str, value: Any) -> None:
    where[key] = value


def _f2(data: Data) -> None:
    put(period(data)["milestones"][1]["achievements"][0], "numSubjects", "999")


def _f5(data: Data) -> None:
    later = deepcopy(period(data))
    put(later, "title", "Second")
    put(period(data), "title", "First")
    flow(data)["periods"].append(later)


def _b1(data: Data) -> None:
    base(data)["measures"] = [one for one in base(data)["measures"] if "Age" not in one["title"]]


def _b2(data: Data) -> None:
    base(data)["measures"] = [one for one in base(data)["measures"] if "Race" not in one["title"]]


def _b3(data: Data) -> None:
    base(data).pop("populationDescription")
    for count in base(data)["denoms"][0]["counts"]:
        put(count, "value", "1")


def _sex(data: Data) -> Data:
    return next(one for one in base(data)["measures"] if one["title"].startswith("Sex"))


def _a5(data: Data) -> None:
    analysis(data).pop("nonInferiorityComment", None)
    put(analysis(data), "nonInferiorityType", "NON_INFERIORITY")


def _e3(data: Data) -> None:
    put(events(data), "frequencyThreshold", "5")
    for stats in events(data)["otherEvents"][0]["stats"]:
        stats.update(numAffected=0, numEvents=0)


def _other(data: Data) -> Data:
    return events(data)["otherEvents"][0]["stats"][0]  # type: ignore[no-any-return]


def _group(data: Data) -> Data:
    return events(data)["eventGroups"][0]  # type: ignore[no-any-return]


def _e11(data: Data) -> None:
    events(data).pop("otherEvents")
    put(_group(data), "otherNumAffected", 1)


def _f9(data: Data) -> None:
    period(data)["dropWithdraws"] = [
        {"type": "Death", "reasons": [{"groupId": "FG000", "numSubjects": "99"}]}
    ]


BREAKS: dict[str, Callable[[Data], Any]] = {
    "F1": lambda d: put(milestone(d, "COMPLETED"), "type", "FINISHED"),
    "F2": _f2,
    "F3": lambda d: put(period(d)["dropWithdraws"][0]["reasons"][0], "numSubjects", "77"),
    "F4": lambda d: period(d).pop("dropWithdraws"),
    "F5": _f5,
    "F6": lambda d: (
        flow(d).pop("preAssignmentDetails", None),
        put(d["protocolSection"]["designModule"]["enrollmentInfo"], "count", 999),
    ),
    "F7": lambda d: put(period(d), "title", "Treatment"),
    "F8": lambda d: (
        put(period(d)["dropWithdraws"][0], "type", "Other"),
        period(d)["dropWithdraws"][0].pop("comment", None),
    ),
    "F9": _f9,
    "G1": lambda d: put(flow(d)["groups"][0], "title", "NK"),
    "G2": lambda d: flow(d)["groups"][0].pop("description"),
    "G3": lambda d: put(cell(d), "groupId", "OG009"),
    "B1": _b1,
    "B2": _b2,
    "B3": _b3,
    "B4": lambda d: put(base(d)["denoms"][0]["counts"][-1], "value", "999"),
    "B5": lambda d: put(_sex(d)["classes"][0]["categories"][0]["measurements"][0], "value", "999"),
    "B6": lambda d: put(_sex(d), "unitOfMeasure", "people"),
    "B7": lambda d: base(d)["measures"][0].pop("dispersionType"),
    "B8": lambda d: put(base(d)["measures"][0], "unitOfMeasure", "score"),
    "O1": lambda d: put(outcome(d), "type", "SECONDARY"),
    "O2": lambda d: put(outcome(d), "title", "Safety"),
    "O3": lambda d: outcome(d).update(title="Number of participants with pain", unitOfMeasure="mg"),
    "O4": lambda d: outcome(d, 3).update(title="Percentage of cells", unitOfMeasure="mg"),
    "O5": lambda d: put(outcome(d), "unitOfMeasure", "Units"),
    "O6": lambda d: put(outcome(d), "timeFrame", "28"),
    "O7": lambda d: put(outcome(d), "timeFrame", "Through study completion"),
    "O8": lambda d: put(outcome(d), "dispersionType", "Standard Deviation"),
    "O9": lambda d: put(cell(d, 3), "lowerLimit", "99999"),
    "O10": lambda d: (put(cell(d, 3), "value", "NA"), cell(d, 3).pop("comment", None)),
    "O11": lambda d: put(cell(d), "value", "0.5"),
    "O12": lambda d: put(outcome(d)["denoms"][0]["counts"][0], "value", "999"),
    "O13": lambda d: outcome(d, 1).pop("populationDescription"),
    "O14": lambda d: (
        outcome(d).pop("populationDescription", None),
        put(outcome(d)["denoms"][0]["counts"][0], "value", "0"),
    ),
    "O15": lambda d: outcome(d).pop("classes"),
    "O16": lambda d: put(outcome(d, 4), "unitOfMeasure", "people"),
    "O17": lambda d: (
        put(outcome(d, 3), "unitOfMeasure", "percentage of cells"),
        put(cell(d, 3), "value", "250"),
    ),
    "O18": lambda d: (
        outcome(d)["groups"][0].update(title="Others"),
        outcome(d)["groups"][0].pop("description"),
        outcome(d).pop("populationDescription", None),
    ),
    "O19": lambda d: (put(cell(d, 3), "upperLimit", "NA"), cell(d, 3).pop("comment", None)),
    "O20": lambda d: put(outcome(d), "title", "x" * 256),
    "A1": lambda d: analysis(d).pop("nonInferiorityType"),
    "A2": lambda d: put(analysis(d), "pValue", "1.2"),
    "A3": lambda d: analysis(d).pop("ciUpperLimit"),
    "A4": lambda d: put(analysis(d), "paramValue", "100.1"),
    "A5": _a5,
    "E1": lambda d: events(d).pop("timeFrame"),
    "E2": lambda d: put(events(d), "frequencyThreshold", "6"),
    "E3": _e3,
    "E4": lambda d: put(_other(d), "numAffected", 999),
    "E5": lambda d: _other(d).update(numEvents=3, numAffected=0),
    "E6": lambda d: put(_group(d), "otherNumAffected", 999),
    "E7": lambda d: put(events(d)["otherEvents"][0], "organSystem", "Heart"),
    "E8": lambda d: events(d)["otherEvents"][0].pop("assessmentType"),
    "E9": lambda d: put(_group(d), "seriousNumAtRisk", 999),
    "E10": lambda d: put(_group(d), "deathsNumAffected", 999),
    "E11": _e11,
    "M1": lambda d: info(d)["certainAgreement"].pop("restrictiveAgreement"),
    "M2": lambda d: info(d)["pointOfContact"].pop("phone"),
    "M3": lambda d: d.pop("documentSection"),
    "M4": lambda d: put(
        d["protocolSection"]["statusModule"], "resultsFirstSubmitDate", "2026-03-11"
    ),
}


def found(data: Data) -> set[str]:
    return {one.rule.id for one in check_results(read_study(data, where="draft"))}


def test_the_draft_keeps_every_rule() -> None:
    assert found(deepcopy(DRAFT)) == set()


@pytest.mark.parametrize("rule", BREAKS)
def test_a_record_that_breaks_a_rule_is_found(rule: str) -> None:
    data = deepcopy(DRAFT)
    BREAKS[rule](data)
    assert rule in found(data)


def test_all_sixty_rules_are_tried() -> None:
    assert len(RULES) == 60
    assert [rule.id for rule in RULES] == list(BREAKS)
    warnings = {rule.id for rule in RULES if rule.level is Level.WARNING}
    assert warnings == {"F4", "F5", "O2", "O7", "O17", "O18", "A4", "E3", "E8", "M4"}


def test_every_rule_is_said_in_every_language() -> None:
    for rule in RULES:
        assert all(rule.words(locale) for locale in LOCALES)
        assert rule.source


def test_a_record_without_results_breaks_only_what_asks_for_something() -> None:
    study = read_study(
        {"protocolSection": {"identificationModule": {"briefTitle": "x"}}}, where="x"
    )
    assert {one.rule.id for one in check_results(study)} == {"B1", "B2", "O1", "M1", "M2"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234", 1234), ("<0.5", 0), (" 7 ", 7), ("NA", None), ("", None), (None, None), ("x", None)],
)
def test_numbers_are_read_from_texts(text: str | None, value: int | None) -> None:
    read = decimal_of(text)
    assert (None if read is None else int(read)) == value
    assert whole_of("2.5") is None and whole_of("3.0") == 3


def test_escapes_of_the_api_do_not_count_as_length() -> None:
    data = deepcopy(DRAFT)
    put(outcome(data), "title", "\\[" * 255)
    assert "O20" not in found(data)
