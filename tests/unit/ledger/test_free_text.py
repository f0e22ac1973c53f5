"""What people write in words lies in a part that can be redacted, never in a body."""

from __future__ import annotations

from trialrun.ledger import events as ev
from trialrun.ledger.codec import decode_event, encode_event
from trialrun.values.moment import Moment


def test_cause_of_death_and_reason_of_failure_are_redactable_texts() -> None:
    died = ev.Died(participant="P-1", died_at=Moment("2026-03"), cause="Li Na's sepsis",
                   related=False)  # fmt: skip
    failed = ev.ProductFailed(participant="P-1", item="nk", reason="Li Na dropped the bag")
    for event in (died, failed):
        parts = encode_event(event)
        assert "Li Na" not in str(parts["body"])
        assert "Li Na" in str(parts["text"])
        assert decode_event(type(event).__name__, 1, parts) == event
        redacted = decode_event(type(event).__name__, 1, {"body": parts["body"]})
        assert "Li Na" not in str(redacted)
