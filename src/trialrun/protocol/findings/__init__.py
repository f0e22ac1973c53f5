"""What contradicts itself, is missing, or reads two ways in a registry record, as named rules."""

from __future__ import annotations

from trialrun.protocol.findings import (
    design,
    discretion,
    frames,
    limits,
    naming,
    people,
    plan,
    population,
    registration,
    repetition,
    treatment,
    units,
    windows,
)
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
    design.outcome_twice,
    design.safety_rules_missing,
    design.arms_and_interventions,
    design.design_contradicts_arms,
    design.dates_disagree,
    design.size_missing,
    design.headings_missing,
    design.heading_empty,
    limits.limits_differ,
    repetition.included_and_excluded,
    repetition.criteria_repeated,
    repetition.exclusion_negated,
    units.unit_impossible,
    units.unit_missing,
    units.uln_of_what,
    windows.window_without_anchor,
    windows.window_back_from_when,
    windows.wash_outs_differ,
    windows.contraception_length,
    discretion.exception_by_judgement,
    discretion.discretion_without_reason,
    people.sex_against_text,
    people.age_fields,
    people.age_unit_slip,
    people.volunteers_not_in_text,
    naming.arm_not_in_record,
    naming.drug_not_in_record,
    frames.outcome_after_the_end,
    frames.life_expectancy_short,
    plan.phase_against_title,
    plan.allocation_against_title,
    plan.masking_against_title,
    plan.masked_nobody,
    plan.placebo_open,
    plan.model_needs_arms,
    registration.dates_against_update,
    registration.status_against_dates,
    registration.size_against_status,
)


def findings_on(study: Study) -> tuple[Finding, ...]:
    """All findings, in the order of the rules."""
    return tuple(finding for rule in RULES for finding in rule(study))
