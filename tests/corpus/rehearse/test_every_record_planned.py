"""Every real record is planned and checked, or it is said why not; none ends in a fault."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from support.rehearsable import MODELS, records
from trialrun.errors import NotSupported, TrialrunError
from trialrun.protocol.draft import draft
from trialrun.protocol.file import read_protocol_file, write_protocol_file
from trialrun.protocol.findings import findings_on
from trialrun.protocol.model import Protocol
from trialrun.protocol.settling import approval_problems, settle
from trialrun.record.opening import ReadRecord
from trialrun.rehearse.trial import check_rehearsable
from trialrun.study.drafting import record_bytes, sha256
from trialrun.wording.catalogue import LOCALES

CHUNKS = 4
# The file's own count, by study type and model, of what becomes of a record.
DRAFTED = {"SINGLE_GROUP": 203, "PARALLEL": 409, "SEQUENTIAL": 46, "CROSSOVER": 24, "FACTORIAL": 4,
           None: 6}  # fmt: skip
NOT_DRAFTED = {"OBSERVATIONAL": 204, "EXPANDED_ACCESS": 1}


@dataclass(frozen=True, slots=True)
class Planned:
    """A settled protocol, or the reason why there is none."""

    protocol: Protocol | None
    refused: str


def plan(record: ReadRecord) -> Planned:
    """Draft a record, write the draft and read it back, settle it by assumption, check it."""
    for one in findings_on(record.study):
        assert all(one.words(locale) for locale in LOCALES)
    try:
        made = draft(record.study, record_sha256=sha256(record_bytes(record)))
    except NotSupported as error:
        return Planned(None, str(error))
    file = read_protocol_file(write_protocol_file(made).encode("utf-8"), where="protocol.toml")
    assert file == made
    assert approval_problems(file), "a draft from a registry record alone is never approvable"
    settled = settle(file, accept_assumed=True)
    assert isinstance(settled, Protocol), [one.words() for one in settled]
    return Planned(settled, "")


def rehearsal_refused(protocol: Protocol) -> str:
    """Why a protocol is not rehearsed; empty where it is."""
    try:
        check_rehearsable(protocol)
    except TrialrunError as error:
        assert error.exit_code == 4
        return str(error)
    return ""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_record_is_planned_or_refused_with_the_reason(chunk: int) -> None:
    for record in records()[chunk::CHUNKS]:
        design = record.study.protocol.design
        model = design.design_info.intervention_model
        planned = plan(record)
        if design.study_type != "INTERVENTIONAL":
            kind = (design.study_type or "").lower().replace("_", " ")
            assert planned.refused.startswith(f"{record.study.nct_id}: not this, because"), kind
            assert kind in planned.refused
            continue
        assert planned.protocol is not None, planned.refused
        refused = rehearsal_refused(planned.protocol)
        if model in {*MODELS, None}:
            assert refused == ""
        else:
            assert refused.startswith("not this, because"), refused
            assert (model or "").lower() in refused


def test_the_kinds_are_those_of_the_file() -> None:
    """So that no kind above goes untested because the collection has none of it."""
    kinds: Counter[str | None] = Counter()
    others: Counter[str | None] = Counter()
    for record in records():
        design = record.study.protocol.design
        if design.study_type == "INTERVENTIONAL":
            kinds[design.design_info.intervention_model] += 1
        else:
            others[design.study_type] += 1
    assert (kinds, others) == (DRAFTED, NOT_DRAFTED)
