"""The registry's UNKNOWN rule, row by row at its boundaries."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.record.model import Study
from trialrun.record.reader import read_study
from trialrun.record.status import OPEN, Basis, derive_status, explain_status
from trialrun.wording.catalogue import LOCALES


def study(
    overall: str | None = "RECRUITING",
    verified: str | None = "2024-02",
    completion: str | None = "2025-12",
    last_known: str | None = None,
    data_date: str | None = None,
) -> Study:
    """A record with just the inputs of the rule."""
    given = {
        "overallStatus": overall,
        "lastKnownStatus": last_known,
        "statusVerifiedDate": verified,
        "completionDateStruct": {"date": completion} if completion else None,
    }
    data = {
        "protocolSection": {"statusModule": {k: v for k, v in given.items() if v is not None}},
        "derivedSection": {"miscInfoModule": {"versionHolder": data_date}} if data_date else {},
    }
    return read_study(data, where="test")


# The first three rows were seen at the registry; the rest follows from the rule as written.
ROWS = [
    # verified, completion, day looked at, derived
    ("2024-02", "2025-12", "2026-02-04", "RECRUITING"),
    ("2024-02", "2025-12", "2026-03-13", "UNKNOWN"),
    ("2024-01", "2025-12", "2026-02-04", "UNKNOWN"),
    ("2024-03", "2025-12", "2026-03-13", "RECRUITING"),
    ("2024-02", "2025-12", "2026-02-28", "RECRUITING"),
    ("2024-02", "2025-12", "2026-03-01", "UNKNOWN"),
    ("2024-02-29", "2025-12", "2026-03-01", "UNKNOWN"),
    ("2023-12", "2025-12", "2025-12-31", "RECRUITING"),
    ("2023-12", "2025-12", "2026-01-01", "UNKNOWN"),
    ("2020-01", "2026-02", "2026-02-28", "RECRUITING"),
    ("2020-01", "2026-02", "2026-03-01", "UNKNOWN"),
    ("2020-01", "2026-02-10", "2026-02-10", "RECRUITING"),
    ("2020-01", "2026-02-10", "2026-02-11", "UNKNOWN"),
    ("2020-01", "2030-01", "2026-03-01", "RECRUITING"),
    ("2020-01", None, "2022-01-31", "RECRUITING"),
    ("2020-01", None, "2022-02-01", "UNKNOWN"),
    ("9999-12", "9999-12", "9999-12-30", "RECRUITING"),
    ("2020-01", "9999-12-31", "2026-03-01", "RECRUITING"),
]


@pytest.mark.parametrize(("verified", "completion", "day", "derived"), ROWS)
def test_the_rule_at_its_boundaries(
    verified: str, completion: str | None, day: str, derived: str
) -> None:
    found = derive_status(
        study(verified=verified, completion=completion), as_of=date.fromisoformat(day)
    )
    assert found.status == derived
    assert found.basis is (Basis.LAPSED if derived == "UNKNOWN" else Basis.CURRENT)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_status_lapses(status: str) -> None:
    assert derive_status(study(status), as_of=date(2026, 3, 1)).status == "UNKNOWN"


@pytest.mark.parametrize("status", ["COMPLETED", "SUSPENDED", "TERMINATED", "AVAILABLE", "NEW"])
def test_other_statuses_stay_as_stated(status: str) -> None:
    found = derive_status(study(status), as_of=date(2050, 1, 1))
    assert (found.status, found.basis, found.turns_unknown) == (status, Basis.STATED, None)


def test_a_record_that_shows_unknown_is_explained_and_can_be_looked_at_earlier() -> None:
    record = study("UNKNOWN", last_known="RECRUITING", data_date="2026-04-01")
    found = derive_status(record)
    assert (found.basis, found.turns_unknown) == (Basis.LAPSED, date(2026, 3, 1))
    text = " ".join(explain_status(found, "en"))
    for words in ("RECRUITING", "2024-02", "2025-12", "2026-03-01", "2026-04-01", "25 months"):
        assert words in text
    earlier = derive_status(record, as_of=date(2026, 2, 28))
    assert (earlier.status, earlier.basis) == ("RECRUITING", Basis.CURRENT)


@pytest.mark.parametrize(
    ("record", "missing"),
    [
        (study("UNKNOWN", verified=None), ("last known status", "verification date", "data date")),
        (study("UNKNOWN", data_date="2026-01-01"), ("last known status",)),
        (study(verified="some time", data_date="2026-01-01"), ("verification date",)),
        (study(None, data_date="2026-01-01"), ("overall status",)),
        (study(), ("data date",)),
    ],
)
def test_missing_inputs_are_named_and_never_made_up(record: Study, missing: tuple) -> None:
    found = derive_status(record)
    assert (found.basis, found.missing) == (Basis.LACKING, missing)
    assert found.status == record.protocol.status.overall_status
    for name in missing:
        assert name.removeprefix("overall ") in explain_status(found, "en")[0]


MONTHS = st.dates(date(1999, 1, 1), date(2090, 1, 1))


@given(MONTHS, st.none() | MONTHS, MONTHS)
def test_the_rule_agrees_with_a_plain_second_reading(
    verified: date, completion: date | None, day: date
) -> None:
    """Written again, by counting months instead of building a date."""
    record = study(
        verified=f"{verified:%Y-%m}", completion=completion.isoformat() if completion else None
    )
    months = (day.year - verified.year) * 12 + day.month - verified.month
    lapsed = months >= 25 and (completion is None or completion < day)
    assert derive_status(record, as_of=day).status == ("UNKNOWN" if lapsed else "RECRUITING")


@given(st.sampled_from(["UNKNOWN", "RECRUITING", "COMPLETED", None]), MONTHS, st.booleans())
def test_every_outcome_has_words_in_every_language(
    overall: str | None, day: date, whole: bool
) -> None:
    record = study(overall, last_known="RECRUITING" if whole and overall == "UNKNOWN" else None)
    for locale in LOCALES:
        assert all(explain_status(derive_status(record, as_of=day), locale))
