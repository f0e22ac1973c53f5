"""The lists of a registry page: items whose end is marked by closing words such as "Role: …"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialrun.record.page_layout import (
    GROUP_TYPE,
    IDENTIFIER_SOURCE,
    IDENTIFIER_TYPE,
    INTERVENTION_TYPE,
    NOTHING,
    RESPONSIBILITY,
    ROLE,
    SITE_STATUS,
    SPONSOR_ROLE,
    closing_value,
    spelled_type,
)
from trialrun.record.page_sections import paragraphs
from trialrun.record.places import Contact, Location, Official
from trialrun.record.plan import ArmGroup, Intervention
from trialrun.record.registration import OrgStudyIdInfo, ResponsibleParty, SecondaryIdInfo, Sponsor

_RELATED = re.compile(r"(NCT\d{8})(?: (\S+))?(?: (\S+))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTrial:
    """A trial that a page lists beside its own: another record's title, number, status, phases."""

    title: str
    nct_id: str
    status: str | None
    phases: tuple[str, ...]


def present(text: str | None) -> str | None:
    """The text, or None where the page writes that there is nothing."""
    return None if text is None or text in NOTHING else text


def read_interventions(body: str) -> tuple[Intervention, ...]:
    """Name, description, then the type that closes each intervention."""
    return tuple(
        Intervention(
            name=present(parts[0]) if parts else None,
            description="\n\n".join(parts[1:]) or None,
            type=present(word),
        )
        for parts, word in _items(body, INTERVENTION_TYPE)
        if parts or word
    )


def read_groups(body: str, interventions: Sequence[Intervention]) -> tuple[ArmGroup, ...]:
    """Each group: label, description, type; then its interventions: name, type, description.

    Nothing marks where the last intervention's description ends and the next group's label
    begins; the list of interventions tells it.
    """
    groups: list[ArmGroup] = []
    names: list[str] = []
    before: list[str] = []  # paragraphs since the last closing line
    after: tuple[str, str] | None = None  # (type, name) of the intervention that they follow
    for part in paragraphs(body):
        group_type = closing_value(part, GROUP_TYPE)
        word = closing_value(part, INTERVENTION_TYPE)
        if group_type is not None:
            own = _without_description(before, after, interventions)
            groups = _with_names(groups, names)
            groups.append(
                ArmGroup(
                    label=present(own[0]) if own else None,
                    description="\n\n".join(own[1:]) or None,
                    type=present(group_type),
                )
            )
            names, before, after = [], [], None
        elif word is not None and before:
            name = before[-1]
            after = (word, name)
            names.append(f"{spelled_type(word)}: {'' if name in NOTHING else name}")
            before = []
        else:
            before.append(part)
    return tuple(_with_names(groups, names))


def _with_names(groups: list[ArmGroup], names: Sequence[str]) -> list[ArmGroup]:
    if not groups:
        return []
    last = groups[-1]
    closed = ArmGroup(
        label=last.label,
        type=last.type,
        description=last.description,
        intervention_names=tuple(names),
    )
    return [*groups[:-1], closed]


def _without_description(
    parts: Sequence[str], after: tuple[str, str] | None, interventions: Sequence[Intervention]
) -> list[str]:
    """Paragraphs without the description, known from elsewhere, of the intervention before."""
    if after is None:
        return list(parts)
    lengths = [
        len(description)
        for one in interventions
        if ((one.type or "-"), (one.name or "-")) == after
        and (description := paragraphs(one.description or ""))
        and list(parts[: len(description)]) == description
        and len(description) < len(parts)
    ]
    return list(parts[max(lengths, default=0) :])


def read_sponsors(body: str) -> tuple[Sponsor, tuple[Sponsor, ...]]:
    """The lead sponsor and the collaborators: name, class, role."""
    lead = Sponsor()
    collaborators: list[Sponsor] = []
    for parts, role in _items(body, SPONSOR_ROLE):
        name, class_ = [*parts, "", ""][:2]
        sponsor = Sponsor(name=present(name), class_=present(class_))
        if role == "lead":
            lead = sponsor
        elif parts:
            collaborators.append(sponsor)
    return lead, tuple(collaborators)


def read_responsible(body: str) -> ResponsibleParty:
    """Name, title, kind of the responsible party."""
    for parts, kind in _items(body, RESPONSIBILITY):
        name, title = [*parts, "", ""][:2]
        return ResponsibleParty(
            type=present(kind),
            investigator_full_name=present(name),
            investigator_title=present(title),
        )
    return ResponsibleParty()


