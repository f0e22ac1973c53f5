"""One patient's screening as text and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialrun.criteria.explain import explain_verdict
from trialrun.criteria.printer import write_rule
from trialrun.criteria.verdict import Eligibility
from trialrun.study.screening.opening import Screening
from trialrun.study.screening.words import basis, evidence, judge_lines, next_lines, write_lines
from trialrun.wording.catalogue import Locale, say


def single_lines(
    screening: Screening, who: str, found: Eligibility, left: Sequence[str], locale: Locale
) -> list[str]:
    """First what to get next and to judge; then each criterion, its words and what decided it.

    `left` are the lines about what the reader of the patient's data set aside.
    """
    lines = [say(f"screen.{found.truth.value.lower()}", locale, who=who)]
    missing = next_lines(found, locale)
    if missing:
        lines += ["", say("screen.next", locale), *(f"  - {line}" for line in missing)]
    judged = judge_lines(found, locale)
    if judged:
        lines += ["", say("screen.judge", locale), *(f"  - {line}" for line in judged)]
    unread = write_lines(screening, found, locale)
    if unread:
        lines += ["", *unread]
    if found.decided_by:
        key = "screen.because" if found.truth.value == "FALSE" else "screen.open"
        lines += ["", say(key, locale, criteria=", ".join(found.decided_by))]
    lines += ["", *basis(screening, locale), ""]
    for verdict in found.verdicts:
        first, *_ = explain_verdict(verdict, locale)
        rule, why = evidence(found, verdict, locale)
        lines += [first, f"    “{verdict.criterion.text.strip()}”"]
        lines += [f"    {line}" for line in (*rule, *why)]
    if left:
        lines += ["", say("screen.left_out", locale), *(f"  {line}" for line in left)]
    return lines


def single_json(screening: Screening, who: str, found: Eligibility, locale: Locale) -> Any:
    """The same for a program, each criterion explained (TRUE: does not stand in the way)."""
    return {
        "patient": who,
        "verdict": found.truth.value,
        "decided_by": list(found.decided_by),
        "approved_protocol": screening.approved,
        "as_of": str(screening.as_of),
        "next": [
            {
                "variable": one.variable,
                "criteria": list(one.criteria),
                "reason": one.reason.value,
                "settles": one.settles,
            }
            for one in found.missing
        ],
        "to_judge": [
            {"criterion": code, "text": found[code].criterion.text} for code in found.to_judge
        ],
        "to_write": list(found.to_write),
        "criteria": [
            {
                "id": one.criterion.id,
                "kind": one.criterion.kind,
                "status": one.criterion.status.value,
                "verdict": one.truth.value,
                "text": one.criterion.text,
                "rule": None if one.criterion.rule is None else write_rule(one.criterion.rule),
                "because": evidence(found, one, locale)[1],
            }
            for one in found.verdicts
        ],
    }


def line_json(who: str, found: Eligibility) -> dict[str, Any]:
    """One patient in one line: verdicts by criterion, what decided, and what is missing."""
    return {
        "patient": who,
        "verdict": found.truth.value,
        "criteria": {one.criterion.id: one.truth.value for one in found.verdicts},
        "decided_by": list(found.decided_by),
        "missing": [one.variable for one in found.missing],
    }
