"""A small sound record whose modules a test replaces, and the rules that then find something."""

from __future__ import annotations

from trialrun.protocol.findings import findings_on
from trialrun.record.reader import read_study

PREGNANT = "\nExclusion Criteria\n* pregnant\n"


def record(**modules: object) -> dict[str, object]:
    base: dict[str, object] = {
        "identificationModule": {"nctId": "NCT00000000", "briefTitle": "A trial"},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "designInfo": {"interventionModel": "SINGLE_GROUP", "allocation": "NA"},
            "enrollmentInfo": {"count": 10},
        },
        "armsInterventionsModule": {
            "armGroups": [{"label": "A", "interventionNames": ["Drug: x"]}],
            "interventions": [{"type": "DRUG", "name": "x"}],
        },
        "outcomesModule": {"primaryOutcomes": [{"measure": "m", "timeFrame": "28 days"}]},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria\n* Age >= 18" + PREGNANT,
            "minimumAge": "18 Years",
        },
    }
    return {"protocolSection": base | modules}


def rules_of(**modules: object) -> set[str]:
    return {finding.rule for finding in findings_on(read_study(record(**modules), where="test"))}  # type: ignore[arg-type]


def eligibility(text: str, **more: object) -> dict[str, object]:
    return {"eligibilityModule": {"eligibilityCriteria": text, "minimumAge": "18 Years"} | more}
