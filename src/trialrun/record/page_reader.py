"""The text of a registry page → the same model as the registry's own JSON.

A page shows less than the record holds: neither the last known status nor the day on which the
status was verified, no outcome measures, no postcodes. What it does not show is absent. The page's
own one-line introductions are dropped, whatever they say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from trialrun.errors import RecordError
from trialrun.record import page_layout as layout
from trialrun.record import page_lists, page_sections
from trialrun.record.bag import Bag, Oddity, Stray
from trialrun.record.model import Study
from trialrun.record.page_layout import Heading
from trialrun.record.page_lists import RelatedTrial, present
from trialrun.record.places import ContactsLocationsModule
from trialrun.record.plan import (
    ArmsInterventionsModule,
    DesignInfo,
    DesignModule,
    EligibilityModule,
    EnrollmentInfo,
    MaskingBlock,
)
from trialrun.record.protocol_section import ProtocolSection
from trialrun.record.reader import read_study
from trialrun.record.registration import (
    ConditionsModule,
    DateStruct,
    DescriptionModule,
    IdentificationModule,
    PartialDateStruct,
    SponsorCollaboratorsModule,
    StatusModule,
)
from trialrun.record.writer import write_study

_NUMBER = re.compile(rf"^{layout.NUMBER} *(NCT\d{{8}})$", re.MULTILINE)
_UPDATED = re.compile(rf"^{layout.UPDATED} *(\d{{4}}-\d\d(?:-\d\d)?)$", re.MULTILINE)
_COUNT = re.compile(r"([\d,]+)(?: participants?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page's text says: the study, and what stands beside it."""

    study: Study
    related: tuple[RelatedTrial, ...]
    other_names: tuple[str, ...]  # other names of several interventions: whose, the page never says
    bag: Bag
    doubts: tuple[Heading, ...]  # headings that stand twice and could be read either way


def is_page(text: str) -> bool:
    """Whether a text has the number line and two headings of a registry page."""
    found = page_sections.find_candidates(text.split("\n"))
    return _NUMBER.search(text) is not None and len(found) >= 2


def read_page(text: str, *, where: str) -> Page:
    """The study that a page's text describes; raises `RecordError` if it is not such a page."""
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    if not is_page(text):
        raise RecordError(
            "this text is not a registry page in a layout that is known",
            where=where,
            remedy='A page has a line "NCT ID: NCT…" and headings such as "Basic Information".',
        )
    sections = page_sections.split_page(text)
    return _Reading(sections).page()


