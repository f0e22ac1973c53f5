"""Every rule refuses what it is there for; a mutant without a policy lets it through."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from support.refused_acts import REFUSED
from trialrun.conduct import permissions, policies
from trialrun.conduct.refusal import Refusal, Rule


@pytest.mark.parametrize("rule", Rule)
def test_each_rule_refuses(rule: Rule) -> None:
    assert REFUSED[rule]() is rule


# Policy → the rules that it alone upholds.
UPHOLDS: dict[str, tuple[Rule, ...]] = {
    "study_open": (Rule.CLOSED,),
    "approval_in_force": (Rule.NO_APPROVAL,),
    "site_open": (Rule.SITE_NOT_OPEN,),
    "code_fits": (Rule.NOT_A_CODE, Rule.SIMULATED_CODE),
    "person_known": (Rule.UNKNOWN_PERSON,),
    "not_blank": (Rule.BLANK,),
    "one_of": (Rule.NOT_ONE_OF,),
    "on_study": (Rule.OFF_STUDY,),
    "collected_at": (),  # see test_off_study
    "alive_at": (Rule.DEAD,),
    "reason_code": (),  # see test_values: NOT_A_CODE is also refused by other policies
    "not_enrolled": (Rule.ENROLLED,),
    "enrolled": (Rule.NOT_ENROLLED,),
    "consent_in_force": (Rule.NO_CONSENT,),
    "harm_collected": (),  # see test_off_study
    "donor_consent_in_force": (Rule.NO_DONOR_CONSENT,),
    "decision_current": (Rule.DECISION_STALE,),
    "eligible": (Rule.NOT_ELIGIBLE, Rule.FACTS_MISSING),
    "enrolment_not_suspended": (Rule.ENROLMENT_SUSPENDED,),
    "place_left": (Rule.ENROLMENT_COMPLETE,),
    "staggered": (Rule.STAGGER,),
    "toxicity_not_pending": (Rule.TOXICITY_PENDING,),
    "not_discontinued": (Rule.DISCONTINUED,),
    "product_ready": (Rule.PRODUCT_NOT_READY,),
    "product_unused": (Rule.PRODUCT_USED,),
    "checker_is_another": (Rule.OWN_CHECK,),
}


def _policies() -> dict[str, Callable[..., Refusal | None]]:
    return {
        name: function
        for name, function in inspect.getmembers(policies, inspect.isfunction)
        if function.__module__ == policies.__name__
        and inspect.signature(function).return_annotation == "Refusal | None"
        and not name.startswith("_")
    }


def test_every_policy_has_its_mutant() -> None:
    assert set(_policies()) == set(UPHOLDS)


@pytest.mark.parametrize(
    ("policy", "rule"), [(name, rule) for name, rules in UPHOLDS.items() for rule in rules]
)
def test_without_the_policy_its_refusals_are_gone(
    policy: str, rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, policy, lambda *_, **__: None)
    # Anything may follow, an accepted act or a crash: only this refusal must not come back.
    with pytest.raises(Exception):  # noqa: B017
        assert REFUSED[rule]() is rule


def test_without_permissions_anybody_could_enrol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "refused", lambda *_, **__: None)
    with pytest.raises(AssertionError, match="Accepted"):
        REFUSED[Rule.NO_ROLE]()
