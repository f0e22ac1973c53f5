"""Rules for results records by name: what a machine can check before the registry's reviewers do.

They run on any record of the registry's API v2, our own drafts and posted ones alike.
"""

from trialrun.results.registry_rules.rule import Finding, Level, Rule
from trialrun.results.registry_rules.run import RULES, check_results

__all__ = ["RULES", "Finding", "Level", "Rule", "check_results"]
