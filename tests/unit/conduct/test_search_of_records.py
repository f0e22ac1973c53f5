"""Leave to list people of a site's records: what it needs, and how it is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.refused_acts import begun, ready
from support.study_in_hand import SITE, Hand
from trialrun.conduct import commands as do
from trialrun.conduct.refusal import Rule
from trialrun.values.moment import Moment

LEAVE = do.ApproveRecordSearch(
    site=SITE,
    committee="IEC-1",
    approval_reference="W-17",
    approval_date=Moment("2026-02-20"),
    valid_until=Moment("2026-12-31"),
)


def test_it_is_kept_with_its_reference_and_its_last_day() -> None:
    hand = ready()
    hand.must(LEAVE, actor="INV")
    (kept,) = hand.state.searches
    assert (kept.event.site, kept.event.approval_reference) == (SITE, "W-17")
    assert kept.event.valid_until == Moment("2026-12-31")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"site": "S2"}, Rule.SITE_NOT_OPEN),
        ({"committee": " "}, Rule.BLANK),
        ({"approval_reference": ""}, Rule.BLANK),
        ({"approval_date": Moment("2027-01-01")}, Rule.IN_THE_FUTURE),
        ({"valid_until": Moment("2026-02-19")}, Rule.WRONG_ORDER),
    ],
)
def test_what_cannot_be_true_is_refused(changes: dict[str, object], rule: Rule) -> None:
    assert ready().refused(replace(LEAVE, **changes), actor="INV") is rule  # type: ignore[arg-type]


def test_nothing_is_searched_without_an_approved_protocol() -> None:
    hand: Hand = begun()
    assert hand.refused(LEAVE, actor="INV") is Rule.NO_APPROVAL


def test_the_sponsor_does_not_give_leave_for_a_site() -> None:
    assert ready().refused(LEAVE, actor="SPO") is Rule.NO_ROLE
