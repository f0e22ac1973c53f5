"""What gets into a header, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from support.ledgers import Salts, draft, fact
from trialrun.errors import AlteredLedger, FactError
from trialrun.ledger import events as ev
from trialrun.ledger.canonical import canonical_bytes
from trialrun.ledger.entry import NOTHING, Draft, Entry, Head, read_entry, seal
from trialrun.values.moment import Moment


def sealed(one: Draft, at: datetime = datetime(2026, 3, 1, tzinfo=UTC), **more: Any) -> Entry:
    settings_ = {"recorded_at": at, "salts": Salts(), "software_version": "0.1.0", **more}
    (entry,) = seal([one], Head("S-1", 0, NOTHING), {}, **settings_)
    return entry


@pytest.mark.parametrize(
    "field", ["stream", "actor", "role", "organisation", "origin", "protocol_version", "command_id"]
)
@pytest.mark.parametrize(
    "text", ["", "Li Na", "A\n", "Ärztin", "li.na@hospital.example", "A" * 129]
)
def test_a_header_holds_codes_only(field: str, text: str) -> None:
    with pytest.raises(FactError, match="not a code"):
        sealed(replace(draft(fact(1)), **{field: text}))


def test_software_and_study_are_codes_too() -> None:
    with pytest.raises(FactError, match="not a code"):
        sealed(draft(fact(1)), software_version="a b")
    with pytest.raises(FactError, match="not a code"):
        seal([draft(fact(1))], Head("my study", 0, NOTHING), {}, recorded_at=datetime.now(UTC),
             salts=Salts(), software_version="1")  # fmt: skip


def test_a_protocol_version_that_no_later_header_could_hold_is_refused_at_once() -> None:
    approval = ev.ProtocolApproved(
        version="version 2, final", file_sha256="0", document_number="D", document_version="2",
        document_date=Moment("2026-01-01"), document_sha256="0", committee="C",
        approval_reference="R", approval_date=Moment("2026-01-02"), file_base64="",
    )  # fmt: skip
    with pytest.raises(FactError, match="not a code"):
        sealed(draft(approval, "study"))


def test_the_time_of_recording_is_utc_whatever_the_clock_s_zone() -> None:
    china = timezone(timedelta(hours=8))
    assert sealed(draft(fact(1)), datetime(2026, 3, 1, 8, tzinfo=china)).recorded_at == (
        "2026-03-01T00:00:00.000000+00:00"
    )
    with pytest.raises(ValueError, match="time zone"):
        sealed(draft(fact(1)), datetime(2026, 3, 1))


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sealed(draft(fact(1)), salts=lambda: b"salt")


def test_a_header_that_is_no_header_of_an_entry_is_refused() -> None:
    good = sealed(draft(fact(1))).header
    again = read_entry(canonical_bytes(good), previous=NOTHING, hashed=NOTHING, parts={})
    assert again.header == good
    changes: list[dict[str, Any]] = [{name: other} for name in good for other in ([], {}, 1)
                                     if type(other) is not type(good[name])]  # fmt: skip
    changes += [{"more": "x"}, {"digests": {"body": 1}}, {"position": True},
                {"occurred_at": "yesterday"}, {"actor": None}]  # fmt: skip
    for change in changes:
        with pytest.raises(AlteredLedger, match="header"):
            read_entry(canonical_bytes({**good, **change}), previous=b"", hashed=b"", parts={})
    for name in good:
        fewer = {key: value for key, value in good.items() if key != name}
        with pytest.raises(AlteredLedger, match="header"):
            read_entry(canonical_bytes(fewer), previous=b"", hashed=b"", parts={})
    for data in (b"[]", b"5", b"null", b'"x"'):
        with pytest.raises(AlteredLedger, match="header"):
            read_entry(data, previous=b"", hashed=b"", parts={})
