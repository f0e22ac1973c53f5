"""The page of the refusals: every "no" of the trial's rules, and what helps."""

from __future__ import annotations

from pages.markdown import code, table

from trialrun.conduct.refusal import Rule
from trialrun.wording.catalogue import topic


def refusals_page() -> str:
    """Every rule with its sentence and remedy, in both languages."""
    english, chinese = topic("conduct", "en"), topic("conduct", "zh")
    head = ("rule", "what it says", "what helps", "说明", "如何处理")
    rows = (
        (code(rule), english[rule], english[f"{rule}-remedy"], chinese[rule],
         chinese[f"{rule}-remedy"])
        for rule in Rule
    )  # fmt: skip
    return "\n".join(
        (
            "# Refusals\n\nGenerated from the rules and their sentences.\n",
            (
                "A refusal is the trial's “no”: the command could be read, and the rules of the "
                "trial do not allow it as things stand. Nothing is recorded, and the exit code is "
                "6. The rule's name is what a program reads (`--format json`); words in braces "
                "are filled in. What to do in general: "
                "[errors and refusals](../how-to/errors.md).\n"
            ),
            table(head, rows),
        )
    )
