"""What contradicts itself, is missing, or reads two ways in a registry record, as named rules."""

from __future__ import annotations

from trialrun.protocol.findings import design, population, treatment
from trialrun.protocol.findings.finding import Finding, Rule
from trialrun.record.model import Study

RULES: tuple[Rule, ...] = (
    population.ages,
    population.excluded_in_description_only,
    population.populations_differ,
    population.donor_criteria_missing,
    population.pregnancy_missing,
    population.volunteers_differ,
    treatment.several_products,
    treatment.cell_product_type,
    treatment.doses_differ,
    treatment.day_zero_missing,
    treatment.interval_reads_two_ways,
    treatment.serology_missing,
    design.outcomes_missing,
    design.safety_rules_missing,
    design.arms_and_interventions,
    design.design_contradicts_arms,
    design.dates_disagree,
    design.size_missing,
    design.headings_missing,
)


def findings_on(study: Study) -> tuple[Finding, ...]:
    """All findings, in the order of the rules."""
    return tuple(finding for rule in RULES for finding in rule(study))
