"""The placeholder people, site and documents of a rehearsal; none of them exists."""

from __future__ import annotations

from datetime import timedelta, timezone

SPONSOR = "SIM-SPONSOR"
INVESTIGATOR = "SIM-INVESTIGATOR"
COORDINATOR = "SIM-COORDINATOR"
PHARMACIST = "SIM-PHARMACIST"
LABORATORY = "SIM-CELL-LABORATORY"
STATISTICIAN = "SIM-STATISTICIAN"

ROLES: dict[str, str] = {
    SPONSOR: "sponsor",
    INVESTIGATOR: "investigator",
    COORDINATOR: "coordinator",
    PHARMACIST: "pharmacist",
    LABORATORY: "cell-laboratory",
    STATISTICIAN: "statistician",
}

SITE = "SIM-SITE"
COMMITTEE = "SIM-ETHICS-COMMITTEE"
# A rehearsal's clock has one offset, wherever it runs.
ZONE = timezone(timedelta(0))


def participant_code(number: int) -> str:
    """SIM-001, SIM-002, …"""
    return f"SIM-{number:03d}"
