"""The rules on what is given and to how many; and no finding without its fault in a test."""

from __future__ import annotations

import pytest

from support.faulty_records import PREGNANT, eligibility, rules_of
from trialrun.wording.catalogue import topic
from unit.protocol import test_eligibility_findings, test_findings, test_registration_findings


def arms(*kinds: str, **first: object) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"label": label, "interventionNames": ["Drug: x"], "type": kind}
        for label, kind in zip("ABC", kinds, strict=False)
    ]
    rows[0] |= first
    return rows


def given(name: str = "x", kind: str = "DRUG", **more: object) -> dict[str, object]:
    arm = {"label": "A", "interventionNames": [f"{kind.title()}: {name}"], **more}
    one = {"type": kind, "name": name}
    return {"armsInterventionsModule": {"armGroups": [arm], "interventions": [one]}}


def design(model: str, allocation: str, count: int | None = 10) -> dict[str, object]:
    return {
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "designInfo": {"interventionModel": model, "allocation": allocation},
            "enrollmentInfo": {} if count is None else {"count": count},
        }
    }


def module(groups: list[dict[str, object]], *names: str) -> dict[str, object]:
    interventions = [{"type": "DRUG", "name": name} for name in names]
    return {"armsInterventionsModule": {"armGroups": groups, "interventions": interventions}}


def dates(primary: str, end: str) -> dict[str, object]:
    return {
        "statusModule": {
            "primaryCompletionDateStruct": {"date": primary},
            "completionDateStruct": {"date": end},
        }
    }


def summary(words: str) -> dict[str, object]:
    return {"descriptionModule": {"briefSummary": words}}


SEROLOGY = eligibility("Inclusion Criteria\n* Age >= 18" + PREGNANT + "* HIV, HCV\n")
INFECTED = eligibility(
    "Inclusion Criteria\n* Age >= 18"
    + PREGNANT
    + "* hepatitis (including hepatitis B and C), AIDS\n"
)
DONORS = eligibility("Inclusion Criteria\n* Age >= 18\n* Donors are siblings" + PREGNANT)
RELAPSED = eligibility("Inclusion Criteria\n* Relapsed disease" + PREGNANT)
NEW = eligibility("Inclusion Criteria\n* Newly diagnosed disease" + PREGNANT)
PHASE_1 = {
    "designModule": {
        "studyType": "INTERVENTIONAL",
        "phases": ["PHASE1"],
        "designInfo": {"primaryPurpose": "TREATMENT"},
        "enrollmentInfo": {"count": 10},
    }
}
NK = given("NK cells", "BIOLOGICAL")
TWO = arms("EXPERIMENTAL", "EXPERIMENTAL")

FAULTS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("several-products", given("drug a plus drug b"), given("drug a")),
    (
        "several-products",
        module(TWO, "drug a plus drug b"),
        module(TWO, "drug a plus drug b", "drug a", "drug b"),
    ),
    ("cell-product-type", given("NK cells"), given("NK cells", "BIOLOGICAL")),
    ("serology-missing", NK, NK | SEROLOGY),
    ("serology-missing", NK, NK | INFECTED),
    (
        "day-zero-missing",
        given(description="25 mg/m2 (-6d to -2d)"),
        given(description="25 mg/m2 (-6d to -2d), cells at day 0"),
    ),
    (
        "interval-reads-two-ways",
        given(description="interval was 1 day"),
        given(description="on days 0, 2 and 4"),
    ),
    (
        "donor-criteria-missing",
        given(description="donor-derived product"),
        given(description="donor-derived product") | DONORS,
    ),
    (
        "donor-criteria-missing",
        given(description="a healthy donor's product"),
        given(description="donor-specific antibodies are measured"),
    ),
    (
        "donor-criteria-missing",
        given(description="donor-derived product"),
        given(description="donor-derived product from the shelf: an off-the-shelf product"),
    ),
    (
        "donor-criteria-missing",
        given(description="donor-derived product"),
        given(description="donor-derived product")
        | summary("Cords are of women who have been screened for infectious diseases."),
    ),
    (
        "doses-differ",
        given("busulfan", description="busulfan 25 mg/m2")
        | {"armsInterventionsModule": {
            "armGroups": [{"label": "A", "interventionNames": ["Drug: busulfan"],
                           "description": "busulfan 25 mg/m2"}],
            "interventions": [{"type": "DRUG", "name": "busulfan",
                               "description": "busulfan 30 mg/m2"}]}},
        given("busulfan", description="busulfan 25 mg/m2"),
    ),
    (
        "populations-differ",
        RELAPSED | summary("people with newly diagnosed disease"),
        NEW | summary("people with newly diagnosed disease"),
    ),
    (
        "safety-rules-missing",
        PHASE_1 | summary("a dose escalation"),
        PHASE_1 | summary("a dose escalation to the maximum tolerated dose"),
    ),
    (
        "safety-rules-missing",
        PHASE_1 | summary("a dose escalation"),
        PHASE_1 | summary("a dose escalation; the dose is not increased after a local reaction"),
    ),
    (
        "safety-rules-missing",
        PHASE_1 | summary("a dose escalation"),
        PHASE_1 | summary("a dose escalation; the DSMB will decide on the next dose"),
    ),
    ("intervention-in-no-arm", module(arms("EXPERIMENTAL"), "x", "y"), given()),
    (
        "arm-without-intervention",
        module([*arms("EXPERIMENTAL"), {"label": "B", "type": "OTHER"}], "x"),
        module([*arms("EXPERIMENTAL"), {"label": "B", "type": "NO_INTERVENTION"}], "x"),
    ),
    ("randomized-one-arm", design("SINGLE_GROUP", "RANDOMIZED"), design("SINGLE_GROUP", "NA")),
    (
        "single-group-several-arms",
        design("SINGLE_GROUP", "NON_RANDOMIZED") | module(TWO, "x"),
        design("PARALLEL", "NON_RANDOMIZED") | module(TWO, "x"),
    ),
    ("primary-completion-late", dates("2026-05", "2026-04-30"), dates("2026-04", "2026-04-30")),
    ("size-missing", design("SINGLE_GROUP", "NA", None), design("SINGLE_GROUP", "NA")),
    (
        "size-missing",
        design("SINGLE_GROUP", "NA", None),
        design("SINGLE_GROUP", "NA", None) | summary("A total of 60 children were included."),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "fault", "mended"), FAULTS, ids=[f"{n}-{one[0]}" for n, one in enumerate(FAULTS)]
)
def test_a_rule_fires_on_the_fault_and_not_on_the_mended(
    rule: str, fault: dict[str, object], mended: dict[str, object]
) -> None:
    assert rule in rules_of(**fault)
    assert rule not in rules_of(**mended)


def test_every_finding_has_a_test_of_its_fault_and_of_the_mended_record() -> None:
    known = {key.replace("_", "-") for key in topic("findings", "en")}
    tables = (
        FAULTS,
        test_findings.FAULTS,
        test_eligibility_findings.FAULTS,
        test_registration_findings.FAULTS,
    )
    assert {rule for table in tables for rule, *_ in table} == known
