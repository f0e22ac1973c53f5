"""Each finding rule fires on a small record that has the fault, and is silent once it is mended."""

from __future__ import annotations

import pytest

from support.faulty_records import PREGNANT, eligibility, record, rules_of
from trialrun.protocol.findings import RULES, findings_on
from trialrun.record.reader import read_study
from trialrun.wording.catalogue import LOCALES

FAULTS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (
        "age-differs",
        eligibility("Inclusion Criteria\n* Age 20-60 years" + PREGNANT, maximumAge="60 Years"),
        eligibility("Inclusion Criteria\n* Age 18-60 years" + PREGNANT, maximumAge="60 Years"),
    ),
    (
        "age-limit-only-structured",
        eligibility(
            "Inclusion Criteria\n* Age\\> = 18 years old" + PREGNANT, maximumAge="75 Years"
        ),
        eligibility(
            "Inclusion Criteria\n* Age\\> = 18 years old" + PREGNANT, maximumAge="99 Years"
        ),
    ),
    (
        "excluded-in-description-only",
        {"descriptionModule": {"detailedDescription": "people with AML (excluding APL)"}},
        {
            "descriptionModule": {"detailedDescription": "people with AML (excluding APL)"},
            **eligibility("Inclusion Criteria\n* AML, not APL" + PREGNANT),
        },
    ),
    (
        "pregnancy-missing",
        eligibility("Inclusion Criteria\n* Age >= 18\nExclusion Criteria\n* infection"),
        eligibility("Inclusion Criteria\n* Age >= 18\nExclusion Criteria\n* lactating"),
    ),
    (
        "volunteers-differ",
        eligibility("Inclusion Criteria\n* healthy volunteers" + PREGNANT, healthyVolunteers=False),
        eligibility("Inclusion Criteria\n* healthy volunteers" + PREGNANT, healthyVolunteers=True),
    ),
    (
        "heading-empty",
        eligibility("Inclusion Criteria\n* Age >= 18, not pregnant\n\nExclusion Criteria"),
        eligibility("Inclusion Criteria\n* Age >= 18, not pregnant\n\nExclusion Criteria\nNone"),
    ),
    ("outcomes-missing", {"outcomesModule": {}}, {}),
    (
        "outcomes-missing",
        {"outcomesModule": {}},
        {
            "outcomesModule": {},
            "descriptionModule": {"briefSummary": "The primary objective of it is the FEV1."},
        },
    ),
    ("time-frame-missing", {"outcomesModule": {"primaryOutcomes": [{"measure": "m"}]}}, {}),
    (
        "ends-before-it-starts",
        {
            "statusModule": {
                "startDateStruct": {"date": "2026-05"},
                "completionDateStruct": {"date": "2026-04-30"},
            }
        },
        {
            "statusModule": {
                "startDateStruct": {"date": "2026-05"},
                "completionDateStruct": {"date": "2026-05-01"},
            }
        },
    ),
    ("headings-missing", eligibility("* Age >= 18\n* pregnant"), {}),
    (
        "headings-missing",
        eligibility("* Age >= 18\n* pregnant"),
        eligibility("People are eligible if:\n* Age >= 18\nand ineligible if:\n* pregnant"),
    ),
    (
        "time-frame-missing",
        {"outcomesModule": {"primaryOutcomes": [{"measure": "Leg pain score"}]}},
        {
            "outcomesModule": {"primaryOutcomes": [{"measure": "Leg pain score"}]},
            "descriptionModule": {
                "detailedDescription": "The primary outcome is the decrease of "
                "the score 3 months after treatment."
            },
        },
    ),
    (
        "time-frame-missing",
        {"outcomesModule": {"primaryOutcomes": [{"measure": "Filaggrin level"}]}},
        {"outcomesModule": {"primaryOutcomes": [{"measure": "Filaggrin mutation"}]}},
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


def test_a_sound_record_has_no_findings() -> None:
    assert rules_of() == set()


def treatment(name: str, kind: str, **more: object) -> dict[str, object]:
    arm = {"label": "A", "interventionNames": [f"{kind.title()}: {name}"], **more}
    one = {"type": kind, "name": name}
    return {"armsInterventionsModule": {"armGroups": [arm], "interventions": [one]}}


@pytest.mark.parametrize(
    ("rule", "modules"),
    [
        ("several-products", treatment("drug a combined with drug b", "DRUG")),
        ("cell-product-type", treatment("NK cells", "DRUG")),
        ("serology-missing", treatment("NK cells", "BIOLOGICAL")),
        ("day-zero-missing", treatment("x", "DRUG", description="25 mg/m2 (-6d to -2d)")),
        ("interval-reads-two-ways", treatment("x", "DRUG", description="interval was 1 day")),
        ("donor-criteria-missing", treatment("x", "DRUG", description="donor-derived product")),
    ],
)
def test_treatment_rules(rule: str, modules: dict[str, object]) -> None:
    assert rule in rules_of(**modules)


def test_safety_rules_are_asked_of_phase_one_alone() -> None:
    design = {
        "studyType": "INTERVENTIONAL",
        "phases": ["PHASE1"],
        "designInfo": {"primaryPurpose": "TREATMENT"},
        "enrollmentInfo": {"count": 10},
    }
    finds = {"descriptionModule": {"briefSummary": "a dose escalation"}}
    assert "safety-rules-missing" in rules_of(designModule=design, **finds)
    assert "safety-rules-missing" not in rules_of(designModule=design)
    later = design | {"phases": ["PHASE3"]}
    assert "safety-rules-missing" not in rules_of(designModule=later, **finds)
    told = {"descriptionModule": {"briefSummary": "escalation until a dose-limiting toxicity"}}
    assert "safety-rules-missing" not in rules_of(designModule=design, **told)


def test_findings_point_at_their_words_in_every_language() -> None:
    study = read_study(
        record(**treatment("x", "DRUG", description="interval was 1 day")),  # type: ignore[arg-type]
        where="test",
    )
    (finding,) = [one for one in findings_on(study) if one.rule == "interval-reads-two-ways"]
    assert finding.span == (0, 18)
    assert finding.quoted == "interval was 1 day"
    for locale in LOCALES:
        assert "0, 2, 4" in finding.words(locale)


def test_a_quotation_takes_no_bracket_that_it_does_not_close() -> None:
    words = {"detailedDescription": "people with AML (excluding APL)"}
    (finding,) = [
        one
        for one in findings_on(read_study(record(descriptionModule=words), where="test"))
        if one.rule == "excluded-in-description-only"
    ]
    assert (finding.quoted, finding.span) == ("excluding APL", (17, 30))


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Inclusion Criteria:\n\n* Age >= 18\n\nExclusion Criteria:\n", ["Exclusion Criteria:"]),
        ("Inclusion Criteria:\n\nExclusion Criteria:\n\n* pregnant", ["Inclusion Criteria:"]),
        (
            "Inclusion Criteria:\n\nExclusion Criteria:",
            ["Inclusion Criteria:", "Exclusion Criteria:"],
        ),
        ("Inclusion Criteria:\n\n* Age >= 18\n\nExclusion Criteria:\n\nNone", []),
        ("Inclusion Criteria:\n\n* Age >= 18\n\nExclusion Criteria: none", []),
        ("Inclusion Criteria:\n\n* Age >= 18\n\nExclusion Criteria: pregnancy", []),
        ("Inclusion Criteria:\n\nDonor inclusion criteria:\n\n* Age >= 18", []),
        ("Exclusion Criteria:\n\n* Inclusion Criteria: all must be met\n  1. Age >= 18", []),
        ("* Age >= 18", []),
        ("", []),
    ],
)
def test_a_heading_with_nothing_below_it(text: str, quoted: list[str]) -> None:
    study = read_study(record(**eligibility(text)), where="test")  # type: ignore[arg-type]
    found = [one for one in findings_on(study) if one.rule == "heading-empty"]
    assert [one.quoted for one in found] == quoted
    for one in found:
        assert one.span is not None and text[slice(*one.span)] == one.quoted
        assert "below this heading" in one.words() and "标题" in one.words("zh")


def test_every_rule_is_listed_once() -> None:
    assert len(set(RULES)) == len(RULES)
