"""What a study refers to and shares: publications, links, participant data."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.record.enumeration import IpdSharing, IpdSharingInfoType, ReferenceType


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """The notice that a publication was withdrawn."""

    pmid: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One publication."""

    pmid: str | None = None
    type: ReferenceType | None = None
    citation: str | None = None
    retractions: tuple[Retraction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeAlsoLink:
    """One link to further reading."""

    label: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailIpd:
    """One place where participant data or a document can be had."""

    id: str | None = None
    type: str | None = None
    url: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencesModule:
    """Publications, links and data."""

    references: tuple[Reference, ...] = ()
    see_also_links: tuple[SeeAlsoLink, ...] = ()
    avail_ipds: tuple[AvailIpd, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IpdSharingStatementModule:
    """The plan to share individual participant data."""

    ipd_sharing: IpdSharing | None = None
    description: str | None = None
    info_types: tuple[IpdSharingInfoType, ...] = ()
    time_frame: str | None = None
    access_criteria: str | None = None
    url: str | None = None
