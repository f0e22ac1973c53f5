"""A response as the simulated investigator assesses it, from what the laboratory reported."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trialrun.assess.aml_response import Findings, assess_response, mrd_by_flow
from trialrun.rehearse.biography import Assessment, Observation
from trialrun.values.truth import Truth


def assess(
    observations: Sequence[Observation], day: int, planned_day: int, baseline_blasts: Decimal | None
) -> Assessment | None:
    """The assessment from the values of one day; None where no marrow was taken."""
    values = {
        name: (Decimal(value), comparator)
        for seen in observations
        if seen.day == day
        for name, value, unit, comparator in seen.values
        if unit is not None
    }
    if "marrow_blasts" not in values:
        return None
    level, below = values.get("mrd_level", (None, ""))
    share = Decimal(0) if below else level
    circulating = values.get("circulating_blasts")
    found = assess_response(
        Findings(
            marrow_blasts=values["marrow_blasts"][0],
            circulating_blasts=None if circulating is None else circulating[0] > 0,
            extramedullary=False,
            neutrophils=values.get("anc", (None, ""))[0],
            platelets=values.get("platelets", (None, ""))[0],
            baseline_blasts=baseline_blasts,
            marrow_adequate=Truth.TRUE,
            mrd=mrd_by_flow(share),
        )
    )
    return Assessment(
        day=day,
        planned_day=planned_day,
        definition=found.definition.value,
        category=found.category.value,
        mrd=found.mrd.value,
    )
