"""The whole sheet of a record: state of results first, how it was read last."""

from __future__ import annotations

from datetime import date

from trialrun.record.opening import ReadRecord, RecordKind
from trialrun.record.sheet import (
    Names,
    Note,
    Part,
    Section,
    Sheet,
    facts,
    joined,
    section,
    yes_or_no,
)
from trialrun.record.sheet_people import people_sections
from trialrun.record.sheet_plan import enrollment, outcome_section, phases, plan_sections
from trialrun.record.sheet_results import overview_section, state_section
from trialrun.record.status import OPEN, DerivedStatus, derive_status
from trialrun.record.words import read_word
from trialrun.wording.catalogue import Locale, say

_STOPPED = frozenset({"TERMINATED", "WITHDRAWN", "SUSPENDED", "WITHHELD"})


def lay_out(record: ReadRecord, locale: Locale, *, as_of: date | None = None) -> Sheet:
    """The record as a sheet, its status as of a day (the record's data date if none is given)."""
    status = derive_status(record.study, as_of=as_of)
    sections = [
        state_section(record.study, locale),
        *plan_sections(record, status, locale),
        *people_sections(record, locale),
        overview_section(record.study, locale),
        outcome_section(record, locale),
        _more(record, locale),
        _reading(record, locale),
    ]
    return Sheet(
        title=record.study.title or record.where,
        number=record.study.nct_id,
        badges=_badges(record, status, locale),
        sections=tuple(one for one in sections if one.parts),
    )


def _badges(
    record: ReadRecord, status: DerivedStatus, locale: Locale
) -> tuple[tuple[str, str], ...]:
    word = read_word("status", status.status, locale)
    study_type = read_word("study_type", record.study.protocol.design.study_type, locale)
    badges = [
        (word, _tone(status.status)),
        (phases(record, locale), "plain"),
        (study_type, "plain"),
        (enrollment(record, locale), "plain"),
    ]
    return tuple((words, tone) for words, tone in badges if words)


def _tone(status: str | None) -> str:
    if status in OPEN or status == "AVAILABLE":
        return "open"
    if status in _STOPPED:
        return "stopped"
    return "unknown" if status in {"UNKNOWN", None} else "closed"


def _more(record: ReadRecord, locale: Locale) -> Section:
    study, derived = record.study.protocol, record.study.derived
    publications = [
        f"{one.citation or one.pmid or ''}"
        + (f" [{read_word('reference', one.type, locale)}]" if one.type else "")
        for one in study.references.references
    ]
    links = [" ".join(p for p in (o.label, o.url) if p) for o in study.references.see_also_links]
    documents = [
        " ".join(part for part in (one.label or one.type_abbrev, one.date) if part)
        for one in record.study.document.large_document.large_docs
    ]
    notes = record.study.annotation.annotation
    unposted = [
        f"{one.type or ''} {one.date or ''}".strip()
        for one in notes.unposted_annotation.unposted_events
    ]
    violations = [
        f"{one.type or ''} {one.posted_date or one.issued_date or ''}".strip()
        for one in notes.violation_annotation.violation_events
    ]
    shared = [read_word("shared", w, locale) for w in study.ipd_sharing_statement.info_types]
    given = facts(
        locale,
        ("keywords", joined(study.conditions.keywords, locale)),
        (
            "terms_conditions",
            joined([m.term or "" for m in derived.condition_browse.meshes], locale),
        ),
        (
            "terms_interventions",
            joined([m.term or "" for m in derived.intervention_browse.meshes], locale),
        ),
        ("oversight", yes_or_no(study.oversight.oversight_has_dmc, locale)),
        ("fda_drug", yes_or_no(study.oversight.is_fda_regulated_drug, locale)),
        ("fda_device", yes_or_no(study.oversight.is_fda_regulated_device, locale)),
        ("sharing", read_word("sharing", study.ipd_sharing_statement.ipd_sharing, locale)),
        ("shared", joined(shared, locale)),
        ("unposted", joined(unposted, locale)),
        ("violations", joined(violations, locale)),
        ("documents", joined(documents, locale)),
        *(("references", one) for one in publications),
        *(("links", one) for one in links),
    )
    return section("more", locale, given)


def _reading(record: ReadRecord, locale: Locale) -> Section:
    api = record.kind is RecordKind.API
    given = facts(
        locale,
        ("number", record.study.nct_id),
        ("source", say("record.source_api" if api else "record.source_page", locale)),
        ("data_date", record.study.derived.misc_info.version_holder),
        ("digest", record.sha256),
    )
    bag: list[Part] = [Note(text=say("record.bag_empty", locale))]
    if len(record.bag):
        lines = tuple(
            say(
                "record.bag_line",
                locale,
                place=place,
                oddity=say(f"record.oddity_{oddity.name.lower()}", locale),
                count=count,
            )
            for place, oddity, count in record.bag.counts()
        )
        bag = [Note(text=say("record.bag_count", locale, count=len(record.bag))), Names(lines)]
    doubts = [
        Note(text=say("record.doubt", locale, heading=one.value), warns=True)
        for one in record.doubts
    ]
    return section(
        "reading", locale, given, *doubts, *bag, Note(text=say("record.not_medical", locale))
    )
