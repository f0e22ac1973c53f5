"""The rules on structured fields: each fires on its fault and not on the mended record."""

from __future__ import annotations

import pytest

from support.faulty_records import rules_of

TWO_ARMS = {
    "armGroups": [
        {"label": "A", "type": "EXPERIMENTAL", "interventionNames": ["Drug: x"]},
        {"label": "B", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Drug: x"]},
    ],
    "interventions": [{"type": "DRUG", "name": "x"}],
}
ONE_ARM = {"armsInterventionsModule": TWO_ARMS | {"armGroups": TWO_ARMS["armGroups"][:1]}}  # type: ignore[index]
PRICKED = {
    "armsInterventionsModule": TWO_ARMS
    | {"interventions": [{"type": "DRUG", "name": "prick test"}]}
}
DEVICE = {"armsInterventionsModule": {"interventions": [{"type": "DEVICE", "name": "x"}]}}
LESSONS = {
    "armsInterventionsModule": TWO_ARMS
    | {
        "armGroups": [
            TWO_ARMS["armGroups"][0],
            {"label": "B", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Other: lessons"]},
        ]
    }
}
ORR = {"measure": "Objective response", "timeFrame": "1 year"}


def design(*, phases: tuple[str, ...] = ("PHASE2",), count: int = 10, kind: str = "ESTIMATED",
           masking: str = "DOUBLE", who: tuple[str, ...] = ("PARTICIPANT", "INVESTIGATOR"),
           **info: object) -> dict[str, object]:  # fmt: skip
    return {
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": list(phases),
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "maskingInfo": {"masking": masking, "whoMasked": list(who)},
            }
            | info,
            "enrollmentInfo": {"count": count, "type": kind},
        },
        "armsInterventionsModule": TWO_ARMS,
    }


def title(words: str) -> dict[str, object]:
    return {"identificationModule": {"nctId": "NCT00000000", "briefTitle": words}}


def status(now: str, **dates: tuple[str, str]) -> dict[str, object]:
    return {
        "statusModule": {
            "overallStatus": now,
            "lastUpdateSubmitDate": "2025-06-15",
            **{
                f"{name}DateStruct": {"date": date, "type": kind}
                for name, (date, kind) in dates.items()
            },
        }
    }


def primary(frame: str, start: str, end: str, now: str = "RECRUITING") -> dict[str, object]:
    outcome = {"measure": "m", "timeFrame": frame}
    dates = status(now, start=(start, "ACTUAL"), completion=(end, "ESTIMATED"))
    return {"outcomesModule": {"primaryOutcomes": [outcome]}, **dates}


FAULTS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (
        "outcome-twice",
        {"outcomesModule": {"primaryOutcomes": [ORR], "secondaryOutcomes": [ORR]}},
        {
            "outcomesModule": {
                "primaryOutcomes": [ORR],
                "secondaryOutcomes": [ORR | {"timeFrame": "2 years"}],
            }
        },
    ),
    (
        "phase-differs",
        title("A Phase 2/3 Trial") | design(),
        title("A Phase 2/3 Trial") | design(phases=("PHASE2", "PHASE3")),
    ),
    (
        "phase-differs",
        title("A Phase 2 Trial") | design(phases=("NA",)),
        title("A Phase 2 Trial") | design(phases=("NA",)) | DEVICE,
    ),
    (
        "allocation-differs",
        title("A Randomized Trial") | design(allocation="NON_RANDOMIZED"),
        title("A Non-Randomized Trial") | design(allocation="NON_RANDOMIZED"),
    ),
    (
        "masking-differs",
        title("A Double-Blind Trial") | design(masking="NONE", who=()),
        title("A Double-Blind Trial") | design(),
    ),
    (
        "masking-differs",
        title("An Open-Label Trial") | design(),
        title("An Open-Label Trial") | design(masking="NONE", who=()),
    ),
    ("masking-differs", title("A Single-Blind Trial") | design(), design()),
    ("masked-nobody", design(who=()), design()),
    ("placebo-open", design(masking="NONE", who=()), design()),
    (
        "model-needs-arms",
        design(allocation="NA") | ONE_ARM,
        design(allocation="NON_RANDOMIZED"),
    ),
    # A randomized single arm is one fault, and one question.
    ("model-needs-arms", design(allocation="NA") | ONE_ARM, design() | ONE_ARM),
    ("randomized-one-arm", design() | ONE_ARM, design()),
    (
        "placebo-open",
        design(masking="NONE", who=()),
        design(masking="NONE", who=(), interventionModel="SINGLE_GROUP"),
    ),
    ("placebo-open", design(masking="NONE", who=()), design(masking="NONE", who=()) | PRICKED),
    ("placebo-open", design(masking="NONE", who=()), design(masking="NONE", who=()) | LESSONS),
    ("allocation-missing", design(allocation="NA"), design()),
    (
        "reached-in-the-future",
        status("COMPLETED", primaryCompletion=("2025-07-15", "ACTUAL")),
        status("COMPLETED", primaryCompletion=("2025-06-17", "ACTUAL")),
    ),
    (
        "start-passed",
        status("NOT_YET_RECRUITING", start=("2025-03", "ESTIMATED")),
        status("NOT_YET_RECRUITING", start=("2025-08", "ESTIMATED")),
    ),
    (
        "end-passed",
        status("RECRUITING", completion=("2025-03-01", "ESTIMATED")),
        status("COMPLETED", completion=("2025-03-01", "ACTUAL")),
    ),
    (
        "primary-reached-while-open",
        status("RECRUITING", primaryCompletion=("2025-03-01", "ACTUAL")),
        status("ACTIVE_NOT_RECRUITING", primaryCompletion=("2025-03-01", "ACTUAL")),
    ),
    (
        "completed-before-its-end",
        status("COMPLETED", completion=("2026-03-01", "ESTIMATED")),
        status("COMPLETED", completion=("2025-03-01", "ACTUAL")),
    ),
    (
        "size-zero",
        status("COMPLETED") | design(count=0, kind="ACTUAL"),
        status("WITHDRAWN") | design(count=0, kind="ACTUAL"),
    ),
    (
        "size-reached-while-open",
        status("RECRUITING") | design(kind="ACTUAL"),
        status("RECRUITING") | design(),
    ),
    (
        "outcome-after-the-end",
        primary("Up to 5 years", "2025-01", "2027-01"),
        primary("Up to 2 years", "2025-01", "2027-01"),
    ),
    (
        "outcome-after-the-end",
        primary("Up to 5 years", "2025-01", "2027-01"),
        primary("Up to 5 years", "2025-01", "2027-01", "TERMINATED"),
    ),
]


@pytest.mark.parametrize(
    ("rule", "fault", "mended"), FAULTS, ids=[f"{n}-{one[0]}" for n, one in enumerate(FAULTS)]
)
def test_a_rule_fires_on_the_fault_and_not_on_the_mended(
    rule: str, fault: dict[str, object], mended: dict[str, object]
) -> None:
    assert rule in rules_of(**fault)
    assert rule not in rules_of(**mended)


@pytest.mark.parametrize("date", ["2025-02-31", "soon", "2025", ""])
def test_a_date_that_is_none_is_no_traceback(date: str) -> None:
    rules_of(**primary("5 years", date, date), **design())
    rules_of(**status("NOT_YET_RECRUITING", start=(date, "ACTUAL"), completion=(date, "ACTUAL")))