def read_officials(body: str) -> tuple[Official, ...]:
    """Name, role, affiliation."""
    return tuple(
        Official(
            name=present(name), role=present(role), affiliation=present(after[0]) if after else None
        )
        for name, role, after in _people(body)
    )


def read_contacts(body: str) -> tuple[Contact, ...]:
    """Name, role, telephone, e-mail."""
    contacts = []
    for name, role, after in _people(body):
        # Telephone, then e-mail; where one is left out, the sign tells which it is.
        alone = len(after) == 1
        phone = None if not after or (alone and "@" in after[0]) else after[0]
        email = after[-1] if after and (not alone or phone is None) else None
        contacts.append(
            Contact(name=present(name), role=present(role), phone=present(phone), email=email)
        )
    return tuple(contacts)


def read_locations(body: str, countries: Sequence[str]) -> tuple[Location, ...]:
    """Facility, place ("city, state, country"), status of each site."""
    locations = []
    for parts, status in _items(body, SITE_STATUS):
        if not parts:
            continue
        facility = "\n".join(parts[:-1]) if len(parts) > 1 else None
        city, state, country = _place(parts[-1], countries)
        locations.append(
            Location(
                facility=facility, city=city, state=state, country=country, status=present(status)
            )
        )
    return tuple(locations)


def _place(text: str, countries: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """City, state and country; the country by the page's own list where it has one."""
    known = [one for one in countries if text == one or text.endswith(f", {one}")]
    country = max(known, key=len) if known else text.rpartition(", ")[2]
    rest = text.removesuffix(country).removesuffix(", ")
    city, _, state = rest.rpartition(", ")
    return (city or state or None), (state if city else None), country


def read_identifiers(
    body: str,
) -> tuple[OrgStudyIdInfo, tuple[SecondaryIdInfo, ...], tuple[str, ...], tuple[str, ...]]:
    """The sponsor's own number, further ones, aliases, and lines of an unknown source."""
    own = OrgStudyIdInfo()
    further: list[SecondaryIdInfo] = []
    aliases: list[str] = []
    unread: list[str] = []
    for parts, source in _items(body, IDENTIFIER_SOURCE):
        kinds = [kind for part in parts if (kind := closing_value(part, IDENTIFIER_TYPE))]
        code = next((part for part in parts if closing_value(part, IDENTIFIER_TYPE) is None), None)
        kind = present(kinds[0]) if kinds else None
        if source == "org_study_id":
            own = OrgStudyIdInfo(id=present(code), type=kind)
        elif source == "secondary_id":
            further.append(SecondaryIdInfo(id=present(code), type=kind))
        elif source == "nct_alias" and code:
            aliases.append(code)
        elif parts or source:
            unread.append("\n".join([*parts, f"{IDENTIFIER_SOURCE} {source}"]))
    return own, tuple(further), tuple(aliases), tuple(unread)


def read_related(body: str) -> tuple[RelatedTrial, ...]:
    """Pairs of lines: a title; then number, status, phases."""
    related = []
    title = ""
    for line in body.split("\n"):
        match = _RELATED.match(line.strip())
        if match:
            number, status, phases = match.groups()
            related.append(
                RelatedTrial(
                    title=title,
                    nct_id=number,
                    status=status,
                    phases=tuple(phases.split("/")) if phases else (),
                )
            )
            title = ""
        elif line.strip():
            title = line.strip()
    return tuple(related)


def _items(body: str, words: str) -> Iterator[tuple[list[str], str]]:
    """Paragraphs up to each closing line, with that line's value; a rest has no value."""
    parts: list[str] = []
    for part in paragraphs(body):
        value = closing_value(part, words)
        if value is None:
            parts.append(part)
        else:
            yield parts, value
            parts = []
    if parts:
        yield parts, ""


def _people(body: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, role, and what follows the role, of each person."""
    parts = paragraphs(body)
    roles = [place for place, part in enumerate(parts) if closing_value(part, ROLE) is not None]
    ends = [*(place - 1 for place in roles[1:]), len(parts)]
    for place, end in zip(roles, ends[: len(roles)], strict=True):
        name = parts[place - 1] if place else ""
        yield name, closing_value(parts[place], ROLE) or "", parts[place + 1 : end]
