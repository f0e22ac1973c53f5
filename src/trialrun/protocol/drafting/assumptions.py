"""The numbers that a rehearsal needs and no record gives: all ours, all assumed."""

from __future__ import annotations

from decimal import Decimal

from trialrun.protocol.parts import AssumptionPart

# name, value, unit, why this value; `early` trials recruit few, others as the target needs.
_COMMON: tuple[tuple[str, str, str, str], ...] = (
    ("declines", "0.15", "probability", "share of those approached who decline"),
    ("not_eligible", "0.25", "probability", "share who fail a criterion at screening"),
    ("facts_missing", "0.05", "probability", "share for whom a needed value cannot be obtained"),
    ("judged_unfit", "0.03", "probability", "share whom the investigator finds unfit"),
    ("missed_visit", "0.04", "probability", "share of planned observations that are missed"),
    ("response", "0.30", "probability", "share who respond; the generic model knows no effect"),
    ("adverse_events_per_month", "0.8", "per month", "background adverse events a participant"),
    ("related_share", "0.3", "probability", "share of adverse events judged related"),
)
_AML_RATES = {"death_per_month": "0.10", "withdrawal_per_month": "0.01", "loss_per_month": "0.01"}
_RATES = {"death_per_month": "0.002", "withdrawal_per_month": "0.01", "loss_per_month": "0.005"}


def draft_assumptions(
    *, target: int, months: int | None, cells: bool, severe: bool, last_day: int
) -> tuple[AssumptionPart, ...]:
    """The assumptions of a rehearsal, for any record."""
    rates = _AML_RATES if severe else _RATES
    rows = [
        (
            "candidates_per_month",
            _accrual(target, months),
            "per month",
            "so that the target is reached in about two thirds of the planned time",
        ),
        *_COMMON,
        ("product_failure", "0.08" if cells else "0", "probability",
         "share for whom no product can be made or released"),
        *((name, one, "per month", "rate a participant on study") for name, one in rates.items()),
        ("follow_up_days", str(last_day + 30), "d", "30 days after the last planned day"),
    ]  # fmt: skip
    return tuple(
        AssumptionPart(name=name, value=Decimal(value), unit=unit, grade="assumed", basis=basis)
        for name, value, unit, basis in rows
    )


def _accrual(target: int, months: int | None) -> str:
    """Candidates a month: 1.7 screened for each enrolled, over two thirds of the planned months."""
    time = max(Decimal(months or 24) * 2 / 3, Decimal(1))
    return str(
        max((Decimal(target) * Decimal("1.7") / time).quantize(Decimal("0.1")), Decimal("0.3"))
    )
