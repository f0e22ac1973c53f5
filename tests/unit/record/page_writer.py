"""Writes a study as the text of a registry page, and says which fields such a page shows.

This is a second, plain implementation for tests only: it shares no code with the reader.
"""

from __future__ import annotations

from random import Random

from trialrun.record.model import Study
from trialrun.record.plan import Intervention

INTRODUCTIONS = (
    "Here is what you should know about this part.",
    "Study Design and Conditions explained below",
    "1. A numbered introduction",
    "Inclusion Criteria",
    "NCT00000000 is not this trial.",
    "Role: introduction",
    "What",
    "本节介绍这项试验。",
)
SPELLED = {
    "COMBINATION_PRODUCT": "Combination Product",
    "DIAGNOSTIC_TEST": "Diagnostic Test",
    "DIETARY_SUPPLEMENT": "Dietary Supplement",
}


def write_page(study: Study, random: Random, *, introductions: bool) -> str:
    """The page: title, number, date, then the sections, shuffled, each with any introduction."""
    known = study.protocol.identification
    top = [known.brief_title or "", f"NCT ID: {known.nct_id}"]
    if study.protocol.status.last_update_post_date.date:
        top.append(f"Last Updated: {study.protocol.status.last_update_post_date.date}")
    blocks = ["\n\n".join(top)]
    sections = list(_sections(study).items())
    random.shuffle(sections)
    for heading, body in sections:
        if not body:
            continue
        parts = [heading]
        if introductions and heading != "Study Results":
            parts.append(random.choice(INTRODUCTIONS))
        blocks.append("\n\n".join([*parts, body]))
    return "\n\n".join(blocks)


def _sections(study: Study) -> dict[str, str]:
    p = study.protocol
    basic = {
        "Recruitment Status": p.status.overall_status,
        "Clinical Phase": "/".join(p.design.phases),
        "Total Enrollment": None
        if p.design.enrollment_info.count is None
        else f"{p.design.enrollment_info.count} participants",
        "Study Classification": p.design.study_type,
        "Study Start Date": p.status.start_date.date,
        "Study Completion Date": p.status.completion_date.date,
    }
    info = p.design.design_info
    design = {
        "Allocation Method": info.allocation,
        "Intervention Model": info.intervention_model,
        "Primary Study Purpose": info.primary_purpose,
        "Blinding Strategy": info.masking_info.masking,
    }
    places = p.contacts_locations
    return {
        "Study Results": "Results available" if study.has_results else "Results pending",
        "Basic Information": _labelled(basic),
        "Brief Summary": p.description.brief_summary or "",
        "Detailed Description": p.description.detailed_description or "",
        "Conditions": _lines(p.conditions.conditions),
        "Study Design": _labelled(design),
        "Study Groups": _groups(study),
        "Interventions": _lines(
            [
                _lines([one.name or "-", one.description, f"Intervention Type {one.type or '-'}"])
                for one in p.arms_interventions.interventions
            ]
        ),
        "Other Intervention Names": _lines(
            [name for one in p.arms_interventions.interventions for name in one.other_names]
        ),
        "Eligibility Criteria": _eligibility(study),
        "Sponsors": _sponsors(study),
        "Responsible Party": _responsible(study),
        "Principal Investigators": _lines(
            [
                _lines([one.name, f"Role: {one.role or '-'}", one.affiliation])
                for one in places.overall_officials
            ]
        ),
        "Locations": _lines(
            [
                _lines([one.facility, _place(one), f"Site Status {one.status or ''}".strip()])
                for one in places.locations
            ]
        ),
        "Countries": _lines(sorted({one.country for one in places.locations if one.country})),
        "Central Contacts": _lines(
            [
                _lines([one.name, f"Role: {one.role or '-'}", one.phone, one.email])
                for one in places.central_contacts
            ]
        ),
        "Other Identifiers": _identifiers(study),
        "More Related Trials": "A trial in another place\nNCT09999999 UNKNOWN PHASE1/PHASE2\n"
        "Second\nNCT09999998 COMPLETED",
    }


def _lines(parts: object) -> str:
    assert isinstance(parts, list | tuple)
    return "\n\n".join(str(part) for part in parts if part)


def _labelled(values: dict[str, str | None]) -> str:
    return _lines([f"{label}\n\n{value}" for label, value in values.items() if value])


def _spelled(one: Intervention) -> str:
    word = one.type or ""
    return f"{SPELLED.get(word, word.replace('_', ' ').capitalize())}: {one.name or ''}"


def _groups(study: Study) -> str:
    arms = study.protocol.arms_interventions
    blocks = []
    for arm in arms.arm_groups:
        block = [arm.label or "-", arm.description, f"Group Type {arm.type or '-'}"]
        for name in arm.intervention_names:
            one = next(one for one in arms.interventions if _spelled(one) == name)
            block += [one.name or "-", f"Intervention Type {one.type or '-'}", one.description]
        blocks.append(_lines(block))
    return _lines(blocks)


