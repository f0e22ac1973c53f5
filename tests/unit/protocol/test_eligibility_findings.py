"""The rules on eligibility: each fires on its fault, not on the mended record, with its words."""

from __future__ import annotations

import pytest

from support.faulty_records import record
from trialrun.protocol.findings import findings_on
from trialrun.protocol.findings.finding import Finding
from trialrun.record.reader import read_study
from trialrun.wording.catalogue import LOCALES

DRUG = {"type": "DRUG", "name": "x"}


def text(
    inclusion: str, exclusion: str = "* pregnant women", **fields: object
) -> dict[str, object]:
    """An eligibility module of one list each."""
    words = f"Inclusion Criteria:\n\n{inclusion}\n\nExclusion Criteria:\n\n{exclusion}"
    return {
        "eligibilityModule": {"eligibilityCriteria": words, "sex": "ALL", "minimumAge": "18 Years"}
        | fields
    }


def found(rule: str, modules: dict[str, object]) -> list[Finding]:
    study = read_study(record(**modules), where="test")  # type: ignore[arg-type]
    stored = study.protocol.eligibility.eligibility_criteria or ""
    those = [one for one in findings_on(study) if one.rule == rule]
    for one in those:
        if one.span is not None and one.where.endswith("eligibilityCriteria"):
            assert stored[slice(*one.span)] == one.quoted
        assert all(one.words(locale) for locale in LOCALES)
        assert one.who
    return those


def titled(title: str, **modules: object) -> dict[str, object]:
    return {"identificationModule": {"nctId": "NCT00000000", "briefTitle": title}} | modules


ARMS = {
    "armGroups": [{"label": "A", "interventionNames": ["Drug: x"]},
                  {"label": "B", "interventionNames": ["Drug: x"]}],
    "interventions": [DRUG],
}  # fmt: skip
OPEN = {
    "studyType": "INTERVENTIONAL",
    "phases": ["PHASE2"],
    "designInfo": {
        "allocation": "RANDOMIZED",
        "interventionModel": "PARALLEL",
        "maskingInfo": {"masking": "NONE"},
    },
    "enrollmentInfo": {"count": 10},
}
MASKED = OPEN | {
    "designInfo": {
        "allocation": "RANDOMIZED",
        "interventionModel": "PARALLEL",
        "maskingInfo": {"masking": "SINGLE", "whoMasked": ["PARTICIPANT"]},
    }
}

FOOD = {"armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Walnut flour"}]}}
DEVICE = {"armsInterventionsModule": {"interventions": [{"type": "DEVICE", "name": "x"}]}}

