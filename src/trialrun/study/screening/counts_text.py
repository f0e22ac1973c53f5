"""A population's counts as text and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialrun.study.screening.counts import PopulationCounts
from trialrun.study.screening.opening import Screening
from trialrun.study.screening.words import basis, step_words, unwritten
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.terminal import columns, right, shortened

_HEADS = ("left", "met", "unknown", "failed", "only")
_WORDS = 56  # columns for a criterion's words


def counts_lines(
    screening: Screening,
    counts: PopulationCounts,
    left: Sequence[str],
    source: str,
    locale: Locale,
) -> list[str]:
    """The verdicts in counts, the funnel as a table, and what was set aside."""
    lines = [say("screen.banner", locale)] if counts.simulated else []
    lines.append(say("screen.population", locale, total=f"{counts.total:,}", source=source))
    lines += [*basis(screening, locale), *unwritten(screening, locale)]
    lines += [
        "",
        *(
            "  " + say(f"screen.count_{name}", locale, count=f"{count:,}")
            for name, count in (
                ("eligible", counts.eligible),
                ("unknown", counts.unknown),
                ("not_eligible", counts.not_eligible),
            )
        ),
        "",
        say("figures.funnel_title", locale),
        *_table(counts, locale),
        "",
        say("screen.left_out", locale),
        *(f"  {line}" for line in left),
    ]
    return lines


def _table(counts: PopulationCounts, locale: Locale) -> list[str]:
    """Numbers first, words last: rows of any length stay under each other."""
    heads = [say(f"screen.head_{head}", locale) for head in _HEADS]
    rows = [
        [f"{count:,}" for count in (one.left, one.met, one.open, one.false, one.only)]
        for one in counts.steps
    ]
    wide = [
        max(columns(heads[place]), *(len(row[place]) for row in rows), 5)
        for place in range(len(heads))
    ]
    lines = ["  " + "  ".join(right(head, room) for head, room in zip(heads, wide, strict=True))]
    for one, row in zip(counts.steps, rows, strict=True):
        numbers = "  ".join(cell.rjust(room) for cell, room in zip(row, wide, strict=True))
        words = f"{one.step.code}  {step_words(one, locale)}"
        lines.append(f"  {numbers}  {shortened(words, _WORDS)}")
    return lines


def counts_json(screening: Screening, counts: PopulationCounts) -> dict[str, Any]:
    """The same for a program: counts only, nobody by himself."""
    return {
        "simulated": counts.simulated or screening.simulated,
        "approved_protocol": screening.approved,
        "as_of": str(screening.as_of),
        **({"all_later_than_as_of": True} if counts.all_later else {}),
        "patients": counts.total,
        "eligible": counts.eligible,
        "not_eligible": counts.not_eligible,
        "unknown": counts.unknown,
        "funnel": [
            {
                "step": one.step.code,
                "left": one.left,
                "meet_all_so_far": one.met,
                "unknown_so_far": one.open,
                "excluded_alone": one.false,
                "unknown_alone": one.unknown,
                "excluded_by_nothing_else": one.only,
            }
            for one in counts.steps
        ],
    }
