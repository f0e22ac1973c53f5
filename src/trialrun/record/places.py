"""Where a study runs and whom to ask: sites, contacts, officials."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from trialrun.record.enumeration import ContactRole, OfficialRole, RecruitmentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person or office to ask."""

    name: str | None = None
    role: ContactRole | None = None
    phone: str | None = None
    phone_ext: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """A person in charge of the whole study."""

    name: str | None = None
    affiliation: str | None = None
    role: OfficialRole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoPoint:
    """Degrees of latitude and longitude."""

    lat: Decimal | None = None
    lon: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One site."""

    facility: str | None = None
    status: RecruitmentStatus | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    contacts: tuple[Contact, ...] = ()
    geo_point: GeoPoint = field(default_factory=GeoPoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsLocationsModule:
    """Contacts, officials and sites."""

    central_contacts: tuple[Contact, ...] = ()
    overall_officials: tuple[Official, ...] = ()
    locations: tuple[Location, ...] = ()
