"""Rules M: agreement, contact, documents and the deadline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from trialrun.record.model import Study
from trialrun.results.registry_rules.rule import Level, Rule

_DOCUMENTS_SINCE = date(2017, 1, 18)  # the Final Rule's date for protocol and analysis plan


def agreement(study: Study) -> Iterator[str]:
    own = study.results.more_info.certain_agreement
    if own.pi_sponsor_employee is None:
        yield "whether the investigator is the sponsor's employee"
    elif own.pi_sponsor_employee is False and own.restrictive_agreement is None:
        yield "whether an agreement restricts publication"
    elif own.restrictive_agreement and not own.restriction_type:
        yield "how the agreement restricts publication"


def contact(study: Study) -> Iterator[str]:
    own = study.results.more_info.point_of_contact
    if not own.title:
        yield "name"
    if not own.organization:
        yield "organisation"
    if not (own.phone or own.email):
        yield "phone or e-mail"


def documents(study: Study) -> Iterator[str]:
    """Applies to studies that started since the rule; others need none."""
    begun = _date(study.protocol.status.start_date.date)
    if begun is None or begun < _DOCUMENTS_SINCE:
        return
    own = study.document.large_document
    if not any(one.has_protocol for one in own.large_docs):
        yield "protocol"
    if not own.no_sap and not any(one.has_sap for one in own.large_docs):
        yield "statistical analysis plan"


def in_time(study: Study) -> Iterator[str]:
    status = study.protocol.status
    done = _date(status.primary_completion_date.date)
    sent = _date(status.results_first_submit_date)
    if done is None or sent is None:
        return
    months = 12 * (sent.year - done.year) + sent.month - done.month
    if months > 12 or (months == 12 and sent.day > done.day):
        yield f"submitted {sent}, completed {done}"


def _date(text: str | None) -> date | None:
    match = re.match(r"(\d{4})-(\d\d)(?:-(\d\d))?$", text or "")
    return None if match is None else date(int(match[1]), int(match[2]), int(match[3] or 1))


RULES = (
    Rule("M1", Level.ERROR, "DED", agreement),
    Rule("M2", Level.ERROR, "DED", contact),
    Rule("M3", Level.ERROR, "PRS", documents),
    Rule("M4", Level.WARNING, "DED", in_time),
)
