"""Who runs a study, where, and under which numbers, for the sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from trialrun.record.opening import ReadRecord
from trialrun.record.page_lists import RelatedTrial
from trialrun.record.places import Contact, Location
from trialrun.record.registration import Sponsor
from trialrun.record.sheet import Entries, Entry, Facts, Names, Note, Section, Table, facts, section
from trialrun.record.words import read_word
from trialrun.wording.catalogue import Locale, say


def people_sections(record: ReadRecord, locale: Locale) -> list[Section]:
    """From sponsors to related trials, in the order of the registry's page."""
    places = record.study.protocol.contacts_locations
    return [
        section("sponsors", locale, _sponsors(record, locale)),
        section("responsible", locale, _responsible(record, locale)),
        section(
            "officials",
            locale,
            Entries(
                tuple(
                    Entry(
                        title=one.name or "–",
                        badges=_badge("role", one.role, locale),
                        facts=facts(locale, ("affiliation", one.affiliation)).pairs,
                    )
                    for one in places.overall_officials
                )
            ),
        ),
        section("locations", locale, _sites(places.locations, locale)),
        section("countries", locale, _countries(places.locations, locale)),
        section(
            "contacts",
            locale,
            Entries(tuple(_contact(one, locale) for one in places.central_contacts)),
        ),
        section("identifiers", locale, _identifiers(record, locale)),
        *([_related(record.related, locale)] if record.related else []),
    ]


def _badge(words: str, value: str | None, locale: Locale) -> tuple[str, ...]:
    return tuple(word for word in (read_word(words, value, locale),) if word)


def _sponsors(record: ReadRecord, locale: Locale) -> Entries:
    who = record.study.protocol.sponsor_collaborators

    def entry(one: Sponsor, role: str) -> Entry:
        badges = (*_badge("sponsor", role, locale), *_badge("agency", one.class_, locale))
        return Entry(title=one.name or "–", badges=badges)

    lead = [entry(who.lead_sponsor, "lead")] if who.lead_sponsor != Sponsor() else []
    return Entries((*lead, *(entry(one, "collaborator") for one in who.collaborators)))


def _responsible(record: ReadRecord, locale: Locale) -> Entries:
    who = record.study.protocol.sponsor_collaborators
    party = who.responsible_party
    name = party.investigator_full_name or party.old_name_title
    if name is None and party.type == "SPONSOR":
        name = who.lead_sponsor.name
    if name is None and party.type is None:
        return Entries(())
    given = facts(
        locale,
        ("title", party.investigator_title),
        ("affiliation", party.investigator_affiliation or party.old_organization),
    )
    entry = Entry(title=name or "–", badges=_badge("party", party.type, locale), facts=given.pairs)
    return Entries((entry,))


def place_of(site: Location) -> str:
    """City, state and country in one text."""
    return ", ".join(part for part in (site.city, site.state, site.country) if part)


def _sites(sites: Iterable[Location], locale: Locale) -> Table:
    rows = [
        (site.facility or "–", place_of(site), read_word("status", site.status, locale))
        for site in sites
    ]
    keys = ("site", "place", "site_status")
    shown = 3 if any(status for _, _, status in rows) else 2
    return Table(
        caption=_count(len(rows), locale),
        header=tuple(say(f"record.{key}", locale) for key in keys[:shown]),
        rows=tuple(row[:shown] for row in rows),
    )


def _count(sites: int, locale: Locale) -> str:
    return (
        say("record.one_site", locale)
        if sites == 1
        else say("record.sites_count", locale, count=sites)
    )


def _countries(sites: Iterable[Location], locale: Locale) -> Names:
    counted = Counter(site.country for site in sites if site.country)
    return Names(
        tuple(
            say("record.sites_in", locale, country=country, sites=_count(count, locale))
            for country, count in sorted(counted.items())
        )
    )


def _contact(one: Contact, locale: Locale) -> Entry:
    phone = f"{one.phone} ({one.phone_ext})" if one.phone and one.phone_ext else one.phone
    return Entry(
        title=one.name or "–",
        badges=_badge("role", one.role, locale),
        facts=facts(locale, ("phone", phone), ("email", one.email)).pairs,
    )


def _identifiers(record: ReadRecord, locale: Locale) -> Facts:
    known = record.study.protocol.identification
    own = known.org_study_id_info
    given: list[tuple[str, str | None]] = [
        ("own_number", _identifier(own.id, own.type, None, locale))
    ]
    given += [
        ("secondary_number", _identifier(one.id, one.type, one.domain, locale))
        for one in known.secondary_id_infos
    ]
    given += [("alias", alias) for alias in known.nct_id_aliases]
    return facts(locale, *given)


def _identifier(code: str | None, kind: str | None, domain: str | None, locale: Locale) -> str:
    about = [word for word in (read_word("identifier", kind, locale), domain) if word]
    return f"{code} ({', '.join(about)})" if code and about else code or ""


def _related(related: Iterable[RelatedTrial], locale: Locale) -> Section:
    entries = tuple(
        Entry(
            title=one.title or one.nct_id,
            badges=(
                one.nct_id,
                *_badge("status", one.status, locale),
                *(
                    ["/".join(read_word("phase", p, locale) for p in one.phases)]
                    if one.phases
                    else []
                ),
            ),
        )
        for one in related
    )
    note = Note(text=say("record.related_note", locale))
    return section("related", locale, note, Entries(entries))