def _eligibility(study: Study) -> str:
    who = study.protocol.eligibility
    volunteers = {True: "Yes", False: "No", None: None}[who.healthy_volunteers]
    labels = _labelled(
        {
            "Minimum Eligible Age": who.minimum_age,
            "Maximum Eligible Age": who.maximum_age,
            "Eligible Sex": who.sex,
            "Accepts Healthy Volunteers": volunteers,
        }
    )
    # As on the page, the first label stands right under the criteria, without a blank line.
    return "\n".join(part for part in [who.eligibility_criteria, labels] if part)


def _sponsors(study: Study) -> str:
    who = study.protocol.sponsor_collaborators
    blocks = [
        _lines([one.name, one.class_ or "-", "Sponsor Role collaborator"])
        for one in who.collaborators
    ]
    lead = who.lead_sponsor
    return _lines([*blocks, _lines([lead.name, lead.class_ or "-", "Sponsor Role lead"])])


def _responsible(study: Study) -> str:
    who = study.protocol.sponsor_collaborators.responsible_party
    if who.type is None:
        return ""
    return _lines(
        [
            who.investigator_full_name,
            who.investigator_title,
            f"Responsibility Role {who.type}",
        ]
    )


def _place(one: object) -> str:
    parts = [getattr(one, name) for name in ("city", "state", "country")]
    return ", ".join(part for part in parts if part)


def _identifiers(study: Study) -> str:
    known = study.protocol.identification
    blocks = []
    own = known.org_study_id_info
    if own.id:
        blocks.append((own.id, own.type, "org_study_id"))
    blocks += [(one.id, one.type, "secondary_id") for one in known.secondary_id_infos]
    blocks += [(alias, None, "nct_alias") for alias in known.nct_id_aliases]
    return _lines(
        [
            _lines([code, f"Identifier Type: {kind or '-'}", f"Identifier Source: {source}"])
            for code, kind, source in blocks
        ]
    )


def as_shown(study: Study, pooled: tuple[str, ...] = ()) -> dict[str, object]:
    """The fields that a page shows, normalised: what a page leaves out is left out here.

    - Whether a date or the enrolment is planned or reached is not shown; only the value is.
    - An intervention's arms are not listed with it; they follow from the arms' interventions.
    - Other names stand in one list for all interventions.
    - A site shows facility, "city, state, country" as one text, and status; no postcode, no
      position, no contacts.
    - A contact's telephone extension, the responsible party's affiliation and old-style name, an
      identifier's domain and link are not shown. A responsible party without type is not shown.
    - Nothing else of the record is shown: no official title, outcomes, keywords, oversight, …
    """
    p = study.protocol
    known, arms, who = p.identification, p.arms_interventions, p.sponsor_collaborators
    party = who.responsible_party
    info = p.design.design_info
    return {
        "numbers": (
            known.nct_id,
            known.brief_title,
            known.org_study_id_info.id,
            known.org_study_id_info.type if known.org_study_id_info.id else None,
            tuple((one.id, one.type) for one in known.secondary_id_infos),
            known.nct_id_aliases,
        ),
        "status": (
            p.status.overall_status,
            p.status.start_date.date,
            p.status.completion_date.date,
            p.status.last_update_post_date.date,
            bool(study.has_results),
        ),
        "design": (
            p.design.study_type,
            p.design.phases,
            p.design.enrollment_info.count,
            info.allocation,
            info.intervention_model,
            info.primary_purpose,
            info.masking_info.masking,
        ),
        "texts": (
            p.description.brief_summary,
            p.description.detailed_description,
            p.eligibility.eligibility_criteria,
        ),
        "conditions": p.conditions.conditions,
        "groups": arms.arm_groups,
        "interventions": tuple((one.name, one.description, one.type) for one in arms.interventions),
        "other names": (*(n for one in arms.interventions for n in one.other_names), *pooled),
        "who": (
            p.eligibility.minimum_age,
            p.eligibility.maximum_age,
            p.eligibility.sex,
            p.eligibility.healthy_volunteers,
        ),
        "sponsors": (who.lead_sponsor, who.collaborators),
        "responsible": party.type
        and (party.type, party.investigator_full_name, party.investigator_title),
        "officials": p.contacts_locations.overall_officials,
        "sites": tuple(
            (one.facility, _place(one), one.status) for one in p.contacts_locations.locations
        ),
        "contacts": tuple(
            (one.name, one.role, one.phone, one.email)
            for one in p.contacts_locations.central_contacts
        ),
    }


HEADINGS = tuple(_sections(Study()))


def imitations(study: Study) -> tuple[str, ...]:
    """The headings that the study's own shown text imitates as a paragraph of its own."""
    p = study.protocol
    texts = [
        p.description.brief_summary,
        p.description.detailed_description,
        p.eligibility.eligibility_criteria,
        *p.conditions.conditions,
        *(one.label for one in p.arms_interventions.arm_groups),
        *(one.description for one in p.arms_interventions.arm_groups),
        *(one.name for one in p.arms_interventions.interventions),
        *(one.description for one in p.arms_interventions.interventions),
        *(n for one in p.arms_interventions.interventions for n in one.other_names),
        *(one.facility for one in p.contacts_locations.locations),
    ]
    found = {
        part.strip() for text in texts if text for part in text.split("\n\n") if part in HEADINGS
    }
    return tuple(sorted(found))
