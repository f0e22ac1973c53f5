"""Made-up tallies and a small protocol for them. Used by several tests of the forecast."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from trialrun.criteria.criterion import Criteria
from trialrun.protocol.model import (
    Arm,
    Assumption,
    Enrolment,
    Intervention,
    Kind,
    Measure,
    Outcome,
    Protocol,
    Safety,
)
from trialrun.rehearse.forecast import Forecast, forecast
from trialrun.rehearse.forecast_numbers import planned_days
from trialrun.rehearse.tally import Tally
from trialrun.values.moment import Moment
from trialrun.values.provenance import Grade, Origin, Source

SOURCE = Source(Origin.ASSUMED)
QUESTIONS = {
    "regimen-days": "On which days are the three infusions given: 0, 1, 2 or 0, 2, 4?",
    "dose-of-what": "Which cells does the dose count, and per infusion or in all?",
}
ASSUMPTIONS = (
    ("candidates_per_month", "1.2", "/mo", Grade.ASSUMED, "One referral centre, relapsed AML"),
    ("not_eligible", "0.25", "1", Grade.TRANSFERRED, "Screen failure in early cell therapy"),
    ("product_failure", "0.05", "1", Grade.TRANSFERRED, "Donor NK products, small series"),
    ("response", "0.3", "1", Grade.MEASURED, "Remissions after haploidentical NK cells, 19 people"),
    ("donor_half_life", "2.6", "d", Grade.ASSUMED, "No paper gives it; fitted to two anchors"),
)


def protocol(**changes: Any) -> Protocol:
    """Chemotherapy and a cell product in ten people, two years, a boundary."""
    values: dict[str, Any] = {
        "version": "0.1",
        "title": "Chemotherapy, then donor NK cells, in acute myeloid leukaemia",
        "record_sha256": "0123456789abcdef" * 4,
        "allocation": "NA",
        "model": "SINGLE_GROUP",
        "criteria": Criteria(all=()),
        "arms": (
            Arm(id="a", title="A", type="EXPERIMENTAL", interventions=("cells",), source=SOURCE),
        ),
        "interventions": (
            Intervention(
                id="cells", name="NK cells", kind=Kind.CELL_PRODUCT, registry_type="BIOLOGICAL",
                source=SOURCE,
            ),
        ),
        "regimen": (),
        "gaps": (),
        "gates": (),
        "schedule": (),
        "outcomes": (
            Outcome(
                id="r", type="PRIMARY", title="Response", measure=Measure.RESPONSE,
                population="started", day=28, time_frame="28 days", method="", source=SOURCE,
            ),
        ),
        "safety": Safety(
            window_start="cells", window_days_after_last=28, window_end="cells", definition="",
            least_grade=3, stagger_days=14, suspend_at=(2, 2, 2, 3, 3, 3, 4, 4, 4, 5),
            source=SOURCE,
        ),
        "enrolment": Enrolment(
            target=10, counted="started", planned_start=Moment("2026-01-05"),
            planned_end=Moment("2027-06"), source=SOURCE,
        ),
        "body_surface": "mosteller",
        "day_zero": "cells",
        "anchors": {},
        "rehearsal_model": "nk-aml",
        "assumptions": tuple(
            Assumption(name=name, value=Decimal(value), unit=unit, grade=grade, basis=basis)
            for name, value, unit, grade, basis in ASSUMPTIONS
        ),
        "assumed": ("regimen-days", "dose-of-what", "no-words-for-this-one"),
    }  # fmt: skip
    return Protocol(**(values | changes))


def trials(count: int, *, seed: int = 7, target: int = 10) -> tuple[Tally, ...]:
    """Tallies of trials that screen, enrol, treat and follow; some are suspended, and end early."""
    draw = Random(seed)
    return tuple(_trial(draw, target) for _ in range(count))


def _some(draw: Random, of: int, share: float) -> int:
    return sum(draw.random() < share for _ in range(of))


def _trial(draw: Random, target: int) -> Tally:
    suspended = draw.random() < 0.12
    enrolled = draw.randrange(2, target) if suspended else target
    not_eligible, missing = draw.randrange(0, 9), draw.randrange(0, 3)
    started = enrolled - _some(draw, enrolled, 0.03)
    infused = started - _some(draw, started, 0.06)
    rate = draw.betavariate(3, 7)
    full = None if suspended else 250 + int(draw.gammavariate(6, 40))
    return Tally(
        screened=enrolled + not_eligible + missing + draw.randrange(0, 3),
        not_eligible=not_eligible,
        facts_missing=missing,
        enrolled=enrolled,
        started=started,
        infused=infused,
        product_failures=started - infused,
        responders=_some(draw, infused, rate),
        conversions=_some(draw, infused, 0.05),
        dose_limiting=_some(draw, started, 0.3 if suspended else 0.1),
        serious=_some(draw, started, 0.6),
        deaths=_some(draw, enrolled, 0.35),
        suspended=suspended,
        full_after=full,
        last_after=(full or 400) + 365,
    )


NOTHING = Tally(
    screened=0, not_eligible=0, facts_missing=0, enrolled=0, started=0, infused=0,
    product_failures=0, responders=0, conversions=0, dose_limiting=0, serious=0, deaths=0,
    suspended=False, full_after=None, last_after=0,
)  # fmt: skip

BARREN = tuple(
    replace(one, responders=0, conversions=0, dose_limiting=0, full_after=None)
    for one in trials(20, seed=3)
)


def of(plan: Protocol, ones: tuple[Tally, ...]) -> Forecast:
    """The forecast as the command makes it."""
    return forecast(ones, target=plan.enrolment.target, planned_days=planned_days(plan))
