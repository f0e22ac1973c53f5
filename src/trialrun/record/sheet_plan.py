"""What a study is and plans, for the sheet: state, design, groups, interventions, eligibility."""

from __future__ import annotations

from trialrun.record.opening import ReadRecord
from trialrun.record.page_layout import spelled_type
from trialrun.record.plan import ArmGroup, Intervention, Outcome
from trialrun.record.prose import read_prose, show_plainly
from trialrun.record.registration import DateStruct, PartialDateStruct
from trialrun.record.sheet import (
    Entries,
    Entry,
    Facts,
    Names,
    Note,
    Section,
    facts,
    joined,
    prose,
    section,
    yes_or_no,
)
from trialrun.record.status import DerivedStatus, explain_status
from trialrun.record.words import read_age, read_word
from trialrun.wording.catalogue import Locale, say


def plan_sections(record: ReadRecord, status: DerivedStatus, locale: Locale) -> list[Section]:
    """From basic information to who may take part, in the order of the registry's page."""
    study = record.study.protocol
    return [
        section(
            "basic",
            locale,
            _basic(record, status, locale),
            *(Note(text=text) for text in explain_status(status, locale)),
        ),
        section("summary", locale, prose(study.description.brief_summary)),
        section("description", locale, prose(study.description.detailed_description)),
        section("conditions", locale, Names(study.conditions.conditions)),
        section("design", locale, _design(record, locale)),
        section("groups", locale, _groups(record, locale)),
        section("interventions", locale, _interventions(record, locale)),
        _other_names(record, locale),
        section("eligibility", locale, prose(study.eligibility.eligibility_criteria)),
        section("who", locale, _who(record, locale), _population(record, locale)),
    ]


def dated(date: PartialDateStruct | DateStruct, locale: Locale) -> str:
    """A date with its kind, where the record says it."""
    if not date.date:
        return ""
    if not date.type:
        return date.date
    kind = read_word("date", date.type, locale)
    return say("record.dated", locale, date=date.date, kind=kind)


def phases(record: ReadRecord, locale: Locale) -> str:
    """The phases in one text: "Phase 1/Phase 2"."""
    words = [read_word("phase", one, locale) for one in record.study.protocol.design.phases]
    return "/".join(words)


def enrollment(record: ReadRecord, locale: Locale) -> str:
    """How many participants, reached or planned."""
    given = record.study.protocol.design.enrollment_info
    if given.count is None:
        return ""
    many = say("record.participants", locale, count=f"{given.count:,}")
    kind = read_word("date", given.type, locale)
    return say("record.dated", locale, date=many, kind=kind) if kind else many


def _basic(record: ReadRecord, status: DerivedStatus, locale: Locale) -> Facts:
    study = record.study.protocol
    known = study.status
    return facts(
        locale,
        ("official_title", study.identification.official_title),
        ("acronym", study.identification.acronym),
        ("status", read_word("status", status.status, locale)),
        ("why_stopped", known.why_stopped),
        ("phase", phases(record, locale)),
        ("enrollment", enrollment(record, locale)),
        ("study_type", read_word("study_type", study.design.study_type, locale)),
        ("start", dated(known.start_date, locale)),
        ("primary_completion", dated(known.primary_completion_date, locale)),
        ("completion", dated(known.completion_date, locale)),
        ("first_posted", known.study_first_post_date.date),
        ("updated", known.last_update_post_date.date),
        ("verified", known.status_verified_date),
    )


def _design(record: ReadRecord, locale: Locale) -> Facts:
    design = record.study.protocol.design
    info = design.design_info
    masking = read_word("masking", info.masking_info.masking, locale)
    who = [read_word("masked", one, locale) for one in info.masking_info.who_masked]
    if who:
        masking = say("record.masked_who", locale, masking=masking, who=joined(who, locale))
    samples = [read_word("samples", design.bio_spec.retention, locale), design.bio_spec.description]
    model = read_word("model", info.intervention_model, locale)
    return facts(
        locale,
        ("allocation", read_word("allocation", info.allocation, locale)),
        ("model", ". ".join(part for part in (model, info.intervention_model_description) if part)),
        ("observational_model", read_word("model", info.observational_model, locale)),
        ("time_perspective", read_word("time", info.time_perspective, locale)),
        ("purpose", read_word("purpose", info.primary_purpose, locale)),
        ("masking", ". ".join(p for p in (masking, info.masking_info.masking_description) if p)),
        ("registry", yes_or_no(design.patient_registry or None, locale)),
        ("duration", design.target_duration),
        ("samples", ". ".join(part for part in samples if part)),
    )


