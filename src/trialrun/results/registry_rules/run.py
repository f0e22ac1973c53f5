"""All rules, and running them."""

from __future__ import annotations

from trialrun.record.model import Study
from trialrun.results.registry_rules import (
    baseline,
    flow,
    harms,
    info,
    outcome_numbers,
    outcomes,
)
from trialrun.results.registry_rules.rule import Finding, Rule

RULES: tuple[Rule, ...] = (
    *flow.RULES,
    *baseline.RULES,
    *sorted(
        (*outcomes.RULES, *outcome_numbers.RULES),
        key=lambda rule: ("OA".index(rule.id[0]), int(rule.id[1:])),
    ),
    *harms.RULES,
    *info.RULES,
)


def check_results(study: Study) -> tuple[Finding, ...]:
    """Every place where a rule does not hold, in the order of the rules."""
    return tuple(Finding(rule, where) for rule in RULES for where in rule.check(study))