@dataclass(slots=True)
class _Reading:
    """One reading of one page: its sections, and the lines that nobody claimed."""

    sections: page_sections.Sections
    strays: list[Stray] = field(default_factory=list)

    def page(self) -> Page:
        arms = self._arms()
        pooled = self._lines(Heading.OTHER_NAMES)
        if pooled and len(arms.interventions) == 1:
            only = replace(arms.interventions[0], other_names=pooled)
            arms, pooled = replace(arms, interventions=(only,)), ()
        study = Study(
            protocol=ProtocolSection(
                identification=self._identification(),
                status=self._status(),
                sponsor_collaborators=self._sponsors(),
                description=self._description(),
                conditions=ConditionsModule(conditions=self._lines(Heading.CONDITIONS)),
                design=self._design(),
                arms_interventions=arms,
                eligibility=self._eligibility(),
                contacts_locations=self._places(),
            ),
            has_results=self._results(),
        )
        # The registry's own reader lists words that are in none of its closed lists.
        unknown = read_study(write_study(study), where="").bag.strays
        return Page(
            study=study,
            related=page_lists.read_related(self._text(Heading.RELATED)),
            other_names=pooled,
            bag=Bag((*unknown, *self.strays)),
            doubts=self.sections.doubts,
        )

    def _text(self, heading: Heading) -> str:
        return self.sections.texts.get(heading, "")

    def _lines(self, heading: Heading) -> tuple[str, ...]:
        return tuple(page_sections.paragraphs(self._text(heading)))

    def _unread(self, heading: str, text: str) -> None:
        self.strays.append(
            Stray(
                path=(heading,),
                oddity=Oddity.UNKNOWN_FIELD,
                text=json.dumps(text, ensure_ascii=False),
            )
        )

    def _labelled(self, heading: Heading, labels: Sequence[str]) -> dict[str, str | None]:
        """The paragraph after each label; a label followed by a label has none."""
        values: dict[str, str | None] = {}
        label = ""
        for part in self._lines(heading):
            if part in labels:
                label = part
                values[label] = None
            elif label:
                values[label] = present(part)
                label = ""
            else:
                self._unread(heading.value, part)
        return values

    def _identification(self) -> IdentificationModule:
        number = _NUMBER.search(self.sections.top)
        own, further, aliases, unread = page_lists.read_identifiers(self._text(Heading.IDENTIFIERS))
        for part in unread:
            self._unread(Heading.IDENTIFIERS.value, part)
        title = page_sections.paragraphs(self.sections.top)[0]
        return IdentificationModule(
            nct_id=number[1] if number else None,
            nct_id_aliases=aliases,
            org_study_id_info=own,
            secondary_id_infos=further,
            brief_title=None if _NUMBER.match(title) else title,
        )

    def _results(self) -> bool | None:
        """The state of results; the site's sentences about it are introductions too."""
        for part in self._lines(Heading.RESULTS):
            state = layout.RESULTS_STATES.get(part.lower())
            if state is not None:
                return state
        return None

    def _status(self) -> StatusModule:
        basic = self._labelled(Heading.BASIC, layout.BASIC_LABELS)
        updated = _UPDATED.search(self.sections.top)
        return StatusModule(
            overall_status=basic.get(layout.STATUS),
            start_date=PartialDateStruct(date=basic.get(layout.START)),
            completion_date=PartialDateStruct(date=basic.get(layout.COMPLETION)),
            last_update_post_date=DateStruct(date=updated[1] if updated else None),
        )

    def _design(self) -> DesignModule:
        basic = self._labelled(Heading.BASIC, layout.BASIC_LABELS)
        design = self._labelled(Heading.DESIGN, layout.DESIGN_LABELS)
        phases = basic.get(layout.PHASE)
        return DesignModule(
            study_type=basic.get(layout.TYPE),
            phases=tuple(phases.split("/")) if phases else (),
            design_info=DesignInfo(
                allocation=design.get(layout.ALLOCATION),
                intervention_model=design.get(layout.MODEL),
                primary_purpose=design.get(layout.PURPOSE),
                masking_info=MaskingBlock(masking=design.get(layout.MASKING)),
            ),
            enrollment_info=EnrollmentInfo(count=self._count(basic.get(layout.ENROLLMENT))),
        )

    def _count(self, text: str | None) -> int | None:
        match = _COUNT.match(text or "")
        if text is not None and match is None:
            self._unread(layout.ENROLLMENT, text)
        return int(match[1].replace(",", "")) if match else None

    def _description(self) -> DescriptionModule:
        return DescriptionModule(
            brief_summary=self._text(Heading.SUMMARY) or None,
            detailed_description=self._text(Heading.DESCRIPTION) or None,
        )

    def _arms(self) -> ArmsInterventionsModule:
        interventions = page_lists.read_interventions(self._text(Heading.INTERVENTIONS))
        groups = page_lists.read_groups(self._text(Heading.GROUPS), interventions)
        return ArmsInterventionsModule(
            arm_groups=groups,
            interventions=tuple(
                replace(
                    one,
                    arm_group_labels=tuple(
                        group.label
                        for group in groups
                        if group.label
                        and f"{layout.spelled_type(one.type or '')}: {one.name or ''}"
                        in group.intervention_names
                    ),
                )
                for one in interventions
            ),
        )

    def _eligibility(self) -> EligibilityModule:
        text, values = _criteria_and_labels(self._text(Heading.ELIGIBILITY))
        volunteers = {"Yes": True, "No": False}.get(values.get(layout.VOLUNTEERS) or "")
        return EligibilityModule(
            eligibility_criteria=text or None,
            minimum_age=_age(values.get(layout.MINIMUM_AGE)),
            maximum_age=_age(values.get(layout.MAXIMUM_AGE)),
            sex=present(values.get(layout.SEX)),
            healthy_volunteers=volunteers,
        )

    def _sponsors(self) -> SponsorCollaboratorsModule:
        lead, collaborators = page_lists.read_sponsors(self._text(Heading.SPONSORS))
        return SponsorCollaboratorsModule(
            responsible_party=page_lists.read_responsible(self._text(Heading.RESPONSIBLE)),
            lead_sponsor=lead,
            collaborators=collaborators,
        )

    def _places(self) -> ContactsLocationsModule:
        countries = self._lines(Heading.COUNTRIES)
        return ContactsLocationsModule(
            central_contacts=page_lists.read_contacts(self._text(Heading.CONTACTS)),
            overall_officials=page_lists.read_officials(self._text(Heading.OFFICIALS)),
            locations=page_lists.read_locations(self._text(Heading.LOCATIONS), countries),
        )


def _age(text: str | None) -> str | None:
    return None if text is None or text in layout.NO_LIMIT else text


def _criteria_and_labels(body: str) -> tuple[str, dict[str, str | None]]:
    """The criteria as written, and the labelled values that end the section."""
    lines = body.split("\n")
    filled = [place for place, line in enumerate(lines) if line.strip()]
    values: dict[str, str | None] = {}
    while filled:
        last = lines[filled[-1]].strip()
        label = lines[filled[-2]].strip() if len(filled) > 1 else ""
        if last in layout.ELIGIBILITY_LABELS and last not in values:
            values[last] = None
            filled = filled[:-1]
        elif label in layout.ELIGIBILITY_LABELS and label not in values:
            values[label] = last
            filled = filled[:-2]
        else:
            break
    end = filled[-1] + 1 if filled else 0
    return "\n".join(lines[:end]).strip("\n"), values