def _groups(record: ReadRecord, locale: Locale) -> Entries:
    def entry(group: ArmGroup) -> Entry:
        given = joined(
            [_name_in_arm(one, record, locale) for one in group.intervention_names], locale
        )
        return Entry(
            title=group.label or "",
            badges=tuple(word for word in (read_word("arm", group.type, locale),) if word),
            facts=facts(locale, ("given", given)).pairs,
            blocks=read_prose(group.description or ""),
        )

    return Entries(tuple(entry(one) for one in record.study.protocol.arms_interventions.arm_groups))


def _name_in_arm(written: str, record: ReadRecord, locale: Locale) -> str:
    """ "Drug: aspirin" in the reader's language."""
    for one in record.study.protocol.arms_interventions.interventions:
        if one.type and written == f"{spelled_type(one.type)}: {one.name or ''}":
            return f"{one.name or '–'} ({read_word('intervention', one.type, locale)})"
    return written


def _interventions(record: ReadRecord, locale: Locale) -> Entries:
    def entry(one: Intervention) -> Entry:
        return Entry(
            title=one.name or "–",
            badges=tuple(word for word in (read_word("intervention", one.type, locale),) if word),
            facts=facts(locale, ("given_in", joined(one.arm_group_labels, locale))).pairs,
            blocks=read_prose(one.description or ""),
        )

    arms = record.study.protocol.arms_interventions
    return Entries(tuple(entry(one) for one in arms.interventions))


def _other_names(record: ReadRecord, locale: Locale) -> Section:
    named = [
        one for one in record.study.protocol.arms_interventions.interventions if one.other_names
    ]
    return section(
        "other_names",
        locale,
        Facts(tuple((one.name or "–", joined(one.other_names, locale)) for one in named)),
        Names(record.other_names),
        Note(text=say("record.pooled_names", locale)) if record.other_names else None,
    )


def _who(record: ReadRecord, locale: Locale) -> Facts:
    who = record.study.protocol.eligibility
    volunteers = ""
    if who.healthy_volunteers is not None:
        key = "accepted" if who.healthy_volunteers else "not_accepted"
        volunteers = say(f"record.{key}", locale)
    limited = who.minimum_age or who.maximum_age
    no_limit = say("record.no_limit", locale) if limited or who.sex else ""
    sex = [read_word("sex", who.sex, locale), who.gender_description]
    return facts(
        locale,
        ("minimum_age", read_age(who.minimum_age, locale) or no_limit),
        ("maximum_age", read_age(who.maximum_age, locale) or no_limit),
        ("sex", ". ".join(part for part in sex if part)),
        ("volunteers", volunteers),
    )


def _population(record: ReadRecord, locale: Locale) -> Facts:
    who = record.study.protocol.eligibility
    return facts(
        locale,
        ("population", show_plainly(who.study_population or "")),
        ("sampling", read_word("sampling", who.sampling_method, locale)),
    )


def outcome_section(record: ReadRecord, locale: Locale) -> Section:
    """The outcome measures as registered, before any results."""
    given = record.study.protocol.outcomes
    groups: tuple[tuple[str, tuple[Outcome, ...]], ...] = (
        ("PRIMARY", given.primary_outcomes),
        ("SECONDARY", given.secondary_outcomes),
        ("OTHER_PRE_SPECIFIED", given.other_outcomes),
    )
    entries = [
        Entry(
            title=one.measure or "–",
            badges=(read_word("outcome", kind, locale),),
            facts=facts(locale, ("time_frame", one.time_frame)).pairs,
            blocks=read_prose(one.description or ""),
        )
        for kind, outcomes in groups
        for one in outcomes
    ]
    return section("outcomes", locale, Entries(tuple(entries)))
