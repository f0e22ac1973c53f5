"""The XML that the registry gave until 2024 (`<clinical_study>`), as API v2 JSON.

What both forms hold and the model knows is taken: titles, people in charge, status and dates,
design, arms, interventions, outcomes, eligibility, places, keywords, MeSH terms. Telephone numbers
and mail addresses of contacts are left out, and so are results, which have another shape there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO
from xml.etree import ElementTree as ET

from trialrun.readers.registry_files.aside import Aside, Reason
from trialrun.record.bag import Json

_PHASES: dict[str, list[Json]] = {
    "early phase 1": ["EARLY_PHASE1"], "phase 0": ["EARLY_PHASE1"], "phase 1": ["PHASE1"],
    "phase 1/phase 2": ["PHASE1", "PHASE2"], "phase 2": ["PHASE2"],
    "phase 2/phase 3": ["PHASE2", "PHASE3"], "phase 3": ["PHASE3"], "phase 4": ["PHASE4"],
    "n/a": ["NA"],
}  # fmt: skip
_TYPES = {"interventional": "INTERVENTIONAL", "observational": "OBSERVATIONAL",
          "expanded access": "EXPANDED_ACCESS"}  # fmt: skip
_SEXES = {"both": "ALL", "all": "ALL", "male": "MALE", "female": "FEMALE"}
_CLASSES = {"nih": "NIH", "u.s. fed": "FED", "industry": "INDUSTRY", "other": "OTHER",
            "other gov": "OTHER_GOV", "indiv": "INDIV", "network": "NETWORK"}  # fmt: skip
_DATES = ("%B %d, %Y", "%B %Y", "%Y-%m-%d", "%Y-%m")
_BLANK = re.compile(r"\n\s*\n")


def classic_studies(where: str, stream: BinaryIO) -> Iterator[tuple[str, dict[str, Json]] | Aside]:
    """Each study of an XML file with where it stands, or what is set aside."""
    number = 0
    try:
        for _, element in ET.iterparse(stream, events=("end",)):
            if element.tag != "clinical_study":
                continue
            number += 1
            place = where if number == 1 else f"{where}, study {number}"
            if element.find("id_info/nct_id") is None:
                yield Aside(where=place, reason=Reason.NO_NUMBER)
            else:
                yield place, classic_study(element)
            element.clear()
    except ET.ParseError as error:
        cut = "no element found" in str(error) or "unclosed" in str(error)
        yield Aside(where=where, reason=Reason.CUT_OFF if cut else Reason.BROKEN, detail=str(error))
        return
    if not number:
        yield Aside(where=where, reason=Reason.NO_STUDY)


def classic_study(study: ET.Element) -> dict[str, Json]:
    """One `<clinical_study>` as API v2 JSON, without what it lacks."""
    protocol: dict[str, Json] = {
        "identificationModule": _some({
            "nctId": _say(study, "id_info/nct_id"),
            "briefTitle": _say(study, "brief_title"),
            "officialTitle": _say(study, "official_title"),
            "acronym": _say(study, "acronym"),
            "orgStudyIdInfo": _some({"id": _say(study, "id_info/org_study_id")}),
            "organization": _some({"fullName": _say(study, "source")}),
        }),
        "statusModule": _status(study),
        "sponsorCollaboratorsModule": _sponsors(study),
        "descriptionModule": _some({
            "briefSummary": _block(study, "brief_summary/textblock"),
            "detailedDescription": _block(study, "detailed_description/textblock"),
        }),
        "conditionsModule": _some({
            "conditions": _all(study, "condition"), "keywords": _all(study, "keyword"),
        }),
        "designModule": _design(study),
        "armsInterventionsModule": _arms(study),
        "outcomesModule": _some({
            "primaryOutcomes": _outcomes(study, "primary_outcome"),
            "secondaryOutcomes": _outcomes(study, "secondary_outcome"),
            "otherOutcomes": _outcomes(study, "other_outcome"),
        }),
        "eligibilityModule": _eligibility(study),
        "contactsLocationsModule": _places(study),
    }  # fmt: skip
    derived = _some({
        "conditionBrowseModule": _mesh(study, "condition_browse"),
        "interventionBrowseModule": _mesh(study, "intervention_browse"),
    })  # fmt: skip
    found: dict[str, Json] = {"protocolSection": _some(protocol)}
    if derived:
        found["derivedSection"] = derived
    if study.find("clinical_results") is not None:
        found["hasResults"] = True
    return found


def _status(study: ET.Element) -> dict[str, Json]:
    return _some({
        "statusVerifiedDate": _date(study, "verification_date"),
        "overallStatus": _word(_say(study, "overall_status")),
        "whyStopped": _say(study, "why_stopped"),
        "startDateStruct": _dated(study, "start_date"),
        "primaryCompletionDateStruct": _dated(study, "primary_completion_date"),
        "completionDateStruct": _dated(study, "completion_date"),
        "studyFirstPostDateStruct": _dated(study, "study_first_posted"),
        "lastUpdatePostDateStruct": (
            _dated(study, "last_update_posted") or _dated(study, "lastchanged_date")
        ),
    })  # fmt: skip


def _sponsors(study: ET.Element) -> dict[str, Json]:
    def agency(one: ET.Element) -> dict[str, Json]:
        return _some({
            "name": _say(one, "agency"),
            "class": _CLASSES.get(_say(one, "agency_class").lower(), ""),
        })  # fmt: skip

    lead = study.find("sponsors/lead_sponsor")
    return _some({
        "leadSponsor": {} if lead is None else agency(lead),
        "collaborators": [agency(one) for one in study.findall("sponsors/collaborator")],
    })  # fmt: skip


def _design(study: ET.Element) -> dict[str, Json]:
    info = study.find("study_design_info")
    enrolled = _say(study, "enrollment")
    known = study.find("enrollment")
    kind = _say(study, "study_type").lower()
    design = {} if info is None else _some({
        "allocation": _word(_say(info, "allocation")),
        "interventionModel": _model(_say(info, "intervention_model")),
        "primaryPurpose": _word(_say(info, "primary_purpose")),
        "maskingInfo": _some({"masking": _word(_say(info, "masking").partition(" (")[0])}),
    })  # fmt: skip
    return _some({
        "studyType": next((word for start, word in _TYPES.items() if kind.startswith(start)), ""),
        "phases": _PHASES.get(_say(study, "phase").lower(), []),
        "designInfo": design,
        "enrollmentInfo": _some({
            "count": int(enrolled) if enrolled.isdigit() else None,
            "type": _estimated(None if known is None else known.get("type")),
        }),
    })  # fmt: skip


def _model(said: str) -> str:
    return _word(said.removesuffix(" Assignment"))


def _arms(study: ET.Element) -> dict[str, Json]:
    groups: list[Json] = [
        _some({
            "label": _say(one, "arm_group_label"), "type": _word(_say(one, "arm_group_type")),
            "description": _say(one, "description"),
        })
        for one in study.findall("arm_group")
    ]  # fmt: skip
    given: list[Json] = [
        _some({
            "type": _word(_say(one, "intervention_type")), "name": _say(one, "intervention_name"),
            "description": _say(one, "description"),
            "armGroupLabels": _all(one, "arm_group_label"), "otherNames": _all(one, "other_name"),
        })
        for one in study.findall("intervention")
    ]  # fmt: skip
    return _some({"armGroups": groups, "interventions": given})


def _outcomes(study: ET.Element, tag: str) -> list[Json]:
    return [
        _some({
            "measure": _say(one, "measure"), "description": _say(one, "description"),
            "timeFrame": _say(one, "time_frame"),
        })
        for one in study.findall(tag)
    ]  # fmt: skip


def _eligibility(study: ET.Element) -> dict[str, Json]:
    part = study.find("eligibility")
    if part is None:
        return {}
    healthy = _say(part, "healthy_volunteers").lower()
    return _some({
        "eligibilityCriteria": _criteria(part),
        "healthyVolunteers": None if not healthy else healthy.startswith("accepts"),
        "sex": _SEXES.get(_say(part, "gender").lower(), ""),
        "minimumAge": _age(part, "minimum_age"),
        "maximumAge": _age(part, "maximum_age"),
    })  # fmt: skip


def _criteria(part: ET.Element) -> str:
    """The criteria with their lines, the indentation of the whole taken away."""
    text = part.findtext("criteria/textblock") or ""
    lines = text.expandtabs(4).splitlines()
    depth = min((len(one) - len(one.lstrip()) for one in lines if one.strip()), default=0)
    return "\n".join(one[depth:].rstrip() for one in lines).strip("\n")


def _places(study: ET.Element) -> dict[str, Json]:
    found: list[Json] = [
        _some({
            "facility": _say(one, "facility/name"), "status": _word(_say(one, "status")),
            "city": _say(one, "facility/address/city"),
            "state": _say(one, "facility/address/state"),
            "zip": _say(one, "facility/address/zip"),
            "country": _say(one, "facility/address/country"),
        })
        for one in study.findall("location")
    ]  # fmt: skip
    named: list[Json] = [{"country": one} for one in _all(study, "location_countries/country")]
    return _some({"locations": found or named})


def _mesh(study: ET.Element, tag: str) -> dict[str, Json]:
    terms: list[Json] = [{"term": term} for term in _all(study, f"{tag}/mesh_term")]
    return _some({"meshes": terms})


def _say(element: ET.Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())


def _all(element: ET.Element, path: str) -> list[Json]:
    said = (" ".join((one.text or "").split()) for one in element.findall(path))
    return [one for one in said if one]


def _block(element: ET.Element, path: str) -> str:
    """A text of several paragraphs, each on one line."""
    text = element.findtext(path) or ""
    return "\n\n".join(" ".join(part.split()) for part in _BLANK.split(text) if part.strip())


def _word(said: str) -> str:
    """A word of a closed list as API v2 writes it: `Active, not recruiting`."""
    return re.sub(r"[^A-Z0-9]+", "_", said.upper()).strip("_")


def _age(part: ET.Element, path: str) -> str:
    said = _say(part, path)
    return "" if said.upper() == "N/A" else said


def _date(study: ET.Element, path: str) -> str:
    said = _say(study, path)
    for form in _DATES:
        try:
            day = datetime.strptime(said, form)  # noqa: DTZ007 - a day, of no time zone
        except ValueError:
            continue
        return day.strftime("%Y-%m-%d" if "d" in form else "%Y-%m")
    return ""


def _dated(study: ET.Element, path: str) -> dict[str, Json]:
    element = study.find(path)
    kind = None if element is None else element.get("type")
    date = _date(study, path)
    return _some({"date": date, "type": _estimated(kind)}) if date else {}


def _estimated(kind: str | None) -> str:
    words = {"anticipated": "ESTIMATED", "estimate": "ESTIMATED", "estimated": "ESTIMATED"}
    return "" if kind is None else words.get(kind.lower(), "ACTUAL")


def _some(values: dict[str, Json]) -> dict[str, Json]:
    """Without what is absent."""
    empty: Sequence[Json] = ("", None, {}, [])
    return {key: value for key, value in values.items() if value not in empty or value is False}