FAULTS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (
        "limit-twice",
        text("* Age ≥ 18 years\n* ECOG ≤ 2\n* ECOG ≤ 1"),
        text("* Age ≥ 18 years\n* ECOG ≤ 2\n* LVEF ≥ 50 %"),
    ),
    (
        "limit-overlaps",
        text("* Age ≥ 18 years", "* Age < 21 years"),
        text("* Age ≥ 18 years", "* Age < 18 years"),
    ),
    (
        "limit-edge",
        text("* Age > 18 years", "* Age < 18 years"),
        text("* Age ≥ 18 years", "* Age < 18 years"),
    ),
    (
        "limits-exclude-everybody",
        text("* LVEF ≥ 60 %\n* LVEF ≤ 40 %"),
        text("* LVEF ≥ 40 %\n* LVEF ≤ 60 %"),
    ),
    (
        "included-and-excluded",
        text("* Known severe asthma since childhood", "* Known severe asthma since childhood"),
        text("* Known severe asthma since childhood", "* Known severe asthma since last year"),
    ),
    (
        "criterion-twice",
        text("* Able to keep a daily diary\n* Able to read\n* Able to keep a daily diary"),
        text("* Able to keep a daily diary\n* Able to read\n* Able to keep a weekly diary"),
    ),
    (
        "unit-impossible",
        text("* Haemoglobin > 90 g/dL"),
        text("* Haemoglobin > 90 g/L"),
    ),
    (
        "unit-impossible",
        text("* Platelets ≥ 100/mm3"),
        text("* Platelets ≥ 100,000/mm3"),
    ),
    ("unit-missing", text("* Haemoglobin > 8"), text("* Haemoglobin > 8 g/dL")),
    ("unit-missing", text("* Bilirubin < 20"), text("* Bilirubin < 2 x ULN")),
    # One unit alone is possible: 11.5 mmol/L is above the normal range of haemoglobin.
    ("unit-missing", text("* Haemoglobin > 8"), text("* Haemoglobin > 11.5")),
    ("uln-of-what", text("* less than 3 x ULN"), text("* ALT less than 3 x ULN")),
    (
        "window-without-anchor",
        text("* Age ≥ 18 years", "* Antibiotics within 4 weeks"),
        text("* Age ≥ 18 years", "* Antibiotics within 4 weeks before screening"),
    ),
    (
        "window-back-from-when",
        text("* Age ≥ 18 years", "* Antibiotics in the last 4 weeks"),
        text("* Age ≥ 18 years", "* Antibiotics in the last 4 weeks before screening"),
    ),
    (
        "exclusion-negated",
        text("* Age ≥ 18 years", "* No history of asthma"),
        text("* No history of asthma"),
    ),
    (
        "wash-outs-differ",
        text("* Age ≥ 18 years", "* Chemotherapy within 4 weeks before day 1\n"
             "* Chemotherapy within 3 weeks before day 1"),
        text("* Age ≥ 18 years", "* Chemotherapy within 4 weeks before day 1\n"
             "* Radiotherapy within 3 weeks before day 1"),
    ),
    (
        "contraception-length",
        text("* Women must use effective contraception"),
        text("* Women must use effective contraception until 6 months after the last dose"),
    ),
    (
        "contraception-length",
        text("* Women must use effective contraception"),
        text("* Women must use effective contraception") | FOOD,
    ),
    (
        "contraception-length",
        text("* Women must use effective contraception"),
        text("* Women must use effective contraception, see the section on pregnancy"),
    ),
    (
        "window-back-from-when",
        text("* Age ≥ 18 years", "* Took part in another trial in the last 4 weeks"),
        text("* Age ≥ 18 years", "* Took part in another trial in the last 4 weeks") | DEVICE,
    ),
    (
        "window-back-from-when",
        text("* Age ≥ 18 years", "* Antibiotics in the last 4 weeks"),
        text("* Age ≥ 18 years", "* Antibiotics in the last 4 weeks")
        | {"conditionsModule": {"conditions": ["Acute Myocardial Infarction"]}},
    ),
    (
        "window-back-from-when",
        text("* Age ≥ 18 years", "* Took part in another study in the last 4 weeks\n"
             "* Investigational therapy within 3 weeks before the first dose"),
        text("* Age ≥ 18 years", "* Took part in another study in the last 4 weeks\n"
             "* Investigational therapy within 6 weeks before the first dose"),
    ),
    (
        "window-without-anchor",
        text("* Age ≥ 18 years", "* Participation in another trial (within 30 days)"),
        text("* Age ≥ 18 years", "* Participation in another trial (within 30 days)") | DEVICE,
    ),
    (
        "window-without-anchor",
        text("* Age ≥ 18 years", "* Antibiotics within 4 weeks"),
        text("* Age ≥ 18 years", "* Antibiotics within 4 weeks")
        | {"designModule": OPEN | {"studyType": "OBSERVATIONAL"}},
    ),
    (
        "limit-edge",
        text("* Age over 18 years", "* Age under 18 years", minimumAge="12 Years"),
        text("* Age over 18 years", "* Age under 18 years"),
    ),
    (
        "exception-by-judgement",
        text("* Age ≥ 18 years", "* Diabetes, unless approved by the sponsor"),
        text("* Age ≥ 18 years", "* Diabetes, unless treated by diet"),
    ),
    (
        "discretion-without-reason",
        text("* Age ≥ 18 years", "* Other people deemed unsuitable by the investigator")
        | {"armsInterventionsModule": ARMS, "designModule": OPEN},
        text("* Age ≥ 18 years", "* Other people deemed unsuitable by the investigator")
        | {"armsInterventionsModule": ARMS, "designModule": MASKED},
    ),
    (
        "discretion-without-reason",
        text("* Age ≥ 18 years", "* Other people deemed unsuitable by the investigator")
        | {"armsInterventionsModule": ARMS, "designModule": OPEN},
        text("* Age ≥ 18 years", "* People deemed unsuitable by the investigator for their safety")
        | {"armsInterventionsModule": ARMS, "designModule": OPEN},
    ),
    (
        "pregnancy-of-men",
        text("* Age ≥ 18 years", sex="MALE"),
        text("* Age ≥ 18 years", "* pregnant partner", sex="MALE"),
    ),
    (
        "condition-of-one-sex",
        text("* Age ≥ 18 years") | {"conditionsModule": {"conditions": ["Prostate Cancer"]}},
        text("* Age ≥ 18 years", sex="MALE")
        | {"conditionsModule": {"conditions": ["Prostate Cancer"]}},
    ),
    (
        "ages-reversed",
        text("* Asthma", minimumAge="65 Years", maximumAge="18 Years"),
        text("* Asthma", minimumAge="18 Years", maximumAge="65 Years"),
    ),
    (
        "adults-in-title",
        titled("Asthma in Adults", **text("* Asthma", minimumAge="12 Years")),
        titled("Asthma in Adults and Adolescents", **text("* Asthma", minimumAge="12 Years")),
    ),
    (
        "children-in-title",
        titled("Asthma in Children", **text("* Asthma")),
        titled("Asthma in Children", **text("* Asthma", minimumAge="6 Years")),
    ),
    (
        "age-unit-slip",
        text("* 6 months of age or more", minimumAge="6 Years"),
        text("* 6 months of age or more", minimumAge="6 Months"),
    ),
    (
        "volunteers-not-in-text",
        text("* Patients with asthma", healthyVolunteers=True),
        text("* Patients with asthma\n* or healthy people", healthyVolunteers=True),
    ),
    (
        "volunteers-differ",
        text("* healthy volunteers", healthyVolunteers=False),
        text("* Asthma", "* healthy volunteers", healthyVolunteers=False),
    ),
    (
        "arm-not-in-record",
        text("* Cohort 3: asthma"),
        text("* Cohort 3: asthma")
        | {"descriptionModule": {"briefSummary": "Cohort 3 receives the higher dose."}},
    ),
    (
        "drug-not-in-record",
        text("* No vaccine within 30 days before the first dose of Zopamilast"),
        text("* No vaccine within 30 days before the first dose of Zopamilast")
        | {"descriptionModule": {"briefSummary": "Zopamilast is given."}},
    ),
    (
        "life-expectancy-short",
        text("* Life expectancy of at least 8 weeks")
        | {"outcomesModule": {"primaryOutcomes": [{"measure": "FEV1", "timeFrame": "52 weeks"}]}},
        text("* Life expectancy of at least 12 months")
        | {"outcomesModule": {"primaryOutcomes": [{"measure": "FEV1", "timeFrame": "52 weeks"}]}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "fault", "mended"), FAULTS, ids=[f"{n}-{one[0]}" for n, one in enumerate(FAULTS)]
)
def test_a_rule_fires_on_the_fault_and_not_on_the_mended(
    rule: str, fault: dict[str, object], mended: dict[str, object]
) -> None:
    assert found(rule, fault)
    assert not found(rule, mended)


SILENT: list[tuple[str, dict[str, object]]] = [
    # Two populations have two limits.
    ("limit-twice", text("* Age ≥ 60 years\n\nOR\n\n* Age ≥ 18 years")),
    (
        "limit-twice",
        text("* Gestational age at delivery ≥ 30 weeks\n* Postmenstrual age ≥ 37 weeks now"),
    ),
    ("limit-twice", text("Group A:\n* Age ≥ 60 years\n\nGroup B:\n* Age ≥ 18 years")),
    ("criterion-twice", text("Group A:\n* Can keep a diary\n\nGroup B:\n* Can keep a diary")),
    ("unit-missing", text("* Creatinine clearance > 50")),
    ("adults-in-title", titled("Asthma in Adults", **text("* Asthma", minimumAge=None))),
    ("pregnancy-missing", text("* Asthma", "* infection\n\nOther criteria may apply")),
    ("pregnancy-missing", text("* Asthma", "* infection\n\nKey Exclusion Criteria\n* fever")),
    ("pregnancy-missing", text("* A woman enters who meets the criteria listed in the protocol",
                               "* infection")),
    ("age-differs", text("* Infants with a gestational age ≥ 37 weeks", minimumAge="1 Day")),
    ("pregnancy-missing", text("* Asthma", "* infection", minimumAge="50 Years")),
    ("pregnancy-missing", text("* Newborns", "* infection", maximumAge="21 Days")),
    ("pregnancy-missing", text("* Women not of child bearing potential", "* infection")),
    ("exception-by-judgement", text("* No toxicity, unless judged harmless by the investigator")),
    (
        "window-without-anchor",
        text("* Asthma", "Before screening, none of:\n* Antibiotics within 4 weeks"),
    ),
    ("wash-outs-differ", text("* Asthma", "* long-acting corticosteroids within 12 weeks of day 1\n"
                              "* short-acting corticosteroids within 4 weeks of day 1")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "modules"), SILENT, ids=lambda one: str(one)[:40])
def test_what_only_looks_like_a_fault_is_no_finding(rule: str, modules: dict[str, object]) -> None:
    assert not found(rule, modules)
